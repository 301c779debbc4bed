package keywordcsv

import (
	"encoding/csv"
	"io"
	"iter"
)

// Exported is what an export holds unless somebody chooses otherwise: with all
// of it, reading the export gives the rows that were written.
var Exported = []Field{
	Keyword, Country, Volume, VolumeEstimated, Difficulty, CPC, Currency, Intents, Parent,
	SERPFeatures, Competition, Trend, Position, URL, Clicks, Impressions, LastUpdate,
}

// A Writer writes a table as CSV: UTF-8, commas, \n. A cell that a spreadsheet
// would run as a formula is guarded by an apostrophe, which Read takes away.
type Writer struct {
	csv   *csv.Writer
	cells []string
}

// NewWriter writes the header row. With bom the file begins with a byte order
// mark, without which Excel takes UTF-8 for something else.
func NewWriter(w io.Writer, bom bool, header ...string) (*Writer, error) {
	if bom {
		if _, err := io.WriteString(w, "\ufeff"); err != nil {
			return nil, err
		}
	}
	out := &Writer{csv: csv.NewWriter(w)}
	return out, out.Write(header...)
}

// Write writes a row.
func (w *Writer) Write(cells ...string) error {
	w.cells = w.cells[:0]
	for _, cell := range cells {
		w.cells = append(w.cells, guard(cell))
	}
	return w.csv.Write(w.cells)
}

// Flush writes what is still in the buffer. It must be called last.
func (w *Writer) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

// Write writes rows, as they come, with the given columns under the names that
// Read knows them by. It stops at the first error of w or rows.
func Write(w io.Writer, bom bool, columns []Field, rows iter.Seq2[Row, error]) error {
	cells := make([]string, len(columns))
	for i, field := range columns {
		cells[i] = field.Header()
	}
	out, err := NewWriter(w, bom, cells...)
	if err != nil {
		return err
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		for i, field := range columns {
			cells[i] = row.Cell(field)
		}
		if err := out.Write(cells...); err != nil {
			return err
		}
	}
	return out.Flush()
}
