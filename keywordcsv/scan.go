package keywordcsv

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"github.com/igny8/igny8"
)

// A record is one row of a file: usually one line, more if cells hold breaks.
type record struct {
	line  int      // the number of its first line
	lines int      // how many it takes
	cells []string // valid until the next record
	open  bool     // the file ended inside a quoted cell
	cut   bool     // the file ended without a line break
}

// at is the cell of a column, or "" if the row is shorter.
func (rec record) at(column int) string {
	if column < 0 || column >= len(rec.cells) {
		return ""
	}
	return rec.cells[column]
}

// A scanner reads records in bounded memory, and counts the lines on the way.
// The standard library's reader would do but for three things: its cells have
// no limit, it passes blank lines over uncounted, and it changes \r\n in cells.
//
// A line ends with \n, \r\n or \r. A quotation mark inside a cell that didn't
// begin with one is text; a quoted cell that goes on behind its closing mark is
// taken as it stands. So one stray mark costs one line, not the file.
type scanner struct {
	r     *bufio.Reader
	comma byte   // 0 if a line is one cell
	stops string // the bytes that mean something outside quotes
	line  int    // lines ended so far

	text []byte // the cells of the record, one behind the other
	ends []int
	all  []string
}

func newScanner(r io.Reader, comma byte) *scanner {
	s := &scanner{r: bufio.NewReaderSize(r, 32<<10), comma: comma, stops: "\r\n"}
	if comma != 0 {
		s.stops += string(comma)
	}
	return s
}

// next returns the next record, or io.EOF.
func (s *scanner) next() (record, error) {
	s.text, s.ends = s.text[:0], s.ends[:0]
	if _, err := s.r.Peek(1); err != nil {
		return record{}, err
	}
	rec := record{line: s.line + 1}
	for {
		end, err := s.cell(&rec)
		if err != nil {
			return record{}, err
		}
		s.ends = append(s.ends, len(s.text))
		if len(s.ends) > MaxColumns {
			return record{}, tooLarge("Line %d has more than %d columns. Is this a table of keywords?", rec.line, MaxColumns)
		}
		if end {
			break
		}
	}
	if rec.cut || rec.open && !s.atLineStart() {
		s.line++
	}
	rec.lines = max(1, s.line-rec.line+1)
	rec.cells = s.cells()
	return rec, nil
}

// atLineStart reports whether the record's last cell ends with a line break.
func (s *scanner) atLineStart() bool {
	text := s.text
	if n := len(s.ends); n > 1 {
		text = text[s.ends[n-2]:]
	}
	return len(text) > 0 && (text[len(text)-1] == '\n' || text[len(text)-1] == '\r')
}

// cells cuts the text of a record. The cells share one string.
func (s *scanner) cells() []string {
	text := string(s.text)
	s.all = s.all[:0]
	start := 0
	for _, end := range s.ends {
		s.all = append(s.all, text[start:end])
		start = end
	}
	return s.all
}

// cell reads one cell, and reports whether it is the last of its record.
func (s *scanner) cell(rec *record) (last bool, err error) {
	start := len(s.text)
	first, err := s.r.Peek(1)
	if err == nil && first[0] == '"' {
		s.r.Discard(1)
		if last, closed, err := s.quoted(rec, start); closed || err != nil {
			return last, err
		}
	}
	for {
		s.run(s.stops, start)
		c, err := s.r.ReadByte()
		switch {
		case err == io.EOF:
			rec.cut = true
			return true, nil
		case err != nil:
			return true, err
		case c == s.comma && c != 0:
			return false, nil
		case s.ended(c):
			return true, nil
		}
		if err := s.put(c, start, rec); err != nil {
			return true, err
		}
	}
}

