-- name: EditContent :one
-- Saves a person's edit, if nobody changed the content since version.
update igny8_content set title = @title, excerpt = @excerpt, meta_title = @meta_title, meta_description = @meta_description, focus_keyword = @focus_keyword,
	category = @category, tags = @tags, html_content = @html_content, word_count = @word_count
where account_id = current_account() and id = @id and version = @version
returning id;

-- name: FileOfAccount :one
-- An image of the account by the hash of its bytes, if one may see it.
select mime, bytes from igny8_images where account_id = current_account() and sha256 = @sha256 and status = 'generated' limit 1;

-- name: ChangeSite :one
-- Changes a site and how to reach its WordPress, if nobody did so since version.
update igny8_sites set name = @name, wp_url = sqlc.narg('wp_url'), wp_username = sqlc.narg('wp_username'), wp_app_password = sqlc.narg('wp_app_password'), wp_password_hint = sqlc.narg('wp_password_hint'), settings = @settings
where account_id = current_account() and id = @id and version = @version
returning id;

-- name: LiveItems :many
-- Which of the tasks a live run works on.
select distinct item_id from igny8_run_items where account_id = current_account() and stage = 'task' and status in ('pending', 'running', 'waiting') and item_id = any(@ids::uuid[]);

-- name: TasksOfContent :many
select id, task_id, status from igny8_content where account_id = current_account() and id = any(@ids::uuid[]);

-- name: TasksOfImages :many
select id, task_id from igny8_images where account_id = current_account() and id = any(@ids::uuid[]);

-- name: Revision :one
select * from igny8_content_revisions where account_id = current_account() and content_id = @content_id and n = @n;

-- name: ReplaceImage :execrows
update igny8_images set status = 'generated', sha256 = @sha256, mime = @mime, width = @width, height = @height, bytes = @bytes, image_url = @image_url,
	provider = 'upload', model = '', provenance = 'user', error_code = '', error_message = ''
where account_id = current_account() and id = @id;
