package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The rules of the schema, read from the database's own catalogue.
func TestSchema(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, holds := range map[string]func(*testing.T, *world){
		"every table belongs to accounts or is global": tenancyOfTables,
		"row-level security is the same everywhere":    policiesOfTables,
		"content stands in a sector of a site":         contentTables,
		"foreign keys stay within the account":         foreignKeys,
		"unique keys stay within the account":          uniqueKeys,
		"indexes begin with the account":               leadingIndexes,
		"indexes for filters and order":                filterIndexes,
		"the tables of the original":                   originalTables,
		"roles may do what they need and no more":      privileges,
		"views and functions see what the asker sees":  viewsAndFunctions,
		"what is appended stays":                       appendOnly,
	} {
		t.Run(name, func(t *testing.T) { t.Parallel(); holds(t, w) })
	}
}

func tenancyOfTables(t *testing.T, w *world) {
	seen := map[string]bool{}
	for _, table := range w.tables(t) {
		seen[table.Name] = true
		require.True(t, strings.HasPrefix(table.Name, "igny8_"), table.Name)
		if slices.Contains(global, table.Name) {
			require.False(t, table.has("account_id"), "%s is said to be global", table.Name)
			continue
		}
		require.True(t, table.requires(table.owner()), "%s does not say whose its rows are", table.Name)
		require.True(t, table.Enabled && table.Forced, "%s is not under forced row-level security", table.Name)
	}
	for _, name := range global {
		require.True(t, seen[name], name)
	}
}

// siteless are the tables with a site in each row that an editor sees all of.
var siteless = map[string]string{
	"igny8_site_grants": "it says who may see which site, and is the whole account's to look at",
}

func policiesOfTables(t *testing.T, w *world) {
	found := map[string]map[string]policy{}
	for _, p := range w.policies(t) {
		if found[p.Table] == nil {
			found[p.Table] = map[string]policy{}
		}
		found[p.Table][p.Name] = p
	}
	for _, table := range w.tenants(t) {
		mine := "(" + table.owner() + " = ( SELECT current_account() AS current_account))"
		all := "true"
		want := map[string]policy{
			"tenant": {Table: table.Name, Name: "tenant", Kind: "PERMISSIVE", For: "ALL", To: []string{"igny8_app"}, Using: &mine, Check: &mine},
			"system": {Table: table.Name, Name: "system", Kind: "PERMISSIVE", For: "ALL", To: []string{"igny8_system"}, Using: &all, Check: &all},
		}
		if table.Name == "igny8_keywords" { // for the view that searches them, which says itself whose they are
			want["reader"] = policy{Table: table.Name, Name: "reader", Kind: "PERMISSIVE", For: "SELECT", To: []string{"igny8_reader"}, Using: &all}
		}
		site := "site_id"
		if table.Name == "igny8_sites" {
			site = "id"
		}
		if table.has(site) && siteless[table.Name] == "" {
			whole := ""
			if !table.requires(site) {
				whole = "(site_id IS NULL) OR "
			}
			granted := "(" + whole + "( SELECT all_sites() AS all_sites) OR (" + site + " = ANY (( SELECT granted_sites() AS granted_sites)::uuid[])))"
			want["site"] = policy{Table: table.Name, Name: "site", Kind: "RESTRICTIVE", For: "ALL", To: []string{"igny8_app"}, Using: &granted}
		}
		require.Equal(t, want, found[table.Name], table.Name)
		delete(found, table.Name)
	}
	require.Empty(t, found, "policies on tables of no account")
}

func contentTables(t *testing.T, w *world) {
	keys := w.references(t)
	for _, name := range []string{"igny8_keywords", "igny8_clusters", "igny8_content_ideas", "igny8_tasks", "igny8_content", "igny8_images"} {
		i := slices.IndexFunc(w.tables(t), func(t table) bool { return t.Name == name })
		require.GreaterOrEqual(t, i, 0, name)
		require.True(t, w.tables(t)[i].requires("account_id", "site_id", "sector_id"), name)
		require.True(t, reaches(keys, name, "igny8_sectors"), "%s is not tied to its sector", name)
	}
}

