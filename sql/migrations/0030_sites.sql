-- The rows of a site are read sector by sector, by the indexes that its sectors
-- have: of their own order they need none. What is of a site alone has the columns
-- it is filtered by in the index of the site's order.

-- +goose Up
drop index
	igny8_keywords_account_id_site_id_created_at_id_idx,
	igny8_clusters_account_id_site_id_created_at_id_idx,
	igny8_content_ideas_account_id_site_id_created_at_id_idx,
	igny8_tasks_account_id_site_id_created_at_id_idx,
	igny8_content_account_id_site_id_created_at_id_idx,
	igny8_images_account_id_site_id_created_at_id_idx,
	igny8_runs_account_id_site_id_created_at_id_idx,
	igny8_credit_usage_logs_account_id_site_id_created_at_id_idx,
	igny8_ai_requests_account_id_site_id_created_at_id_idx,
	igny8_notifications_account_id_site_id_created_at_id_idx;
create index on igny8_credit_usage_logs (account_id, site_id, created_at desc, id desc, operation_type, run_id);
create index on igny8_ai_requests (account_id, site_id, created_at desc, id desc, status, purpose, provider, run_id, item_id);
create index on igny8_notifications (account_id, site_id, created_at desc, id desc, kind, read_at);
