-- Whether the account's plan allows one more, asked by the statement that adds
-- it. As a function of its own it is planned once a connection, and what there is
-- is counted only where there is a limit.

-- +goose Up
-- +goose StatementBegin
create function has_room(counted text) returns boolean language plpgsql stable as $$
declare
	most numeric;
begin
	select case jsonb_typeof(p.limits -> counted) when 'number' then (p.limits ->> counted)::numeric end into most
		from igny8_subscriptions s join igny8_plans p on p.id = s.plan_id
		where s.account_id = current_account() and s.status <> 'cancelled';
	return most is null or most > (select coalesce(sum(n), 0) from igny8_counts where account_id = current_account() and kind = counted);
end $$;
-- +goose StatementEnd
drop function plan_limit;
