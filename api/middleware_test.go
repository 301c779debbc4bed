package api

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

// journal is a log that a test reads.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

// last is the last line, which must be that of a request.
func (j *journal) last(t *testing.T) (line map[string]any) {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(j.b.String()), "\n")
	require.NoError(t, json.Unmarshal([]byte(lines[len(lines)-1]), &line))
	require.Equal(t, "request", line["msg"])
	return line
}

func (w *world) journal() *journal {
	j := &journal{}
	w.Log = slog.New(slog.NewJSONHandler(j, nil))
	return j
}

// Who does not wait for an answer leaves no error behind.
func TestWhoLeavesIsNoFault(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "owner@mine.test")
	log := w.journal()
	ctx, leave := context.WithCancel(t.Context())
	leave()
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, root+"planner/keywords/", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	w.handler.ServeHTTP(httptest.NewRecorder(), r)
	line := log.last(t)
	require.EqualValues(t, 499, line["status"])
	require.Equal(t, "INFO", line["level"])
	require.NotContains(t, line, "cause")
}

// Each stage sees what the ones further in refuse, and none further in has
// begun when one refuses. The order is that of the fields of the log, and of
// what a refusal has cost.
func TestMiddlewareOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Origins = []string{"https://pages.example"}
	w.handler = w.Handler()
	log := w.journal()
	owner := w.signIn(t, "owner@mine.test")
	refusedBefore := func(what string, a answer, status int, code igny8.Code) {
		t.Helper()
		a.refused(status, code)
		require.NotEmpty(t, a.header.Get("Content-Security-Policy"), "%s: headers come before", what)
		line := log.last(t)
		require.EqualValues(t, status, line["status"], what)
		require.Equal(t, a.header.Get("X-Request-Id"), line["request_id"], what)
		require.Equal(t, "192.0.2.1", line["ip"], "%s: the address is known by then", what)
		require.Zero(t, line["queries"], "%s: nobody has asked the database yet", what)
		require.NotContains(t, line, "account", what)
	}
	refusedBefore("a body that is too large", w.post(t, owner, "planner/keywords/", strings.Repeat(" ", 2<<20)), http.StatusRequestEntityTooLarge, igny8.TooLarge)
	refusedBefore("a page of another origin", w.post(t, owner, "planner/keywords/", map[string]any{}, "Origin", "https://elsewhere.example"), http.StatusForbidden, igny8.Forbidden)

	// Who is further in has an account.
	w.get(t, owner, "planner/nothing/").refused(http.StatusNotFound, igny8.NotFound)
	line := log.last(t)
	require.Equal(t, w.mine.account.String(), line["account"])
	require.Positive(t, line["queries"])
	w.get(t, "x.y.z", "planner/keywords/").refused(http.StatusUnauthorized, igny8.Unauthenticated)
	require.NotContains(t, log.last(t), "account")

	// A panic, wherever it comes from, is answered, logged with its cause and counted.
	w.Sanitize = func(string) string { panic("on purpose") }
	path := "writer/content/" + w.write(t, w.mine).String() + "/"
	a := w.call(t, owner, http.MethodPatch, path, map[string]any{"version": 1, "html_content": "<p>x</p>"}, "Origin", "https://pages.example")
	a.refused(http.StatusInternalServerError, igny8.Internal)
	require.Equal(t, "https://pages.example", a.header.Get("Access-Control-Allow-Origin"))
	line = log.last(t)
	require.Contains(t, line["cause"], "on purpose")
	require.Equal(t, w.mine.account.String(), line["account"])
	require.Contains(t, w.scrape(t), `igny8_http_requests_total{method="PATCH",route="/api/v1/writer/content/{id}",status="500"} 1`)

	// The limit of an address comes before all that costs something, and after
	// what lets a page of another origin read the answer.
	w.rates.address = newBuckets(1)
	w.get(t, owner, "planner/keywords/")
	a = w.get(t, owner, "planner/keywords/")
	refusedBefore("too many requests", a, http.StatusTooManyRequests, igny8.Busy)
	require.NotEmpty(t, a.header.Get("Retry-After"))
	a = w.call(t, owner, http.MethodGet, "planner/keywords/", nil, "Origin", "https://pages.example")
	refusedBefore("too many requests", a, http.StatusTooManyRequests, igny8.Busy)
	require.Equal(t, "https://pages.example", a.header.Get("Access-Control-Allow-Origin"))
	require.Equal(t, http.StatusOK, w.get(t, "", "/healthz").status, "health is nobody's to use up")
}

// Preflights are answered to the pages that were named, and say nothing to others.
func TestPreflight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Origins = []string{"https://pages.example"}
	w.handler = w.Handler()
	ask := func(origin string) answer {
		return w.call(t, "", http.MethodOptions, "planner/keywords/", nil, "Origin", origin, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization,content-type")
	}
	a := ask("https://pages.example")
	require.Equal(t, "https://pages.example", a.header.Get("Access-Control-Allow-Origin"))
	require.Equal(t, "POST", a.header.Get("Access-Control-Allow-Methods"))
	for _, origin := range []string{"https://pages.example.evil.test", "http://pages.example", "null"} {
		require.Empty(t, ask(origin).header.Get("Access-Control-Allow-Origin"), origin)
	}
}

