package keywordcsv

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What a Copier writes of finished CSV is what a Writer writes of its cells.
func TestCopierWritesAsWriterDoes(t *testing.T) {
	t.Parallel()
	cell := rapid.OneOf(rapid.StringMatching(`['=+@",\-\t\n 1-3a.é＝]{0,12}`), rapid.StringMatching(`[a-z0-9 ]{0,9}`))
	rapid.Check(t, func(t *rapid.T) {
		columns := []Field{Keyword, Parent, URL}
		var want, got bytes.Buffer
		w, err := NewWriter(&want, true, columns[0].Header(), columns[1].Header(), columns[2].Header())
		if err != nil {
			t.Fatal(err)
		}
		c, err := NewCopier(&got, true, columns)
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(0, 5).Draw(t, "writes") {
			var rows bytes.Buffer
			for range rapid.IntRange(0, 3).Draw(t, "rows") {
				row := rapid.SliceOfN(cell, len(columns), len(columns)).Draw(t, "row")
				if err := w.Write(row...); err != nil {
					t.Fatal(err)
				}
				rows.WriteString(copied(row))
			}
			if n, err := c.Write(rows.Bytes()); err != nil || n != rows.Len() {
				t.Fatal(n, err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if err := c.Flush(); err != nil {
			t.Fatal(err)
		}
		if a, b := cellsOf(t, want.Bytes()), cellsOf(t, got.Bytes()); a != b {
			t.Fatalf("%q, want %q", b, a)
		}
	})
}

// copied is a row as COPY writes it: https://www.postgresql.org/docs/15/sql-copy.html.
func copied(row []string) string {
	cells := make([]string, len(row))
	for i, c := range row {
		if cells[i] = c; c == "" || strings.ContainsAny(c, ",\"\r\n") {
			cells[i] = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
		}
	}
	return strings.Join(cells, ",") + "\n"
}

// cellsOf is all cells of a file, which one may quote where the other does not.
func cellsOf(t *rapid.T, file []byte) string {
	rows, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatalf("%v in %q", err, file)
	}
	var all []string
	for _, row := range rows {
		all = append(all, strings.Join(row, "\x00"))
	}
	return strings.Join(all, "\x01")
}
