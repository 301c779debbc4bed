// Package keywordcsv reads the keyword exports of search tools, and writes ours.
//
// It takes what Ahrefs, Semrush, Google's Keyword Planner and Search Console,
// Moz, Ubersuggest and KWFinder export, and any table or list of keywords: it
// finds out encoding, delimiter, header row and columns, reads in bounded memory,
// and accounts for every line. It knows no database: rows go to a function.
package keywordcsv

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"

	"github.com/igny8/igny8"
)

// Limits of a file. What is over them is refused with TooLarge, as soon as it
// is met.
const (
	MaxFile    = 50 << 20 // bytes
	MaxRows    = 500_000  // keywords and duplicates
	MaxColumns = 500
	MaxCell    = 10 << 10 // bytes of UTF-8
	MaxRecord  = 1 << 20  // bytes of UTF-8 of all cells of a row
)

// Read reads a file and hands its keywords to each, in the order of the lines.
// A nil mapping means the detected one; Inspect tells it. Read stops at the
// first error of each or ctx and returns it.
//
// Errors about the file are Invalid or TooLarge, with the field "file"; about
// the mapping, Invalid with the field "mapping". Rows may have been handed over
// before an error: whoever stores them does so in one transaction. A line that
// can't be used is no error, but stands in the report.
func Read(ctx context.Context, r io.Reader, m Mapping, each func(Row) error) (Report, error) {
	if m != nil {
		if err := m.check(); err != nil {
			return Report{}, err
		}
	}
	src, err := open(r)
	if err != nil {
		return Report{}, err
	}
	f := detect(src.head, src.whole)
	if m != nil {
		if err := f.use(m, src); err != nil {
			return Report{}, err
		}
	} else if f.mapping.check() != nil {
		return Report{}, invalid("None of the columns is known to hold keywords. The file begins with: %s. Say which column is the keyword, or give it the header Keyword.", firstCells(src, f))
	}
	in := newImport(src.Reader, src, f)
	err = in.run(ctx, each)
	return in.report, err
}

// use replaces the detected mapping, if the file has the columns.
func (f *format) use(m Mapping, src *source) error {
	width := len(columns(src, *f))
	for column, field := range m {
		if field != "" && column >= width {
			return igny8.FieldErrorf("mapping", "There is no column %d: the file has %d, counted from 0.", column, width)
		}
	}
	f.mapping = m
	return nil
}

// firstCells shows a person what the file begins with.
func firstCells(src *source, f format) string {
	for _, row := range sample(src.head, f.comma, headWithin, src.whole) {
		if f.header <= row.line && !blank(row.cells) {
			return clip(strings.Join(row.cells, " | "))
		}
	}
	return "nothing that can be read"
}

// A Column is one column of a file, for a person to check its field.
type Column struct {
	Index   int      `json:"index"`
	Header  string   `json:"header"` // empty if the file has no header row
	Field   Field    `json:"field"`
	Samples []string `json:"samples"` // up to three values, from different lines
}

// A Preview is what Inspect tells of a file before it is read.
type Preview struct {
	Layout     string   `json:"layout"`
	Encoding   string   `json:"encoding"`
	Delimiter  string   `json:"delimiter"`   // "," ";" or a tab; empty if a line is one cell
	HeaderLine int      `json:"header_line"` // from 1; 0 if there is none
	Columns    []Column `json:"columns"`
	Fields     []Field  `json:"fields"`   // what a column may be mapped to
	Rows       []Row    `json:"rows"`     // the first 20
	Skips      []Line   `json:"skips"`    // lines and cells that won't be taken, or are merged, and why
	Warnings   []string `json:"warnings"` // about the whole file
	Complete   bool     `json:"complete"` // the file is so small that all of it was looked at
	Report     Report   `json:"report"`   // only the counts, of the lines that were looked at
}

// Mapping is the mapping that Read uses when it is given none.
func (p Preview) Mapping() Mapping {
	m := Mapping{}
	for _, c := range p.Columns {
		if c.Field != "" {
			m[c.Index] = c.Field
		}
	}
	return m
}

const previewRows = 20

// Inspect finds out what a file is and shows what reading it would give, with
// the given mapping or, if it is nil, the detected one. It reads the first 256
// KiB. A file whose keyword column is not known is no error here: Preview then
// has columns, a warning and no rows. Errors are those of Read.
func Inspect(r io.Reader, m Mapping) (Preview, error) {
	if m != nil {
		if err := m.check(); err != nil {
			return Preview{}, err
		}
	}
	src, err := open(r)
	if err != nil {
		return Preview{}, err
	}
	f := detect(src.head, src.whole)
	if m != nil {
		if err := f.use(m, src); err != nil {
			return Preview{}, err
		}
	}
	p := Preview{
		Layout: f.layout, Encoding: src.encoding, Delimiter: f.delimiter(), HeaderLine: f.header,
		Columns: columns(src, f), Fields: Fields, Complete: src.whole, Rows: []Row{}, Skips: []Line{}, Warnings: []string{},
	}
	if f.mapping.check() != nil {
		p.Warnings = append(p.Warnings, "None of the columns is known to hold keywords: choose the one that does.")
		return p, nil
	}
	in := newImport(bytes.NewReader(src.head), src, f)
	in.partial = !src.whole
	err = in.run(context.Background(), func(row Row) error {
		if len(p.Rows) < previewRows {
			p.Rows = append(p.Rows, row)
		}
		return nil
	})
	p.Skips = append(p.Skips, in.report.Told...)
	p.Warnings = append(p.Warnings, in.report.Warnings...)
	p.Report = in.report
	p.Report.Told, p.Report.Warnings = []Line{}, []string{}
	return p, err
}

func (f format) delimiter() string {
	if f.comma == 0 {
		return ""
	}
	return string(f.comma)
}

// columns lists the columns with the first values in them.
func columns(src *source, f format) []Column {
	var all []Column
	for i, header := range f.headers {
		all = append(all, Column{Index: i, Header: trim(header), Field: f.mapping[i], Samples: []string{}})
	}
	for _, row := range sample(src.head, f.comma, f.header+200, src.whole) {
		if row.line <= f.header {
			continue
		}
		for i, cell := range row.cells {
			if i == len(all) {
				if f.header > 0 {
					break
				}
				all = append(all, Column{Index: i, Field: f.mapping[i], Samples: []string{}})
			}
			if c := &all[i]; trim(cell) != "" && len(c.Samples) < 3 && !slices.Contains(c.Samples, clip(trim(cell))) {
				c.Samples = append(c.Samples, clip(trim(cell)))
			}
		}
	}
	return all
}
