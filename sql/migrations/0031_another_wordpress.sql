-- A site's address may come to lead to another WordPress, which numbers its posts,
-- files and terms anew: a number is no more that of one article for ever, and what
-- was known of the old one is asked for again.

-- +goose Up
alter table igny8_publications drop constraint igny8_publications_account_id_site_id_wp_post_id_key;

-- +goose StatementBegin
create function site_moved() returns trigger language plpgsql as $$
begin
	delete from igny8_site_media where account_id = new.account_id and site_id = new.id;
	delete from igny8_site_terms where account_id = new.account_id and site_id = new.id;
	return null;
end $$;
-- +goose StatementEnd
create trigger moved after update of wp_url on igny8_sites for each row when (old.wp_url is distinct from new.wp_url) execute function site_moved();
