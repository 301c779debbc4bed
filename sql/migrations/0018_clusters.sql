-- Clusters that grow, are proposed anew and are merged; what keywords look like
-- is kept, and so are the results of searches for them.

-- +goose Up
-- What a model makes of a text costs time or money and depends on nothing else.
create table igny8_keyword_features (
	account_id uuid not null references igny8_accounts on delete cascade,
	model      text not null, -- with its version: vectors of two are never compared
	hash       bytea not null check (length(hash) = 32), -- SHA-256 of the normalised text
	vector     bytea not null,
	created_at timestamptz not null default now(),
	primary key (account_id, model, hash)
);
call tenant('igny8_keyword_features', false);

-- The best search results of a keyword, the first first.
create table igny8_search_results (
	account_id uuid not null,
	site_id    uuid not null,
	sector_id  uuid not null,
	keyword_id uuid not null,
	urls       text[] not null check (cardinality(urls) between 1 and 10),
	updated_at timestamptz not null default now(),
	primary key (account_id, keyword_id),
	foreign key (account_id, site_id, sector_id, keyword_id) references igny8_keywords (account_id, site_id, sector_id, id) on delete cascade
);
create index on igny8_search_results (account_id, site_id, sector_id);
call tenant('igny8_search_results', true);

-- A proposal changes nothing until a person accepts it. A new clustering is that
-- of a whole sector; it is stale as soon as the sector is another. A merge names
-- clusters that a model takes for one, the one that stays first.
create table igny8_proposals (
	account_id    uuid not null,
	site_id       uuid not null,
	sector_id     uuid not null,
	id            uuid not null default uuid7(),
	kind          text not null check (kind in ('recluster', 'merge')),
	status        text not null default 'pending' check (status in ('pending', 'accepted', 'rejected', 'stale')),
	reason        text not null default '',
	cluster_ids   uuid[] not null default '{}', -- of a merge
	kept          int not null default 0, -- keywords that stay where they are
	moved         int not null default 0, -- that come to another cluster
	added         int not null default 0, -- that were in none and come to one
	removed       int not null default 0, -- that will be in none
	new_clusters  int not null default 0,
	gone_clusters int not null default 0,
	run_id        uuid,
	decided_by    uuid,
	decided_at    timestamptz,
	version       bigint not null default 1,
	created_at    timestamptz not null default now(),
	updated_at    timestamptz not null default now(),
	primary key (account_id, id),
	unique (account_id, site_id, sector_id, id),
	check ((kind = 'merge') = (cardinality(cluster_ids) > 1)),
	check ((status in ('accepted', 'rejected')) = (decided_at is not null)),
	foreign key (account_id, site_id, sector_id) references igny8_sectors (account_id, site_id, id) on delete cascade
);
create index on igny8_proposals (account_id, created_at desc, id desc);
create index on igny8_proposals (account_id, site_id, sector_id);
create unique index one_clustering_proposed on igny8_proposals (account_id, sector_id) where kind = 'recluster' and status = 'pending';
call tenant('igny8_proposals', true);
create trigger touched before update on igny8_proposals for each row execute function touched_version();

-- The clusters that a proposed clustering changes, makes or empties.
create table igny8_proposal_clusters (
	account_id  uuid not null,
	site_id     uuid not null,
	sector_id   uuid not null,
	proposal_id uuid not null,
	cluster_id  uuid not null, -- there already, or to be made
	change      text not null check (change in ('kept', 'new', 'gone')),
	name        text not null,
	description text not null default '',
	keywords    int not null, -- as proposed
	before      int not null, -- as it is
	joining     int not null,
	leaving     int not null,
	primary key (account_id, proposal_id, cluster_id),
	foreign key (account_id, site_id, sector_id, proposal_id) references igny8_proposals (account_id, site_id, sector_id, id) on delete cascade
);
create index on igny8_proposal_clusters (account_id, site_id, sector_id);
call tenant('igny8_proposal_clusters', true);

-- The keywords that it moves.
create table igny8_proposal_keywords (
	account_id  uuid not null,
	site_id     uuid not null,
	sector_id   uuid not null,
	proposal_id uuid not null,
	keyword_id  uuid not null,
	from_id     uuid, -- the cluster it is in
	to_id       uuid, -- the one it would be in
	page_id     uuid, -- there already, or to be made
	leads       boolean not null default false, -- names its page, if that is new
	fit         real,
	change      text not null generated always as (case when from_id is null then 'added' when to_id is null then 'removed' else 'moved' end) stored,
	primary key (account_id, proposal_id, keyword_id),
	check (from_id is distinct from to_id),
	check ((to_id is null) = (page_id is null)),
	foreign key (account_id, site_id, sector_id, proposal_id) references igny8_proposals (account_id, site_id, sector_id, id) on delete cascade,
	foreign key (account_id, site_id, sector_id, keyword_id) references igny8_keywords (account_id, site_id, sector_id, id) on delete cascade
);
create index on igny8_proposal_keywords (account_id, keyword_id);
create index on igny8_proposal_keywords (account_id, site_id, sector_id);
call tenant('igny8_proposal_keywords', true);

-- What a proposal was made from has changed: it can't be accepted any more.
-- +goose StatementBegin
create function sector_changed() returns trigger language plpgsql as $$
declare
	sectors uuid[];
