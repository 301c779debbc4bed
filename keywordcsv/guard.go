package keywordcsv

import (
	"strings"
	"unicode"
)

// A spreadsheet takes a cell that begins with one of these for a formula, the
// full-width ones in some locales. A cell that would be taken so is written
// with an apostrophe before it (OWASP ASVS 1.2.10), line by line, since some
// programs split lines before they read quotes; and since that apostrophe is
// taken away again on reading, one that was there before gets another.
const formula = "=+-@＝＋－＠"

// guard makes a cell harmless to spreadsheets. unguard(guard(s)) == s.
func guard(cell string) string {
	return eachLine(cell, func(line string) string {
		if dangerous(line) {
			return "'" + line
		}
		return line
	})
}

// unguard undoes guard.
func unguard(cell string) string {
	if strings.IndexByte(cell, '\'') < 0 {
		return cell
	}
	return eachLine(cell, func(line string) string {
		if rest, ok := strings.CutPrefix(line, "'"); ok && dangerous(rest) {
			return rest
		}
		return line
	})
}

// dangerous reports whether a line would be a formula, or is one behind the
// apostrophes of a guard. A plain number is none, whatever its sign.
func dangerous(line string) bool {
	bare := strings.TrimLeft(line, "'")
	rest := strings.TrimLeftFunc(bare, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
	})
	if rest == "" || !strings.ContainsRune(formula, []rune(rest)[0]) {
		return false
	}
	return rest != bare || !number(rest)
}

// number reports whether s is a sign, digits and perhaps a fraction.
func number(s string) bool {
	if s != "" && strings.IndexByte("+-", s[0]) >= 0 {
		s = s[1:]
	}
	whole, fraction, point := strings.Cut(s, ".")
	digits := func(s string) bool {
		return s != "" && strings.Trim(s, "0123456789") == ""
	}
	return digits(whole) && (!point || digits(fraction))
}

func eachLine(cell string, change func(string) string) string {
	if !strings.ContainsAny(cell, "\r\n") {
		return change(cell)
	}
	var out strings.Builder
	for cell != "" {
		end := strings.IndexAny(cell, "\r\n")
		if end < 0 {
			out.WriteString(change(cell))
			break
		}
		out.WriteString(change(cell[:end]))
		out.WriteByte(cell[end])
		cell = cell[end+1:]
	}
	return out.String()
}
