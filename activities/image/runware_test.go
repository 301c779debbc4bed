package image

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/outbound"
)

// What must never be seen in an error.
const (
	secretKey    = "rw-canary-key-0123456789"
	secretPrompt = "canary-prompt"
)

func drawn(w, h int, format string) []byte {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	m.Set(1, 1, color.White)
	var b bytes.Buffer
	if format == "jpeg" {
		jpeg.Encode(&b, m, nil)
	} else {
		png.Encode(&b, m)
	}
	return b.Bytes()
}

// A step is what the peer says to one request.
type step struct {
	status int
	header map[string]string
	body   string // $PICTURE and $TASK stand for the peer's address and the task's name
}

// A script is a peer that answers one request after the other, and the last
// answer for ever.
type script struct {
	config Config
	mu     sync.Mutex
	steps  []step
	seen   []map[string]any // the first task of each POST
	gets   []string         // the Authorization of each GET
	posts  []string
}

func newScript(t *testing.T, steps ...step) *script {
	t.Helper()
	p := &script{steps: steps}
	var s *httptest.Server
	s = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		p.mu.Lock()
		defer p.mu.Unlock()
		id := ""
		if r.Method == http.MethodPost {
			p.posts = append(p.posts, string(b))
			var tasks []map[string]any
			if json.Unmarshal(b, &tasks) == nil && len(tasks) > 0 {
				p.seen = append(p.seen, tasks[0])
				id, _ = tasks[0]["taskUUID"].(string)
			}
		} else {
			p.gets = append(p.gets, r.Header.Get("Authorization"))
		}
		a := p.steps[0]
		if len(p.steps) > 1 {
			p.steps = p.steps[1:]
		}
		for k, v := range a.header {
			w.Header().Set(k, v)
		}
		w.WriteHeader(a.status)
		io.WriteString(w, strings.NewReplacer("$PICTURE", s.URL+"/im/1.jpg", "$TASK", id).Replace(a.body))
	}))
	h := outbound.Client(outbound.Options{AllowLoopback: true})
	t.Cleanup(func() { h.CloseIdleConnections(); s.Close() })
	p.config = Config{BaseURL: s.URL, Key: secretKey, HTTP: h, Poll: time.Microsecond}
	return p
}

// kinds are the task types of the POSTs, in their order.
func (p *script) kinds() (kinds []string) {
	for _, t := range p.seen {
		kinds = append(kinds, t["taskType"].(string))
	}
	return kinds
}

var (
	accepted   = step{200, nil, `{"data":[{"taskType":"imageInference","taskUUID":"$TASK"}]}`}
	processing = step{200, nil, `{"data":[{"taskType":"imageInference","taskUUID":"$TASK","status":"processing"}]}`}
	done       = step{200, nil, `{"data":[{"taskType":"imageInference","taskUUID":"$TASK","imageURL":"$PICTURE","cost":0.0019,"status":"success","NSFWContent":false}]}`}
	silence    = step{200, nil, `{"data":[]}`}
	conflict   = step{400, nil, `{"data":[],"errors":[{"code":"conflictTaskUUID","message":"was submitted","taskUUID":"$TASK"}]}`}
	broken     = step{400, nil, `{"data":[],"errors":[{"code":"providerError","message":"canary-prompt","taskType":"imageInference","taskUUID":"$TASK","status":"error"}]}`}
	picture    = step{200, nil, string(drawn(64, 48, "jpeg"))}
	garbage    = step{200, nil, "\xff\xd8 not a picture"}
)

func troubled(status int, code, message string) step {
	return step{status, nil, fmt.Sprintf(`{"errors":[{"code":%q,"message":%q,"taskType":"imageInference","taskUUID":"$TASK"}]}`, code, message+" "+secretPrompt+" "+secretKey)}
}

