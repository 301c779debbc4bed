package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

// Two accounts with rows in every table there is: to each, the other's rows do
// not exist, whatever it tries.
func TestTenancy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine, theirs := w.settle(t), w.settle(t)
	w.fill(t, mine)
	w.fill(t, theirs)
	tables := w.tenants(t)
	before := w.contents(t, tables, theirs.account)
	for _, table := range tables {
		all := value[int64](t, w, fmt.Sprintf("select count(*) from %s where %s = $1", table.Name, table.owner()), mine.account)
		require.Positive(t, all, "the fixture has nothing in %s", table.Name)
		require.Equal(t, all, w.count(t, mine.everything(), "select * from "+table.Name), "%s: an account sees its rows, and no others", table.Name)
		require.Zero(t, w.count(t, igny8.Principal{Account: igny8.New[igny8.AccountID](), AllSites: true}, "select * from "+table.Name), table.Name)
		w.tryAll(t, table, mine.everything(), table.owner(), theirs.account.UUID, theirs.account)
		w.steal(t, table, mine, theirs)
	}
	require.Equal(t, before, w.contents(t, tables, theirs.account))
}

// Who was granted one of two sites sees its rows, and does nothing to the other's.
func TestGrantedSites(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.settle(t)
	w.fill(t, h)
	tables := w.tenants(t)
	before := w.contents(t, tables, h.account)
	tried := 0
	for _, table := range tables {
		site := "site_id"
		if table.Name == "igny8_sites" {
			site = "id"
		} else if !table.has("site_id") || siteless[table.Name] != "" {
			continue
		}
		tried++
		granted := value[int64](t, w, fmt.Sprintf("select count(*) from %s where %s = $1", table.Name, site), h.site)
		require.Positive(t, granted, table.Name)
		all := int64(0)
		if !table.requires(site) { // some rows are about the account as a whole
			all = value[int64](t, w, fmt.Sprintf("select count(*) from %s where %s is null", table.Name, site))
			require.Positive(t, all, table.Name)
		}
		require.Equal(t, granted+all, w.count(t, h.guest(), "select * from "+table.Name), table.Name)
		require.Equal(t, all, w.count(t, igny8.Principal{Account: h.account}, "select * from "+table.Name), "%s: no grant, no site's rows", table.Name)
		w.tryAll(t, table, h.guest(), site, h.closed.UUID, h.account)
	}
	require.Greater(t, tried, 19)
	require.Equal(t, before, w.contents(t, tables, h.account))
	counted := w.count(t, h.guest(), "select distinct site_id from igny8_counts")
	require.EqualValues(t, 1, counted, "the view of counts shows the granted site's")
}

// tryAll has a principal try every verb on the rows of a table that have a value
// in a column and are not the principal's to see.
func (w *world) tryAll(t *testing.T, table table, p igny8.Principal, column string, hidden uuid.UUID, account igny8.AccountID) {
	t.Helper()
	require.Zero(t, w.count(t, p, fmt.Sprintf("select * from %s where %s = '%s'", table.Name, column, hidden)), table.Name)
	for _, statement := range []string{
		fmt.Sprintf("update %s set %[2]s = %[2]s where %[2]s = '%[3]s'", table.Name, column, hidden),
		fmt.Sprintf("delete from %s where %s = '%s'", table.Name, column, hidden),
	} {
		verb, _, _ := strings.Cut(statement, " ")
		n, err := w.exec(p, statement)
		if value[bool](t, w, "select has_table_privilege('igny8_app', $1, $2)", table.Name, verb) {
			require.NoError(t, err, statement)
			require.Zero(t, n, statement)
		} else {
			require.ErrorContains(t, err, "permission denied", statement)
		}
	}
	columns := strings.Join(table.Written, ", ")
	row := value[string](t, w, fmt.Sprintf("select to_jsonb(x)::text from %s x where %s = $1 and %s = $2 limit 1", table.Name, column, table.owner()), hidden, account)
	_, err := w.exec(p, fmt.Sprintf("insert into %s (%s) select %[2]s from jsonb_populate_record(null::%[1]s, $1)", table.Name, columns), row)
	if value[bool](t, w, "select has_table_privilege('igny8_app', $1, 'insert')", table.Name) {
		require.ErrorContains(t, err, "row-level security", "insert into %s", table.Name)
	} else {
		require.ErrorContains(t, err, "permission denied", "insert into %s", table.Name)
	}
}

// steal has an account give its own rows to another.
func (w *world) steal(t *testing.T, table table, from, to household) {
	t.Helper()
	_, err := w.exec(from.everything(), fmt.Sprintf("update %s set %s = $1", table.Name, table.owner()), to.account)
	state, _ := refusal(err)
	require.Equal(t, "42501", state, "%s: %v", table.Name, err)
}

