package sandbox

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"maps"
	"mime/multipart"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// A recorded is one request to a real WordPress and its reply.
type recorded struct {
	Case         string            `json:"case"`
	Method       string            `json:"method"`
	URL          string            `json:"url"`
	User         string            `json:"user"`
	Headers      map[string]string `json:"headers"`
	Body         any               `json:"body"`
	Status       int               `json:"status"`
	ReplyHeaders map[string]string `json:"reply_headers"`
	Reply        any               `json:"reply"`
}

const recordedHost = "http://127.0.0.1:9468"

// TestRecordedWordPress asks the sandbox, in order, what a real WordPress was
// asked, and wants the same answers.
func TestRecordedWordPress(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/wordpress.json")
	require.NoError(t, err)
	var cases []recorded
	require.NoError(t, json.Unmarshal(data, &cases))
	users := DefaultUsers()
	users["viewer"] = User{DefaultPassword, Subscriber}
	delete(users, "subscriber")
	s, host := start(t, Options{SiteName: "Acceptance site", Users: users})
	hello := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	text := "<!-- wp:paragraph -->\n<p>Welcome to WordPress. This is your first post. Edit or delete it, then start writing!</p>\n<!-- /wp:paragraph -->"
	s.record(event{Post: &post{ID: 1, Slug: "hello-world", Status: "publish", Title: "Hello world!", Content: text, Author: 1, Categories: []int{1},
		Tags: []int{}, Date: hello, Modified: hello, Comments: "open", Format: "standard"}})
	for _, c := range cases {
		t.Run(c.Case, func(t *testing.T) { c.replay(t, s, host) })
	}
}

func (c recorded) replay(t *testing.T, s *Sandbox, host string) {
	if id, ok := c.createdID(); ok { // the recording numbers revisions too
		s.mu.Lock()
		if strings.Contains(c.URL, "/posts") || strings.Contains(c.URL, "/media") {
			s.world.lastPost = id - 1
		} else {
			s.world.lastTerm = id - 1
		}
		s.mu.Unlock()
	}
	headers := []string{}
	body := c.payload(t)
	for k, v := range c.Headers {
		headers = append(headers, k, v)
	}
	if c.User != "" {
		headers = append(headers, "Authorization", c.authorization())
	}
	got := call(t, c.Method, strings.Replace(c.URL, recordedHost, host+SitePath, 1), body, headers...)
	require.NoError(t, got.err)
	require.Equal(t, c.Status, got.status, "%s", got.body)
	ours := map[string]string{}
	for k := range c.ReplyHeaders {
		ours[k] = strings.ReplaceAll(got.header.Get(k), host+SitePath, recordedHost)
	}
	require.Equal(t, c.ReplyHeaders, ours)
	var reply any
	require.NoError(t, json.Unmarshal(bytes.ReplaceAll(got.body, []byte(host+SitePath), []byte(recordedHost)), &reply))
	if diff := cmp.Diff(essence(c.Reply), essence(reply)); diff != "" {
		t.Fatalf("WordPress (-) and sandbox (+) differ:\n%s", diff)
	}
}

func (c recorded) createdID() (int, bool) {
	m, ok := c.Reply.(map[string]any)
	if !ok || c.Status != 201 {
		return 0, false
	}
	return int(m["id"].(float64)), true
}

func (c recorded) authorization() string {
	name, password := c.User, DefaultPassword
	switch {
	case strings.Contains(c.Case, "password"):
		password = "wrong"
	case strings.Contains(c.Case, "unknown-user"):
		name = "nobody"
	}
	if strings.Contains(c.Case, "without-spaces") {
		password = strings.ReplaceAll(DefaultPassword, " ", "")
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(name+":"+password))
}

// payload is the body of the request. Of uploads the recording has only the
// length, and the picture is drawn anew in its size.
func (c recorded) payload(t *testing.T) any {
	if _, text := c.Body.(string); !text {
		return c.Body
	}
	size := [2]int{64, 64}
	if c.Case == "030-media-ok" || c.Case == "034-media-same-filename-again" {
		size = [2]int{1200, 675}
	}
	png := (&picture{Prompt: "x", Width: size[0], Height: size[1], Format: "png"}).draw(0)
	switch c.Case {
	case "105-bad-json":
		return []byte(`{"title": `)
	case "047-media-empty-body":
		return []byte{}
	case "040-media-text-named-png":
		return []byte(strings.Repeat("just a text. ", 60))
	case "043-media-svg":
		return []byte(`<svg xmlns="http://www.w3.org/2000/svg"><path d="M0"/></svg>`)
	case "044-media-exe":
		return []byte("<?php echo 1;")
	case "033-media-multipart":
		var b bytes.Buffer
		form := multipart.NewWriter(&b)
		w, err := form.CreateFormFile("file", "mp-467b8e.png")
		require.NoError(t, err)
		w.Write(png)
		for k, v := range map[string]string{"alt_text": "Alt multipart", "title": "MP"} {
			require.NoError(t, form.WriteField(k, v))
		}
		require.NoError(t, form.Close())
		c.Headers["Content-Type"] = form.FormDataContentType()
		return b.Bytes()
	}
	return png
}

var recentTime = regexp.MustCompile(`^2026-\d\d-\d\dT\d\d:\d\d:\d\d$`)

// essence leaves out what can't be the same: times of the recording, the
// sizes that WordPress scales pictures to, how often a post was revised, and
// capabilities that concern nothing here.
func essence(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := maps.Clone(v)
		for _, k := range []string{"media_details", "missing_image_sizes", "version-history", "predecessor-version", "capabilities"} {
			delete(out, k)
		}
		if v["type"] == "attachment" {
			delete(out, "description")
		}
		for k, x := range out {
			out[k] = essence(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = essence(x)
		}
		slices.SortStableFunc(out, func(a, b any) int { return idOf(a) - idOf(b) }) // posts of one second come in any order
		return out
	case string:
		if recentTime.MatchString(v) {
			return "a time of the recording"
		}
		return regexp.MustCompile(`uploads/\d{4}/\d\d/`).ReplaceAllString(v, "uploads/")
	}
	return v
}

func idOf(v any) int {
	m, _ := v.(map[string]any)
	id, _ := m["id"].(float64)
	return int(id)
}
