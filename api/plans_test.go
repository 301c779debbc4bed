package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// mostRead is how many rows a statement of a list page may read.
const mostRead = 2000

// planned is a node of a plan as EXPLAIN (ANALYZE, FORMAT JSON) tells it.
type planned struct {
	Kind     string    `json:"Node Type"`
	Index    string    `json:"Index Name"`
	Relation string    `json:"Relation Name"`
	Rows     float64   `json:"Actual Rows"`
	Loops    float64   `json:"Actual Loops"`
	Filtered float64   `json:"Rows Removed by Filter"`
	Checked  float64   `json:"Rows Removed by Index Recheck"`
	Plans    []planned `json:"Plans"`
}

// read is how many rows the plan has looked up, in tables or in indexes alone.
func (p planned) read() (n float64) {
	if p.Relation != "" || p.Index != "" {
		n = (p.Rows + p.Filtered + p.Checked) * p.Loops
	}
	for _, inner := range p.Plans {
		n += inner.read()
	}
	return n
}

// explained is a server whose statements PostgreSQL explains in its log, each as
// the application's role sent it and row-level security let it.
type explained struct {
	*world
	log *os.File
}

func newExplained(t *testing.T) *explained {
	t.Helper()
	w := newWorld(t)
	address, err := url.Parse(w.url)
	require.NoError(t, err)
	settings := address.Query()
	for name, value := range map[string]string{
		"session_preload_libraries": "auto_explain", "auto_explain.log_min_duration": "0", "auto_explain.log_analyze": "on", "auto_explain.log_buffers": "on",
		"auto_explain.log_timing": "off", "auto_explain.log_format": "json", "auto_explain.log_level": "log",
	} {
		settings.Set(name, value)
	}
	if !whole() { // few rows take few pages: as if all of them were read at once, no index would be worth its while
		settings.Set("random_page_cost", "0.05")
	}
	address.RawQuery = settings.Encode()
	w.Server.Store, err = store.Open(t.Context(), address.String(), store.Options{MaxConns: 2})
	require.NoError(t, err)
	t.Cleanup(w.Server.Store.Close)
	e := &explained{world: w}
	e.log, err = os.Open(filepath.Join(filepath.Dir(value[string](t, w, "show data_directory")), "postgres.log"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = e.log.Close() })
	return e
}

// A told is a statement and how it was executed.
type told struct {
	Query string  `json:"Query Text"`
	Plan  planned `json:"Plan"`
}

// plans are the statements since it was last called. They are in the log before
// their answer is.
func (e *explained) plans(t *testing.T) (all []told) {
	t.Helper()
	text, err := io.ReadAll(e.log)
	require.NoError(t, err)
	for {
		_, rest, found := bytes.Cut(text, []byte("  plan:\n"))
		if !found {
			return all
		}
		var one told
		d := json.NewDecoder(bytes.NewReader(rest))
		require.NoError(t, d.Decode(&one))
		all = append(all, one)
		text = rest[d.InputOffset():]
	}
}

// page gets a page of a list and holds each of its statements to the bound.
func (e *explained) page(t *testing.T, token, path string, most float64) (p Page[map[string]any]) {
	t.Helper()
	e.plans(t)
	a := e.get(t, token, path)
	require.Equal(t, http.StatusOK, a.status, "%s: %s", path, a.body)
	statements := e.plans(t)
	require.NotEmpty(t, statements, "PostgreSQL explained nothing")
	for _, s := range statements {
		if n := s.Plan.read(); n > most {
			plan, err := json.MarshalIndent(s.Plan, "", " ")
			require.NoError(t, err)
			t.Errorf("%s reads %.0f rows, more than %.0f:\n%s", path, n, most, s.Query)
			t.Logf("%s", plan)
		}
	}
	a.into(&p)
	return p
}

// asked is a list as its documentation says it may be asked for.
type asked struct {
	path      string
	orderings []string
	filters   []string
	searched  bool
	sites     bool // it can be filtered by site
	sectors   bool // and by sector
}

// lists are all of the account's. The calendar is of a span of time: see spans.
// What is of one thing is as short as that.
func (e *explained) lists() (all []asked) {
	for path, item := range e.api.OpenAPI().Paths {
		if item.Get == nil || !strings.HasPrefix(item.Get.OperationID, "list-") || strings.Contains(path, "{") || path == root+calendar.path {
			continue
		}
		l := asked{path: path}
		for _, p := range item.Get.Parameters {
			switch {
			case p.Name == "ordering":
				for _, o := range p.Schema.Enum {
					l.orderings = append(l.orderings, o.(string))
				}
			case p.Name == "search":
				l.searched = true
			case !slices.Contains(aside, p.Name):
				l.filters = append(l.filters, p.Name)
				l.sites, l.sectors = l.sites || p.Name == "site_id", l.sectors || p.Name == "sector_id"
			}
		}
		if len(l.orderings) > 0 {
			all = append(all, l)
		}
	}
	return all
}

// bounds are values of filters that no column holds.
var bounds = map[string][]string{
	"volume_min": {"10", "9900"}, "volume_max": {"9000", "50"}, "difficulty_min": {"10", "99"}, "difficulty_max": {"90", "1"},
	"unread": {"true", "false"}, "since": {"2026-01-01T00:20:00Z"}, "until": {"2026-01-01T00:00:00Z", "2025-12-31T23:07:00Z"},
}

// values are what a list is filtered by here: what its newest rows have, which is
// frequent, and its oldest, which is rare.
func values(filter string, rows []map[string]any) (all []string) {
	for _, row := range rows {
		if v := row[filter]; v != nil && !slices.Contains(all, fmt.Sprint(v)) && len(all) < 2 {
			all = append(all, fmt.Sprint(v))
		}
	}
	return append(all, bounds[filter]...)
}

