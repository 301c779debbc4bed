package keywordcsv

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/igny8/igny8"
)

func discard(Row) error { return nil }

// refused checks that Read and Inspect refuse a file alike, and returns why.
func refused(t *testing.T, file io.Reader, code igny8.Code) string {
	t.Helper()
	_, err := Read(t.Context(), file, nil, discard)
	e, ok := errors.AsType[*igny8.Error](err)
	if !ok || e.Code != code || e.Field != "file" {
		t.Fatalf("refused with %#v, want %s", err, code)
	}
	return e.Message
}

func TestFilesOfOtherKinds(t *testing.T) {
	t.Parallel()
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	fmt.Fprint(w, "Keyword,Volume\noak desk,1\n")
	w.Close()
	for says, file := range map[string]string{
		"file is empty": "", "is empty": " \r\n\t\n", "The file is empty": "\xef\xbb\xbf", "empty.": "\xff\xfe",
		"gzip": zipped.String(), "xlsx": "PK\x03\x04\x14\x00\x06\x00[Content_Types].xml…", "Queries.csv": "PK\x03\x04\x14\x00\x00\x00Queries.csv…",
		"PDF": "%PDF-1.7\n", ".xls": "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "picture": "\x89PNG\r\n\x1a\n", "web page": "\n<!DOCTYPE html><html>",
		"JSON": `[{"keyword":"oak desk"}]`, "not a text file": "\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x03\x00\x3e\x00\x01\x00\x00\x00",
		"CSV as the export format": strings.Repeat("\x00", 5000),
	} {
		if message := refused(t, strings.NewReader(file), igny8.Invalid); !strings.Contains(message, says) {
			t.Errorf("%q is refused with %q, want something about %s", clip(file), message, says)
		}
		if _, err := Inspect(strings.NewReader(file), nil); igny8.CodeOf(err) != igny8.Invalid || !strings.Contains(err.Error(), says) {
			t.Errorf("the preview of %q is %v", clip(file), err)
		}
	}
}

