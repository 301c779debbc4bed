-- What is written: tasks, content and its revisions, images, and where they
-- were published.

-- +goose Up
create table igny8_tasks (
	account_id    uuid not null,
	site_id       uuid not null,
	sector_id     uuid not null,
	id            uuid not null default uuid7(),
	idea_id       uuid,
	cluster_id    uuid,
	title         text not null check (length(title) between 1 and 300),
	description   text not null default '',
	status        text not null default 'pending' check (status in ('pending', 'writing', 'review', 'illustrating', 'ready', 'publishing', 'published', 'failed', 'cancelled')),
	word_count    int not null default 1200 check (word_count between 300 and 5000), -- ordered
	images        int not null default 2 check (images between 0 and 10),
	author_profile_id uuid,
	publish_at    timestamptz,
	revision      int not null default 1, -- grows when a new text is wanted
	try           int not null default 0, -- grows with every attempt at the same revision
	source        text, -- what made it, so that it is made once
	workflow_id   text not null default '', -- of the execution that works on it, or last did
	run_id        uuid,
	error_code    text not null default '',
	error_message text not null default '',
	version       bigint not null default 1,
	created_at    timestamptz not null default now(),
	updated_at    timestamptz not null default now(),
	primary key (account_id, id),
	unique (account_id, site_id, sector_id, id),
	unique (account_id, source),
	foreign key (account_id, site_id, sector_id) references igny8_sectors (account_id, site_id, id) on delete cascade,
	foreign key (account_id, site_id, sector_id, cluster_id) references igny8_clusters (account_id, site_id, sector_id, id) on delete set null (cluster_id),
	foreign key (account_id, site_id, sector_id, idea_id) references igny8_content_ideas (account_id, site_id, sector_id, id) on delete set null (idea_id)
);
create index on igny8_tasks (account_id, created_at desc, id desc);
create index on igny8_tasks (account_id, status, created_at desc, id desc);
create index on igny8_tasks (account_id, sector_id, created_at desc, id desc);
create index on igny8_tasks (account_id, idea_id);
create index on igny8_tasks (account_id, cluster_id);
call tenant('igny8_tasks', true);
create trigger touched before update on igny8_tasks for each row
	when ((old.title, old.description, old.word_count, old.images, old.author_profile_id, old.publish_at) is distinct from
		(new.title, new.description, new.word_count, new.images, new.author_profile_id, new.publish_at))
	execute function touched_version();

create table igny8_content (
	account_id       uuid not null,
	site_id          uuid not null,
	sector_id        uuid not null,
	id               uuid not null default uuid7(),
	task_id          uuid not null,
	status           text not null default 'draft' check (status in ('draft', 'review', 'changes_requested', 'approved', 'rejected', 'published')),
	title            text not null,
	slug             text not null,
	excerpt          text not null default '',
	meta_title       text not null default '',
	meta_description text not null default '',
	focus_keyword    text not null default '',
	category         text not null default '',
	tags             text[] not null default '{}',
	outline          jsonb not null default '[]',
	html_content     text not null,
	word_count       int not null,
	revision         int not null default 1,
	text_status      text not null default 'draft' check (text_status in ('draft', 'approved')), -- the review before images
	reason           text not null default '', -- of a rejection, or what is to be changed
	provenance       text not null default 'user' check (provenance in ('openai', 'compatible', 'sandbox', 'user')),
	model            text not null default '',
	prompt_version   int,
	request_id       uuid,
	differences      jsonb not null default '[]', -- what the site shows otherwise than was asked
	version          bigint not null default 1,
	created_at       timestamptz not null default now(),
	updated_at       timestamptz not null default now(),
	primary key (account_id, id),
	unique (account_id, task_id),
	unique (account_id, site_id, sector_id, id),
	unique (account_id, site_id, slug),
	foreign key (account_id, site_id, sector_id, task_id) references igny8_tasks (account_id, site_id, sector_id, id) on delete cascade
);
create index on igny8_content (account_id, created_at desc, id desc);
create index on igny8_content (account_id, status, created_at desc, id desc);
create index on igny8_content (account_id, sector_id, created_at desc, id desc);
call tenant('igny8_content', true);
create trigger touched before update on igny8_content for each row
	when ((old.title, old.slug, old.excerpt, old.meta_title, old.meta_description, old.focus_keyword, old.category, old.tags, old.html_content, old.revision, old.status)
		is distinct from (new.title, new.slug, new.excerpt, new.meta_title, new.meta_description, new.focus_keyword, new.category, new.tags, new.html_content, new.revision, new.status))
	execute function touched_version();

