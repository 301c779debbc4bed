package sandbox

import (
	"bytes"
	"cmp"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"image"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	_ "image/gif" // what the site takes
	_ "image/jpeg"
	_ "image/png"

	_ "golang.org/x/image/webp" // as the others
)

// A medium is an uploaded picture.
type media struct {
	ID          int       `json:"id"`
	Slug        string    `json:"slug"`
	Title       string    `json:"title"`
	Alt         string    `json:"alt"`
	Caption     string    `json:"caption"`
	Description string    `json:"description"`
	Author      int       `json:"author"`
	Post        int       `json:"post"`
	File        string    `json:"file"` // below uploads: 2026/11/hero.png
	Type        string    `json:"type"`
	Hash        string    `json:"hash"` // SHA-256 of the bytes
	Size        int       `json:"size"`
	Width       int       `json:"width"`
	Height      int       `json:"height"`
	Date        time.Time `json:"date"`
	Modified    time.Time `json:"modified"`
}

func (s *Sandbox) mediaRoute(c *siteCall, id int) reply {
	allow := "GET"
	if c.who.may("upload_files") {
		allow = "GET, POST"
	}
	if id == 0 {
		switch c.Method {
		case "GET", "HEAD":
			return s.findMedia(c).with("Allow", allow)
		case "POST":
			return s.upload(c).with("Allow", allow)
		}
		return noRoute()
	}
	m := s.world.media[id]
	if m == nil {
		return siteError(404, "rest_post_invalid_id", "Invalid post ID.")
	}
	mine := c.who.may("upload_files") && (m.Author == c.who.id || c.who.may("edit_others_posts"))
	switch c.Method {
	case "GET", "HEAD":
		if c.edits() && !mine {
			return c.denied("rest_forbidden_context", "Sorry, you are not allowed to edit this post.")
		}
		return jsonReply(200, s.renderMedia(c, m, c.edits())).with("Allow", allow)
	case "POST", "PUT", "PATCH":
		if !mine {
			return c.denied("rest_cannot_edit", "Sorry, you are not allowed to edit this post.")
		}
		changed := *m
		s.describe(c, &changed)
		changed.Modified = time.Now().UTC().Truncate(time.Second)
		s.record(event{Media: &changed})
		return jsonReply(200, s.renderMedia(c, &changed, true)).with("Allow", "GET, POST, PUT, PATCH, DELETE")
	case "DELETE":
		if !mine {
			return c.denied("rest_cannot_delete", "Sorry, you are not allowed to delete this post.")
		}
		if c.str("force") != "true" {
			return siteError(501, "rest_trash_not_supported", "The post does not support trashing. Set 'force=true' to delete.")
		}
		before := s.renderMedia(c, m, true)
		delete(before, "_links")
		s.record(event{Gone: id})
		return jsonReply(200, map[string]any{"deleted": true, "previous": before})
	}
	return noRoute()
}

func (s *Sandbox) findMedia(c *siteCall) reply {
	slugs, include := c.words("slug"), c.numbers("include")
	var found []*media
	for _, m := range s.world.media {
		text := strings.ToLower(m.Title + "\n" + m.Caption + "\n" + m.Description + "\n" + m.File)
		if (slugs == nil || slices.Contains(slugs, m.Slug)) && (len(include) == 0 || slices.Contains(include, m.ID)) &&
			strings.Contains(text, strings.ToLower(c.str("search"))) {
			found = append(found, m)
		}
	}
	slices.SortFunc(found, func(a, b *media) int { return cmp.Or(b.Date.Compare(a.Date), b.ID-a.ID) })
	return paged(c, found, func(m *media) map[string]any { return s.renderMedia(c, m, c.edits()) })
}

// A file is what an upload carries.
type file struct {
	name string
	data []byte
	md5  string
}

var dispositionName = regexp.MustCompile(`(?i)filename="?([^";]+)"?`)

