package wordpress_test

import (
	"bytes"
	"cmp"
	"image"
	"image/png"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/outbound"
	"github.com/igny8/igny8/activities/wordpress"
	"github.com/igny8/igny8/activities/wordpress/wordpresstest"
	"github.com/igny8/igny8/sandbox"
)

// A site gives clients to it, by the user.
type site func(t *testing.T, user string) *wordpress.Client

// sites are what the client is tried on: the sandbox has to be like WordPress.
var sites = map[string]func(*testing.T) site{
	"sandbox": func(t *testing.T) site {
		t.Helper()
		s, err := sandbox.New(sandbox.Options{})
		if err != nil {
			t.Fatal(err)
		}
		srv := httptest.NewServer(s.Handler())
		t.Cleanup(srv.Close)
		return func(t *testing.T, user string) *wordpress.Client {
			t.Helper()
			return client(t, srv.URL+sandbox.SitePath, user, sandbox.DefaultPassword)
		}
	},
	"WordPress": func(t *testing.T) site {
		t.Helper()
		s := wordpresstest.Start(t)
		return func(t *testing.T, user string) *wordpress.Client {
			t.Helper()
			return client(t, s.URL, user, cmp.Or(s.Password(user), "a wrong one"))
		}
	},
}

func client(t *testing.T, url, user, password string) *wordpress.Client {
	t.Helper()
	h := outbound.Client(outbound.Options{AllowLoopback: true})
	t.Cleanup(h.CloseIdleConnections)
	return wordpress.New(wordpress.Site{URL: url, Username: user, Password: igny8.Secret(password)}, h)
}

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 32, 32))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// An article comes to the site as a publisher would bring it.
func TestArticle(t *testing.T) {
	t.Parallel()
	for name, open := range sites {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := open(t)(t, "editor")
			bringArticle(t, c)
		})
	}
}

func bringArticle(t *testing.T, c *wordpress.Client) {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	index, err := c.Index(ctx)
	must(err)
	plain, err := c.PlainRoutes().Index(ctx)
	must(err)
	if index.Name != plain.Name || !index.ApplicationPasswords || !slices.Contains(index.Namespaces, "wp/v2") {
		t.Errorf("%+v, %+v", index, plain)
	}
	me, err := c.Me(ctx)
	must(err)
	if me.Username != "editor" || !me.May("publish_posts") || !me.May("upload_files") || me.May("manage_options") {
		t.Errorf("%+v", me)
	}
	category, err := c.CreateTerm(ctx, wordpress.Categories, "Coffee & Tea", "coffee")
	must(err)
	again, err := c.CreateTerm(ctx, wordpress.Categories, "Coffee & Tea", "coffee")
	must(err)
	tag, err := c.CreateTerm(ctx, wordpress.Tags, "Burr", "burr")
	must(err)
	if again.ID != category.ID || tag.ID == 0 || tag.ID == category.ID {
		t.Errorf("%+v, %+v, %+v", category, again, tag)
	}
	media, err := c.Upload(ctx, wordpress.Media{Filename: "hash1.png", MIME: "image/png", Bytes: picture(t), Alt: `A "grinder" & more`, Title: "Grinder", Slug: "hash1"})
	must(err)
	found, err := c.FindMedia(ctx, "hash1")
	must(err)
	if len(found) != 1 || found[0].ID != media.ID || found[0].Alt != `A "grinder" & more` || found[0].URL != media.URL {
		t.Errorf("%+v", found)
	}
	if status, err := c.Reachable(ctx, media.URL); status != 200 || err != nil {
		t.Errorf("%s: %d, %v", media.URL, status, err)
	}
	sent := wordpress.Post{
		Title: "Grinders & more", Content: "<h2>Body</h2>\n<p>Text</p>\n<!-- ref:token-1 -->", Excerpt: "In short.", Slug: "grinders", Status: wordpress.Draft,
		Categories: []int64{category.ID}, Tags: []int64{tag.ID}, FeaturedMedia: media.ID,
	}
	post, err := c.CreatePost(ctx, sent)
	must(err)
	for name, find := range map[string]func() ([]wordpress.Post, error){
		"slug":   func() ([]wordpress.Post, error) { return c.FindPosts(ctx, "grinders") },
		"marker": func() ([]wordpress.Post, error) { return c.SearchPosts(ctx, "ref:token-1") },
	} {
		posts, err := find()
		must(err)
		if len(posts) != 1 || posts[0].ID != post.ID || posts[0].Author != me.ID {
			t.Fatalf("by %s: %+v", name, posts)
		}
		got := posts[0]
		if got.Title != sent.Title || got.Content != sent.Content || got.Excerpt != sent.Excerpt || got.FeaturedMedia != media.ID || !slices.Equal(got.Categories, sent.Categories) || !slices.Equal(got.Tags, sent.Tags) {
			t.Errorf("by %s: %+v", name, got)
		}
	}
	published, err := c.UpdatePost(ctx, post.ID, wordpress.Post{Status: wordpress.Publish})
	must(err)
	read, err := c.Post(ctx, post.ID)
	must(err)
	if published.Status != wordpress.Publish || read.Status != wordpress.Publish || read.Slug != "grinders" || read.Modified.IsZero() {
		t.Errorf("%+v, %+v", published, read)
	}
	if status, err := c.Reachable(ctx, read.Link); status != 200 || err != nil {
		t.Errorf("%s: %d, %v", read.Link, status, err)
	}
}

func TestRoles(t *testing.T) {
	t.Parallel()
	type want struct{ draft, publish, upload, category, tag igny8.Code }
	for name, open := range sites {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := open(t)
			for user, w := range map[string]want{
				"admin":       {},
				"editor":      {},
				"author":      {category: igny8.Forbidden},
				"contributor": {publish: igny8.Forbidden, upload: igny8.Forbidden, category: igny8.Forbidden},
				"subscriber":  {igny8.Forbidden, igny8.Forbidden, igny8.Forbidden, igny8.Forbidden, igny8.Forbidden},
				"nobody":      {igny8.Credentials, igny8.Credentials, igny8.Credentials, igny8.Credentials, igny8.Credentials},
			} {
				c := at(t, user)
				_, draft := c.CreatePost(t.Context(), wordpress.Post{Title: "T", Status: wordpress.Draft})
				_, publish := c.CreatePost(t.Context(), wordpress.Post{Title: "T", Status: wordpress.Publish})
				_, upload := c.Upload(t.Context(), wordpress.Media{Filename: "a.png", MIME: "image/png", Bytes: picture(t)})
				_, category := c.CreateTerm(t.Context(), wordpress.Categories, "News of "+user, "")
				_, tag := c.CreateTerm(t.Context(), wordpress.Tags, "News of "+user, "")
				if got := (want{igny8.CodeOf(draft), igny8.CodeOf(publish), igny8.CodeOf(upload), igny8.CodeOf(category), igny8.CodeOf(tag)}); got != w {
					t.Errorf("%s: %+v, want %+v", user, got, w)
				}
			}
		})
	}
}
