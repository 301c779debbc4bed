package activities

import (
	"bytes"
	stdhtml "html"
	"regexp"
	"strings"
	"unicode"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/unicode/norm"
)

// markdown knows tables and nothing that runs: raw HTML is left out.
var markdown = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough))

// policy is what an article may consist of. It is applied last, after whatever
// else made the HTML.
var policy = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "strong", "em", "del", "code", "pre", "hr",
		"table", "thead", "tbody", "tr", "th", "td", "figure", "figcaption")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("https")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(false)
	p.RequireNoFollowOnLinks(true)
	p.AllowAttrs("align").Matching(regexp.MustCompile(`^(left|right|center)$`)).OnElements("th", "td")
	p.SkipElementsContent("script", "style", "iframe", "object", "embed", "form", "svg", "math", "template", "noscript", "title", "textarea")
	return p
}()

// WordPress would act on these though they are no HTML: shortcodes in square
// brackets, and comments that delimit blocks.
var (
	shortcode    = regexp.MustCompile(`\[/?[A-Za-z][\w-]*(?:[^\[\]]*)?\]`)
	blockComment = regexp.MustCompile(`(?s)<!--.*?(?:-->|\z)`)
)

// render turns what a model wrote into an article's HTML: Markdown to HTML, with
// the title's heading level left to the site, and then Sanitize.
func render(md string) string {
	var b bytes.Buffer
	if err := markdown.Convert([]byte(blockComment.ReplaceAllString(md, "")), &b); err != nil {
		return ""
	}
	out := strings.NewReplacer("<h1>", "<h2>", "</h1>", "</h2>", "<h5>", "<h4>", "</h5>", "</h4>", "<h6>", "<h4>", "</h6>", "</h4>").Replace(b.String())
	return Sanitize(out)
}

// Sanitize keeps of an article's HTML what an article may consist of: no script,
// style, frame, form, handler, data or foreign scheme, no shortcode, no comment.
// Doing it again changes nothing.
func Sanitize(s string) string {
	for range 8 { // what one pass lays bare, the next removes
		clean := strings.TrimSpace(policy.Sanitize(balanced(withoutShortcodes(blockComment.ReplaceAllString(s, "")))))
		if clean == s {
			return clean
		}
		s = clean
	}
	return stdhtml.EscapeString(s) // it never settled: nothing of it is markup
}

// balanced closes what was left open, so that no article spoils the page around
// it. What can't be parsed has no markup.
func balanced(s string) string {
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(s), body)
	if err != nil {
		return stdhtml.EscapeString(s)
	}
	var b strings.Builder
	for _, n := range nodes {
		if err := html.Render(&b, n); err != nil {
			return stdhtml.EscapeString(s)
		}
	}
	return b.String()
}

// line makes one line of plain text of at most n characters, as titles and the
// like are: without markup, also such as appears when entities are read, and
// without shortcodes.
func line(s string, n int) string {
	for range 8 {
		clean := clip(withoutShortcodes(plain(s)), n)
		if clean == s {
			return clean
		}
		s = clean
	}
	return clip(strings.NewReplacer("<", "", "&", "", "[", "").Replace(s), n)
}

// withoutShortcodes removes what WordPress would run as a shortcode, also when
// its brackets are written as entities.
func withoutShortcodes(s string) string {
	s = strings.NewReplacer("&#91;", "[", "&#93;", "]", "&#x5b;", "[", "&#x5d;", "]", "&#x5B;", "[", "&#x5D;", "]", "&lbrack;", "[", "&rbrack;", "]").Replace(s)
	return shortcode.ReplaceAllString(s, "")
}

// words counts the words of an HTML text.
func words(s string) int {
	n := 0
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return n
		case html.TextToken:
			for _, w := range strings.Fields(string(z.Text())) {
				if strings.IndexFunc(w, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) >= 0 {
					n++
				}
			}
		}
	}
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// slugOf makes the last part of an address from the first text that gives one:
// lower-case letters, digits and hyphens, at most 80 characters.
func slugOf(texts ...string) string {
	for _, t := range texts {
		plain := strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) {
				return -1
			}
			return unicode.ToLower(r)
		}, norm.NFKD.String(t))
		s := strings.Trim(notSlug.ReplaceAllString(plain, "-"), "-")
		if len(s) > 80 {
			s = s[:80]
			if i := strings.LastIndexByte(s, '-'); i > 40 {
				s = s[:i]
			}
		}
		if s = strings.Trim(s, "-"); s != "" {
			return s
		}
	}
	return "article"
}

// plain is the text of some HTML, with single spaces.
func plain(s string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.Join(strings.Fields(b.String()), " ")
		case html.TextToken:
			b.Write(z.Text())
		default:
			b.WriteByte(' ')
		}
	}
}