// upload creates a medium from a raw body or a multipart form.
func (s *Sandbox) upload(c *siteCall) reply {
	if !c.who.may("upload_files") {
		return c.denied("rest_cannot_create", "Sorry, you are not allowed to create posts as this user.")
	}
	f, rep, wrong := c.file()
	if wrong {
		return rep
	}
	// WordPress compares with PHP's md5(), in hex, and not with the base64 that
	// RFC 1864 has.
	if sum := md5.Sum(f.data); f.md5 != "" && f.md5 != hex.EncodeToString(sum[:]) {
		return siteError(412, "rest_upload_hash_mismatch", "Content hash did not match expected.")
	}
	kind := http.DetectContentType(f.data)
	extension := map[string]string{"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp"}[kind]
	if extension == "" || !slices.Contains([]string{".png", ".jpg", ".jpeg", ".gif", ".webp"}, strings.ToLower(path.Ext(f.name))) {
		return siteError(500, "rest_upload_sideload_error", "Sorry, you are not allowed to upload this file type.")
	}
	if own := strings.ToLower(path.Ext(f.name)); own == ".jpeg" && extension == ".jpg" {
		extension = own
	}
	hash := sha256.Sum256(f.data)
	now := time.Now().UTC().Truncate(time.Second)
	m := &media{
		ID: s.world.lastPost + 1, Author: c.who.id, Type: kind, Hash: hex.EncodeToString(hash[:]), Size: len(f.data), Date: now, Modified: now,
		Post: c.number("post", 0),
	}
	base := safeName(strings.TrimSuffix(path.Base(f.name), path.Ext(f.name)))
	base = unique(base, 1, func(name string) bool {
		return slices.ContainsFunc(s.mediaList(), func(o *media) bool { return o.File == now.Format("2006/01/")+name+extension })
	})
	m.File, m.Title = now.Format("2006/01/")+base+extension, base
	if size, _, err := image.DecodeConfig(bytes.NewReader(f.data)); err == nil {
		m.Width, m.Height = size.Width, size.Height
	}
	s.describe(c, m)
	if err := s.keep(m.Hash, f.data); err != nil {
		return siteError(500, "rest_upload_unknown_error", "The uploaded file could not be moved.")
	}
	s.record(event{Media: m})
	return jsonReply(201, s.renderMedia(c, m, true)).with("Location", c.home+"/wp-json/wp/v2/media/"+strconv.Itoa(m.ID)).
		with("X-WP-Upload-Attachment-ID", strconv.Itoa(m.ID))
}

// file takes the upload from the request, or says what is missing.
func (c *siteCall) file() (f file, wrong reply, bad bool) {
	kind, params, _ := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if kind == "multipart/form-data" {
		if f, ok := c.form(params["boundary"]); ok {
			return f, reply{}, false
		}
		return f, siteError(400, "rest_upload_no_data", "No data supplied."), true
	}
	f = file{data: c.body, md5: c.Header.Get("Content-MD5")}
	disposition := c.Header.Get("Content-Disposition")
	name := dispositionName.FindStringSubmatch(disposition)
	switch {
	case len(c.body) == 0:
		return f, siteError(400, "rest_upload_no_data", "No data supplied."), true
	case disposition == "":
		return f, siteError(400, "rest_upload_no_content_disposition", "No Content-Disposition supplied."), true
	case name == nil || strings.Contains(disposition, "filename*"):
		return f, siteError(400, "rest_upload_invalid_disposition", "Invalid Content-Disposition supplied. Content-Disposition needs to be formatted as `attachment; filename=\"image.png\"` or similar."), true
	}
	f.name = name[1]
	return f, reply{}, false
}

// form reads a multipart upload; its other fields become parameters.
func (c *siteCall) form(boundary string) (f file, ok bool) {
	form := multipart.NewReader(bytes.NewReader(c.body), boundary)
	for {
		part, err := form.NextPart()
		if err != nil {
			return f, f.data != nil
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return f, false
		}
		if part.FileName() != "" {
			f.name, f.data = part.FileName(), data
		} else {
			c.params[part.FormName()] = string(data)
		}
	}
}

var unsafeInName = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// safeName is WordPress's sanitize_file_name, as far as ASCII goes.
func safeName(s string) string {
	return cmp.Or(strings.Trim(unsafeInName.ReplaceAllString(s, "-"), "-_."), "unnamed-file")
}

func (s *Sandbox) mediaList() []*media {
	list := make([]*media, 0, len(s.world.media))
	for _, m := range s.world.media {
		list = append(list, m)
	}
	return list
}

