package wordpress

import (
	"context"
	"errors"
	"html"
	"net/http"
	"net/url"
)

// A Taxonomy is a kind of term, by its name in the REST API.
type Taxonomy string

const (
	Categories Taxonomy = "categories"
	Tags       Taxonomy = "tags"
)

// A Term is a category or a tag.
type Term struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Slug string `json:"slug"`
}

// FindTerms returns the terms with exactly this slug.
func (c *Client) FindTerms(ctx context.Context, t Taxonomy, slug string) ([]Term, error) {
	return c.terms(ctx, t, url.Values{"slug": {slug}})
}

// SearchTerms returns the terms, at most 100, whose names hold a text.
func (c *Client) SearchTerms(ctx context.Context, t Taxonomy, name string) ([]Term, error) {
	return c.terms(ctx, t, url.Values{"search": {name}})
}

func (c *Client) terms(ctx context.Context, t Taxonomy, q url.Values) ([]Term, error) {
	q.Set("per_page", "100")
	q.Set("_fields", "id,name,slug")
	var list []Term
	if err := c.do(ctx, call{route: "/wp/v2/" + string(t), query: q, auth: true}, &list); err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].ID == 0 {
			return nil, c.garbled(nil)
		}
		list[i].Name = html.UnescapeString(list[i].Name)
	}
	return list, nil
}

// CreateTerm makes a term, or returns the one that has its name already, of which
// then only ID and the name asked for are set. So it can be repeated freely.
func (c *Client) CreateTerm(ctx context.Context, t Taxonomy, name, slug string) (Term, error) {
	body := map[string]any{"name": name}
	if slug != "" {
		body["slug"] = slug
	}
	k := call{method: http.MethodPost, route: "/wp/v2/" + string(t), json: body, auth: true}
	var term Term
	err := c.do(ctx, k, &term)
	if f, ok := errors.AsType[fault](err); ok && f.Code == "term_exists" && f.Data.TermID > 0 {
		return Term{ID: f.Data.TermID, Name: name}, nil
	}
	if err != nil {
		return Term{}, err
	}
	if term.ID == 0 {
		return Term{}, c.shapeless(k)
	}
	term.Name = html.UnescapeString(term.Name)
	return term, nil
}
