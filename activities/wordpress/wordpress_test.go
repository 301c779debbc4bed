package wordpress

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/outbound"
)

func TestIndex(t *testing.T) {
	t.Parallel()
	s := replay(t, "010-root")
	x, err := s.client.Index(t.Context())
	if err != nil || x.Name != "Acceptance site" || !x.ApplicationPasswords || len(x.Namespaces) != 4 {
		t.Errorf("%+v, %v", x, err)
	}
	if s.got[0].URL.Path != "/wp-json/" || s.got[0].Header.Get("Authorization") != "" {
		t.Errorf("asked %s with %q", s.got[0].URL, s.got[0].Header.Get("Authorization"))
	}
	s = newSite(t, 200, nil, `{"name":"A &amp; B","namespaces":["wp/v2"],"authentication":[]}`)
	x, err = s.client.PlainRoutes().Index(t.Context())
	if err != nil || x.Name != "A & B" || x.ApplicationPasswords {
		t.Errorf("%+v, %v", x, err)
	}
	if q := s.got[0].URL; q.Path != "/" || q.Query().Get("rest_route") != "/" {
		t.Errorf("asked %s", q)
	}
}

func TestMe(t *testing.T) {
	t.Parallel()
	s := replay(t, "012-me")
	u, err := s.client.Me(t.Context())
	if err != nil || u.ID != 1 || u.Username != "admin" || u.Roles[0] != "administrator" || !u.May("publish_posts") || u.May("fly") {
		t.Errorf("%+v, %v", u, err)
	}
	name, pass, ok := s.got[0].BasicAuth()
	if !ok || name != "admin" || pass != password {
		t.Errorf("signed in as %q %q", name, pass)
	}
}

