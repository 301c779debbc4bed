-- name: StartRun :one
-- Accepts a run. Its sector must be active, and its exclusive part free: a
-- second planning of a sector breaks one_planning_per_sector.
insert into igny8_runs (account_id, site_id, sector_id, id, kind, mode, params, planning, workflow_id, schedule_id, started_by, max_credits)
select current_account(), s.site_id, s.id, @id, @kind, @mode, @params, @planning, @workflow_id, sqlc.narg('schedule_id'), sqlc.narg('started_by'), sqlc.narg('max_credits')
from igny8_sectors s join igny8_sites w on w.account_id = s.account_id and w.id = s.site_id
where s.account_id = current_account() and s.id = @sector_id and s.status = 'active' and w.status = 'active'
returning *;

-- name: Run :one
select * from igny8_runs where account_id = current_account() and id = @id;

-- name: PlanningRun :one
-- The run that holds the exclusive part of a sector.
select * from igny8_runs where account_id = current_account() and sector_id = @sector_id and planning;

-- name: RunItems :many
-- Which things a run works on, by their place in a stage.
select item_id from igny8_run_items
where account_id = current_account() and run_id = @run_id and stage = @stage and n between @from_n::int and @to_n::int and status in ('pending', 'running', 'waiting')
order by n;

-- name: ListRunItems :many
select i.*, coalesce(t.title, c.name, k.keyword, '') title
from igny8_run_items i
left join igny8_tasks t on i.stage = 'task' and t.account_id = i.account_id and t.id = i.item_id
left join igny8_clusters c on i.stage = 'cluster' and c.account_id = i.account_id and c.id = i.item_id
left join igny8_keywords k on i.stage = 'keyword' and k.account_id = i.account_id and k.id = i.item_id
where i.account_id = current_account() and i.run_id = @run_id and i.stage = @stage
order by i.n limit @many;

-- name: AddRunItems :execrows
-- Appends items to a stage. One that the run has already, or that another live
-- run has, is left out.
insert into igny8_run_items (account_id, site_id, run_id, stage, n, item_id)
select r.account_id, r.site_id, r.id, @stage, coalesce((select max(n) from igny8_run_items x where x.account_id = r.account_id and x.run_id = r.id and x.stage = @stage), 0) + o, item
from igny8_runs r, unnest(@items::uuid[]) with ordinality u(item, o)
where r.account_id = current_account() and r.id = @run_id
on conflict do nothing;

-- name: RenumberRunItems :exec
-- Closes the gaps that left-out items made.
with numbered as (select x.stage s, x.n, row_number() over (order by x.n) fresh from igny8_run_items x where x.account_id = current_account() and x.run_id = @run_id and x.stage = @stage)
update igny8_run_items i set n = numbered.fresh from numbered
where i.account_id = current_account() and i.run_id = @run_id and i.stage = numbered.s and i.n = numbered.n and numbered.fresh < numbered.n;

-- name: CountRunItems :one
select count(*)::int from igny8_run_items where account_id = current_account() and run_id = @run_id and stage = @stage;

-- name: RunBegan :one
update igny8_runs set status = case when status = 'pending' then 'running' else status end, started_at = coalesce(started_at, now()),
	temporal_run_id = @temporal_run_id, message = @message, version = version + 1, updated_at = now()
where account_id = current_account() and id = @id and finished_at is null
returning *;

-- name: RunStage :exec
-- Says what the run is at. Counters grow only.
update igny8_runs set stage = @stage, message = @message, planning = planning and @planning::boolean,
	clusters = greatest(clusters, @clusters::int), ideas = ideas + @new_ideas::int, updated_at = now()
where account_id = current_account() and id = @id and finished_at is null;

-- name: RunProgress :one
-- Brings the run's figures up to its items. Nothing comes back if there is no
-- such run.
select (r).version::bigint as version, (r).percentage::int as percentage, (r).status::text as status
from (select run_progress(@id) r) x where (r).id is not null;

-- name: SettleInRun :exec
-- Counts what a hold has bought, and brings the run's figures up to its items.
select 1 from run_progress(@run_id, @amount::bigint, @used::bigint, @calls::int, @tokens::bigint, @cost_micros::bigint);

-- name: RunPaused :one
update igny8_runs set status = 'paused', error_code = @error_code, error_message = @error_message, message = @message, version = version + 1, updated_at = now()
where account_id = current_account() and id = @id and finished_at is null
returning *;

-- name: RunResumed :one
update igny8_runs set status = 'running', error_code = '', error_message = '', message = 'Going on', max_credits = coalesce(sqlc.narg('max_credits'), max_credits), version = version + 1, updated_at = now()
where account_id = current_account() and id = @id and finished_at is null
returning *;

