package keywordcsv

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/igny8/igny8"
)

// Encodings, as previews and reports name them.
const (
	UTF8        = "UTF-8"
	UTF8BOM     = "UTF-8 with BOM"
	UTF16LE     = "UTF-16LE"
	UTF16BE     = "UTF-16BE"
	Windows1252 = "Windows-1252"
)

// peeked is how many bytes of a file decide about its encoding and layout, and
// are read for a preview.
const peeked = 256 << 10

// A source is a file's bytes on their way to the scanner: UTF-8, or bytes of an
// encoding that agrees with ASCII where the scanner looks.
type source struct {
	io.Reader
	head     []byte // the first of what Reader will give
	whole    bool   // head is all
	encoding string
	raw      *meter
}

// open looks at the beginning of a file, refuses what can't be a table of text,
// and finds out the encoding.
func open(r io.Reader) (*source, error) {
	raw := &meter{r: r, left: MaxFile}
	b := bufio.NewReaderSize(raw, peeked)
	head, err := b.Peek(peeked)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, unread(err)
	}
	s := &source{whole: errors.Is(err, io.EOF), raw: raw}
	if err := refuse(head); err != nil {
		return nil, err
	}
	var bom int
	s.encoding, bom = encodingOf(head, s.whole)
	b.Discard(bom)
	head = bytes.Clone(head[bom:])
	if order, ok := orders[s.encoding]; ok {
		decoding := unicode.UTF16(order, unicode.IgnoreBOM)
		if s.head, err = decoding.NewDecoder().Bytes(head[:len(head)&^1]); err != nil {
			return nil, invalid("The file says that it is %s, but can't be read as such. Save it as UTF-8 CSV and upload it again.", s.encoding)
		}
		s.Reader = decoding.NewDecoder().Reader(b)
	} else {
		s.Reader, s.head = b, head
	}
	if len(bytes.TrimSpace(s.head)) == 0 && s.whole {
		return nil, invalid("The file is empty.")
	}
	return s, binary(s.head)
}

var orders = map[string]unicode.Endianness{UTF16LE: unicode.LittleEndian, UTF16BE: unicode.BigEndian}

// encodingOf tells the encoding of a file by its first bytes, and how many of
// them are a byte order mark.
func encodingOf(head []byte, whole bool) (name string, bom int) {
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		return UTF8BOM, 3
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return UTF16LE, 2
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return UTF16BE, 2
	}
	// Without a mark, UTF-16 is known by the zero half of its ASCII: the header
	// row at least has some.
	var zeros [2]int
	start := head[:min(len(head), 2000)]
	for i, c := range start {
		if c == 0 {
			zeros[i%2]++
		}
	}
	switch even, odd := zeros[0], zeros[1]; {
	case odd*5 > len(start) && even*10 < odd:
		return UTF16LE, 0
	case even*5 > len(start) && odd*10 < even:
		return UTF16BE, 0
	}
	if !whole {
		head = fullRunes(head)
	}
	if utf8.Valid(head) {
		return UTF8, 0
	}
	return Windows1252, 0
}

// fullRunes is head without the character that its end cuts in two, if it does.
func fullRunes(head []byte) []byte {
	for i := len(head) - 1; i >= 0 && i > len(head)-utf8.UTFMax; i-- {
		if utf8.RuneStart(head[i]) {
			if !utf8.FullRune(head[i:]) {
				return head[:i]
			}
			break
		}
	}
	return head
}

// text decodes a cell. Bytes that are not UTF-8 are Windows-1252: that is
// decided cell by cell, since files are pasted together from several sources.
// The second result tells whether it was so.
func text(cell string) (string, bool) {
	if utf8.ValidString(cell) {
		return cell, false
	}
	decoded, _ := charmap.Windows1252.NewDecoder().String(cell) // every byte has a meaning or U+FFFD
	return decoded, true
}

// magic lists the beginnings of files that people upload in place of a CSV.
var magic = []struct{ prefix, message string }{
	{"\x1f\x8b", "This file is compressed with gzip. Unpack it and upload the CSV file that is inside."},
	{"%PDF-", "This is a PDF. In the tool that made it, choose CSV as the export format and upload that."},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "This is an Excel workbook (.xls). Save it as CSV (File → Save as → CSV UTF-8) and upload that."},
	{"7z\xbc\xaf\x27\x1c", "This file is a 7-Zip archive. Unpack it and upload the CSV file that is inside."},
	{"Rar!", "This file is a RAR archive. Unpack it and upload the CSV file that is inside."},
	{"BZh", "This file is compressed with bzip2. Unpack it and upload the CSV file that is inside."},
	{"\x89PNG", "This is a picture. Upload the export as a CSV file."},
	{"\xff\xd8\xff", "This is a picture. Upload the export as a CSV file."},
	{"<!DOCTYPE", "This is a web page, not a CSV file. Perhaps the download failed: export it again."},
	{"<!doctype", "This is a web page, not a CSV file. Perhaps the download failed: export it again."},
	{"<html", "This is a web page, not a CSV file. Perhaps the download failed: export it again."},
	{"<?xml", "This is an XML file. Choose CSV as the export format and upload that."},
	{`{"`, "This is a JSON file. Choose CSV as the export format and upload that."},
	{`[{`, "This is a JSON file. Choose CSV as the export format and upload that."},
}

// refuse tells files of other kinds, and what to do about them.
func refuse(head []byte) error {
	if len(head) == 0 {
		return invalid("The file is empty.")
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")) {
		if bytes.Contains(head, []byte("[Content_Types].xml")) || bytes.Contains(head, []byte("xl/")) {
			return invalid("This is an Excel workbook (.xlsx). Choose CSV as the export format, or save it as CSV (File → Save as → CSV UTF-8), and upload that.")
		}
		return invalid("This is a ZIP archive. Unpack it and upload the CSV file with the keywords; of Search Console's export that is Queries.csv.")
	}
	for _, m := range magic {
		if bytes.HasPrefix(bytes.TrimLeft(head, " \r\n\t\ufeff"), []byte(m.prefix)) {
			return invalid("%s", m.message)
		}
	}
	return nil
}

// binary refuses what is no text in the encoding that was found: more than one
// character in twenty is a control character.
func binary(head []byte) error {
	start := head[:min(len(head), 4000)]
	controls := 0
	for _, c := range start {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f {
			controls++
		}
	}
	if controls*20 > len(start) {
		return invalid("This is not a text file. Choose CSV as the export format and upload that.")
	}
	return nil
}

// A meter counts the bytes that are read, and refuses the file when they are
// more than are left.
type meter struct {
	r    io.Reader
	read int64
	left int64
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.read += int64(n)
	if m.left -= int64(n); m.left < 0 {
		return 0, tooLarge("The file is larger than %d MB. Split it and upload the parts one after the other.", MaxFile>>20)
	}
	return n, err
}

// unread is what is said when reading itself fails: an upload that broke off.
func unread(err error) error {
	if _, ours := errors.AsType[*igny8.Error](err); ours {
		return err
	}
	return &igny8.Error{Code: igny8.Invalid, Field: "file", Message: "The file could not be read to its end. Upload it again.", Err: err}
}
