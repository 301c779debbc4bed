-- A list looks up the rows it shows, and few others, however rare it is in its
-- order what it is filtered by: the indexes of the orders have the filters' columns
-- as well, and compare them there. That goes for the lists of sectors, and for
-- those of keywords, which are filtered by ranges too. Columns that other indexes
-- have already make no change of a row dearer.

-- +goose Up
drop index
	igny8_keywords_account_id_created_at_id_idx,
	igny8_keywords_account_id_normal_id_idx,
	igny8_keywords_account_id_volume_sort_id_idx,
	igny8_keywords_account_id_difficulty_sort_id_idx,
	igny8_keywords_account_id_sector_id_created_at_id_idx,
	igny8_keywords_account_id_sector_id_normal_id_idx,
	igny8_keywords_account_id_sector_id_volume_sort_id_idx,
	igny8_keywords_account_id_sector_id_difficulty_sort_id_idx,
	igny8_clusters_account_id_sector_id_created_at_id_idx,
	igny8_clusters_account_id_sector_id_name_id_idx,
	igny8_clusters_account_id_sector_id_volume_sort_id_idx,
	igny8_clusters_account_id_sector_id_keywords_count_id_idx,
	igny8_content_ideas_account_id_sector_id_created_at_id_idx,
	igny8_content_ideas_account_id_sector_id_idea_title_id_idx,
	igny8_tasks_account_id_sector_id_created_at_id_idx,
	igny8_tasks_account_id_sector_id_title_id_idx,
	igny8_content_account_id_sector_id_created_at_id_idx,
	igny8_content_account_id_sector_id_title_id_idx,
	igny8_content_account_id_sector_id_word_count_id_idx,
	igny8_images_account_id_sector_id_created_at_id_idx,
	igny8_runs_account_id_sector_id_created_at_id_idx;
create index on igny8_keywords (account_id, created_at desc, id desc, status, intent, country, volume_sort, difficulty_sort);
create index on igny8_keywords (account_id, normal, id, status, intent, country, volume_sort, difficulty_sort);
create index on igny8_keywords (account_id, volume_sort, id, status, intent, country, difficulty_sort);
create index on igny8_keywords (account_id, difficulty_sort, id, status, intent, country, volume_sort);
create index on igny8_keywords (account_id, sector_id, created_at desc, id desc, status, intent, country, volume_sort, difficulty_sort);
create index on igny8_keywords (account_id, sector_id, normal, id, status, intent, country, volume_sort, difficulty_sort);
create index on igny8_keywords (account_id, sector_id, volume_sort, id, status, intent, country, difficulty_sort);
create index on igny8_keywords (account_id, sector_id, difficulty_sort, id, status, intent, country, volume_sort);
create index on igny8_clusters (account_id, sector_id, created_at desc, id desc, status, intent, locked);
create index on igny8_clusters (account_id, sector_id, name, id, status, intent, locked);
create index on igny8_clusters (account_id, sector_id, volume_sort, id, status, intent, locked);
create index on igny8_clusters (account_id, sector_id, keywords_count, id, status, intent, locked);
create index on igny8_content_ideas (account_id, sector_id, created_at desc, id desc, status);
create index on igny8_content_ideas (account_id, sector_id, idea_title, id, status);
create index on igny8_tasks (account_id, sector_id, created_at desc, id desc, status);
create index on igny8_tasks (account_id, sector_id, title, id, status);
create index on igny8_content (account_id, sector_id, created_at desc, id desc, status);
create index on igny8_content (account_id, sector_id, title, id, status);
create index on igny8_content (account_id, sector_id, word_count, id, status);
create index on igny8_images (account_id, sector_id, created_at desc, id desc, status, image_type);
create index on igny8_runs (account_id, sector_id, created_at desc, id desc, status, kind);
