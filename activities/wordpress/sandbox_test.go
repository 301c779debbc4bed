package wordpress_test

import (
	"net/http/httptest"
	"testing"

	"github.com/igny8/igny8"
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
	t.Cleanup(func() {
		srv.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, client(t, srv.URL+sandbox.SitePath, user, sandbox.DefaultPassword)
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
