-- name: UsableReply :one
-- The reply to a call that was paid for before.
select * from igny8_ai_requests where account_id = current_account() and key = @key and status = 'answered' and usable order by attempt desc limit 1;

-- name: Attempts :one
-- How often a provider may have been paid for a key so far, the last attempt, and
-- whether one has brought a usable reply.
select coalesce(bool_or(status = 'answered' and usable), false)::boolean usable, count(*) filter (where status in ('sent', 'answered', 'lost'))::int paid, coalesce(max(attempt), 0)::int last, count(*) filter (where status in ('sent', 'lost'))::int unanswered
from igny8_ai_requests where account_id = current_account() and key = @key;

-- name: ReplyCharged :one
-- Whether the reply to a call was charged for, under any try.
select exists (select from igny8_credit_holds where account_id = current_account() and status = 'settled' and settled > 0 and starts_with(key, @reply::text || ':'));

-- name: AttemptLost :exec
-- An attempt that was sent and never answered, found by the next one.
update igny8_ai_requests set status = 'lost', error_code = 'unknown', error_message = 'the reply never reached us' where account_id = current_account() and key = @key and status = 'sent';

-- name: AttemptSent :one
insert into igny8_ai_requests (account_id, key, attempt, status, purpose, provider, provenance, model, prompt_version, request, repair, repeated, site_id, run_id, item_id, workflow_id)
values (current_account(), @key, @attempt, 'sent', @purpose, @provider, @provenance, @model, sqlc.narg('prompt_version'), @request, @repair, @repeated, sqlc.narg('site_id'), sqlc.narg('run_id'), sqlc.narg('item_id'), @workflow_id)
returning id;

-- name: AttemptAnswered :one
update igny8_ai_requests set status = 'answered', model = @model, reply = @reply, blob = @blob, mime = @mime, usable = @usable, input_tokens = @input_tokens, output_tokens = @output_tokens, cost_micros = @cost_micros, latency_ms = @latency_ms,
	error_code = @error_code, error_message = @error_message, answered_at = now()
where account_id = current_account() and id = @id
returning *;

-- name: AttemptFailed :exec
update igny8_ai_requests set status = @status, error_code = @error_code, error_message = @error_message, latency_ms = @latency_ms, answered_at = now() where account_id = current_account() and id = @id;

-- name: ActivePrompt :one
select prompt_value, prompt_version from igny8_ai_prompts where account_id = current_account() and prompt_type = @prompt_type and active;

-- name: Integration :one
select * from igny8_integration_settings where account_id = current_account() and integration_type = @integration_type and active;

-- name: PlanFeatures :one
select p.features, p.limits, p.name from igny8_subscriptions s join igny8_plans p on p.id = s.plan_id where s.account_id = current_account() and s.status <> 'cancelled';

-- name: Schedule :one
select * from igny8_schedules where account_id = current_account() and id = @id;

-- name: SaveSchedule :one
insert into igny8_schedules (account_id, site_id, sector_id, id, name, kind, calendar, time_zone, mode, params, max_credits, paused, paused_until, created_by)
select current_account(), s.site_id, s.id, @id, @name, @kind, @calendar, @time_zone, @mode, @params, sqlc.narg('max_credits'), @paused, sqlc.narg('paused_until'), sqlc.narg('created_by')
from igny8_sectors s where s.account_id = current_account() and s.id = @sector_id and s.status = 'active'
returning *;

-- name: ChangeSchedule :one
update igny8_schedules set name = @name, calendar = @calendar, time_zone = @time_zone, mode = @mode, params = @params, max_credits = sqlc.narg('max_credits'), paused = @paused, paused_until = sqlc.narg('paused_until'),
	pause_reason = case when @paused::boolean then pause_reason else '' end, synced_at = null
where account_id = current_account() and id = @id and version = @version
returning *;

-- name: DropSchedule :execrows
-- Its runs forget it. They are locked first, as at their end: a run's row, then
-- its schedule's.
with forgotten as (select r.id from igny8_runs r where r.account_id = current_account() and r.schedule_id = @id order by r.id for update)
delete from igny8_schedules s where s.account_id = current_account() and s.id = @id and (select count(*) from forgotten) >= 0;

-- name: PauseSchedule :exec
update igny8_schedules set paused = true, pause_reason = @reason, synced_at = null where account_id = current_account() and id = @id;

-- name: ScheduleTicked :exec
update igny8_schedules set last_tick_at = now(), last_outcome = @outcome, last_run_id = coalesce(sqlc.narg('run_id'), last_run_id) where account_id = current_account() and id = @id;

-- name: UserSites :many
select site_id from igny8_site_grants where account_id = current_account() and user_id = @user_id;