begin
	if tg_op = 'INSERT' then
		select array_agg(distinct sector_id) into sectors from after;
	elsif tg_op = 'DELETE' then
		select array_agg(distinct sector_id) into sectors from before;
	elsif tg_table_name = 'igny8_keywords' then
		select array_agg(distinct o.sector_id) into sectors from before o join after n using (account_id, id)
		where (o.cluster_id, o.normal, o.pinned, o.status = 'archived') is distinct from (n.cluster_id, n.normal, n.pinned, n.status = 'archived');
	else
		select array_agg(distinct o.sector_id) into sectors from before o join after n using (account_id, id) where o.locked <> n.locked;
	end if;
	if sectors is not null then
		update igny8_proposals set status = 'stale' where sector_id = any(sectors) and kind = 'recluster' and status = 'pending';
	end if;
	return null;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
create function cluster_gone() returns trigger language plpgsql as $$
begin
	update igny8_proposals p set status = 'stale' from before b
	where p.account_id = b.account_id and p.sector_id = b.sector_id and p.kind = 'merge' and p.status = 'pending' and b.id = any(p.cluster_ids);
	return null;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
do $$
declare
	t text;
begin
	foreach t in array array['igny8_keywords', 'igny8_clusters'] loop
		execute format('create trigger stale_i after insert on %I referencing new table as after for each statement execute function sector_changed()', t);
		execute format('create trigger stale_u after update on %I referencing old table as before new table as after for each statement execute function sector_changed()', t);
		execute format('create trigger stale_d after delete on %I referencing old table as before for each statement execute function sector_changed()', t);
	end loop;
end $$;
-- +goose StatementEnd
create trigger gone_d after delete on igny8_clusters referencing old table as before for each statement execute function cluster_gone();

-- A run that clusters a sector anew, and the clusters that a run has named.
alter table igny8_runs drop constraint igny8_runs_kind_check;
alter table igny8_runs add constraint igny8_runs_kind_check check (kind in ('pipeline', 'clusters', 'recluster', 'ideas', 'content', 'image_prompts', 'images', 'publish', 'article'));
alter table igny8_schedules drop constraint igny8_schedules_kind_check;
alter table igny8_schedules add constraint igny8_schedules_kind_check check (kind in ('pipeline', 'clusters', 'recluster', 'ideas'));
alter table igny8_run_items drop constraint igny8_run_items_stage_check;
alter table igny8_run_items add constraint igny8_run_items_stage_check check (stage in ('keyword', 'cluster', 'name', 'task'));
insert into igny8_credit_prices (version, function, price) values (1, 'embeddings', 1);

-- How much of the computing of clusters is done; the percentage follows.
alter table igny8_runs add column computed real not null default 0 check (computed between 0 and 1);
-- +goose StatementBegin
create or replace function run_progress(run uuid) returns igny8_runs language plpgsql as $$
declare
	r igny8_runs;
	f record;
	unit text;
	p numeric;
begin
	select * into r from igny8_runs where account_id = current_account() and id = run for update;
	if not found or r.finished_at is not null then
		return r;
	end if;
	unit := case when r.kind in ('clusters', 'recluster', 'ideas') then 'cluster' else 'task' end;
	select coalesce(sum(i.n), 0) n, coalesce(sum(i.n) filter (where i.status = 'done'), 0) done, coalesce(sum(i.n) filter (where i.status = 'failed'), 0) failed,
		coalesce(sum(i.n) filter (where i.status = 'waiting'), 0) waiting, coalesce(sum(i.n) filter (where i.status = 'waiting' and i.waiting_for = 'review'), 0) reviews,
		coalesce(sum(i.n) filter (where i.status in ('pending', 'running')), 0) busy,
		sum(i.n * s.called) / sum(i.n) called, sum(i.n * s.parsed) / sum(i.n) parsed, sum(i.n * s.saved) / sum(i.n) saved
	into f from (
		select status, step, waiting_for, count(*) n from igny8_run_items where account_id = r.account_id and run_id = run and stage = unit group by 1, 2, 3
	) i, step_share(i.step, i.status) s;
	if f.n > 0 and r.stage not in ('', 'clusters') and (unit = 'cluster' or r.stage <> 'ideas') then
		p := 25 + 35 * f.called + 20 * f.parsed + 15 * f.saved;
	elsif r.kind in ('clusters', 'recluster') then
		p := 10 + case when r.stage = '' then 0 else 1 + 84 * r.computed end;
	else -- planning: clusters, then ideas, then tasks
		select 10 + case when r.stage = '' then 0 when r.stage = 'clusters' then 1 + 4 * r.computed else 5 + 9 * coalesce(avg((status in ('done', 'failed', 'skipped'))::int), 0) end
		into p from igny8_run_items where account_id = r.account_id and run_id = run and stage = 'cluster';
	end if;
	p := greatest(r.percentage, floor(least(p, 95)));
	update igny8_runs set
		items_total = f.n, items_done = f.done, items_failed = f.failed, items_waiting = f.waiting,
		percentage = p,
		phase = case when p < 10 then 'INIT' when p < 25 then 'PREP' when p < 60 then 'AI_CALL' when p < 80 then 'PARSE' else 'SAVE' end,
		status = case when status = 'running' and f.reviews > 0 and f.busy = 0 then 'waiting_review'
			when status = 'waiting_review' and (f.reviews = 0 or f.busy > 0) then 'running' else status end,
		version = version + 1, updated_at = now()
	where account_id = r.account_id and id = run
	returning * into r;
	return r;
end $$;
-- +goose StatementEnd
