package activities

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
	"pgregory.net/rapid"
)

// What a model may write against us, and what is left of it. The last column is
// what must be there.
func TestHostileHTML(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"script":               {`<p>a<script>alert(1)</script>b</p>`, `<p>ab</p>`},
		"script in pieces":     {`<scr<script>ipt>alert(1)</scr</script>ipt>`, `ipt&gt;alert(1)ipt&gt;`},
		"handler":              {`<p onclick="x()" onMouseOver=y>a</p>`, `<p>a</p>`},
		"style":                {`<p style="position:fixed">a</p><style>p{}</style>`, `<p>a</p>`},
		"javascript":           {`<a href="javascript:alert(1)">a</a>`, `a`},
		"javascript, hidden":   {"<a href=\"jav\tascript&colon;alert(1)\">a</a>", `a`},
		"javascript, entities": {`<a href="&#106;avascript:alert(1)">a</a>`, `a`},
		"data":                 {`<a href="data:text/html,<script>">a</a>`, `a`},
		"plain http":           {`<a href="http://x.example">a</a>`, `a`},
		"https":                {`<a href="https://x.example/?a=1&amp;b=2" target="_top">a</a>`, `<a href="https://x.example/?a=1&amp;b=2" rel="nofollow">a</a>`},
		"picture":              {`<img src=x onerror=alert(1)>`, ``},
		"svg":                  {`<svg><a xlink:href="javascript:x"><text>a</text></a></svg>b`, `b`},
		"math":                 {`<math><mtext><table><mglyph><style><img src=x onerror=x></style></mglyph></table></mtext></math>b`, `b`},
		"frames":               {`<iframe src="//x"></iframe><object data=x></object><embed src=x>a`, `a`},
		"form":                 {`<form action=x><input name=p><button>go</button></form>a`, `a`},
		"shortcode":            {`<p>[gallery ids="1"] a [/gallery]</p>`, `<p> a </p>`},
		"shortcode, entities":  {`<p>&#91;gallery&#93; &lbrack;audio&rbrack; &#x5B;video&#x5d; a</p>`, `<p>   a</p>`},
		"shortcode in another": {`<p>[gal[x]lery] a</p>`, `<p> a</p>`},
		"numbers in brackets":  {`<p>[1] and [2024]</p>`, `<p>[1] and [2024]</p>`},
		"block comment":        {`<!-- wp:html --><p>a</p><!-- /wp:html -->`, `<p>a</p>`},
		"comment left open":    {`<p>a</p><!-- wp:freeform`, `<p>a</p>`},
		"comment in a comment": {`<!--<!-- --> --><p>a</p>`, `--&gt;<p>a</p>`},
		"template":             {`<template><script>x</script></template>a`, `a`},
		"left open":            {`<p><em>a<table><tr><td>b`, `<p><em>a</em></p><table><tbody><tr><td>b</td></tr></tbody></table>`},
		"not closed tag":       {`a<p onclick=`, `a`},
		"escaped stays text":   {`<p>&lt;script&gt;</p>`, `<p>&lt;script&gt;</p>`},
		"meta, base, link":     {`<base href=//x><meta http-equiv=refresh content=0><link rel=stylesheet href=x>a`, `a`},
		"h1 of its own":        {`<h1>a</h1>`, `a`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := Sanitize(c.in)
			harmless(t, got)
			require.Equal(t, c.want, got)
		})
	}
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"headings":    {"# a\n\n## b\n\n##### c", "<h2>a</h2>\n<h2>b</h2>\n<h4>c</h4>"},
		"raw HTML":    {"a <b onclick=x>b</b> c\n\n<script>x</script>\n\nd", "<p>a b c</p>\n\n<p>d</p>"},
		"link":        {"[a](javascript:x) [b](https://x.example) [c](data:text/html,x)", `<p>a <a href="https://x.example" rel="nofollow">b</a> c</p>`},
		"picture":     {"a ![b](https://x.example/p.png) c", "<p>a  c</p>"},
		"table":       {"| a | b |\n|---|--:|\n| 1 | 2 |", "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>"},
		"shortcode":   {"a [gallery] b", "<p>a  b</p>"},
		"block":       {"<!-- wp:html -->\na\n<!-- /wp:html -->", "<p>a</p>"},
		"code":        {"`<script>`", "<p><code>&lt;script&gt;</code></p>"},
		"strike, em":  {"~~a~~ *b* **c**", "<p><del>a</del> <em>b</em> <strong>c</strong></p>"},
		"nothing":     {"", ""},
		"an open one": {"<!-- a", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := render(c.in)
			harmless(t, got)
			require.Equal(t, c.want, got)
		})
	}
}

