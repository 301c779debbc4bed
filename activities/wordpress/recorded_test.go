package wordpress

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/outbound"
)

// What must never be seen in an error.
const (
	password = "cana ry00 pass word 0000 0001"
	article  = "canary-content"
)

// A recording is one exchange with WordPress 6.8.
type recording struct {
	Request struct {
		Method, URL string
	}
	Response struct {
		Status  int
		Headers map[string]string
		Body    json.RawMessage
	}
}

func recorded(t testing.TB, name string) recording {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var r recording
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// body is the reply as it was on the wire: what wasn't JSON was kept as a string.
func (r recording) body() string {
	var s string
	if json.Unmarshal(r.Response.Body, &s) == nil {
		return s
	}
	return string(r.Response.Body)
}

// A site answers every request with one reply.
type site struct {
	client *Client
	mu     sync.Mutex
	got    []*http.Request
	sent   []string
}

func newSite(t *testing.T, status int, headers map[string]string, body string) *site {
	t.Helper()
	s := &site{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.got, s.sent = append(s.got, r), append(s.sent, string(b))
		s.mu.Unlock()
		for k, v := range headers {
			if k != "Host" {
				w.Header().Set(k, v)
			}
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}))
	h := outbound.Client(outbound.Options{AllowLoopback: true})
	t.Cleanup(func() { h.CloseIdleConnections(); srv.Close() })
	s.client = New(Site{URL: srv.URL + "/", Username: "admin", Password: password}, h)
	return s
}

func replay(t *testing.T, name string) *site {
	t.Helper()
	r := recorded(t, name)
	return newSite(t, r.Response.Status, r.Response.Headers, r.body())
}

// The calls that a recording can answer.
var calls = map[string]func(context.Context, *Client) error{
	"index":  func(ctx context.Context, c *Client) error { _, err := c.Index(ctx); return err },
	"me":     func(ctx context.Context, c *Client) error { _, err := c.Me(ctx); return err },
	"find":   func(ctx context.Context, c *Client) error { _, err := c.FindPosts(ctx, "a"); return err },
	"search": func(ctx context.Context, c *Client) error { _, err := c.SearchPosts(ctx, "ref:1"); return err },
	"get":    func(ctx context.Context, c *Client) error { _, err := c.Post(ctx, 17); return err },
	"create": func(ctx context.Context, c *Client) error {
		_, err := c.CreatePost(ctx, Post{Title: "t", Content: article, Status: Draft})
		return err
	},
	"update": func(ctx context.Context, c *Client) error {
		_, err := c.UpdatePost(ctx, 17, Post{Content: article})
		return err
	},
	"media": func(ctx context.Context, c *Client) error { _, err := c.FindMedia(ctx, "a"); return err },
	"upload": func(ctx context.Context, c *Client) error {
		_, err := c.Upload(ctx, Media{Filename: "a.png", MIME: "image/png", Bytes: []byte("png")})
		return err
	},
	"terms": func(ctx context.Context, c *Client) error { _, err := c.FindTerms(ctx, Tags, "a"); return err },
	"create term": func(ctx context.Context, c *Client) error {
		_, err := c.CreateTerm(ctx, Categories, "News", "news")
		return err
	},
}

