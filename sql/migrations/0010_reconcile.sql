-- What the reconciler looks for every minute is rare: an index of that alone
-- spares it from reading the tables.

-- +goose Up
create index igny8_ai_requests_sent on igny8_ai_requests (created_at) where status = 'sent';
create index igny8_publications_unsure on igny8_publications (updated_at) where status in ('creating', 'unknown');
create index igny8_tasks_busy on igny8_tasks (updated_at) where status in ('writing', 'illustrating', 'publishing');
create index igny8_run_items_open on igny8_run_items (account_id, run_id) where status in ('pending', 'running', 'waiting');
create index igny8_idempotency_age on igny8_idempotency (created_at);
create index igny8_reconciliations_latest on igny8_reconciliations (created_at desc);
