package store

import (
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// ofAccount puts a row into each table of an account that has no site.
const ofAccount = `
insert into igny8_users (account_id, id, email, role) values ('{account}', '{user}', 'user-{n}@example.test', 'editor');
update igny8_accounts set owner_id = '{user}' where id = '{account}';
insert into igny8_site_grants (account_id, site_id, user_id) values ('{account}', '{site}', '{user}');
insert into igny8_sessions (account_id, id, user_id, expires_at) values ('{account}', '{session}', '{user}', now() + interval '1 day');
insert into igny8_refresh_tokens (account_id, hash, session_id) values ('{account}', uuid_send('{token}'), '{session}');
insert into igny8_api_keys (account_id, name, hash, hint, role, created_by) values ('{account}', 'a key', uuid_send('{key}'), 'abcd', 'editor', '{user}');
insert into igny8_invitations (account_id, email, role, hash, invited_by, expires_at) values ('{account}', '{key}@guests.test', 'viewer', uuid_send('{key}'), '{user}', now() + interval '1 day');
insert into igny8_password_resets (account_id, user_id, hash, expires_at) values ('{account}', '{user}', uuid_send('{token}'), now() + interval '1 hour');
insert into igny8_idempotency (account_id, route, key, request_hash, task_id) values ('{account}', 'start', 'k', '\x00', '{task}');
insert into igny8_audit_log (account_id, actor_role, action) values ('{account}', 'editor', 'looked');
insert into igny8_notifications (account_id, kind, title) values ('{account}', 'credits', 'Something happened');
insert into igny8_author_profiles (account_id, id, name) values ('{account}', '{author}', 'An author');
insert into igny8_ai_prompts (account_id, prompt_type, prompt_value, prompt_version) values ('{account}', 'ideas', 'Have ideas', 1);
insert into igny8_integration_settings (account_id, integration_type) values ('{account}', 'openai');
insert into igny8_ai_requests (account_id, key, attempt, status, purpose, provider) values ('{account}', 'k', 1, 'answered', 'test', 'openai');
update igny8_wallets set posted = 95, held = 10, seq = 2 where account_id = '{account}';
insert into igny8_credit_holds (account_id, key, function, units, amount, settled, status, price, price_version, resolved_at) values
	('{account}', 'settled', 'content', 1, 5, 5, 'settled', 5, 1, now()), ('{account}', 'held', 'content', 2, 10, 0, 'held', 5, 1, null);
insert into igny8_credit_transactions (account_id, seq, op_key, transaction_type, amount, balance_after, hold_key) values
	('{account}', 1, 'grant', 'grant', 100, 100, null), ('{account}', 2, 'settle:settled', 'usage', -5, 95, 'settled');
insert into igny8_credit_usage_logs (account_id, operation_type, credits_used, hold_key) values ('{account}', 'content', 5, 'settled');
insert into igny8_keyword_features (account_id, model, hash, vector) values ('{account}', 'a model', sha256('coffee'), '\x00');`

// ofSite puts a row into each table that has a site.
const ofSite = `
insert into igny8_imports (account_id, site_id, sector_id, id) values ('{account}', '{site}', '{sector}', '{import}');
insert into igny8_clusters (account_id, site_id, sector_id, id, name) values ('{account}', '{site}', '{sector}', '{cluster}', 'Coffee');
insert into igny8_cluster_pages (account_id, site_id, sector_id, cluster_id, id, n, name) values ('{account}', '{site}', '{sector}', '{cluster}', '{page}', 1, 'Coffee');
insert into igny8_keywords (account_id, site_id, sector_id, id, keyword, normal, status, cluster_id, page_id, import_id) values
	('{account}', '{site}', '{sector}', '{keyword}', 'coffee', 'coffee', 'in_use', '{cluster}', '{page}', '{import}');
insert into igny8_cluster_keywords (account_id, site_id, sector_id, cluster_id, keyword_id) values ('{account}', '{site}', '{sector}', '{cluster}', '{keyword}');
insert into igny8_search_results (account_id, site_id, sector_id, keyword_id, urls) values ('{account}', '{site}', '{sector}', '{keyword}', '{example.test/coffee}');
insert into igny8_proposals (account_id, site_id, sector_id, id, kind) values ('{account}', '{site}', '{sector}', '{proposal}', 'recluster');
insert into igny8_proposal_clusters (account_id, site_id, sector_id, proposal_id, cluster_id, change, name, keywords, before, joining, leaving) values ('{account}', '{site}', '{sector}', '{proposal}', '{cluster}', 'gone', 'Coffee', 0, 1, 0, 1);
insert into igny8_proposal_keywords (account_id, site_id, sector_id, proposal_id, keyword_id, from_id) values ('{account}', '{site}', '{sector}', '{proposal}', '{keyword}', '{cluster}');
insert into igny8_content_ideas (account_id, site_id, sector_id, id, cluster_id, page_id, idea_title, status) values ('{account}', '{site}', '{sector}', '{idea}', '{cluster}', '{page}', 'Coffee', 'planned');
insert into igny8_idea_keywords (account_id, site_id, sector_id, idea_id, keyword_id) values ('{account}', '{site}', '{sector}', '{idea}', '{keyword}');
insert into igny8_schedules (account_id, site_id, sector_id, id, name, calendar) values ('{account}', '{site}', '{sector}', '{schedule}', 'Nightly', '{}');
insert into igny8_runs (account_id, site_id, sector_id, id, kind, planning, schedule_id) values ('{account}', '{site}', '{sector}', '{run}', 'pipeline', true, '{schedule}');
insert into igny8_tasks (account_id, site_id, sector_id, id, idea_id, cluster_id, author_profile_id, title, run_id) values
	('{account}', '{site}', '{sector}', '{task}', '{idea}', '{cluster}', '{author}', 'Coffee', '{run}');
insert into igny8_run_items (account_id, site_id, run_id, stage, n, item_id) values ('{account}', '{site}', '{run}', 'task', 1, '{task}');
insert into igny8_content (account_id, site_id, sector_id, id, task_id, title, slug, html_content, word_count) values ('{account}', '{site}', '{sector}', '{content}', '{task}', 'Coffee', 'coffee', '<p>Coffee</p>', 1);
insert into igny8_content_revisions (account_id, site_id, sector_id, content_id, n, revision, title, html_content, word_count) values ('{account}', '{site}', '{sector}', '{content}', 1, 1, 'Tea', '<p>Tea</p>', 1);
insert into igny8_images (account_id, site_id, sector_id, task_id, content_id, image_type, n, prompt) values ('{account}', '{site}', '{sector}', '{task}', '{content}', 'featured', 0, 'A cup');
insert into igny8_publications (account_id, site_id, sector_id, content_id, marker, slug) values ('{account}', '{site}', '{sector}', '{content}', 'm', 'coffee');
insert into igny8_site_media (account_id, site_id, sha256, media_id, url) values ('{account}', '{site}', 'hash', 1, 'https://example.test/cup.png');
insert into igny8_site_terms (account_id, site_id, taxonomy, name, term_id) values ('{account}', '{site}', 'tags', 'coffee', 1);
insert into igny8_strategies (account_id, site_id, sector_id, name) values ('{account}', '{site}', '{sector}', 'Depth first');
insert into igny8_notifications (account_id, site_id, kind, title) values ('{account}', '{site}', 'run_paused', 'Something happened');
insert into igny8_ai_requests (account_id, key, attempt, status, purpose, provider, site_id) values ('{account}', '{content}', 1, 'answered', 'ideas', 'openai', '{site}');
insert into igny8_credit_holds (account_id, site_id, key, function, units, amount, status, price, price_version, resolved_at) values ('{account}', '{site}', '{content}', 'content', 1, 5, 'released', 5, 1, now());
insert into igny8_credit_usage_logs (account_id, site_id, operation_type, credits_used, hold_key) values ('{account}', '{site}', 'content', 0, '{content}');
insert into igny8_row_counts (account_id, site_id, sector_id, kind, status, n) values ('{account}', '{site}', '{sector}', 'keywords', 'in_use', 0);`

// fill puts a row into every table of a household, in both of its sites.
func (w *world) fill(t require.TestingT, h household) {
	ids := w.script(t, ofAccount, map[string]uuid.UUID{"account": h.account.UUID, "site": h.site.UUID})
	for site, sector := range map[uuid.UUID]uuid.UUID{h.site.UUID: h.sector.UUID, h.closed.UUID: h.another.UUID} {
		w.script(t, ofSite, map[string]uuid.UUID{"account": h.account.UUID, "site": site, "sector": sector, "author": ids["author"]})
	}
}
