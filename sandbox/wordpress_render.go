package sandbox

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const siteTime = "2006-01-02T15:04:05"

// renderPost is a post as the REST API shows it; edit adds what only editors
// see.
func (s *Sandbox) renderPost(c *siteCall, p *post, edit bool) map[string]any {
	guid := c.home + cmp.Or(p.GUID, fmt.Sprintf("/?p=%d", p.ID))
	meta := map[string]any{}
	for _, k := range s.metaKeys() {
		meta[k] = p.Meta[k]
	}
	m := map[string]any{
		"id": p.ID, "date": p.Date.Format(siteTime), "date_gmt": p.Date.Format(siteTime), "guid": both(edit, guid, guid),
		"modified": p.Modified.Format(siteTime), "modified_gmt": p.Modified.Format(siteTime), "slug": p.Slug, "status": p.Status, "type": "post",
		"link": c.home + p.path(), "title": both(edit, p.Title, texturize(p.Title)),
		"content": both(edit, p.Content, renderContent(p.Content), "protected", false), "excerpt": both(edit, p.Excerpt, p.renderExcerpt(), "protected", false),
		"author": p.Author, "featured_media": p.Featured, "comment_status": p.Comments, "ping_status": "open", "sticky": p.Sticky, "template": "",
		"format": p.Format, "meta": meta, "categories": p.Categories, "tags": p.Tags, "class_list": s.classes(p), "_links": s.postLinks(c, p),
	}
	if edit {
		version := 0
		if strings.Contains(p.Content, "<!-- wp:") {
			version = 1
		}
		m["content"].(map[string]any)["block_version"] = version
		m["password"], m["generated_slug"], m["permalink_template"] = "", slugify(p.Title), c.home+"/%postname%/"
		if p.Status == "trash" {
			m["permalink_template"] = c.home + p.path()
		}
	}
	return m
}

// both is a field with a raw and a rendered form.
func both(edit bool, raw, rendered string, more ...any) map[string]any {
	m := map[string]any{"rendered": rendered}
	if edit {
		m["raw"] = raw
	}
	for i := 0; i+1 < len(more); i += 2 {
		m[more[i].(string)] = more[i+1]
	}
	return m
}

// path is where visitors find the post, below the site's address.
func (p *post) path() string {
	if p.Status == "publish" || p.Status == "private" {
		return "/" + p.Slug + "/"
	}
	return fmt.Sprintf("/?p=%d", p.ID)
}

func (s *Sandbox) classes(p *post) []string {
	list := []string{"post-" + strconv.Itoa(p.ID), "post", "type-post", "status-" + p.Status, "format-" + p.Format}
	if p.Featured != 0 {
		list = append(list, "has-post-thumbnail")
	}
	list = append(list, "hentry")
	for _, id := range p.Categories {
		list = append(list, "category-"+s.world.terms[id].slug())
	}
	for _, id := range p.Tags {
		list = append(list, "tag-"+s.world.terms[id].slug())
	}
	return list
}

// slug is the slug of a term that may have been deleted.
func (t *term) slug() string {
	if t == nil {
		return "deleted"
	}
	return t.Slug
}

func (s *Sandbox) postLinks(c *siteCall, p *post) map[string]any {
	api := c.home + "/wp-json/wp/v2/"
	self := api + "posts/" + strconv.Itoa(p.ID)
	allow := []string{"GET"}
	if s.mayEdit(c.who, p) {
		allow = []string{"GET", "POST", "PUT", "PATCH", "DELETE"}
	}
	links := map[string]any{
		"self":       link(self, "targetHints", map[string]any{"allow": allow}),
		"collection": link(api + "posts"), "about": link(api + "types/post"),
		"author":          link(api+"users/"+strconv.Itoa(p.Author), "embeddable", true),
		"replies":         link(api+"comments?post="+strconv.Itoa(p.ID), "embeddable", true),
		"version-history": link(self+"/revisions", "count", 0),
		"wp:attachment":   link(api + "media?parent=" + strconv.Itoa(p.ID)),
		"wp:term": append(link(api+"categories?post="+strconv.Itoa(p.ID), "taxonomy", "category", "embeddable", true),
			link(api+"tags?post="+strconv.Itoa(p.ID), "taxonomy", "post_tag", "embeddable", true)...),
		"curies": curies(),
	}
	if p.Featured != 0 {
		links["wp:featuredmedia"] = link(api+"media/"+strconv.Itoa(p.Featured), "embeddable", true)
	}
	for action, capability := range map[string]string{
		"publish": "publish_posts", "unfiltered-html": "unfiltered_html", "sticky": "edit_others_posts", "assign-author": "edit_others_posts",
		"create-categories": "manage_categories", "assign-categories": "edit_posts", "create-tags": "edit_posts", "assign-tags": "edit_posts",
	} {
		if c.who.may(capability) {
			links["wp:action-"+action] = link(self)
		}
	}
	return links
}

