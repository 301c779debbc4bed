package api

import (
	"embed"
	"io/fs"
	"net/http"

	"github.com/go-chi/chi/v5"
)

//go:embed docs
var docs embed.FS

// docs serves the viewer of the description at /docs: a page, its style and its
// script, and nothing from elsewhere.
func (s *Server) docs(r chi.Router) {
	files, err := fs.Sub(docs, "docs")
	if err != nil {
		panic(err) // the directory is embedded: the tests see it
	}
	serve := func(name, kind string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind+"; charset=utf-8")
			http.ServeFileFS(w, r, files, name)
		}
	}
	page := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		b, err := fs.ReadFile(files, "index.html")
		if err == nil {
			_, _ = w.Write(b) // the client may have gone
		}
	}
	r.Get("/docs", page)
	r.Get("/docs/", page)
	r.Get("/docs/docs.css", serve("docs.css", "text/css"))
	r.Get("/docs/docs.js", serve("docs.js", "text/javascript"))
}