-- name: RunCancelRequested :one
update igny8_runs set cancel_requested = true, message = 'Cancelling', version = version + 1, updated_at = now()
where account_id = current_account() and id = @id and finished_at is null
returning *;

-- name: RunEnded :one
-- Ends a run once. Items that nobody will come back to are closed first. A run
-- that was not carried through stays in the phase it had come to.
with ended as (
	update igny8_run_items set status = 'skipped', waiting_for = '', error_code = @error_code, updated_at = now()
	where account_id = current_account() and run_id = @id and status in ('pending', 'running', 'waiting')
)
update igny8_runs set status = @status, planning = false, phase = case when @status::text in ('succeeded', 'partly_failed') then 'DONE' else phase end, percentage = case when @status::text in ('succeeded', 'partly_failed') then 100 else percentage end,
	error_code = @error_code, error_message = @error_message, message = @message, finished_at = now(), version = version + 1, updated_at = now()
where account_id = current_account() and id = @id and finished_at is null
returning *;

-- name: RunSpent :exec
-- Counts what a provider was asked and took.
update igny8_runs set calls = calls + 1, tokens = tokens + @tokens::bigint, cost_micros = cost_micros + @cost_micros::bigint
where account_id = current_account() and id = @id;

-- name: ItemStep :exec
update igny8_run_items set status = @status, step = case when @step::text = '' then step else @step end, waiting_for = @waiting_for, error_code = @error_code, error_message = @error_message, updated_at = now()
where account_id = current_account() and run_id = @run_id and stage = @stage and item_id = @item_id and status in ('pending', 'running', 'waiting');

-- name: CountLiveItems :one
-- How many of the tasks a live run is working on.
select count(*)::int from igny8_run_items i
where i.account_id = current_account() and i.stage = 'task' and i.status in ('pending', 'running', 'waiting') and i.item_id = any(@tasks::uuid[]);

-- name: LiveRunOfItem :one
select r.* from igny8_run_items i join igny8_runs r on r.account_id = i.account_id and r.id = i.run_id
where i.account_id = current_account() and i.stage = 'task' and i.status in ('pending', 'running', 'waiting') and i.item_id = @item_id;

-- name: RunSummary :one
-- What became of a run, counted from its rows.
select
	(select count(*) from igny8_keywords k where k.account_id = current_account() and k.sector_id = r.sector_id) keywords,
	(select count(*) from igny8_clusters c where c.account_id = current_account() and c.run_id = r.id) clusters,
	(select count(*) from igny8_content_ideas i where i.account_id = current_account() and i.run_id = r.id) ideas,
	(select count(*) from igny8_tasks t where t.account_id = current_account() and t.run_id = r.id) tasks,
	(select count(*) from igny8_content c join igny8_tasks t on t.account_id = c.account_id and t.id = c.task_id where t.account_id = current_account() and t.run_id = r.id) articles,
	(select count(*) from igny8_images i join igny8_tasks t on t.account_id = i.account_id and t.id = i.task_id where t.account_id = current_account() and t.run_id = r.id and i.status = 'generated') images,
	(select count(*) from igny8_publications p join igny8_content c on c.account_id = p.account_id and c.id = p.content_id join igny8_tasks t on t.account_id = c.account_id and t.id = c.task_id
		where t.account_id = current_account() and t.run_id = r.id and p.status = 'published') posts
from igny8_runs r where r.account_id = current_account() and r.id = @id;

-- name: PublishedOfRun :many
select p.url, c.title, t.cluster_id, (select count(*) from igny8_images i where i.account_id = c.account_id and i.content_id = c.id and i.status = 'generated') images
from igny8_publications p join igny8_content c on c.account_id = p.account_id and c.id = p.content_id join igny8_tasks t on t.account_id = c.account_id and t.id = c.task_id
where t.account_id = current_account() and t.run_id = @run_id and p.status = 'published'
order by p.published_at;

-- name: Remember :one
-- Keeps what a request with an idempotency key was answered with. Nothing comes
-- back if the key was used before.
insert into igny8_idempotency (account_id, route, key, request_hash, task_id)
values (current_account(), @route, @key, @request_hash, @task_id)
on conflict do nothing returning task_id;

-- name: Remembered :one
select * from igny8_idempotency where account_id = current_account() and route = @route and key = @key;

-- name: Notify :exec
insert into igny8_notifications (account_id, site_id, kind, title, body, link)
values (current_account(), sqlc.narg('site_id'), @kind, @title, @body, @link);

-- name: Audit :exec
insert into igny8_audit_log (account_id, actor_id, actor_role, action, target, outcome, detail, request_id, ip)
values (current_account(), sqlc.narg('actor_id'), @actor_role, @action, @target, @outcome, @detail, @request_id, @ip);

-- name: CountRuns :one
select count(*) from igny8_runs where account_id = current_account();
