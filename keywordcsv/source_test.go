package keywordcsv

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

func TestEncodings(t *testing.T) {
	t.Parallel()
	const table = "Keyword\tVolume\ncafé crème\t10\nкофе\t20\n"
	with := func(order unicode.Endianness, bom unicode.BOMPolicy) []byte {
		b, err := unicode.UTF16(order, bom).NewEncoder().Bytes([]byte(table))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for encoding, file := range map[string][]byte{
		UTF8: []byte(table), UTF8BOM: []byte("\ufeff" + table),
		UTF16LE: with(unicode.LittleEndian, unicode.UseBOM), UTF16BE: with(unicode.BigEndian, unicode.UseBOM),
		UTF16LE + " ": with(unicode.LittleEndian, unicode.IgnoreBOM), UTF16BE + " ": with(unicode.BigEndian, unicode.IgnoreBOM),
	} {
		rows, report := readAll(t, file, nil)
		if report.Encoding != strings.TrimSpace(encoding) || len(rows) != 2 || rows[0].Keyword != "café crème" || rows[1].Keyword != "кофе" || len(report.Warnings) > 0 {
			t.Errorf("%s: %+v %+v", encoding, report, rows)
		}
	}
}

func TestWindows1252(t *testing.T) {
	t.Parallel()
	file, err := charmap.Windows1252.NewEncoder().Bytes([]byte("Keyword;Volume\ncafé crème – gut;10\n"))
	if err != nil {
		t.Fatal(err)
	}
	rows, report := readAll(t, file, nil)
	if report.Encoding != Windows1252 || rows[0].Keyword != "café crème – gut" || len(report.Warnings) != 1 {
		t.Errorf("%+v %+v", report, rows)
	}

	// A file pasted together from two: each cell as it is meant.
	mixed := append([]byte("Keyword;Volume\ncrème;5\n"), file[len("Keyword;Volume\n"):]...)
	rows, report = readAll(t, mixed, nil)
	if len(rows) != 2 || rows[0].Keyword != "crème" || rows[1].Keyword != "café crème – gut" || len(report.Warnings) != 1 {
		t.Errorf("%+v %+v", report, rows)
	}
}

func TestUTF16CutOff(t *testing.T) {
	t.Parallel()
	file := utf16le("Keyword\tVolume\noak desk\t10\npine desk\t20")
	rows, report := readAll(t, file[:len(file)-1], nil)
	if len(rows) != 2 || *rows[0].Volume != 10 || rows[1].Volume != nil || len(report.Warnings) != 1 || !strings.Contains(report.Warnings[0], "cut off") {
		t.Errorf("%+v %+v", report, rows)
	}
}
