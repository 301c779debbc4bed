-- name: Features :many
-- What a model has made of some texts, known by their hashes.
select hash, vector from igny8_keyword_features where account_id = current_account() and model = @model and hash = any(@hashes::bytea[]);

-- name: KeepFeatures :execrows
insert into igny8_keyword_features (account_id, model, hash, vector)
select current_account(), @model, u.hash, u.vector
from (select unnest(@hashes::bytea[]) hash, unnest(@vectors::bytea[]) vector) u
on conflict do nothing;

-- name: RunComputed :exec
-- How much of the computing of clusters is done, from 0 to 1. It only grows.
update igny8_runs set computed = greatest(computed, @share::real), message = @message, updated_at = now()
where account_id = current_account() and id = @id and finished_at is null;

-- name: SectorCounts :one
-- How many keywords of a sector are in no cluster, and how many there are.
select count(*) filter (where cluster_id is null and status in ('new', 'orphaned') and not pinned)::int fresh, count(*) filter (where status <> 'archived')::int whole
from igny8_keywords where account_id = current_account() and sector_id = @sector_id;

-- name: HoldClusters :many
-- Some clusters, with the highest number of a page of each. Nobody deletes them
-- before the transaction ends.
select c.id, c.locked, coalesce((select max(p.n) from igny8_cluster_pages p where p.account_id = c.account_id and p.cluster_id = c.id), 0)::int last
from igny8_clusters c where c.account_id = current_account() and c.id = any(@clusters::uuid[]) order by c.id for key share of c;

-- name: DropUnused :exec
-- Clusters that were made of keywords which somebody has taken meanwhile.
delete from igny8_clusters where account_id = current_account() and id = any(@ids::uuid[]) and keywords_count = 0 and not locked;

-- name: ClusterNames :many
select id, name, keywords_count, locked from igny8_clusters where account_id = current_account() and sector_id = @sector_id order by id;

-- name: SaveResults :many
-- Replaces the search results of the keywords that a file names.
insert into igny8_search_results (account_id, site_id, sector_id, keyword_id, urls)
select k.account_id, k.site_id, k.sector_id, k.id, u.urls
from (select x.normal, array_agg(x.url order by x.rank, x.url) urls
	from (select unnest(@normals::text[]) normal, unnest(@ranks::int[]) rank, unnest(@urls::text[]) url) x group by x.normal) u
join igny8_keywords k on k.account_id = current_account() and k.sector_id = @sector_id and k.normal = u.normal
on conflict (account_id, keyword_id) do update set urls = excluded.urls, updated_at = now()
returning (select k.normal from igny8_keywords k where k.account_id = igny8_search_results.account_id and k.id = igny8_search_results.keyword_id) normal;

-- name: UnnamedClusters :many
-- The clusters that a run has made and only this program has named.
select id, name from igny8_clusters where account_id = current_account() and run_id = @run_id and named_by = 'offline' and not locked order by id;

-- name: ClustersToName :many
-- Some of the clusters that a run has named, with the keywords that tell most
-- about each: the most searched, and those that fit least.
select i.n, c.id, c.name, c.keywords_count, array(
	select x.keyword from (
		select k.keyword, k.volume_sort, k.id, row_number() over (order by k.volume_sort, k.id) searched, row_number() over (order by k.fit nulls last, k.id) odd
		from igny8_keywords k where k.account_id = c.account_id and k.cluster_id = c.id
	) x where x.searched <= 9 or x.odd <= 3 order by x.volume_sort, x.id)::text[] keywords
from igny8_run_items i join igny8_clusters c on c.account_id = i.account_id and c.id = i.item_id
where i.account_id = current_account() and i.run_id = @run_id and i.stage = 'name' and i.n between @from_n::int and @to_n::int
order by i.n;

-- name: ClustersBeside :many
-- The clusters of a sector that a run is not to name and that have names most like
-- some that it is. Their numbers stay the same from one question to
-- the next and begin beyond any place. Each name of the sector is compared with
-- the few of the question: a third of a second for 5,000 clusters.
with named as materialized (
	select m.name from igny8_run_items i join igny8_clusters m on m.account_id = i.account_id and m.id = i.item_id
	where i.account_id = current_account() and i.run_id = @run_id and i.stage = 'name' and i.n between @from_n::int and @to_n::int
)
select (1000000 + ('x' || substr(md5(c.id::text), 1, 7))::bit(28)::int)::int n, c.id, c.name, c.keywords_count, array(
	select k.keyword from igny8_keywords k where k.account_id = c.account_id and k.cluster_id = c.id order by k.volume_sort, k.id limit 5)::text[] keywords