func TestNoKeywordColumn(t *testing.T) {
	t.Parallel()
	const file = "Top pages,Clicks,Impressions\nhttps://a.example/,12,30\n"
	if message := refused(t, strings.NewReader(file), igny8.Invalid); !strings.Contains(message, "Top pages | Clicks | Impressions") {
		t.Error(message)
	}
	p, err := Inspect(strings.NewReader(file), nil)
	if err != nil || len(p.Warnings) != 1 || len(p.Rows) != 0 || len(p.Columns) != 3 || p.HeaderLine != 1 || p.Layout != UnknownLayout {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestMapping(t *testing.T) {
	t.Parallel()
	const file = "Hakusana;Haut\noak desk;1300\npine desk;20\n" // Finnish, which we don't know
	p, err := Inspect(strings.NewReader(file), Mapping{0: Keyword, 1: Volume})
	want := []Column{
		{Index: 0, Header: "Hakusana", Field: Keyword, Samples: []string{"oak desk", "pine desk"}},
		{Index: 1, Header: "Haut", Field: Volume, Samples: []string{"1300", "20"}},
	}
	if diff := cmp.Diff(want, p.Columns); diff != "" || err != nil || p.HeaderLine != 1 {
		t.Error(p, err, diff)
	}
	rows, report := readAll(t, []byte(file), p.Mapping())
	if report.Rows != 2 || *rows[0].Volume != 1300 || rows[1].Keyword != "pine desk" {
		t.Errorf("%+v %+v", rows, report)
	}

	rows, _ = readAll(t, []byte("oak desk;1300\npine desk;20\n"), Mapping{0: Keyword, 1: Volume}) // no header
	if len(rows) != 2 || *rows[0].Volume != 1300 {
		t.Errorf("%+v", rows)
	}
	rows, _ = readAll(t, []byte("Keyword,Volume,Topic\noak desk,1300,desks\n"), Mapping{2: Keyword, 0: Parent})
	if len(rows) != 1 || rows[0].Keyword != "desks" || rows[0].Parent != "oak desk" || rows[0].Volume != nil {
		t.Errorf("%+v", rows)
	}

	for _, bad := range []Mapping{{}, {1: Volume}, {0: Keyword, 1: "price"}, {0: Keyword, 1: Keyword}, {-1: Keyword}, {MaxColumns: Keyword}, {2: Keyword}} {
		_, err := Read(t.Context(), strings.NewReader(file), bad, discard)
		if e, ok := errors.AsType[*igny8.Error](err); !ok || e.Code != igny8.Invalid || e.Field != "mapping" {
			t.Errorf("mapping %v gave %v", bad, err)
		}
		if _, again := Inspect(strings.NewReader(file), bad); again == nil || again.Error() != err.Error() {
			t.Errorf("mapping %v gave %v in the preview and %v in reading", bad, again, err)
		}
	}
}

func TestDuplicatesAddWhatIsBetterKnown(t *testing.T) {
	t.Parallel()
	rows, report := readAll(t, []byte("Keyword,Volume,KD,CPC,Country\n"+
		"Oak Desk,100-1000,,,us\n"+ // an estimate
		"oak desk,,40,,US\n"+ // the difficulty
		"oak  desk,720,50,1.5,us\n"+ // the exact volume and the cost; the difficulty is known
		"oak desk,10-100,,,us\n"+ // nothing
		"OAK DESK,880,,,us\n"+ // the first exact volume stays
		"oak desk,90,,,gb\n"), nil) // another market
	want := []Row{
		{Line: 2, Keyword: "Oak Desk", Country: "us", Volume: some(550), VolumeEstimated: true},
		{Line: 3, Keyword: "oak desk", DuplicateOf: 2, Country: "us", Difficulty: some(40)},
		{Line: 4, Keyword: "oak  desk", DuplicateOf: 2, Country: "us", Volume: some(720), CPCMicros: some(int64(1_500_000))},
		{Line: 7, Keyword: "oak desk", Country: "gb", Volume: some(90)},
	}
	for i := range want {
		want[i].Normal = "oak desk"
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	if report.Rows != 2 || report.Duplicates != 4 || report.Merged != 2 {
		t.Errorf("%+v", report)
	}
}

func TestImpressionsAreNoVolume(t *testing.T) {
	t.Parallel()
	rows, _ := readAll(t, []byte("Query,Clicks,Impressions\noak desk,1,900\n"), nil)
	if rows[0].Volume != nil || *rows[0].Impressions != 900 {
		t.Errorf("%+v", rows[0])
	}
}

func TestBadLines(t *testing.T) {
	t.Parallel()
	_, report := readAll(t, []byte("Keyword,Volume,KD\n"+
		"oak desk,lots,400\n"+
		"oak\x00stool,1,2\n"+
		","+"\n"+
		",5,6\n"+
		strings.Repeat("x", 201)+",1,2\n"+
		"Keyword,Volume,KD\n"+
		"\"pine desk\n,1,2\n"+
		"elm desk,7,8"), nil)
	want := []Line{
		{2, BadCell, "Volume", notNumber, "lots"},
		{2, BadCell, "KD", "a difficulty is a number from 0 to 100", "400"},
		{3, SkippedLine, "Keyword", "the keyword holds a line break or another control character; perhaps a quotation mark is missing", "oak\x00stool"},
		{5, SkippedLine, "Keyword", "there is no keyword in this line", "5"},
		{6, SkippedLine, "Keyword", "the keyword is longer than 200 characters", strings.Repeat("x", 79) + "…"},
		{7, SkippedLine, "", "this is the header row again", "Keyword"},
		{8, SkippedLine, "", "a quotation mark opens in this line and is never closed", "pine desk\n,1,2\nelm desk,7,8"},
	}
	if diff := cmp.Diff(want, report.Told); diff != "" {
		t.Error(diff)
	}
	report.Told = nil
	if diff := cmp.Diff(Report{Layout: UnknownLayout, Encoding: UTF8, Delimiter: ",", Lines: 10, Head: 1, Rows: 1, Skipped: 5, Blank: 1, Continued: 2, BadCells: 2, Warnings: []string{}}, report); diff != "" {
		t.Error(diff)
	}
}

func TestToldIsBounded(t *testing.T) {
	t.Parallel()
	file := "Keyword,Volume\noak desk,1\n" + strings.Repeat("oak desk,1\n", MaxTold+50) + "pine desk,x\n"
	_, report := readAll(t, []byte(file), nil)
	if report.Duplicates != MaxTold+50 || len(report.Told) != MaxTold+1 || report.Told[MaxTold].Kind != BadCell {
		t.Errorf("%d duplicates, %d lines told", report.Duplicates, len(report.Told))
	}
}

func TestHeaderOnly(t *testing.T) {
	t.Parallel()
	rows, report := readAll(t, []byte("Keyword,Volume\n"), nil)
	if len(rows) != 0 || len(report.Warnings) != 1 {
		t.Errorf("%+v", report)
	}
}

// A counter gives endless bytes and counts those that are taken.
type counter struct {
	io.Reader
	taken int
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.taken += n
	return n, err
}

// endless repeats a text for ever.
type endless struct {
	text string
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e.text[e.at%len(e.text)]
		e.at++
	}
	return len(p), nil
}

func TestLimits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file  io.Reader
		says  string
		takes int // bytes at most
	}{
		"a cell without end":        {io.MultiReader(strings.NewReader("Keyword,Volume\noak desk,"), &endless{text: "x"}), "Line 2, column 2: a cell holds more than 10 kB", 1 << 20},
		"a quoted cell without end": {io.MultiReader(strings.NewReader("Keyword,Volume\noak desk,\""), &endless{text: "x,\n"}), "closing quotation mark", 1 << 20},
		"no line break":             {&endless{text: "x"}, "Line 1, column 1", 1 << 20},
		"columns without end":       {io.MultiReader(strings.NewReader("Keyword,Volume\noak desk"), &endless{text: ",x"}), "more than 500 columns", 1 << 20},
		"long cells without end":    {io.MultiReader(strings.NewReader("Keyword,Volume\noak desk"), &endless{text: "," + strings.Repeat("x", 9000)}), "Line 2 is longer than 1024 kB", 3 << 20},
		"lines without end":         {io.MultiReader(strings.NewReader("Keyword,Volume\n"), &endless{text: strings.Repeat(" ", 999) + "\n"}), "larger than 50 MB", MaxFile + 1<<20},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := &counter{Reader: c.file}
			if message := refused(t, file, igny8.TooLarge); !strings.Contains(message, c.says) {
				t.Errorf("refused with %q, want something about %q", message, c.says)
			}
			if file.taken > c.takes {
				t.Errorf("%d bytes were read before it was refused", file.taken)
			}
		})
	}
}