// kept are the elements that an article may consist of.
var kept = []string{"p", "br", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "strong", "em", "del", "code", "pre", "hr", "table", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "a"}

var runs = regexp.MustCompile(`\[/?[A-Za-z][^\[\]]*\]`)

// harmless reads HTML as a browser does, and as WordPress does after it.
func harmless(t require.TestingT, s string) {
	require.NotContains(t, strings.ToLower(s), "<script")
	require.NotContains(t, s, "<!--")
	require.NotRegexp(t, runs, html.UnescapeString(s), "a shortcode")
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.CommentToken, html.DoctypeToken:
			require.Fail(t, "a comment", s)
		case html.StartTagToken, html.SelfClosingTagToken:
			tag := z.Token()
			require.True(t, slices.Contains(kept, tag.Data), "<%s> in %q", tag.Data, s)
			for _, a := range tag.Attr {
				switch a.Key {
				case "href":
					require.True(t, strings.HasPrefix(a.Val, "https://"), "%q in %q", a.Val, s)
				case "rel", "align":
				default:
					require.Fail(t, "an attribute", "%s in %q", a.Key, s)
				}
			}
		}
	}
}

// What is sanitized is harmless, and sanitizing it again changes nothing.
func settled(t require.TestingT, s string) {
	once := Sanitize(s)
	harmless(t, once)
	require.Equal(t, once, Sanitize(once), "of %q", s)
	written := render(s)
	harmless(t, written)
	require.Equal(t, written, Sanitize(written), "of %q", s)
	title := line(s, 200)
	require.Equal(t, title, line(title, 200))
	require.NotRegexp(t, runs, title)
	require.NotRegexp(t, `</?[A-Za-z]|<[!?]`, title)
	require.LessOrEqual(t, utf8.RuneCountInString(title), 200)
}

// pieces of markup that mean something to a browser or to WordPress, whole and
// broken.
var pieces = []string{
	"<script>", "</script>", "<scr", "ipt>", "<style>", "</style>", "<svg>", "</svg>", "<math>", "<p>", "</p>", "<p", " onclick=", "\"", "'", ">", "<", "&lt;", "&gt;", "&#60;", "&amp;", "&",
	"<a href=", "javascript:", "data:text/html,", "https://x.example", "</a>", "<!--", "-->", "<!-- wp:html -->", "[", "]", "[gallery", "[/gallery]", "&#91;", "&lbrack;", "&#93;", "&amp;#91;",
	"<table>", "<td>", "</table>", "<h2>", "</h2>", "<em>", "</em>", "<pre>", "<template>", "<textarea>", "<noscript>", "<img src=x onerror=x>", "`", "~~", "#", "# ", "\n", "\n\n", " ", "word", "\x00", "é", "|", "---", "*", "](", ")",
}

func TestSanitizeSettles(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		settled(t, strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(pieces), rapid.SampledFrom(pieces), rapid.String()), 0, 25).Draw(t, "pieces"), ""))
	})
}

func FuzzSanitize(f *testing.F) {
	for _, p := range pieces {
		f.Add(p)
	}
	f.Add(strings.Repeat("<b>", 600))
	f.Add(strings.Repeat("[", 50) + "a" + strings.Repeat("]", 50))
	f.Add("&amp;amp;amp;lt;script&amp;amp;amp;gt;")
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) < 1<<14 {
			settled(t, s)
		}
	})
}

