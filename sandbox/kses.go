package sandbox

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// droppedTags are those that WordPress takes out of what authors and
// contributors write; the text within stays.
var droppedTags = strings.Fields("script iframe style svg path form input textarea select option button object embed math mi link meta base html head body noscript template")

// kses filters HTML as WordPress does for those without unfiltered_html: tags
// go, handlers and srcset go, comments stay.
func kses(raw string) string {
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(raw))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return out.String()
		}
		original := string(z.Raw())
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken && kind != html.EndTagToken {
			out.WriteString(original)
			continue
		}
		t := z.Token()
		if slices.Contains(droppedTags, t.Data) {
			continue
		}
		safe := slices.DeleteFunc(slices.Clone(t.Attr), func(a html.Attribute) bool {
			return strings.HasPrefix(a.Key, "on") || a.Key == "srcset"
		})
		for i, a := range safe {
			if value := strings.TrimSpace(a.Val); strings.HasPrefix(strings.ToLower(value), "javascript:") {
				safe[i].Val = value[len("javascript:"):]
			}
		}
		if slices.Equal(safe, t.Attr) {
			out.WriteString(original)
			continue
		}
		t.Attr = safe
		out.WriteString(t.String())
	}
}