// reaches reports whether a table's account, site and sector are those of a row
// of another table: by a foreign key, or by one to a table of which that is true.
func reaches(keys []reference, from, to string) bool {
	return slices.ContainsFunc(keys, func(k reference) bool {
		return k.Table == from && slices.Equal(k.Columns[:min(3, len(k.Columns))], []string{"account_id", "site_id", "sector_id"}) &&
			(k.To == to || k.To != from && reaches(keys, k.To, to))
	})
}

func foreignKeys(t *testing.T, w *world) {
	for _, k := range w.references(t) {
		if slices.Contains(global, k.To) {
			continue // industries and plans are everybody's
		}
		owner := slices.IndexFunc(k.ToColumns, func(c string) bool { return c == (table{Name: k.To}).owner() })
		require.GreaterOrEqual(t, owner, 0, "%s refers to %s without the account", k.Name, k.To)
		require.Equal(t, table{Name: k.Table}.owner(), k.Columns[owner], "%s refers to another account's rows", k.Name)
		for i, column := range k.ToColumns { // and a site or sector to the same one
			if column == "site_id" || column == "sector_id" {
				require.Equal(t, column, k.Columns[i], k.Name)
			}
		}
	}
}

// worldwide are the unique keys without the account, and why.
var worldwide = map[string]string{
	"igny8_accounts_pkey":          "it is the account",
	"igny8_accounts_slug_key":      "it names the account",
	"igny8_accounts_is_system_idx": "there is one system account",
	"igny8_wallets_pkey":           "it is the account",
	"igny8_users_id_key":           "a token names its user before the account is looked up",
	"email_belongs_to_one_user":    "one signs in by address, and an address belongs to one account",
	"igny8_refresh_tokens_pkey":    "the token alone says whose it is; nobody can guess another's hash",
	"igny8_api_keys_hash_key":      "the key alone says whose it is; nobody can guess another's hash",
	"igny8_invitations_hash_key":   "the token alone says whose it is; nobody can guess another's hash",
	"igny8_password_resets_pkey":   "the token alone says whose it is; nobody can guess another's hash",
}

func uniqueKeys(t *testing.T, w *world) {
	for _, i := range w.indexes(t) {
		if !i.Unique || slices.Contains(global, i.Table) || !strings.HasPrefix(i.Table, "igny8_") || slices.Contains(i.Columns, "account_id") {
			continue
		}
		require.NotEmpty(t, worldwide[i.Name], "%s lets an account learn of another's rows", i.Name)
	}
}

// unsectored are tables with a sector in each row that are not read by sector.
var unsectored = map[string]string{
	"igny8_row_counts":       "read by kind; a primary key with the sector in it holds them apart",
	"igny8_row_count_deltas": "read by kind, and short",
}

// unserved are foreign keys without an index that narrows more than the account.
var unserved = map[string]string{
	"igny8_api_keys_account_id_created_by_fkey":     "a handful an account",
	"igny8_site_grants_account_id_site_id_fkey":     "a handful an account",
	"igny8_runs_account_id_schedule_id_fkey":        "a schedule is seldom removed",
	"igny8_tasks_account_id_author_profile_id_fkey": "an author is seldom removed",
}

func leadingIndexes(t *testing.T, w *world) {
	all := w.indexes(t)
	for _, table := range w.tenants(t) {
		some := func(columns ...string) bool {
			return slices.ContainsFunc(all, func(i index) bool { return i.Table == table.Name && i.begins(columns...) })
		}
		require.True(t, some(table.owner()), "no index of %s begins with the account", table.Name)
		if table.requires("account_id", "site_id", "sector_id") && unsectored[table.Name] == "" {
			require.True(t, some("account_id", "site_id", "sector_id") || table.Name == "igny8_sectors", "no index of %s is by account, site and sector", table.Name)
		}
	}
	for _, k := range w.references(t) { // else removing what is referred to reads all of the account's rows
		if slices.Contains(global, k.To) || k.Table == "igny8_accounts" || unserved[k.Name] != "" {
			continue
		}
		require.True(t, slices.ContainsFunc(all, func(i index) bool {
			return i.Table == k.Table && i.begins("account_id") && subset(i.Columns[:min(len(i.Columns), len(k.Columns), 2)], k.Columns)
		}), "no index serves %s", k.Name)
	}
}

