-- What a model is asked with, what it answered, and the keys to reach it.

-- +goose Up
create table igny8_ai_prompts (
	account_id   uuid not null references igny8_accounts on delete cascade,
	id           uuid not null default uuid7(),
	prompt_type  text not null check (prompt_type in ('cluster_names', 'ideas', 'content', 'rewrite', 'image_prompts')),
	prompt_value text not null check (length(prompt_value) between 1 and 20000),
	prompt_version int not null,
	active       boolean not null default true,
	created_by   uuid,
	created_at   timestamptz not null default now(),
	primary key (account_id, id),
	unique (account_id, prompt_type, prompt_version)
);
create unique index one_active_prompt on igny8_ai_prompts (account_id, prompt_type) where active;
call tenant('igny8_ai_prompts', false);

create table igny8_integration_settings (
	account_id       uuid not null references igny8_accounts on delete cascade,
	id               uuid not null default uuid7(),
	integration_type text not null check (integration_type in ('openai', 'runware')),
	config           jsonb not null default '{}', -- model, base_url, image_model, fallback
	secret           bytea, -- sealed
	secret_hint      text not null default '',
	active           boolean not null default true,
	status           text not null default 'untested' check (status in ('untested', 'working', 'failing')),
	status_message   text not null default '',
	checked_at       timestamptz,
	version          bigint not null default 1,
	created_at       timestamptz not null default now(),
	updated_at       timestamptz not null default now(),
	primary key (account_id, id),
	unique (account_id, integration_type)
);
call tenant('igny8_integration_settings', false);
create trigger touched before update on igny8_integration_settings for each row execute function touched_version();

create table igny8_author_profiles (
	account_id   uuid not null references igny8_accounts on delete cascade,
	id           uuid not null default uuid7(),
	name         text not null check (length(name) between 1 and 200),
	description  text not null default '',
	tone         text not null default '',
	language     text not null default 'en',
	banned_words text[] not null default '{}',
	example      text not null default '',
	is_default   boolean not null default false,
	version      bigint not null default 1,
	created_at   timestamptz not null default now(),
	updated_at   timestamptz not null default now(),
	primary key (account_id, id),
	unique (account_id, name)
);
create index on igny8_author_profiles (account_id, created_at desc, id desc);
create unique index one_default_author on igny8_author_profiles (account_id) where is_default;
call tenant('igny8_author_profiles', false);
create trigger touched before update on igny8_author_profiles for each row execute function touched_version();
alter table igny8_tasks add foreign key (account_id, author_profile_id) references igny8_author_profiles (account_id, id) on delete set null (author_profile_id);

create table igny8_strategies (
	account_id   uuid not null,
	site_id      uuid not null,
	sector_id    uuid not null,
	id           uuid not null default uuid7(),
	name         text not null check (length(name) between 1 and 200),
	description  text not null default '',
	prompt_types text[] not null default '{}',
	active       boolean not null default true,
	version      bigint not null default 1,
	created_at   timestamptz not null default now(),
	updated_at   timestamptz not null default now(),
	primary key (account_id, id),
	foreign key (account_id, site_id, sector_id) references igny8_sectors (account_id, site_id, id) on delete cascade
);
create index on igny8_strategies (account_id, created_at desc, id desc);
create index on igny8_strategies (account_id, site_id, sector_id);
call tenant('igny8_strategies', true);
create trigger touched before update on igny8_strategies for each row execute function touched_version();

-- Every call of a provider: written as sent before it is made, with its reply
-- before the step that made it returns. What was paid for is found here again.
create table igny8_ai_requests (
	account_id     uuid not null references igny8_accounts on delete cascade,
	id             uuid not null default uuid7(),
	key            text not null, -- <item>:<function>:<revision>
	attempt        int not null check (attempt > 0),
	status         text not null check (status in ('sent', 'answered', 'failed', 'lost')),
	purpose        text not null,
	provider       text not null,
	provenance     text not null default '', -- openai, compatible, runware or sandbox
	model          text not null default '',
	prompt_version int, -- null is the default prompt
	request        jsonb not null default '{}',
	reply          text,
	blob           text, -- of an image, the hash of its bytes
	mime           text,
	usable         boolean, -- whether the reply was what was asked for
	repair         boolean not null default false,
	repeated       boolean not null default false, -- asked for again because a reply was lost: at our cost
	input_tokens   int not null default 0,
	output_tokens  int not null default 0,
	cost_micros    bigint not null default 0,
	latency_ms     int,
	error_code     text not null default '',
	error_message  text not null default '',
	site_id        uuid,
	run_id         uuid,
	item_id        uuid,
	workflow_id    text not null default '',
	created_at     timestamptz not null default now(),
	answered_at    timestamptz,
	primary key (account_id, id),
	unique (account_id, key, attempt)
);
create index on igny8_ai_requests (account_id, created_at desc, id desc);
create index on igny8_ai_requests (account_id, status, created_at desc);
create index on igny8_ai_requests (account_id, run_id);
create index on igny8_ai_requests (account_id, blob);
call tenant('igny8_ai_requests', false, 'select, insert, update');

-- What the reconciler found and mended.
create table igny8_reconciliations (
	id         uuid primary key default uuid7(),
	report     jsonb not null,
	mended     int not null,
	created_at timestamptz not null default now()
);
grant select, insert, delete on igny8_reconciliations to igny8_system;