func wish() Request {
	return Request{Key: "item:images:1", Prompt: secretPrompt, NegativePrompt: "text", Width: 1200, Height: 630}
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
	text := fmt.Sprintf("%v %+v", err, err)
	if strings.Contains(text, secretKey) || strings.Contains(text, secretPrompt) {
		t.Errorf("the error tells too much: %s", text)
	}
	if igny8.MessageOf(err) == "" {
		t.Error("the error says nothing to a user")
	}
}

func TestTaskID(t *testing.T) {
	t.Parallel()
	seen := map[uuid.UUID]string{}
	rapid.Check(t, func(t *rapid.T) {
		key, n := rapid.String().Draw(t, "key"), rapid.IntRange(0, 300).Draw(t, "number")
		id := TaskID(key, n)
		if id != TaskID(key, n) || id.Version() != 4 || id.Variant() != uuid.RFC4122 {
			t.Fatalf("%s: version %d, variant %v", id, id.Version(), id.Variant())
		}
		name := fmt.Sprintf("%q %d", key, n)
		if other, ok := seen[id]; ok && other != name {
			t.Fatalf("%s and %s share %s", name, other, id)
		}
		seen[id] = name
	})
}

func TestGenerate(t *testing.T) {
	t.Parallel()
	const infer, look = "imageInference", "getResponse"
	for _, c := range []struct {
		name  string
		steps []step
		kinds []string
		code  igny8.Code
	}{
		{"at once", []step{accepted, done, picture}, []string{infer, look}, ""},
		{"after a while", []step{accepted, processing, silence, processing, done, picture}, []string{infer, look, look, look, look}, ""},
		{"ordered earlier", []step{conflict, done, picture}, []string{infer, look}, ""},
		{"ordered earlier, failed for good", []step{conflict, broken, accepted, done, picture}, []string{infer, look, infer, look}, ""},
		{"ordered earlier, now damaged", []step{conflict, done, garbage, accepted, done, picture}, []string{infer, look, infer, look}, ""},
		{"ordered earlier, no longer kept", []step{conflict, done, {404, nil, ""}, accepted, done, picture}, []string{infer, look, infer, look}, ""},
		{"data and errors together", []step{
			{200, nil, `{"data":[{"taskType":"imageInference","taskUUID":"$TASK"}],"errors":[{"code":"providerError","taskUUID":"other","status":"error"}]}`},
			{200, nil, strings.Replace(done.body, `}]}`, `}],"errors":[{"code":"providerError","taskType":"getResponse","taskUUID":"$TASK","status":"error"}]}`, 1)},
			picture}, []string{infer, look}, ""},
		{"fails now", []step{accepted, broken}, []string{infer, look}, igny8.Unavailable},
		{"damaged now", []step{accepted, done, garbage}, []string{infer, look}, igny8.Malformed},
		{"moderated", []step{conflict, {200, nil, `{"data":[{"taskUUID":"$TASK","imageURL":"$PICTURE","NSFWContent":true}]}`}}, []string{infer, look}, igny8.Refused},
		{"success without a picture", []step{accepted, {200, nil, `{"data":[{"taskUUID":"$TASK","status":"success"}]}`}}, []string{infer, look}, igny8.Malformed},
		{"a look that fails", []step{accepted, {502, nil, "<html>"}}, []string{infer, look}, igny8.Unavailable},
		{"a look that is cut", []step{accepted, {200, nil, `{"data":[{"task`}}, []string{infer, look}, igny8.Unavailable},
		{"no money", []step{troubled(402, "insufficientCredits", "")}, []string{infer}, igny8.NoQuota},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newScript(t, c.steps...)
			got, err := Runware(p.config).Generate(t.Context(), wish())
			checkError(t, err, c.code, 0)
			if !slices.Equal(p.kinds(), c.kinds) {
				t.Errorf("requests %q, want %q", p.kinds(), c.kinds)
			}
			if err == nil && (got.MIME != "image/jpeg" || got.Width != 64 || got.Height != 48 || got.CostMicros != 1900 || got.Provider != "runware" || got.Model != defaultModel) {
				t.Errorf("%+v", got)
			}
			for _, a := range p.gets {
				if a != "" {
					t.Errorf("the file server was told %q", a)
				}
			}
		})
	}
}

