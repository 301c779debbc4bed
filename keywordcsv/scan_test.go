package keywordcsv

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/igny8/igny8"

	"github.com/stretchr/testify/require"
)

func TestScan(t *testing.T) {
	t.Parallel()
	type row struct {
		Line, Lines int
		Cells       []string
		Open, Cut   bool
	}
	for text, want := range map[string][]row{
		"a,b\n":                    {{1, 1, []string{"a", "b"}, false, false}},
		"a,\r\n\r,b":               {{1, 1, []string{"a", ""}, false, false}, {2, 1, []string{""}, false, false}, {3, 1, []string{"", "b"}, false, true}},
		"\"a\"\"b\",\"\"\n":        {{1, 1, []string{`a"b`, ""}, false, false}},
		"\"a\r\nb\rc\",d\ne":       {{1, 3, []string{"a\r\nb\rc", "d"}, false, false}, {4, 1, []string{"e"}, false, true}},
		"15\" desk,b\n":            {{1, 1, []string{`15" desk`, "b"}, false, false}},
		"\"a \"\"b\" c,d\n":        {{1, 1, []string{`"a "b" c`, "d"}, false, false}},
		"\"a\n\",\"":               {{1, 2, []string{"a\n", ""}, true, false}},
		"\"a\nb":                   {{1, 2, []string{"a\nb"}, true, false}},
		"\"a\n":                    {{1, 1, []string{"a\n"}, true, false}},
		"\"a\"":                    {{1, 1, []string{"a"}, false, true}},
		"":                         nil,
		strings.Repeat("x", 10240): {{1, 1, []string{strings.Repeat("x", MaxCell)}, false, true}},
	} {
		s := newScanner(strings.NewReader(text), ',')
		var got []row
		for {
			rec, err := s.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, row{rec.line, rec.lines, append([]string{}, rec.cells...), rec.open, rec.cut})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", clip(text), diff)
		}
		if s.line != lines([]byte(text)) {
			t.Errorf("%q has %d lines", clip(text), s.line)
		}
	}
}

// One byte more than a cell may hold is refused, in whatever way it is written.
func TestScanAtTheLimit(t *testing.T) {
	t.Parallel()
	full := strings.Repeat("x", MaxCell)
	for _, text := range []string{full + "x", `"` + full + "x\"", `"` + full + `" x`, full + "é"} {
		if _, err := newScanner(strings.NewReader(text), ',').next(); igny8.CodeOf(err) != igny8.TooLarge {
			t.Errorf("%d bytes in a cell gave %v", len(text), err)
		}
	}
	if rec, err := newScanner(strings.NewReader(`"`+full+`",b`), ',').next(); err != nil || len(rec.cells) != 2 {
		t.Errorf("a full cell gave %v", err)
	}
}

func TestAStrayMarkCostsNoOtherLine(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"red shoes\n\"blue shoes\ngreen shoes\n", "Keyword\tVolume\nred shoes\t10\n\"blue shoes\t20\ngreen shoes\t30\n"} {
		var got []string
		report, err := Read(t.Context(), strings.NewReader(file), nil, func(r Row) error {
			got = append(got, r.Keyword)
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, []string{"red shoes", "\"blue shoes", "green shoes"}, got)
		require.Zero(t, report.Continued)
	}
}
