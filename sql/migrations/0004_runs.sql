-- Work under way: schedules, runs and their items, and how far they have come.

-- +goose Up
create table igny8_schedules (
	account_id   uuid not null,
	site_id      uuid not null,
	sector_id    uuid not null,
	id           uuid not null default uuid7(),
	name         text not null check (length(name) between 1 and 200),
	kind         text not null default 'pipeline' check (kind in ('pipeline', 'clusters', 'ideas')),
	calendar     jsonb not null, -- {"hour": [2], "minute": [30], "day_of_week": [1,2,3,4,5]}, or {"every_seconds": 60}
	time_zone    text not null default 'UTC',
	mode         text not null default 'review' check (mode in ('auto', 'review', 'moderate', 'both')),
	params       jsonb not null default '{}', -- articles, images, words, ideas_per_cluster
	max_credits  bigint check (max_credits > 0), -- per run
	paused       boolean not null default false,
	paused_until timestamptz,
	pause_reason text not null default '',
	synced_at    timestamptz, -- when the Temporal Schedule last agreed with this row
	last_run_id  uuid,
	last_outcome text not null default '',
	last_tick_at timestamptz,
	created_by   uuid,
	version      bigint not null default 1,
	created_at   timestamptz not null default now(),
	updated_at   timestamptz not null default now(),
	primary key (account_id, id),
	foreign key (account_id, site_id, sector_id) references igny8_sectors (account_id, site_id, id) on delete cascade
);
create index on igny8_schedules (account_id, created_at desc, id desc);
create index on igny8_schedules (account_id, site_id, sector_id);
call tenant('igny8_schedules', true);
create trigger touched before update on igny8_schedules for each row
	when ((old.name, old.calendar, old.time_zone, old.mode, old.params, old.max_credits, old.paused, old.paused_until) is distinct from
		(new.name, new.calendar, new.time_zone, new.mode, new.params, new.max_credits, new.paused, new.paused_until))
	execute function touched_version();

create table igny8_runs (
	account_id       uuid not null,
	site_id          uuid not null,
	sector_id        uuid not null,
	id               uuid not null default uuid7(),
	kind             text not null check (kind in ('pipeline', 'clusters', 'ideas', 'content', 'image_prompts', 'images', 'publish', 'article')),
	status           text not null default 'pending' check (status in ('pending', 'running', 'waiting_review', 'paused', 'succeeded', 'partly_failed', 'failed', 'cancelled')),
	mode             text not null default 'review' check (mode in ('auto', 'review', 'moderate', 'both')),
	params           jsonb not null default '{}',
	planning         boolean not null default false, -- holds the exclusive part of its sector
	workflow_id      text not null default '',
	temporal_run_id  text not null default '',
	schedule_id      uuid,
	started_by       uuid,
	cancel_requested boolean not null default false,
	-- Progress. The percentage never goes back; version grows with every change.
	phase            text not null default 'INIT' check (phase in ('INIT', 'PREP', 'AI_CALL', 'PARSE', 'SAVE', 'DONE')),
	percentage       int not null default 0 check (percentage between 0 and 100),
	stage            text not null default '',
	message          text not null default '',
	items_total      int not null default 0,
	items_done       int not null default 0,
	items_failed     int not null default 0,
	items_waiting    int not null default 0,
	clusters         int not null default 0,
	ideas            int not null default 0,
	version          bigint not null default 1,
	-- What it may cost and what it has cost. reserved is what is held now.
	max_credits      bigint check (max_credits > 0),
	credits_reserved bigint not null default 0 check (credits_reserved >= 0),
	credits_settled  bigint not null default 0 check (credits_settled >= 0),
	credits_released bigint not null default 0 check (credits_released >= 0),
	calls            bigint not null default 0,
	tokens           bigint not null default 0,
	cost_micros      bigint not null default 0,
	error_code       text not null default '',
	error_message    text not null default '',
	created_at       timestamptz not null default now(),
	started_at       timestamptz,
	finished_at      timestamptz,
	updated_at       timestamptz not null default now(),
	primary key (account_id, id),
	check (max_credits is null or credits_reserved + credits_settled <= max_credits),
	check ((finished_at is not null) = (status in ('succeeded', 'partly_failed', 'failed', 'cancelled'))),
	check (not planning or finished_at is null),
	foreign key (account_id, site_id, sector_id) references igny8_sectors (account_id, site_id, id) on delete cascade,
	foreign key (account_id, schedule_id) references igny8_schedules (account_id, id) on delete set null (schedule_id)
);
-- One planning at a time in a sector.
create unique index one_planning_per_sector on igny8_runs (account_id, sector_id) where planning;
create index on igny8_runs (account_id, created_at desc, id desc);
create index on igny8_runs (account_id, status, created_at desc, id desc);
create index on igny8_runs (account_id, site_id, sector_id);
create index igny8_runs_live on igny8_runs (status, updated_at) where finished_at is null;
call tenant('igny8_runs', true);

