-- What the service does on nobody's behalf. Each statement names its accounts,
-- or says why it looks at all of them.

-- name: UserByEmail :one
-- Sign-in: the account is not known before.
select u.*, a.status account_status, a.is_system from igny8_users u join igny8_accounts a on a.id = u.account_id where u.email = @email;

-- name: UserByID :one
-- Every request: who the token's subject is now.
select u.account_id, u.id, u.email, u.name, u.role, u.active, u.token_version, a.name account_name, a.status account_status,
	array(select g.site_id from igny8_site_grants g where g.account_id = u.account_id and g.user_id = u.id)::uuid[] sites
from igny8_users u join igny8_accounts a on a.id = u.account_id where u.id = @id;

-- name: SignedIn :exec
update igny8_users set last_login_at = now() where account_id = @account_id and id = @id;

-- name: SetPassword :exec
-- What links were mailed before open nothing any more.
with spent as (
	update igny8_password_resets r set used_at = now() where r.account_id = @account_id and r.user_id = @id and r.used_at is null
)
update igny8_users u set password_hash = @password_hash, token_version = u.token_version + 1 where u.account_id = @account_id and u.id = @id;

-- name: NewSession :one
insert into igny8_sessions (account_id, user_id, expires_at, user_agent, ip) values (@account_id, @user_id, @expires_at, @user_agent, @ip) returning *;

-- name: Session :one
select * from igny8_sessions where account_id = @account_id and id = @id;

-- name: NewRefreshToken :exec
insert into igny8_refresh_tokens (account_id, hash, session_id) values (@account_id, @hash, @session_id);

-- name: RefreshToken :one
-- Refreshing: the token alone says whose it is.
select t.*, s.user_id, s.expires_at, s.revoked_at, s.used_at from igny8_refresh_tokens t join igny8_sessions s on s.account_id = t.account_id and s.id = t.session_id where t.hash = @hash for update of t;

-- name: ReplaceRefreshToken :execrows
update igny8_refresh_tokens set replaced_at = now() where account_id = @account_id and hash = @hash and replaced_at is null;

-- name: UseSession :exec
update igny8_sessions set used_at = now() where account_id = @account_id and id = @id;

-- name: RevokeSession :exec
update igny8_sessions set revoked_at = coalesce(revoked_at, now()), revoked_by = @revoked_by where account_id = @account_id and id = @id;

-- name: RevokeSessions :exec
update igny8_sessions set revoked_at = now(), revoked_by = @revoked_by where account_id = @account_id and user_id = @user_id and revoked_at is null;

-- name: APIKeyByHash :one
-- The key alone says whose it is.
select k.*, a.status account_status from igny8_api_keys k join igny8_accounts a on a.id = k.account_id where k.hash = @hash and k.revoked_at is null;

-- name: NewAccount :one
insert into igny8_accounts (name, slug, status) values (@name, @slug, 'active') returning *;

-- name: NewWallet :exec
insert into igny8_wallets (account_id) values (@account_id);

-- name: NewUser :one
insert into igny8_users (account_id, email, name, password_hash, role) values (@account_id, @email, @name, sqlc.narg('password_hash'), @role) returning *;

-- name: SetOwner :exec
update igny8_accounts set owner_id = @owner_id where id = @id;

-- name: Subscribe :exec
insert into igny8_subscriptions (account_id, plan_id) select @account_id, p.id from igny8_plans p where p.name = @plan or (@plan = '' and p.is_default);

-- name: SystemAccount :one
select * from igny8_accounts where is_system;

-- name: AccountBySlug :one
select * from igny8_accounts where slug = @slug;

-- name: Account :one
select * from igny8_accounts where id = @id;

-- name: Accounts :many
-- The command line chooses among all.
select * from igny8_accounts where not is_system order by name, id;

-- name: NewSite :one
insert into igny8_sites (account_id, id, name, slug, industry_id, wp_url, wp_username, wp_app_password, wp_password_hint, settings)
values (@account_id, @id, @name, @slug, sqlc.narg('industry_id'), sqlc.narg('wp_url'), sqlc.narg('wp_username'), sqlc.narg('wp_app_password'), sqlc.narg('wp_password_hint'), @settings) returning *;

-- name: SitesOfAccount :many
select * from igny8_sites where account_id = @account_id order by created_at, id;

-- name: SetSiteAccess :exec
update igny8_sites set wp_url = @wp_url, wp_username = @wp_username, wp_app_password = @wp_app_password, wp_password_hint = @wp_password_hint where account_id = @account_id and id = @id;

-- name: NewSector :one
insert into igny8_sectors (account_id, site_id, name, slug) values (@account_id, @site_id, @name, @slug) returning *;

-- name: SectorsOfSite :many
select * from igny8_sectors where account_id = @account_id and site_id = @site_id and status = 'active' order by created_at, id;

-- name: Credit :one
-- Adds credits to a wallet with their entry in the ledger. Nothing comes back
-- if the operation was done before.
with done as (select 1 from igny8_credit_transactions t where t.account_id = @account_id and t.op_key = @op_key),
w as (
	update igny8_wallets set posted = posted + @amount::bigint, seq = seq + 1, updated_at = now()
	where igny8_wallets.account_id = @account_id and not exists (select from done) returning account_id, seq, posted
)
insert into igny8_credit_transactions (account_id, seq, op_key, transaction_type, amount, balance_after, reason, actor_id)
select account_id, seq, @op_key, @transaction_type, @amount, posted, @reason, sqlc.narg('actor_id') from w returning *;

-- name: LedgerCheck :one
-- Reads every wallet, hold and entry of all accounts.
select wallets::bigint as wallets, holds::bigint as holds, entries::bigint as entries, violations::text[] as violations from ledger_check();

-- name: PendingRuns :many
-- The outbox: runs of all accounts that were accepted and not started yet.
select * from igny8_runs where status = 'pending' and finished_at is null and temporal_run_id = '' order by created_at limit @many;

-- name: LiveRuns :many
-- Runs of all accounts that have not ended, for the reconciler.
select * from igny8_runs where finished_at is null and updated_at < now() - sqlc.arg(quiet)::interval order by updated_at limit @many;

-- name: UnsyncedSchedules :many
-- Schedules of all accounts that the engine does not know as they are.
select * from igny8_schedules where synced_at is null order by updated_at limit @many;

-- name: ScheduleSynced :exec
update igny8_schedules set synced_at = now() where account_id = @account_id and id = @id and version = @version;

-- name: ScheduleIDs :many
-- Every schedule there should be.
select account_id, id from igny8_schedules;

-- name: UnfoldedAccounts :many
-- Accounts with counts to fold.
select account_id from igny8_row_count_deltas group by 1 having count(*) > @many::int;

-- name: Audit :exec
insert into igny8_audit_log (account_id, actor_id, actor_role, action, target, outcome, detail, request_id, ip)
values (@account_id, sqlc.narg('actor_id'), @actor_role, @action, @target, @outcome, @detail, @request_id, @ip);
