package api

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// resource is what there is to say of one kind of thing. Everything that its
// routes have in common is made from it, once: R is a row of its list, D what
// is shown of one.
type resource[R, D any] struct {
	path string // planner/keywords/
	id   string // keywords
	one  string // keyword
	// reads is what it takes to see them; Read if empty.
	reads igny8.Power
	list  store.List
}

// Page is what a list is answered with.
type Page[T any] struct {
	Count      int64   `json:"count"`
	CountExact *bool   `json:"count_exact,omitempty" doc:"False if there are more than count"`
	Next       *string `json:"next" format:"uri-reference"`
	Previous   *string `json:"previous" format:"uri-reference"`
	Results    []T     `json:"results"`
}

// listed makes the list of a resource, and the route of one.
func listed[R, D any](s *Server, r *resource[R, D]) {
	lists(s, r)
	route(s, get(r.path+"{id}/", "get-"+r.one, "Get "+withArticle(r.one), r.read()), func(ctx context.Context, in *ByID) (D, error) {
		return one(ctx, s, r, in.ID)
	})
}

// spoken is the name of a kind of thing as it stands in a sentence.
func spoken(name string) string {
	return strings.NewReplacer("one-", "", "ai-", "AI ", "api-", "API ", "-", " ").Replace(name)
}

// withArticle is one of them.
func withArticle(one string) string {
	name := spoken(one)
	if strings.ContainsRune("aeioA", rune(name[0])) {
		return "an " + name
	}
	return "a " + name
}

func (r *resource[R, D]) read() igny8.Power { return cmp.Or(r.reads, igny8.Read) }

// one is a resource's row by ID, as it is shown.
func one[R, D any](ctx context.Context, s *Server, r *resource[R, D], id string) (D, error) {
	return as(ctx, s, func(q *store.Queries) (D, error) { return store.Row[D](ctx, q, &r.list, id) })
}

// lists makes the list alone.
func lists[R, D any](s *Server, r *resource[R, D]) {
	e := get(r.path, "list-"+r.id, "List "+spoken(r.id), r.read())
	e.parameters = parameters(&r.list)
	raw(s, e, func(ctx context.Context, in *listInput) (*reply[Page[R]], error) {
		ask, err := in.ask()
		if err != nil {
			return nil, err
		}
		r.narrow(igny8.PrincipalOf(ctx), &ask)
		page, err := store.Read[R](ctx, s.Store, igny8.PrincipalOf(ctx), &r.list, ask)
		if err != nil {
			return nil, err
		}
		out := Page[R]{Count: page.Count, Next: in.link(page.Next), Previous: in.link(page.Previous), Results: page.Rows}
		if !page.Exact {
			out.CountExact = new(bool)
		}
		return &reply[Page[R]]{Status: http.StatusOK, Body: out}, nil
	})
}

// narrow asks for the one site that somebody may see by its name: an index finds
// its rows, where the policy alone would have to look at each other site's.
func (r *resource[R, D]) narrow(p igny8.Principal, ask *store.Ask) {
	_, bySite := r.list.Filters["site_id"]
	if bySite && !p.AllSites && len(p.Sites) == 1 && ask.Filters["site_id"] == "" && r.list.Counted != "" {
		ask.Filters["site_id"] = p.Sites[0].String()
	}
}

// listInput is the query of a list. Which filters there are is the list's own
// matter, so they are read as they come and judged there.
type listInput struct {
	url    url.URL
	values url.Values
}

// Resolve is called by huma when the request has been read.
func (in *listInput) Resolve(ctx huma.Context) (wrong []error) {
	var err error
	in.url = ctx.URL()
	if in.values, err = url.ParseQuery(in.url.RawQuery); err != nil {
		wrong = append(wrong, igny8.Errorf(igny8.Invalid, "What follows the ? can't be read: in a value, %% is written as %%25 and ; as %%3B."))
	}
	return wrong
}

