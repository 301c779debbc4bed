package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/store/system"
)

// mayUse is who may use each route, written by hand: anyone; viewer, editor,
// admin and owner, each with all above; person, who is signed in as themselves,
// whatever their role; developer, who is.
var mayUse = map[string]string{
	"login": "anyone", "refresh": "anyone", "logout": "anyone", "register": "anyone", "reset-password": "anyone", "confirm-password-reset": "anyone", "accept-invitation": "anyone",
	"me": "viewer", "update-me": "person", "change-password": "person", "list-sessions": "viewer", "revoke-session": "person", "revoke-sessions": "person",
	"impersonate": "developer", "stop-impersonating": "in another's place", "list-other-accounts": "developer",

	"list-accounts": "viewer", "get-account": "viewer", "update-account": "admin", "transfer-account": "owner",
	"list-plans": "viewer", "get-plan": "viewer", "list-industries": "viewer", "get-industry": "viewer",
	"list-users": "admin", "get-user": "admin", "update-user": "admin", "delete-user": "admin",
	"list-grants": "admin", "get-grant": "admin", "create-grant": "admin", "delete-grant": "admin", "delete-grants": "admin",
	"list-invitations": "admin", "get-invitation": "admin", "create-invitation": "admin", "delete-invitation": "admin", "delete-invitations": "admin",
	"list-api-keys": "admin", "get-api-key": "admin", "create-api-key": "admin in person", "revoke-api-key": "admin",
	"list-sites": "viewer", "get-site": "viewer", "create-site": "admin", "update-site": "admin", "delete-site": "admin", "delete-sites": "admin", "test-wordpress": "admin",
	"list-sectors": "viewer", "get-sector": "viewer", "create-sector": "admin", "update-sector": "admin", "patch-sector": "admin", "update-sectors": "admin", "delete-sector": "admin", "delete-sectors": "admin",

	"list-keywords": "viewer", "get-keyword": "viewer", "create-keyword": "editor", "update-keyword": "editor", "patch-keyword": "editor", "update-keywords": "editor", "delete-keyword": "editor", "delete-keywords": "editor",
	"cluster-keywords": "editor", "export-keywords": "viewer", "import-keywords": "editor", "preview-import": "viewer",
	"list-clusters": "viewer", "get-cluster": "viewer", "create-cluster": "editor", "update-cluster": "editor", "patch-cluster": "editor", "update-clusters": "editor", "delete-cluster": "editor", "delete-clusters": "editor",
	"generate-ideas": "editor", "lock-cluster": "editor", "merge-cluster": "editor", "split-cluster": "editor", "move_keywords-cluster": "editor",
	"recluster": "editor", "import-results": "editor", "list-proposals": "viewer", "get-proposal": "viewer", "accept-proposal": "editor", "reject-proposal": "editor", "list-proposed-clusters": "viewer", "list-proposed-keywords": "viewer",
	"list-ideas": "viewer", "get-idea": "viewer", "create-idea": "editor", "update-idea": "editor", "patch-idea": "editor", "update-ideas": "editor", "delete-idea": "editor", "delete-ideas": "editor", "queue-ideas": "editor",

	"list-tasks": "viewer", "get-task": "viewer", "create-task": "editor", "update-task": "editor", "patch-task": "editor", "update-tasks": "editor", "delete-task": "editor", "delete-tasks": "editor",
	"retry-task": "editor", "reschedule-task": "editor", "list-calendar": "viewer", "generate-content": "editor", "generate-images": "editor",
	"list-content": "viewer", "get-one-content": "viewer", "edit-content": "editor", "delete-content": "editor", "delete-one-content": "editor", "approve-content": "editor", "reject-content": "editor",
	"request_changes-content": "editor", "publish-content": "editor",
	"list-content-revisions": "viewer", "get-content-revision": "viewer", "diff-content-revision": "viewer", "restore-content-revision": "editor",
	"list-images": "viewer", "get-image": "viewer", "update-image": "editor", "patch-image": "editor", "update-images": "editor", "delete-image": "editor", "delete-images": "editor", "replace-image": "editor", "regenerate-image": "editor", "extract-image-prompts": "editor",

	"start-pipeline": "editor", "list-runs": "viewer", "get-run": "viewer", "cancel-run": "editor", "pause-run": "editor", "resume-run": "editor", "retry-run": "editor", "skip-run": "editor",
	"list-schedules": "viewer", "get-schedule": "viewer", "create-schedule": "admin", "update-schedule": "admin", "delete-schedule": "admin",
	"get-credits": "viewer", "estimate": "viewer", "list-transactions": "viewer", "list-usage": "viewer", "get-one-usage": "viewer",

	"list-ai-requests": "viewer", "get-ai-request": "viewer", "list-audit": "admin", "get-audit-entry": "admin",
	"list-author-profiles": "viewer", "get-author-profile": "viewer", "create-author-profile": "admin", "update-author-profile": "admin", "patch-author-profile": "admin", "update-author-profiles": "admin", "delete-author-profile": "admin", "delete-author-profiles": "admin",
	"list-strategies": "viewer", "get-strategy": "viewer", "create-strategy": "editor", "update-strategy": "editor", "patch-strategy": "editor", "update-strategies": "editor", "delete-strategy": "editor", "delete-strategies": "editor",
	"list-prompts": "viewer", "get-prompt": "viewer", "create-prompt": "admin", "delete-prompt": "admin", "delete-prompts": "admin", "activate-prompt": "admin", "reset-prompt": "admin", "current-prompts": "viewer", "prompt-uses": "viewer",
	"list-integrations": "admin", "get-integration": "admin", "get-integration-settings": "admin", "put-integration-settings": "admin", "test-openai": "admin", "test-runware": "admin", "test-image": "admin",
	"list-notifications": "viewer", "get-notification": "viewer", "read-notification": "viewer", "read-notifications": "viewer",
	"get-file": "viewer", "get-task-progress": "viewer", "follow-task-progress": "viewer", "get-status": "viewer",
}

