-- What the reconciler looks for: what no workflow will come back to. It looks at
-- all accounts; each row says whose it is, and is mended as that account where
-- mending takes more than one statement.

-- name: QuietRuns :many
-- Runs that have not ended and have not changed for a while, with the executions
-- that are to work on their articles.
select r.account_id, r.site_id, r.sector_id, r.id, r.kind, r.mode, r.status, r.workflow_id, r.temporal_run_id, r.cancel_requested,
	array(select t.workflow_id from igny8_run_items i join igny8_tasks t on t.account_id = i.account_id and t.id = i.item_id
		where i.account_id = r.account_id and i.run_id = r.id and i.stage = 'task' and i.status in ('running', 'waiting') and t.workflow_id <> '' order by i.n)::text[] articles
from igny8_runs r
where r.finished_at is null and r.updated_at < now() - make_interval(secs => sqlc.arg(quiet_seconds)::float8) and r.id > sqlc.arg(after)
order by r.id limit sqlc.arg(many);

-- name: CloseItems :many
-- Items that are under way in runs that have ended.
update igny8_run_items i set status = 'skipped', waiting_for = '', error_code = 'internal', error_message = 'Its run ended without it.', updated_at = now()
from igny8_runs r
where i.status in ('pending', 'running', 'waiting') and r.account_id = i.account_id and r.id = i.run_id and r.finished_at < now() - make_interval(secs => sqlc.arg(quiet_seconds)::float8)
returning i.account_id, i.item_id;

-- name: StrandedHolds :many
-- Open holds of runs that have ended or are gone, and expired ones. made is how
-- much of what each was for is there, made of the reply that was bought under
-- it, unless that is paid for already; written and ordered are words.
select h.account_id, h.site_id, h.run_id, h.key, h.function, h.units, coalesce(q.model, '')::text model, coalesce(q.tokens, 0)::bigint tokens, coalesce(q.cost_micros, 0)::bigint cost_micros, k.item,
	(case when q.id is null or paid.key is not null then 0
		when h.function in ('content', 'rewrite') then (c.id is not null)::int
		when h.function = 'image_prompts' then (exists (select from igny8_images i where i.account_id = h.account_id and i.content_id = k.item and i.revision = k.revision))::int
		when h.function in ('images', 'images_premium') then (exists (select from igny8_images i where i.account_id = h.account_id and i.id = k.item and i.status = 'generated' and i.sha256 = q.blob))::int
		when h.function = 'ideas' then (select count(*) from igny8_content_ideas i where i.account_id = h.account_id and i.source like q.key || ':%')
		else 0 end)::int made,
	coalesce(c.word_count, 0)::int written, coalesce(t.word_count, 0)::int ordered
from igny8_credit_holds h
cross join lateral (select
	(case when h.key ~ '^[0-9a-f-]{36}:' then split_part(h.key, ':', 1) else '00000000-0000-0000-0000-000000000000' end)::uuid item,
	(case when split_part(h.key, ':', 3) ~ '^[0-9]{1,9}$' then split_part(h.key, ':', 3) else '0' end)::int revision) k
left join igny8_runs r on r.account_id = h.account_id and r.id = h.run_id
left join lateral (select q.id, q.key, q.blob, q.model, q.input_tokens + q.output_tokens tokens, q.cost_micros from igny8_ai_requests q
	where q.account_id = h.account_id and q.key = regexp_replace(h.key, ':[^:]*$', '') and q.status = 'answered' and q.usable order by q.attempt desc limit 1) q on true
left join lateral (select p.key from igny8_credit_holds p where p.account_id = h.account_id and p.status = 'settled' and p.key like q.key || ':%' limit 1) paid on true
left join igny8_content c on c.account_id = h.account_id and c.request_id = q.id
left join igny8_tasks t on t.account_id = c.account_id and t.id = c.task_id
where h.status = 'held' and (h.expires_at < now() or h.run_id is not null and (r.id is null or r.finished_at < now() - make_interval(secs => sqlc.arg(quiet_seconds)::float8)))
order by h.account_id, h.key limit sqlc.arg(many);

