-- The row of a run is what all its articles share and wait for: what a step has
-- cost is counted with how far the run has come, in one update instead of three.

-- +goose Up
drop function run_progress(uuid);
-- held is the hold that was resolved, and charged what of it was charged.
-- +goose StatementBegin
create function run_progress(run uuid, held bigint default 0, charged bigint default 0, more_calls int default 0, more_tokens bigint default 0, more_cost bigint default 0)
returns igny8_runs language plpgsql as $$
declare
	r igny8_runs;
	f record;
	unit text;
	p numeric;
begin
	select * into r from igny8_runs where account_id = current_account() and id = run for update;
	if not found then
		return r;
	end if;
	if r.finished_at is not null then -- its figures stand, but what it has cost is counted
		if (held, charged, more_calls, more_tokens, more_cost) <> (0, 0, 0, 0, 0) then
			update igny8_runs set
				credits_reserved = credits_reserved - held, credits_settled = credits_settled + charged, credits_released = credits_released + held - charged,
				calls = calls + more_calls, tokens = tokens + more_tokens, cost_micros = cost_micros + more_cost, version = version + 1, updated_at = now()
			where account_id = r.account_id and id = run
			returning * into r;
		end if;
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
		credits_reserved = credits_reserved - held, credits_settled = credits_settled + charged, credits_released = credits_released + held - charged,
		calls = calls + more_calls, tokens = tokens + more_tokens, cost_micros = cost_micros + more_cost,
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