// table is a file of n keywords, made while it is read.
func table(n int) io.Reader {
	r, w := io.Pipe()
	go func() {
		text := []byte("Keyword,Intent,Volume\n")
		for i := range n {
			text = strconv.AppendInt(append(text, "oak desk number "...), int64(i), 10)
			text = append(text, ",\"Informational, Commercial\",1300\n"...)
			if len(text) > 64<<10 || i == n-1 {
				if _, err := w.Write(text); err != nil {
					return // nobody reads on
				}
				text = text[:0]
			}
		}
		w.Close()
	}()
	return r
}

func TestMostRowsInBoundedMemoryAndNoMore(t *testing.T) { // alone, since it measures the heap
	live := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := live()
	rows := 0
	report, err := Read(t.Context(), table(MaxRows+1), nil, func(Row) error {
		if rows++; rows == MaxRows {
			if grown := int64(live() - before); grown > 80<<20 {
				t.Errorf("%d rows hold %d MB", rows, grown>>20)
			}
		}
		return nil
	})
	if rows != MaxRows || report.Rows != MaxRows {
		t.Errorf("%d rows were handed over: %+v", rows, report)
	}
	if igny8.CodeOf(err) != igny8.TooLarge || !strings.Contains(igny8.MessageOf(err), "500000 rows") {
		t.Errorf("one more gave %v", err)
	}
}

func TestReadStops(t *testing.T) {
	t.Parallel()
	full := errors.New("the database is full")
	n := 0
	_, err := Read(t.Context(), table(1000), nil, func(Row) error {
		if n++; n == 7 {
			return full
		}
		return nil
	})
	if !errors.Is(err, full) || n != 7 {
		t.Errorf("%v after %d rows", err, n)
	}

	ctx, cancel := context.WithCancel(t.Context())
	n = 0
	_, err = Read(ctx, table(10_000), nil, func(Row) error {
		n++
		cancel()
		return nil
	})
	if igny8.CodeOf(err) != igny8.Canceled || !errors.Is(err, context.Canceled) || n > 300 {
		t.Errorf("%v after %d rows", err, n)
	}

	gone := errors.New("connection reset")
	for _, file := range []io.Reader{
		iotest.ErrReader(gone),
		io.MultiReader(io.LimitReader(table(100_000), 300<<10), iotest.ErrReader(gone)),
	} {
		_, err = Read(t.Context(), file, nil, discard)
		if !errors.Is(err, gone) || !strings.Contains(igny8.MessageOf(err), "Upload it again") {
			t.Errorf("a broken upload gave %v", err)
		}
	}
}

// Readers that give one byte at a time, or data together with the end, change nothing.
func TestChunks(t *testing.T) {
	t.Parallel()
	for _, c := range layoutCases {
		rows, report := readAll(t, c.file, nil)
		var slow []Row
		again, err := Read(t.Context(), iotest.OneByteReader(iotest.DataErrReader(bytes.NewReader(c.file))), nil, func(r Row) error {
			slow = append(slow, r)
			return nil
		})
		if err != nil || cmp.Diff(rows, slow) != "" || cmp.Diff(report, again) != "" {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestPreviewOfALargeFile(t *testing.T) {
	t.Parallel()
	file := &counter{Reader: table(100_000)}
	p, err := Inspect(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p.Complete || file.taken > peeked+64<<10 || len(p.Rows) != previewRows || p.Report.Rows < 3000 || p.Report.Rows != p.Report.Lines-1 {
		t.Errorf("%d bytes read: %+v", file.taken, p.Report)
	}
	addsUp(t, p.Report, p.Report.Rows)
}
