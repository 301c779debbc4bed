package wordpress_test

import (
	"cmp"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/wordpress"
	"github.com/igny8/igny8/activities/wordpress/wordpresstest"
)

// A post with a date to come waits for the site's clock.
func TestScheduled(t *testing.T) {
	t.Parallel()
	s := wordpresstest.Start(t)
	c := client(t, s.URL, "author", s.Password("author"))
	at := time.Now().Add(24 * time.Hour).Truncate(time.Second).UTC()
	p, err := c.CreatePost(t.Context(), wordpress.Post{Title: "Tomorrow", Content: "<p>x</p>", Slug: "tomorrow", Status: wordpress.Publish, Date: at})
	if err != nil || p.Status != wordpress.Future || !p.Date.Equal(at) {
		t.Fatalf("%+v, %v", p, err)
	}
	s.Cron(t)
	if p, err = c.Post(t.Context(), p.ID); err != nil || p.Status != wordpress.Future {
		t.Fatalf("before its time: %+v, %v", p, err)
	}
	s.Pass(t, 25*time.Hour)
	s.Cron(t)
	if p, err = c.Post(t.Context(), p.ID); err != nil || p.Status != wordpress.Publish {
		t.Fatalf("after its time: %+v, %v", p, err)
	}
	if status, err := c.Reachable(t.Context(), p.Link); status != http.StatusOK || err != nil {
		t.Errorf("%d, %v", status, err)
	}
}

// What is told of a creation whose reply was lost, and that it happened: looked
// up, there is one of each.
func TestLostReplies(t *testing.T) {
	t.Parallel()
	s := wordpresstest.Start(t)
	there := client(t, s.URL, "editor", s.Password("editor"))
	c := client(t, s.Behind(t, func(r *http.Request) bool { return r.Method == http.MethodGet }), "editor", s.Password("editor"))
	ctx := t.Context()
	for what, make := range map[string]func() error{
		"post": func() error {
			_, err := c.CreatePost(ctx, wordpress.Post{Title: "T", Content: "<!-- ref:lost -->", Slug: "lost", Status: wordpress.Draft})
			return err
		},
		"media": func() error {
			_, err := c.Upload(ctx, wordpress.Media{Filename: "lost.png", Slug: "lost-picture", MIME: "image/png", Bytes: picture(t), Alt: "Lost"})
			return err
		},
		"category": func() error { _, err := c.CreateTerm(ctx, wordpress.Categories, "Lost", "lost"); return err },
	} {
		if err := make(); igny8.CodeOf(err) != igny8.Unknown {
			t.Errorf("%s: %v", what, err)
		}
	}
	posts, err := there.FindPosts(ctx, "lost")
	if err != nil || len(posts) != 1 || posts[0].Status != wordpress.Draft {
		t.Fatalf("%+v, %v", posts, err)
	}
	if media, err := there.FindMedia(ctx, "lost-picture"); err != nil || len(media) != 1 || media[0].Alt != "Lost" {
		t.Errorf("%+v, %v", media, err)
	}
	if terms, err := there.FindTerms(ctx, wordpress.Categories, "lost"); err != nil || len(terms) != 1 {
		t.Errorf("%+v, %v", terms, err)
	}
	if _, err := c.UpdatePost(ctx, posts[0].ID, wordpress.Post{Status: wordpress.Publish}); igny8.CodeOf(err) != igny8.Unknown {
		t.Error(err)
	}
	if posts, err = there.FindPosts(ctx, "lost"); err != nil || len(posts) != 1 || posts[0].Status != wordpress.Publish {
		t.Errorf("%+v, %v", posts, err)
	}
}

// A site whose API is closed to visitors is open to its users: what is refused
// without a password is no word on the password.
func TestClosedToVisitors(t *testing.T) {
	t.Parallel()
	s := wordpresstest.Start(t)
	s.Plugin(t, "members-only", `add_filter( 'rest_authentication_errors', fn( $e ) => $e ?? ( is_user_logged_in() ? null : new WP_Error( 'rest_login_required', 'Members only.', [ 'status' => 401 ] ) ) );`)
	c := client(t, s.URL, "editor", s.Password("editor"))
	_, err := c.Index(t.Context())
	if igny8.CodeOf(err) != igny8.Forbidden || strings.Contains(igny8.MessageOf(err), "password") {
		t.Error(err)
	}
	if me, err := c.Me(t.Context()); err != nil || !me.May("publish_posts") {
		t.Errorf("%+v, %v", me, err)
	}
}