// aside are parameters of every list that are no filters.
var aside = []string{"search", "ordering", "cursor", "page", "page_size"}

func (in *listInput) ask() (a store.Ask, err error) {
	a = store.Ask{Filters: map[string]string{}, Search: in.values.Get("search"), Ordering: in.values.Get("ordering"), Cursor: in.values.Get("cursor")}
	for name, values := range in.values {
		if len(values) > 1 {
			return a, igny8.FieldErrorf(name, "%s can be given once.", name)
		}
		if !slices.Contains(aside, name) && values[0] != "" {
			a.Filters[name] = values[0]
		}
	}
	if a.Page, err = in.number("page"); err != nil {
		return a, err
	}
	a.Size, err = in.number("page_size")
	return a, err
}

func (in *listInput) number(name string) (int, error) {
	text := in.values.Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, igny8.FieldErrorf(name, "%s must be a whole number from 1.", name)
	}
	return n, nil
}

// link is the address of another page: the same question, from another place.
func (in *listInput) link(cursor string) *string {
	if cursor == "" {
		return nil
	}
	values := url.Values{}
	for name, v := range in.values {
		if name != "page" {
			values[name] = v
		}
	}
	values.Set("cursor", cursor)
	address := in.url.Path + "?" + values.Encode()
	return &address
}

// parameters describes a list's query to readers of the OpenAPI document.
func parameters(l *store.List) []*huma.Param {
	text := func(name, doc string, enum ...string) *huma.Param {
		schema := &huma.Schema{Type: huma.TypeString}
		for _, e := range enum {
			schema.Enum = append(schema.Enum, e)
		}
		return &huma.Param{Name: name, In: "query", Description: doc, Schema: schema}
	}
	number := func(name, doc string) *huma.Param {
		return &huma.Param{Name: name, In: "query", Description: doc, Schema: &huma.Schema{Type: huma.TypeInteger}}
	}
	all := []*huma.Param{
		number("page_size", "Rows in a page, 50 if not given, at most 500"),
		number("page", "A page by its number; beyond row 10,000 go on by next"),
		text("cursor", "From the next or previous of another page"),
	}
	if len(l.Search) > 0 {
		all = append(all, text("search", "Words that a row contains"))
	}
	var orders []string
	for name := range l.Orders {
		orders = append(orders, name, "-"+name)
	}
	slices.Sort(orders)
	all = append(all, text("ordering", l.Default+" if not given", orders...))
	var filters []string
	for name := range l.Filters {
		filters = append(filters, name)
	}
	slices.Sort(filters)
	for _, name := range filters {
		f := l.Filters[name]
		doc := f.Doc
		if len(f.Values) > 0 {
			doc = "One or more, separated by commas: " + list(f.Values)
		}
		p := text(name, doc)
		if f.Type == "int" || f.Type == "bigint" {
			p = number(name, doc)
		}
		switch f.Type {
		case "uuid":
			p.Schema.Format = "uuid"
		case "timestamptz":
			p.Schema.Format = "date-time"
		case "bool":
			p.Description = "true or false: " + doc
		}
		all = append(all, p)
	}
	return all
}

func list(values []string) string {
	out := ""
	for i, v := range values {
		if i > 0 {
			out += ", "
		}
		out += v
	}
	return out
}

// Filters and orders that most resources have.
var (
	bySite   = store.Filter{SQL: "r.site_id", Type: "uuid", Doc: "Of this site"}
	bySector = store.Filter{SQL: "r.sector_id", Type: "uuid", Doc: "Of this sector"}
	byTime   = store.Order{SQL: "r.created_at", Type: "timestamptz"}
)

// byStatus filters by one or more of the words of a status.
func byStatus[S ~string](all []S) store.Filter {
	return store.Filter{SQL: "r.status", Type: "text", Values: words(all)}
}

func words[S ~string](all []S) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = string(s)
	}
	return out
}