-- name: LoseRequests :many
-- Calls whose attempt is over, one way or the other, and that were never
-- answered. A reply that comes all the same is kept and takes the mark away.
update igny8_ai_requests q set status = 'lost', error_code = 'unknown', error_message = 'the reply never reached us'
where q.status = 'sent' and (q.created_at < now() - make_interval(secs => sqlc.arg(attempt_seconds)::float8)
	or exists (select from igny8_runs r where r.account_id = q.account_id and r.id = q.run_id and r.finished_at < now() - make_interval(secs => sqlc.arg(quiet_seconds)::float8)))
returning q.account_id, q.id;

-- name: RestTasks :many
-- Tasks that look as if somebody worked on them, and nobody does: they go back
-- to what their content says.
with idle as (
	select t.account_id, t.id, (case
		when exists (select from igny8_publications p where p.account_id = t.account_id and p.content_id = c.id and p.status = 'published') then 'published'
		when c.id is null or c.revision <> t.revision then 'pending'
		when exists (select from igny8_images i where i.account_id = t.account_id and i.content_id = c.id and i.status <> 'generated') then 'illustrating'
		when exists (select from igny8_images i where i.account_id = t.account_id and i.content_id = c.id) then 'ready'
		else 'review' end)::text rest
	from igny8_tasks t left join igny8_content c on c.account_id = t.account_id and c.task_id = t.id
	where t.status in ('writing', 'illustrating', 'publishing') and t.updated_at < now() - make_interval(secs => sqlc.arg(quiet_seconds)::float8)
		and not exists (select from igny8_run_items i where i.account_id = t.account_id and i.stage = 'task' and i.item_id = t.id and i.status in ('pending', 'running', 'waiting'))
)
update igny8_tasks t set status = idle.rest, updated_at = now() from idle
where t.account_id = idle.account_id and t.id = idle.id and t.status <> idle.rest
returning t.account_id, t.id;

-- name: UnsurePublications :many
-- Posts of which nobody knows whether the site has them, and which nobody is
-- publishing.
select p.account_id, p.site_id, p.sector_id, p.id, p.content_id, c.task_id
from igny8_publications p join igny8_content c on c.account_id = p.account_id and c.id = p.content_id
where p.status in ('creating', 'unknown') and (p.lease_until is null or p.lease_until < now()) and p.updated_at < now() - make_interval(secs => sqlc.arg(quiet_seconds)::float8)
	and not exists (select from igny8_run_items i where i.account_id = p.account_id and i.stage = 'task' and i.item_id = c.task_id and i.status in ('pending', 'running', 'waiting'))
order by p.updated_at, p.id limit sqlc.arg(many);

-- name: UsedBlobs :many
-- Which of the files an account has a use for: a picture, or a reply that was
-- paid for and may be wanted again.
select h::text from unnest(@hashes::text[]) h
where exists (select from igny8_images i where i.sha256 = h) or exists (select from igny8_ai_requests q where q.blob = h);

-- name: PictureHashes :many
-- The files of all accounts' pictures.
select distinct sha256::text from igny8_images where status = 'generated' and sha256 is not null;

-- name: PicturesOf :many
select account_id, id from igny8_images where status = 'generated' and sha256 = any(@hashes::text[]) order by id limit @many;

-- name: FoldCounts :one
-- Folds the row counts of one account.
with whose as materialized (select set_config('igny8.account', sqlc.arg(account_id)::uuid::text, true))
select fold_counts()::bigint from whose;

-- name: ForgetRequests :execrows
-- Idempotency keys of all accounts that nobody repeats any more.
delete from igny8_idempotency where created_at < now() - interval '30 days';

-- name: Report :exec
insert into igny8_reconciliations (report, mended) values (@report, @mended);

