package sandbox

import (
	"cmp"
	"crypto/subtle"
	"slices"
	"strconv"
	"strings"
)

// A SiteRole is what a user is on the site.
type SiteRole string

// The roles of WordPress.
const (
	Administrator SiteRole = "administrator"
	SiteEditor    SiteRole = "editor"
	Author        SiteRole = "author"
	Contributor   SiteRole = "contributor"
	Subscriber    SiteRole = "subscriber"
)

// capabilities are those that matter here, each with the roles that have it.
var capabilities = map[string][]SiteRole{
	"read":                   {Administrator, SiteEditor, Author, Contributor, Subscriber},
	"edit_posts":             {Administrator, SiteEditor, Author, Contributor},
	"delete_posts":           {Administrator, SiteEditor, Author, Contributor},
	"publish_posts":          {Administrator, SiteEditor, Author},
	"edit_published_posts":   {Administrator, SiteEditor, Author},
	"delete_published_posts": {Administrator, SiteEditor, Author},
	"upload_files":           {Administrator, SiteEditor, Author},
	"edit_others_posts":      {Administrator, SiteEditor},
	"delete_others_posts":    {Administrator, SiteEditor},
	"read_private_posts":     {Administrator, SiteEditor},
	"edit_private_posts":     {Administrator, SiteEditor},
	"delete_private_posts":   {Administrator, SiteEditor},
	"manage_categories":      {Administrator, SiteEditor},
	"unfiltered_html":        {Administrator, SiteEditor},
	"moderate_comments":      {Administrator, SiteEditor},
	"edit_pages":             {Administrator, SiteEditor},
	"publish_pages":          {Administrator, SiteEditor},
	"manage_options":         {Administrator},
	"list_users":             {Administrator},
	"edit_users":             {Administrator},
}

// A person is a user with a number.
type person struct {
	id       int
	name     string
	password string
	role     SiteRole
}

// peopleOf numbers the users, the most powerful role first, and then by name.
func peopleOf(users Users) []person {
	rank := []SiteRole{Administrator, SiteEditor, Author, Contributor, Subscriber}
	var list []person
	for name, u := range users {
		list = append(list, person{name: name, password: strings.ReplaceAll(u.Password.Reveal(), " ", ""), role: u.Role})
	}
	slices.SortFunc(list, func(a, b person) int {
		return cmp.Or(slices.Index(rank, a.role)-slices.Index(rank, b.role), strings.Compare(a.name, b.name))
	})
	for i := range list {
		list[i].id = i + 1
	}
	return list
}

// may reports whether the person has the capability. Nobody has none.
func (p *person) may(capability string) bool {
	return p != nil && slices.Contains(capabilities[capability], p.role)
}

// person returns who signs in with that name and application password.
func (s *Sandbox) person(name, password string) *person {
	password = strings.ReplaceAll(password, " ", "")
	for i := range s.people {
		if p := &s.people[i]; p.name == name && subtle.ConstantTimeCompare([]byte(p.password), []byte(password)) == 1 {
			return p
		}
	}
	return nil
}

func (s *Sandbox) userRoute(c *siteCall, which string) reply {
	if c.Method != "GET" {
		return noRoute()
	}
	if which == "" {
		return s.findUsers(c)
	}
	if which == "me" {
		if c.who == nil {
			return siteError(401, "rest_not_logged_in", "You are not currently logged in.").with("Allow", "GET")
		}
		return jsonReply(200, c.renderUser(*c.who)).with("Allow", "GET, POST, PUT, PATCH, DELETE")
	}
	id, _ := strconv.Atoi(which)
	if id < 1 || id > len(s.people) {
		return siteError(404, "rest_user_invalid_id", "Invalid user ID.")
	}
	return jsonReply(200, c.renderUser(s.people[id-1])).with("Allow", "GET")
}

func (s *Sandbox) findUsers(c *siteCall) reply {
	if c.edits() && !c.who.may("list_users") {
		return c.denied("rest_forbidden_context", "Sorry, you are not allowed to edit users.")
	}
	slugs, search := c.words("slug"), strings.ToLower(c.str("search"))
	var found []person
	for _, p := range s.people {
		if (slugs == nil || slices.Contains(slugs, slugify(p.name))) && strings.Contains(strings.ToLower(p.name), search) {
			found = append(found, p)
		}
	}
	return paged(c, found, c.renderUser).with("Allow", "GET")
}

func (c *siteCall) renderUser(p person) map[string]any {
	m := map[string]any{
		"id": p.id, "name": p.name, "url": "", "description": "", "link": c.home + "/author/" + slugify(p.name) + "/", "slug": slugify(p.name),
		"avatar_urls": map[string]any{}, "meta": []any{},
		"_links": map[string]any{"self": link(c.home + "/wp-json/wp/v2/users/" + strconv.Itoa(p.id)), "collection": link(c.home + "/wp-json/wp/v2/users")},
	}
	if c.edits() {
		caps := map[string]any{string(p.role): true}
		for capability := range capabilities {
			if p.may(capability) {
				caps[capability] = true
			}
		}
		m["username"], m["roles"], m["capabilities"], m["extra_capabilities"] = p.name, []SiteRole{p.role}, caps, map[string]any{string(p.role): true}
		m["first_name"], m["last_name"], m["nickname"], m["email"], m["locale"] = "", "", p.name, p.name+"@example.com", "en_US"
		m["registered_date"] = "2026-01-01T00:00:00+00:00"
	}
	return m
}
