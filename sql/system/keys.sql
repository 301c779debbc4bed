-- name: SealedBy :many
-- How many secrets of all accounts each key of the vault has sealed, by what they
-- begin with: Tink's prefix, which names the key.
select prefix::bytea prefix, count(*) from (
	select substring(wp_app_password from 1 for 5) prefix from igny8_sites where wp_app_password is not null
	union all
	select substring(secret from 1 for 5) from igny8_integration_settings where secret is not null
) sealed group by prefix order by prefix;

-- name: SitesToReseal :many
-- Passwords of all accounts' sites that another key than the one with the prefix
-- has sealed, in order, behind a place.
select account_id, id, wp_app_password::bytea sealed from igny8_sites
where wp_app_password is not null and substring(wp_app_password from 1 for 5) <> @prefix::bytea and (account_id, id) > (@after_account::uuid, @after_id::uuid)
order by account_id, id limit @many for update;

-- name: ResealSite :exec
update igny8_sites set wp_app_password = @sealed where account_id = @account_id and id = @id;

-- name: ProvidersToReseal :many
-- Likewise all accounts' keys for providers.
select account_id, id, integration_type, secret::bytea sealed from igny8_integration_settings
where secret is not null and substring(secret from 1 for 5) <> @prefix::bytea and (account_id, id) > (@after_account::uuid, @after_id::uuid)
order by account_id, id limit @many for update;

-- name: ResealProvider :exec
update igny8_integration_settings set secret = @sealed where account_id = @account_id and id = @id;