// A row can't refer to another account's row, nor to one of another site, since
// every foreign key between tenants' tables carries the account and, where there
// is one, the site and the sector. Keys hold against the superuser too.
func TestForeignKeysRefuseOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine, theirs := w.settle(t), w.settle(t)
	w.fill(t, mine)
	w.fill(t, theirs)
	tried := 0
	for _, k := range w.references(t) {
		if slices.Contains(global, k.To) || k.To == "igny8_accounts" {
			continue
		}
		tried++
		i := slices.IndexFunc(w.tables(t), func(t table) bool { return t.Name == k.Table })
		table := w.tables(t)[i]
		foreign := pairs(t, w, k, theirs.account)
		for name, changed := range map[string]map[string]string{"another account's": foreign, "another site's": w.elsewhere(t, k, mine)} {
			if changed == nil {
				continue
			}
			t.Run(k.Name+" "+name, func(t *testing.T) { w.refuses(t, table, k, mine.account, changed) })
		}
	}
	require.Greater(t, tried, 25)
}

// pairs returns what the columns of a foreign key, but for the account, would be
// if it pointed to a row of the account.
func pairs(t *testing.T, w *world, k reference, account igny8.AccountID) map[string]string {
	changed := map[string]string{}
	row := value[map[string]any](t, w, fmt.Sprintf("select to_jsonb(x) from %s x where account_id = $1 order by x::text limit 1", k.To), account)
	for i, column := range k.Columns {
		if column != (table{Name: k.Table}).owner() {
			changed[column] = fmt.Sprint(row[k.ToColumns[i]])
		}
	}
	return changed
}

// elsewhere returns the columns of a key that goes through a site, pointing to
// the row of the other site while the own site stays; nil if the key does not.
func (w *world) elsewhere(t *testing.T, k reference, h household) map[string]string {
	if !slices.Contains(k.ToColumns, "site_id") {
		return nil
	}
	row := value[map[string]any](t, w, fmt.Sprintf("select to_jsonb(x) from %s x where account_id = $1 and site_id = $2 limit 1", k.To), h.account, h.closed)
	changed := map[string]string{"site_id": h.site.String()}
	for i, column := range k.Columns {
		if column != "account_id" && column != "site_id" {
			changed[column] = fmt.Sprint(row[k.ToColumns[i]])
		}
	}
	return changed
}

// refuses takes out the account's rows of a table, so that no unique key is in
// the way, and puts one in again with some columns changed, which the foreign
// key must not let happen.
func (w *world) refuses(t *testing.T, table table, k reference, account igny8.AccountID, changed map[string]string) {
	tx, err := w.root.Begin(w.ctx)
	require.NoError(t, err)
	defer func() { require.NoError(t, tx.Rollback(w.ctx)) }()
	_, err = tx.Exec(w.ctx, "set local session_replication_role = replica")
	require.NoError(t, err)
	var row string
	require.NoError(t, tx.QueryRow(w.ctx, fmt.Sprintf("select (to_jsonb(x) || $2)::text from %s x where %s = $1 limit 1", table.Name, table.owner()), account, changed).Scan(&row))
	_, err = tx.Exec(w.ctx, fmt.Sprintf("delete from %s where %s = $1", table.Name, table.owner()), account)
	require.NoError(t, err)
	_, err = tx.Exec(w.ctx, "set local session_replication_role = origin")
	require.NoError(t, err)
	_, err = tx.Exec(w.ctx, fmt.Sprintf("insert into %s (%s) select %[2]s from jsonb_populate_record(null::%[1]s, $1)", table.Name, strings.Join(table.Written, ", ")), row)
	if err == nil { // the one that is checked at the end
		_, err = tx.Exec(w.ctx, "set constraints all immediate")
	}
	state, constraint := refusal(err)
	require.Equal(t, "23503", state, "%v", err)
	if constraint != k.Name { // another key with the same columns was asked first
		i := slices.IndexFunc(w.references(t), func(r reference) bool { return r.Table == k.Table && r.Name == constraint })
		require.GreaterOrEqual(t, i, 0, constraint)
		require.True(t, slices.ContainsFunc(w.references(t)[i].Columns, func(c string) bool { return changed[c] != "" }), constraint)
	}
}

