package keywordcsv

import (
	"bufio"
	"bytes"
	"io"
)

// A Copier writes rows that are CSV already, as PostgreSQL's COPY makes them,
// with the guard that a Writer gives each cell.
type Copier struct{ out *bufio.Writer }

// NewCopier writes the header row of the columns. With bom the file begins with
// a byte order mark.
func NewCopier(w io.Writer, bom bool, columns []Field) (*Copier, error) {
	c := &Copier{bufio.NewWriterSize(w, 64<<10)}
	cells := make([]string, len(columns))
	for i, field := range columns {
		cells[i] = field.Header()
	}
	head, err := NewWriter(c.out, bom, cells...)
	if err != nil {
		return nil, err
	}
	return c, head.Flush()
}

// Write writes one or more whole rows: cells between commas, in double quotes
// where they need them, and \n after each row.
func (c *Copier) Write(rows []byte) (int, error) {
	done := 0 // up to where rows are written
	for at := 0; at < len(rows); {
		cell, quoted := cellAt(rows[at:])
		begin := at
		if quoted {
			begin++
		}
		if !harmless(cell, quoted) {
			// What is doubled in a quoted cell neither begins a formula nor hides one.
			if safe := guard(string(cell)); len(safe) > len(cell) {
				_, _ = c.out.Write(rows[done:begin]) // Flush tells the error, as the next Write does
				_, _ = c.out.WriteString(safe)
				done = begin + len(cell)
			}
		}
		at = begin + len(cell) + 1 // its comma or line end, or its quote
		if quoted {
			at++
		}
	}
	if _, err := c.out.Write(rows[min(done, len(rows)):]); err != nil {
		return 0, err
	}
	return len(rows), nil
}

// Flush writes what is still in the buffer. It must be called last.
func (c *Copier) Flush() error { return c.out.Flush() }

// cellAt is the cell that rows begin with, without its quotes.
func cellAt(rows []byte) (cell []byte, quoted bool) {
	if rows[0] != '"' {
		for i, b := range rows {
			if b == ',' || b == '\n' {
				return rows[:i], false
			}
		}
		return rows, false
	}
	rows = rows[1:]
	for end := 0; ; end += 2 {
		quote := bytes.IndexByte(rows[end:], '"')
		if quote < 0 {
			return rows, true
		}
		if end += quote; end+1 == len(rows) || rows[end+1] != '"' {
			return rows[:end], true
		}
	}
}

// harmless reports whether a cell needs no guard, as most don't, at a glance.
func harmless(cell []byte, quoted bool) bool {
	if len(cell) == 0 {
		return true
	}
	if quoted && (bytes.IndexByte(cell, '\n') >= 0 || bytes.IndexByte(cell, '\r') >= 0) {
		return false
	}
	switch b := cell[0]; {
	case '0' <= b && b <= '9', 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', b == '[':
		return true
	}
	return false
}
