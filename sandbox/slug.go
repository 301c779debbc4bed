package sandbox

import (
	"fmt"
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
// of other scripts are percent-encoded, and all is cut at 200 bytes.
func slugify(s string) string {
	s = htmlEntity.ReplaceAllString(htmlTag.ReplaceAllString(s, ""), "")
	var out strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_', r == '-':
			out.WriteRune(r)
		case unicode.IsSpace(r), r == '.', r == '/', r == '–', r == '—':
			out.WriteByte('-')
		case r == 'ß':
			out.WriteString("ss")
		case r > unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			for _, b := range []byte(string(r)) {
				fmt.Fprintf(&out, "%%%02x", b)
			}
		}
	}
	slug := out.String()
	for strings.Contains(slug, "--") {
		slug = strings.ReplaceAll(slug, "--", "-")
	}
	if len(slug) > 200 {
		slug = slug[:200]
		if i := strings.LastIndexByte(slug, '%'); i > 197 { // half an escape
			slug = slug[:i]
		}
	}
	return strings.Trim(slug, "-")
}