func subset(some, of []string) bool {
	return !slices.ContainsFunc(some, func(c string) bool { return !slices.Contains(of, c) })
}

// unordered are tables with created_at that nobody lists by it.
var unordered = map[string]string{
	"igny8_accounts": "listed by name, on the command line", "igny8_subscriptions": "one an account", "igny8_api_keys": "a handful an account",
	"igny8_sessions": "listed by user", "igny8_idempotency": "found by key", "igny8_site_grants": "found by user", "igny8_imports": "listed by sector",
	"igny8_cluster_pages": "listed by cluster", "igny8_cluster_keywords": "listed by cluster", "igny8_content_revisions": "listed by content, numbered",
	"igny8_publications": "listed by state", "igny8_site_media": "found by hash", "igny8_site_terms": "found by name", "igny8_credit_holds": "found by key or run",
	"igny8_ai_prompts": "a handful an account", "igny8_integration_settings": "two an account", "igny8_keyword_features": "found by hash",
}

func filterIndexes(t *testing.T, w *world) {
	all := w.indexes(t)
	for _, table := range w.tenants(t) {
		some := func(columns ...string) bool {
			return slices.ContainsFunc(all, func(i index) bool { return i.Table == table.Name && i.begins(columns...) })
		}
		if table.has("created_at") && unordered[table.Name] == "" {
			require.True(t, some("account_id", "created_at"), "%s can't be listed by time", table.Name)
		}
	}
	for name, filters := range map[string][]string{
		"igny8_keywords":      {"status", "sector_id", "cluster_id", "volume_sort"},
		"igny8_clusters":      {"status", "sector_id"},
		"igny8_content_ideas": {"status", "sector_id", "cluster_id"},
		"igny8_tasks":         {"status", "sector_id", "cluster_id", "idea_id"},
		"igny8_content":       {"status", "sector_id", "task_id"},
		"igny8_images":        {"status", "sector_id", "task_id", "content_id"},
		"igny8_runs":          {"status"}, "igny8_publications": {"status", "content_id"}, "igny8_ai_requests": {"status", "run_id"},
		"igny8_credit_holds": {"run_id"}, "igny8_credit_usage_logs": {"operation_type"},
	} {
		for _, filter := range filters {
			require.True(t, slices.ContainsFunc(all, func(i index) bool { return i.Table == name && i.begins("account_id", filter) }), "%s can't be filtered by %s", name, filter)
		}
	}
}

func originalTables(t *testing.T, w *world) {
	have := map[string]table{}
	for _, table := range w.tables(t) {
		have[table.Name] = table
	}
	// An account's plan is its subscription's, its credits are its wallet's; a
	// task's content names the task.
	for name, columns := range map[string]string{
		"accounts": "name slug owner_id status", "wallets": "account_id posted held", "users": "email account_id role", "plans": "name price limits features",
		"subscriptions": "account_id plan_id status period_start period_end", "sites": "name slug account_id industry_id status wp_url wp_username wp_app_password",
		"sectors": "name slug site_id status", "industries": "name slug description", "industry_sectors": "name slug industry_id",
		"keywords": "keyword volume difficulty intent cluster_id", "clusters": "name description keywords_count volume", "content_ideas": "idea_title description cluster_id status",
		"tasks": "title description cluster_id idea_id status", "content": "task_id html_content word_count", "images": "task_id image_type image_url prompt",
		"ai_prompts": "prompt_type prompt_value account_id", "integration_settings": "integration_type config account_id", "author_profiles": "name description tone language",
		"strategies": "name description sector_id prompt_types", "credit_transactions": "account_id transaction_type amount balance_after",
		"credit_usage_logs": "account_id operation_type credits_used cost_usd",
	} {
		require.True(t, have["igny8_"+name].has(strings.Fields(columns)...), "igny8_%s should have %s", name, columns)
	}
}