-- name: ForgetReports :execrows
-- Reports that say nothing are kept for two days, the others for a year.
delete from igny8_reconciliations where created_at < now() - interval '1 year' or mended = 0 and created_at < now() - interval '2 days';

-- name: LastReport :one
select created_at, mended, report from igny8_reconciliations order by created_at desc limit 1;

-- name: LastFullReport :one
-- The last one that also read the ledger and the files.
select created_at, mended, report from igny8_reconciliations where report->'ledger' is not null order by created_at desc limit 1;

-- name: MendedSince :one
select coalesce(sum(mended), 0)::bigint from igny8_reconciliations where created_at > @since;

-- name: Checks :one
-- What must be 0, for one account or, with none, for all. Lost is what no
-- workflow will come back to and the reconciler has not mended yet; charged
-- twice is a reply that more than one hold was settled for; posted twice is an
-- article that a site has more than one post of.
select
	(select count(*) from igny8_credit_holds h join igny8_runs r on r.account_id = h.account_id and r.id = h.run_id
		where h.status = 'held' and r.finished_at < now() - interval '15 minutes' and (sqlc.narg(account_id)::uuid is null or h.account_id = sqlc.narg(account_id)))::bigint holds,
	(select count(*) from igny8_ai_requests q where q.status = 'sent' and q.created_at < now() - interval '30 minutes' and (sqlc.narg(account_id)::uuid is null or q.account_id = sqlc.narg(account_id)))::bigint replies,
	(select count(*) from igny8_runs r where r.finished_at is null and r.temporal_run_id = '' and r.created_at < now() - interval '15 minutes' and (sqlc.narg(account_id)::uuid is null or r.account_id = sqlc.narg(account_id)))::bigint runs,
	(select count(*) from igny8_run_items i join igny8_runs r on r.account_id = i.account_id and r.id = i.run_id
		where i.status in ('pending', 'running', 'waiting') and r.finished_at < now() - interval '15 minutes' and (sqlc.narg(account_id)::uuid is null or i.account_id = sqlc.narg(account_id)))::bigint items,
	(select count(*) from (select 1 from igny8_credit_usage_logs l where l.credits_used > 0 and (sqlc.narg(account_id)::uuid is null or l.account_id = sqlc.narg(account_id))
		group by l.account_id, regexp_replace(l.hold_key, ':[^:]*$', '') having count(*) > 1) x)::bigint charged_twice,
	((select count(*) from (select 1 from igny8_publications p where p.wp_post_id is not null and (sqlc.narg(account_id)::uuid is null or p.account_id = sqlc.narg(account_id))
		group by p.account_id, p.site_id, p.content_id having count(distinct p.wp_post_id) > 1) x)
	+ (select count(distinct a.target) from igny8_audit_log a where a.action = 'publication.duplicate' and (sqlc.narg(account_id)::uuid is null or a.account_id = sqlc.narg(account_id))))::bigint posted_twice;

-- name: Money :one
-- How much there is of what the checks read, of one account or of all.
select
	(select count(*) from igny8_credit_holds h where sqlc.narg(account_id)::uuid is null or h.account_id = sqlc.narg(account_id))::bigint holds,
	(select count(*) from igny8_credit_holds h where h.status = 'held' and (sqlc.narg(account_id)::uuid is null or h.account_id = sqlc.narg(account_id)))::bigint open,
	(select count(*) from igny8_credit_transactions e where sqlc.narg(account_id)::uuid is null or e.account_id = sqlc.narg(account_id))::bigint entries,
	(select count(*) from igny8_ai_requests q where q.status = 'lost' and (sqlc.narg(account_id)::uuid is null or q.account_id = sqlc.narg(account_id)))::bigint lost_replies,
	(select count(*) from igny8_ai_requests q where q.repeated and q.status in ('answered', 'lost') and (sqlc.narg(account_id)::uuid is null or q.account_id = sqlc.narg(account_id)))::bigint repeated;
