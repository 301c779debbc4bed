-- What is written about: imports, keywords, clusters with their pages, ideas.

-- +goose Up
create table igny8_imports (
	account_id uuid not null,
	site_id    uuid not null,
	sector_id  uuid not null,
	id         uuid not null default uuid7(),
	filename   text not null default '',
	layout     text not null default '',
	report     jsonb not null default '{}',
	added      int not null default 0,
	updated    int not null default 0,
	skipped    int not null default 0,
	created_by uuid,
	created_at timestamptz not null default now(),
	primary key (account_id, id),
	foreign key (account_id, site_id, sector_id) references igny8_sectors (account_id, site_id, id) on delete cascade
);
create index on igny8_imports (account_id, site_id, sector_id, created_at desc);
call tenant('igny8_imports', true);

create table igny8_clusters (
	account_id     uuid not null,
	site_id        uuid not null,
	sector_id      uuid not null,
	id             uuid not null default uuid7(),
	name           text not null check (length(name) between 1 and 300),
	description    text not null default '',
	status         text not null default 'active' check (status in ('active', 'archived')),
	locked         boolean not null default false,
	named_by       text not null default 'offline' check (named_by in ('offline', 'model', 'user')),
	-- Maintained by the triggers on igny8_keywords.
	keywords_count int not null default 0,
	volume         bigint,
	difficulty     int,
	intent         text,
	volume_sort    bigint generated always as (-coalesce(volume, -1)) stored,
	ideas_revision int not null default 1, -- grows when ideas were saved, so that the next ones are new
	ideas_try      int not null default 0, -- grows with every attempt at the same revision
	run_id         uuid,
	version        bigint not null default 1,
	created_at     timestamptz not null default now(),
	updated_at     timestamptz not null default now(),
	primary key (account_id, id),
	unique (account_id, site_id, sector_id, id),
	foreign key (account_id, site_id, sector_id) references igny8_sectors (account_id, site_id, id) on delete cascade
);
create index on igny8_clusters (account_id, created_at desc, id desc);
create index on igny8_clusters (account_id, status, created_at desc, id desc);
create index on igny8_clusters (account_id, sector_id, volume_sort, id);
call tenant('igny8_clusters', true);
-- Figures change without anybody's edit, so they leave the version alone.
create trigger touched before update on igny8_clusters for each row
	when ((old.name, old.description, old.status, old.locked) is distinct from (new.name, new.description, new.status, new.locked))
	execute function touched_version();

-- A page is one article's worth of a cluster.
create table igny8_cluster_pages (
	account_id uuid not null,
	site_id    uuid not null,
	sector_id  uuid not null,
	cluster_id uuid not null,
	id         uuid not null default uuid7(),
	n          int not null,
	name       text not null,
	created_at timestamptz not null default now(),
	primary key (account_id, id),
	unique (account_id, cluster_id, n),
	unique (account_id, site_id, sector_id, cluster_id, id),
	foreign key (account_id, site_id, sector_id, cluster_id) references igny8_clusters (account_id, site_id, sector_id, id) on delete cascade
);
create index on igny8_cluster_pages (account_id, site_id, sector_id);
call tenant('igny8_cluster_pages', true);

