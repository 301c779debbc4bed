-- What a calendar shows, by its time, and the end of working in an account that
-- is not one's own.

-- +goose Up
create index on igny8_tasks (account_id, publish_at) where publish_at is not null;
create index on igny8_publications (account_id, published_at) where published_at is not null;

-- An access token of a developer who works in another account names the turn; it
-- is over when the session has come to the next.
alter table igny8_sessions add column turn int not null default 0;