func TestWords(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]int{
		"": 0, "<p></p>": 0, "<p>one two</p>": 2, "<h2>a</h2><p>b</p>": 2, "a – b": 2, "don't": 1, "<td>1</td><td>2</td>": 2, "&nbsp;": 0, "über straße": 2, "!!! ???": 0,
	} {
		require.Equal(t, want, words(in), "%q", in)
	}
}

func TestSlugOf(t *testing.T) {
	t.Parallel()
	for want, in := range map[string][]string{
		"how-to-brew":                        {"How to Brew?"},
		"creme-brulee":                       {"Crème Brûlée"},
		"title":                              {"", "???", "Title"},
		"article":                            {"", "日本語"},
		"a-b":                                {"--a__b--"},
		"10-best-mugs":                       {"10 best mugs"},
		"script-x":                           {"<script>x"},
		"wp-admin":                           {"../wp-admin/"},
		strings.Repeat("word-", 15) + "word": {strings.Repeat("word ", 40)},
	} {
		require.Equal(t, want, slugOf(in...))
	}
	rapid.Check(t, func(t *rapid.T) {
		s := slugOf(rapid.String().Draw(t, "text"))
		require.Regexp(t, `^[a-z0-9]+(-[a-z0-9]+)*$`, s)
		require.LessOrEqual(t, len(s), 80)
		require.Equal(t, s, slugOf(s))
	})
}

// Each picture stands under its heading once; one whose heading is not there
// under the next that has none, or at the end.
func TestIllustrated(t *testing.T) {
	t.Parallel()
	const text = "<p>i</p><h2>One</h2><p>1</p><h2>Two &amp; more</h2><p>2</p>"
	at := func(heading string) figure {
		return figure{url: "https://x.example/" + heading + ".png", alt: "a " + heading, heading: heading}
	}
	img := func(heading string) string {
		return "\n<figure><img src=\"https://x.example/" + html.EscapeString(heading) + ".png\" alt=\"a " + html.EscapeString(heading) + "\"></figure>\n"
	}
	require.Equal(t, text, illustrated(text, nil))
	require.Equal(t, "<p>i</p><h2>One</h2><p>1</p><h2>Two &amp; more</h2>"+img("Two & more")+"<p>2</p>", illustrated(text, []figure{at("Two & more")}))
	require.Equal(t, "<p>i</p><h2>One</h2>"+img("Gone")+"<p>1</p><h2>Two &amp; more</h2><p>2</p>", illustrated(text, []figure{at("Gone")}))
	require.Equal(t, "<p>i</p><h2>One</h2>"+img("One")+"<p>1</p><h2>Two &amp; more</h2>"+img("Gone")+"<p>2</p>", illustrated(text, []figure{at("Gone"), at("One")}))
	require.Equal(t, "<p>a</p>"+img("Gone"), illustrated("<p>a</p>", []figure{at("Gone")}))
	hostile := illustrated(text, []figure{{url: `https://x/"onload="x`, alt: `"><script>[gallery]`, heading: "One"}})
	require.NotContains(t, hostile, "<script")
	require.NotContains(t, hostile, "[gallery")
	require.NotContains(t, hostile, `"onload`)
}

func TestLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"  How to\nbrew ": "How to brew", "<b>Bold</b> claims": "Bold claims", "<script>alert(1)</script>x": "alert(1) x", "&lt;img src=x onerror=x&gt;a": "a",
		"Salt &amp; pepper": "Salt & pepper", "Less is < more": "Less is < more", "[gallery] a": "a", "10 [best] mugs": "10 mugs", "C&A": "C&A",
	} {
		require.Equal(t, want, line(in, 100), "%q", in)
	}
	require.Equal(t, "one two", line("one two three", 10))
}
