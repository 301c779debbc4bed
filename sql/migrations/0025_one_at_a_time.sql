-- Of those who ask at once whether there is room, one is answered at a time, in
-- its transaction, as AtMost does: the next counts what the one before has added.

-- +goose Up
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
	return most > (select coalesce(sum(n), 0) from igny8_counts where account_id = current_account() and kind = counted);
end $$;
-- +goose StatementEnd
