package wordpress

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/igny8/igny8"
)

// Media is a picture in a site's library.
type Media struct {
	ID       int64 // read only
	Slug     string
	Status   string // read only
	URL      string // read only: the file's address
	Filename string // ASCII: letters, digits, dots, _ and -; with the ending of its kind
	MIME     string
	Bytes    []byte
	Alt      string
	Title    string
}

type wireMedia struct {
	ID     int64  `json:"id"`
	Slug   string `json:"slug"`
	Status string `json:"status"`
	URL    string `json:"source_url"`
	Alt    string `json:"alt_text"`
	MIME   string `json:"mime_type"`
	Title  text   `json:"title"`
}

const mediaFields = "id,slug,status,source_url,alt_text,mime_type,title"

func (w wireMedia) media() Media {
	return Media{ID: w.ID, Slug: w.Slug, Status: w.Status, URL: w.URL, Alt: w.Alt, MIME: w.MIME, Title: html.UnescapeString(w.Title.Raw)}
}

// FindMedia returns the pictures with exactly this slug.
func (c *Client) FindMedia(ctx context.Context, slug string) ([]Media, error) {
	q := url.Values{"slug": {slug}, "context": {"edit"}, "per_page": {"100"}, "_fields": {mediaFields}}
	var list []wireMedia
	if err := c.do(ctx, call{route: "/wp/v2/media", query: q, auth: true}, &list); err != nil {
		return nil, err
	}
	found := make([]Media, len(list))
	for i, w := range list {
		if w.ID == 0 {
			return nil, c.garbled(nil)
		}
		found[i] = w.media()
	}
	return found, nil
}

var filename = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

// Upload puts a picture into the library, with its alternative text, title and
// slug in the same request. WordPress stores a damaged picture as well, and makes
// another item each time: decode it before, and look for its slug before. The
// body goes raw, which passes PHP's upload_max_filesize.
func (c *Client) Upload(ctx context.Context, m Media) (Media, error) {
	if !filename.MatchString(m.Filename) {
		return Media{}, igny8.FieldErrorf("filename", "the file name of a picture takes only letters, digits, dots, _ and -")
	}
	if !strings.HasPrefix(m.MIME, "image/") || len(m.Bytes) == 0 {
		return Media{}, igny8.FieldErrorf("bytes", "there is no picture to upload")
	}
	q := url.Values{}
	for name, v := range map[string]string{"alt_text": m.Alt, "title": m.Title, "slug": m.Slug} {
		if v != "" {
			q.Set(name, v)
		}
	}
	sum := md5.Sum(m.Bytes) // what WordPress checks, in hex and not, as RFC 1864 has it, in base64; not for security
	k := call{
		method: http.MethodPost, route: "/wp/v2/media", query: q, auth: true, creates: true, raw: m.Bytes,
		header: map[string]string{
			"Content-Type":        m.MIME,
			"Content-Disposition": `attachment; filename="` + m.Filename + `"`,
			"Content-Md5":         hex.EncodeToString(sum[:]),
		},
	}
	var w wireMedia
	if err := c.do(ctx, k, &w); err != nil {
		return Media{}, err
	}
	if w.ID == 0 {
		return Media{}, c.shapeless(k)
	}
	return w.media(), nil
}
