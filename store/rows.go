package store

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/igny8/igny8"
)

// A question is a request for a page, as it is put to the database: how many rows
// there are, and which stand on the page.
type question struct {
	Ask
	at         cursor
	offset     int
	counts     string
	countsWith []any
	bounded    bool // no more than CountUntil are counted
	rows       string
	rowsWith   []any
}

// some is how many rows there will be, but for few pages.
func (q *question) some() int { return min(q.Size, 50) + 1 }

// question checks a request and puts it into SQL.
func (l *List) question(row reflect.Type, a Ask) (q question, err error) {
	if a.Size == 0 {
		a.Size = 50
	}
	if a.Size < 1 || a.Size > MaxPage {
		return q, igny8.FieldErrorf("page_size", "page_size must be from 1 to %d.", MaxPage)
	}
	q.Ask = a
	l = l.asked(a)
	s := l.begin()
	site, a, err := l.siteOf(&s, a)
	if err != nil {
		return q, err
	}
	if err := l.filter(&s, a); err != nil {
		return q, err
	}
	s.filtered = s.filtered || site != ""
	l.count(&q, s, site)
	at, order, err := l.place(&s, a)
	if err != nil {
		return q, err
	}
	if q.at = at; a.Cursor == "" && a.Page > 1 {
		if q.offset = (a.Page - 1) * a.Size; a.Page > MaxOffset || q.offset >= MaxOffset {
			return q, igny8.FieldErrorf("page", "Pages are numbered up to row %d. Go on from there by the address in next.", MaxOffset)
		}
	}
	if site != "" {
		l, s = l.bySector(s, site, fmt.Sprintf("%s limit %d", l.orderBy(order, at.Back), q.offset+a.Size+1))
	}
	q.rows = l.statement(row, s, order, at.Back) + fmt.Sprintf(" limit %d offset %d", a.Size+1, q.offset)
	q.rowsWith = s.arguments()
	return q, nil
}

// count asks how many rows there are: of the counters the database keeps where
// they know, else by looking at no more than CountUntil.
func (l *List) count(q *question, s statement, site string) {
	if c, ok := l.counted(q.Ask); ok {
		q.counts = "select coalesce(sum(n), 0)::bigint from igny8_counts where " + strings.Join(c.where, " and ")
		q.countsWith = c.arguments()
		return
	}
	q.bounded = true
	if site != "" {
		l, s = l.bySector(s, site, fmt.Sprintf(" limit %d", CountUntil+1))
	}
	q.counts = fmt.Sprintf("select count(*) from (select from %s where %s limit %d) x", l.From, strings.Join(s.where, " and "), CountUntil+1)
	q.countsWith = s.arguments()
}

// siteOf is the place of the site that a list is filtered by, if its rows are to be
// read sector by sector, and what else is asked for. What belongs to one thing – a
// cluster, an import – is found by that.
func (l *List) siteOf(s *statement, a Ask) (string, Ask, error) {
	site := a.Filters["site_id"]
	if !l.BySector || site == "" || a.Search != "" {
		return "", a, nil
	}
	for name := range a.Filters {
		if l.Filters[name].Type == "uuid" && name != "site_id" && name != "sector_id" {
			return "", a, nil
		}
	}
	if err := l.Filters["site_id"].check("site_id", site); err != nil {
		return "", a, err
	}
	a.Filters = maps.Clone(a.Filters)
	delete(a.Filters, "site_id")
	return s.param(site, "uuid"), a, nil
}

// bySector are the list and the statement by which the rows of a site are found in
// its sectors, of which there are few: of each those that stand first. most is the
// order of a sector's rows and how many are looked at.
func (l *List) bySector(s statement, site, most string) (*List, statement) {
	other := *l
	other.From = fmt.Sprintf("igny8_sectors s cross join lateral (select r.* from %s where %s and r.sector_id = s.id%s) r", l.From, strings.Join(s.where, " and "), most)
	s.where = []string{"s.account_id = (select current_account())", "s.site_id = " + site}
	return &other, s
}

// counted is a condition on the counters, unless something is asked for that they
// don't know.
func (l *List) counted(a Ask) (c statement, ok bool) {
	if l.Counted == "" || a.Search != "" {
		return c, false
	}
	c.where = []string{"account_id = (select current_account())", "kind = " + c.param(l.Counted, "text")}
	for _, name := range sortedKeys(a.Filters) {
		value := a.Filters[name]
		switch name {
		case "status":
			c.where = append(c.where, "status = any(string_to_array("+c.param(value, "text")+", ','))")
		case "sector_id", "site_id":
			c.where = append(c.where, name+" = "+c.param(value, "uuid"))
		default:
			return c, false
		}
	}
	return c, true
}

