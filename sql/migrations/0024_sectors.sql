-- A sector's lists are in each order those of an index, as the account's are.

-- +goose Up
create index on igny8_keywords (account_id, sector_id, difficulty_sort, id);
create index on igny8_keywords (account_id, sector_id, normal, id);
create index on igny8_clusters (account_id, sector_id, name, id);
create index on igny8_clusters (account_id, sector_id, keywords_count, id);
create index on igny8_content_ideas (account_id, sector_id, idea_title, id);
create index on igny8_tasks (account_id, sector_id, title, id);
create index on igny8_content (account_id, sector_id, title, id);
create index on igny8_content (account_id, sector_id, word_count, id);
