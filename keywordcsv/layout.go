package keywordcsv

import (
	"bytes"
	"slices"
	"strings"
)

// Layouts that have no header by which to know them.
const (
	PlainList     = "plain list" // one keyword a line, no header
	UnknownLayout = "unknown"
)

// searchConsole is known by its fields: its headers are in the user's language.
const (
	searchConsole  = "Google Search Console"
	keywordPlanner = "Google Keyword Planner"
)

// layouts are the exports that we know, each by headers that it alone has. The
// first that fits is taken.
var layouts = []struct {
	name    string
	headers []string // in the form of plain
}{
	{"IGNY8", []string{"keyword", "volume estimated"}},
	{keywordPlanner, []string{"keyword", "avg. monthly searches"}},
	{"Ubersuggest", []string{"keyword", "seo difficulty"}},
	{"Moz", []string{"keyword", "min volume", "max volume"}},
	{"Moz", []string{"keyword", "volume range"}},
	{"KWFinder", []string{"keyword", "avg. search volume"}},
	{"Semrush Keyword Strategy Builder", []string{"database", "keyword", "seed keyword"}},
	{"Semrush Organic Positions", []string{"keyword", "previous position", "search volume"}},
	{"Ahrefs Site Explorer", []string{"keyword", "current position", "kd"}},
	{"Ahrefs Keywords Explorer", []string{"keyword", "difficulty", "cps"}},
	{"Ahrefs Keywords Explorer", []string{"keyword", "difficulty", "parent keyword"}},
	{"Semrush Keyword Magic", []string{"keyword", "intent", "volume", "keyword difficulty"}},
	{"Semrush API", []string{"keyword", "search volume"}},
}

// headWithin is in how many lines a header row is looked for.
const headWithin = 20

// A format is all that must be known of a file to read it.
type format struct {
	layout   string
	comma    byte // 0: a line is one cell
	header   int  // the line of the header row, 0 if there is none
	headers  []string
	mapping  Mapping
	bucketed bool // the volumes are Google's buckets for accounts that spend little
}

var commas = []byte{',', '\t', ';'}

// detect finds out the format from the beginning of a file. The delimiter is
// judged by the header row: data holds commas of its own.
func detect(head []byte, whole bool) format {
	var best format
	score := 0
	var tables [][]record
	for _, comma := range commas {
		rows := sample(head, comma, headWithin, whole)
		tables = append(tables, rows)
		for i, row := range rows {
			m := recognise(row.cells)
			n := len(m)
			if !slices.Contains(fieldsOf(m), Keyword) || n <= score || n == 1 && !opens(rows[:i]) {
				continue
			}
			score = n
			best = format{comma: comma, header: row.line, headers: row.cells, mapping: m}
		}
	}
	if score == 0 {
		return guess(tables)
	}
	best.layout = best.name()
	if !slices.Contains(fieldsOf(best.mapping), Impressions) {
		best.drop(Clicks) // those of Ahrefs are of the whole market
	}
	if best.layout == keywordPlanner {
		best.drop(Density) // it is said in words, and as a number beside them
	}
	best.bucketed = best.layout == keywordPlanner && bucketed(head, best, whole)
	return best
}

// sample reads the records that begin in the first lines of head, up to one that
// can't be read or that the end of head cuts off.
func sample(head []byte, comma byte, lines int, whole bool) []record {
	s := newScanner(bytes.NewReader(head), comma)
	var rows []record
	for s.line < lines {
		row, err := s.next()
		if err != nil || (row.open || row.cut) && !whole {
			break
		}
		row.cells = slices.Clone(row.cells)
		for i, cell := range row.cells {
			row.cells[i], _ = text(cell)
		}
		rows = append(rows, row)
	}
	return rows
}

// recognise maps the cells of a would-be header row. Of two columns of one
// field the first counts.
func recognise(cells []string) Mapping {
	m, used := Mapping{}, map[Field]bool{}
	for i, cell := range cells {
		if len(cell) > 200 {
			continue
		}
		field := fieldFor(cell)
		if field == "" || used[field] && field != Month {
			continue
		}
		m[i], used[field] = field, true
	}
	return m
}

func fieldsOf(m Mapping) []Field {
	fields := make([]Field, 0, len(m))
	for _, f := range m {
		fields = append(fields, f)
	}
	return fields
}

// opens reports whether nothing but blank lines and remarks stands above: a
// header of one known cell is believed only there, since a list of keywords may
// well have "keyword" in it.
func opens(above []record) bool {
	for _, row := range above {
		if first := trim(row.cells[0]); !blank(row.cells) && !strings.HasPrefix(first, "#") && !strings.HasPrefix(first, "sep=") {
			return false
		}
	}
	return true
}

func blank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(c string) bool { return trim(c) != "" })
}

// name is the layout that the headers belong to.
func (f format) name() string {
	var names []string
	for _, h := range f.headers {
		name, _ := plain(h)
		names = append(names, name)
	}
	for _, l := range layouts {
		if !slices.ContainsFunc(l.headers, func(h string) bool { return !slices.Contains(names, h) }) {
			return l.name
		}
	}
	if fields := fieldsOf(f.mapping); slices.Contains(fields, Clicks) && slices.Contains(fields, Impressions) {
		return searchConsole
	}
	return UnknownLayout
}

func (f format) drop(field Field) {
	for column, is := range f.mapping {
		if is == field {
			delete(f.mapping, column)
		}
	}
}

// guess is for files without a header that we know: a list of keywords if most
// lines are one cell whatever the delimiter, else a table whose columns a
// person must name. Its first row of words above a row with numbers is taken
// for the header.
func guess(tables [][]record) format {
	best, most := 0, 0
	for i, rows := range tables {
		wide := 0
		for _, row := range rows {
			if len(row.cells) > 1 {
				wide++
			}
		}
		if wide > most && wide*2 > len(rows) {
			best, most = i, wide
		}
	}
	if most == 0 {
		return format{layout: PlainList, mapping: Mapping{0: Keyword}}
	}
	f := format{layout: UnknownLayout, comma: commas[best], mapping: Mapping{}}
	rows := tables[best]
	for i, row := range rows[:max(0, len(rows)-1)] {
		if len(row.cells) > 1 && !numeric(row) && len(rows[i+1].cells) == len(row.cells) && numeric(rows[i+1]) {
			f.header, f.headers = row.line, row.cells
			break
		}
	}
	return f
}

// numeric reports whether a row holds a number.
func numeric(row record) bool {
	return slices.ContainsFunc(row.cells, func(cell string) bool {
		f, ok := count(cell)
		return ok && f.known
	})
}

// buckets are the volumes that the Keyword Planner gives to accounts that spend
// little. Its exact figures have no 500, 5,000, 50,000 or 500,000.
var buckets = map[float64]bool{0: true, 50: true, 500: true, 5000: true, 50000: true, 500000: true}

// bucketed reports whether all volumes of keywords at the beginning of a file
// are buckets. Totals, which have no keyword, are sums of them.
func bucketed(head []byte, f format, whole bool) bool {
	seen := false
	for _, row := range sample(head, f.comma, 1000, whole) {
		if row.line <= f.header || trim(f.cell(row, Keyword)) == "" {
			continue
		}
		v, ok := count(f.cell(row, Volume))
		if !ok || !v.known {
			continue
		}
		if !buckets[v.value] {
			return false
		}
		seen = seen || v.value > 0
	}
	return seen
}

// cell is the cell of a field, or "".
func (f format) cell(row record, field Field) string {
	for column, is := range f.mapping {
		if is == field && column < len(row.cells) {
			return row.cells[column]
		}
	}
	return ""
}
