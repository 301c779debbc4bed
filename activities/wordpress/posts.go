package wordpress

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// The statuses of a post that we set or meet.
const (
	Draft   = "draft"
	Pending = "pending"
	Private = "private"
	Publish = "publish"
	Future  = "future"
	Trash   = "trash"
)

// A Post is an article at a site. Texts are raw: as stored, not as shown. Of a
// post that is sent, what is zero is left to WordPress, or stays as it is.
type Post struct {
	ID            int64
	Slug          string
	Status        string
	Link          string    // read only
	Date          time.Time // in UTC; a future one makes a published post Future
	Modified      time.Time // read only, in UTC
	Title         string
	Content       string
	Excerpt       string
	Author        int64
	FeaturedMedia int64
	Categories    []int64
	Tags          []int64
	Meta          map[string]any // a key the site hasn't registered is dropped without a word
}

// wirePost is a post as the API writes it in the context "edit".
type wirePost struct {
	ID            int64           `json:"id"`
	Slug          string          `json:"slug"`
	Status        string          `json:"status"`
	Link          string          `json:"link"`
	Date          *string         `json:"date_gmt"`
	Modified      *string         `json:"modified_gmt"`
	Title         text            `json:"title"`
	Content       text            `json:"content"`
	Excerpt       text            `json:"excerpt"`
	Author        int64           `json:"author"`
	FeaturedMedia int64           `json:"featured_media"`
	Categories    []int64         `json:"categories"`
	Tags          []int64         `json:"tags"`
	Meta          json.RawMessage `json:"meta"` // an object, or [] when empty
}

type text struct {
	Raw string `json:"raw"`
}

const postFields = "id,slug,status,link,date_gmt,modified_gmt,title,content,excerpt,author,featured_media,categories,tags,meta"

func (w wirePost) post() Post {
	p := Post{
		ID: w.ID, Slug: w.Slug, Status: w.Status, Link: w.Link,
		Date: parseTime(w.Date), Modified: parseTime(w.Modified),
		Title: w.Title.Raw, Content: w.Content.Raw, Excerpt: w.Excerpt.Raw,
		Author: w.Author, FeaturedMedia: w.FeaturedMedia, Categories: w.Categories, Tags: w.Tags,
	}
	_ = json.Unmarshal(w.Meta, &p.Meta) // an empty list is no meta
	return p
}

// fields is what is sent of a post.
func (p Post) fields() map[string]any {
	m := map[string]any{}
	for name, v := range map[string]string{
		"slug": p.Slug, "status": p.Status, "title": p.Title, "content": p.Content, "excerpt": p.Excerpt,
	} {
		if v != "" {
			m[name] = v
		}
	}
	for name, v := range map[string]int64{"author": p.Author, "featured_media": p.FeaturedMedia} {
		if v != 0 {
			m[name] = v
		}
	}
	if !p.Date.IsZero() {
		m["date_gmt"] = p.Date.UTC().Format(stamp)
	}
	if p.Categories != nil {
		m["categories"] = p.Categories
	}
	if p.Tags != nil {
		m["tags"] = p.Tags
	}
	if p.Meta != nil {
		m["meta"] = p.Meta
	}
	return m
}

// FindPosts returns the posts with exactly this slug, in any status but the
// trash. An author sees only its own among those that aren't public.
func (c *Client) FindPosts(ctx context.Context, slug string) ([]Post, error) {
	return c.posts(ctx, url.Values{"slug": {slug}})
}

// SearchPosts returns the posts, at most 100, in which the site's search finds a
// text, a marker in an HTML comment included. It is a search: look for the marker
// in what it returns.
func (c *Client) SearchPosts(ctx context.Context, marker string) ([]Post, error) {
	return c.posts(ctx, url.Values{"search": {marker}})
}

func (c *Client) posts(ctx context.Context, q url.Values) ([]Post, error) {
	q.Set("status", "any")
	q.Set("context", "edit")
	q.Set("per_page", "100")
	q.Set("_fields", postFields)
	var list []wirePost
	if err := c.do(ctx, call{route: "/wp/v2/posts", query: q, auth: true}, &list); err != nil {
		return nil, err
	}
	posts := make([]Post, len(list))
	for i, w := range list {
		if w.ID == 0 {
			return nil, c.garbled(nil)
		}
		posts[i] = w.post()
	}
	return posts, nil
}

// Post returns one post, also from the trash. NotFound means it is gone.
func (c *Client) Post(ctx context.Context, id int64) (Post, error) {
	q := url.Values{"context": {"edit"}, "_fields": {postFields}}
	return c.onePost(ctx, call{route: fmt.Sprintf("/wp/v2/posts/%d", id), query: q, auth: true})
}

// CreatePost makes a post. WordPress makes another at each call, whose slug then
// ends in -2: after Unknown, look before you create again. What it returns is
// what was stored: a featured picture, terms or meta that it didn't like are
// missing from it.
func (c *Client) CreatePost(ctx context.Context, p Post) (Post, error) {
	return c.onePost(ctx, call{method: http.MethodPost, route: "/wp/v2/posts", json: p.fields(), auth: true, creates: true})
}

// UpdatePost changes the fields that are set in change. Repeating it does no
// harm.
func (c *Client) UpdatePost(ctx context.Context, id int64, change Post) (Post, error) {
	return c.onePost(ctx, call{method: http.MethodPost, route: fmt.Sprintf("/wp/v2/posts/%d", id), json: change.fields(), auth: true})
}

func (c *Client) onePost(ctx context.Context, k call) (Post, error) {
	var w wirePost
	if err := c.do(ctx, k, &w); err != nil {
		return Post{}, err
	}
	if w.ID == 0 {
		return Post{}, c.shapeless(k)
	}
	return w.post(), nil
}