// Each new order of one key has its own name, and the same call always the same.
func TestNamesOfOrders(t *testing.T) {
	t.Parallel()
	p := newScript(t, conflict, broken, accepted, done, picture)
	if _, err := Runware(p.config).Generate(t.Context(), wish()); err != nil {
		t.Fatal(err)
	}
	first, second := TaskID(wish().Key, 0).String(), TaskID(wish().Key, 1).String()
	for i, want := range []string{first, first, second, second} {
		if got := p.seen[i]["taskUUID"]; got != want {
			t.Errorf("request %d is about %s, want %s", i, got, want)
		}
	}
	o := p.seen[0]
	if o["deliveryMethod"] != "async" || o["width"] != 1216.0 || o["height"] != 640.0 || o["positivePrompt"] != secretPrompt || o["negativePrompt"] != "text" || o["includeCost"] != true {
		t.Errorf("ordered %v", o)
	}
}

func TestLostOrder(t *testing.T) {
	t.Parallel()
	p := newScript(t, accepted, silence)
	_, err := Runware(p.config).Generate(t.Context(), wish())
	checkError(t, err, igny8.Unavailable, 0)
	if !Failed(err) || len(p.seen) != 1+maxSilence {
		t.Errorf("%v after %d requests", err, len(p.seen))
	}
}

func TestFailingForEver(t *testing.T) {
	t.Parallel()
	var steps []step
	for range maxTasks {
		steps = append(steps, conflict, broken)
	}
	p := newScript(t, steps...)
	_, err := Runware(p.config).Generate(t.Context(), wish())
	checkError(t, err, igny8.Exhausted, 0)
}

// The context ends while the picture is in the making: the order stands.
func TestOutOfTime(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	p := newScript(t, accepted, processing)
	p.config.HTTP = &http.Client{Transport: after(2, cancel, p.config.HTTP.Transport)}
	_, err := Runware(p.config).Generate(ctx, wish())
	checkError(t, err, igny8.Unknown, 0)
}

// after calls f once n requests were answered.
func after(n int, f func(), next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(r)
		if n--; n == 0 {
			f()
		}
		return resp, err
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestSubmitAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		step  step
		code  igny8.Code
		after time.Duration
	}{
		{accepted, "", 0},
		{conflict, igny8.Conflict, 0},
		{troubled(401, "invalidApiKey", ""), igny8.Credentials, 0},
		{troubled(400, "missingApiKey", ""), igny8.Credentials, 0},
		{step{403, nil, "<html>"}, igny8.Credentials, 0},
		{troubled(402, "insufficientCredits", ""), igny8.NoQuota, 0},
		{troubled(400, "quotaExceeded", ""), igny8.NoQuota, 0},
		{step{402, nil, ""}, igny8.NoQuota, 0},
		{step{429, map[string]string{"Retry-After": "4"}, ""}, igny8.Busy, 4 * time.Second},
		{troubled(400, "rateLimitExceeded", "try again in 2s"), igny8.Busy, 2 * time.Second},
		{troubled(400, "invalidPositivePrompt", "flagged by our content moderation"), igny8.Refused, 0},
		{troubled(400, "invalidPositivePrompt", "must have between 2 and 3000 characters"), igny8.Invalid, 0},
		{troubled(400, "contentModeration", ""), igny8.Refused, 0},
		{troubled(400, "invalidModel", ""), igny8.Invalid, 0},
		{troubled(400, "unheardOf", ""), igny8.Invalid, 0},
		{troubled(400, "timeoutProvider", ""), igny8.Unavailable, 0},
		{troubled(500, "internalServerError", ""), igny8.Unavailable, 0},
		{step{503, map[string]string{"Retry-After": "30"}, "<html>"}, igny8.Unavailable, 30 * time.Second},
		{step{413, nil, ""}, igny8.TooLarge, 0},
		{step{404, nil, "not here"}, igny8.Invalid, 0},
		{step{302, map[string]string{"Location": "https://example.com"}, ""}, igny8.Invalid, 0},
		{step{200, nil, `<html>`}, igny8.Unknown, 0},
		{step{200, nil, `<br />{"data":[]}`}, igny8.Unknown, 0},
		{step{200, nil, `{"data":[{"taskUUID":`}, igny8.Unknown, 0},
	} {
		p := newScript(t, c.step)
		_, err := Runware(p.config).Submit(t.Context(), TaskID("k", 0), wish())
		checkError(t, err, c.code, c.after)
		if len(p.posts) != 1 {
			t.Errorf("%d requests", len(p.posts))
		}
	}
	long := wish()
	long.Prompt = strings.Repeat("ä", 3001)
	_, err := Runware(Config{Key: secretKey}).Submit(t.Context(), TaskID("k", 0), long)
	checkError(t, err, igny8.TooLarge, 0)
	_, err = Runware(Config{}).Generate(t.Context(), wish())
	checkError(t, err, igny8.NotConfigured, 0)
}

