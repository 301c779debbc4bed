package sandbox

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A siteCall is a request to the REST API of the site.
type siteCall struct {
	*request
	who    *person // nil is nobody
	query  url.Values
	params map[string]any // the query and, before it, the JSON body
	home   string         // the address of the site, without a slash at the end
}

// site serves SitePath: the REST API under wp-json or ?rest_route=, uploads,
// and the pages a visitor reads.
func (s *Sandbox) site() http.Handler {
	rest := s.peer(WordPress, s.wordpress)
	pages := s.peer(WordPress, captured("page.read", s.pages()))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, SitePath+"/wp-json") || r.URL.Query().Has("rest_route") {
			rest.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
}

// wordpress is the provider behind the REST API.
func (s *Sandbox) wordpress() provider {
	return provider{
		classify: func(r *request) (string, string) {
			path := routeOf(r.Request)
			return path, sitePurpose(r.Method, path)
		},
		latency: func(r *request) time.Duration { return s.latency().Site },
		refuse:  refuseWordPress,
		answer:  s.answerWordPress,
	}
}

// routeOf is the REST route: /wp/v2/posts.
func routeOf(r *http.Request) string {
	if route := r.URL.Query().Get("rest_route"); route != "" {
		return route
	}
	if route := strings.TrimPrefix(r.URL.Path, SitePath+"/wp-json"); route != "" {
		return route
	}
	return "/"
}

// sitePurpose names what a request to the site is for: post.create,
// post.update, post.find, media.create, term.find …
func sitePurpose(method, route string) string {
	nouns := map[string]string{"posts": "post", "media": "media", "categories": "term", "tags": "term", "users": "user"}
	parts := strings.Split(strings.Trim(route, "/"), "/")
	if len(parts) < 3 || nouns[parts[2]] == "" {
		if strings.HasPrefix(route, "/rankmath/") {
			return "meta.update"
		}
		return "site"
	}
	verb := "find"
	switch {
	case method == http.MethodDelete:
		verb = "delete"
	case method != http.MethodGet && method != http.MethodHead && len(parts) > 3:
		verb = "update"
	case method == http.MethodPost:
		verb = "create"
	case len(parts) > 3:
		verb = "read"
	}
	return nouns[parts[2]] + "." + verb
}

// siteError is an error of WordPress. data is added to beside the status.
func siteError(status int, code, message string, data ...any) reply {
	d := map[string]any{"status": status}
	for i := 0; i+1 < len(data); i += 2 {
		d[data[i].(string)] = data[i+1]
	}
	return jsonReply(status, map[string]any{"code": code, "message": message, "data": d})
}

// invalidParam is the error about one parameter.
func invalidParam(name, code, message string, status any) reply {
	return siteError(400, "rest_invalid_param", "Invalid parameter(s): "+name,
		"params", map[string]any{name: message},
		"details", map[string]any{name: map[string]any{"code": code, "message": message, "data": status}})
}

// denied is the error for who may not: 401 for nobody, 403 for somebody.
func (c *siteCall) denied(code, message string) reply {
	status := 401
	if c.who != nil {
		status = 403
	}
	return siteError(status, code, message)
}

// refuseWordPress is what a fault has the site say instead of answering.
func refuseWordPress(r *request) (rep reply, refused bool) {
	switch r.fault.Kind {
	case RateLimited:
		rep = siteError(429, "too_many_requests", "Too many requests.")
		r.fault.setRetry(rep.header, "1")
	case Unauthorized:
		rep = siteError(401, "rest_not_logged_in", "You are not currently logged in.")
	case Fatal:
		rep = siteError(500, "internal_server_error", "<p>There has been a critical error on this website.</p>")
	case Maintenance:
		rep = jsonReply(503, map[string]any{
			"code": "wp_die", "message": "Briefly unavailable for scheduled maintenance. Check back in a minute.",
			"data": map[string]any{"status": 503}, "additional_errors": []any{},
		})
		r.fault.setRetry(rep.header, "600")
	default:
		return reply{}, false
	}
	return rep, true
}

