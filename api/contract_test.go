package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

// openapi.json says what the code does.
func TestOpenAPIIsUpToDate(t *testing.T) {
	t.Parallel()
	committed, err := os.ReadFile("openapi.json")
	require.NoError(t, err)
	require.Equal(t, string(OpenAPI()), string(committed), "write it anew: igny8 openapi > api/openapi.json")
}

type document struct {
	Paths map[string]map[string]struct {
		OperationID string           `json:"operationId"`
		Security    []map[string]any `json:"security"`
	} `json:"paths"`
}

func routes(t *testing.T) (d document) {
	t.Helper()
	require.NoError(t, json.Unmarshal(OpenAPI(), &d))
	return d
}

// Every route that takes a body answers one that it can't use in the one shape
// of errors.
func TestUnreadableBodies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.signIn(t, "owner@mine.test")
	for path, methods := range routes(t).Paths {
		if strings.Contains(path, "import_") || strings.Contains(path, "auth/log") || strings.Contains(path, "refresh") {
			continue
		}
		path = strings.NewReplacer("{id}", uuid.NewString()).Replace(path)
		for method := range methods {
			if method == "get" || method == "delete" || strings.HasSuffix(path, "/read_all/") || strings.HasSuffix(path, "/revoke_others/") {
				continue
			}
			method = strings.ToUpper(method)
			for _, body := range []string{"{", "[]", "null", `{"ids": "x"}`, `{"revision": "x", "version": "x"}`, "\xff\xfe"} {
				a := w.call(t, owner, method, path, body)
				require.Less(t, a.status, 500, "%s %s %q: %s", method, path, body, a.body)
				require.GreaterOrEqual(t, a.status, 400, "%s %s %q: %s", method, path, body, a.body)
				var f Failure
				a.into(&f)
				require.NotEmpty(t, f.Code)
			}
		}
	}
}

func TestEveryErrorHasOneShape(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.signIn(t, "owner@mine.test")
	w.get(t, owner, "no/such/thing/").refused(http.StatusNotFound, igny8.NotFound)
	w.get(t, owner, "planner/keywords").refused(http.StatusNotFound, igny8.NotFound)
	w.get(t, owner, "planner/keywords/not-an-id/").refused(http.StatusNotFound, igny8.NotFound)
	a := w.call(t, owner, http.MethodDelete, "planner/keywords/", nil)
	a.refused(http.StatusMethodNotAllowed, methodNotAllowed)
	require.Equal(t, []string{"GET", "POST"}, a.header.Values("Allow"))

	f := w.post(t, owner, "planner/keywords/", map[string]any{"sector_id": w.mine.sector}).refused(http.StatusBadRequest, igny8.Invalid)
	require.Equal(t, []string{"This field is required."}, f.Errors["keyword"])
	f = w.post(t, owner, "planner/keywords/", map[string]any{"sector_id": w.mine.sector, "keyword": "a", "volume": "many", "colour": 1}).refused(http.StatusBadRequest, igny8.Invalid)
	require.Contains(t, f.Errors, "volume")
	require.Contains(t, f.Errors, "colour")
	w.post(t, owner, "planner/keywords/", "{").refused(http.StatusBadRequest, igny8.Invalid)
	w.call(t, owner, http.MethodPost, "planner/keywords/", "a", "Content-Type", "text/css").refused(http.StatusUnsupportedMediaType, unsupported)
	w.post(t, owner, "planner/keywords/", `{"keyword": "`+strings.Repeat("x", 2<<20)+`"}`).refused(http.StatusRequestEntityTooLarge, igny8.TooLarge)
	w.post(t, owner, "planner/keywords/", map[string]any{}, "Sec-Fetch-Site", "cross-site").refused(http.StatusForbidden, igny8.Forbidden)

	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, root+"planner/keywords/", http.MaxBytesReader(nil, http.NoBody, 0))
	r.ContentLength = -1
	r.Body = endless{}
	r.Header.Set("Authorization", "Bearer "+owner)
	r.Header.Set("Content-Type", "application/json")
	w.send(t, r).refused(http.StatusRequestEntityTooLarge, igny8.TooLarge)
}

