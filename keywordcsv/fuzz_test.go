package keywordcsv

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/igny8/igny8"
)

// FuzzRead reads anything: it never panics, refuses in words, accounts for every
// line, and hands over nothing that a keyword may not be.
func FuzzRead(f *testing.F) {
	for _, c := range layoutCases {
		f.Add(c.file)
	}
	for _, s := range []string{"", "\xff\xfe", "\xfe\xff\x00", "Keyword\r\rdesk", "\"", "a,\"b\n", "Keyword,Volume\n\"a\r\nb\",1\r\"", "sep=;\nKeyword;KD\n;\n", "\xef\xbb\xbfKeyword\n'=x\n", "Keyword\ncaf\xe9\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		handed := 0
		report, err := Read(t.Context(), bytes.NewReader(file), nil, func(r Row) error {
			handed++
			sound(t, r, len(file))
			return nil
		})
		_, previewErr := Inspect(bytes.NewReader(file), nil)
		if err != nil {
			if code := igny8.CodeOf(err); code != igny8.Invalid && code != igny8.TooLarge {
				t.Fatalf("%s: %v", code, err)
			}
			return
		}
		if previewErr != nil {
			t.Fatalf("it can be read, but its preview says %v", previewErr)
		}
		addsUp(t, report, handed)
		src, err := open(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if _, wide := orders[src.encoding]; wide && src.raw.read%2 == 1 || !src.whole {
			return // head is not all
		}
		if want := lines(src.head); report.Lines != want {
			t.Fatalf("%d lines, want %d", report.Lines, want)
		}
	})
}

// lines counts lines as an editor does.
func lines(text []byte) int {
	s := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(text))
	n := strings.Count(s, "\n")
	if s != "" && !strings.HasSuffix(s, "\n") {
		n++
	}
	return n
}

func sound(t *testing.T, r Row, size int) {
	t.Helper()
	switch {
	case r.Keyword == "" || utf8.RuneCountInString(r.Keyword) > MaxKeyword || strings.ContainsFunc(r.Keyword, unicode.IsControl),
		!utf8.ValidString(r.Keyword), !utf8.ValidString(r.Parent), !utf8.ValidString(r.URL), strings.ContainsRune(r.Parent+r.URL, 0):
		t.Fatalf("%+v", r)
	case r.Line < 1 || r.Line > size+1 || r.DuplicateOf >= r.Line || r.Normal == "" || Normal(r.Keyword) != r.Normal,
		r.Volume != nil && *r.Volume < 0 || r.Difficulty != nil && (*r.Difficulty < 0 || *r.Difficulty > 100),
		r.CPCMicros != nil && (*r.CPCMicros < 0 || *r.CPCMicros > MaxMicros):
		t.Fatalf("%+v", r)
	}
}
