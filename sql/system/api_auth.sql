-- name: Asker :one
-- Every request with an access token: who its subject is now, and whether the
-- session it came from still stands.
select u.account_id, u.id, u.email, u.name, u.role, u.active, u.token_version, a.name account_name, a.status account_status, s.revoked_at, s.expires_at,
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
