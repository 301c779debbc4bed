-- Who there is: plans, accounts, users, sites and their sectors, and what lets
-- people in.

-- +goose Up
create table igny8_plans (
	id         uuid primary key default uuid7(),
	name       text not null unique,
	price      bigint not null check (price >= 0), -- US cents a month
	limits     jsonb not null default '{}', -- sites, users, keywords, monthly_credits
	features   jsonb not null default '{}', -- operator_keys, schedules, api_keys
	is_default boolean not null default false,
	active     boolean not null default true,
	created_at timestamptz not null default now()
);
create unique index on igny8_plans (is_default) where is_default;

create table igny8_industries (
	id          uuid primary key default uuid7(),
	name        text not null unique,
	slug        text not null unique,
	description text not null default ''
);

create table igny8_industry_sectors (
	id          uuid primary key default uuid7(),
	industry_id uuid not null references igny8_industries on delete cascade,
	name        text not null,
	slug        text not null,
	description text not null default '',
	unique (industry_id, slug)
);
grant select on igny8_plans, igny8_industries, igny8_industry_sectors to igny8_app, igny8_system;

create table igny8_accounts (
	id         uuid primary key default uuid7(),
	name       text not null check (length(name) between 1 and 200),
	slug       text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,98}$'),
	owner_id   uuid, -- a user of this account; tied below
	status     text not null default 'active' check (status in ('active', 'suspended', 'closed')),
	is_system  boolean not null default false,
	settings   jsonb not null default '{}',
	created_at timestamptz not null default now(),
	updated_at timestamptz not null default now()
);
create unique index on igny8_accounts (is_system) where is_system;
alter table igny8_accounts enable row level security;
alter table igny8_accounts force row level security;
create policy tenant on igny8_accounts to igny8_app using (id = (select current_account())) with check (id = (select current_account()));
create policy system on igny8_accounts to igny8_system using (true) with check (true);
grant select, update on igny8_accounts to igny8_app;
grant select, insert, update, delete on igny8_accounts to igny8_system;
create trigger touched before update on igny8_accounts for each row execute function touched();

create table igny8_users (
	account_id    uuid not null references igny8_accounts on delete cascade,
	id            uuid not null default uuid7() unique,
	email         text not null check (email = lower(email) and email ~ '^[^@\s]+@[^@\s]+$'),
	name          text not null default '',
	password_hash text, -- none for the bot and for invited users
	role          text not null check (role in ('viewer', 'editor', 'admin', 'owner', 'developer', 'system_bot')),
	active        boolean not null default true,
	token_version int not null default 0, -- grows when every session must end
	last_login_at timestamptz,
	created_at    timestamptz not null default now(),
	updated_at    timestamptz not null default now(),
	primary key (account_id, id),
	constraint email_belongs_to_one_user unique (email)
);
create index on igny8_users (account_id, created_at desc, id desc);
call tenant('igny8_users', false);
create trigger touched before update on igny8_users for each row execute function touched();
alter table igny8_accounts add foreign key (id, owner_id) references igny8_users (account_id, id) deferrable initially deferred;

create table igny8_subscriptions (
	account_id   uuid not null references igny8_accounts on delete cascade,
	id           uuid not null default uuid7(),
	plan_id      uuid not null references igny8_plans,
	status       text not null default 'active' check (status in ('active', 'past_due', 'cancelled')),
	period_start timestamptz not null default now(),
	period_end   timestamptz not null default now() + interval '1 month',
	created_at   timestamptz not null default now(),
	primary key (account_id, id),
	check (period_end > period_start)
);
create unique index one_active_subscription on igny8_subscriptions (account_id) where status <> 'cancelled';
call tenant('igny8_subscriptions', false, 'select');
grant insert, update on igny8_subscriptions to igny8_system;

create table igny8_sites (
	account_id      uuid not null references igny8_accounts on delete cascade,
	id              uuid not null default uuid7(),
	name            text not null check (length(name) between 1 and 200),
	slug            text not null check (slug ~ '^[a-z0-9][a-z0-9-]{0,98}$'),
	industry_id     uuid references igny8_industries,
	status          text not null default 'active' check (status in ('active', 'inactive')),
	wp_url          text check (wp_url ~ '^https?://'),
	wp_username     text,
	wp_app_password bytea, -- sealed; the row is its associated data
	wp_password_hint text,
	settings        jsonb not null default '{}', -- delivery (publish, draft, pending), categories, author, language
	version         bigint not null default 1,
	created_at      timestamptz not null default now(),
	updated_at      timestamptz not null default now(),
	primary key (account_id, id),
	unique (account_id, slug)
);
create index on igny8_sites (account_id, created_at desc, id desc);
-- A site is its own site: the restrictive policy speaks of id.
call tenant('igny8_sites', false);
create policy site on igny8_sites as restrictive to igny8_app using ((select all_sites()) or id = any((select granted_sites())::uuid[]));
create trigger touched before update on igny8_sites for each row execute function touched_version();

