// Package web holds the pages: a single-page application in TypeScript, built
// into dist by npm and embedded here as it is.
package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

// The pattern takes in dist, which npm makes, if it is there, and always
// dist.unbuilt, whose page says how to make it: the package compiles either way.
//
//go:embed dist*
var files embed.FS

// Handler serves the pages, and index.html for every path that is no file: the
// application knows its own addresses. It sets what depends on the file (type,
// encoding, caching); the policy of the site is its caller's to set.
func Handler() http.Handler {
	dir := "dist"
	if _, err := fs.Stat(files, "dist/index.html"); err != nil {
		dir = "dist.unbuilt"
	}
	pages, err := fs.Sub(files, dir)
	if err != nil {
		panic(err) // the name is a constant, and valid
	}
	return handler{pages}
}

type handler struct{ pages fs.FS }

// encodings are how a file may lie beside itself, the smallest first.
var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	info, err := fs.Stat(h.pages, name)
	if name == "" || err != nil || info.IsDir() {
		if strings.HasPrefix(name, "assets/") {
			http.NotFound(w, r) // an asset of another build: a page in its place would be taken for a script
			return
		}
		name = "index.html"
	}
	header := w.Header()
	if t := contentType(name); t != "" {
		header.Set("Content-Type", t)
	}
	header.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "assets/") {
		header.Set("Cache-Control", "public, max-age=31536000, immutable") // the name has its hash
	}
	body, encoding, err := h.read(name, r.Header.Get("Accept-Encoding"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	header.Set("Vary", "Accept-Encoding")
	if encoding != "" {
		header.Set("Content-Encoding", encoding)
	}
	sum := sha256.Sum256(body)
	header.Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(body))
}

// contentType is spelt out for what the build makes: a machine's own table of
// types may not know it, and with nosniff a script of the wrong type doesn't run.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".csv":
		return "text/csv; charset=utf-8"
	}
	return mime.TypeByExtension(path.Ext(name))
}

// read returns the file, compressed in the best way that is there and accepted.
func (h handler) read(name, accepted string) (body []byte, encoding string, err error) {
	for _, e := range encodings {
		if !accepts(accepted, e.name) {
			continue
		}
		body, err = fs.ReadFile(h.pages, name+e.suffix)
		if err == nil {
			return body, e.name, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, "", err
		}
	}
	body, err = fs.ReadFile(h.pages, name)
	return body, "", err
}

// accepts reports whether an Accept-Encoding header names the encoding, and
// does not refuse it with a weight of nought.
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) == encoding {
			return !strings.HasSuffix(strings.TrimRight(strings.ReplaceAll(weight, " ", ""), "0."), "q=")
		}
	}
	return false
}