create table igny8_keywords (
	account_id       uuid not null,
	site_id          uuid not null,
	sector_id        uuid not null,
	id               uuid not null default uuid7(),
	keyword          text not null check (length(keyword) between 1 and 200),
	normal           text not null, -- NFC, single spaces, case folded: what makes two the same
	status           text not null default 'new' check (status in ('new', 'clustered', 'in_use', 'orphaned', 'archived')),
	volume           int check (volume >= 0), -- searches a month; null is unknown
	volume_estimated boolean not null default false,
	difficulty       int check (difficulty between 0 and 100),
	cpc_micros       bigint check (cpc_micros >= 0),
	currency         text,
	intent           text check (intent in ('informational', 'commercial', 'transactional', 'navigational')),
	intents          text[] not null default '{}',
	country          text,
	parent           text,
	impressions      bigint,
	cluster_id       uuid,
	page_id          uuid,
	fit              real, -- mean similarity to the own cluster, 0 to 1
	nearest_id       uuid, -- for an orphan, the cluster it is nearest to
	pinned           boolean not null default false, -- a person put it where it is
	import_id        uuid,
	import_line      int,
	volume_sort      int generated always as (-coalesce(volume, -1)) stored,
	difficulty_sort  int generated always as (coalesce(difficulty, 101)) stored,
	version          bigint not null default 1,
	created_at       timestamptz not null default now(),
	updated_at       timestamptz not null default now(),
	primary key (account_id, id),
	unique (account_id, site_id, sector_id, id),
	constraint keyword_exists unique (account_id, site_id, sector_id, normal),
	check ((status in ('new', 'orphaned')) <= (cluster_id is null)),
	check ((status in ('clustered', 'in_use')) <= (cluster_id is not null)),
	foreign key (account_id, site_id, sector_id) references igny8_sectors (account_id, site_id, id) on delete cascade,
	foreign key (account_id, site_id, sector_id, cluster_id) references igny8_clusters (account_id, site_id, sector_id, id) on delete set null (cluster_id),
	foreign key (account_id, site_id, sector_id, cluster_id, page_id) references igny8_cluster_pages (account_id, site_id, sector_id, cluster_id, id) on delete set null (page_id),
	foreign key (account_id, import_id) references igny8_imports (account_id, id) on delete set null (import_id)
);
create index on igny8_keywords (account_id, created_at desc, id desc);
create index on igny8_keywords (account_id, status, created_at desc, id desc);
create index on igny8_keywords (account_id, sector_id, created_at desc, id desc);
create index on igny8_keywords (account_id, cluster_id, created_at desc, id desc);
create index on igny8_keywords (account_id, volume_sort, id);
create index on igny8_keywords (account_id, sector_id, volume_sort, id);
call tenant('igny8_keywords', true);
create trigger touched before update on igny8_keywords for each row execute function touched_version();

-- Keywords that a cluster also lists though they belong elsewhere first.
create table igny8_cluster_keywords (
	account_id uuid not null,
	site_id    uuid not null,
	sector_id  uuid not null,
	cluster_id uuid not null,
	keyword_id uuid not null,
	created_at timestamptz not null default now(),
	primary key (account_id, cluster_id, keyword_id),
	foreign key (account_id, site_id, sector_id, cluster_id) references igny8_clusters (account_id, site_id, sector_id, id) on delete cascade,
	foreign key (account_id, site_id, sector_id, keyword_id) references igny8_keywords (account_id, site_id, sector_id, id) on delete cascade
);
create index on igny8_cluster_keywords (account_id, keyword_id);
create index on igny8_cluster_keywords (account_id, site_id, sector_id);
call tenant('igny8_cluster_keywords', true);

-- A cluster that goes leaves its keywords orphaned.
-- +goose StatementBegin
create function keyword_orphaned() returns trigger language plpgsql as $$
begin
	if new.cluster_id is null and old.cluster_id is not null and new.status in ('clustered', 'in_use') then
		new.status := 'orphaned';
		new.page_id := null;
	end if;
	return new;
end $$;
-- +goose StatementEnd
create trigger orphaned before update of cluster_id on igny8_keywords for each row execute function keyword_orphaned();

-- Figures of the clusters that a statement touched are taken anew from their
-- keywords, so they are right whatever happened. The clusters are locked first:
-- what is counted after that includes what another transaction has just put in.
-- +goose StatementBegin
create function cluster_figures(ids uuid[]) returns void language sql as $$
	select from igny8_clusters where id = any(ids) order by account_id, id for no key update;
	update igny8_clusters c set keywords_count = f.n, volume = f.volume, difficulty = f.difficulty, intent = f.intent
	from (
		select c.account_id, c.id, count(k.id)::int n, sum(k.volume)::bigint volume,
			(sum(k.difficulty * (coalesce(k.volume, 0)::bigint + 1)) filter (where k.difficulty is not null)
				/ nullif(sum(coalesce(k.volume, 0)::bigint + 1) filter (where k.difficulty is not null), 0))::int difficulty,
			(select i.intent from igny8_keywords i where i.account_id = c.account_id and i.cluster_id = c.id and i.intent is not null
				group by i.intent order by sum(coalesce(i.volume, 0)::bigint + 1) desc, i.intent limit 1) intent
		from igny8_clusters c left join igny8_keywords k on k.account_id = c.account_id and k.cluster_id = c.id
		where c.id = any(ids) group by c.account_id, c.id
	) f
	where c.account_id = f.account_id and c.id = f.id
		and (c.keywords_count, c.volume, c.difficulty, c.intent) is distinct from (f.n, f.volume, f.difficulty, f.intent)