// describe takes what the call says about the medium.
func (s *Sandbox) describe(c *siteCall, m *media) {
	for name, to := range map[string]*string{"title": &m.Title, "alt_text": &m.Alt, "caption": &m.Caption, "description": &m.Description} {
		if c.has(name) {
			*to = c.str(name)
		}
	}
	m.Alt = strings.Join(strings.Fields(htmlTag.ReplaceAllString(m.Alt, "")), " ")
	slug := m.Slug
	if c.has("slug") {
		slug = slugify(c.str("slug"))
	}
	if slug == "" {
		slug = cmp.Or(slugify(strings.TrimSuffix(path.Base(m.File), path.Ext(m.File))), strconv.Itoa(m.ID))
	}
	if slug != m.Slug {
		m.Slug = unique(slug, 2, func(slug string) bool {
			return slices.ContainsFunc(s.mediaList(), func(o *media) bool { return o.ID != m.ID && o.Slug == slug })
		})
	}
	m.Post = c.number("post", m.Post)
}

// keep stores the bytes of an upload. The caller holds s.mu.
func (s *Sandbox) keep(hash string, data []byte) error {
	if s.journal != nil {
		return s.journal.saveFile(hash, data)
	}
	s.world.files[hash] = data
	return nil
}

// uploaded returns the bytes of an upload.
func (s *Sandbox) uploaded(hash string) ([]byte, error) {
	s.mu.Lock()
	j, data := s.journal, s.world.files[hash]
	s.mu.Unlock()
	if data != nil || j == nil {
		return data, nil
	}
	return os.ReadFile(j.filePath(hash))
}

// renderMedia is a medium as the REST API shows it.
func (s *Sandbox) renderMedia(c *siteCall, m *media, edit bool) map[string]any {
	address := c.home + "/wp-content/uploads/" + m.File
	img := fmt.Sprintf("<p class=\"attachment\"><a href='%s'><img loading=\"lazy\" decoding=\"async\" width=\"%d\" height=\"%d\" src=\"%s\" class=\"attachment-medium size-medium\" alt=\"%s\" /></a></p>\n",
		address, m.Width, m.Height, address, html.EscapeString(m.Alt))
	full := map[string]any{"file": path.Base(m.File), "width": m.Width, "height": m.Height, "mime_type": m.Type, "source_url": address}
	out := map[string]any{
		"id": m.ID, "date": m.Date.Format(siteTime), "date_gmt": m.Date.Format(siteTime), "guid": both(edit, address, address),
		"modified": m.Modified.Format(siteTime), "modified_gmt": m.Modified.Format(siteTime), "slug": m.Slug, "status": "inherit", "type": "attachment",
		"link": c.home + "/" + m.Slug + "/", "title": both(edit, m.Title, texturize(m.Title)), "author": m.Author, "featured_media": 0,
		"comment_status": "open", "ping_status": "closed", "template": "", "meta": []any{},
		"class_list":  []string{"post-" + strconv.Itoa(m.ID), "attachment", "type-attachment", "status-inherit", "hentry"},
		"description": both(edit, m.Description, img+paragraphs(m.Description)),
		"caption":     both(edit, m.Caption, paragraphs(cmp.Or(m.Caption, m.Description))),
		"alt_text":    m.Alt, "media_type": "image", "mime_type": m.Type,
		"media_details": map[string]any{
			"width": m.Width, "height": m.Height, "file": m.File, "filesize": m.Size, "sizes": map[string]any{"full": full},
			"image_meta": map[string]any{"aperture": "0", "caption": "", "title": "", "orientation": "0", "keywords": []any{}},
		},
		"post": orNull(m.Post), "source_url": address,
		"_links": c.mediaLinks(m),
	}
	if edit {
		out["permalink_template"], out["generated_slug"] = fmt.Sprintf("%s/?attachment_id=%d", c.home, m.ID), slugify(m.Title)
		out["missing_image_sizes"] = []any{}
	}
	return out
}

func (c *siteCall) mediaLinks(m *media) map[string]any {
	api := c.home + "/wp-json/wp/v2/"
	self := api + "media/" + strconv.Itoa(m.ID)
	allow := []string{"GET"}
	if c.who.may("upload_files") {
		allow = []string{"GET", "POST", "PUT", "PATCH", "DELETE"}
	}
	links := map[string]any{
		"self": link(self, "targetHints", map[string]any{"allow": allow}), "collection": link(api + "media"),
		"about":   link(api + "types/attachment"),
		"author":  link(api+"users/"+strconv.Itoa(m.Author), "embeddable", true),
		"replies": link(api+"comments?post="+strconv.Itoa(m.ID), "embeddable", true), "curies": curies(),
	}
	if c.who.may("unfiltered_html") {
		links["wp:action-unfiltered-html"], links["wp:action-assign-author"] = link(self), link(self)
	}
	return links
}
