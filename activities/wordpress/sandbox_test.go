package wordpress_test

import (
	"bytes"
	"image"
	"image/png"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/outbound"
	"github.com/igny8/igny8/activities/wordpress"
	"github.com/igny8/igny8/sandbox"
)

func start(t *testing.T, user string) (*sandbox.Sandbox, *wordpress.Client) {
	t.Helper()
	s, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s.Handler())
	h := outbound.Client(outbound.Options{AllowLoopback: true})
	t.Cleanup(func() {
		h.CloseIdleConnections()
		srv.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, wordpress.New(wordpress.Site{URL: srv.URL + sandbox.SitePath, Username: user, Password: sandbox.DefaultPassword}, h)
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
func TestSandboxPublishing(t *testing.T) {
	t.Parallel()
	s, c := start(t, "editor")
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
	if index.Name != plain.Name || !index.ApplicationPasswords {
		t.Errorf("%+v, %+v", index, plain)
	}
	me, err := c.Me(ctx)
	must(err)
	if !me.May("publish_posts") || !me.May("upload_files") {
		t.Errorf("%+v", me)
	}
	category, err := c.CreateTerm(ctx, wordpress.Categories, "Coffee & Tea", "coffee")
	must(err)
	again, err := c.CreateTerm(ctx, wordpress.Categories, "Coffee & Tea", "coffee")
	must(err)
	if again.ID != category.ID {
		t.Errorf("%+v, %+v", category, again)
	}
	media, err := c.Upload(ctx, wordpress.Media{Filename: "hash1.png", MIME: "image/png", Bytes: picture(t), Alt: "A grinder", Title: "Grinder", Slug: "hash1"})
	must(err)
	found, err := c.FindMedia(ctx, "hash1")
	must(err)
	if len(found) != 1 || found[0].ID != media.ID || found[0].Alt != "A grinder" {
		t.Errorf("%+v", found)
	}
	post, err := c.CreatePost(ctx, wordpress.Post{
		Title: "Grinders", Content: "<p>Body</p><!-- ref:token-1 -->", Slug: "grinders", Status: wordpress.Draft,
		Categories: []int64{category.ID}, FeaturedMedia: media.ID,
	})
	must(err)
	for name, find := range map[string]func() ([]wordpress.Post, error){
		"slug":   func() ([]wordpress.Post, error) { return c.FindPosts(ctx, "grinders") },
		"marker": func() ([]wordpress.Post, error) { return c.SearchPosts(ctx, "ref:token-1") },
	} {
		posts, err := find()
		must(err)
		if len(posts) != 1 || posts[0].ID != post.ID || !strings.Contains(posts[0].Content, "ref:token-1") || posts[0].FeaturedMedia != media.ID {
			t.Errorf("by %s: %+v", name, posts)
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
	if e := s.Effects(); e.Posts != 1 || e.Media != 1 || e.Terms != 1 || e.Published != 1 {
		t.Errorf("%+v", e)
	}
}

// Every fault of a creation: the code, and whether the post is there, which is
// what a look-up finds.
func TestSandboxFaults(t *testing.T) {
	t.Parallel()
	for kind, want := range map[sandbox.Kind]struct {
		code  igny8.Code
		posts int
	}{
		"":                     {"", 1},
		sandbox.RateLimited:    {igny8.Busy, 0},
		sandbox.Maintenance:    {igny8.Busy, 0},
		sandbox.Unauthorized:   {igny8.Credentials, 0},
		sandbox.StrippedAuth:   {igny8.Credentials, 0},
		sandbox.Forbidden:      {igny8.Forbidden, 0},
		sandbox.Error500:       {igny8.Unknown, 0},
		sandbox.Error503:       {igny8.Unknown, 0},
		sandbox.Fatal:          {igny8.Unknown, 0},
		sandbox.ResetBefore:    {igny8.Unknown, 0},
		sandbox.ResetAfter:     {igny8.Unknown, 1},
		sandbox.CutLength:      {igny8.Unknown, 1},
		sandbox.CutClose:       {igny8.Unknown, 1},
		sandbox.InvalidJSON:    {igny8.Unknown, 1},
		sandbox.ErrorAfter:     {igny8.Unknown, 1},
		sandbox.HTMLBeforeJSON: {igny8.Unknown, 1},
		sandbox.AfterInsert:    {igny8.Unknown, 1},
		sandbox.DroppedMeta:    {"", 1},
		sandbox.SlugTaken:      {"", 1},
		sandbox.Huge:           {"", 1},
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			s, c := start(t, "admin")
			if kind != "" {
				if err := s.Break(sandbox.Fault{Kind: kind}); err != nil {
					t.Fatal(err)
				}
			}
			_, err := c.CreatePost(t.Context(), wordpress.Post{Title: "T", Content: "<p>x</p><!-- ref:one -->", Slug: "one"})
			if igny8.CodeOf(err) != want.code {
				t.Fatalf("code %q, want %q: %v", igny8.CodeOf(err), want.code, err)
			}
			found, err := c.SearchPosts(t.Context(), "ref:one")
			if err != nil || len(found) != want.posts || s.Effects().Posts != want.posts {
				t.Errorf("%d posts, want %d, %v", len(found), want.posts, err)
			}
		})
	}
}

func TestSandboxRoles(t *testing.T) {
	t.Parallel()
	type want struct{ draft, publish, upload, category igny8.Code }
	for user, w := range map[string]want{
		"admin":       {},
		"editor":      {},
		"author":      {category: igny8.Forbidden},
		"contributor": {publish: igny8.Forbidden, upload: igny8.Forbidden, category: igny8.Forbidden},
		"subscriber":  {igny8.Forbidden, igny8.Forbidden, igny8.Forbidden, igny8.Forbidden},
		"nobody":      {igny8.Credentials, igny8.Credentials, igny8.Credentials, igny8.Credentials},
	} {
		_, c := start(t, user)
		_, draft := c.CreatePost(t.Context(), wordpress.Post{Title: "T", Status: wordpress.Draft})
		_, publish := c.CreatePost(t.Context(), wordpress.Post{Title: "T", Status: wordpress.Publish})
		_, upload := c.Upload(t.Context(), wordpress.Media{Filename: "a.png", MIME: "image/png", Bytes: picture(t)})
		_, category := c.CreateTerm(t.Context(), wordpress.Categories, "News", "")
		if got := (want{igny8.CodeOf(draft), igny8.CodeOf(publish), igny8.CodeOf(upload), igny8.CodeOf(category)}); got != w {
			t.Errorf("%s: %+v, want %+v", user, got, w)
		}
	}
}