func privileges(t *testing.T, w *world) {
	for _, table := range w.tables(t) {
		for _, role := range []string{"igny8_app", "igny8_system"} {
			for _, power := range []string{"truncate", "references", "trigger"} {
				require.False(t, value[bool](t, w, "select has_table_privilege($1, $2, $3)", role, table.Name, power), "%s may %s %s", role, power, table.Name)
			}
		}
		if slices.Contains(global, table.Name) {
			require.False(t, value[bool](t, w, "select has_table_privilege('igny8_app', $1, 'insert, update, delete')", table.Name), table.Name)
		}
	}
	for _, role := range []string{"igny8_app", "igny8_system", "igny8_reader"} {
		require.False(t, value[bool](t, w, "select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolcanlogin from pg_roles where rolname = $1", role), role)
		require.False(t, value[bool](t, w, "select has_schema_privilege($1, 'public', 'create')", role), role)
		require.False(t, value[bool](t, w, "select has_table_privilege($1, 'goose_db_version', 'select, insert, update, delete')", role), role)
	}
	h := w.settle(t)
	for _, statement := range []string{
		"create table mine (id int)", "alter table igny8_sites disable row level security", "drop policy tenant on igny8_sites", "truncate igny8_sites",
		"create function f() returns int language sql security definer as 'select 1'", "select ledger_check()",
	} {
		_, err := w.exec(h.everything(), statement)
		state, _ := refusal(err)
		require.Equal(t, "42501", state, "%s: %v", statement, err)
	}
}

func viewsAndFunctions(t *testing.T, w *world) {
	require.Zero(t, value[int](t, w, `select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind = 'v'
		and relname <> 'igny8_searched_keywords' and not coalesce('security_invoker=true' = any(reloptions), false)`), "a view without security_invoker shows every account's rows")
	searched := strings.Join(strings.Fields(value[string](t, w, "select pg_get_viewdef('igny8_searched_keywords'::regclass)")), " ")
	_, rule, _ := strings.Cut(strings.ReplaceAll(searched, "igny8_keywords.", ""), " WHERE ")
	require.Equal(t, "((account_id = ( SELECT current_account() AS current_account)) AND (( SELECT all_sites() AS all_sites) OR (site_id = ANY (( SELECT granted_sites() AS granted_sites)::uuid[]))));", rule, "the view has the rule of the policies")
	require.Equal(t, "igny8_reader", value[string](t, w, "select viewowner from pg_views where viewname = 'igny8_searched_keywords'"))
	require.False(t, value[bool](t, w, "select pg_has_role('igny8_app', 'igny8_reader', 'member') or pg_has_role('igny8_system', 'igny8_reader', 'member')"), "nobody else becomes the reader")
	require.Zero(t, value[int](t, w, `select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind = 'm'`), "a materialised view knows no policies")
	require.Zero(t, value[int](t, w, "select count(*) from pg_proc where pronamespace = 'public'::regnamespace and prosecdef"))
}

func appendOnly(t *testing.T, w *world) {
	h := w.settle(t)
	w.fill(t, h)
	for _, name := range []string{"igny8_credit_transactions", "igny8_credit_usage_logs", "igny8_audit_log", "igny8_content_revisions"} {
		require.Positive(t, value[int](t, w, "select count(*) from "+name), name)
		for _, verb := range []string{"update %s set account_id = account_id", "delete from %s"} {
			statement := fmt.Sprintf(verb, name)
			_, err := w.exec(h.everything(), statement)
			state, _ := refusal(err)
			require.Equal(t, "42501", state, "%s: %v", statement, err)
			_, err = w.system.Exec(w.ctx, statement)
			require.ErrorContains(t, err, "42501", statement)
		}
	}
	for _, name := range []string{"igny8_credit_transactions", "igny8_credit_usage_logs", "igny8_audit_log"} {
		_, err := w.root.Exec(w.ctx, "update "+name+" set account_id = account_id")
		require.ErrorContains(t, err, "append-only", "also for the superuser")
	}
}