// How sites refuse, and what is said of it.
func TestRefusals(t *testing.T) {
	t.Parallel()
	direct := func(_ *testing.T, s *wordpresstest.Site) string { return s.URL }
	with := func(code string) func(*testing.T, *wordpresstest.Site) string {
		return func(t *testing.T, s *wordpresstest.Site) string {
			t.Helper()
			s.Plugin(t, "trouble", code)
			return s.URL
		}
	}
	for name, c := range map[string]struct {
		env      []string
		prepare  func(*testing.T, *wordpresstest.Site) string // returns the address
		password igny8.Secret
		read     igny8.Code // of who we are
		write    igny8.Code // of a new post
		says     string
		made     int
	}{
		"wrong password": {prepare: direct, password: "abcd efgh ijkl mnop qrst uvwx", read: igny8.Credentials, write: igny8.Credentials, says: "make a new application password"},
		"production over plain HTTP": {
			env: []string{"WP_ENVIRONMENT_TYPE=production"}, prepare: direct, read: igny8.Credentials, write: igny8.Credentials, says: "not on https",
		},
		"header stripped": {prepare: func(t *testing.T, s *wordpresstest.Site) string {
			t.Helper()
			return s.Behind(t, func(r *http.Request) bool { r.Header.Del("Authorization"); return true })
		}, read: igny8.Credentials, write: igny8.Credentials, says: "drops the Authorization header"},
		"application passwords off": {
			prepare: with(`add_filter( 'wp_is_application_passwords_available', '__return_false' );`),
			read:    igny8.Credentials, write: igny8.Credentials, says: "application password",
		},
		"API for nobody": {
			prepare: with(`add_filter( 'rest_authentication_errors', fn() => new WP_Error( 'rest_disabled', 'The REST API is off.', [ 'status' => 403 ] ) );`),
			read:    igny8.Forbidden, write: igny8.Unknown, says: "a plugin there closes its REST API",
		},
		"plugin prints always": {
			prepare: with(`echo '<br /><b>Warning</b>: Undefined variable in plugin.php';`),
			read:    igny8.Unavailable, write: igny8.Unknown, says: "warning that a plugin prints", made: 1,
		},
		"plugin prints when a post is saved": {
			prepare: with(`add_action( 'save_post', function () { echo '<b>Notice</b>: saved'; } );`),
			write:   igny8.Unknown, says: "warning that a plugin prints", made: 1,
		},
		"plugin dies when a post was saved": {
			prepare: with(`add_action( 'save_post', function () { call_to_a_function_that_is_not(); } );`),
			write:   igny8.Unknown, says: "perhaps it did", made: 1,
		},
		"plugin refuses what was inserted": {
			prepare: with(`add_filter( 'rest_post_collection_params', '__return_empty_array' ); add_action( 'rest_api_init', function () { register_rest_field( 'post', 'must', [ 'update_callback' => fn() => new WP_Error( 'must_have', 'No.', [ 'status' => 400 ] ), 'schema' => [ 'type' => 'string', 'default' => 'x' ] ] ); } );`),
			write:   igny8.Unknown, says: "perhaps it made the rest", made: 1,
		},
		"maintenance": {prepare: func(t *testing.T, s *wordpresstest.Site) string {
			t.Helper()
			s.Maintain(t, true)
			return s.URL
		}, read: igny8.Busy, write: igny8.Busy, says: "maintenance"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := wordpresstest.Start(t, c.env...)
			password := c.password
			if password == "" {
				password = igny8.Secret(s.Password("editor"))
			}
			at := client(t, c.prepare(t, s), "editor", password.Reveal())
			_, read := at.Me(t.Context())
			_, write := at.CreatePost(t.Context(), wordpress.Post{Title: "T", Content: "<!-- ref:refused -->", Status: wordpress.Draft})
			if igny8.CodeOf(read) != c.read || igny8.CodeOf(write) != c.write {
				t.Errorf("read %q, write %q; want %q and %q: %v, %v", igny8.CodeOf(read), igny8.CodeOf(write), c.read, c.write, read, write)
			}
			err := cmp.Or(read, write)
			if !strings.Contains(igny8.MessageOf(err), c.says) {
				t.Errorf("%q does not say %q", igny8.MessageOf(err), c.says)
			}
			s.Maintain(t, false)
			if n := s.Count(t, "post"); n != c.made {
				t.Errorf("%d posts, want %d", n, c.made)
			}
		})
	}
}
