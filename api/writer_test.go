package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// A decision for which no workflow waits any more is kept, and a new run goes on
// with the article.
func TestDecisionsAfterTheRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Temporal = &recorder{}
	token := w.signIn(t, "editor@mine.test")
	decide := func(id igny8.ContentID, verb string, body map[string]any) answer {
		return w.post(t, token, "writer/content/"+id.String()+"/"+verb+"/", body)
	}
	first := w.write(t, w.mine)
	decide(first, "approve", map[string]any{"revision": 2}).refused(http.StatusConflict, igny8.Conflict)
	var d Decided
	decide(first, "approve", map[string]any{"revision": 1}).data(&d)
	require.Equal(t, "approved", d.Content.TextStatus)
	require.Equal(t, igny8.ContentDraft, d.Content.Status, "the whole may yet be looked at")
	require.Equal(t, "article", value[string](t, w, "select kind from igny8_runs where id = $1", d.TaskID))

	second := w.write(t, w.mine)
	decide(second, "reject", map[string]any{"revision": 1, "reason": "Off topic"}).data(&d)
	require.Equal(t, igny8.ContentRejected, d.Content.Status)
	require.Equal(t, "Off topic", d.Content.Reason)

	third := w.write(t, w.mine)
	decide(third, "request_changes", map[string]any{"revision": 1}).refused(http.StatusBadRequest, igny8.Invalid)
	decide(third, "request_changes", map[string]any{"revision": 1, "instruction": "Shorter"}).data(&d)
	require.Equal(t, igny8.ContentChangesRequested, d.Content.Status)
	require.Equal(t, int32(2), value[int32](t, w, "select t.revision from igny8_tasks t join igny8_content c on c.task_id = t.id where c.id = $1", third))
	require.Equal(t, int64(3), value[int64](t, w, "select count(*) from igny8_audit_log where action like 'content.%'"))
	decide(w.write(t, w.theirs), "approve", map[string]any{"revision": 1}).refused(http.StatusNotFound, igny8.NotFound)
}

// A decision goes to the execution that works on the article. That nobody has
// answered is said as it is, and sent again it is the same decision.
func TestDecisionsOfARun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	engine := &recorder{running: []string{"works on it"}}
	w.Temporal = engine
	id := w.write(t, w.mine)
	w.sql(t, "update igny8_tasks set workflow_id = 'works on it'")
	owner, path := w.signIn(t, "owner@mine.test"), "writer/content/"+id.String()+"/approve/"
	var d Decided
	w.post(t, owner, path, map[string]any{"revision": 1}).data(&d)
	require.Nil(t, d.TaskID)
	require.Equal(t, engine.running, engine.updated)
	require.Equal(t, igny8.ContentReview, d.Content.Status, "what becomes of it is the run's to write")

	engine.silent = true
	f := w.post(t, owner, path, map[string]any{"revision": 1}).refused(http.StatusServiceUnavailable, igny8.Unavailable)
	require.Contains(t, f.Message, "may still take effect")
	require.Equal(t, engine.ids[0], engine.ids[1])
	w.sql(t, "update igny8_content set status = 'draft'")
	w.post(t, owner, path, map[string]any{"revision": 1}).refused(http.StatusServiceUnavailable, igny8.Unavailable)
	require.NotEqual(t, engine.ids[1], engine.ids[2], "of what has changed since it is another decision")
	require.Zero(t, value[int64](t, w, "select count(*) from igny8_runs"), "nobody else decides meanwhile")
}

func TestEdit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "editor@mine.test")
	id := w.write(t, w.mine)
	path := "writer/content/" + id.String() + "/"
	var c Content
	w.call(t, token, http.MethodPatch, path, map[string]any{"version": 1, "html_content": "<p>One <b>two</b> three<script></p>", "tags": []string{"a"}}).data(&c)
	require.Equal(t, "<p>One <b>two</b> three</p>", c.HTML)
	require.Equal(t, int32(3), c.WordCount)
	require.Equal(t, "A title", c.Title)
	require.Equal(t, int64(2), c.Version)
	require.Equal(t, "<p>One two</p>", value[string](t, w, "select html_content from igny8_content_revisions where content_id = $1", id))
	w.call(t, token, http.MethodPatch, path, map[string]any{"version": 1, "title": "Another"}).refused(http.StatusConflict, igny8.Conflict)
	var list Page[ContentRow]
	w.get(t, token, "writer/content/?status=review").into(&list)
	require.Equal(t, int64(1), list.Count)
}

