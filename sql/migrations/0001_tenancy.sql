-- Tenancy lives here and nowhere else. A transaction says who it works for
-- (set_config in store.As); from then on it sees, and can write, only that
-- account's rows, and of those only the granted sites'.

-- +goose Up
-- +goose StatementBegin
do $$
begin
	-- Roles belong to the whole cluster, so another database may have made them,
	-- perhaps at this very moment.
	begin
		create role igny8_app nologin nosuperuser nobypassrls;
	exception when duplicate_object or unique_violation then null;
	end;
	begin
		create role igny8_system nologin nosuperuser nobypassrls;
	exception when duplicate_object or unique_violation then null;
	end;
	-- Each pool connects as the owner and steps down with SET ROLE.
	begin
		execute format('grant igny8_app, igny8_system to %I', current_user);
	exception when others then
		if not (pg_has_role(current_user, 'igny8_app', 'member') and pg_has_role(current_user, 'igny8_system', 'member')) then raise; end if;
	end;
end $$;
-- +goose StatementEnd

-- A database that is older than PostgreSQL 15 lets everybody make tables here.
revoke create on schema public from public;
grant usage on schema public to igny8_app, igny8_system;
-- +goose StatementBegin
do $$ begin execute format('grant temporary on database %I to igny8_app', current_database()); end $$;
-- +goose StatementEnd

-- +goose StatementBegin
create function current_account() returns uuid language sql stable parallel safe as
$$ select nullif(current_setting('igny8.account', true), '')::uuid $$;
-- +goose StatementEnd
-- +goose StatementBegin
create function all_sites() returns boolean language sql stable parallel safe as
$$ select coalesce(current_setting('igny8.sites', true) = '*', false) $$;
-- +goose StatementEnd
-- +goose StatementBegin
create function granted_sites() returns uuid[] language sql stable parallel safe as
$$ select case when coalesce(current_setting('igny8.sites', true), '') in ('', '*') then '{}'::uuid[]
	else current_setting('igny8.sites', true)::uuid[] end $$;
-- +goose StatementEnd

-- A UUIDv7 (RFC 9562): 48 bits of milliseconds, then chance.
-- +goose StatementBegin
create function uuid7() returns uuid language sql volatile parallel safe as
$$ select encode(
	set_byte(set_byte(
		overlay(uuid_send(gen_random_uuid()) placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6),
		6, (get_byte(uuid_send(gen_random_uuid()), 6) & 15) | 112),
		8, (get_byte(uuid_send(gen_random_uuid()), 8) & 63) | 128), 'hex')::uuid $$;
-- +goose StatementEnd

-- tenant puts a table under the rule: rows of the current account and, if
-- by_site, of the granted sites. The system role sees every row.
-- +goose StatementBegin
create procedure tenant(t regclass, by_site boolean, verbs text default 'select, insert, update, delete') language plpgsql as $$
begin
	execute format('alter table %s enable row level security', t);
	execute format('alter table %s force row level security', t);
	execute format('create policy tenant on %s to igny8_app using (account_id = (select current_account())) with check (account_id = (select current_account()))', t);
	execute format('create policy system on %s to igny8_system using (true) with check (true)', t);
	if by_site then
		execute format('create policy site on %s as restrictive to igny8_app using ((select all_sites()) or site_id = any((select granted_sites())::uuid[]))', t);
	end if;
	execute format('grant %s on %s to igny8_app', verbs, t);
	execute format('grant %s on %s to igny8_system', verbs, t);
end $$;
-- +goose StatementEnd

-- touched keeps updated_at and, where the table has one, version.
-- +goose StatementBegin
create function touched() returns trigger language plpgsql as $$
begin
	new.updated_at := now();
	return new;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
create function touched_version() returns trigger language plpgsql as $$
begin
	new.updated_at := now();
	new.version := old.version + 1;
	return new;
end $$;
-- +goose StatementEnd
