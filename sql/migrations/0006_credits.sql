-- Credits: reserve, then settle or release. The ledger is the truth about an
-- account's balance, and nothing else keeps one.

-- +goose Up
create table igny8_credit_prices (
	version    int not null,
	function   text not null,
	price      bigint not null check (price >= 0), -- credits for one unit
	primary key (version, function)
);
grant select on igny8_credit_prices to igny8_app, igny8_system;

create table igny8_wallets (
	account_id uuid primary key references igny8_accounts on delete cascade,
	posted     bigint not null default 0, -- the sum of all entries
	held       bigint not null default 0, -- the sum of all open holds
	seq        bigint not null default 0, -- of the last entry
	updated_at timestamptz not null default now(),
	constraint credits_not_negative check (posted >= 0 and held >= 0 and held <= posted)
);
call tenant('igny8_wallets', false, 'select, update');
grant insert on igny8_wallets to igny8_system;

create table igny8_credit_holds (
	account_id    uuid not null references igny8_accounts on delete cascade,
	key           text not null, -- <item>:<function>:<revision>:<try>
	site_id       uuid,
	run_id        uuid,
	function      text not null,
	units         int not null check (units >= 0),
	amount        bigint not null check (amount >= 0),
	settled       bigint not null default 0,
	status        text not null check (status in ('held', 'settled', 'released')),
	price         bigint not null, -- of one unit, as it was when the hold was made
	price_version int not null,
	own_key       boolean not null default false,
	result        jsonb, -- the IDs of what it bought
	expires_at    timestamptz not null default now() + interval '21 days',
	created_at    timestamptz not null default now(),
	resolved_at   timestamptz,
	primary key (account_id, key),
	check (settled between 0 and amount),
	check ((status = 'held') = (resolved_at is null)),
	check (status = 'settled' or settled = 0)
);
create index on igny8_credit_holds (account_id, run_id);
create index igny8_credit_holds_open on igny8_credit_holds (expires_at) where status = 'held';
call tenant('igny8_credit_holds', false, 'select, insert, update');

create table igny8_credit_transactions (
	account_id       uuid not null references igny8_accounts on delete cascade,
	seq              bigint not null check (seq > 0),
	op_key           text not null,
	transaction_type text not null check (transaction_type in ('grant', 'purchase', 'usage', 'refund', 'adjustment')),
	amount           bigint not null check (case transaction_type when 'usage' then amount < 0 when 'adjustment' then amount <> 0 else amount > 0 end),
	balance_after    bigint not null check (balance_after >= 0),
	hold_key         text,
	run_id           uuid,
	reason           text not null default '',
	actor_id         uuid,
	created_at       timestamptz not null default now(),
	primary key (account_id, seq),
	unique (account_id, op_key)
);
create index on igny8_credit_transactions (account_id, created_at desc, seq desc);
call tenant('igny8_credit_transactions', false, 'select, insert');

create table igny8_credit_usage_logs (
	account_id     uuid not null references igny8_accounts on delete cascade,
	id             uuid not null default uuid7(),
	site_id        uuid,
	operation_type text not null,
	credits_used   bigint not null check (credits_used >= 0),
	cost_micros    bigint not null default 0, -- millionths of a US dollar, what the provider takes
	cost_usd       numeric(14, 6) generated always as (cost_micros / 1000000.0) stored,
	tokens         bigint not null default 0,
	units          int not null default 0,
	hold_key       text not null,
	run_id         uuid,
	item_id        uuid,
	model          text not null default '',
	created_at     timestamptz not null default now(),
	primary key (account_id, id),
	unique (account_id, hold_key)
);
create index on igny8_credit_usage_logs (account_id, created_at desc, id desc);
create index on igny8_credit_usage_logs (account_id, operation_type, created_at desc);
call tenant('igny8_credit_usage_logs', false, 'select, insert');

-- Entries, usage and the audit log are only ever added to, whoever asks.
-- +goose StatementBegin
create function append_only() returns trigger language plpgsql as $$
begin
	raise exception using errcode = 'insufficient_privilege', message = format('%s is append-only', tg_table_name);
end $$;
-- +goose StatementEnd
create trigger append_only before update on igny8_credit_transactions for each statement execute function append_only();
create trigger append_only before update on igny8_credit_usage_logs for each statement execute function append_only();
create trigger append_only before update on igny8_audit_log for each statement execute function append_only();