// A password goes in and does not come out.
func TestSitePasswords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.signIn(t, "admin@mine.test")
	path := "auth/sites/" + w.mine.site.String() + "/"
	secret := "abcd efgh ijkl mnop qrst uvwx"
	var site Site
	a := w.call(t, admin, http.MethodPatch, path, map[string]any{"version": 1, "wp_url": "https://shop.example/", "wp_username": "editor", "wp_app_password": secret})
	a.data(&site)
	require.NotContains(t, a.body, "mnop")
	require.Equal(t, "https://shop.example", *site.WPURL)
	require.True(t, site.HasPassword)
	require.Equal(t, "uvwx", *site.PasswordHint)
	sealed := value[[]byte](t, w, "select wp_app_password from igny8_sites where id = $1", w.mine.site)
	require.NotContains(t, string(sealed), "mnop")
	opened, err := w.Vault.Open(sealed, store.SiteSecret(w.mine.account, w.mine.site))
	require.NoError(t, err)
	require.Equal(t, secret, opened.Reveal())
	_, err = w.Vault.Open(sealed, store.SiteSecret(w.theirs.account, w.mine.site))
	require.Equal(t, igny8.Credentials, igny8.CodeOf(err), "a secret opens for its own row only")

	w.call(t, admin, http.MethodPatch, path, map[string]any{"version": 2, "wp_app_password": *site.PasswordHint}).data(&site)
	require.Equal(t, sealed, value[[]byte](t, w, "select wp_app_password from igny8_sites where id = $1", w.mine.site))
	for _, bad := range []string{"shop.example", "ftp://shop.example", "https://u:p@shop.example", "javascript:alert(1)"} {
		w.call(t, admin, http.MethodPatch, path, map[string]any{"version": 3, "wp_url": bad}).refused(http.StatusBadRequest, igny8.Invalid)
	}
	w.call(t, admin, http.MethodPatch, path, map[string]any{"version": 1}).refused(http.StatusConflict, igny8.Conflict)
	w.call(t, w.signIn(t, "editor@mine.test"), http.MethodPatch, path, map[string]any{"version": 3}).refused(http.StatusForbidden, igny8.Forbidden)
}

func TestFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	content := w.write(t, w.mine)
	const sum = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"
	require.NoError(t, w.Blobs.WriteAll(t.Context(), sum, []byte("\x89PNG"), nil))
	w.sql(t, `insert into igny8_images (account_id, site_id, sector_id, task_id, content_id, image_type, n, status, prompt, sha256, mime, bytes)
		select account_id, site_id, sector_id, task_id, id, 'featured', 0, 'generated', 'p', $2, 'image/png', 4 from igny8_content where id = $1`, content, sum)
	a := w.get(t, w.signIn(t, "viewer@mine.test"), "system/files/"+sum+"/")
	require.Equal(t, http.StatusOK, a.status, a.body)
	require.Equal(t, "\x89PNG", a.body)
	require.Equal(t, "image/png", a.header.Get("Content-Type"))
	require.Equal(t, "default-src 'none'; sandbox", a.header.Get("Content-Security-Policy"))
	w.get(t, w.signIn(t, "owner@theirs.test"), "system/files/"+sum+"/").refused(http.StatusNotFound, igny8.NotFound)
}

func TestSchedules(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.signIn(t, "admin@mine.test")
	body := map[string]any{"sector": w.mine.sector, "name": "Nightly", "calendar": map[string]any{"hour": []int{2}, "minute": []int{30}}, "time_zone": "Europe/Berlin", "articles": 5}
	var s Schedule
	w.post(t, admin, "automation/schedules/", body).data(&s)
	require.False(t, s.Synced)
	require.Equal(t, igny8.Review, s.Mode)
	require.Equal(t, Calendar{Hour: []int{2}, Minute: []int{30}}, s.Calendar)
	path := "automation/schedules/" + s.ID.String() + "/"
	change := map[string]any{"version": s.Version, "name": "Weekly", "calendar": map[string]any{"every_seconds": 60}}
	w.call(t, admin, http.MethodPut, path, change).data(&s)
	require.Equal(t, "Weekly", s.Name)
	w.call(t, admin, http.MethodPut, path, change).refused(http.StatusConflict, igny8.Conflict)
	for field, bad := range map[string]any{"time_zone": "Berlin", "calendar": map[string]any{"hour": []int{24}}, "articles": 0} {
		wrong := map[string]any{"sector": w.mine.sector, "name": "x", "calendar": map[string]any{"hour": []int{1}}}
		wrong[field] = bad
		w.post(t, admin, "automation/schedules/", wrong).refused(http.StatusBadRequest, igny8.Invalid)
	}
	body["calendar"] = map[string]any{}
	w.post(t, admin, "automation/schedules/", body).refused(http.StatusBadRequest, igny8.Invalid)
	w.post(t, w.signIn(t, "editor@mine.test"), "automation/schedules/", body).refused(http.StatusForbidden, igny8.Forbidden)
	w.call(t, admin, http.MethodDelete, path, nil).data(&struct{}{})
	w.get(t, admin, path).refused(http.StatusNotFound, igny8.NotFound)
	var done Page[AuditEntry]
	w.get(t, admin, "system/audit/?action=schedule.delete").into(&done)
	require.Equal(t, "admin@mine.test", *done.Results[0].Actor)

	w.sql(t, `update igny8_plans set features = '{}' where name = 'Growth'`)
	body["calendar"] = map[string]any{"hour": []int{1}}
	w.post(t, admin, "automation/schedules/", body).refused(http.StatusForbidden, igny8.PlanFeature)
}