// The limits of an account and of a key are everybody's who uses them, and
// nobody else's.
func TestRates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	actors := w.actors(t)
	other := w.signIn(t, "owner@theirs.test")
	second := w.post(t, actors["owner"], "auth/api-keys/", map[string]any{"name": "another", "role": "viewer"})
	var made NewKey
	second.data(&made)
	w.rates.key, w.rates.account = newBuckets(2), newBuckets(5)
	me := func(token string) answer { return w.get(t, token, "auth/me/") }
	for range 2 {
		me(actors["key"]).data(&Me{})
	}
	a := me(actors["key"])
	a.refused(http.StatusTooManyRequests, igny8.Busy)
	require.Equal(t, "31", a.header.Get("Retry-After"), "two a minute: one every thirty seconds")
	me(made.Key).data(&Me{})
	me(actors["owner"]).data(&Me{})
	me(actors["viewer"]).data(&Me{})
	f := me(actors["viewer"]).refused(http.StatusTooManyRequests, igny8.Busy)
	require.Contains(t, f.Message, "of this account")
	me(actors["developer"]).refused(http.StatusTooManyRequests, igny8.Busy)
	me(other).data(&Me{})
}

// A bucket fills again with time, and one that is full is forgotten.
func TestBuckets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBuckets(60)
		for range 60 {
			require.Zero(t, b.take("a", time.Now()))
		}
		require.Positive(t, b.take("a", time.Now()))
		require.Zero(t, b.take("b", time.Now()), "another's is its own")
		time.Sleep(b.take("a", time.Now()))
		require.Zero(t, b.take("a", time.Now()))
		require.Positive(t, b.take("a", time.Now()))
		time.Sleep(2 * time.Minute)
		require.Zero(t, b.take("c", time.Now()))
		require.Len(t, b.of, 1)
		none := newBuckets(0)
		for range 1000 {
			require.Zero(t, none.take("a", time.Now()))
		}
	})
}

// scrape is what Prometheus reads.
func (w *world) scrape(t *testing.T) string {
	t.Helper()
	rec := httptest.NewRecorder()
	w.Metrics().ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	require.Equal(t, http.StatusOK, rec.Code)
	return rec.Body.String()
}

// Count, time, status and statements are there for each route; no label names an
// account, a row or an address, and the API itself doesn't show them.
func TestMetrics(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.signIn(t, "owner@mine.test")
	for range 3 {
		w.get(t, owner, "planner/keywords/")
	}
	w.get(t, owner, "planner/keywords/"+uuid.NewString()+"/")
	w.get(t, "", "planner/keywords/")
	w.get(t, "", "/no/such/"+uuid.NewString())
	w.call(t, "", "BREW", "/coffee", nil)
	text := w.scrape(t)
	for _, line := range []string{
		`igny8_http_requests_total{method="GET",route="/api/v1/planner/keywords",status="200"} 3`,
		`igny8_http_requests_total{method="GET",route="/api/v1/planner/keywords",status="401"} 1`,
		`igny8_http_requests_total{method="GET",route="/api/v1/planner/keywords/{id}",status="404"} 1`,
		`igny8_http_requests_total{method="GET",route="none",status="404"} 1`,
		`igny8_http_requests_total{method="other",route="none",status="405"} 1`,
		`igny8_http_request_seconds_count{method="GET",route="/api/v1/planner/keywords"} 4`,
		`igny8_http_request_queries_count{method="GET",route="/api/v1/planner/keywords"} 4`,
		`igny8_http_request_queries_sum{method="GET",route="/api/v1/planner/keywords"} 9`, // who is asking, count and page; and nobody's
		`igny8_http_requests_under_way 0`,
	} {
		require.Contains(t, text, line+"\n")
	}
	require.NotContains(t, text, w.mine.account.String())
	w.get(t, owner, "metrics/").refused(http.StatusNotFound, igny8.NotFound)
	w.get(t, owner, "/metrics").refused(http.StatusNotFound, igny8.NotFound)
}

// The log says who asked for what of which account, and which workflow it is
// about.
func TestAccessLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Temporal = &recorder{}
	log := w.journal()
	actors := w.actors(t)
	w.plant(t, w.mine, 3)
	var started Accepted
	w.post(t, actors["editor"], "automation/pipelines/", map[string]any{"sector": w.mine.sector}).data(&started)
	line := log.last(t)
	require.Equal(t, w.mine.account.String(), line["account"])
	require.Equal(t, w.mine.users[igny8.Editor].String(), line["user"])
	require.Equal(t, "/api/v1/automation/pipelines", line["route"])
	workflow := value[string](t, w, "select workflow_id from igny8_runs where id = $1", started.TaskID)
	require.Equal(t, workflow, line["workflow"])
	w.get(t, actors["viewer"], "system/settings/task_progress/"+started.TaskID.String()+"/")
	require.Equal(t, workflow, log.last(t)["workflow"])
	w.post(t, actors["editor"], "automation/runs/"+started.TaskID.String()+"/cancel/", nil)
	require.Equal(t, workflow, log.last(t)["workflow"])
	w.get(t, actors["key"], "auth/me/")
	require.Equal(t, value[string](t, w, "select id::text from igny8_api_keys"), log.last(t)["api_key"])
	w.get(t, actors["developer"], "auth/me/")
	require.NotEmpty(t, log.last(t)["impersonated_from"])
}
