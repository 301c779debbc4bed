package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/stretchr/testify/require"
)

// The viewer comes whole from here: no script in the page, nothing from
// another host.
func TestDocs(t *testing.T) {
	t.Parallel()
	s := &Server{}
	r := chi.NewRouter()
	s.register(r)
	s.docs(r)
	w := &world{Server: s, handler: r}
	for path, kind := range map[string]string{"/docs": "text/html", "/docs/": "text/html", "/docs/docs.js": "text/javascript", "/docs/docs.css": "text/css"} {
		a := w.call(t, "", http.MethodGet, path, nil)
		require.Equal(t, http.StatusOK, a.status, path)
		require.True(t, strings.HasPrefix(a.header.Get("Content-Type"), kind), path)
		require.NotContains(t, a.body, "://", path)
	}
	page := w.call(t, "", http.MethodGet, "/docs", nil).body
	require.NotRegexp(t, `<script>|\son[a-z]+=|style=`, page)
}

// Every route that the router has is in the description, but for those that
// have no operation: the page, its files, health and the description itself.
func TestEveryRouteIsDescribed(t *testing.T) {
	t.Parallel()
	var described []string
	for _, op := range operations(t) {
		described = append(described, op.method+" "+op.path)
	}
	s := &Server{}
	walked := 0
	require.NoError(t, chi.Walk(s.Handler().(chi.Routes), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if walked++; strings.HasPrefix(route, "/docs") || route == "/healthz" || route == root+"openapi.json" {
			return nil
		}
		require.True(t, slices.Contains(described, method+" "+route), "%s %s", method, route)
		return nil
	}))
	require.Greater(t, walked, 180)
}

// What is one's own is found by its address, on every route that shows one.
func TestOwnThings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := w.things(t, w.mine, w.mine.site, w.mine.sector)
	w.ownThings(t, w.mine, ids)
	token := w.signIn(t, "owner@mine.test")
	n := 0
	for _, op := range operations(t) {
		if path := at(op.path, ids); path != op.path && op.method == http.MethodGet && op.id != "follow-task-progress" {
			n++
			a := w.get(t, token, others(path))
			require.Equal(t, http.StatusOK, a.status, "%s: %s", op.id, a.body)
		}
	}
	require.Greater(t, n, 25)
}