from igny8_clusters c, lateral (select max(similarity(c.name, m.name)) alike from named m) s
where c.account_id = current_account() and c.sector_id = @sector_id and not c.locked and c.keywords_count > 0 and s.alike > 0
	and not exists (select from igny8_run_items x where x.account_id = c.account_id and x.run_id = @run_id and x.stage = 'name' and x.item_id = c.id)
order by s.alike desc, c.id limit 20;

-- name: KeywordsToName :one
-- How many keywords the clusters up to a place have that a run is to name.
select coalesce(sum(c.keywords_count), 0)::int from igny8_run_items i join igny8_clusters c on c.account_id = i.account_id and c.id = i.item_id
where i.account_id = current_account() and i.run_id = @run_id and i.stage = 'name' and i.n <= @to_n::int;

-- name: NameClusters :many
-- Names clusters that nobody else has named or locked meanwhile.
update igny8_clusters c set name = u.name, description = u.description, named_by = 'model'
from (select unnest(@ids::uuid[]) id, unnest(@names::text[]) as name, unnest(@descriptions::text[]) description) u
where c.account_id = current_account() and c.id = u.id and c.named_by = 'offline' and not c.locked
returning c.id;

-- name: NamesDone :exec
update igny8_run_items set status = 'done', updated_at = now() where account_id = current_account() and run_id = @run_id and stage = 'name' and n between @from_n::int and @to_n::int;

-- name: ProposeMerges :exec
-- Proposes to make some clusters one, unless that is proposed already.
insert into igny8_proposals (account_id, site_id, sector_id, id, kind, cluster_ids, reason, run_id)
select current_account(), @site_id, @sector_id, u.id, 'merge', array[u.kept, u.other], u.reason, @run_id
from (select unnest(@ids::uuid[]) id, unnest(@kept::uuid[]) kept, unnest(@others::uuid[]) other, unnest(@reasons::text[]) reason) u
on conflict (account_id, id) do nothing;

-- name: NewClustering :execrows
-- Proposes a new clustering of a sector in place of the one before.
with before as (update igny8_proposals set status = 'stale' where account_id = current_account() and sector_id = @sector_id and kind = 'recluster' and status = 'pending' and id <> @id returning id)
insert into igny8_proposals (account_id, site_id, sector_id, id, kind, status, kept, moved, added, removed, new_clusters, gone_clusters, run_id)
select current_account(), @site_id, @sector_id, @id, 'recluster', 'pending', @kept, @moved, @added, @removed, @new_clusters, @gone_clusters, @run_id
where (select count(*) from before) >= 0
on conflict (account_id, id) do nothing;

-- name: ProposeClusters :exec
insert into igny8_proposal_clusters (account_id, site_id, sector_id, proposal_id, cluster_id, change, name, description, keywords, before, joining, leaving)
select current_account(), @site_id, @sector_id, @proposal_id, u.id, u.change, u.name, u.description, u.keywords, u.before, u.joining, u.leaving
from (select unnest(@ids::uuid[]) id, unnest(@changes::text[]) change, unnest(@names::text[]) as name, unnest(@descriptions::text[]) description,
	unnest(@keywords::int[]) keywords, unnest(@before::int[]) before, unnest(@joining::int[]) joining, unnest(@leaving::int[]) leaving) u;

-- name: ProposeKeywords :exec
-- The nil ID stands for none.
insert into igny8_proposal_keywords (account_id, site_id, sector_id, proposal_id, keyword_id, from_id, to_id, page_id, leads, fit)
select current_account(), @site_id, @sector_id, @proposal_id, u.id, nullif(u.from_id, '00000000-0000-0000-0000-000000000000'), nullif(u.to_id, '00000000-0000-0000-0000-000000000000'),
	nullif(u.page_id, '00000000-0000-0000-0000-000000000000'), u.leads, u.fit
from (select unnest(@ids::uuid[]) id, unnest(@froms::uuid[]) from_id, unnest(@tos::uuid[]) to_id, unnest(@pages::uuid[]) page_id, unnest(@leads::bool[]) leads, unnest(@fits::real[]) fit) u;

