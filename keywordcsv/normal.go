package keywordcsv

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// MaxKeyword is the greatest length of a keyword, in characters.
const MaxKeyword = 200

// Normal is the form in which two keywords are the same one: composed (NFC),
// case-folded, with single spaces and without invisible characters.
func Normal(keyword string) string {
	if s, ok := normalASCII(keyword); ok {
		return s
	}
	s := strings.Map(func(r rune) rune {
		if invisible(r) {
			return -1
		}
		return r
	}, keyword)
	// Folding can undo the composition, and the other way about (U+0345), so
	// it is done on the decomposed form.
	s = norm.NFC.String(fold(norm.NFD.String(s)))
	return strings.Join(strings.Fields(s), " ")
}

// fold is case folding as Unicode has it. The library's swaps Cherokee, which
// folds to its capitals.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cherokee, r) {
			return unicode.ToUpper(r)
		}
		return r
	}, cases.Fold().String(s))
}

// normalASCII is Normal for the great majority.
func normalASCII(keyword string) (string, bool) {
	out := make([]byte, 0, len(keyword))
	space := false
	for i := range len(keyword) {
		c := keyword[i]
		switch {
		case c >= utf8.RuneSelf:
			return "", false
		case c == ' ' || c >= '\t' && c <= '\r':
			space = len(out) > 0
			continue
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		}
		if space {
			out, space = append(out, ' '), false
		}
		out = append(out, c)
	}
	return string(out), true
}

// invisible reports whether r is a character that can't be seen and has no
// meaning in a keyword: zero-width space, soft hyphen, word joiner, BOM.
func invisible(r rune) bool {
	return r == '\u200b' || r == '\u00ad' || r == '\u2060' || r == '\ufeff'
}

// trim removes space and invisible characters from both ends.
func trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || invisible(r) })
}

// refusal says why text is not a keyword that we take, or "".
func refusal(keyword string) string {
	switch {
	case keyword == "":
		return "there is no keyword in this line"
	case strings.ContainsFunc(keyword, unicode.IsControl):
		return "the keyword holds a line break or another control character; perhaps a quotation mark is missing"
	case strings.ContainsRune(keyword, utf8.RuneError):
		return "the keyword holds a character that can't be read"
	case utf8.RuneCountInString(keyword) > MaxKeyword:
		return "the keyword is longer than 200 characters"
	case !strings.ContainsFunc(keyword, func(r rune) bool { return unicode.In(r, unicode.L, unicode.N, unicode.So) }):
		return "there is no letter or digit in the keyword"
	case address(keyword):
		return "this is a web address, not a keyword"
	}
	return ""
}

// host is what people type when they mean a site: one word that is a name with
// a common ending, and perhaps a path.
var host = regexp.MustCompile(`^(?i:[a-z0-9-]+\.)+(?i:com|net|org|info|biz|edu|gov|eu|co|us|uk|ca|au|nz|de|at|ch|fr|es|it|nl|be|pl|ru|br|mx|in|pk|jp|cn|shop|store|online|site|blog)(?:[/:?#]\S*)?$`)

// address reports whether a keyword is like a URL.
func address(keyword string) bool {
	if !strings.ContainsAny(keyword, ".:") {
		return false
	}
	low := strings.ToLower(keyword)
	return strings.Contains(low, "://") || strings.HasPrefix(low, "www.") || host.MatchString(keyword)
}