func TestPing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		step step
		code igny8.Code
	}{
		{step{200, nil, `{"data":[{"taskType":"authentication","connectionSessionUUID":"x"}]}`}, ""},
		{troubled(401, "invalidApiKey", ""), igny8.Credentials},
		{troubled(402, "insufficientCredits", ""), igny8.NoQuota},
		{step{200, nil, `{"hello":"world"}`}, igny8.Malformed},
		{step{500, nil, ``}, igny8.Unavailable},
	} {
		p := newScript(t, c.step)
		checkError(t, Runware(p.config).Ping(t.Context()), c.code, 0)
	}
	p := newScript(t, silence)
	p.config.BaseURL = "http://127.0.0.1:1"
	checkError(t, Runware(p.config).Ping(t.Context()), igny8.Unavailable, 0)
}

// The address of a picture comes from the provider, and is not trusted.
func TestFetchIsGuarded(t *testing.T) {
	t.Parallel()
	p := newScript(t, picture)
	for _, url := range []string{"http://169.254.169.254/latest/meta-data/", "https://10.0.0.1/x.jpg", "file:///etc/passwd", "https://u:p@127.0.0.1/", "::"} {
		_, err := Runware(p.config).Fetch(t.Context(), Task{URL: url})
		if c := igny8.CodeOf(err); c != igny8.Invalid && c != igny8.Malformed {
			t.Errorf("%s: %v", url, err)
		}
	}
	strictly := p.config
	strictly.HTTP = nil
	_, err := Runware(strictly).Fetch(t.Context(), Task{URL: p.config.BaseURL})
	checkError(t, err, igny8.Invalid, 0)
}

func FuzzParseTask(f *testing.F) {
	id := TaskID("k", 0)
	for _, s := range []step{accepted, processing, done, silence, conflict, broken, troubled(400, "invalidApiKey", "x")} {
		f.Add(s.status, []byte(strings.ReplaceAll(s.body, "$TASK", id.String())), true)
	}
	f.Fuzz(func(t *testing.T, status int, body []byte, look bool) {
		task, err := parseTask(outbound.Reply{Status: status, Header: http.Header{}, Body: body}, id, look, time.Now())
		switch {
		case err == nil && task.Done && task.URL == "":
			t.Error("done, and no picture")
		case err != nil && igny8.CodeOf(err) == igny8.Internal:
			t.Errorf("an error without a code: %v", err)
		case look && igny8.CodeOf(err) == igny8.Unknown:
			t.Error("a look has no unknown outcome")
		case task.CostMicros < 0:
			t.Errorf("cost %d", task.CostMicros)
		}
	})
}
