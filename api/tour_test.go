package api

import (
	"context"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

// furnished is an account with a row of each kind, and everybody who can sign in.
func furnished(t *testing.T) (w *world, ids, actors map[string]string) {
	t.Helper()
	w = newWorld(t)
	actors = w.actors(t)
	ids = w.things(t, w.mine, w.mine.site, w.mine.sector)
	w.ownThings(t, w.mine, ids)
	w.Temporal = &recorder{}
	return w, ids, actors
}

// People, their keys, sessions and grants: each is shown, changed and taken away.
func TestPeopleAndTheirThings(t *testing.T) {
	t.Parallel()
	w, ids, actors := furnished(t)
	owner := actors["owner"]
	w.mailbox()
	for _, path := range []string{"auth/accounts/", "auth/users/", "auth/grants/", "auth/invitations/", "auth/api-keys/", "auth/sites/", "auth/sectors/"} {
		require.Equal(t, ids[path], w.get(t, owner, path+ids[path]+"/").row()["id"])
		var p Page[map[string]any]
		w.get(t, owner, path).into(&p)
		require.NotEmpty(t, p.Results, path)
	}
	account := "auth/accounts/" + ids["auth/accounts/"] + "/"
	require.Equal(t, "Ours", w.call(t, owner, http.MethodPatch, account, map[string]any{"name": "Ours"}).row()["name"])

	viewer := "auth/users/" + ids["auth/users/"] + "/"
	require.Equal(t, "editor", w.call(t, owner, http.MethodPatch, viewer, map[string]any{"role": "editor"}).row()["role"])
	var m Me
	w.get(t, actors["viewer"], "auth/me/").data(&m)
	require.Equal(t, igny8.Editor, m.Role, "from the next request on")
	made := w.post(t, owner, "auth/grants/", map[string]any{"site_id": w.mine.closed, "user_id": ids["auth/users/"]}).row()
	w.get(t, actors["viewer"], "auth/me/").data(&m)
	require.Len(t, m.Sites, 2)
	require.Equal(t, []bool{true}, w.call(t, owner, http.MethodDelete, "auth/grants/"+made["id"].(string)+"/", nil).each())
	w.get(t, actors["viewer"], "auth/me/").data(&m)
	require.Len(t, m.Sites, 1)
	require.Equal(t, []bool{true, false}, w.post(t, owner, "auth/grants/bulk_delete/", map[string]any{"ids": []string{ids["auth/grants/"], made["id"].(string)}}).each())
	w.call(t, owner, http.MethodDelete, viewer, nil).row()
	w.get(t, actors["viewer"], "auth/me/").refused(http.StatusUnauthorized, igny8.Unauthenticated)

	w.call(t, owner, http.MethodDelete, "auth/api-keys/"+ids["auth/api-keys/"]+"/", nil).row()
	var keys Page[APIKey]
	w.get(t, owner, "auth/api-keys/?revoked=true").into(&keys)
	require.Len(t, keys.Results, 1)
	require.Equal(t, []bool{true}, w.call(t, owner, http.MethodDelete, "auth/invitations/"+ids["auth/invitations/"]+"/", nil).each())
	second := w.post(t, owner, "auth/invitations/", map[string]any{"email": "x@guests.test", "role": "viewer"}).row()
	require.Equal(t, []bool{true, false}, w.post(t, owner, "auth/invitations/bulk_delete/", map[string]any{"ids": []string{second["id"].(string), uuid.NewString()}}).each())

	w.call(t, owner, http.MethodDelete, "auth/sessions/"+ids["auth/sessions/"]+"/", nil).row()
	w.call(t, owner, http.MethodDelete, "auth/sessions/"+ids["auth/sessions/"]+"/", nil).refused(http.StatusNotFound, igny8.NotFound)
	w.post(t, owner, account+"transfer/", map[string]any{"user_id": w.mine.users[igny8.Admin]}).row()
	w.get(t, actors["admin"], "auth/me/").data(&m)
	require.Equal(t, igny8.Owner, m.Role)
	w.post(t, actors["admin"], "auth/me/password/", map[string]any{"old_password": "not it", "new_password": "another password"}).refused(http.StatusBadRequest, igny8.Invalid)
	w.post(t, actors["admin"], "auth/me/password/", map[string]any{"old_password": password, "new_password": "another password"}).row()
	w.get(t, actors["admin"], "auth/me/").refused(http.StatusUnauthorized, igny8.Unauthenticated)

	var others []OtherAccount
	w.get(t, w.signIn(t, "developer@igny8.test"), "auth/impersonate/?search=theirs").data(&others)
	require.Len(t, others, 1)
}

// What only is read: catalogues, and what the service wrote down.
func TestReadOnlyThings(t *testing.T) {
	t.Parallel()
	w, ids, actors := furnished(t)
	for _, path := range []string{"system/ai-requests/", "system/notifications/", "system/audit/", "system/prompts/", "system/integrations/", "billing/usage/", "writer/images/", "writer/content/", "writer/tasks/", "planner/ideas/"} {
		var p Page[map[string]any]
		w.get(t, actors["owner"], path).into(&p)
		require.NotEmpty(t, p.Results, path)
		require.Equal(t, ids[path], w.get(t, actors["owner"], path+ids[path]+"/").row()["id"], path)
	}
	var plans, industries Page[map[string]any]
	w.get(t, actors["viewer"], "auth/plans/").into(&plans)
	require.Equal(t, plans.Results[0]["id"], w.get(t, actors["viewer"], "auth/plans/"+plans.Results[0]["id"].(string)+"/").row()["id"])
	var free Plan
	w.get(t, actors["viewer"], "auth/plans/"+plans.Results[0]["id"].(string)+"/").data(&free)
	require.EqualValues(t, 1, *free.Limits.Sites)
	require.Equal(t, PlanFeatures{OperatorKeys: true}, free.Features)
	w.get(t, actors["viewer"], "auth/industries/").into(&industries)
	require.GreaterOrEqual(t, len(industries.Results), 12)
	for _, i := range industries.Results {
		require.GreaterOrEqual(t, len(i["sectors"].([]any)), 5, i["name"])
	}
	w.get(t, actors["viewer"], "auth/industries/"+industries.Results[0]["id"].(string)+"/").row()
	w.post(t, actors["viewer"], "system/notifications/"+ids["system/notifications/"]+"/read/", nil).row()
	var unread Page[Notification]
	w.get(t, actors["viewer"], "system/notifications/?unread=true").into(&unread)
	require.Empty(t, unread.Results)
}

// What is made can be taken away, but for what a run is working on, what is
// published, and the last sector of a site.
func TestTakingAway(t *testing.T) {
	t.Parallel()
	w, ids, actors := furnished(t)
	admin := actors["admin"]
	drop := func(path string) answer { return w.call(t, admin, http.MethodDelete, path+ids[path]+"/", nil) }
	drop("auth/sites/").refused(http.StatusConflict, igny8.RunLive)
	w.sql(t, "update igny8_runs set status = 'failed', finished_at = now()")
	drop("auth/sectors/").refused(http.StatusBadRequest, igny8.Invalid)
	image := "writer/images/" + ids["writer/images/"] + "/"
	row := w.call(t, admin, http.MethodPut, image, map[string]any{"version": 1, "alt_text": "A cup", "prompt": "A cup"}).row()
	row = w.call(t, admin, http.MethodPatch, image, map[string]any{"version": row["version"], "caption": "Ours"}).row()
	require.Equal(t, "A cup", row["alt_text"])
	require.Equal(t, []bool{true}, w.post(t, admin, "writer/images/bulk_update/", map[string]any{"ids": []string{ids["writer/images/"]}, "set": map[string]any{"caption": "Theirs"}}).each())
	require.Equal(t, []bool{true}, drop("writer/images/").each())
	w.sql(t, "update igny8_content set status = 'published'")
	drop("writer/content/").refused(http.StatusConflict, igny8.Conflict)
	w.sql(t, "update igny8_content set status = 'draft'")
	require.Equal(t, []bool{true}, drop("writer/content/").each())
	require.Equal(t, []bool{true}, drop("system/prompts/").each())
	require.Equal(t, []bool{true}, drop("auth/sites/").each())
	w.get(t, admin, "planner/keywords/"+ids["planner/keywords/"]+"/").refused(http.StatusNotFound, igny8.NotFound)
}

// Each way of starting and steering work answers with the run that does it.
func TestStartingAndSteering(t *testing.T) {
	t.Parallel()
	w, ids, actors := furnished(t)
	editor := actors["editor"]
	engine := &recorder{running: []string{"works"}}
	w.Temporal = engine
	run := "automation/runs/" + ids["automation/runs/"] + "/"
	w.sql(t, "update igny8_runs set workflow_id = 'works', status = 'running'")
	for _, verb := range []string{"pause", "resume"} {
		w.post(t, editor, run+verb+"/", nil).row()
	}
	w.post(t, editor, run+"skip/", map[string]any{"task": ids["writer/tasks/"]}).row()
	require.Equal(t, []string{"pause", "resume", "skip"}, engine.asked)
	w.sql(t, "update igny8_runs set status = 'failed', finished_at = now()")
	started := func(path string, body any) {
		t.Helper()
		a := w.post(t, editor, path, body)
		require.Equal(t, http.StatusAccepted, a.status, "%s: %s", path, a.body)
		require.NotEmpty(t, a.row()["task_id"])
		w.sql(t, "delete from igny8_runs")
	}
	one := func(path string) map[string]any { return map[string]any{"ids": []string{ids[path]}} }
	started("automation/pipelines/", map[string]any{"sector": w.mine.sector})
	started("planner/keywords/auto_cluster/", one("planner/keywords/"))
	started("planner/clusters/auto_generate_ideas/", one("planner/clusters/"))
	started("planner/clusters/recluster/", map[string]any{"sector": w.mine.sector})
	started("writer/tasks/auto_generate_content/", one("writer/tasks/"))
	started("writer/tasks/auto_generate_images/", one("writer/tasks/"))
	started("writer/images/extract_prompts/", one("writer/tasks/"))
	started("writer/content/"+ids["writer/content/"]+"/publish/", nil)
	retry := "writer/tasks/" + ids["writer/tasks/"] + "/retry/"
	w.post(t, editor, retry, nil).refused(http.StatusConflict, igny8.Conflict)
	w.sql(t, "update igny8_tasks set status = 'failed'")
	started(retry, nil)
	require.Equal(t, "rejected", w.post(t, editor, "planner/proposals/"+ids["planner/proposals/"]+"/reject/", nil).row()["status"])
	found := []byte("keyword,rank,url\nflat white,1,https://a.test/\n")
	require.EqualValues(t, 1, w.upload(t, editor, "planner/keywords/import_serp/", "serp.csv", found, map[string]string{"sector": w.mine.sector.String()}).row()["unknown"])
	require.Equal(t, true, w.post(t, editor, "planner/clusters/"+ids["planner/clusters/"]+"/lock/", map[string]any{"locked": true}).row()["locked"])
}

// A connection that was tried says so with its integration; whoever tries it is
// in the audit log.
func TestTryingConnections(t *testing.T) {
	t.Parallel()
	w, ids, actors := furnished(t)
	found := Checked{OK: true, Message: "The key works."}
	w.Connections = Connections{
		Provider: func(context.Context, igny8.Principal, string) (Checked, error) { return found, nil },
		Site:     func(context.Context, igny8.Principal, igny8.SiteID) (Checked, error) { return found, nil },
		Image: func(context.Context, igny8.Principal, string, string) (TestImage, error) {
			return TestImage{URL: "/api/v1/system/files/x/", Provider: "runware", Model: "m"}, nil
		},
	}
	admin := actors["admin"]
	try := func(path string, body any) map[string]any { t.Helper(); return w.post(t, admin, path, body).row() }
	settings := "system/settings/integrations/"
	require.Equal(t, true, try(settings+"openai/test_openai/", nil)["ok"])
	require.Equal(t, "working", w.get(t, admin, settings+"openai/").row()["status"])
	found = Checked{Code: igny8.Credentials, Message: "The key is refused. Make a new one."}
	require.Equal(t, "credentials", try(settings+"runware/test_runware/", nil)["code"])
	require.Equal(t, false, try("auth/sites/"+ids["auth/sites/"]+"/test_wordpress/", nil)["ok"])
	require.Equal(t, "runware", try(settings+"runware/generate_image/", map[string]any{"prompt": "A cup"})["provider"])
	w.post(t, admin, settings+"openai/test_runware/", nil).refused(http.StatusNotFound, igny8.NotFound)
	require.EqualValues(t, 2, value[int64](t, w, "select count(*) from igny8_audit_log where action = 'integration.test'"))
	require.EqualValues(t, 1, value[int64](t, w, "select count(*) from igny8_audit_log where action = 'site.test'"))
}
