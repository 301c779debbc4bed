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

-- name: RenewImage :one
-- Makes an image one that is yet to be made. It gets another ID, for what was
-- bought under the old one is kept under it.
update igny8_images set id = uuid7(), status = 'pending', sha256 = null, mime = null, width = null, height = null, bytes = null, image_url = '',
	provider = '', model = '', provenance = '', error_code = '', error_message = '', prompt = case when @prompt::text = '' then prompt else @prompt end
where account_id = current_account() and id = @id
returning id, task_id, sector_id;

-- name: WaitingItem :one
-- The live run that works on a task, and what the task waits for in it.
select i.run_id, i.waiting_for, t.workflow_id from igny8_run_items i join igny8_tasks t on t.account_id = i.account_id and t.id = i.item_id
where i.account_id = current_account() and i.stage = 'task' and i.status in ('pending', 'running', 'waiting') and i.item_id = @task_id;

-- name: WorkflowsOfTasks :many
-- The executions that work on tasks, where live runs do.
select t.id, t.workflow_id from igny8_tasks t
where t.account_id = current_account() and t.id = any(@ids::uuid[]) and t.workflow_id <> ''
	and exists (select from igny8_run_items i where i.account_id = t.account_id and i.stage = 'task' and i.status in ('pending', 'running', 'waiting') and i.item_id = t.id);

-- name: Reschedule :one
-- Moves a task's time.
update igny8_tasks t set publish_at = sqlc.narg('publish_at') where t.account_id = current_account() and t.id = @id
returning t.status, t.sector_id, coalesce((select p.status from igny8_publications p join igny8_content c on c.account_id = p.account_id and c.id = p.content_id
	where c.account_id = t.account_id and c.task_id = t.id limit 1), 'none')::text publication;