create table igny8_content_revisions (
	account_id uuid not null,
	site_id    uuid not null,
	sector_id  uuid not null,
	content_id uuid not null,
	n          int not null, -- counts edits and rewrites alike
	revision   int not null,
	title      text not null,
	html_content text not null,
	word_count int not null,
	snapshot   jsonb not null default '{}', -- the other fields
	reason     text not null default '',
	created_by uuid,
	created_at timestamptz not null default now(),
	primary key (account_id, content_id, n),
	foreign key (account_id, site_id, sector_id, content_id) references igny8_content (account_id, site_id, sector_id, id) on delete cascade
);
create index on igny8_content_revisions (account_id, site_id, sector_id);
call tenant('igny8_content_revisions', true, 'select, insert');

create table igny8_images (
	account_id    uuid not null,
	site_id       uuid not null,
	sector_id     uuid not null,
	id            uuid not null default uuid7(),
	task_id       uuid not null,
	content_id    uuid not null,
	image_type    text not null check (image_type in ('featured', 'in_article')),
	n             int not null check (n >= 0), -- 0 is the featured one
	status        text not null default 'pending' check (status in ('pending', 'generated', 'failed')),
	prompt        text not null,
	alt_text      text not null default '',
	caption       text not null default '',
	heading       text not null default '', -- the section that an in-article image stands under
	image_url     text not null default '', -- where this service serves it
	sha256        text,
	mime          text,
	width         int,
	height        int,
	bytes         int,
	revision      int not null default 1,
	try           int not null default 0,
	provider      text not null default '',
	model         text not null default '',
	provenance    text not null default '' check (provenance in ('', 'openai', 'compatible', 'runware', 'sandbox', 'user')),
	error_code    text not null default '',
	error_message text not null default '',
	version       bigint not null default 1,
	created_at    timestamptz not null default now(),
	updated_at    timestamptz not null default now(),
	primary key (account_id, id),
	unique (account_id, site_id, sector_id, id),
	unique (account_id, content_id, n),
	check ((status = 'generated') <= (sha256 is not null)),
	foreign key (account_id, site_id, sector_id, task_id) references igny8_tasks (account_id, site_id, sector_id, id) on delete cascade,
	foreign key (account_id, site_id, sector_id, content_id) references igny8_content (account_id, site_id, sector_id, id) on delete cascade
);
create index on igny8_images (account_id, created_at desc, id desc);
create index on igny8_images (account_id, status, created_at desc, id desc);
create index on igny8_images (account_id, sector_id, created_at desc, id desc);
create index on igny8_images (account_id, task_id);
create index on igny8_images (account_id, sha256);
call tenant('igny8_images', true);
create trigger touched before update on igny8_images for each row execute function touched_version();

-- One row per content and site, whatever happens: the state of its post.
create table igny8_publications (
	account_id    uuid not null,
	site_id       uuid not null,
	sector_id     uuid not null,
	id            uuid not null default uuid7(),
	content_id    uuid not null,
	status        text not null default 'none' check (status in ('none', 'creating', 'created', 'scheduled', 'published', 'unknown', 'failed')),
	marker        text not null, -- stands in the post as a comment, and finds it again
	slug          text not null,
	wp_post_id    bigint,
	url           text not null default '',
	revision      int not null default 0, -- of the content that the post shows
	modified_gmt  text not null default '', -- as WordPress last told it
	lease_until   timestamptz, -- one writer at a time
	error_code    text not null default '',
	error_message text not null default '',
	published_at  timestamptz,
	created_at    timestamptz not null default now(),
	updated_at    timestamptz not null default now(),
	primary key (account_id, id),
	unique (account_id, content_id, site_id),
	unique (account_id, site_id, wp_post_id),
	check ((status in ('created', 'scheduled', 'published')) <= (wp_post_id is not null)),
	foreign key (account_id, site_id, sector_id, content_id) references igny8_content (account_id, site_id, sector_id, id) on delete cascade
);
create index on igny8_publications (account_id, status, created_at desc, id desc);
create index on igny8_publications (account_id, site_id, sector_id);
call tenant('igny8_publications', true);
create trigger touched before update on igny8_publications for each row execute function touched();

-- Files on a site, by the hash of their bytes: each is uploaded once.
create table igny8_site_media (
	account_id uuid not null,
	site_id    uuid not null,
	sha256     text not null,
	media_id   bigint not null,
	url        text not null,
	created_at timestamptz not null default now(),
	primary key (account_id, site_id, sha256),
	foreign key (account_id, site_id) references igny8_sites (account_id, id) on delete cascade
);
call tenant('igny8_site_media', true);

-- Categories and tags of a site, as it numbers them.
create table igny8_site_terms (
	account_id uuid not null,
	site_id    uuid not null,
	taxonomy   text not null check (taxonomy in ('categories', 'tags')),
	name       text not null,
	term_id    bigint not null,
	created_at timestamptz not null default now(),
	primary key (account_id, site_id, taxonomy, name),
	foreign key (account_id, site_id) references igny8_sites (account_id, id) on delete cascade
);
call tenant('igny8_site_terms', true);
