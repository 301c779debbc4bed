-- A run's row is written at every step of every article. No index holds what such
-- a step changes, and a page keeps room for the row's next versions, so that they
-- take the place of the last one and no index is written.

-- +goose Up
drop index igny8_runs_live;
create index igny8_runs_live on igny8_runs (status) where finished_at is null;
alter table igny8_runs set (fillfactor = 50);
alter table igny8_wallets set (fillfactor = 50);
