package store

import (
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// global are the tables that belong to no account.
var global = []string{"igny8_plans", "igny8_industries", "igny8_industry_sectors", "igny8_credit_prices", "igny8_reconciliations"}

// table is what the catalogue of the database says about one.
type table struct {
	Name     string
	Enabled  bool // row-level security
	Forced   bool // also for the table's owner
	Columns  []string
	Required []string // columns that are not null
	Written  []string // columns that are not generated
}

func (t table) has(columns ...string) bool {
	return !slices.ContainsFunc(columns, func(c string) bool { return !slices.Contains(t.Columns, c) })
}

// requires reports whether none of the columns can be null.
func (t table) requires(columns ...string) bool {
	return !slices.ContainsFunc(columns, func(c string) bool { return !slices.Contains(t.Required, c) })
}

// owner is the column that says whose a row is.
func (t table) owner() string {
	if t.Name == "igny8_accounts" {
		return "id"
	}
	return "account_id"
}

// tables reads every table but the one that goose keeps its place in.
func (w *world) tables(t *testing.T) []table {
	return read[table](t, w, `
		select c.relname, c.relrowsecurity, c.relforcerowsecurity, array_agg(a.attname::text order by a.attnum),
			coalesce(array_agg(a.attname::text) filter (where a.attnotnull), '{}'), array_agg(a.attname::text order by a.attnum) filter (where a.attgenerated = '')
		from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
		where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'goose_db_version'
		group by c.oid, 1, 2, 3 order by 1`)
}

// tenants are the tables whose rows belong to accounts.
func (w *world) tenants(t *testing.T) []table {
	return slices.DeleteFunc(w.tables(t), func(t table) bool { return slices.Contains(global, t.Name) })
}

// index is one, with the columns it orders by; "" is an expression.
type index struct {
	Table, Name string
	Unique      bool
	Columns     []string
}

// begins reports whether the index leads with the columns.
func (i index) begins(columns ...string) bool {
	return len(i.Columns) >= len(columns) && slices.Equal(i.Columns[:len(columns)], columns)
}

func (w *world) indexes(t *testing.T) []index {
	return read[index](t, w, `
		select c.relname, i.relname, x.indisunique, array(select coalesce(a.attname::text, '') from unnest(x.indkey::int[]) with ordinality k(n, o)
			left join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.n where o <= x.indnkeyatts order by o)
		from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
		where c.relnamespace = 'public'::regnamespace order by 1, 2`)
}

// reference is a foreign key.
type reference struct {
	Table, Name string
	Columns     []string
	To          string
	ToColumns   []string
}

func (w *world) references(t *testing.T) []reference {
	return read[reference](t, w, `
		select c.relname, f.conname, array(select a.attname::text from unnest(f.conkey) with ordinality k(n, o) join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.n order by o),
			r.relname, array(select a.attname::text from unnest(f.confkey) with ordinality k(n, o) join pg_attribute a on a.attrelid = f.confrelid and a.attnum = k.n order by o)
		from pg_constraint f join pg_class c on c.oid = f.conrelid join pg_class r on r.oid = f.confrelid
		where f.contype = 'f' and c.relnamespace = 'public'::regnamespace order by 1, 2`)
}

// policy is a rule of row-level security.
type policy struct {
	Table, Name, Kind, For string
	To                     []string
	Using, Check           *string
}

func (w *world) policies(t *testing.T) []policy {
	return read[policy](t, w, `select tablename, policyname, permissive, cmd, roles::text[], qual, with_check from pg_policies where schemaname = 'public' order by 1, 2`)
}

// read reads rows as superuser; their columns are the fields in order.
func read[T any](t *testing.T, w *world, query string, args ...any) []T {
	t.Helper()
	rows, err := w.root.Query(w.ctx, query, args...)
	require.NoError(t, err)
	out, err := pgx.CollectRows(rows, pgx.RowToStructByPos[T])
	require.NoError(t, err)
	require.NotEmpty(t, out)
	return out
}
