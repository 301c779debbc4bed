-- A place that is gone is no place: a keyword that a person has put into a cluster
-- is any run's to group again once it is in none, because the cluster was deleted
-- or the keyword archived.

-- +goose Up
-- +goose StatementBegin
create or replace function keyword_orphaned() returns trigger language plpgsql as $$
begin
	if new.cluster_id is null and old.cluster_id is not null then
		if new.status in ('clustered', 'in_use') then
			new.status := 'orphaned';
			new.page_id := null;
		end if;
		new.pinned := new.pinned and not old.pinned;
	end if;
	return new;
end $$;
-- +goose StatementEnd

-- Policies are for those who ask for an account, and this is for all.
alter table igny8_keywords no force row level security;
update igny8_keywords set pinned = false where cluster_id is null and pinned;
alter table igny8_keywords force row level security;