// expected says whether an actor gets past the door of a route.
func expected(t *testing.T, rule, actor string) bool {
	t.Helper()
	ladder := []string{"viewer", "editor", "admin", "owner"}
	switch rule {
	case "anyone":
		return true
	case "person":
		return slices.Contains(ladder, actor)
	case "developer":
		return false // an impersonating one is somebody else meanwhile
	case "in another's place":
		return actor == "developer"
	case "admin in person":
		return actor == "admin" || actor == "owner"
	}
	require.Contains(t, ladder, rule)
	switch actor {
	case "anonymous":
		return false
	case "developer":
		return true
	case "key": // of an editor
		return slices.Index(ladder, rule) <= 1
	}
	return slices.Index(ladder, rule) <= slices.Index(ladder, actor)
}

// actors are an access token for each.
func (w *world) actors(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{"anonymous": ""}
	for _, role := range []string{"owner", "admin", "editor", "viewer"} {
		out[role] = w.signIn(t, role+"@mine.test")
	}
	out["key"] = keyPrefix + "0123456789abcdef0123456789abcdef0123456789a"
	w.sql(t, "insert into igny8_api_keys (account_id, name, hash, hint, role, created_by) values ($1, 'test', $2, 'abcd', 'editor', $3)", w.mine.account, hashed(out["key"]), w.mine.users[igny8.Editor])
	var i Impersonation
	w.post(t, w.developer(t), "auth/impersonate/", map[string]any{"account": w.mine.account, "reason": "a question"}).data(&i)
	out["developer"] = i.AccessToken
	return out
}

// developer signs in one who works for the service.
func (w *world) developer(t *testing.T) string {
	t.Helper()
	hash := passwordHash()
	_, err := store.AsSystem(t.Context(), w.Store, func(q *system.Queries) (none, error) {
		a, err := q.SystemAccount(t.Context())
		if err == nil {
			_, err = q.NewUser(t.Context(), system.NewUserParams{AccountID: a.ID, Email: "developer@igny8.test", PasswordHash: &hash, Role: igny8.Developer})
		}
		return none{}, err
	})
	require.NoError(t, err)
	return w.signIn(t, "developer@igny8.test")
}

