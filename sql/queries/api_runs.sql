-- name: ChosenKeywords :many
-- Which of the keywords there are, and whose sector they belong to.
select id, sector_id from igny8_keywords where account_id = current_account() and id = any(@ids::uuid[]);

-- name: ChosenClusters :many
select id, sector_id from igny8_clusters where account_id = current_account() and id = any(@ids::uuid[]);

-- name: ChosenTasks :many
-- Tasks with what there is of them already.
select t.id, t.sector_id, t.status, t.word_count, t.images, c.id content_id
from igny8_tasks t left join igny8_content c on c.account_id = t.account_id and c.task_id = t.id
where t.account_id = current_account() and t.id = any(@ids::uuid[]);

-- name: ChosenItems :many
-- What a run was given to work on.
select item_id from igny8_run_items where account_id = current_account() and run_id = @run_id and stage = @stage order by n;

-- name: LiveRunsOfItems :many
-- Which live runs are working on the tasks.
select distinct i.item_id, i.run_id from igny8_run_items i
where i.account_id = current_account() and i.stage = 'task' and i.status in ('pending', 'running', 'waiting') and i.item_id = any(@tasks::uuid[]);

-- name: OwnProviders :many
-- Providers for which the account has a key of its own.
select integration_type from igny8_integration_settings where account_id = current_account() and active and secret is not null;

-- name: RaiseRunCap :exec
-- Lets a run cost more, by what a person has ordered beside it.
update igny8_runs set max_credits = max_credits + @by where account_id = current_account() and id = @id;
