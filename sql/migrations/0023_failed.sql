-- Articles that failed without a time of their own stand in the calendar at the
-- time they failed.

-- +goose Up
create index on igny8_tasks (account_id, updated_at) where publish_at is null and status = 'failed';