// Every page of every list reads little more than it shows, in each order and by
// each filter that the list offers, in all of the account, in a site and in a sector,
// however many rows the account and others have. A search reads no more than its
// sector. `make plans` runs it on 100,000 rows of each list among 900,000 of nine
// other accounts: that fills some 15 GB of the temporary directory, and takes a
// quarter of an hour. What an index of an order compares by itself, for columns of
// filters that it has, are its entries: PostgreSQL counts only those that pass.
func TestListsReadLittle(t *testing.T) {
	t.Parallel()
	e := newExplained(t)
	rows := e.fill(t)
	token := e.signIn(t, "owner@mine.test")
	many := 0
	for _, l := range e.lists() {
		newest := e.page(t, token, l.path+"?ordering="+first(l.orderings, "-created_at"), mostRead)
		if len(newest.Results) < 50 {
			continue // so short that it is read at once
		}
		many++
		oldest := e.page(t, token, l.path+"?ordering="+first(l.orderings, "created_at"), mostRead)
		some := append(append([]map[string]any{}, oldest.Results[:5]...), newest.Results[:5]...)
		for _, scope := range e.scopes(l) {
			e.read(t, token, l, scope, some)
		}
		if l.searched && l.sectors {
			e.page(t, token, l.path+"?search=nowhere&sector_id="+e.mine.hidden.String(), max(float64(rows)/10, 500))
		}
	}
	require.GreaterOrEqual(t, many, 12, "lists that are long")
	e.spans(t, token)

	// Who was granted a small site reads that site's rows and no others'.
	e.sql(t, "update igny8_site_grants set site_id = $2 where account_id = $1", e.mine.account, e.mine.closed)
	token = e.signIn(t, "viewer@mine.test")
	for _, r := range []string{keywords.path, clusters.path, ideas.path, tasks.path, contents.path, images.path, runs.path} {
		p := e.page(t, token, root+r, mostRead)
		require.NotEmpty(t, p.Results, r)
		require.Equal(t, e.mine.closed.String(), p.Results[0]["site_id"])
	}
}

// spans are what a calendar shows: some minutes of it read no more than happens in
// them, of one state, site or sector as well.
func (e *explained) spans(t *testing.T, token string) {
	t.Helper()
	const span = "?since=2026-01-01T00:05:00Z&until=2026-01-01T00:10:00Z&page_size=200"
	p := e.page(t, token, root+calendar.path+span, mostRead)
	require.Len(t, p.Results, 200)
	e.page(t, token, *p.Next, mostRead)
	for _, more := range []string{"&ordering=-at", "&state=scheduled", "&state=published", "&state=failed", "&site_id=" + e.mine.closed.String(), "&sector_id=" + e.mine.hidden.String()} {
		e.page(t, token, root+calendar.path+span+more, mostRead)
	}
}

// scopes are all of the account, most of it that is a site, and a small sector of
// another site; of many rows, all of that site too, where some values are nowhere.
func (e *explained) scopes(l asked) []url.Values {
	all := []url.Values{{}}
	if l.sites {
		all = append(all, url.Values{"site_id": {e.mine.site.String()}})
	}
	if l.sites && whole() {
		all = append(all, url.Values{"site_id": {e.mine.closed.String()}})
	}
	if l.sectors {
		all = append(all, url.Values{"sector_id": {e.mine.hidden.String()}})
	}
	return all
}

// read reads the list within a scope: by each order, on and on, and by each
// filter in each order.
func (e *explained) read(t *testing.T, token string, l asked, scope url.Values, rows []map[string]any) {
	t.Helper()
	address := func(more ...string) string {
		query := url.Values{}
		for name, v := range scope {
			query[name] = v
		}
		for i := 0; i < len(more); i += 2 {
			query.Set(more[i], more[i+1])
		}
		return l.path + "?" + query.Encode()
	}
	for _, ordering := range l.orderings {
		next := address("ordering", ordering, "page_size", "200")
		for range 3 {
			p := e.page(t, token, next, mostRead)
			if p.Next == nil {
				break
			}
			next = *p.Next
		}
		if strings.HasPrefix(ordering, "-") && ordering != "-created_at" {
			continue // an index is read as well from its other end
		}
		for _, filter := range l.filters {
			for _, value := range values(filter, rows) {
				if scope.Get(filter) == "" && (scope.Get("sector_id") == "" || filter != "site_id") {
					e.page(t, token, address("ordering", ordering, filter, value), mostRead)
				}
			}
		}
	}
}

func first(orderings []string, wanted string) string {
	if slices.Contains(orderings, wanted) {
		return wanted
	}
	return orderings[len(orderings)-1]
}

func whole() bool { return os.Getenv("IGNY8_PLANS") == "whole" }

// fill gives an account many rows in every list, and nine others some too. It
// returns how many the account has. With IGNY8_PLANS=whole there are 100,000 of
// each.
func (e *explained) fill(t *testing.T) (mine int) {
	t.Helper()
	mine, theirs := 5000, 500
	if whole() {
		mine, theirs = 100_000, 100_000
	}
	conn, err := pgx.Connect(t.Context(), e.url)
	require.NoError(t, err)
	defer conn.Close(t.Context())
	h := e.mine
	_, err = conn.Exec(t.Context(), fmt.Sprintf(settlers, h.account, h.site, h.closed, h.sector, h.hidden, h.users[igny8.Owner], mine, theirs))
	require.NoError(t, err)
	for table, r := range long {
		_, err := conn.Exec(t.Context(), r.fill(table))
		require.NoError(t, err, table)
	}
	_, err = conn.Exec(t.Context(), "analyze")
	require.NoError(t, err)
	return mine
}