// Every list can be read, whatever is in it.
func TestLists(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "owner@mine.test")
	w.write(t, w.mine)
	w.plant(t, w.mine, 2)
	w.sql(t, "insert into igny8_clusters (account_id, site_id, sector_id, name) values ($1, $2, $3, 'Grinders')", w.mine.account, w.mine.site, w.mine.sector)
	w.sql(t, "insert into igny8_content_ideas (account_id, site_id, sector_id, idea_title) values ($1, $2, $3, 'An idea')", w.mine.account, w.mine.site, w.mine.sector)
	w.sql(t, "insert into igny8_notifications (account_id, site_id, kind, title) values ($1, $2, 'review', 'Look'), ($1, null, 'credits', 'Few')", w.mine.account, w.mine.closed)
	w.sql(t, "insert into igny8_ai_requests (account_id, key, attempt, status, purpose, provider, site_id) values ($1, 'k', 1, 'sent', 'content', 'openai', $2)", w.mine.account, w.mine.closed)
	w.sql(t, "insert into igny8_credit_usage_logs (account_id, site_id, operation_type, credits_used, hold_key, cost_micros) values ($1, $2, 'content', 5, 'h', 1500)", w.mine.account, w.mine.closed)
	counts := map[string]int64{"planner/keywords/": 2, "planner/clusters/": 1, "planner/ideas/": 1, "planner/proposals/": 0, "planner/proposal_clusters/": 0, "planner/proposal_keywords/": 0, "writer/calendar/": 0, "writer/tasks/": 1, "writer/content/": 1, "writer/images/": 0,
		"billing/transactions/": 1, "billing/usage/": 1, "automation/runs/": 0, "automation/schedules/": 0, "auth/sites/": 2, "auth/sectors/": 2, "system/ai-requests/": 1, "system/notifications/": 2,
		"auth/plans/": 4, "auth/industries/": 12, "auth/accounts/": 1, "auth/users/": 4, "auth/grants/": 2, "auth/invitations/": 0, "auth/api-keys/": 0, "auth/sessions/": 1,
		"system/author-profiles/": 0, "system/strategies/": 0, "system/prompts/": 0, "system/integrations/": 0, "system/audit/": 1}
	for path, methods := range routes(t).Paths {
		if op, ok := methods["get"]; !ok || len(op.OperationID) < 5 || op.OperationID[:5] != "list-" || strings.Contains(path, "{") || op.OperationID == "list-other-accounts" {
			continue
		}
		path = path[len(root):]
		var list Page[map[string]any]
		a := w.get(t, token, path)
		require.Equal(t, http.StatusOK, a.status, a.body)
		a.into(&list)
		want, known := counts[path]
		require.True(t, known, path)
		require.Equal(t, want, list.Count, path)
		require.Len(t, list.Results, int(want), path)
		delete(counts, path)
		if want > 0 && list.Results[0]["id"] != nil && path != "auth/sessions/" {
			require.Equal(t, http.StatusOK, w.get(t, token, path+list.Results[0]["id"].(string)+"/").status, path)
		}
	}
	require.Empty(t, counts)

	editor := w.signIn(t, "editor@mine.test")
	for path, want := range map[string]int64{"billing/usage/": 0, "system/ai-requests/": 0, "system/notifications/": 1, "auth/sites/": 1} {
		var list Page[map[string]any]
		w.get(t, editor, path).into(&list)
		require.Equal(t, want, list.Count, "what is about a site that was not granted is not shown: %s", path)
	}
	var b Balance
	w.get(t, token, "billing/credits/").data(&b)
	require.Equal(t, Balance{Posted: 1000, Available: 1000}, b)
}
