package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func get(t *testing.T, h http.Handler, path, accept string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", accept)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestHandler(t *testing.T) {
	t.Parallel()
	h := handler{fstest.MapFS{
		"index.html":         {Data: []byte("<p>index")},
		"assets/a-1.js":      {Data: []byte("plain")},
		"assets/a-1.js.br":   {Data: []byte("brotli")},
		"assets/a-1.js.gz":   {Data: []byte("gzip")},
		"assets/f-1.woff2":   {Data: []byte("font")},
		"assets/f-1.woff2.x": {Data: []byte("other")},
	}}
	for name, c := range map[string]struct {
		path, accept            string
		status                  int
		body, encoding, caching string
	}{
		"a page":                {"/planner/keywords", "gzip", 200, "<p>index", "", "no-cache"},
		"the root":              {"/", "", 200, "<p>index", "", "no-cache"},
		"a directory":           {"/assets", "", 200, "<p>index", "", "no-cache"},
		"out of the tree":       {"/../../etc/passwd", "", 200, "<p>index", "", "no-cache"},
		"brotli first":          {"/assets/a-1.js", "gzip, br", 200, "brotli", "br", "public, max-age=31536000, immutable"},
		"gzip":                  {"/assets/a-1.js", "gzip;q=0.5", 200, "gzip", "gzip", "public, max-age=31536000, immutable"},
		"refused encodings":     {"/assets/a-1.js", "gzip;q=0, br;q=0.0", 200, "plain", "", "public, max-age=31536000, immutable"},
		"not compressed":        {"/assets/f-1.woff2", "gzip, br", 200, "font", "", "public, max-age=31536000, immutable"},
		"an asset of yesterday": {"/assets/a-0.js", "gzip", 404, "404 page not found\n", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res := get(t, h, c.path, c.accept)
			body, err := io.ReadAll(res.Body)
			require.NoError(t, err)
			require.Equal(t, c.status, res.StatusCode)
			require.Equal(t, c.body, string(body))
			require.Equal(t, c.encoding, res.Header.Get("Content-Encoding"))
			require.Equal(t, c.caching, res.Header.Get("Cache-Control"))
		})
	}
}

func TestHandlerKnowsWhatABrowserHas(t *testing.T) {
	t.Parallel()
	first := get(t, Handler(), "/", "")
	require.Equal(t, http.StatusOK, first.StatusCode)
	require.Equal(t, "text/html; charset=utf-8", first.Header.Get("Content-Type"))
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("If-None-Match", first.Header.Get("ETag"))
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	require.Equal(t, http.StatusNotModified, w.Code)
}
