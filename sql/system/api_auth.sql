-- name: Asker :one
-- Every request with an access token: who its subject is now, and whether the
-- session it came from still stands.
select u.account_id, u.id, u.email, u.name, u.role, u.active, u.token_version, a.name account_name, a.status account_status, s.revoked_at, s.expires_at, s.turn,
	array(select g.site_id from igny8_site_grants g where g.account_id = u.account_id and g.user_id = u.id)::uuid[] sites
from igny8_users u
join igny8_accounts a on a.id = u.account_id
join igny8_sessions s on s.account_id = u.account_id and s.user_id = u.id and s.id = @session_id
where u.account_id = @account_id and u.id = @user_id;

-- name: KeyAsker :one
-- Every request with an API key: what it allows, and who made it.
select k.account_id, k.id key_id, k.role key_role, k.last_used_at, u.id, u.role, u.active, a.status account_status,
	array(select g.site_id from igny8_site_grants g where g.account_id = u.account_id and g.user_id = u.id)::uuid[] sites
from igny8_api_keys k
join igny8_users u on u.account_id = k.account_id and u.id = k.created_by
join igny8_accounts a on a.id = k.account_id
where k.hash = @hash and k.revoked_at is null;

-- name: KeyUsed :exec
update igny8_api_keys set last_used_at = now() where account_id = @account_id and id = @id;

-- name: KeepRefreshToken :exec
-- The successor of a token; a second use within the grace finds it there.
insert into igny8_refresh_tokens (account_id, hash, session_id) values (@account_id, @hash, @session_id) on conflict do nothing;

-- name: RehashPassword :exec
-- The same password under the parameters of today: sessions go on.
update igny8_users set password_hash = @password_hash where account_id = @account_id and id = @id and password_hash = @before;

-- name: NewSectorOf :exec
insert into igny8_sectors (account_id, site_id, name, slug, description) values (@account_id, @site_id, @name, @slug, @description);

-- name: SectorsOfIndustry :many
-- What a site of the industry begins with.
select name, slug, description from igny8_industry_sectors where industry_id = @industry_id order by name limit 5;

-- name: PlanOf :one
select p.name, p.limits from igny8_subscriptions s join igny8_plans p on p.id = s.plan_id where s.account_id = @account_id and s.status <> 'cancelled';

-- name: NewPasswordReset :exec
insert into igny8_password_resets (account_id, user_id, hash, expires_at) values (@account_id, @user_id, @hash, @expires_at);

-- name: UsePasswordReset :one
-- The token alone says whose it is. It is used once, and of several that one
-- user was sent one is: the user's row is locked first.
with whose as (
	select u.id from igny8_users u join igny8_password_resets r on r.account_id = u.account_id and r.user_id = u.id where r.hash = @hash for update of u
)
update igny8_password_resets t set used_at = now() where t.hash = @hash and t.used_at is null and t.expires_at > now() and exists (select from whose) returning t.account_id, t.user_id;

-- name: UserOf :one
select id, email, role, active, password_hash from igny8_users where account_id = @account_id and id = @id;

-- name: RenameUser :exec
update igny8_users set name = @name where account_id = @account_id and id = @id;

-- name: UseInvitation :one
-- The token alone says whose it is. It is used once.
update igny8_invitations set accepted_at = now() where hash = @hash and accepted_at is null and expires_at > now() returning account_id, email, role, sites, invited_by;

-- name: GrantSitesOf :exec
insert into igny8_site_grants (account_id, site_id, user_id, granted_by)
select @account_id, s.id, @user_id, sqlc.narg('granted_by') from igny8_sites s where s.account_id = @account_id and s.id = any(@sites::uuid[])
on conflict do nothing;

-- name: AllAccounts :many
-- Developers choose among all.
select a.id, a.name, a.slug, a.status from igny8_accounts a where not a.is_system and (a.name ilike @search::text or a.slug ilike @search::text) order by a.name, a.id limit 200;

-- name: EndTurn :exec
-- Ends the developer's work in another account that the session has begun.
update igny8_sessions set turn = turn + 1 where account_id = @account_id and id = @id and turn = @turn;
