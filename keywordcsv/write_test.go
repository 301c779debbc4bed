package keywordcsv

import (
	"bytes"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func each(rows []Row) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// rowOf draws a row as an import could have made it: nasty texts, every field.
func rowOf(line int) *rapid.Generator[Row] {
	nasty := rapid.OneOf(
		rapid.StringMatching(`[ -~]{0,20}`),
		rapid.StringMatching(`'{0,2}[ \t]?[=+@-]{1,2}[a-z0-9"]{0,5}(\r?\n[=@'a-z]{0,4}){0,2}`),
		rapid.SampledFrom([]string{`a "quoted", cell`, "two\nlines", "two\r\nlines", "=1+1\n=2", "＝A1", "кофе ☕", "-5", "+1.5", "'-5", `\.`, "sep=;", "#", "-"}),
		rapid.String(),
	)
	text := rapid.Map(nasty, func(s string) string { return trim(strings.ReplaceAll(s, "\x00", "")) })
	word := rapid.StringMatching(`[A-Za-zäé=+@-][A-Za-z0-9 .'é"-]{0,15}[a-z]`)
	count := rapid.Ptr(rapid.IntRange(0, 1<<31-1), true)
	return rapid.Custom(func(t *rapid.T) Row {
		row := Row{
			Line: line, Keyword: word.Filter(func(s string) bool { return refusal(s) == "" && trim(s) == s }).Draw(t, "keyword"),
			Country: rapid.SampledFrom([]string{"", "us", "gb"}).Draw(t, "country"),
			Volume:  count.Draw(t, "volume"), Difficulty: rapid.Ptr(rapid.IntRange(0, 100), true).Draw(t, "difficulty"),
			CPCMicros: rapid.Ptr(rapid.Int64Range(0, MaxMicros), true).Draw(t, "cpc"),
			Parent:    text.Draw(t, "parent"), URL: text.Draw(t, "url"),
			Intents:      rapid.SliceOfNDistinct(rapid.SampledFrom(IntentNames), 0, 4, rapid.ID).Draw(t, "intents"),
			SERPFeatures: rapid.SliceOfN(rapid.StringMatching(`[=A-Z][a-z ]{1,8}[a-z]`), 0, 3).Draw(t, "features"),
			Competition:  rapid.Ptr(rapid.IntRange(0, 100), true).Draw(t, "competition"),
			Trend:        rapid.SliceOfN(rapid.IntRange(0, 100), 0, 12).Draw(t, "trend"),
			Position:     rapid.Ptr(rapid.Float64Range(0.01, 1000), true).Draw(t, "position"),
			Clicks:       count.Draw(t, "clicks"), Impressions: count.Draw(t, "impressions"),
		}
		row.Normal = Normal(row.Keyword)
		row.VolumeEstimated = row.Volume != nil && rapid.Bool().Draw(t, "estimated")
		if row.CPCMicros != nil {
			row.Currency = rapid.SampledFrom([]string{"", "EUR"}).Draw(t, "currency")
		}
		if rapid.Bool().Draw(t, "dated") {
			at := time.Unix(rapid.Int64Range(1e9, 2e9).Draw(t, "at"), 0).UTC()
			row.LastUpdate = &at
		}
		for _, s := range []*[]string{&row.Intents, &row.SERPFeatures} {
			if len(*s) == 0 {
				*s = nil
			}
		}
		if len(row.Trend) == 0 {
			row.Trend = nil
		}
		return row
	})
}

func TestWrittenRowsAreReadExactly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var rows []Row
		used := map[[16]byte]bool{}
		for range rapid.IntRange(1, 8).Draw(t, "rows") {
			if row := rowOf(0).Draw(t, "row"); !used[row.key()] {
				used[row.key()] = true
				rows = append(rows, row)
			}
		}
		bom := rapid.Bool().Draw(t, "bom")
		var file bytes.Buffer
		if err := Write(&file, bom, Exported, each(rows)); err != nil {
			t.Fatal(err)
		}
		var back []Row
		report, err := Read(t.Context(), bytes.NewReader(file.Bytes()), nil, func(r Row) error {
			r.Line = 0
			back = append(back, r)
			return nil
		})
		if err != nil {
			t.Fatalf("%v\n%s", err, file.Bytes())
		}
		if diff := cmp.Diff(rows, back); diff != "" || report.Layout != "IGNY8" || report.BadCells > 0 || len(report.Warnings) > 0 {
			t.Fatalf("%s\n%s\n%+v", diff, file.Bytes(), report)
		}
	})
}

func TestGuard(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+1+1": "'+1+1", "-cmd": "'-cmd", "@sum": "'@sum", " =1": "' =1", "\t=1": "'\t=1", "\u00a0=1": "'\u00a0=1", "\u200b=1": "'\u200b=1", "＝1": "'＝1",
		"'=1": "''=1", "a\n=1": "a\n'=1", "a\r\n@x": "a\r\n'@x", "--5": "'--5", "=5": "'=5", "-5+1": "'-5+1",
		"-5": "-5", "+1.5": "+1.5", "a=b": "a=b", "": "", "'": "'", "o'neill": "o'neill", "5": "5", "'90s": "'90s",
	} {
		if got := guard(cell); got != want {
			t.Errorf("guard(%q) = %q, want %q", cell, got, want)
		}
	}
}

func TestGuardIsUndone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`['=+@\-\t\r\n 1-3a.]{0,12}`)).Draw(t, "cell")
		safe := guard(s)
		if got := unguard(safe); got != s {
			t.Fatalf("%q was guarded as %q and read as %q", s, safe, got)
		}
		for _, line := range strings.FieldsFunc(safe, func(r rune) bool { return r == '\n' || r == '\r' }) {
			if start := strings.TrimLeft(line, " \t"); start != "" && strings.Contains("=+-@", start[:1]) && !number(start) {
				t.Fatalf("%q still begins a formula: %q", safe, line)
			}
		}
	})
}

func TestHeadersAreKnownAgain(t *testing.T) {
	t.Parallel()
	for _, field := range Fields {
		name, _ := plain(field.Header())
		if known := fieldOf[name]; known != field && field != VolumeMin && field != VolumeMax && field != Month {
			t.Errorf("%s is written as %q and read as %q", field, field.Header(), known)
		}
	}
	for field, names := range headers {
		if !slices.Contains(Fields, field) {
			t.Errorf("%s is not in the list of fields", field)
		}
		for _, name := range names {
			if got, _ := plain(name); got != name {
				t.Errorf("%q is looked up as %q and never found", name, got)
			}
			if fieldOf[name] != field {
				t.Errorf("%q is a header of %s and of %s", name, field, fieldOf[name])
			}
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteStops(t *testing.T) {
	t.Parallel()
	rows := []Row{{Keyword: "oak desk"}}
	for _, bom := range []bool{false, true} {
		if err := Write(broken{}, bom, Exported, each(rows)); err == nil || err.Error() != "disk full" {
			t.Errorf("a full disk gave %v", err)
		}
	}
	gone := errors.New("connection lost")
	err := Write(&bytes.Buffer{}, false, Exported, func(yield func(Row, error) bool) { yield(Row{}, gone) })
	if !errors.Is(err, gone) {
		t.Errorf("an error of the rows gave %v", err)
	}
}
