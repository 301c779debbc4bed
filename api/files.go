package api

import (
	"context"
	"io"
	"net/http"
	"regexp"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

type fileInput struct {
	SHA256 string `path:"sha256" pattern:"^[0-9a-f]{64}$" doc:"Of the file's bytes"`
}

// pictures are the kinds of file that are served, as what they are.
var pictures = regexp.MustCompile(`^image/(png|jpeg|webp|gif|avif)$`)

func (s *Server) files() {
	e := get("system/files/{sha256}/", "get-file", "Get an image", igny8.Read)
	e.responses = map[string]*huma.Response{"200": {
		Description: "The image",
		Content:     map[string]*huma.MediaType{"image/*": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
	}}
	raw(s, e, s.file)
}

// file serves an image to those who may see a row that has it. Its bytes never
// change, and nothing in it is ever run.
func (s *Server) file(ctx context.Context, in *fileInput) (*huma.StreamResponse, error) {
	f, err := as(ctx, s, func(q *store.Queries) (store.FileOfAccountRow, error) { return q.FileOfAccount(ctx, &in.SHA256) })
	if err != nil {
		return nil, err
	}
	r, err := s.Blobs.NewReader(ctx, in.SHA256, nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, igny8.Errorf(igny8.NotFound, "The file is gone from the storage.")
	}
	if err != nil {
		return nil, igny8.Wrap(igny8.Unavailable, err, "The storage of files can't be reached.")
	}
	kind := "application/octet-stream"
	if f.Mime != nil && pictures.MatchString(*f.Mime) {
		kind = *f.Mime
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		_, w := humachi.Unwrap(hc)
		s.send(ctx, w, r, in.SHA256, kind)
	}}, nil
}

func (s *Server) send(ctx context.Context, w http.ResponseWriter, r *blob.Reader, sum, kind string) {
	defer r.Close()
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Length", itoa(int(r.Size())))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	h.Set("ETag", `"`+sum+`"`)
	if _, err := io.Copy(w, r); err != nil {
		s.log().DebugContext(ctx, "a file was not sent to its end", "error", err)
	}
}