create table igny8_sectors (
	account_id  uuid not null,
	site_id     uuid not null,
	id          uuid not null default uuid7(),
	name        text not null check (length(name) between 1 and 200),
	slug        text not null,
	description text not null default '',
	status      text not null default 'active' check (status in ('active', 'inactive')),
	version     bigint not null default 1,
	created_at  timestamptz not null default now(),
	updated_at  timestamptz not null default now(),
	primary key (account_id, id),
	unique (account_id, site_id, id),
	unique (account_id, site_id, slug),
	foreign key (account_id, site_id) references igny8_sites (account_id, id) on delete cascade
);
create index on igny8_sectors (account_id, created_at desc, id desc);
call tenant('igny8_sectors', true);
create trigger touched before update on igny8_sectors for each row execute function touched_version();

-- One to five active sectors a site, also under a race: the site's row is
-- locked, and the count is taken behind the lock. The lock is one that the
-- foreign keys of two sectors under way don't stand in the way of.
-- +goose StatementBegin
create function sector_count() returns trigger language plpgsql as $$
declare
	s record;
	n int;
begin
	for s in select distinct account_id, site_id from (select new.account_id, new.site_id where tg_op <> 'DELETE' union all select old.account_id, old.site_id where tg_op <> 'INSERT') x
	loop
		perform 1 from igny8_sites where account_id = s.account_id and id = s.site_id for no key update;
		continue when not found; -- the site itself is being deleted
		select count(*) into n from igny8_sectors where account_id = s.account_id and site_id = s.site_id and status = 'active';
		if n > 5 then
			raise exception using errcode = 'check_violation', constraint = 'at_most_five_active_sectors', message = 'a site has at most five active sectors';
		elsif n = 0 and tg_op <> 'INSERT' then
			raise exception using errcode = 'check_violation', constraint = 'at_least_one_active_sector', message = 'a site keeps at least one active sector';
		end if;
	end loop;
	return null;
end $$;
-- +goose StatementEnd
create constraint trigger sector_count after insert or update of status, site_id or delete on igny8_sectors
	deferrable initially immediate for each row execute function sector_count();

create table igny8_site_grants (
	account_id uuid not null,
	site_id    uuid not null,
	user_id    uuid not null,
	granted_by uuid,
	created_at timestamptz not null default now(),
	primary key (account_id, user_id, site_id),
	foreign key (account_id, site_id) references igny8_sites (account_id, id) on delete cascade,
	foreign key (account_id, user_id) references igny8_users (account_id, id) on delete cascade
);
call tenant('igny8_site_grants', false);

-- A session is a family of refresh tokens, each used once.
create table igny8_sessions (
	account_id uuid not null,
	id         uuid not null default uuid7(),
	user_id    uuid not null,
	created_at timestamptz not null default now(),
	used_at    timestamptz not null default now(),
	expires_at timestamptz not null,
	revoked_at timestamptz,
	revoked_by text,
	user_agent text not null default '',
	ip         text not null default '',
	primary key (account_id, id),
	foreign key (account_id, user_id) references igny8_users (account_id, id) on delete cascade
);
create index on igny8_sessions (account_id, user_id);
call tenant('igny8_sessions', false);

create table igny8_refresh_tokens (
	account_id  uuid not null,
	hash        bytea not null, -- SHA-256 of the token
	session_id  uuid not null,
	issued_at   timestamptz not null default now(),
	replaced_at timestamptz,
	primary key (hash),
	foreign key (account_id, session_id) references igny8_sessions (account_id, id) on delete cascade
);
create index on igny8_refresh_tokens (account_id, session_id);
call tenant('igny8_refresh_tokens', false);

create table igny8_api_keys (
	account_id   uuid not null references igny8_accounts on delete cascade,
	id           uuid not null default uuid7(),
	name         text not null check (length(name) between 1 and 100),
	hash         bytea not null unique, -- SHA-256 of the key
	hint         text not null,
	role         text not null check (role in ('viewer', 'editor', 'admin', 'owner')),
	created_by   uuid not null,
	created_at   timestamptz not null default now(),
	last_used_at timestamptz,
	revoked_at   timestamptz,
	primary key (account_id, id),
	foreign key (account_id, created_by) references igny8_users (account_id, id) on delete cascade
);
call tenant('igny8_api_keys', false);

-- A repeated POST with the same key is answered as the first one was.
create table igny8_idempotency (
	account_id   uuid not null references igny8_accounts on delete cascade,
	route        text not null,
	key          text not null,
	request_hash bytea not null,
	task_id      uuid not null,
	created_at   timestamptz not null default now(),
	primary key (account_id, route, key)
);
call tenant('igny8_idempotency', false);

-- Append only: nobody may change or remove a line.
create table igny8_audit_log (
	account_id uuid not null references igny8_accounts on delete cascade,
	id         uuid not null default uuid7(),
	actor_id   uuid,
	actor_role text not null,
	action     text not null,
	target     text not null default '',
	outcome    text not null default 'done',
	detail     jsonb not null default '{}',
	request_id text not null default '',
	ip         text not null default '',
	created_at timestamptz not null default now(),
	primary key (account_id, id)
);
create index on igny8_audit_log (account_id, created_at desc, id desc);
call tenant('igny8_audit_log', false, 'select, insert');

create table igny8_notifications (
	account_id uuid not null references igny8_accounts on delete cascade,
	id         uuid not null default uuid7(),
	site_id    uuid,
	kind       text not null,
	title      text not null,
	body       text not null default '',
	link       text not null default '',
	read_at    timestamptz,
	created_at timestamptz not null default now(),
	primary key (account_id, id)
);
create index on igny8_notifications (account_id, created_at desc, id desc);
call tenant('igny8_notifications', false);
