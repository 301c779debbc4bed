package sandbox

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A post as the site keeps it. Times are UTC, to the second.
type post struct {
	ID         int               `json:"id"`
	Asked      string            `json:"asked"` // the slug it was created with, before any suffix
	Slug       string            `json:"slug"`
	Status     string            `json:"status"`
	Title      string            `json:"title"`
	Content    string            `json:"content"`
	Excerpt    string            `json:"excerpt"`
	Author     int               `json:"author"`
	Featured   int               `json:"featured"`
	Categories []int             `json:"categories"`
	Tags       []int             `json:"tags"`
	Meta       map[string]string `json:"meta"`
	Date       time.Time         `json:"date"`
	Floating   bool              `json:"floating"` // a draft without a date of its own
	Modified   time.Time         `json:"modified"`
	Comments   string            `json:"comments"`
	Sticky     bool              `json:"sticky"`
	Format     string            `json:"format"`
	GUID       string            `json:"guid"` // its address when it was created, below the site's
}

var postStatuses = []string{"publish", "future", "draft", "pending", "private"}

// soon is how far in the future a date may lie and the post still be published
// at once.
const soon = time.Minute

func (s *Sandbox) postRoute(c *siteCall, id int) reply {
	if id == 0 {
		allow := "GET"
		if c.who.may("edit_posts") {
			allow = "GET, POST"
		}
		switch c.Method {
		case "GET", "HEAD":
			return s.findPosts(c).with("Allow", allow)
		case "POST":
			return s.createPost(c).allow(allow)
		}
		return noRoute()
	}
	p := s.world.posts[id]
	if p == nil {
		return siteError(404, "rest_post_invalid_id", "Invalid post ID.")
	}
	allow := "GET"
	if s.mayEdit(c.who, p) {
		allow = "GET, POST, PUT, PATCH, DELETE"
	}
	switch c.Method {
	case "GET", "HEAD":
		return s.readPost(c, p).with("Allow", allow)
	case "POST", "PUT", "PATCH":
		return s.updatePost(c, p).with("Allow", allow)
	case "DELETE":
		return s.deletePost(c, p).with("Allow", allow)
	}
	return noRoute()
}

// mayEdit is WordPress's edit_post.
func (s *Sandbox) mayEdit(who *person, p *post) bool {
	switch {
	case !who.may("edit_posts"):
		return false
	case p.Author != who.id:
		return who.may("edit_others_posts")
	case p.Status == "publish" || p.Status == "future":
		return who.may("edit_published_posts")
	}
	return true
}

func (s *Sandbox) readPost(c *siteCall, p *post) reply {
	mine := s.mayEdit(c.who, p)
	switch {
	case c.edits() && !mine:
		return c.denied("rest_forbidden_context", "Sorry, you are not allowed to edit this post.")
	case p.Status != "publish" && !mine:
		return c.denied("rest_forbidden", "Sorry, you are not allowed to do that.")
	}
	return jsonReply(200, s.renderPost(c, p, c.edits()))
}

func (s *Sandbox) findPosts(c *siteCall) reply {
	statuses := []string{"publish"}
	if c.has("status") {
		statuses = c.words("status")
	}
	for _, status := range statuses {
		known := slices.Contains(append(postStatuses, "any", "trash", "inherit", "auto-draft"), status)
		if !known {
			return invalidParam("status", "rest_not_in_enum", "status[0] is not one of publish, future, draft, pending, private, trash, auto-draft, inherit, request-pending, request-confirmed, request-failed, request-completed, and any.", nil)
		}
		if status != "publish" && !c.who.may("edit_posts") {
			data := map[string]any{"status": 401}
			if c.who != nil {
				data["status"] = 403
			}
			return invalidParam("status", "rest_forbidden_status", "Status is forbidden.", data)
		}
	}
	if c.edits() && !c.who.may("edit_posts") {
		return c.denied("rest_forbidden_context", "Sorry, you are not allowed to edit posts in this post type.")
	}
	var found []*post
	for _, p := range s.world.posts {
		if s.matches(c, p, statuses) {
			found = append(found, p)
		}
	}
	slices.SortFunc(found, func(a, b *post) int { return cmp.Or(b.Date.Compare(a.Date), b.ID-a.ID) })
	if c.str("order") == "asc" {
		slices.Reverse(found)
	}
	return paged(c, found, func(p *post) map[string]any { return s.renderPost(c, p, c.edits()) })
}

