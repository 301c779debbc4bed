package api

import (
	"fmt"
	"slices"
	"strings"
)

// settlers are ten accounts to fill tables for, the first of which is ours.
// Neither triggers nor keys are what is looked at.
const settlers = `set session_replication_role = replica;
	create temp table settler as
		select '%[1]s'::uuid account, '%[2]s'::uuid site, '%[3]s'::uuid closed, '%[4]s'::uuid sector, '%[5]s'::uuid hidden, '%[6]s'::uuid person, %[7]d as many
		union all select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), %[8]d from generate_series(1, 9);
	create function pg_temp.ref(kind text, account uuid, n int) returns uuid language sql immutable as $$ select md5(kind || account || n)::uuid $$`

// rows says how the n-th newest row of an account is made. rare is true of the
// five oldest, few of one in two hundred, quarter of one in four.
type rows struct{ columns, values string }

// long are the tables that a list shows, but for what people make by hand: sites,
// authors, schedules. There are never so many of those.
var long = map[string]rows{
	"igny8_keywords": {"keyword, normal, status, cluster_id, volume, difficulty, country, intent, import_id, import_line",
		`'word ' || md5(n::text), 'word ' || md5(n::text), case when rare then 'archived' when few then 'orphaned' when quarter then 'new' else 'clustered' end,
			case when not (rare or few or quarter) then pg_temp.ref('cluster', account, n / 20) end, (n * 7 % 1000) * 10, n * 11 % 101,
			case when rare then 'de' when few then 'gb' else 'us' end,
			case when rare then 'navigational' when few then 'transactional' when quarter then 'commercial' else 'informational' end,
			pg_temp.ref('import', account, n / 1000), n % 1000`},
	"igny8_clusters": {"name, status, locked, keywords_count, volume, run_id, intent",
		`'cluster ' || n, case when few then 'archived' else 'active' end, few, n * 7 % 50, n * 7 % 10000, pg_temp.ref('run', account, n / 50),
			case when rare then 'navigational' when few then 'transactional' else 'informational' end`},
	"igny8_content_ideas": {"idea_title, cluster_id, run_id, status",
		`'idea ' || md5(n::text), pg_temp.ref('cluster', account, n / 3), pg_temp.ref('run', account, n / 50),
			case when rare then 'rejected' when few then 'published' when quarter then 'planned' else 'new' end`},
	"igny8_tasks": {"title, cluster_id, idea_id, run_id, updated_at, publish_at, status",
		`'task ' || md5(n::text), pg_temp.ref('cluster', account, n / 3), pg_temp.ref('content_idea', account, n), pg_temp.ref('run', account, n / 50),
			'2026-01-01T00:30:00Z'::timestamptz - n * interval '1 second',
			case when n % 4 <> 2 then '2026-01-01T00:30:00Z'::timestamptz - n * interval '1 second' end,
			case when rare then 'cancelled' when few then 'published' when n % 4 = 2 then 'failed' when quarter then 'pending' else 'ready' end`},
	"igny8_content": {"task_id, title, slug, html_content, word_count, status",
		`pg_temp.ref('task', account, n), 'content ' || md5(n::text), 'content-' || n, '', n * 7 % 3000,
			case when rare then 'rejected' when few then 'published' when quarter then 'review' else 'draft' end`},
	"igny8_publications": {"content_id, wp_post_id, marker, slug, published_at, status",
		`pg_temp.ref('content', account, n), n, 'm-' || n, 'content-' || n, '2026-01-01T00:30:00Z'::timestamptz - n * interval '1 second', case when few then 'published' else 'scheduled' end`},
	"igny8_images": {"task_id, content_id, n, prompt, sha256, image_type, status",
		`pg_temp.ref('task', account, n / 3), pg_temp.ref('content', account, n / 3), n % 3, 'a picture', 'x',
			case when n % 3 = 0 then 'featured' else 'in_article' end, case when rare then 'failed' when few then 'pending' else 'generated' end`},
	"igny8_runs": {"kind, schedule_id, status, finished_at",
		`case when rare then 'article' when few then 'images' when quarter then 'ideas' else 'pipeline' end, pg_temp.ref('schedule', account, n / 50),
			case when rare then 'cancelled' when few then 'failed' else 'succeeded' end, now()`},
	"igny8_credit_transactions": {"seq, op_key, amount, balance_after, run_id, transaction_type",
		`many - n + 2, 'op-' || n, case when rare or few then 1 else -1 end, 1, pg_temp.ref('run', account, n / 50),
			case when rare then 'grant' when few then 'refund' else 'usage' end`},
	"igny8_credit_usage_logs": {"operation_type, credits_used, hold_key, run_id",
		`case when rare then 'images' when few then 'ideas' else 'content' end, 1, 'hold-' || n, pg_temp.ref('run', account, n / 50)`},
	"igny8_ai_requests": {"key, attempt, status, purpose, provider, run_id, item_id",
		`'key-' || n, 1, case when rare then 'lost' when few then 'failed' else 'answered' end,
			case when rare then 'rewrite' when few then 'ideas' else 'content' end, case when few then 'runware' else 'openai' end,
			pg_temp.ref('run', account, n / 50), pg_temp.ref('task', account, n / 5)`},
	"igny8_audit_log": {"actor_role, actor_id, action, target, outcome",
		`'owner', case when few then pg_temp.ref('user', account, n) else person end,
			case when rare then 'site.delete' when few then 'run.cancel' else 'keyword.update' end, 'keyword/' || n / 20,
			case when few then 'refused' else 'done' end`},
	"igny8_notifications": {"kind, title, read_at",
		`case when rare then 'key_refused' when few then 'run_paused' else 'run_done' end, 'something', case when not few then now() end`},
	"igny8_imports": {"filename",
		`'file ' || n`},
}

// Which part of an account's rows are about a site, and about a sector of it.
var (
	aboutSectors = []string{"igny8_keywords", "igny8_clusters", "igny8_content_ideas", "igny8_tasks", "igny8_content", "igny8_publications", "igny8_images", "igny8_runs", "igny8_imports"}
	aboutSites   = []string{"igny8_credit_usage_logs", "igny8_ai_requests", "igny8_notifications"}
)

// fill is the statement that fills a table.
func (r rows) fill(table string) string {
	names, exprs := []string{"account_id", "created_at"}, []string{"account", "'2026-01-01T00:30:00Z'::timestamptz - n * interval '1 second'"}
	if table != "igny8_credit_transactions" {
		names, exprs = append(names, "id"), append(exprs, fmt.Sprintf("pg_temp.ref('%s', account, n)", strings.TrimSuffix(strings.TrimPrefix(table, "igny8_"), "s")))
	}
	if slices.Contains(aboutSites, table) || slices.Contains(aboutSectors, table) {
		names, exprs = append(names, "site_id"), append(exprs, "case when n % 20 = 7 then closed else site end")
	}
	if slices.Contains(aboutSectors, table) {
		names, exprs = append(names, "sector_id"), append(exprs, "case when n % 20 = 7 then hidden else sector end")
	}
	return fmt.Sprintf(`insert into %s (%s) select %s from settler, generate_series(1, many) n, lateral (select n > many - 5 rare, n %% 200 = 0 few, n %% 4 = 1 quarter) x on conflict do nothing`,
		table, strings.Join(append(names, r.columns), ", "), strings.Join(append(exprs, r.values), ", "))
}