const canary = "canary-7f3a"

// things plants a row of each kind in a site, and returns their IDs by what the
// path begins with.
func (w *world) things(t *testing.T, h household, site igny8.SiteID, sector igny8.SectorID) map[string]string {
	t.Helper()
	ids := map[string]string{}
	add := func(path, statement string, more ...any) string {
		id := uuid.NewString()
		w.sql(t, statement, append([]any{h.account, site, sector, id, canary + id[:8]}, more...)...)
		ids[path] = id
		return id
	}
	const head = "(account_id, site_id, sector_id, id, "
	add("planner/keywords/", "insert into igny8_keywords "+head+"keyword, normal) values ($1, $2, $3, $4, $5, $5)")
	cluster := add("planner/clusters/", "insert into igny8_clusters "+head+"name) values ($1, $2, $3, $4, $5)")
	add("planner/ideas/", "insert into igny8_content_ideas "+head+"idea_title, cluster_id) values ($1, $2, $3, $4, $5, $6)", cluster)
	proposal := add("planner/proposals/", "insert into igny8_proposals "+head+"kind, reason) values ($1, $2, $3, $4, 'recluster', $5)")
	w.sql(t, "insert into igny8_proposal_clusters (account_id, site_id, sector_id, proposal_id, cluster_id, change, name, keywords, before, joining, leaving) values ($1, $2, $3, $4, $5, 'kept', $6, 1, 0, 1, 0)", h.account, site, sector, proposal, cluster, canary)
	task := add("writer/tasks/", "insert into igny8_tasks "+head+"title) values ($1, $2, $3, $4, $5)")
	content := add("writer/content/", "insert into igny8_content "+head+"task_id, title, slug, html_content, word_count) values ($1, $2, $3, $4, $6, $5, $5, $5, 1)", task)
	w.sql(t, "insert into igny8_content_revisions (account_id, site_id, sector_id, content_id, n, revision, title, html_content, word_count) values ($1, $2, $3, $4, 1, 1, $5, $5, 1)", h.account, site, sector, content, canary)
	add("writer/images/", "insert into igny8_images "+head+"task_id, content_id, image_type, n, prompt) values ($1, $2, $3, $4, $6, $7, 'featured', 0, $5)", task, content)
	run := add("automation/runs/", "insert into igny8_runs "+head+"kind, message) values ($1, $2, $3, $4, 'pipeline', $5)")
	ids["system/settings/task_progress/"] = run
	add("automation/schedules/", "insert into igny8_schedules "+head+"name, calendar) values ($1, $2, $3, $4, $5, '{\"hour\": [1]}')")
	add("system/strategies/", "insert into igny8_strategies "+head+"name) values ($1, $2, $3, $4, $5)")
	add("system/notifications/", "insert into igny8_notifications (account_id, site_id, id, kind, title) select $1, $2, $4, 'x', $5 from igny8_sectors where id = $3")
	add("system/ai-requests/", "insert into igny8_ai_requests (account_id, site_id, id, key, attempt, status, purpose, provider) select $1, $2, $4, $5, 1, 'sent', 'content', 'openai' from igny8_sectors where id = $3")
	add("billing/usage/", "insert into igny8_credit_usage_logs (account_id, site_id, id, operation_type, credits_used, hold_key) select $1, $2, $4, 'content', 0, $5 from igny8_sectors where id = $3")
	ids["auth/sites/"], ids["auth/sectors/"] = site.String(), sector.String()
	return ids
}