-- What a run works on: keywords chosen, clusters to have ideas about, tasks.
-- n counts from 1 in each stage.
create table igny8_run_items (
	account_id    uuid not null,
	site_id       uuid not null,
	run_id        uuid not null,
	stage         text not null check (stage in ('keyword', 'cluster', 'task')),
	n             int not null check (n > 0),
	item_id       uuid not null,
	status        text not null default 'pending' check (status in ('pending', 'running', 'waiting', 'done', 'failed', 'skipped')),
	step          text not null default '' check (step in ('', 'asked', 'written', 'reviewed', 'prompted', 'illustrated', 'moderated', 'done')),
	waiting_for   text not null default '' check (waiting_for in ('', 'review', 'time', 'credits', 'credentials', 'pause')),
	error_code    text not null default '',
	error_message text not null default '',
	updated_at    timestamptz not null default now(),
	primary key (account_id, run_id, stage, n),
	unique (account_id, run_id, stage, item_id),
	foreign key (account_id, run_id) references igny8_runs (account_id, id) on delete cascade
);
-- A task is in one live run at most.
create unique index item_in_one_live_run on igny8_run_items (account_id, item_id) where stage = 'task' and status in ('pending', 'running', 'waiting');
create index on igny8_run_items (account_id, site_id);
call tenant('igny8_run_items', true);

-- How much of the three bands after PREP an item has covered, by its step.
-- +goose StatementBegin
create function step_share(step text, status text, out called numeric, out parsed numeric, out saved numeric) language sql immutable as $$
	select
		case when status in ('done', 'failed', 'skipped') then 1 else case step when 'asked' then 1 when 'written' then 0.6 when 'reviewed' then 0.6 when 'prompted' then 0.7 when 'illustrated' then 1 when 'moderated' then 1 when 'done' then 1 else 0 end end,
		case when status in ('done', 'failed', 'skipped') then 1 else case step when 'asked' then 0.5 when 'reviewed' then 0.5 when 'prompted' then 0.5 when 'illustrated' then 0.5 when 'moderated' then 1 when 'done' then 1 else 0 end end,
		case when status in ('done', 'failed', 'skipped') then 1 else 0 end
$$;
-- +goose StatementEnd

-- run_progress brings a run's figures up to its items, in the transaction that
-- changed one of them. The percentage only grows, and lies in its phase's band:
-- INIT 0-10, PREP 10-25, AI_CALL 25-60, PARSE 60-80, SAVE 80-95, DONE 95-100.
-- +goose StatementBegin
create function run_progress(run uuid) returns igny8_runs language plpgsql as $$
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
	select count(*) n, count(*) filter (where status = 'done') done, count(*) filter (where status = 'failed') failed,
		count(*) filter (where status = 'waiting') waiting, count(*) filter (where status = 'waiting' and waiting_for = 'review') reviews,
		count(*) filter (where status in ('pending', 'running')) busy,
		avg((step_share(step, status)).called) called, avg((step_share(step, status)).parsed) parsed, avg((step_share(step, status)).saved) saved
	into f from igny8_run_items where account_id = r.account_id and run_id = run and stage = unit;
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

-- Every change of a run is told to whoever listens, a stream of events say.
-- +goose StatementBegin
create function run_changed() returns trigger language plpgsql as $$
begin
	perform pg_notify('igny8_runs', new.id::text);
	return null;
end $$;
-- +goose StatementEnd
create trigger changed after insert or update on igny8_runs for each row execute function run_changed();
