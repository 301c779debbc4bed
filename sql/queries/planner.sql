-- name: Sector :one
select s.*, w.name site_name, w.status site_status from igny8_sectors s join igny8_sites w on w.account_id = s.account_id and w.id = s.site_id
where s.account_id = current_account() and s.id = @id;

-- name: NewImport :one
insert into igny8_imports (account_id, site_id, sector_id, id, filename, created_by)
values (current_account(), @site_id, @sector_id, @id, @filename, sqlc.narg('created_by')) returning *;

-- name: ImportEnded :exec
update igny8_imports set layout = @layout, report = @report, added = @added, updated = @updated, skipped = @skipped where account_id = current_account() and id = @id;

-- name: KeywordsToCluster :many
-- The keywords that a run is to group, which are in no cluster: those it was
-- given, or else all of its sector; and those that are in clusters. The order
-- does not depend on anything else.
select k.id, k.keyword, k.volume, k.status, k.cluster_id, k.page_id, k.pinned, coalesce(r.urls, '{}')::text[] urls from igny8_keywords k
left join igny8_search_results r on r.account_id = k.account_id and r.keyword_id = k.id
where k.account_id = current_account() and k.sector_id = @sector_id and (
	k.cluster_id is not null
	or k.cluster_id is null and k.status in ('new', 'orphaned') and not k.pinned
		and (not exists (select from igny8_run_items i where i.account_id = current_account() and i.run_id = @run_id and i.stage = 'keyword')
			or exists (select from igny8_run_items i where i.account_id = current_account() and i.run_id = @run_id and i.stage = 'keyword' and i.item_id = k.id)))
order by k.normal, k.id;

-- name: SaveClusters :exec
insert into igny8_clusters (account_id, site_id, sector_id, id, name, description, run_id)
select current_account(), @site_id, @sector_id, u.id, u.name, u.description, @run_id
from (select unnest(@ids::uuid[]) id, unnest(@names::text[]) as name, unnest(@descriptions::text[]) description) u
on conflict (account_id, id) do nothing;

-- name: SavePages :exec
insert into igny8_cluster_pages (account_id, site_id, sector_id, cluster_id, id, n, name)
select current_account(), @site_id, @sector_id, u.cluster_id, u.id, u.n, u.name
from (select unnest(@ids::uuid[]) id, unnest(@clusters::uuid[]) cluster_id, unnest(@ns::int[]) n, unnest(@names::text[]) as name) u
on conflict do nothing;

-- name: AssignKeywords :exec
-- Puts keywords into clusters, but for those that somebody moved or archived
-- meanwhile.
update igny8_keywords k set cluster_id = u.cluster_id, page_id = u.page_id, fit = u.fit, status = 'clustered', nearest_id = null
from (select unnest(@ids::uuid[]) id, unnest(@clusters::uuid[]) cluster_id, unnest(@pages::uuid[]) page_id, unnest(@fits::real[]) fit) u
where k.account_id = current_account() and k.id = u.id and k.cluster_id is null and not k.pinned and k.status in ('new', 'orphaned');

-- name: OrphanKeywords :exec
update igny8_keywords k set status = 'orphaned', nearest_id = nullif(u.nearest, '00000000-0000-0000-0000-000000000000'::uuid), fit = u.fit
from (select unnest(@ids::uuid[]) id, unnest(@nearest::uuid[]) nearest, unnest(@fits::real[]) fit) u
where k.account_id = current_account() and k.id = u.id and k.cluster_id is null and not k.pinned and k.status in ('new', 'orphaned');

-- name: ClustersForIdeas :many
-- Clusters of the sector that are worth an article next: those of this run, then
-- others that nobody has had ideas about, the most searched first.
select c.id from igny8_clusters c
where c.account_id = current_account() and c.sector_id = @sector_id and c.status = 'active' and c.keywords_count > 0
	and (c.run_id = @run_id or not exists (select from igny8_content_ideas i where i.account_id = c.account_id and i.cluster_id = c.id))
	and not exists (select from igny8_run_items r where r.account_id = c.account_id and r.run_id = @run_id and r.stage = 'cluster' and r.item_id = c.id)
order by (c.run_id is not distinct from @run_id) desc, c.volume_sort, c.id
limit @many;

