-- Every page of every list reads little more than it shows, whatever it is
-- filtered by: see TestListsReadLittle. What people make by hand – sites, authors,
-- schedules – has no indexes for its filters: there is too little of it.

-- +goose Up
create index on igny8_keywords (account_id, intent, created_at desc, id desc);
create index on igny8_keywords (account_id, country, created_at desc, id desc);
create index on igny8_clusters (account_id, intent, created_at desc, id desc);
create index on igny8_clusters (account_id, locked, created_at desc, id desc);
create index on igny8_clusters (account_id, run_id, created_at desc, id desc);
create index on igny8_content_ideas (account_id, run_id, created_at desc, id desc);
create index on igny8_tasks (account_id, run_id, created_at desc, id desc);
create index on igny8_images (account_id, image_type, created_at desc, id desc);
create index on igny8_runs (account_id, site_id, created_at desc, id desc);
create index on igny8_runs (account_id, sector_id, created_at desc, id desc);
create index on igny8_runs (account_id, kind, created_at desc, id desc);
create index on igny8_runs (account_id, schedule_id, created_at desc, id desc);
create index on igny8_imports (account_id, created_at desc, id desc);
create index on igny8_credit_transactions (account_id, transaction_type, created_at desc, seq desc);
create index on igny8_credit_transactions (account_id, run_id, created_at desc, seq desc);
create index on igny8_credit_usage_logs (account_id, site_id, created_at desc, id desc);
create index on igny8_credit_usage_logs (account_id, run_id, created_at desc, id desc);
create index on igny8_ai_requests (account_id, site_id, created_at desc, id desc);
create index on igny8_ai_requests (account_id, purpose, created_at desc, id desc);
create index on igny8_ai_requests (account_id, provider, created_at desc, id desc);
create index on igny8_ai_requests (account_id, item_id, created_at desc, id desc);
create index on igny8_audit_log (account_id, action, created_at desc, id desc);
create index on igny8_audit_log (account_id, actor_id, created_at desc, id desc);
create index on igny8_audit_log (account_id, target, created_at desc, id desc);
create index on igny8_audit_log (account_id, outcome, created_at desc, id desc);
create index on igny8_notifications (account_id, site_id, created_at desc, id desc);
create index on igny8_notifications (account_id, kind, created_at desc, id desc);
create index on igny8_notifications (account_id, (read_at is null), created_at desc, id desc);

-- An entry is written behind the lock of its wallet, so that the time of the
-- clock, other than that of its transaction, has the order of the entries.
alter table igny8_credit_transactions alter column created_at set default clock_timestamp();
