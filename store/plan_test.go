package store

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

// planned is a node of a plan as EXPLAIN (ANALYZE, FORMAT JSON) tells it.
type planned struct {
	Index    string    `json:"Index Name"`
	Relation string    `json:"Relation Name"`
	Rows     float64   `json:"Actual Rows"`
	Loops    float64   `json:"Actual Loops"`
	Filtered float64   `json:"Rows Removed by Filter"`
	Checked  float64   `json:"Rows Removed by Index Recheck"`
	Plans    []planned `json:"Plans"`
}

// read is how many rows of tables the plan has looked at.
func (p planned) read() (n float64) {
	if p.Relation != "" || p.Index != "" {
		n = (p.Rows + p.Filtered + p.Checked) * p.Loops
	}
	for _, inner := range p.Plans {
		n += inner.read()
	}
	return n
}

func (p planned) uses(index string) bool {
	for _, inner := range p.Plans {
		if inner.uses(index) {
			return true
		}
	}
	return p.Index == index
}

// A page of the list reads little more than the page, in each of its orders, and
// a search for something rare reads what it finds: whoever else has how many
// rows.
func TestPlansOfKeywords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine, theirs := w.settle(t), w.settle(t)
	for _, h := range []household{mine, theirs} {
		_, err := w.root.Exec(w.ctx, `insert into igny8_keywords (account_id, site_id, sector_id, keyword, normal, volume, difficulty, created_at)
			select $1, $2, $3, w, w, nullif(n % 997, 0), n % 100, now() - n * interval '1 second' from generate_series(1, 30000) n, lateral (select md5(n::text) || case when n % 10000 = 0 then ' zanzibar' else '' end w) x`, h.account, h.site, h.sector)
		require.NoError(t, err)
	}
	_, err := w.root.Exec(w.ctx, "analyze igny8_keywords")
	require.NoError(t, err)
	l := &List{
		From: "igny8_keywords r", Searched: "igny8_searched_keywords r", Search: []string{"r.keyword"}, Default: "created_at",
		Filters: map[string]Filter{"sector_id": {SQL: "r.sector_id", Type: "uuid"}},
		Orders: map[string]Order{"created_at": {SQL: "r.created_at", Type: "timestamptz", Flip: true}, "volume": {SQL: "r.volume_sort", Type: "int"},
			"difficulty": {SQL: "r.difficulty_sort", Type: "int"}, "keyword": {SQL: "r.normal", Type: "text"}},
	}
	for order := range l.Orders {
		require.LessOrEqual(t, w.explain(t, mine, l, Ask{Ordering: order}).read(), 2000.0, order)
	}
	p := w.explain(t, mine, l, Ask{Search: "zanzibar"})
	require.True(t, p.uses("igny8_keywords_search"), "%+v", p)
	require.LessOrEqual(t, p.read(), 2000.0)
	l.Searched = ""
	require.False(t, w.explain(t, mine, l, Ask{Search: "zanzibar"}).uses("igny8_keywords_search"), "without the view the index is of no use")
}

// explain runs a page's query and says how that went.
func (w *world) explain(t *testing.T, h household, l *List, a Ask) planned {
	t.Helper()
	out, err := As(w.ctx, w.Store, h.everything(), func(q *Queries) (string, error) {
		l = l.asked(a)
		s := l.begin()
		if err := l.filter(&s, a); err != nil {
			return "", err
		}
		_, order, err := l.place(&s, a)
		if err != nil {
			return "", err
		}
		type row struct {
			Keyword string `json:"keyword"`
		}
		sql := l.statement(reflect.TypeFor[row](), s, order, false) + " limit 51"
		var plan string
		err = q.db.QueryRow(context.WithoutCancel(w.ctx), "explain (analyze, format json) "+sql, s.args...).Scan(&plan)
		return plan, err
	})
	require.NoError(t, err)
	var plans []struct{ Plan planned }
	require.NoError(t, json.Unmarshal([]byte(out), &plans), fmt.Sprint(out))
	return plans[0].Plan
}
