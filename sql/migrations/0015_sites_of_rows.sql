-- Rows that may be about a site, and then are seen by those who may see it;
-- what is about the account as a whole, all its people see.

-- +goose Up
-- +goose StatementBegin
do $$
declare t text;
begin
	foreach t in array array['igny8_notifications', 'igny8_ai_requests', 'igny8_credit_holds', 'igny8_credit_usage_logs'] loop
		execute format('create policy site on %s as restrictive to igny8_app using (site_id is null or (select all_sites()) or site_id = any((select granted_sites())::uuid[]))', t);
	end loop;
end $$;
-- +goose StatementEnd
