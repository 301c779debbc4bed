package keywordcsv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/igny8/igny8"
)

// An imported is one file while it is read.
type imported struct {
	*scanner
	format
	src     *source
	partial bool // the end of the input is not the end of the file

	keyword, low, high int    // columns, -1 if there is none
	months             []int  // the columns of months, in their order
	others             []int  // the columns of all other fields, in their order
	currency           string // from the header of the CPC column

	seen    map[[16]byte]first
	foreign int  // cells that were not UTF-8
	trailer bool // the row before was a trailer
	told    map[Kind]int
	report  Report
}

func newImport(r io.Reader, src *source, f format) *imported {
	in := &imported{
		scanner: newScanner(r, f.comma), format: f, src: src,
		keyword: -1, low: -1, high: -1, seen: map[[16]byte]first{}, told: map[Kind]int{},
		report: Report{Layout: f.layout, Encoding: src.encoding, Delimiter: f.delimiter(), Told: []Line{}, Warnings: []string{}},
	}
	for column, field := range f.mapping {
		switch field {
		case Keyword:
			in.keyword = column
		case VolumeMin:
			in.low = column
		case VolumeMax:
			in.high = column
		case Month:
			in.months = append(in.months, column)
		case "":
		default:
			in.others = append(in.others, column)
		}
		if field == CPC && column < len(f.headers) {
			_, note := plain(f.headers[column])
			in.currency = currencyOf(note)
		}
	}
	slices.Sort(in.months)
	slices.Sort(in.others) // intents that are columns count in this order
	return in
}

func (in *imported) run(ctx context.Context, each func(Row) error) error {
	for n := 0; ; n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return igny8.Wrap(igny8.Canceled, ctx.Err(), "The import was stopped.")
		}
		rec, err := in.next()
		if errors.Is(err, io.EOF) || err == nil && in.partial && (rec.cut || rec.open) {
			in.finish()
			return nil
		}
		if err != nil {
			return unread(err)
		}
		in.report.Lines = rec.line + rec.lines - 1
		in.report.Continued += rec.lines - 1
		if err := in.record(rec, each); err != nil {
			return err
		}
	}
}

// record decides what a record is, and does what is due.
func (in *imported) record(rec record, each func(Row) error) error {
	for i, cell := range rec.cells {
		decoded, foreign := text(cell)
		if foreign {
			in.foreign++
		}
		rec.cells[i] = unguard(decoded)
	}
	switch {
	case rec.line <= in.header:
		in.report.Head++
		if rec.line < in.header && !blank(rec.cells) {
			in.tell(rec, HeadLine, -1, "this stands above the header row", firstOf(rec.cells))
		}
	case blank(rec.cells):
		in.report.Blank++
	case in.isTrailer(rec.cells):
		in.trailer = true
		in.report.Trailers++
		in.tell(rec, TrailerLine, -1, "a remark of the tool that made the file", firstOf(rec.cells))
	case rec.open:
		in.skip(rec, "a quotation mark opens in this line and is never closed", -1)
	case in.header > 0 && slices.Equal(rec.cells, in.headers):
		in.skip(rec, "this is the header row again", -1)
	default:
		return in.row(rec, each)
	}
	return nil
}

// row reads a record as a keyword, and hands it on if it says anything new.
func (in *imported) row(rec record, each func(Row) error) error {
	in.trailer = false
	row := Row{Line: rec.line, Keyword: trim(rec.at(in.keyword))}
	if reason := refusal(row.Keyword); reason != "" {
		in.skip(rec, reason, in.keyword)
		return nil
	}
	if in.report.Rows+in.report.Duplicates >= MaxRows {
		return tooLarge("The file has more than %d rows. Split it and upload the parts one after the other.", MaxRows)
	}
	row.Normal = Normal(row.Keyword)
	in.fill(&row, rec)

	key := row.key()
	before, again := in.seen[key]
	known := row.known()
	if !again {
		in.seen[key] = first{int32(rec.line), known}
		in.report.Rows++
		return each(row)
	}
	in.report.Duplicates++
	row.DuplicateOf = int(before.line)
	row.forget(before.known)
	reason := fmt.Sprintf("the same keyword as in line %d", before.line)
	if row.known() == 0 {
		in.tell(rec, DuplicateLine, in.keyword, reason, row.Keyword)
		return nil
	}
	in.report.Merged++
	in.tell(rec, DuplicateLine, in.keyword, reason+", to which it adds", row.Keyword)
	in.seen[key] = first{before.line, before.known | known}
	return each(row)
}

