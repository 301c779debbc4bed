-- A plan's limit is the account's. It binds also those who see only some of its
-- sites, so that what is counted for it is counted of all of them.

-- +goose Up
-- +goose StatementBegin
create function account_has(counted text) returns bigint language plpgsql volatile as $$
declare
	seen constant text := coalesce(current_setting('igny8.sites', true), '');
	many bigint;
begin
	perform set_config('igny8.sites', '*', true);
	select coalesce(sum(n), 0) into many from igny8_counts where account_id = current_account() and kind = counted;
	perform set_config('igny8.sites', seen, true);
	return many;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
create or replace function has_room(counted text) returns boolean language plpgsql volatile as $$
declare
	most numeric;
begin
	select case jsonb_typeof(p.limits -> counted) when 'number' then (p.limits ->> counted)::numeric end into most
		from igny8_subscriptions s join igny8_plans p on p.id = s.plan_id
		where s.account_id = current_account() and s.status <> 'cancelled';
	if most is null then
		return true;
	end if;
	perform pg_advisory_xact_lock(hashtextextended(current_account()::text || counted, 11));
	return most > account_has(counted);
end $$;
-- +goose StatementEnd