-- name: IdeasOfRun :one
-- How many ideas a run has had, how many clusters it failed at, and how many it
-- has yet to have ideas about.
select (select count(*) from igny8_content_ideas i where i.account_id = current_account() and i.run_id = @run_id and i.status = 'new')::int ideas,
	(select count(*) from igny8_run_items i where i.account_id = current_account() and i.run_id = @id and i.stage = 'cluster' and i.status = 'failed')::int failed,
	(select count(*) from igny8_run_items i where i.account_id = current_account() and i.run_id = @id and i.stage = 'cluster' and i.status in ('pending', 'running', 'waiting'))::int pending,
	(select count(*) from igny8_run_items i where i.account_id = current_account() and i.run_id = @id and i.stage = 'cluster')::int asked;

-- name: Cluster :one
select * from igny8_clusters where account_id = current_account() and id = @id;

-- name: ClusterKeywords :many
select k.id, k.keyword, k.volume, k.difficulty, k.intent, k.page_id, coalesce(p.n, 0)::int page, coalesce(p.name, '')::text page_name
from igny8_keywords k left join igny8_cluster_pages p on p.account_id = k.account_id and p.id = k.page_id
where k.account_id = current_account() and k.cluster_id = @cluster_id and k.status <> 'archived'
order by k.volume_sort, k.normal;

-- name: IdeaTitlesOfSector :many
select idea_title from igny8_content_ideas where account_id = current_account() and sector_id = @sector_id order by created_at desc limit 200;

-- name: SaveIdea :one
insert into igny8_content_ideas (account_id, site_id, sector_id, cluster_id, page_id, idea_title, description, angle, intent, source, run_id)
values (current_account(), @site_id, @sector_id, @cluster_id, sqlc.narg('page_id'), @idea_title, @description, @angle, sqlc.narg('intent'), @source, sqlc.narg('run_id'))
on conflict (account_id, source) do update set source = excluded.source
returning id;

-- name: SaveIdeaKeywords :exec
insert into igny8_idea_keywords (account_id, site_id, sector_id, idea_id, keyword_id, n)
select current_account(), @site_id, @sector_id, @idea_id, k, o - 1 from unnest(@keywords::uuid[]) with ordinality u(k, o)
on conflict do nothing;

-- name: IdeasSaved :exec
update igny8_clusters set ideas_revision = ideas_revision + 1, ideas_try = 0 where account_id = current_account() and id = @id and ideas_revision = @revision;

-- name: IdeasToPlan :many
-- The run's ideas that no task was made of, in turn from each cluster, so that
-- a few articles touch many topics.
select id from (
	select i.id, i.created_at, c.volume_sort, row_number() over (partition by i.cluster_id order by i.created_at, i.id) turn
	from igny8_content_ideas i join igny8_clusters c on c.account_id = i.account_id and c.id = i.cluster_id
	where i.account_id = current_account() and i.run_id = @run_id and i.status = 'new'
) x order by turn, volume_sort, created_at, id limit @many;

-- name: PlanTasks :many
-- Makes a task of each idea, once.
with made as (
	insert into igny8_tasks (account_id, site_id, sector_id, idea_id, cluster_id, title, description, word_count, images, author_profile_id, source, run_id)
	select i.account_id, i.site_id, i.sector_id, i.id, i.cluster_id, i.idea_title, i.description, @word_count, @images,
		(select a.id from igny8_author_profiles a where a.account_id = i.account_id and a.is_default), i.id || ':task:1', sqlc.narg('run_id')
	from igny8_content_ideas i, unnest(@ideas::uuid[]) with ordinality u(id, o)
	where i.account_id = current_account() and i.id = u.id order by u.o
	on conflict (account_id, source) do update set source = excluded.source
	returning id, idea_id
), used as (
	update igny8_keywords k set status = 'in_use' from igny8_idea_keywords ik join made on made.idea_id = ik.idea_id
	where k.account_id = current_account() and ik.account_id = k.account_id and k.id = ik.keyword_id and ik.n = 0 and k.status = 'clustered'
), planned as (
	update igny8_content_ideas i set status = 'planned' from made where i.account_id = current_account() and i.id = made.idea_id and i.status = 'new'
)
select id from made;