func TestRecordedReplies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		call string
		code igny8.Code
		says string // a part of the message
	}{
		{"010-root", "index", "", ""},
		{"204-production-env-root", "index", igny8.Invalid, "no WordPress REST API"}, // only authentication was asked for
		{"012-me", "me", "", ""},
		{"013-wrong-password", "me", igny8.Credentials, "application password"},
		{"014-unknown-user", "me", igny8.Credentials, "application password"},
		{"015-no-auth", "me", igny8.Credentials, "Authorization header"},
		{"016-login-password-not-app-password", "me", igny8.Credentials, "application password"},
		{"203-production-env-over-http", "me", igny8.Credentials, "https"},
		{"200-wrong-password-site-with-auth-plugin", "me", igny8.Credentials, ""},
		{"201-unknown-user-site-with-auth-plugin", "me", igny8.Credentials, ""},
		{"017-wrong-password-on-create", "create", igny8.Credentials, ""},
		{"116-noauth-create", "create", igny8.Credentials, ""},
		{"056-media-noauth", "upload", igny8.Credentials, ""},
		{"087-find-slug-any-noauth", "find", igny8.Credentials, ""},
		{"088-find-slug-any-viewer", "find", igny8.Forbidden, "role"},
		{"110-viewer-create", "create", igny8.Forbidden, "role"},
		{"112-contributor-publish", "create", igny8.Forbidden, "author"},
		{"113-author-edits-others", "update", igny8.Forbidden, "role"},
		{"054-media-viewer", "upload", igny8.Forbidden, "role"},
		{"055-media-contributor", "upload", igny8.Forbidden, "role"},
		{"064-category-create-author", "create term", igny8.Forbidden, "editor"},
		{"030-media-ok", "upload", "", ""},
		{"035-media-find-by-slug", "media", "", ""},
		{"040-media-text-named-png", "upload", igny8.Invalid, "kind of file"}, // though a 500
		{"043-media-svg", "upload", igny8.Invalid, "kind of file"},
		{"046-media-no-disposition", "upload", igny8.Invalid, ""},
		{"047-media-empty-body", "upload", igny8.Invalid, ""},
		{"048-media-md5-mismatch", "upload", igny8.Unavailable, "damaged"},
		{"051-media-multipart-1.6MB-over-upload_max", "upload", igny8.TooLarge, "size"},
		{"057-media-utf8-filename", "upload", igny8.Invalid, ""},
		{"070-post-draft", "create", "", ""},
		{"074-draft-to-publish", "update", "", ""},
		{"075-post-future", "create", "", ""},
		{"082-update-missing", "update", igny8.NotFound, ""},
		{"136-get-deleted", "get", igny8.NotFound, ""},
		{"134-get-trashed", "get", "", ""},
		{"083-create-with-id", "create", igny8.Invalid, ""},
		{"084-find-slug-any", "find", "", ""},
		{"086-find-search-token-any", "search", "", ""},
		{"212-find-after-lost-reply", "find", "", ""},
		{"132-find-trashed", "find", "", ""},
		{"100-bad-status", "create", igny8.Invalid, ""},
		{"103-bad-date", "create", igny8.Invalid, ""},
		{"104-empty-post", "create", igny8.Invalid, ""},
		{"105-bad-json", "create", igny8.Invalid, ""},
		{"107-meta-wrong-type", "create", igny8.Invalid, ""},
		{"108-not-found-route", "find", igny8.Invalid, "REST API"},
		{"108-not-found-route", "index", igny8.Invalid, "REST API"},
		{"220-fatal-error", "find", igny8.Unavailable, ""},
		{"220-fatal-error", "create", igny8.Unknown, "perhaps"},
		{"221-plugin-prints-before-json", "create", igny8.Unknown, "plugin"},
		{"221-plugin-prints-before-json", "get", igny8.Unavailable, "plugin"},
		{"222-maintenance-mode", "find", igny8.Busy, "maintenance"},
		{"222-maintenance-mode", "create", igny8.Busy, "maintenance"},
		{"060-category-create", "create term", "", ""},
		{"061-category-duplicate", "create term", "", ""},
		{"063-tag-find-by-slug", "terms", "", ""},
	} {
		t.Run(c.name+"/"+c.call, func(t *testing.T) {
			t.Parallel()
			s := replay(t, c.name)
			err := calls[c.call](t.Context(), s.client)
			want := time.Duration(0)
			if c.code == igny8.Busy {
				want = 10 * time.Minute
			}
			checkError(t, err, c.code, want)
			if err != nil && (!strings.Contains(igny8.MessageOf(err), c.says) || !strings.Contains(igny8.MessageOf(err), "127.0.0.1")) {
				t.Errorf("the message is %q: it should name the site and say %q", igny8.MessageOf(err), c.says)
			}
			if len(s.got) != 1 {
				t.Errorf("%d requests", len(s.got))
			}
		})
	}
}

func checkError(t *testing.T, err error, code igny8.Code, after time.Duration) {
	t.Helper()
	if got := igny8.CodeOf(err); got != code {
		t.Fatalf("code %q, want %q: %v", got, code, err)
	}
	if err == nil {
		return
	}
	own, ok := err.(*igny8.Error)
	if !ok || own.After != after {
		t.Errorf("after %v, want %v", own.After, after)
	}
	for _, s := range []string{password, strings.ReplaceAll(password, " ", ""), article} {
		if strings.Contains(fmt.Sprintf("%v %+v", err, err), s) {
			t.Errorf("the error tells %q: %v", s, err)
		}
	}
}

