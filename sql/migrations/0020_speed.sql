-- What a single statement must know to add a row: how many the account's plan allows.

-- +goose Up
-- plan_limit is null where there is no such limit, or no plan.
-- +goose StatementBegin
create function plan_limit(text) returns numeric language sql stable as $$
	select case jsonb_typeof(p.limits -> $1) when 'number' then (p.limits ->> $1)::numeric end
	from igny8_subscriptions s join igny8_plans p on p.id = s.plan_id
	where s.account_id = current_account() and s.status <> 'cancelled'
$$;
-- +goose StatementEnd