// fill reads all cells but the keyword's. One that can't be read is told of,
// and unknown.
func (in *imported) fill(row *Row, rec record) {
	for _, column := range in.others {
		cell := rec.at(column)
		if cell == "" {
			continue
		}
		if reason := row.take(in.mapping[column], cell); reason != "" {
			in.report.BadCells++
			in.tell(rec, BadCell, column, reason, cell)
		}
	}
	if row.Volume == nil {
		row.between(rec.at(in.low), rec.at(in.high))
	}
	if row.Trend == nil && len(in.months) > 0 {
		cells := make([]string, len(in.months))
		for i, column := range in.months {
			cells[i] = rec.at(column)
		}
		row.takeMonths(cells)
	}
	row.VolumeEstimated = row.Volume != nil && (row.VolumeEstimated || in.bucketed)
	switch {
	case row.CPCMicros == nil:
		row.Currency = ""
	case row.Currency == "":
		row.Currency = in.currency
	}
}

// between takes the middle of two columns for the volume.
func (row *Row) between(low, high string) {
	a, okA := count(low)
	b, okB := count(high)
	if okA && okB && a.known && b.known && a.value <= b.value {
		row.Volume = rounded((a.value + b.value) / 2)
		row.VolumeEstimated = a.value < b.value
	}
}

// trailer is what a tool writes under an export that it cut short. It is said in
// several lines, of which the first is known by its words, and those behind it
// by being alone.
var trailer = regexp.MustCompile(`(?i)^(you can (only export|export only)\b|to export more (rows|keywords|data)\b|upgrade your (plan|subscription|account)\b)`)

// isTrailer reports whether cells, at least one of which is not blank, are such a
// line.
func (in *imported) isTrailer(cells []string) bool {
	if in.trailer && len(in.headers) > 1 && alone(cells) {
		return true
	}
	said := firstOf(cells)
	if !strings.ContainsRune("yYtTuU", rune(said[0])) || !trailer.MatchString(said) {
		return false
	}
	for _, column := range in.others {
		if f, ok := count(record{cells: cells}.at(column)); ok && f.known {
			return false // a keyword, after all: it has figures
		}
	}
	return true
}

// alone reports whether only one cell says something.
func alone(cells []string) bool {
	n := 0
	for _, c := range cells {
		if trim(c) != "" {
			n++
		}
	}
	return n == 1
}

// firstOf is the first cell that says something.
func firstOf(cells []string) string {
	for _, c := range cells {
		if c = trim(c); c != "" {
			return c
		}
	}
	return ""
}

func (in *imported) skip(rec record, reason string, column int) {
	in.report.Skipped++
	value := rec.at(column)
	if trim(value) == "" {
		value = firstOf(rec.cells)
	}
	in.tell(rec, SkippedLine, column, reason, value)
}

// tell adds a line to those that are told of, unless there are enough.
func (in *imported) tell(rec record, kind Kind, column int, reason, value string) {
	if in.told[kind]++; in.told[kind] > MaxTold {
		return
	}
	l := Line{Number: rec.line, Kind: kind, Reason: reason, Value: clip(value)}
	if column >= 0 {
		if l.Column = clip(trim(record{cells: in.headers}.at(column))); l.Column == "" {
			l.Column = fmt.Sprint(column + 1)
		}
	}
	in.report.Told = append(in.report.Told, l)
}

// finish adds what is to be said of the file as a whole.
func (in *imported) finish() {
	warn := func(format string, args ...any) {
		in.report.Warnings = append(in.report.Warnings, fmt.Sprintf(format, args...))
	}
	if in.foreign > 0 {
		warn("The file is not all UTF-8: %d cells were read as Windows-1252. If letters look wrong, save it as UTF-8 and upload it again.", in.foreign)
	}
	if in.partial {
		return
	}
	if _, wide := orders[in.src.encoding]; wide && in.src.raw.read%2 == 1 {
		warn("The file ends in the middle of a character: it was probably cut off. Export it again if keywords are missing.")
	}
	if in.report.Rows == 0 {
		warn("The file holds no keywords.")
	}
}