// matches reports whether a search finds the post. Somebody without the right
// to edit what others wrote sees of theirs only what is published.
func (s *Sandbox) matches(c *siteCall, p *post, statuses []string) bool {
	any := slices.Contains(statuses, "any") && p.Status != "trash"
	if !any && !slices.Contains(statuses, p.Status) {
		return false
	}
	if p.Status != "publish" && !s.mayEdit(c.who, p) {
		return false
	}
	if c.edits() && !s.mayEdit(c.who, p) {
		return false
	}
	within := func(name string, of []int) bool {
		want := c.numbers(name)
		return len(want) == 0 || slices.ContainsFunc(want, func(id int) bool { return slices.Contains(of, id) })
	}
	slugs := c.words("slug")
	for i := range slugs {
		slugs[i] = slugify(slugs[i])
	}
	text := strings.ToLower(p.Title + "\n" + p.Excerpt + "\n" + p.Content)
	for word := range strings.FieldsSeq(strings.ToLower(strings.ReplaceAll(c.str("search"), `"`, ""))) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return (slugs == nil || slices.Contains(slugs, p.Slug)) && within("include", []int{p.ID}) && within("categories", p.Categories) &&
		within("tags", p.Tags) && within("author", []int{p.Author})
}

func (s *Sandbox) createPost(c *siteCall) reply {
	if rep, wrong := checkPost(c); wrong {
		return rep
	}
	switch {
	case c.number("id", 0) != 0:
		return siteError(400, "rest_post_exists", "Cannot create existing post.").with("Allow", "GET")
	case c.has("author") && c.who != nil && c.number("author", 0) != c.who.id && !c.who.may("edit_others_posts"):
		return c.denied("rest_cannot_edit_others", "Sorry, you are not allowed to create posts as this user.").with("Allow", "GET")
	case !c.who.may("edit_posts"):
		return c.denied("rest_cannot_create", "Sorry, you are not allowed to create posts as this user.")
	}
	now := time.Now().UTC().Truncate(time.Second)
	p := &post{
		ID: s.world.lastPost + 1, Status: "draft", Author: c.number("author", c.who.id), Date: now, Floating: true, Modified: now,
		Categories: []int{1}, Tags: []int{}, Meta: map[string]string{}, Comments: "open", Format: "standard",
	}
	if rep, wrong := s.fillPost(c, p); wrong {
		return rep
	}
	if p.Title == "" && p.Content == "" && p.Excerpt == "" {
		return siteError(400, "empty_content", "Content, title, and excerpt are empty.")
	}
	p.Asked = slugify(c.str("slug"))
	s.settleSlug(c, p)
	p.Modified, p.GUID = p.Date, p.path()
	if c.is(DroppedMeta) || c.is(AfterInsert) {
		p.Featured, p.Categories, p.Tags, p.Meta = 0, []int{1}, []int{}, map[string]string{}
	}
	s.record(event{Post: p})
	if c.is(AfterInsert) {
		return siteError(400, "rest_invalid_field", "A plugin could not store one of the fields of this post.")
	}
	return jsonReply(201, s.renderPost(c, p, true)).with("Location", c.home+"/wp-json/wp/v2/posts/"+strconv.Itoa(p.ID))
}

// checkPost refuses parameters of the wrong form, which comes before the
// question who asks.
func checkPost(c *siteCall) (reply, bool) {
	if c.has("status") && !slices.Contains(postStatuses, c.str("status")) {
		return invalidParam("status", "rest_not_in_enum", "status is not one of publish, future, draft, pending, and private.", nil), true
	}
	for _, name := range []string{"date", "date_gmt"} {
		if _, ok := parseTime(c.str(name)); c.has(name) && !ok {
			return invalidParam(name, "rest_invalid_date", "Invalid date.", nil), true
		}
	}
	if _, is := c.params["meta"].(map[string]any); c.has("meta") && !is {
		return siteError(400, "rest_invalid_param", "Invalid parameter(s): meta", "params", map[string]any{"meta": "Invalid parameter."}, "details", []any{}), true
	}
	return reply{}, false
}

// parseTime reads a date as WordPress does: with a zone, or in the site's, UTC.
func parseTime(s string) (time.Time, bool) {
	for _, layout := range []string{"2006-01-02T15:04:05", time.RFC3339, "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC().Truncate(time.Second), true
		}
	}
	return time.Time{}, false
}