// ownThings adds what belongs to a whole account.
func (w *world) ownThings(t *testing.T, h household, ids map[string]string) {
	t.Helper()
	for path, statement := range map[string]string{
		"system/author-profiles/": "insert into igny8_author_profiles (account_id, id, name) values ($1, $2, $3)",
		"system/prompts/":         "insert into igny8_ai_prompts (account_id, id, prompt_type, prompt_value, prompt_version) values ($1, $2, 'ideas', $3, 1)",
		"system/integrations/":    "insert into igny8_integration_settings (account_id, id, integration_type, status_message) values ($1, $2, 'openai', $3)",
		"system/audit/":           "insert into igny8_audit_log (account_id, id, actor_role, action) values ($1, $2, 'owner', $3)",
		"auth/invitations/":       "insert into igny8_invitations (account_id, id, email, role, hash, expires_at) values ($1, $2, $3 || '@x.test', 'viewer', uuid_send($2), now() + interval '1 day')",
	} {
		ids[path] = uuid.NewString()
		w.sql(t, statement, h.account, ids[path], canary+ids[path][:8])
	}
	ids["system/settings/integrations/"] = ids["system/integrations/"]
	ids["auth/accounts/"], ids["auth/users/"] = h.account.String(), h.users[igny8.Viewer].String()
	ids["auth/api-keys/"] = value[string](t, w, "insert into igny8_api_keys (account_id, name, hash, hint, role, created_by) values ($1, $2, uuid_send($3), 'x', 'viewer', $4) returning id::text", h.account, canary, uuid.New(), h.users[igny8.Owner])
	ids["auth/grants/"] = value[string](t, w, "select id::text from igny8_site_grants where account_id = $1 limit 1", h.account)
	ids["auth/sessions/"] = value[string](t, w, "insert into igny8_sessions (account_id, user_id, expires_at) values ($1, $2, now() + interval '1 day') returning id::text", h.account, h.users[igny8.Owner])
}

// at is the operation's path about the thing of one of the sets.
func at(path string, ids map[string]string) string {
	for prefix, id := range ids {
		if rest, ok := strings.CutPrefix(path, root+prefix); ok && strings.HasPrefix(rest, "{") {
			return root + prefix + id + rest[strings.Index(rest, "}")+1:]
		}
	}
	return path
}

func others(path string) string {
	return strings.NewReplacer("{id}", uuid.NewString(), "{task_id}", uuid.NewString(), "{sha256}", strings.Repeat("a", 64), "{n}", "1", "{type}", "ideas").Replace(path)
}

// checksum is of every row of an account.
func (w *world) checksum(t *testing.T, account igny8.AccountID) (sums map[string]string) {
	t.Helper()
	sums = map[string]string{}
	for _, table := range strings.Split(value[string](t, w, "select string_agg(c.relname, ',') from pg_class c join pg_attribute a on a.attrelid = c.oid where c.relkind = 'r' and c.relname like 'igny8\\_%' and a.attname = 'account_id'"), ",") {
		sums[table] = value[string](t, w, fmt.Sprintf("select coalesce(md5(string_agg(x::text, '|' order by x::text)), '') from %s x where account_id = $1", table), account)
	}
	return sums
}

