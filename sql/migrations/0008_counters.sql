-- Exact counts of rows by sector and status, without scanning. Each statement
-- appends what it changed; deltas are folded into the counts now and then.
-- (Counts that every statement updated in place would deadlock.)

-- +goose Up
create table igny8_row_counts (
	account_id uuid not null references igny8_accounts on delete cascade,
	site_id    uuid not null,
	sector_id  uuid not null,
	kind       text not null,
	status     text not null,
	n          bigint not null,
	primary key (account_id, kind, site_id, sector_id, status)
) with (fillfactor = 50);
create table igny8_row_count_deltas (
	account_id uuid not null references igny8_accounts on delete cascade,
	site_id    uuid not null,
	sector_id  uuid not null,
	kind       text not null,
	status     text not null,
	n          bigint not null
);
create index on igny8_row_count_deltas (account_id, kind);
call tenant('igny8_row_counts', true, 'select, insert, update');
call tenant('igny8_row_count_deltas', true, 'select, insert, delete');

create view igny8_counts with (security_invoker = true) as
	select account_id, site_id, sector_id, kind, status, sum(n)::bigint n
	from (select * from igny8_row_counts union all select * from igny8_row_count_deltas) x
	group by 1, 2, 3, 4, 5;
grant select on igny8_counts to igny8_app, igny8_system;

-- +goose StatementBegin
create function counted() returns trigger language plpgsql as $$
begin
	if tg_op = 'INSERT' then
		insert into igny8_row_count_deltas select account_id, site_id, sector_id, tg_argv[0], status, count(*) from after group by 1, 2, 3, 5;
	elsif tg_op = 'DELETE' then
		insert into igny8_row_count_deltas select account_id, site_id, sector_id, tg_argv[0], status, -count(*) from before b
			where exists (select from igny8_accounts a where a.id = b.account_id) group by 1, 2, 3, 5;
	else
		insert into igny8_row_count_deltas select account_id, site_id, sector_id, tg_argv[0], status, sum(d) from (
			select account_id, site_id, sector_id, status, 1 d from after union all select account_id, site_id, sector_id, status, -1 from before
		) x group by 1, 2, 3, 5 having sum(d) <> 0;
	end if;
	return null;
end $$;
-- +goose StatementEnd

-- fold_counts folds the deltas of the current account. One folder at a time.
-- +goose StatementBegin
create function fold_counts() returns bigint language plpgsql as $$
declare
	folded bigint;
begin
	perform pg_advisory_xact_lock(hashtextextended(current_account()::text, 7));
	with gone as (delete from igny8_row_count_deltas where account_id = current_account() returning *),
	kept as (
		insert into igny8_row_counts as c select account_id, site_id, sector_id, kind, status, sum(n) from gone group by 1, 2, 3, 4, 5
		on conflict (account_id, kind, site_id, sector_id, status) do update set n = c.n + excluded.n
		returning 1
	)
	select count(*) into folded from gone;
	return folded;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
do $$
declare
	t text;
begin
	foreach t in array array['keywords', 'clusters', 'content_ideas', 'tasks', 'content', 'images', 'runs'] loop
		execute format('create trigger counted_i after insert on igny8_%s referencing new table as after for each statement execute function counted(%L)', t, t);
		execute format('create trigger counted_u after update on igny8_%s referencing old table as before new table as after for each statement execute function counted(%L)', t, t);
		execute format('create trigger counted_d after delete on igny8_%s referencing old table as before for each statement execute function counted(%L)', t, t);
	end loop;
end $$;
-- +goose StatementEnd
