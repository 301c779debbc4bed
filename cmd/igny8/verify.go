package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"golang.org/x/net/html"

	"github.com/igny8/igny8/activities/image"
	"github.com/igny8/igny8/store"
)

// verify reads the demo's articles as a reader would and reports what is not as
// it should be: too few, about too few topics, not at their addresses, without
// their images, or alike.
func (p *platform) verify(ctx context.Context, at place, run store.Run) error {
	posts, err := store.As(ctx, p.store, at.as(), func(q *store.Queries) ([]store.PublishedOfRunRow, error) { return q.PublishedOfRun(ctx, &run.ID) })
	if err != nil {
		return err
	}
	var wrong []error
	topics, seen := map[string]bool{}, map[string]string{}
	for _, post := range posts {
		if post.ClusterID != nil {
			topics[post.ClusterID.String()] = true
		}
		pictures, paragraphs, err := p.readPost(ctx, post.URL)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", post.URL, err))
			continue
		}
		if pictures < demoImages {
			wrong = append(wrong, fmt.Errorf("%s has %d images, not %d", post.URL, pictures, demoImages))
		}
		for _, text := range paragraphs {
			if other := seen[text]; other != "" {
				wrong = append(wrong, fmt.Errorf("%s and %s share the paragraph %.60q", post.URL, other, text))
			}
			seen[text] = post.URL
		}
	}
	if len(posts) < demoArticles {
		wrong = append(wrong, fmt.Errorf("%d articles were published, not %d", len(posts), demoArticles))
	}
	if len(topics) < demoClusters {
		wrong = append(wrong, fmt.Errorf("the articles are about %d topics, not %d", len(topics), demoClusters))
	}
	return errors.Join(wrong...)
}

// readPost gets a post and its pictures. It returns how many of them are whole
// pictures, and the text of its paragraphs.
func (p *platform) readPost(ctx context.Context, url string) (pictures int, paragraphs []string, err error) {
	page, err := p.get(ctx, url)
	if err != nil {
		return 0, nil, err
	}
	root, err := html.Parse(strings.NewReader(string(page)))
	if err != nil {
		return 0, nil, err
	}
	for n := range root.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "p":
			if text := strings.Join(strings.Fields(textOf(n)), " "); len(strings.Fields(text)) >= 12 && !strings.Contains(text, "sandbox") {
				paragraphs = append(paragraphs, text)
			}
		case n.Data == "img":
			for _, a := range n.Attr {
				if a.Key != "src" {
					continue
				}
				b, err := p.get(ctx, a.Val)
				if err != nil {
					return pictures, paragraphs, err
				}
				if _, err := image.Decode(b); err != nil {
					return pictures, paragraphs, err
				}
				pictures++
			}
		}
	}
	return pictures, paragraphs, nil
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

func (p *platform) get(ctx context.Context, url string) ([]byte, error) {
	if strings.HasPrefix(url, "/") {
		url = p.sandbox + url
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	res, err := p.ways().Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", url, res.Status)
	}
	return io.ReadAll(io.LimitReader(res.Body, 16<<20))
}
