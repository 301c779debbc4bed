-- name: DueSchedules :many
-- Schedules of all accounts that the engine does not know as they are: changed,
-- or no more paused since their time has come.
select * from igny8_schedules
where synced_at is null or paused_until is not null and paused_until <= now() and synced_at < paused_until
order by updated_at limit @many;
