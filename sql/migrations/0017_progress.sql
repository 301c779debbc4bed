-- What every step of every article does to its run costs less: figures are taken
-- of groups of items rather than of each, and rows of which no counted status
-- changed are not looked at by the counters.

-- +goose Up
-- run_progress brings a run's figures up to its items, in the transaction that
-- changed one of them. The percentage only grows, and lies in its phase's band:
-- INIT 0-10, PREP 10-25, AI_CALL 25-60, PARSE 60-80, SAVE 80-95, DONE 95-100.
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
	unit := case when r.kind in ('clusters', 'ideas') then 'cluster' else 'task' end;
	select coalesce(sum(i.n), 0) n, coalesce(sum(i.n) filter (where i.status = 'done'), 0) done, coalesce(sum(i.n) filter (where i.status = 'failed'), 0) failed,
		coalesce(sum(i.n) filter (where i.status = 'waiting'), 0) waiting, coalesce(sum(i.n) filter (where i.status = 'waiting' and i.waiting_for = 'review'), 0) reviews,
		coalesce(sum(i.n) filter (where i.status in ('pending', 'running')), 0) busy,
		sum(i.n * s.called) / sum(i.n) called, sum(i.n * s.parsed) / sum(i.n) parsed, sum(i.n * s.saved) / sum(i.n) saved
	into f from (
		select status, step, waiting_for, count(*) n from igny8_run_items where account_id = r.account_id and run_id = run and stage = unit group by 1, 2, 3
	) i, step_share(i.step, i.status) s;
	if f.n > 0 and r.stage not in ('', 'clusters') and (unit = 'cluster' or r.stage <> 'ideas') then
		p := 25 + 35 * f.called + 20 * f.parsed + 15 * f.saved;
	else -- planning: clusters, then ideas, then tasks
		select 10 + case when r.stage = '' then 0 when r.stage = 'clusters' then 1 else 5 + 9 * coalesce(avg((status in ('done', 'failed', 'skipped'))::int), 0) end
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

-- recounted appends the change of one row. What changes many rows at once has
-- counted() instead, which looks at a statement's rows together.
-- +goose StatementBegin
create function recounted() returns trigger language plpgsql as $$
begin
	insert into igny8_row_count_deltas (account_id, site_id, sector_id, kind, status, n)
	values (old.account_id, old.site_id, old.sector_id, tg_argv[0], old.status, -1), (new.account_id, new.site_id, new.sector_id, tg_argv[0], new.status, 1);
	return null;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
do $$
declare
	t text;
begin
	foreach t in array array['tasks', 'content', 'images', 'runs'] loop
		execute format('drop trigger counted_u on igny8_%s', t);
		execute format('create trigger counted_u after update on igny8_%s for each row when ((old.status, old.site_id, old.sector_id) is distinct from (new.status, new.site_id, new.sector_id)) execute function recounted(%L)', t, t);
	end loop;
end $$;
-- +goose StatementEnd
