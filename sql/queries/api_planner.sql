-- name: CountKeywords :one
-- How many keywords the account has on all its sites, without a scan.
select account_has('keywords')::bigint;

-- name: KeywordThere :one
-- Whether a sector has a keyword in a market. One whose market is unknown may be
-- in any.
select exists (
	select from igny8_keywords k where k.account_id = current_account() and k.sector_id = @sector_id and k.normal = @normal
		and (k.country is null or sqlc.narg('country')::text is null or k.country = sqlc.narg('country')));

-- name: CreateKeyword :one
-- Adds a keyword to an active sector that one may see.
insert into igny8_keywords (account_id, site_id, sector_id, keyword, normal, volume, difficulty, cpc_micros, currency, intent, intents, country)
select current_account(), s.site_id, s.id, @keyword, @normal, sqlc.narg('volume'), sqlc.narg('difficulty'), sqlc.narg('cpc_micros'), sqlc.narg('currency'), sqlc.narg('intent'), @intents, sqlc.narg('country')
from igny8_sectors s where s.account_id = current_account() and s.id = @sector_id and s.status = 'active'
returning id;

-- name: ChangeKeyword :one
-- Replaces what a person may change, if nobody did so since version.
update igny8_keywords set keyword = @keyword, normal = @normal, volume = sqlc.narg('volume'), volume_estimated = volume_estimated and volume is not distinct from sqlc.narg('volume'),
	difficulty = sqlc.narg('difficulty'), cpc_micros = sqlc.narg('cpc_micros'), currency = sqlc.narg('currency'), intent = sqlc.narg('intent'), intents = @intents, country = sqlc.narg('country')
where account_id = current_account() and id = @id and version = @version
returning id;

-- name: Keyword :one
select * from igny8_keywords where account_id = current_account() and id = @id;

-- name: DropKeywords :many
delete from igny8_keywords where account_id = current_account() and id = any(@ids::uuid[]) returning id;

-- name: LockClusters :many
select id, site_id, sector_id, name, locked from igny8_clusters where account_id = current_account() and id = any(@ids::uuid[]) order by id for update;

-- name: MergeClusters :exec
-- Moves all that clusters have into another, where a person wants it: one
-- statement, for what refers to what is held against its end.
with pages as (
	update igny8_cluster_pages p set cluster_id = @into_id, n = x.n
	from (
		select m.id, (select coalesce(max(t.n), 0) from igny8_cluster_pages t where t.account_id = current_account() and t.cluster_id = @into_id) + row_number() over (order by m.cluster_id, m.n) n
		from igny8_cluster_pages m where m.account_id = current_account() and m.cluster_id = any(@ids::uuid[])
	) x where p.account_id = current_account() and p.id = x.id
), keywords as (
	update igny8_keywords set cluster_id = @into_id, fit = null, pinned = true where account_id = current_account() and cluster_id = any(@ids::uuid[])
), nearest as (
	update igny8_tasks set cluster_id = @into_id where account_id = current_account() and cluster_id = any(@ids::uuid[])
), listed as (
	insert into igny8_cluster_keywords (account_id, site_id, sector_id, cluster_id, keyword_id)
	select account_id, site_id, sector_id, @into_id, keyword_id from igny8_cluster_keywords where account_id = current_account() and cluster_id = any(@ids::uuid[]) on conflict do nothing
)
update igny8_content_ideas set cluster_id = @into_id where account_id = current_account() and cluster_id = any(@ids::uuid[]);

-- name: NewCluster :one
insert into igny8_clusters (account_id, site_id, sector_id, name, named_by) values (current_account(), @site_id, @sector_id, @name, 'user') returning id;

-- name: MoveKeywords :many
-- Puts keywords where a person wants them; no run moves them any more.
update igny8_keywords k set cluster_id = c.id, page_id = null, fit = null, nearest_id = null, pinned = true, status = case when k.status = 'in_use' then 'in_use' else 'clustered' end
from igny8_clusters c
where k.account_id = current_account() and k.id = any(@ids::uuid[]) and c.account_id = k.account_id and c.id = @cluster_id and c.sector_id = k.sector_id and k.status <> 'archived'
returning k.id;

-- name: DropClusters :exec
delete from igny8_clusters where account_id = current_account() and id = any(@ids::uuid[]);

-- name: IdeasToQueue :many
select id, status, sector_id from igny8_content_ideas where account_id = current_account() and id = any(@ids::uuid[]);

-- name: TasksOfIdeas :many
select id, idea_id from igny8_tasks where account_id = current_account() and idea_id = any(@ids::uuid[]) and source is not null order by created_at;

-- name: SetTasks :exec
update igny8_tasks set author_profile_id = @author_profile_id where account_id = current_account() and id = any(@ids::uuid[]);

-- name: ArchivedKeywords :many
select id from igny8_keywords where account_id = current_account() and status = 'archived' and id = any(@ids::uuid[]);