-- ledger_check reads every wallet, hold and entry, and says what is wrong with
-- them. It must find nothing, ever.
-- +goose StatementBegin
create function ledger_check(out wallets bigint, out holds bigint, out entries bigint, out violations text[]) language sql stable as $$
	with entry as (
		select account_id, count(*) n, sum(amount) total, max(seq) last, count(distinct seq) distinct_seq from igny8_credit_transactions group by account_id
	), hold as (
		select account_id, count(*) n, sum(amount) filter (where status = 'held') held from igny8_credit_holds group by account_id
	), running as (
		select account_id, seq, balance_after, sum(amount) over (partition by account_id order by seq) total from igny8_credit_transactions
	), bad(what) as (
		select format('wallet %s: posted %s, its entries sum to %s', w.account_id, w.posted, coalesce(e.total, 0)) from igny8_wallets w left join entry e using (account_id) where w.posted <> coalesce(e.total, 0)
		union all select format('wallet %s: held %s, its open holds sum to %s', w.account_id, w.held, coalesce(h.held, 0)) from igny8_wallets w left join hold h using (account_id) where w.held <> coalesce(h.held, 0)
		union all select format('wallet %s: posted %s, held %s', account_id, posted, held) from igny8_wallets where posted < 0 or held < 0 or held > posted
		union all select format('wallet %s: last entry %s, wallet says %s', w.account_id, coalesce(e.last, 0), w.seq) from igny8_wallets w left join entry e using (account_id) where w.seq <> coalesce(e.last, 0) or coalesce(e.n, 0) <> coalesce(e.last, 0)
		union all select format('account %s has entries or holds and no wallet', account_id) from (select account_id from entry union select account_id from hold) x where not exists (select from igny8_wallets w where w.account_id = x.account_id)
		union all select format('account %s has no wallet', id) from igny8_accounts a where not exists (select from igny8_wallets w where w.account_id = a.id)
		union all select format('entry %s/%s: balance after it is %s, the sum is %s', account_id, seq, balance_after, total) from running where balance_after <> total
		union all select format('hold %s is settled with %s, its entries sum to %s', h.key, h.settled, coalesce(-u.total, 0))
			from igny8_credit_holds h left join (select account_id, hold_key, sum(amount) total, count(*) n from igny8_credit_transactions where transaction_type = 'usage' group by 1, 2) u
				on u.account_id = h.account_id and u.hold_key = h.key
			where h.settled <> coalesce(-u.total, 0) or coalesce(u.n, 0) > 1
		union all select format('entry %s/%s is for the hold %s, which is not settled', t.account_id, t.seq, t.hold_key) from igny8_credit_transactions t
			where t.transaction_type in ('usage', 'refund') and not exists (select from igny8_credit_holds h where h.account_id = t.account_id and h.key = t.hold_key and h.status = 'settled')
		union all select format('usage log of %s says %s, the hold %s', l.hold_key, l.credits_used, h.settled) from igny8_credit_usage_logs l left join igny8_credit_holds h on h.account_id = l.account_id and h.key = l.hold_key where l.credits_used is distinct from h.settled
		union all select format('hold %s is settled and no usage log says so', h.key) from igny8_credit_holds h where h.status = 'settled' and not exists (select from igny8_credit_usage_logs l where l.account_id = h.account_id and l.hold_key = h.key)
		union all select format('refunds of the hold %s exceed what was settled', h.key) from igny8_credit_holds h
			where (select coalesce(sum(amount), 0) from igny8_credit_transactions t where t.account_id = h.account_id and t.hold_key = h.key and t.transaction_type = 'refund') > h.settled
		union all select format('run %s says it holds %s and has settled %s, its holds say %s and %s', r.id, r.credits_reserved, r.credits_settled, coalesce(h.held, 0), coalesce(h.settled, 0))
			from igny8_runs r left join (select account_id, run_id, sum(amount) filter (where status = 'held') held, sum(settled) settled from igny8_credit_holds group by 1, 2) h on h.account_id = r.account_id and h.run_id = r.id
			where r.credits_reserved <> coalesce(h.held, 0) or r.credits_settled <> coalesce(h.settled, 0)
	)
	select (select count(*) from igny8_wallets), (select count(*) from igny8_credit_holds), (select count(*) from igny8_credit_transactions), coalesce((select array_agg(what) from bad), '{}')
$$;
-- +goose StatementEnd
revoke execute on function ledger_check() from public;
grant execute on function ledger_check() to igny8_system;
