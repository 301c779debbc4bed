-- name: Price :one
-- The price of one unit in the newest version of the list.
select version, price from igny8_credit_prices where function = @function order by version desc limit 1;

-- name: Prices :many
select p.* from igny8_credit_prices p where p.version = (select max(version) from igny8_credit_prices) order by p.function;

-- name: Wallet :one
select * from igny8_wallets where account_id = current_account();

-- name: PlaceHold :one
-- Nothing comes back if the key is taken.
insert into igny8_credit_holds (account_id, key, site_id, run_id, function, units, amount, status, price, price_version, own_key)
values (current_account(), @key, sqlc.narg('site_id'), sqlc.narg('run_id'), @function, @units, @amount, 'held', @price, @price_version, @own_key)
on conflict do nothing returning *;

-- name: Tombstone :execrows
-- Marks a hold that was never made as released, so that a late reserve meets it.
insert into igny8_credit_holds (account_id, key, site_id, run_id, function, units, amount, status, price, price_version, resolved_at)
values (current_account(), @key, sqlc.narg('site_id'), sqlc.narg('run_id'), @function, 0, 0, 'released', 0, 0, now())
on conflict do nothing;

-- name: Hold :one
select * from igny8_credit_holds where account_id = current_account() and key = @key;

-- name: LockHold :one
select * from igny8_credit_holds where account_id = current_account() and key = @key for update;

-- name: OpenHoldsOfRun :many
select key from igny8_credit_holds where account_id = current_account() and run_id = @run_id and status = 'held' order by key;

-- name: HoldOfRun :execrows
-- Counts a hold towards its run's cap. No row changes if the cap would be passed.
update igny8_runs set credits_reserved = credits_reserved + @amount::bigint, version = version + 1, updated_at = now()
where account_id = current_account() and id = @run_id and (max_credits is null or credits_reserved + credits_settled + @amount::bigint <= max_credits);

-- name: HoldInWallet :execrows
-- Sets credits aside. No row changes if there are not enough.
update igny8_wallets set held = held + @amount::bigint, updated_at = now()
where account_id = current_account() and posted - held >= @amount::bigint;

-- name: SettleHold :one
-- Closes an open hold with what it bought. Nothing comes back if it is not open.
update igny8_credit_holds set status = 'settled', settled = @used, result = @result, resolved_at = now()
where account_id = current_account() and key = @key and status = 'held' and @used <= amount
returning *;

-- name: ReleaseHold :one
-- Gives an open hold back. Nothing comes back if it is not open.
update igny8_credit_holds set status = 'released', resolved_at = now()
where account_id = current_account() and key = @key and status = 'held'
returning *;

-- name: ReleaseInRun :exec
update igny8_runs set credits_reserved = credits_reserved - sqlc.arg(amount)::bigint, credits_released = credits_released + sqlc.arg(amount)::bigint, version = version + 1, updated_at = now()
where account_id = current_account() and id = sqlc.arg(run_id);

-- name: ReleaseInWallet :exec
update igny8_wallets set held = held - sqlc.arg(amount)::bigint, updated_at = now() where account_id = current_account();

-- name: SettleInWallet :one
-- Takes the hold out of the wallet and writes what was used into the ledger, in
-- one statement: the wallet's row is locked for no longer.
with w as (
	update igny8_wallets set held = held - sqlc.arg(amount)::bigint, posted = posted - sqlc.arg(used)::bigint, seq = seq + (sqlc.arg(used)::bigint > 0)::int, updated_at = now()
	where account_id = current_account()
	returning account_id, seq, posted
), e as (
	insert into igny8_credit_transactions (account_id, seq, op_key, transaction_type, amount, balance_after, hold_key, run_id, reason)
	select account_id, seq, 'settle:' || sqlc.arg(key)::text, 'usage', -sqlc.arg(used)::bigint, posted, sqlc.arg(key), sqlc.narg('run_id'), sqlc.arg(reason) from w where sqlc.arg(used)::bigint > 0
	returning seq
)
select w.posted from w left join e on true;

-- name: UsageLogged :exec
insert into igny8_credit_usage_logs (account_id, site_id, operation_type, credits_used, cost_micros, tokens, units, hold_key, run_id, item_id, model)
values (current_account(), sqlc.narg('site_id'), @operation_type, @credits_used, @cost_micros, @tokens, @units, @hold_key, sqlc.narg('run_id'), sqlc.narg('item_id'), @model);

-- name: TestImagesToday :one
select count(*) from igny8_credit_usage_logs where account_id = current_account() and operation_type = 'test_image' and created_at > now() - interval '1 day';