var (
	blockMark  = regexp.MustCompile(`<!-- /?wp:[^>]*-->`)
	blockLevel = regexp.MustCompile(`(?i)<(p|h[1-6]|ul|ol|div|table|figure|blockquote|pre|section|hr)[\s/>]`)
)

// renderContent is what a visitor gets of the content: without the comments
// that mark blocks, with paragraphs where the text has none, and with
// WordPress's typography. Other comments stay.
func renderContent(raw string) string {
	switch {
	case strings.Contains(raw, "<!-- wp:"):
		raw = blockMark.ReplaceAllString(raw, "")
	case strings.TrimSpace(raw) == "":
		return raw
	case !blockLevel.MatchString(raw):
		return paragraphs(raw)
	}
	return strings.ReplaceAll(texturize(raw), "<img ", `<img decoding="async" `)
}

// paragraphs wraps plain text as wpautop does.
func paragraphs(text string) string {
	var out strings.Builder
	for part := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if part = strings.TrimSpace(part); part != "" {
			out.WriteString("<p>" + strings.ReplaceAll(texturize(part), "\n", "<br />\n") + "</p>\n")
		}
	}
	return out.String()
}

// renderExcerpt is the excerpt, or else the first 55 words of the content.
func (p *post) renderExcerpt() string {
	if p.Excerpt != "" {
		return paragraphs(p.Excerpt)
	}
	words := strings.Fields(htmlTag.ReplaceAllString(blockMark.ReplaceAllString(p.Content, ""), " "))
	if len(words) == 0 {
		return ""
	}
	if len(words) > 55 {
		words = append(slices.Clone(words[:55]), "[&hellip;]")
	}
	return paragraphs(strings.Join(words, " "))
}

var (
	bareAmpersand = regexp.MustCompile(`&(#?\w{1,8};)?`)
	openingQuote  = regexp.MustCompile(`(^|[\s(>])"`)
	times         = regexp.MustCompile(`(\d)x(\d)`)
	marks         = strings.NewReplacer(`"`, "&#8221;", "'", "&#8217;", "...", "&#8230;", "--", "&#8212;", " - ", " &#8211; ")
	verbatim      = regexp.MustCompile(`(?is)<!--.*?-->|<(?:pre|code|script|style|textarea)\b.*?</(?:pre|code|script|style|textarea)\s*>|<[^>]*>`)
)

// texturize is the typography that WordPress applies to titles and text. Tags,
// comments and code are left alone.
func texturize(s string) string {
	var out strings.Builder
	for s != "" {
		at := verbatim.FindStringIndex(s)
		if at == nil {
			at = []int{len(s), len(s)}
		}
		out.WriteString(typeset(s[:at[0]]))
		out.WriteString(s[at[0]:at[1]])
		s = s[at[1]:]
	}
	return out.String()
}

func typeset(text string) string {
	text = bareAmpersand.ReplaceAllStringFunc(text, func(m string) string {
		if m == "&" {
			return "&#038;"
		}
		return m
	})
	text = openingQuote.ReplaceAllString(text, "$1&#8220;")
	return marks.Replace(times.ReplaceAllString(text, "$1&#215;$2"))
}