// endless is a body whose length nobody has said.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}
func (endless) Close() error { return nil }

// What is wrong with us is for the log, not for the answer.
func TestFaultsOfOursSayNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.signIn(t, "owner@mine.test")
	w.Sanitize = func(string) string { panic("the password is hunter2") }
	content := w.write(t, w.mine)
	a := w.call(t, owner, http.MethodPatch, "writer/content/"+content.String()+"/", map[string]any{"version": 1, "html_content": "<p>x</p>"})
	a.refused(http.StatusInternalServerError, igny8.Internal)
	require.NotContains(t, a.body, "hunter2")
	w.Store.Close()
	a = w.get(t, owner, "planner/keywords/")
	require.GreaterOrEqual(t, a.status, 500)
	require.NotContains(t, a.body, "pool")
	require.GreaterOrEqual(t, w.get(t, "", "/healthz").status, 500)
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.get(t, "", "/healthz")
	require.Equal(t, http.StatusOK, a.status)
	require.Contains(t, a.header.Get("Content-Security-Policy"), "default-src 'none'")
	require.NotContains(t, a.header.Get("Content-Security-Policy"), "unsafe")
	require.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"))
	a = w.get(t, "", "openapi.json")
	require.Equal(t, "no-store", a.header.Get("Cache-Control"))
	require.True(t, json.Valid([]byte(a.body)))
	a = w.call(t, "", http.MethodGet, "/healthz", nil, "Origin", "https://elsewhere.example")
	require.Empty(t, a.header.Get("Access-Control-Allow-Origin"))
}

// Only a proxy of ours is believed about whom it speaks for.
func TestAddresses(t *testing.T) {
	t.Parallel()
	s := &Server{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	s.prepare()
	for _, c := range []struct{ peer, forwarded, want string }{
		{"10.0.0.1:5", "203.0.113.7", "203.0.113.7"},
		{"10.0.0.1:5", "198.51.100.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"},
		{"10.0.0.1:5", "", "10.0.0.1"},
		{"10.0.0.1:5", "<script>", "10.0.0.1"},
		{"203.0.113.9:5", "198.51.100.1", "203.0.113.9"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		got := ""
		s.begin(s.address(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = recordOf(r.Context()).IP }))).ServeHTTP(httptest.NewRecorder(), r)
		require.Equal(t, c.want, got)
	}
}

// Each route refuses, in the one shape, a method that it has not, a body of a kind
// that it doesn't read, and one that is too large.
func TestEveryRouteRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.signIn(t, "owner@mine.test")
	methods := map[string][]string{}
	for _, op := range operations(t) {
		path := others(op.path)
		for _, p := range promises() { // bulk_delete/ is {id}/ too
			if p.path.MatchString(path) && !slices.Contains(methods[path], p.method) {
				methods[path] = append(methods[path], p.method)
			}
		}
	}
	all := []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}
	for path, has := range methods {
		for _, method := range all {
			if !slices.Contains(has, method) {
				a := w.call(t, owner, method, path, nil)
				a.refused(http.StatusMethodNotAllowed, methodNotAllowed)
				require.ElementsMatch(t, has, a.header.Values("Allow"), path)
			}
		}
	}
	for _, op := range operations(t) {
		if op.body == nil && !op.form {
			continue
		}
		a := w.call(t, owner, op.method, others(op.path), "x", "Content-Type", "text/css")
		require.Contains(t, []int{http.StatusUnsupportedMediaType, http.StatusForbidden}, a.status, "%s: %s", op.id, a.body)
		r := httptest.NewRequestWithContext(t.Context(), op.method, others(op.path), strings.NewReader("{}"))
		r.ContentLength = 1 << 40
		w.send(t, r).refused(http.StatusRequestEntityTooLarge, igny8.TooLarge)
	}
}