func (s *Sandbox) answerWordPress(r *request) reply {
	c := &siteCall{request: r, query: r.URL.Query(), home: r.base + SitePath}
	s.mu.Lock()
	defer s.mu.Unlock()
	if name, password, ok := r.BasicAuth(); ok {
		c.who = s.person(name, password)
	}
	rep, ok := c.readParams()
	if ok {
		rep = s.route(c)
	} else if c.who.may("edit_posts") {
		rep = rep.with("Allow", "GET, POST")
	}
	return c.finish(rep)
}

// readParams takes parameters from the query and from a JSON body, which wins.
func (c *siteCall) readParams() (wrong reply, ok bool) {
	c.params = map[string]any{}
	for k, v := range c.query {
		c.params[strings.TrimSuffix(k, "[]")] = strings.Join(v, ",")
	}
	if !strings.HasPrefix(c.Header.Get("Content-Type"), "application/json") || len(c.body) == 0 {
		return reply{}, true
	}
	var body map[string]any
	if err := json.Unmarshal(c.body, &body); err != nil {
		return siteError(400, "rest_invalid_json", "Invalid JSON body passed.", "json_error_code", 4, "json_error_message", "Syntax error"), false
	}
	maps.Copy(c.params, body)
	return reply{}, true
}

// route answers one route. The caller holds s.mu.
func (s *Sandbox) route(c *siteCall) reply {
	parts := strings.Split(strings.Trim(c.path, "/"), "/")
	if c.path == "/" {
		return s.index(c)
	}
	if len(parts) >= 3 && parts[0] == "wp" && parts[1] == "v2" {
		id, rest := 0, parts[3:]
		if len(rest) == 1 {
			id, _ = strconv.Atoi(rest[0])
		}
		if len(rest) == 0 || id > 0 || parts[2] == "users" {
			switch parts[2] {
			case "posts":
				return s.postRoute(c, id)
			case "media":
				return s.mediaRoute(c, id)
			case "categories":
				return s.termRoute(c, "category", id)
			case "tags":
				return s.termRoute(c, "post_tag", id)
			case "users":
				return s.userRoute(c, strings.Join(rest, "/"))
			}
		}
	}
	if c.path == "/rankmath/v1/updateMeta" && s.options.SEO == RankMath && c.Method == http.MethodPost {
		return s.rankMath(c)
	}
	return noRoute()
}

func noRoute() reply {
	return siteError(404, "rest_no_route", "No route was found matching the URL and request method.")
}

// index is what a site says about itself.
func (s *Sandbox) index(c *siteCall) reply {
	spaces := []string{"oembed/1.0"}
	switch s.options.SEO {
	case Yoast:
		spaces = append(spaces, "yoast/v1")
	case RankMath:
		spaces = append(spaces, "rankmath/v1")
	}
	spaces = append(spaces, "wp/v2", "wp-site-health/v1", "wp-block-editor/v1")
	return jsonReply(200, map[string]any{
		"name": s.options.SiteName, "description": "Written by the sandbox", "url": c.home, "home": c.home, "gmt_offset": 0, "timezone_string": "",
		"namespaces": spaces, "routes": map[string]any{}, "site_logo": 0, "site_icon": 0,
		"authentication": map[string]any{"application-passwords": map[string]any{"endpoints": map[string]any{"authorization": c.home + "/wp-admin/authorize-application.php"}}},
	}).with("Allow", "GET")
}