func TestPosts(t *testing.T) {
	t.Parallel()
	s := replay(t, "070-post-draft")
	when := time.Date(2027, 3, 1, 12, 0, 0, 0, time.FixedZone("", 7200))
	p, err := s.client.CreatePost(t.Context(), Post{Title: "T", Content: article, Slug: "art", Status: Draft, Date: when, Categories: []int64{2}, Tags: []int64{}, FeaturedMedia: 5, Meta: map[string]any{"k": "v"}})
	if err != nil {
		t.Fatal(err)
	}
	want := Post{
		ID: 15, Slug: "art-467b8e", Status: Draft, Link: "http://127.0.0.1:9468/?p=15",
		Date: time.Date(2026, 11, 23, 1, 21, 13, 0, time.UTC), Modified: time.Date(2026, 11, 23, 1, 21, 13, 0, time.UTC),
		Title: "Title & <em>x</em> 467b8e", Content: "<!-- wp:paragraph --><p>Body</p><!-- /wp:paragraph --><!-- ref:467b8e -->", Excerpt: "Short 467b8e",
		Author: 1, FeaturedMedia: 5, Categories: []int64{2}, Tags: []int64{3}, Meta: map[string]any{"footnotes": ""},
	}
	if !reflect.DeepEqual(p, want) {
		t.Errorf("got  %+v\nwant %+v", p, want)
	}
	var sent map[string]any
	json.Unmarshal([]byte(s.sent[0]), &sent)
	if !reflect.DeepEqual(sent, map[string]any{
		"title": "T", "content": article, "slug": "art", "status": "draft", "date_gmt": "2027-03-01T10:00:00",
		"categories": []any{2.0}, "tags": []any{}, "featured_media": 5.0, "meta": map[string]any{"k": "v"},
	}) {
		t.Errorf("sent %s", s.sent[0])
	}

	s = replay(t, "084-find-slug-any")
	found, err := s.client.FindPosts(t.Context(), "art-467b8e")
	if err != nil || len(found) != 1 || found[0].ID != 15 || found[0].Status != Publish {
		t.Errorf("%+v, %v", found, err)
	}
	if q := s.got[0].URL.Query(); q.Get("slug") != "art-467b8e" || q.Get("status") != "any" || q.Get("context") != "edit" {
		t.Errorf("asked %s", s.got[0].URL)
	}
	s = replay(t, "086-find-search-token-any")
	if found, err = s.client.SearchPosts(t.Context(), "ref:467b8e"); err != nil || len(found) != 8 {
		t.Errorf("%d posts, %v", len(found), err)
	}
	s = replay(t, "074-draft-to-publish")
	if p, err = s.client.UpdatePost(t.Context(), 15, Post{Status: Publish}); err != nil || p.Status != Publish {
		t.Errorf("%+v, %v", p, err)
	}
	if s.got[0].URL.Path != "/wp-json/wp/v2/posts/15" || s.sent[0] != `{"status":"publish"}` {
		t.Errorf("sent %s to %s", s.sent[0], s.got[0].URL)
	}
	// What the site silently left out is missing from what it returns.
	s = replay(t, "101-bad-featured-media")
	if p, err = s.client.CreatePost(t.Context(), Post{Title: "x", FeaturedMedia: 99999999}); err != nil || p.FeaturedMedia != 0 {
		t.Errorf("%+v, %v", p, err)
	}
	s = replay(t, "071-post-draft-again-same-slug")
	if p, err = s.client.CreatePost(t.Context(), Post{Title: "x", Slug: "art-467b8e"}); err != nil || p.Slug != "art-467b8e-2" {
		t.Errorf("%+v, %v", p, err)
	}
	s = replay(t, "079-post-pending-no-slug")
	if p, err = s.client.CreatePost(t.Context(), Post{Title: "x", Status: Pending}); err != nil || p.Slug != "" {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestMedia(t *testing.T) {
	t.Parallel()
	s := replay(t, "032-media-alt-in-query")
	m, err := s.client.Upload(t.Context(), Media{Filename: "q-1.png", MIME: "image/png", Bytes: []byte("bytes"), Alt: "A & \"b\"", Title: "Tïtle", Slug: "media-slug"})
	if err != nil || m.ID != 6 || m.Slug != "media-slug-467b8e" || m.Alt != "Alt from query" || !strings.HasSuffix(m.URL, "q-467b8e.png") {
		t.Errorf("%+v, %v", m, err)
	}
	sum := md5.Sum([]byte("bytes"))
	r, q := s.got[0], s.got[0].URL.Query()
	if q.Get("alt_text") != "A & \"b\"" || q.Get("title") != "Tïtle" || q.Get("slug") != "media-slug" || s.sent[0] != "bytes" ||
		r.Header.Get("Content-Type") != "image/png" || r.Header.Get("Content-Disposition") != `attachment; filename="q-1.png"` ||
		r.Header.Get("Content-Md5") != hex.EncodeToString(sum[:]) {
		t.Errorf("sent %s %v", r.URL, r.Header)
	}
	for _, bad := range []Media{
		{Filename: "naïve.png", MIME: "image/png", Bytes: []byte("x")},
		{Filename: `a".png`, MIME: "image/png", Bytes: []byte("x")},
		{Filename: "../a.png", MIME: "image/png", Bytes: []byte("x")},
		{Filename: "a.png", MIME: "text/html", Bytes: []byte("x")},
		{Filename: "a.png", MIME: "image/png"},
	} {
		if _, err := s.client.Upload(t.Context(), bad); igny8.CodeOf(err) != igny8.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if len(s.got) != 1 {
		t.Errorf("%d requests", len(s.got))
	}
	s = replay(t, "035-media-find-by-slug")
	found, err := s.client.FindMedia(t.Context(), "media-slug-467b8e")
	if err != nil || len(found) != 1 || found[0].ID != 6 || found[0].URL == "" {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestTerms(t *testing.T) {
	t.Parallel()
	s := replay(t, "060-category-create")
	term, err := s.client.CreateTerm(t.Context(), Categories, "News 467b8e", "news-467b8e")
	if err != nil || term != (Term{2, "News 467b8e", "news-467b8e"}) || s.got[0].URL.Path != "/wp-json/wp/v2/categories" {
		t.Errorf("%+v, %v", term, err)
	}
	s = replay(t, "061-category-duplicate")
	if term, err = s.client.CreateTerm(t.Context(), Categories, "News 467b8e", ""); err != nil || term.ID != 2 || s.sent[0] != `{"name":"News 467b8e"}` {
		t.Errorf("%+v, %v", term, err)
	}
	s = newSite(t, 200, nil, `[{"id":4,"name":"Beans &amp; Grounds","slug":"beans"}]`)
	found, err := s.client.SearchTerms(t.Context(), Tags, "Beans & Grounds")
	if err != nil || len(found) != 1 || found[0].Name != "Beans & Grounds" || s.got[0].URL.Query().Get("search") != "Beans & Grounds" {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestReachable(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 404, 503} {
		s := newSite(t, status, nil, "<html>")
		got, err := s.client.Reachable(t.Context(), s.client.site.URL+"hello/")
		if err != nil || got != status || s.got[0].Header.Get("Authorization") != "" {
			t.Errorf("%d, %v", got, err)
		}
	}
	s := newSite(t, 200, nil, strings.Repeat(" ", outbound.MaxBody+1))
	if got, err := s.client.Reachable(t.Context(), s.client.site.URL); got != 200 || err != nil {
		t.Errorf("%d, %v", got, err)
	}
	for _, bad := range []string{"http://169.254.169.254/", "https://10.0.0.1/", "::", "file:///etc/passwd"} {
		if _, err := s.client.Reachable(t.Context(), bad); igny8.CodeOf(err) != igny8.Invalid {
			t.Errorf("%s: %v", bad, err)
		}
	}
	gone := httptest.NewServer(nil)
	gone.Close()
	if _, err := s.client.Reachable(t.Context(), gone.URL); igny8.CodeOf(err) != igny8.Unavailable {
		t.Errorf("%v", err)
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"https://example.com":                      "https://example.com/wp-json/wp/v2/posts",
		" https://example.com/blog/ ":              "https://example.com/blog/wp-json/wp/v2/posts",
		"https://example.com:8443/?utm_source=x#y": "https://example.com:8443/wp-json/wp/v2/posts",
	} {
		if got := New(Site{URL: url}, nil).address("/wp/v2/posts", nil); got != want {
			t.Errorf("%s: %s, want %s", url, got, want)
		}
	}
	plain := New(Site{URL: "https://example.com/blog", Plain: true}, nil)
	if got := plain.address("/wp/v2/posts", map[string][]string{"slug": {"a b"}}); got != "https://example.com/blog/?rest_route=/wp/v2/posts&slug=a+b" {
		t.Error(got)
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"070-post-draft", "104-empty-post", "107-meta-wrong-type", "221-plugin-prints-before-json", "222-maintenance-mode", "088-find-slug-any-viewer", "061-category-duplicate"} {
		r := recorded(f, name)
		f.Add(r.Response.Status, []byte(r.body()), true)
	}
	c := New(Site{URL: "https://example.com"}, nil)
	f.Fuzz(func(t *testing.T, status int, body []byte, creates bool) {
		k := call{creates: creates}
		if creates {
			k.method = http.MethodPost
		}
		var w wirePost
		err := c.read(outbound.Reply{Status: status, Header: http.Header{}, Body: body}, k, &w, time.Now())
		w.post()
		code := igny8.CodeOf(err)
		switch {
		case err == nil && (status < 200 || status > 299):
			t.Errorf("status %d was taken for a success", status)
		case code == igny8.Internal:
			t.Errorf("an error without a code: %v", err)
		case !creates && code == igny8.Unknown:
			t.Error("a read has no unknown outcome")
		case creates && status >= 200 && status <= 299 && err != nil && code != igny8.Unknown:
			t.Errorf("a write that was answered %d is %s", status, code)
		}
	})
}