// Rows returns a page of a list, as T's fields: each is the column that its json
// name says, or the expression in its sql tag. Errors are Invalid with the field
// of the request, or NotFound for a page that there isn't.
func Rows[T any](ctx context.Context, q *Queries, l *List, a Ask) (p Page[T], err error) {
	ask, err := l.question(reflect.TypeFor[T](), a)
	if err != nil {
		return p, err
	}
	if err := q.db.QueryRow(ctx, ask.counts, ask.countsWith...).Scan(&p.Count); err != nil {
		return p, err
	}
	rows, keys, err := fetch[T](ctx, q, ask.rows, ask.rowsWith, ask.some())
	if err != nil {
		return p, err
	}
	return answer(&ask, p.Count, rows, keys)
}

// whose begins a batch, which is one transaction: it says who it works for, as
// become does.
const whose = "select set_config('igny8.account', $1, true), set_config('igny8.sites', $2, true)"

// Read is Rows for a principal who asks nothing else: who asks, how many rows
// there are and which is one message to the database, and one transaction.
func Read[T any](ctx context.Context, s *Store, p igny8.Principal, l *List, a Ask) (page Page[T], err error) {
	if p.Account.IsZero() {
		return page, igny8.Errorf(igny8.Unauthenticated, "sign in first")
	}
	ask, err := l.question(reflect.TypeFor[T](), a)
	if err != nil {
		return page, err
	}
	if len(a.Filters) > 0 || a.Search != "" { // a batch prepares its statements for any value
		return filtered[T](ctx, s, p, l, a)
	}
	var batch pgx.Batch
	batch.Queue(whose+", set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)", p.Account.String(), sitesOf(p))
	batch.Queue(ask.counts, ask.countsWith...)
	batch.Queue(ask.rows, ask.rowsWith...)
	tally(ctx) // how many
	tally(ctx) // and which; who asks is told with them
	sent := s.app.SendBatch(ctx, &batch)
	defer func() {
		if closed := sent.Close(); err == nil {
			err = coded(closed)
		}
	}()
	var n int64
	if _, err := sent.Exec(); err != nil {
		return page, coded(err)
	}
	if err := sent.QueryRow().Scan(&n); err != nil {
		return page, coded(err)
	}
	result, err := sent.Query()
	if err != nil {
		return page, coded(err)
	}
	rows, keys, err := gather[T](result, ask.some())
	if err != nil {
		return page, coded(err)
	}
	return answer(&ask, n, rows, keys)
}

// filtered is Read by filters and a search. Rows are read only until there are
// enough, so that no bitmap may be made of all of them; but a search goes by
// nothing else. A table is never read from its beginning: there stand the rows of
// others.
func filtered[T any](ctx context.Context, s *Store, p igny8.Principal, l *List, a Ask) (page Page[T], err error) {
	begin := become(p) + "; set local enable_seqscan = off"
	if a.Search == "" {
		begin += "; set local enable_bitmapscan = off"
	}
	err = pgx.BeginTxFunc(ctx, s.app, pgx.TxOptions{BeginQuery: begin}, func(tx pgx.Tx) (err error) {
		page, err = Rows[T](ctx, New(wire{tx}), l, a)
		return err
	})
	return page, coded(err)
}

// answer makes a page of what was found, which is a row more than it has if there
// is another page.
func answer[T any](q *question, n int64, rows []T, keys []key) (p Page[T], err error) {
	if p.Count, p.Exact = n, true; q.bounded {
		p.Count, p.Exact = min(n, CountUntil), n <= CountUntil
	}
	if q.offset > 0 && len(rows) == 0 {
		return p, igny8.Errorf(igny8.NotFound, "There is no page %d.", q.Page)
	}
	more := len(rows) > q.Size
	if more {
		rows, keys = rows[:q.Size], keys[:q.Size]
	}
	if q.at.Back {
		slices.Reverse(rows)
		slices.Reverse(keys)
	}
	p.Rows = rows
	if n := len(keys); n > 0 {
		if more || q.at.Back {
			p.Next = cursor{Order: q.at.Order, Value: keys[n-1].value, ID: keys[n-1].id}.String()
		}
		if q.at.Back && more || !q.at.Back && (q.Cursor != "" || q.offset > 0) {
			p.Previous = cursor{Order: q.at.Order, Value: keys[0].value, ID: keys[0].id, Back: true}.String()
		}
	}
	return p, nil
}