// finish adds the headers of every answer and keeps only the fields asked for.
func (c *siteCall) finish(rep reply) reply {
	h := rep.header
	h.Set("Content-Type", "application/json; charset=UTF-8")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Link", "<"+c.home+`/wp-json/>; rel="https://api.w.org/"`)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Access-Control-Expose-Headers", "X-WP-Total, X-WP-TotalPages, Link")
	h.Set("Access-Control-Allow-Headers", "Authorization, X-WP-Nonce, Content-Disposition, Content-MD5, Content-Type")
	h.Set("Vary", "Origin")
	if c.who != nil {
		h.Set("Cache-Control", "no-cache, must-revalidate, max-age=0, no-store, private")
	}
	if want := c.str("_fields"); want != "" && rep.status < 400 {
		rep.body = onlyFields(rep.body, strings.Split(want, ","))
	}
	return rep
}

// onlyFields keeps the named fields of an object, or of each in a list.
func onlyFields(body []byte, want []string) []byte {
	for i, w := range want {
		want[i], _, _ = strings.Cut(strings.TrimSpace(w), ".")
	}
	keep := func(m map[string]json.RawMessage) {
		maps.DeleteFunc(m, func(k string, _ json.RawMessage) bool { return !slices.Contains(want, k) })
	}
	var one map[string]json.RawMessage
	var many []map[string]json.RawMessage
	if json.Unmarshal(body, &many) == nil {
		for _, m := range many {
			keep(m)
		}
		return jsonReply(200, many).body
	}
	if json.Unmarshal(body, &one) != nil {
		return body
	}
	keep(one)
	return jsonReply(200, one).body
}

// str returns a parameter as text; a list is joined by commas, and what WordPress
// takes as {"raw": …} is taken so.
func (c *siteCall) str(name string) string { return textOf(c.params[name]) }

func textOf(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case map[string]any:
		return textOf(v["raw"])
	case []any:
		parts := make([]string, len(v))
		for i, x := range v {
			parts[i] = textOf(x)
		}
		return strings.Join(parts, ",")
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

func (c *siteCall) has(name string) bool { return c.params[name] != nil }

func (c *siteCall) number(name string, otherwise int) int {
	if n, err := strconv.Atoi(c.str(name)); err == nil {
		return n
	}
	return otherwise
}

// numbers returns a list of IDs.
func (c *siteCall) numbers(name string) []int {
	ids := []int{}
	for part := range strings.SplitSeq(c.str(name), ",") {
		if n, err := strconv.Atoi(strings.TrimSpace(part)); err == nil {
			ids = append(ids, n)
		}
	}
	return ids
}

// words returns a list of words.
func (c *siteCall) words(name string) []string {
	var list []string
	for part := range strings.SplitSeq(c.str(name), ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// edits reports whether the caller asked for the raw fields.
func (c *siteCall) edits() bool { return c.str("context") == "edit" }

// paged answers one page of a list.
func paged[T any](c *siteCall, all []T, render func(T) map[string]any) reply {
	size := c.number("per_page", 10)
	if size < 1 || size > 100 {
		return invalidParam("per_page", "rest_out_of_bounds", "per_page must be between 1 (inclusive) and 100 (inclusive)", nil)
	}
	page, pages := max(1, c.number("page", 1)), (len(all)+size-1)/size
	if page > max(pages, 1) {
		return siteError(400, "rest_post_invalid_page_number", "The page number requested is larger than the number of pages available.")
	}
	list := []map[string]any{}
	for _, x := range all[min((page-1)*size, len(all)):min(page*size, len(all))] {
		list = append(list, render(x))
	}
	return jsonReply(200, list).with("X-WP-Total", strconv.Itoa(len(all))).with("X-WP-TotalPages", strconv.Itoa(pages))
}

// allow sets what may be done at an address, unless the answer says already.
func (r reply) allow(methods string) reply {
	if r.header.Get("Allow") == "" {
		r.header.Set("Allow", methods)
	}
	return r
}

// link is one link of an answer.
func link(href string, more ...any) []any {
	m := map[string]any{"href": href}
	for i := 0; i+1 < len(more); i += 2 {
		m[more[i].(string)] = more[i+1]
	}
	return []any{m}
}

func curies() []any {
	return link("https://api.w.org/{rel}", "name", "wp", "templated", true)
}
