package wordpresstest

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
)

// Behind puts something between us and the site, until the test ends, and
// returns its address. through is shown each request, may change it, and says
// whether its reply comes back: where not, the site does what it was asked and
// the connection is cut.
func (s *Site) Behind(t testing.TB, through func(*http.Request) bool) string {
	t.Helper()
	site, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	pass := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(site) }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if through(r) {
			pass.ServeHTTP(w, r)
			return
		}
		pass.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler) // net/http's way to close without an answer
	}))
	t.Cleanup(server.Close)
	return server.URL
}
