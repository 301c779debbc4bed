-- name: ReadNotifications :execrows
-- Marks as read those that one may see; all of them if ids is empty.
update igny8_notifications set read_at = coalesce(read_at, now()) where account_id = current_account() and (@everything::boolean or id = any(@ids::uuid[]))
	and (site_id is null or all_sites() or site_id = any(granted_sites()));

-- name: LastPrompt :one
-- The latest version of a prompt, 0 if there is none.
select coalesce(max(prompt_version), 0)::int as version from igny8_ai_prompts where account_id = current_account() and prompt_type = @prompt_type;

-- name: SavePrompt :one
insert into igny8_ai_prompts (account_id, prompt_type, prompt_value, prompt_version, created_by)
values (current_account(), @prompt_type, @prompt_value, @prompt_version, sqlc.narg('created_by')) returning id;

-- name: RetirePrompts :execrows
-- Back to the default.
update igny8_ai_prompts set active = false where account_id = current_account() and prompt_type = @prompt_type and active;

-- name: ActivatePrompt :execrows
update igny8_ai_prompts set active = true where account_id = current_account() and id = @id;

-- name: PromptRow :one
select * from igny8_ai_prompts where account_id = current_account() and id = @id;

-- name: ActivePrompts :many
select id, prompt_type, prompt_value, prompt_version, created_at from igny8_ai_prompts where account_id = current_account() and active;

-- name: PromptUses :many
-- The runs that asked with a prompt's version, the latest first.
select run_id, count(*) requests, max(created_at)::timestamptz last_at from igny8_ai_requests
where account_id = current_account() and purpose = @purpose and prompt_version = @prompt_version::int
	and (site_id is null or all_sites() or site_id = any(granted_sites()))
group by run_id order by max(created_at) desc limit 100;

-- name: IntegrationRow :one
select * from igny8_integration_settings where account_id = current_account() and (id::text = @which::text or integration_type = @which::text);

-- name: SaveIntegration :one
insert into igny8_integration_settings (account_id, integration_type, config, secret, secret_hint, active)
values (current_account(), @integration_type, @config, sqlc.narg('secret'), @secret_hint, @active)
on conflict (account_id, integration_type) do update set config = excluded.config, secret = excluded.secret, secret_hint = excluded.secret_hint, active = excluded.active,
	status = 'untested', status_message = '', checked_at = null
returning id;

-- name: IntegrationChecked :exec
update igny8_integration_settings set status = @status, status_message = @status_message, checked_at = now() where account_id = current_account() and integration_type = @integration_type;

-- name: DropDefaultAuthor :exec
update igny8_author_profiles set is_default = false where account_id = current_account() and is_default and id <> @but;
