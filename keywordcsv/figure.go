package keywordcsv

import (
	"math"
	"strconv"
	"strings"
	"unicode"
)

// A figure is a number as tools and people write it. An unknown one is not 0:
// it is not known.
type figure struct {
	known    bool
	value    float64
	estimate bool // a range, a bucket, a rounded or bounded number
}

// unknowns are the ways to say that there is no number.
var unknowns = map[string]bool{
	"": true, "-": true, "–": true, "—": true, "--": true, "?": true,
	"n/a": true, "na": true, "n.a.": true, "nan": true, "null": true, "none": true, "nil": true, "no data": true, "#n/a": true,
}

// isUnknown reports whether a cell says that its value is not known.
func isUnknown(cell string) bool { return unknowns[strings.ToLower(trim(cell))] }

// count reads a number of things: searches, clicks. One separator before
// exactly three digits groups thousands, be it "," or ".". ok is false if the
// cell holds something else.
func count(cell string) (f figure, ok bool) {
	if n, err := strconv.ParseUint(cell, 10, 31); err == nil {
		return figure{known: true, value: float64(n)}, true // nearly all cells
	}
	return read(cell, true)
}

// amount reads a quantity in which "0.125" is an eighth: difficulty, position.
func amount(cell string) (f figure, ok bool) { return read(cell, false) }

func read(cell string, grouped bool) (figure, bool) {
	s := strings.ToLower(trim(cell))
	if unknowns[s] {
		return figure{}, true
	}
	if low, high, isRange := splitRange(s); isRange {
		a, okA := single(low, grouped)
		b, okB := single(high, grouped)
		if !okA || !okB || a.value > b.value {
			return figure{}, false
		}
		return figure{known: true, value: (a.value + b.value) / 2, estimate: true}, true
	}
	return single(s, grouped)
}

// splitRange splits "10k–100k", "10 - 100" and Moz's "118001..300000". A sign
// is no range.
func splitRange(s string) (low, high string, ok bool) {
	for _, sep := range []string{"..", "–", "—", " to ", "-"} {
		if i := strings.Index(s, sep); i > 0 {
			return strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+len(sep):]), true
		}
	}
	return "", "", false
}

var scales = map[byte]float64{'k': 1e3, 'm': 1e6, 'b': 1e9}

// single reads one number with its bounds ("<10", "100+") and scale ("1.2k").
func single(s string, grouped bool) (figure, bool) {
	digits := strings.TrimLeft(s, "<>~≈≤≥ ")
	digits = strings.TrimRight(digits, "+ ")
	f := figure{known: true, estimate: digits != s}
	digits = strings.TrimSpace(strings.TrimSuffix(digits, "%"))
	scale := 1.0
	if digits != "" && scales[digits[len(digits)-1]] > 0 {
		scale = scales[digits[len(digits)-1]]
		digits = strings.TrimSpace(digits[:len(digits)-1])
		f.estimate, grouped = true, false
	}
	digits, ok := decimal(digits, grouped)
	if !ok {
		return figure{}, false
	}
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil || n*scale > math.MaxInt32 {
		return figure{}, false
	}
	f.value = n * scale
	return f, true
}

var ungroup = strings.NewReplacer("_", "", ",", "", ".", "")

// decimal rewrites a number without sign to digits and at most one point. Which
// of "." and "," is the decimal one is told by which stands last, or, where
// there is but one, by whether it can group thousands.
func decimal(s string, grouped bool) (string, bool) {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\'' || r == '’' {
			return '_' // these only ever group
		}
		return r
	}, s)
	if s == "" || strings.Trim(s, "0123456789.,_") != "" || len(s) > 40 {
		return "", false
	}
	point := pointOf(s, grouped)
	whole, fraction := s, ""
	if point >= 0 {
		whole, fraction = s[:point], s[point+1:]
		if fraction == "" {
			return "", false
		}
	}
	if strings.Trim(fraction, "0123456789") != "" || !wellGrouped(whole) && whole != "" {
		return "", false
	}
	whole = ungroup.Replace(whole)
	if fraction == "" {
		return whole, whole != ""
	}
	return whole + "." + fraction, true
}

// pointOf is the index of the decimal separator in s, or -1.
func pointOf(s string, grouped bool) int {
	dot, comma := strings.LastIndexByte(s, '.'), strings.LastIndexByte(s, ',')
	last := max(dot, comma)
	switch {
	case last < 0:
		return -1
	case dot >= 0 && comma >= 0:
		return last
	case strings.IndexAny(s, ".,") != last:
		return -1 // the same one several times groups
	case len(s)-last-1 != 3 || last == 0 || last > 3 || s[0] == '0' || strings.Contains(s, "_"):
		return last
	case grouped || comma >= 0:
		return -1
	}
	return last
}

// wellGrouped reports whether the separators in whole, all the same, stand
// before groups of three digits, or of two as in the Indian "1,30,000".
func wellGrouped(whole string) bool {
	sep := strings.IndexAny(whole, "_.,")
	if sep < 0 {
		return true
	}
	groups := strings.Split(whole, whole[sep:sep+1])
	for i, g := range groups {
		n := len(g)
		if strings.ContainsAny(g, "_.,") || n == 0 || i == len(groups)-1 && n != 3 || i > 0 && n != 2 && n != 3 || i == 0 && n > 3 {
			return false
		}
	}
	return true
}

// micros reads an amount of money as millionths. The currency may stand before
// or after it.
func micros(cell string) (value *int64, currency string, ok bool) {
	s := trim(cell)
	if isUnknown(s) {
		return nil, "", true
	}
	digits := strings.TrimFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.Is(unicode.Sc, r) || unicode.IsSpace(r) })
	currency = currencyOf(strings.Replace(s, digits, "", 1))
	text, ok := decimal(digits, false)
	if !ok {
		return nil, "", false
	}
	whole, fraction, _ := strings.Cut(text, ".")
	fraction = (fraction + "000000")[:6]
	n, err := strconv.ParseInt("0"+whole+fraction, 10, 64)
	if err != nil || n > MaxMicros {
		return nil, "", false
	}
	return &n, currency, true
}

// MaxMicros is the greatest cost per click that is taken: a million.
const MaxMicros = 1e12

// money writes micros as the shortest decimal, so that it can be read again.
func money(micros int64) string {
	s := strconv.FormatInt(micros/1e6, 10)
	if rest := micros % 1e6; rest > 0 {
		s += "." + strings.TrimRight(strconv.FormatInt(rest+1e6, 10)[1:], "0")
	}
	return s
}

var symbols = map[string]string{"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "A$": "AUD", "C$": "CAD", "₹": "INR", "¥": "JPY"}

// currencyOf is the ISO 4217 code that text is or stands for, or "".
func currencyOf(text string) string {
	text = strings.ToUpper(strings.TrimSpace(text))
	if code := symbols[text]; code != "" {
		return code
	}
	if len(text) == 3 && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		return text
	}
	return ""
}
