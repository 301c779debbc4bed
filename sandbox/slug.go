package sandbox

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

var (
	htmlTag    = regexp.MustCompile(`<[^>]*>`)
	htmlEntity = regexp.MustCompile(`&[^\s;]+;`)
)

// slugify makes a slug as WordPress's sanitize_title does: accents go, letters
// of other scripts are percent-encoded, all is cut at 200 bytes, and then what
// doesn't belong in a slug is taken out.
func slugify(s string) string {
	s = htmlEntity.ReplaceAllString(htmlTag.ReplaceAllString(s, ""), "")
	var plain strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		letter := string(r)
		switch {
		case r == 'ß':
			letter = "ss"
		case unicode.Is(unicode.Mn, r), r == '%':
			letter = ""
		case r > unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			letter = strings.ToLower(url.PathEscape(letter))
		case r > unicode.MaxASCII:
			letter = " "
		}
		if plain.Len()+len(letter) > 200 {
			break
		}
		plain.WriteString(letter)
	}
	slug := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_', r == '-', r == '%':
			return r
		case unicode.IsSpace(r), r == '.', r == '/':
			return '-'
		}
		return -1
	}, plain.String())
	for strings.Contains(slug, "--") {
		slug = strings.ReplaceAll(slug, "--", "-")
	}
	return strings.Trim(slug, "-")
}