// Answers that weren't recorded: from what stands before WordPress, from its
// plugins, and from nowhere.
func TestOtherReplies(t *testing.T) {
	t.Parallel()
	const afterInsert = `{"code":"rest_meta_database_error","message":"canary-content","data":{"status":400}}`
	type headers = map[string]string
	reads, writes := []string{"find", "get", "me"}, []string{"create", "upload"}
	for _, c := range []struct {
		name    string
		status  int
		headers headers
		body    string
		calls   []string
		code    igny8.Code
		after   time.Duration
	}{
		{"firewall", 403, nil, "<html>Access denied", slices.Concat(reads, writes), igny8.Forbidden, 0},
		{"password of the server", 401, nil, "<html>Authorization Required", slices.Concat(reads, writes), igny8.Credentials, 0},
		{"no pretty permalinks", 404, nil, "<html>Not Found", slices.Concat(reads, writes, []string{"index"}), igny8.Invalid, 0},
		{"not WordPress", 200, nil, "<html>Hello", []string{"index"}, igny8.Invalid, 0},
		{"another JSON", 200, nil, `{"hello":"world"}`, []string{"index"}, igny8.Invalid, 0},
		{"another JSON, read", 200, nil, `{"hello":"world"}`, reads, igny8.Unavailable, 0},
		{"another JSON, written", 201, nil, `{"hello":"world"}`, slices.Concat(writes, []string{"create term"}), igny8.Unknown, 0},
		{"half, read", 200, nil, `[{"id": 1, "sl`, []string{"find"}, igny8.Unavailable, 0},
		{"half, written", 201, nil, `{"id": 1, "sl`, slices.Concat(writes, []string{"update"}), igny8.Unknown, 0},
		{"4xx after the insert", 400, nil, afterInsert, writes, igny8.Unknown, 0},
		{"4xx of an update", 400, nil, afterInsert, []string{"update"}, igny8.Invalid, 0},
		{"403 after the insert", 403, nil, `{"code":"rest_cannot_update","message":"","data":{"status":403}}`, writes, igny8.Unknown, 0},
		{"the right to upload is a 400", 400, nil, `{"code":"rest_cannot_create","message":"","data":{"status":400}}`, []string{"upload"}, igny8.Forbidden, 0},
		{"passwords turned off", 401, nil, `{"code":"application_passwords_disabled","message":"","data":{"status":401}}`, reads, igny8.Credentials, 0},
		{"too many requests", 429, headers{"Retry-After": "17"}, "<html>", slices.Concat(reads, writes), igny8.Busy, 17 * time.Second},
		{"older maintenance", 503, headers{"Retry-After": "600"}, "<html>Briefly unavailable", writes, igny8.Busy, 10 * time.Minute},
		{"overload, read", 503, nil, "<html>", reads, igny8.Unavailable, 0},
		{"overload, written", 503, nil, "<html>", writes, igny8.Unknown, 0},
		{"gateway, written", 504, nil, "<html>", writes, igny8.Unknown, 0},
		{"file too big", 400, nil, `{"code":"rest_upload_file_too_big","data":{"status":400}}`, []string{"upload"}, igny8.TooLarge, 0},
		{"no space", 400, nil, `{"code":"rest_upload_user_quota_exceeded","data":{"status":400}}`, []string{"upload"}, igny8.TooLarge, 0},
		{"request too large", 413, nil, "<html>", writes, igny8.TooLarge, 0},
		{"redirect of a write", 301, headers{"Location": "https://www.example.com/wp-json/wp/v2/posts"}, "", writes, igny8.Invalid, 0},
		{"redirect to another host", 302, headers{"Location": "https://www.example.com/"}, "", reads, igny8.Invalid, 0},
		{"more than we take, read", 200, nil, strings.Repeat(" ", outbound.MaxBody+1), []string{"find"}, igny8.TooLarge, 0},
		{"more than we take, written", 201, nil, strings.Repeat(" ", outbound.MaxBody+1), []string{"create"}, igny8.Unknown, 0},
	} {
		for _, name := range c.calls {
			t.Run(c.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				s := newSite(t, c.status, c.headers, c.body)
				checkError(t, calls[name](t.Context(), s.client), c.code, c.after)
				if len(s.got) != 1 {
					t.Errorf("%d requests", len(s.got))
				}
			})
		}
	}
}

// Every call, on a site that is gone, that has no credentials, and that has no
// address.
func TestNotSent(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(nil)
	gone.Close()
	h := outbound.Client(outbound.Options{AllowLoopback: true})
	for _, name := range slices.Sorted(maps.Keys(calls)) {
		call := calls[name]
		ctx := t.Context()
		checkError(t, call(ctx, New(Site{URL: gone.URL, Username: "a", Password: password}, h)), igny8.Unavailable, 0)
		for _, url := range []string{"", "example.com", "ftp://example.com", "https://a:b@example.com", "http://10.0.0.1", "http://example.invalid:::"} {
			checkError(t, call(ctx, New(Site{URL: url, Username: "a", Password: password}, h)), igny8.Invalid, 0)
		}
		checkError(t, call(ctx, New(Site{URL: gone.URL, Username: "a", Password: password}, nil)), igny8.Invalid, 0) // http, and not allowed
		if name != "index" {
			checkError(t, call(ctx, New(Site{URL: gone.URL}, h)), igny8.NotConfigured, 0)
		}
	}
}

// The reply is lost after the site has the request.
func TestLostReply(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.ReadAll(r.Body)
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(srv.Close)
	c := New(Site{URL: srv.URL, Username: "admin", Password: password}, outbound.Client(outbound.Options{AllowLoopback: true}))
	for name, call := range calls {
		want := igny8.Unavailable
		if strings.HasPrefix(name, "create") || name == "update" || name == "upload" {
			want = igny8.Unknown
		}
		checkError(t, call(t.Context(), c), want, 0)
	}
}
