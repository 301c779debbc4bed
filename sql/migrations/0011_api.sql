-- What the API needs beside the tables themselves: people who are invited,
-- passwords that were forgotten, indexes of every order that a list offers, and
-- a way to search keywords.

-- +goose Up
alter table igny8_site_grants add column id uuid not null default uuid7();
alter table igny8_site_grants add unique (account_id, id);
create index on igny8_site_grants (account_id, created_at desc, id desc);

create table igny8_invitations (
	account_id  uuid not null references igny8_accounts on delete cascade,
	id          uuid not null default uuid7(),
	email       text not null check (email = lower(email) and email ~ '^[^@\s]+@[^@\s]+$'),
	role        text not null check (role in ('viewer', 'editor', 'admin', 'owner')),
	sites       uuid[] not null default '{}', -- to be granted
	hash        bytea not null unique, -- SHA-256 of the token that was mailed
	invited_by  uuid,
	expires_at  timestamptz not null,
	accepted_at timestamptz,
	created_at  timestamptz not null default now(),
	primary key (account_id, id)
);
create index on igny8_invitations (account_id, created_at desc, id desc);
create unique index invited_already on igny8_invitations (account_id, email) where accepted_at is null;
call tenant('igny8_invitations', false);

create table igny8_password_resets (
	account_id uuid not null,
	user_id    uuid not null,
	hash       bytea primary key, -- SHA-256 of the token that was mailed; the token alone says whose it is
	expires_at timestamptz not null,
	used_at    timestamptz,
	asked_at   timestamptz not null default now(),
	foreign key (account_id, user_id) references igny8_users (account_id, id) on delete cascade
);
create index on igny8_password_resets (account_id, user_id);
call tenant('igny8_password_resets', false, 'select');
grant insert, update, delete on igny8_password_resets to igny8_system;

create index on igny8_api_keys (account_id, created_at desc, id desc);
create index on igny8_integration_settings (account_id, created_at desc, id desc);
create index on igny8_ai_prompts (account_id, created_at desc, id desc);
create index on igny8_sessions (account_id, used_at desc, id desc);

-- An order that an index has is read as far as the page goes, and no farther.
create index on igny8_keywords (account_id, site_id, created_at desc, id desc);
create index on igny8_keywords (account_id, normal, id);
create index on igny8_keywords (account_id, difficulty_sort, id);
create index on igny8_clusters (account_id, site_id, created_at desc, id desc);
create index on igny8_clusters (account_id, sector_id, created_at desc, id desc);
create index on igny8_clusters (account_id, name, id);
create index on igny8_clusters (account_id, volume_sort, id);
create index on igny8_clusters (account_id, keywords_count, id);
create index on igny8_content_ideas (account_id, site_id, created_at desc, id desc);
create index on igny8_content_ideas (account_id, idea_title, id);
create index on igny8_tasks (account_id, site_id, created_at desc, id desc);
create index on igny8_tasks (account_id, title, id);
create index on igny8_content (account_id, site_id, created_at desc, id desc);
create index on igny8_content (account_id, title, id);
create index on igny8_content (account_id, word_count, id);
create index on igny8_images (account_id, site_id, created_at desc, id desc);

-- Searching. Under row-level security ilike never uses an index, for it could
-- tell of rows it must not see. Through a view of a role whose policy shows it
-- every row it may, and the view says itself whose rows they are.
create extension if not exists pg_trgm with schema public;
create extension if not exists btree_gin with schema public;
create index igny8_keywords_search on igny8_keywords using gin (account_id, keyword gin_trgm_ops);
-- +goose StatementBegin
do $$
begin
	begin
		create role igny8_reader nologin nosuperuser nobypassrls;
	exception when duplicate_object or unique_violation then null;
	end;
	begin
		execute format('grant igny8_reader to %I', current_user);
	exception when others then
		if not pg_has_role(current_user, 'igny8_reader', 'member') then raise; end if;
	end;
end $$;
-- +goose StatementEnd
grant usage on schema public to igny8_reader;
create policy reader on igny8_keywords for select to igny8_reader using (true);
grant select on igny8_keywords to igny8_reader;
create view igny8_searched_keywords as
	select * from igny8_keywords
	where account_id = (select current_account()) and ((select all_sites()) or site_id = any((select granted_sites())::uuid[]));
grant create on schema public to igny8_reader;
alter view igny8_searched_keywords owner to igny8_reader;
revoke create on schema public from igny8_reader;
grant select on igny8_searched_keywords to igny8_app;
