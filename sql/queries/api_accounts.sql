-- name: LockAccount :one
-- What is to be one at a time in an account waits here.
select id, name, status from igny8_accounts where id = current_account() for update;

-- name: ChangeAccount :execrows
update igny8_accounts set name = coalesce(sqlc.narg('name'), name), settings = coalesce(sqlc.narg('settings'), settings) where id = current_account();

-- name: TransferAccount :execrows
-- Gives the account to another of its users.
update igny8_accounts a set owner_id = u.id from igny8_users u where a.id = current_account() and u.account_id = a.id and u.id = @user_id and u.active and u.role in ('viewer', 'editor', 'admin', 'owner');

-- name: UserRow :one
select account_id, id, email, name, role, active from igny8_users where account_id = current_account() and id = @id for update;

-- name: ChangeUser :execrows
-- It holds from the next request on: rights are read anew for each.
update igny8_users set name = coalesce(sqlc.narg('name'), name), role = coalesce(sqlc.narg('new_role')::text, role), active = coalesce(sqlc.narg('active'), active)
where account_id = current_account() and id = @id;

-- name: DropUser :execrows
delete from igny8_users where account_id = current_account() and id = @id;

-- name: CountOwners :one
select count(*) from igny8_users where account_id = current_account() and role = 'owner' and active;

-- name: GrantSites :exec
insert into igny8_site_grants (account_id, site_id, user_id, granted_by)
select current_account(), s.id, @user_id, sqlc.narg('granted_by') from igny8_sites s where s.account_id = current_account() and s.id = any(@sites::uuid[])
on conflict do nothing;

-- name: NewInvitation :one
insert into igny8_invitations (account_id, email, role, sites, hash, invited_by, expires_at)
values (current_account(), @email, @role, @sites::uuid[], @hash, sqlc.narg('invited_by'), @expires_at) returning id;

-- name: CountSites :one
select count(*) from igny8_sites where account_id = current_account() and id = any(@sites::uuid[]);

-- name: EmailInUse :one
select exists (select from igny8_users where account_id = current_account() and email = @email)::boolean;

-- name: NewAPIKey :one
insert into igny8_api_keys (account_id, name, hash, hint, role, created_by) values (current_account(), @name, @hash, @hint, @role, @created_by) returning id;

-- name: RevokeAPIKey :execrows
update igny8_api_keys set revoked_at = coalesce(revoked_at, now()) where account_id = current_account() and id = @id;

-- name: RevokeOwnSession :execrows
update igny8_sessions set revoked_at = now(), revoked_by = 'user' where account_id = current_account() and user_id = @user_id and id = @id and revoked_at is null;

-- name: RevokeOtherSessions :execrows
update igny8_sessions set revoked_at = now(), revoked_by = 'user' where account_id = current_account() and user_id = @user_id and id <> @id and revoked_at is null;

-- name: IndustrySectors :many
select name, slug, description from igny8_industry_sectors where industry_id = @industry_id order by name limit 5;

-- name: NewSectors :exec
-- The first sectors of a site.
insert into igny8_sectors (account_id, site_id, name, slug, description)
select current_account(), @site_id, u.name, u.slug, u.description
from (select unnest(@names::text[]) as name, unnest(@slugs::text[]) slug, unnest(@descriptions::text[]) description) u;

-- name: LiveRunOfSites :many
select distinct site_id from igny8_runs where account_id = current_account() and finished_at is null and site_id = any(@sites::uuid[]);

-- name: LiveRunOfSectors :many
select distinct sector_id from igny8_runs where account_id = current_account() and finished_at is null and sector_id = any(@sectors::uuid[]);

-- name: SealSite :exec
-- How to reach a new site's WordPress: sealed for its row, so the row is first.
update igny8_sites set wp_app_password = @wp_app_password, wp_password_hint = @wp_password_hint where account_id = current_account() and id = @id;