// Every route, by everybody: who may not is refused at the door; who may finds
// nothing of another account or of a site they were not granted, changes nothing
// there and starts nothing.
func TestMatrix(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Temporal = &recorder{}
	actors := w.actors(t)
	theirs := w.things(t, w.theirs, w.theirs.site, w.theirs.sector)
	hidden := w.things(t, w.mine, w.mine.closed, w.mine.hidden)
	w.ownThings(t, w.theirs, theirs)
	w.sql(t, "update igny8_runs set status = 'failed', finished_at = now()") // so that none of the world's own is live
	before, runs := w.checksum(t, w.theirs.account), value[int64](t, w, "select count(*) from igny8_runs")
	n := 0
	for _, op := range operations(t) {
		rule, known := mayUse[op.id]
		require.True(t, known, "%s has no row in the table", op.id)
		if rule == "anyone" {
			require.Empty(t, op.security)
			continue
		}
		require.NotEmpty(t, op.security, op.id)
		for actor, token := range actors {
			for kind, ids := range map[string]map[string]string{"theirs": theirs, "ungranted": hidden} {
				if kind == "ungranted" && actor != "editor" && actor != "viewer" && actor != "key" {
					continue // they see all sites
				}
				n++
				path := at(op.path, ids)
				named := path != op.path
				a := w.request(t, token, op, others(path), op.valid(ids))
				what := fmt.Sprintf("%s as %s about %s: %d %s", op.id, actor, kind, a.status, a.body)
				switch {
				case actor == "anonymous":
					a.refused(http.StatusUnauthorized, igny8.Unauthenticated)
				case !expected(t, rule, actor):
					require.Equal(t, http.StatusForbidden, a.status, what)
				default:
					require.NotContains(t, []int{401, 403}, a.status, what)
					if named {
						require.Equal(t, http.StatusNotFound, a.status, what)
					}
				}
				require.Less(t, a.status, 500, what)
				if kind == "theirs" && (actor == "editor" || actor == "viewer") || kind == "ungranted" {
					require.NotContains(t, a.body, canary, what)
				}
				for _, id := range theirs {
					if kind == "theirs" && a.status < 300 && op.method == http.MethodGet {
						require.NotContains(t, a.body, id, what)
					}
				}
			}
		}
	}
	require.Equal(t, len(mayUse)-7, n/10, "a row for each route")
	require.Equal(t, before, w.checksum(t, w.theirs.account))
	require.Equal(t, runs, value[int64](t, w, "select count(*) from igny8_runs where sector_id in ($1, $2) or account_id = $3", w.mine.sector, w.mine.hidden, w.theirs.account))
}

// A suspended account can be read, and nothing in it changes but what is one's
// own.
func TestSuspended(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	actors := w.actors(t)
	w.sql(t, "update igny8_accounts set status = 'suspended' where id = $1", w.mine.account)
	own := []string{"me", "update-me", "change-password", "stop-impersonating", "revoke-session", "revoke-sessions", "read-notification", "read-notifications", "estimate", "preview-import"}
	for _, op := range operations(t) {
		rule := mayUse[op.id]
		for actor, token := range actors {
			if rule == "anyone" || !expected(t, rule, actor) || strings.HasSuffix(rule, "in person") && actor != "owner" {
				continue
			}
			a := w.request(t, token, op, others(op.path), op.valid(nil))
			if op.method == http.MethodGet || slices.Contains(own, op.id) {
				require.NotEqual(t, http.StatusForbidden, a.status, "%s as %s: %s", op.id, actor, a.body)
			} else {
				a.refused(http.StatusForbidden, igny8.Suspended)
			}
		}
	}
}

// A developer's fifteen minutes stand in both accounts' logs, and who works in
// another's place makes no keys and changes no password.
func TestImpersonation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.actors(t)["developer"]
	var m Me
	w.get(t, token, "auth/me/").data(&m)
	require.Equal(t, w.mine.account, m.Account)
	require.True(t, m.InPlaceOf)
	require.EqualValues(t, 2, value[int64](t, w, "select count(distinct account_id) from igny8_audit_log where action = 'auth.impersonate' and detail->>'reason' = 'a question'"))
	w.post(t, token, "planner/keywords/", map[string]any{"sector_id": w.mine.sector, "keyword": "of a developer"}).data(&Keyword{})
	require.Equal(t, "developer", value[string](t, w, "select actor_role from igny8_audit_log where action = 'keyword.create'"))
	w.post(t, token, "auth/impersonate/", map[string]any{"account": w.theirs.account, "reason": "and another"}).refused(http.StatusForbidden, igny8.Forbidden)
	w.sql(t, "update igny8_users set role = 'viewer' where email = 'developer@igny8.test'")
	w.get(t, token, "auth/me/").refused(http.StatusUnauthorized, igny8.Unauthenticated)
	w.post(t, w.signIn(t, "owner@mine.test"), "auth/impersonate/", map[string]any{"account": w.theirs.account, "reason": "curious"}).refused(http.StatusForbidden, igny8.Forbidden)
}