// fillPost takes what the call says about the post. What WordPress drops
// without a word is dropped: a featured image or a category that doesn't exist,
// meta that nobody registered.
func (s *Sandbox) fillPost(c *siteCall, p *post) (reply, bool) {
	for name, to := range map[string]*string{"title": &p.Title, "content": &p.Content, "excerpt": &p.Excerpt} {
		if c.has(name) {
			*to = c.str(name)
			if !c.who.may("unfiltered_html") {
				*to = kses(*to)
			}
		}
	}
	if c.has("comment_status") {
		p.Comments = c.str("comment_status")
	}
	if c.has("sticky") {
		p.Sticky = c.str("sticky") == "true"
	}
	if c.has("format") {
		p.Format = c.str("format")
	}
	if c.has("author") {
		p.Author = c.number("author", p.Author)
	}
	if c.has("featured_media") {
		if p.Featured = c.number("featured_media", 0); s.world.media[p.Featured] == nil {
			p.Featured = 0
		}
	}
	if c.has("categories") {
		p.Categories = s.existing(c.numbers("categories"), "category")
	}
	if c.has("tags") {
		p.Tags = s.existing(c.numbers("tags"), "post_tag")
	}
	p.Meta = maps.Clone(p.Meta)
	meta, _ := c.params["meta"].(map[string]any)
	for k, v := range meta {
		if slices.Contains(s.metaKeys(), k) {
			p.Meta[k] = textOf(v)
		}
	}
	return s.fillStatus(c, p)
}

func (s *Sandbox) existing(ids []int, taxonomy string) []int {
	return slices.DeleteFunc(ids, func(id int) bool { return s.world.terms[id] == nil || s.world.terms[id].Taxonomy != taxonomy })
}

// fillStatus takes status and date, which depend on each other.
func (s *Sandbox) fillStatus(c *siteCall, p *post) (reply, bool) {
	for _, name := range []string{"date", "date_gmt"} {
		if t, ok := parseTime(c.str(name)); ok {
			p.Date, p.Floating = t, false
		}
	}
	if c.has("status") {
		status := c.str("status")
		if slices.Contains([]string{"publish", "future", "private"}, status) && status != p.Status && !c.who.may("publish_posts") {
			return c.denied("rest_cannot_publish", "Sorry, you are not allowed to publish posts in this post type."), true
		}
		p.Status = status
	}
	if p.Status == "publish" || p.Status == "future" {
		now := time.Now().UTC().Truncate(time.Second)
		if p.Floating {
			p.Date, p.Floating = now, false
		}
		p.Status = "publish"
		if p.Date.After(now.Add(soon)) {
			p.Status = "future"
		}
	}
	return reply{}, false
}

// settleSlug gives the post a slug nobody else has: the one asked for, or one
// made from the title when it is published.
func (s *Sandbox) settleSlug(c *siteCall, p *post) {
	slug := p.Slug
	if c.has("slug") {
		slug = slugify(c.str("slug"))
	}
	if slug == "" && !slices.Contains([]string{"draft", "pending"}, p.Status) {
		slug = cmp.Or(slugify(p.Title), strconv.Itoa(p.ID))
	}
	if slug == "" || slug == p.Slug {
		p.Slug = slug
		return
	}
	asked := slug
	p.Slug = unique(slug, 2, func(slug string) bool {
		if c.is(SlugTaken) && slug == asked {
			return true
		}
		for _, other := range s.world.posts {
			if other.ID != p.ID && other.Slug == slug {
				return true
			}
		}
		return false
	})
}

func (s *Sandbox) updatePost(c *siteCall, old *post) reply {
	if rep, wrong := checkPost(c); wrong {
		return rep
	}
	if !s.mayEdit(c.who, old) {
		return c.denied("rest_cannot_edit", "Sorry, you are not allowed to edit this post.")
	}
	p := *old
	if rep, wrong := s.fillPost(c, &p); wrong {
		return rep
	}
	s.settleSlug(c, &p)
	if c.is(DroppedMeta) {
		p.Featured, p.Categories, p.Tags, p.Meta = old.Featured, old.Categories, old.Tags, old.Meta
	}
	p.Modified = time.Now().UTC().Truncate(time.Second)
	s.record(event{Post: &p})
	if c.is(AfterInsert) {
		return siteError(400, "rest_invalid_field", "A plugin could not store one of the fields of this post.")
	}
	return jsonReply(200, s.renderPost(c, &p, true))
}

func (s *Sandbox) deletePost(c *siteCall, old *post) reply {
	if !s.mayEdit(c.who, old) {
		return c.denied("rest_cannot_delete", "Sorry, you are not allowed to delete this post.")
	}
	if c.str("force") == "true" {
		s.record(event{Gone: old.ID})
		before := s.renderPost(c, old, true)
		delete(before, "_links")
		return jsonReply(200, map[string]any{"deleted": true, "previous": before})
	}
	if old.Status == "trash" {
		return siteError(410, "rest_already_trashed", "The post has already been deleted.")
	}
	p := *old
	p.Status, p.Modified = "trash", time.Now().UTC().Truncate(time.Second)
	if p.Slug != "" {
		p.Slug += "__trashed"
	}
	s.record(event{Post: &p})
	return jsonReply(200, s.renderPost(c, &p, true))
}
