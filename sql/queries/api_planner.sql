-- name: CountKeywords :one
-- How many keywords the account has, without a scan.
select coalesce(sum(n), 0)::bigint from igny8_counts where account_id = current_account() and kind = 'keywords';

-- name: CreateKeyword :one
-- Adds a keyword to an active sector that one may see.
insert into igny8_keywords (account_id, site_id, sector_id, keyword, normal, volume, difficulty, cpc_micros, currency, intent, intents, country)
select current_account(), s.site_id, s.id, @keyword, @normal, sqlc.narg('volume'), sqlc.narg('difficulty'), sqlc.narg('cpc_micros'), sqlc.narg('currency'), sqlc.narg('intent'), @intents, sqlc.narg('country')
from igny8_sectors s where s.account_id = current_account() and s.id = @sector_id and s.status = 'active'
returning id;

-- name: ChangeKeyword :one
-- Replaces what a person may change, if nobody did so since version.
update igny8_keywords set keyword = @keyword, normal = @normal, volume = sqlc.narg('volume'), volume_estimated = volume_estimated and volume is not distinct from sqlc.narg('volume'),
	difficulty = sqlc.narg('difficulty'), cpc_micros = sqlc.narg('cpc_micros'), currency = sqlc.narg('currency'), intent = sqlc.narg('intent'), intents = @intents, country = sqlc.narg('country')
where account_id = current_account() and id = @id and version = @version
returning id;

-- name: Keyword :one
select * from igny8_keywords where account_id = current_account() and id = @id;

-- name: DropKeywords :many
delete from igny8_keywords where account_id = current_account() and id = any(@ids::uuid[]) returning id;
