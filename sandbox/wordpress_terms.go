package sandbox

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A term is a category or a tag.
type term struct {
	ID          int    `json:"id"`
	Taxonomy    string `json:"taxonomy"` // category or post_tag
	Name        string `json:"name"`
	Slug        string `json:"slug"`
	Description string `json:"description"`
	Parent      int    `json:"parent"`
}

func (s *Sandbox) termRoute(c *siteCall, taxonomy string, id int) reply {
	allow := "GET"
	if c.who.may("manage_categories") || taxonomy == "post_tag" && c.who.may("edit_posts") {
		allow = "GET, POST"
	}
	if id == 0 {
		switch c.Method {
		case "GET":
			return s.findTerms(c, taxonomy).with("Allow", allow)
		case "POST":
			if allow != "GET" && !c.who.may("manage_categories") { // who may create one may not read it for editing
				allow = "POST"
			}
			return s.createTerm(c, taxonomy).with("Allow", allow)
		}
		return noRoute()
	}
	t := s.world.terms[id]
	if t == nil || t.Taxonomy != taxonomy {
		return siteError(404, "rest_term_invalid", "Term does not exist.")
	}
	if c.Method == "GET" {
		return jsonReply(200, s.renderTerm(c, t)).with("Allow", allow)
	}
	if !c.who.may("manage_categories") {
		return c.denied("rest_cannot_update", "Sorry, you are not allowed to edit this term.")
	}
	if c.Method == "DELETE" {
		if c.str("force") != "true" {
			return siteError(501, "rest_trash_not_supported", "Terms do not support trashing. Set 'force=true' to delete.")
		}
		s.record(event{Lost: id})
		return jsonReply(200, map[string]any{"deleted": true, "previous": s.renderTerm(c, t)})
	}
	changed := *t
	changed.fill(c)
	s.record(event{Term: &changed})
	return jsonReply(200, s.renderTerm(c, &changed)).with("Allow", allow)
}

// fill takes what the call says about the term.
func (t *term) fill(c *siteCall) {
	if c.has("name") {
		t.Name = strings.TrimSpace(htmlTag.ReplaceAllString(c.str("name"), ""))
	}
	if c.has("slug") {
		t.Slug = slugify(c.str("slug"))
	}
	if c.has("description") {
		t.Description = c.str("description")
	}
	t.Parent = c.number("parent", t.Parent)
}

func (s *Sandbox) createTerm(c *siteCall, taxonomy string) reply {
	// A category needs the right to manage them; a tag is made by whoever may
	// assign it.
	if may := c.who.may("manage_categories") || taxonomy == "post_tag" && c.who.may("edit_posts"); !may {
		return c.denied("rest_cannot_create", "Sorry, you are not allowed to create terms in this taxonomy.")
	}
	if !c.has("name") {
		return siteError(400, "rest_missing_callback_param", "Missing parameter(s): name", "params", []string{"name"})
	}
	t := &term{ID: s.world.lastTerm + 1, Taxonomy: taxonomy}
	t.fill(c)
	if t.Name == "" {
		return siteError(400, "empty_term_name", "A name is required for this term.")
	}
	if t.Slug == "" {
		t.Slug = slugify(t.Name)
	}
	for _, old := range s.termsOf(taxonomy) {
		if strings.EqualFold(old.Name, t.Name) && old.Parent == t.Parent {
			return jsonReply(400, map[string]any{
				"code": "term_exists", "message": "A term with the name provided already exists with this parent.",
				"data": map[string]any{"status": 400, "term_id": old.ID}, "additional_data": []int{old.ID, old.ID},
			})
		}
	}
	t.Slug = unique(t.Slug, 2, func(slug string) bool {
		return slices.ContainsFunc(s.termsOf(taxonomy), func(old *term) bool { return old.Slug == slug })
	})
	s.record(event{Term: t})
	return jsonReply(201, s.renderTerm(c, t)).with("Location", c.termAddress(t))
}

// termsOf returns the terms of a taxonomy by name.
func (s *Sandbox) termsOf(taxonomy string) []*term {
	var list []*term
	for _, t := range s.world.terms {
		if t.Taxonomy == taxonomy {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b *term) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), a.ID-b.ID)
	})
	return list
}

func (s *Sandbox) findTerms(c *siteCall, taxonomy string) reply {
	slugs, include, search := c.words("slug"), c.numbers("include"), strings.ToLower(c.str("search"))
	var found []*term
	for _, t := range s.termsOf(taxonomy) {
		switch {
		case slugs != nil && !slices.Contains(slugs, t.Slug),
			len(include) > 0 && !slices.Contains(include, t.ID),
			!strings.Contains(strings.ToLower(t.Name+" "+t.Slug), search),
			c.str("hide_empty") == "true" && s.uses(t) == 0:
			continue
		}
		found = append(found, t)
	}
	return paged(c, found, func(t *term) map[string]any { return s.renderTerm(c, t) })
}

// uses counts the published posts that have the term.
func (s *Sandbox) uses(t *term) (n int) {
	for _, p := range s.world.posts {
		if p.Status == "publish" && (slices.Contains(p.Categories, t.ID) || slices.Contains(p.Tags, t.ID)) {
			n++
		}
	}
	return n
}

// base is what the taxonomy is called in addresses of the API and of pages.
func (t *term) base() (rest, page string) {
	if t.Taxonomy == "category" {
		return "categories", "category"
	}
	return "tags", "tag"
}

func (c *siteCall) termAddress(t *term) string {
	rest, _ := t.base()
	return c.home + "/wp-json/wp/v2/" + rest + "/" + strconv.Itoa(t.ID)
}

func (s *Sandbox) renderTerm(c *siteCall, t *term) map[string]any {
	rest, page := t.base()
	m := map[string]any{
		"id": t.ID, "count": s.uses(t), "description": t.Description, "link": fmt.Sprintf("%s/%s/%s/", c.home, page, t.Slug), "name": t.Name,
		"slug": t.Slug, "taxonomy": t.Taxonomy, "meta": []any{},
	}
	links := map[string]any{
		"self":         link(c.termAddress(t)),
		"collection":   link(c.home + "/wp-json/wp/v2/" + rest),
		"about":        link(c.home + "/wp-json/wp/v2/taxonomies/" + t.Taxonomy),
		"wp:post_type": link(fmt.Sprintf("%s/wp-json/wp/v2/posts?%s=%d", c.home, rest, t.ID)),
		"curies":       curies(),
	}
	if c.who.may("manage_categories") {
		links["self"] = link(c.termAddress(t), "targetHints", map[string]any{"allow": []string{"GET", "POST", "PUT", "PATCH", "DELETE"}})
	} else if c.who != nil {
		links["self"] = link(c.termAddress(t), "targetHints", map[string]any{"allow": []string{"GET"}})
	}
	if t.Taxonomy == "category" {
		m["parent"] = t.Parent
	}
	m["_links"] = links
	return m
}

// unique adds -n, counting from first, until the slug is free.
func unique(slug string, first int, taken func(string) bool) string {
	if !taken(slug) {
		return slug
	}
	for n := first; ; n++ {
		if next := fmt.Sprintf("%s-%d", slug, n); !taken(next) {
			return next
		}
	}
}