$$;
-- +goose StatementEnd
-- +goose StatementBegin
create function keywords_changed() returns trigger language plpgsql as $$
declare
	ids uuid[];
begin
	if tg_op = 'INSERT' then
		select array_agg(distinct cluster_id) into ids from after where cluster_id is not null;
	elsif tg_op = 'DELETE' then
		select array_agg(distinct cluster_id) into ids from before where cluster_id is not null;
	else
		select array_agg(distinct x) into ids from (
			select unnest(array[o.cluster_id, n.cluster_id]) x from before o join after n using (account_id, id)
			where (o.cluster_id, o.volume, o.difficulty, o.intent) is distinct from (n.cluster_id, n.volume, n.difficulty, n.intent)
		) y where x is not null;
	end if;
	if ids is not null then
		perform cluster_figures(ids);
	end if;
	return null;
end $$;
-- +goose StatementEnd
create trigger figures_i after insert on igny8_keywords referencing new table as after for each statement execute function keywords_changed();
create trigger figures_u after update on igny8_keywords referencing old table as before new table as after for each statement execute function keywords_changed();
create trigger figures_d after delete on igny8_keywords referencing old table as before for each statement execute function keywords_changed();

create table igny8_content_ideas (
	account_id  uuid not null,
	site_id     uuid not null,
	sector_id   uuid not null,
	id          uuid not null default uuid7(),
	cluster_id  uuid,
	page_id     uuid,
	idea_title  text not null check (length(idea_title) between 1 and 300),
	description text not null default '',
	angle       text not null default '',
	intent      text,
	status      text not null default 'new' check (status in ('new', 'planned', 'in_progress', 'published', 'rejected')),
	source      text, -- the key of the call that made it, and its place in the reply
	run_id      uuid,
	version     bigint not null default 1,
	created_at  timestamptz not null default now(),
	updated_at  timestamptz not null default now(),
	primary key (account_id, id),
	unique (account_id, site_id, sector_id, id),
	unique (account_id, source),
	foreign key (account_id, site_id, sector_id) references igny8_sectors (account_id, site_id, id) on delete cascade,
	foreign key (account_id, site_id, sector_id, cluster_id) references igny8_clusters (account_id, site_id, sector_id, id) on delete set null (cluster_id),
	foreign key (account_id, site_id, sector_id, cluster_id, page_id) references igny8_cluster_pages (account_id, site_id, sector_id, cluster_id, id) on delete set null (page_id)
);
create index on igny8_content_ideas (account_id, created_at desc, id desc);
create index on igny8_content_ideas (account_id, status, created_at desc, id desc);
create index on igny8_content_ideas (account_id, sector_id, created_at desc, id desc);
create index on igny8_content_ideas (account_id, cluster_id);
call tenant('igny8_content_ideas', true);
create trigger touched before update on igny8_content_ideas for each row execute function touched_version();

create table igny8_idea_keywords (
	account_id uuid not null,
	site_id    uuid not null,
	sector_id  uuid not null,
	idea_id    uuid not null,
	keyword_id uuid not null,
	n          int not null default 0, -- 0 is the main one
	primary key (account_id, idea_id, keyword_id),
	foreign key (account_id, site_id, sector_id, idea_id) references igny8_content_ideas (account_id, site_id, sector_id, id) on delete cascade,
	foreign key (account_id, site_id, sector_id, keyword_id) references igny8_keywords (account_id, site_id, sector_id, id) on delete cascade
);
create index on igny8_idea_keywords (account_id, keyword_id);
create index on igny8_idea_keywords (account_id, site_id, sector_id);
call tenant('igny8_idea_keywords', true);