-- name: LockProposal :one
select * from igny8_proposals where account_id = current_account() and id = @id for update;

-- name: ProposalDecided :exec
update igny8_proposals set status = @status, decided_by = sqlc.narg('decided_by'), decided_at = now()
where account_id = current_account() and id = @id and status = 'pending';

-- name: AcceptClusters :exec
insert into igny8_clusters (account_id, site_id, sector_id, id, name, description, run_id)
select c.account_id, c.site_id, c.sector_id, c.cluster_id, c.name, c.description, p.run_id
from igny8_proposal_clusters c join igny8_proposals p on p.account_id = c.account_id and p.id = c.proposal_id
where c.account_id = current_account() and c.proposal_id = @proposal_id and c.change = 'new';

-- name: AcceptPages :exec
insert into igny8_cluster_pages (account_id, site_id, sector_id, cluster_id, id, n, name)
select p.account_id, p.site_id, p.sector_id, p.to_id, p.page_id,
	coalesce((select max(x.n) from igny8_cluster_pages x where x.account_id = p.account_id and x.cluster_id = p.to_id), 0) + row_number() over (partition by p.to_id order by k.volume_sort, k.id), k.keyword
from igny8_proposal_keywords p join igny8_keywords k on k.account_id = p.account_id and k.id = p.keyword_id join igny8_clusters c on c.account_id = p.account_id and c.id = p.to_id
where p.account_id = current_account() and p.proposal_id = @proposal_id and p.leads;

-- name: AcceptKeywords :exec
-- What changed while the proposal was being kept could not make it stale, so what a
-- person has done then stays. Nor is a keyword left out that an article is about.
update igny8_keywords k set cluster_id = p.to_id, page_id = p.page_id, fit = p.fit, nearest_id = null,
	status = case when p.to_id is null then 'orphaned' when k.status = 'in_use' then 'in_use' else 'clustered' end
from igny8_proposal_keywords p
left join igny8_clusters f on f.account_id = p.account_id and f.id = p.from_id
left join igny8_clusters t on t.account_id = p.account_id and t.id = p.to_id
where k.account_id = current_account() and p.account_id = k.account_id and p.proposal_id = @proposal_id and p.keyword_id = k.id
	and k.cluster_id is not distinct from p.from_id and not k.pinned and k.status <> 'archived'
	and not coalesce(f.locked, false) and case when p.to_id is null then k.status <> 'in_use' else t.locked is false end;

-- name: IdeasFollow :exec
-- Ideas about clusters that go, and their tasks, go with their main keyword.
with followed as (
	update igny8_content_ideas i set cluster_id = k.cluster_id, page_id = k.page_id
	from igny8_proposal_clusters c, igny8_idea_keywords ik, igny8_keywords k
	where i.account_id = current_account() and c.account_id = i.account_id and c.proposal_id = @proposal_id and c.change = 'gone' and i.cluster_id = c.cluster_id
		and ik.account_id = i.account_id and ik.idea_id = i.id and ik.n = 0 and k.account_id = i.account_id and k.id = ik.keyword_id and k.cluster_id is not null
	returning i.id, i.cluster_id
)
update igny8_tasks t set cluster_id = f.cluster_id from followed f where t.account_id = current_account() and t.idea_id = f.id;

-- name: DropEmptied :exec
delete from igny8_clusters c using igny8_proposal_clusters p
where c.account_id = current_account() and p.account_id = c.account_id and p.proposal_id = @proposal_id and p.change = 'gone' and p.cluster_id = c.id and c.keywords_count = 0 and not c.locked;

-- name: SectorState :one
-- Another sum when a keyword came, went, or is elsewhere, and when a cluster was locked.
select md5(coalesce((select string_agg(concat_ws(' ', k.id, k.cluster_id, k.pinned, k.status = 'archived', k.normal), ',' order by k.id) from igny8_keywords k where k.account_id = current_account() and k.sector_id = @sector_id), '')
	|| coalesce((select string_agg(concat_ws(' ', c.id, c.locked), ',' order by c.id) from igny8_clusters c where c.account_id = current_account() and c.sector_id = @sector_id), ''))::text;

-- name: LockSector :exec
select from igny8_sectors where account_id = current_account() and id = @id for update;

-- name: KnownFeatures :many
-- Which of some texts a model has made something of.
select hash from igny8_keyword_features where account_id = current_account() and model = @model and hash = any(@hashes::bytea[]);