// quoted reads a cell whose opening mark has been read. closed is false if the
// text goes on behind the closing mark: then the cell is what has been read,
// marks and all, and the rest.
func (s *scanner) quoted(rec *record, start int) (last, closed bool, err error) {
	for {
		s.run("\r\n\"", start)
		c, err := s.r.ReadByte()
		if err == io.EOF {
			rec.open = true
			return true, true, nil
		}
		if err != nil {
			return true, true, err
		}
		if c == '"' {
			behind, err := s.r.Peek(1)
			switch {
			case err != nil && err != io.EOF:
				return true, true, err
			case err == io.EOF:
				rec.cut = true
				return true, true, nil
			case behind[0] == '"':
				s.r.Discard(1)
			case behind[0] == s.comma && s.comma != 0:
				s.r.Discard(1)
				return false, true, nil
			case behind[0] == '\n' || behind[0] == '\r':
				s.r.Discard(1)
				s.ended(behind[0])
				return true, true, nil
			default:
				quoted := string(s.text[start:])
				s.text = append(append(append(s.text[:start], '"'), quoted...), '"')
				return false, false, nil
			}
		} else if (c == '\n' || c == '\r') && s.comma != ',' && s.comma != ';' {
			s.literal(start)
			s.ended(c)
			return true, true, nil
		} else {
			s.inside(c)
		}
		if err := s.put(c, start, rec); err != nil {
			return true, true, err
		}
	}
}

// literal takes a cell back whose opening mark was text after all. Lists and
// tab-separated exports have no breaks in their cells: a mark that is still open
// at the end of its line would swallow the lines behind it.
func (s *scanner) literal(start int) {
	rest := "\"" + string(s.text[start:])
	s.text = s.text[:start]
	for s.comma != 0 {
		cell, behind, more := strings.Cut(rest, string(s.comma))
		if !more {
			break
		}
		s.text = append(s.text, cell...)
		s.ends = append(s.ends, len(s.text))
		rest = behind
	}
	s.text = append(s.text, rest...)
}

// ended counts the line that c ends outside quotes, if it does.
func (s *scanner) ended(c byte) bool {
	if c != '\n' && c != '\r' {
		return false
	}
	if c == '\r' {
		if behind, err := s.r.Peek(1); err == nil && behind[0] == '\n' {
			s.r.Discard(1)
		}
	}
	s.line++
	return true
}

// inside counts the line that c ends inside quotes, where c is kept.
func (s *scanner) inside(c byte) {
	if c == '\r' {
		if behind, err := s.r.Peek(1); err == nil && behind[0] == '\n' {
			return // the \n counts
		}
	}
	if c == '\n' || c == '\r' {
		s.line++
	}
}

// run adds what is in the buffer to the cell that begins at start, up to a byte
// that stops it or to a limit, about which put then speaks.
func (s *scanner) run(stops string, start int) {
	chunk, _ := s.r.Peek(s.r.Buffered()) // never more than there is
	chunk = chunk[:max(0, min(len(chunk), start+MaxCell-len(s.text), MaxRecord-len(s.text)))]
	if n := bytes.IndexAny(chunk, stops); n >= 0 {
		chunk = chunk[:n]
	}
	s.text = append(s.text, chunk...)
	s.r.Discard(len(chunk))
}

// put adds a byte to the cell that begins at start.
func (s *scanner) put(c byte, start int, rec *record) error {
	if len(s.text)-start >= MaxCell {
		return tooLarge("Line %d, column %d: a cell holds more than %d kB. Perhaps a closing quotation mark is missing, or this is not a table of keywords.", rec.line, len(s.ends)+1, MaxCell>>10)
	}
	if len(s.text) >= MaxRecord {
		return tooLarge("Line %d is longer than %d kB. Is this a table of keywords?", rec.line, MaxRecord>>10)
	}
	s.text = append(s.text, c)
	return nil
}

func tooLarge(format string, args ...any) error {
	err := igny8.Errorf(igny8.TooLarge, format, args...).(*igny8.Error)
	err.Field = "file"
	return err
}

func invalid(format string, args ...any) error {
	return igny8.FieldErrorf("file", format, args...)
}
