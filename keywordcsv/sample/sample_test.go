package sample

import (
	"bytes"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/igny8/igny8/keywordcsv"
)

var update = flag.Bool("update", false, "write the files anew")

func TestFilesAreUpToDate(t *testing.T) {
	for name, file := range map[string]struct{ have, want []byte }{
		"coffee-gear_broad-match_us.csv":           {CSV, semrush()},
		"google_us_coffee-gear_matching-terms.csv": {Ahrefs, ahrefs()},
	} {
		if *update {
			if err := os.WriteFile(name, file.want, 0o644); err != nil {
				t.Fatal(err)
			}
		} else if !bytes.Equal(file.have, file.want) {
			t.Errorf("%s is not what the generator makes: run go generate", name)
		}
	}
}

func read(t *testing.T, file []byte) (map[string]keywordcsv.Row, keywordcsv.Report) {
	t.Helper()
	rows := map[string]keywordcsv.Row{}
	report, err := keywordcsv.Read(t.Context(), bytes.NewReader(file), nil, func(r keywordcsv.Row) error {
		if r.DuplicateOf > 0 {
			first := rows[r.Normal]
			if first.Line != r.DuplicateOf {
				t.Errorf("line %d calls itself a duplicate of line %d, but the keyword stands in line %d", r.Line, r.DuplicateOf, first.Line)
			}
			r.Line, r.Keyword = first.Line, first.Keyword
		}
		rows[r.Normal] = r
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows, report
}

func TestReport(t *testing.T) {
	t.Parallel()
	_, report := read(t, CSV)
	told := func(line int, kind keywordcsv.Kind, reason, value string) keywordcsv.Line {
		l := keywordcsv.Line{Number: line, Kind: kind, Reason: reason, Value: value}
		if kind != keywordcsv.TrailerLine {
			l.Column = "Keyword"
		}
		return l
	}
	const remark = "a remark of the tool that made the file"
	want := keywordcsv.Report{
		Layout: "Semrush Keyword Magic", Encoding: keywordcsv.UTF8, Delimiter: ",",
		Lines: 251, Head: 1, Rows: 240, Duplicates: 6, Merged: 2, Skipped: 1, Trailers: 3,
		Told: []keywordcsv.Line{
			told(3, keywordcsv.DuplicateLine, "the same keyword as in line 2", "Burr Grinder"),
			told(7, keywordcsv.DuplicateLine, "the same keyword as in line 6", "MOKA POT"),
			told(14, keywordcsv.DuplicateLine, "the same keyword as in line 13", "pour  over coffee"),
			told(16, keywordcsv.DuplicateLine, "the same keyword as in line 15", "Cold Brew Coffee"),
			told(122, keywordcsv.SkippedLine, "this is a web address, not a keyword", "www.bean-and-burr.example/grinders"),
			told(247, keywordcsv.DuplicateLine, "the same keyword as in line 244, to which it adds", "Coffee Scale Mat"),
			told(248, keywordcsv.DuplicateLine, "the same keyword as in line 228, to which it adds", "french press  recipe"),
			told(249, keywordcsv.TrailerLine, remark, "You can export only first 250 rows with your current plan"),
			told(250, keywordcsv.TrailerLine, remark, "To export more rows upgrade your subscription"),
			told(251, keywordcsv.TrailerLine, remark, "Learn more about limits in the help center"),
		},
		Warnings: []string{},
	}
	if diff := cmp.Diff(want, report); diff != "" {
		t.Error(diff)
	}
}

func TestTwinReport(t *testing.T) {
	t.Parallel()
	_, report := read(t, Ahrefs)
	report.Told = nil
	want := keywordcsv.Report{
		Layout: "Ahrefs Keywords Explorer", Encoding: keywordcsv.UTF16LE, Delimiter: "\t",
		Lines: 248, Head: 1, Rows: 240, Duplicates: 6, Merged: 2, Skipped: 1,
		Warnings: []string{},
	}
	if diff := cmp.Diff(want, report); diff != "" {
		t.Error(diff)
	}
}

func TestTwinsAgree(t *testing.T) {
	t.Parallel()
	one, _ := read(t, CSV)
	two, _ := read(t, Ahrefs)
	only := cmpopts.IgnoreFields(keywordcsv.Row{}, "Country", "Currency", "Parent", "Competition", "Trend", "LastUpdate")
	if diff := cmp.Diff(one, two, only); diff != "" {
		t.Error(diff)
	}
}

func TestContents(t *testing.T) {
	t.Parallel()
	if len(topics) != 12 || len(misfits) != 10 || len(variants) != 6 {
		t.Errorf("%d topics, %d misfits, %d variants", len(topics), len(misfits), len(variants))
	}
	if n := bytes.Count(CSV, []byte("\n")) - 1; n != 250 {
		t.Errorf("%d lines below the header", n)
	}
	rows := map[string]keywordcsv.Row{}
	_, err := keywordcsv.Read(t.Context(), bytes.NewReader(CSV), nil, func(r keywordcsv.Row) error {
		if r.DuplicateOf == 0 {
			rows[r.Normal] = r
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	count := func(is func(keywordcsv.Row) bool) (n int) {
		for _, r := range rows {
			if is(r) {
				n++
			}
		}
		return n
	}
	if n := count(func(r keywordcsv.Row) bool { return r.Volume == nil && r.Difficulty == nil && r.CPCMicros == nil }); n != 48 {
		t.Errorf("%d of %d keywords without figures, want a fifth", n, len(rows))
	}
	if n := count(func(r keywordcsv.Row) bool {
		return strings.ContainsFunc(r.Keyword, func(c rune) bool { return c > 127 })
	}); n != 5 {
		t.Errorf("%d keywords beyond ASCII", n)
	}
	if n := count(func(r keywordcsv.Row) bool { return strings.HasPrefix(r.Keyword, "=") }); n != 1 {
		t.Errorf("%d keywords begin with =", n)
	}
	for _, topic := range topics {
		if n := len(topic.keywords); n < 18 || n > 20 {
			t.Errorf("%d keywords about %s", n, topic.parent)
		}
		if !slices.ContainsFunc(topic.keywords, func(k string) bool { _, ok := rows[k]; return ok }) {
			t.Errorf("none about %s is in the file", topic.parent)
		}
	}
}