// Nobody gets queries without saying whose, and what was said for one
// transaction is forgotten before the connection serves the next.
func TestPrincipals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine, theirs := w.settle(t), w.settle(t)
	called := false
	err := Do(w.ctx, w.Store, igny8.Principal{AllSites: true, Role: igny8.Owner}, func(*Queries) error { called = true; return nil })
	require.Equal(t, igny8.Unauthenticated, igny8.CodeOf(err))
	require.False(t, called)

	one, err := Open(w.ctx, w.url, Options{MaxConns: 1})
	require.NoError(t, err)
	t.Cleanup(one.Close)
	forgotten := func() {
		t.Helper()
		var account *uuid.UUID
		var sites []uuid.UUID
		var all bool
		var rows int
		require.NoError(t, one.app.QueryRow(w.ctx, "select current_account(), granted_sites(), all_sites(), (select count(*) from igny8_sites)").Scan(&account, &sites, &all, &rows))
		require.Nil(t, account)
		require.Empty(t, sites)
		require.False(t, all)
		require.Zero(t, rows)
	}
	seen := func(p igny8.Principal) int {
		n, err := As(w.ctx, one, p, func(q *Queries) (n int, err error) {
			return n, q.db.QueryRow(w.ctx, "select count(*) from igny8_sites").Scan(&n)
		})
		require.NoError(t, err)
		return n
	}
	forgotten()
	require.Equal(t, 2, seen(mine.everything()))
	forgotten()
	require.Equal(t, 1, seen(theirs.guest()))
	forgotten()
	failure := errors.New("undone")
	require.ErrorIs(t, Do(w.ctx, one, mine.everything(), func(*Queries) error { return failure }), failure)
	forgotten()
	require.Error(t, Do(w.ctx, one, mine.everything(), func(q *Queries) error { _, err := q.db.Exec(w.ctx, "no SQL"); return err }))
	forgotten()
	require.Panics(t, func() { _ = Do(w.ctx, one, mine.everything(), func(*Queries) error { panic("in a handler") }) })
	forgotten()
	require.Equal(t, 2, seen(theirs.everything()))
	require.Zero(t, seen(igny8.Principal{Account: theirs.account, Sites: []igny8.SiteID{mine.site}}), "a grant of another account's site is none")
}

// The view that is searched shows each principal what the table shows it: the
// rule that it states itself is the policies' rule.
func TestSearchedKeywords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine, theirs := w.settle(t), w.settle(t)
	w.fill(t, mine)
	w.fill(t, theirs)
	seen := map[int64]bool{}
	for _, p := range []igny8.Principal{
		mine.everything(), mine.guest(), theirs.everything(), {Account: mine.account}, {Account: theirs.account, Sites: []igny8.SiteID{mine.site}},
		{Account: igny8.New[igny8.AccountID](), AllSites: true}, {Account: mine.account, Sites: []igny8.SiteID{mine.site, mine.closed, theirs.site}},
	} {
		const view, keywords = "select id from igny8_searched_keywords", "select id from igny8_keywords"
		require.Zero(t, w.count(t, p, fmt.Sprintf("(%s except %s) union all (%[2]s except %[1]s)", view, keywords)), "%+v", p)
		seen[w.count(t, p, view)] = true
	}
	require.Len(t, seen, 3, "0, 1 and 2 rows were to be seen")
	_, err := w.exec(mine.everything(), "delete from igny8_searched_keywords")
	state, _ := refusal(err)
	require.Equal(t, "42501", state, "%v", err)
}

// The bot works for one account and, where its scope names one, one site.
func TestBotSeesItsSite(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.settle(t)
	w.fill(t, h)
	one := igny8.Bot(igny8.Scope{Account: h.account, Site: h.site})
	require.EqualValues(t, 1, w.count(t, one, "select * from igny8_keywords"))
	require.EqualValues(t, 2, w.count(t, igny8.Bot(igny8.Scope{Account: h.account}), "select * from igny8_keywords"))
}

// count returns how many rows a query gives a principal.
func (w *world) count(t *testing.T, p igny8.Principal, query string) int64 {
	t.Helper()
	n, err := As(w.ctx, w.Store, p, func(q *Queries) (n int64, err error) {
		return n, q.db.QueryRow(w.ctx, "select count(*) from ("+query+") x").Scan(&n)
	})
	require.NoError(t, err, query)
	return n
}

// contents is a hash of all rows of an account, by table.
func (w *world) contents(t *testing.T, tables []table, account igny8.AccountID) map[string]string {
	out := map[string]string{}
	for _, table := range tables {
		out[table.Name] = value[string](t, w, fmt.Sprintf("select coalesce(md5(string_agg(x::text, ',' order by x::text)), '') from %s x where %s = $1", table.Name, table.owner()), account)
	}
	return out
}
