-- All that an export of a search tool tells of a keyword is kept, so that ours
-- gives it back exactly. A keyword is one of a sector and a market: in two
-- countries it is searched for differently.

-- +goose Up
alter table igny8_keywords
	add column serp_features text[], -- null is unknown here and below
	add column trend         int[] check (array_length(trend, 1) <= 60), -- months, the oldest first, in percent of the best
	add column position      float8 check (position > 0), -- where the site ranks
	add column url           text, -- ... with which page
	add column clicks        bigint check (clicks >= 0), -- of the site, as Search Console counts them
	add column last_update   timestamptz, -- when the tool took its figures
	drop constraint keyword_exists,
	add constraint keyword_exists unique nulls not distinct (account_id, site_id, sector_id, normal, country);

-- From a line of a file to its keyword.
create index on igny8_keywords (account_id, import_id, import_line);

create or replace view igny8_searched_keywords as
	select * from igny8_keywords
	where account_id = (select current_account()) and ((select all_sites()) or site_id = any((select granted_sites())::uuid[]));
