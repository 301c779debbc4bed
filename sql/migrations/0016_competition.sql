-- What advertisers make of a keyword: exports tell it beside the difficulty.

-- +goose Up
alter table igny8_keywords add column competition int check (competition between 0 and 100);

create or replace view igny8_searched_keywords as
	select * from igny8_keywords
	where account_id = (select current_account()) and ((select all_sites()) or site_id = any((select granted_sites())::uuid[]));
