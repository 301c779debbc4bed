package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

// Signing up makes all that an account needs, or nothing.
func TestSignUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	industry := value[uuid.UUID](t, w, "select id from igny8_industries where slug = 'retail'")
	body := map[string]any{"email": "New@Shop.test", "password": password, "account_name": "New shop", "industry_id": industry}
	a := w.post(t, "", "auth/register/", body)
	require.Equal(t, http.StatusCreated, a.status, a.body)
	var s Session
	a.data(&s)
	require.Equal(t, igny8.Owner, s.User.Role)
	var page Page[Sector]
	w.get(t, s.AccessToken, "auth/sectors/").into(&page)
	require.Len(t, page.Results, 5)
	var b Balance
	w.get(t, s.AccessToken, "billing/credits/").data(&b)
	require.EqualValues(t, 100, b.Available)
	var list Page[Account]
	w.get(t, s.AccessToken, "auth/accounts/").into(&list)
	require.Equal(t, "Free", *list.Results[0].Plan)
	require.Equal(t, s.User.ID, *list.Results[0].OwnerID)
	require.Empty(t, value[[]string](t, w, "select violations from ledger_check()"))

	before := value[int64](t, w, "select count(*) from igny8_accounts")
	f := w.post(t, "", "auth/register/", body).refused(http.StatusConflict, igny8.Conflict)
	require.Contains(t, f.Errors, "email")
	body["email"] = "another@shop.test"
	w.sql(t, "create function nothing_goes() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$")
	w.sql(t, "create trigger last before insert on igny8_sectors for each row execute function nothing_goes()")
	require.Equal(t, http.StatusInternalServerError, w.post(t, "", "auth/register/", body).status)
	require.Equal(t, before, value[int64](t, w, "select count(*) from igny8_accounts"))
	require.Zero(t, value[int64](t, w, "select count(*) from igny8_users where email = 'another@shop.test'"))

	w.post(t, s.AccessToken, "auth/api-keys/", map[string]any{"name": "x", "role": "viewer"}).refused(http.StatusForbidden, igny8.PlanFeature)
}

// mailbox remembers what was sent.
func (w *world) mailbox() *[]string {
	sent := &[]string{}
	w.Mail = func(_ context.Context, to, _, body string) error {
		*sent = append(*sent, to+" "+body)
		return nil
	}
	return sent
}

// token is what stands in the last mail's link.
func token(t *testing.T, sent []string) string {
	t.Helper()
	require.NotEmpty(t, sent)
	_, rest, ok := strings.Cut(sent[len(sent)-1], "#")
	require.True(t, ok)
	return strings.Fields(rest)[0]
}

func TestPasswordReset(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sent := w.mailbox()
	before := w.signIn(t, "editor@mine.test")
	ask := func(email string) {
		w.post(t, "", "auth/password-reset/", map[string]any{"email": email}).data(&struct{}{})
		w.behind.Wait()
	}
	ask("nobody@mine.test")
	require.Empty(t, *sent)
	ask("editor@mine.test")
	change := map[string]any{"token": token(t, *sent), "password": "another password"}
	w.post(t, "", "auth/password-reset/confirm/", change).data(&struct{}{})
	w.post(t, "", "auth/password-reset/confirm/", change).refused(http.StatusBadRequest, igny8.Invalid)
	w.get(t, before, "auth/me/").refused(http.StatusUnauthorized, igny8.Unauthenticated)
	require.Equal(t, http.StatusOK, w.post(t, "", "auth/login/", map[string]any{"email": "editor@mine.test", "password": "another password"}).status)
}

// A password that was set shuts what other links would open, also where several
// are used at the same moment.
func TestOneOfSeveralPasswordResets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sent := w.mailbox()
	for range 3 {
		w.post(t, "", "auth/password-reset/", map[string]any{"email": "editor@mine.test"}).data(&struct{}{})
		w.behind.Wait()
	}
	codes := make([]int, len(*sent))
	var all sync.WaitGroup
	for i := range codes {
		change := map[string]any{"token": token(t, (*sent)[i:i+1]), "password": "another password"}
		all.Go(func() { codes[i] = w.post(t, "", "auth/password-reset/confirm/", change).status })
	}
	all.Wait()
	slices.Sort(codes)
	require.Equal(t, []int{http.StatusOK, http.StatusBadRequest, http.StatusBadRequest}, codes)
}

// Where mail is not set up, in development, a developer finds the link in the
// status, and nobody else does; where the service is reached over HTTPS nothing
// is shown or logged.
func TestMailIsNotSetUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	log := w.journal()
	ask := func() answer {
		return w.post(t, "", "auth/password-reset/", map[string]any{"email": "editor@mine.test"})
	}
	ask().data(&struct{}{})
	w.behind.Wait()
	var s Status
	w.get(t, w.signIn(t, "owner@mine.test"), "system/status/").data(&s)
	require.Empty(t, s.Mails)
	w.get(t, w.developer(t), "system/status/").data(&s)
	require.Len(t, s.Mails, 1)
	require.Equal(t, "editor@mine.test", s.Mails[0].To)
	change := map[string]any{"token": token(t, []string{s.Mails[0].Body}), "password": "another password"}
	require.Contains(t, log.b.String(), change["token"])
	w.post(t, "", "auth/password-reset/confirm/", change).data(&struct{}{})

	w.Secure = true
	ask().refused(http.StatusConflict, igny8.NotConfigured)
	admin := w.signIn(t, "admin@mine.test")
	w.post(t, admin, "auth/invitations/", map[string]any{"email": "a@b.test", "role": "viewer"}).refused(http.StatusConflict, igny8.NotConfigured)
	require.Zero(t, value[int64](t, w, "select count(*) from igny8_invitations"), "nobody could come in by it")
	require.Len(t, w.outbox.latest(), 1)
}

// Who is invited comes in with the role and sites that they were given, and
// nobody gives more than they have.
func TestInvitations(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sent := w.mailbox()
	admin := w.signIn(t, "admin@mine.test")
	w.post(t, admin, "auth/invitations/", map[string]any{"email": "a@b.test", "role": "owner"}).refused(http.StatusForbidden, igny8.Forbidden)
	w.post(t, admin, "auth/invitations/", map[string]any{"email": "a@b.test", "role": "editor", "sites": []any{w.theirs.site}}).refused(http.StatusBadRequest, igny8.Invalid)
	w.post(t, admin, "auth/invitations/", map[string]any{"email": "a@b.test", "role": "editor", "sites": []any{w.mine.site}}).data(&Invitation{})
	var s Session
	w.post(t, "", "auth/invitations/accept/", map[string]any{"token": token(t, *sent), "password": password}).data(&s)
	require.Equal(t, igny8.Editor, s.User.Role)
	require.Equal(t, []igny8.SiteID{w.mine.site}, s.User.Sites)

	owner := "auth/users/" + w.mine.users[igny8.Owner].String() + "/"
	w.call(t, admin, http.MethodPatch, owner, map[string]any{"role": "viewer"}).refused(http.StatusForbidden, igny8.Forbidden)
	w.call(t, w.signIn(t, "owner@mine.test"), http.MethodPatch, owner, map[string]any{"role": "viewer"}).refused(http.StatusConflict, igny8.Conflict)
	w.call(t, admin, http.MethodPatch, "auth/users/"+w.mine.users[igny8.Viewer].String()+"/", map[string]any{"role": "owner"}).refused(http.StatusForbidden, igny8.Forbidden)
}

// Of two sites at once, where one more is allowed, there will be one.
func TestSiteLimitUnderARace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.sql(t, `update igny8_plans set limits = '{"sites": 3}' where name = 'Growth'`)
	admin := w.signIn(t, "admin@mine.test")
	answers := make([]answer, 4)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = w.post(t, admin, "auth/sites/", map[string]any{"name": "Site " + itoa(i)}) })
	}
	all.Wait()
	made := 0
	for _, a := range answers {
		if a.status == http.StatusCreated {
			made++
		} else {
			a.refused(http.StatusForbidden, igny8.PlanLimit)
		}
	}
	require.Equal(t, 1, made)
	require.EqualValues(t, 3, value[int64](t, w, "select count(*) from igny8_sites where account_id = $1", w.mine.account))
}

// Clusters are merged and split, keywords moved, and none is lost.
func TestClusterEditing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	editor := w.signIn(t, "editor@mine.test")
	make := func(path string, body map[string]any) string {
		body["sector_id"] = w.mine.sector
		var row struct{ ID string }
		w.post(t, editor, path, body).data(&row)
		return row.ID
	}
	one, two := make("planner/clusters/", map[string]any{"name": "One"}), make("planner/clusters/", map[string]any{"name": "Two"})
	var words []string
	for _, k := range []string{"a", "b", "c", "d"} {
		words = append(words, make("planner/keywords/", map[string]any{"keyword": "word " + k, "volume": 10}))
	}
	var m Moved
	w.post(t, editor, "planner/clusters/"+one+"/move_keywords/", map[string]any{"ids": words[:2]}).data(&m)
	require.Equal(t, int32(2), m.Cluster.KeywordsCount)
	w.post(t, editor, "planner/clusters/"+two+"/move_keywords/", map[string]any{"ids": words[2:]}).data(&m)
	w.sql(t, "insert into igny8_cluster_pages (account_id, site_id, sector_id, cluster_id, n, name) select account_id, site_id, sector_id, id, 1, name from igny8_clusters")
	w.sql(t, "update igny8_keywords k set page_id = p.id from igny8_cluster_pages p where p.cluster_id = k.cluster_id")
	var c Cluster
	w.post(t, editor, "planner/clusters/"+one+"/merge/", map[string]any{"ids": []string{two}}).data(&c)
	require.Equal(t, int32(4), c.KeywordsCount)
	require.EqualValues(t, 40, *c.Volume)
	require.EqualValues(t, 2, c.PagesCount)
	w.get(t, editor, "planner/clusters/"+two+"/").refused(http.StatusNotFound, igny8.NotFound)
	var s Split
	w.post(t, editor, "planner/clusters/"+one+"/split/", map[string]any{"name": "Three", "ids": words[:1]}).data(&s)
	require.Equal(t, int32(3), s.Cluster.KeywordsCount)
	require.Equal(t, int32(1), s.New.KeywordsCount)
	require.EqualValues(t, 4, value[int64](t, w, "select count(*) from igny8_keywords where pinned"))

	w.call(t, editor, http.MethodPatch, "planner/clusters/"+one+"/", map[string]any{"version": c.Version, "name": "Renamed"}).data(&c)
	require.Equal(t, "user", c.NamedBy)
	w.call(t, editor, http.MethodPatch, "planner/clusters/"+one+"/", map[string]any{"version": c.Version - 1, "name": "Late"}).refused(http.StatusConflict, igny8.Conflict)
	var bulk Bulk
	w.post(t, editor, "planner/keywords/bulk_update/", map[string]any{"filter": map[string]any{"status": "clustered"}, "expected": 9, "set": map[string]any{"country": "de"}}).refused(http.StatusConflict, igny8.Conflict)
	w.post(t, editor, "planner/keywords/bulk_update/", map[string]any{"filter": map[string]any{"status": "clustered"}, "expected": 4, "set": map[string]any{"country": "de"}}).data(&bulk)
	require.Equal(t, 4, bulk.Done)
	var found Page[Keyword]
	w.get(t, editor, "planner/keywords/?search=WORD+b").into(&found)
	require.Len(t, found.Results, 1)
	require.Equal(t, http.StatusOK, w.call(t, editor, http.MethodDelete, "planner/clusters/"+one+"/", nil).status)
	require.EqualValues(t, 3, value[int64](t, w, "select count(*) from igny8_keywords where status = 'orphaned'"))

	idea := make("planner/ideas/", map[string]any{"idea_title": "An idea"})
	var q, again Queued
	w.post(t, editor, "planner/ideas/bulk_queue_to_writer/", map[string]any{"ids": []string{idea, uuid.NewString()}}).data(&q)
	w.post(t, editor, "planner/ideas/bulk_queue_to_writer/", map[string]any{"ids": []string{idea, q.Results[1].ID.String()}}).data(&again)
	require.Equal(t, q, again, "an idea that has a task is answered with it")
	require.Equal(t, 1, q.Done)
	require.Equal(t, igny8.NotFound, q.Results[1].Code)
}

// A key goes in and does not come out; its mask sent back changes nothing.
func TestProviderKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Connections.Provider = func(_ context.Context, p igny8.Principal, provider string) (Checked, error) {
		return Checked{Code: igny8.Credentials, Message: "The key was refused."}, nil
	}
	admin, path := w.signIn(t, "admin@mine.test"), "system/settings/integrations/openai/"
	var i Integration
	a := w.call(t, admin, http.MethodPut, path, map[string]any{"secret": "sk-a-very-secret-key-1234", "config": map[string]any{"model": "m"}})
	a.data(&i)
	require.NotContains(t, a.body, "very-secret")
	require.Equal(t, "••••1234", i.Secret)
	sealed := value[[]byte](t, w, "select secret from igny8_integration_settings")
	w.call(t, admin, http.MethodPut, path, map[string]any{"secret": i.Secret}).data(&i)
	require.Equal(t, sealed, value[[]byte](t, w, "select secret from igny8_integration_settings"))
	require.JSONEq(t, `{"model": "m"}`, string(i.Config))
	var c Checked
	w.post(t, admin, path+"test_openai/", nil).data(&c)
	require.Equal(t, igny8.Credentials, c.Code)
	w.get(t, admin, "system/settings/integrations/"+i.ID.String()+"/").data(&i)
	require.Equal(t, "failing", i.Status)
	w.call(t, admin, http.MethodPut, path, map[string]any{"secret": ""}).data(&i)
	require.False(t, i.HasSecret)
}

// Prompts have versions, of which one is used, or else ours.
func TestPrompts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Prompt = func(f igny8.Function) (string, error) { return "ours of " + string(f), nil }
	admin := w.signIn(t, "admin@mine.test")
	var first, second Prompt
	w.post(t, admin, "system/prompts/", map[string]any{"prompt_type": "ideas", "prompt_value": "One"}).data(&first)
	w.post(t, admin, "system/prompts/", map[string]any{"prompt_type": "ideas", "prompt_value": "Two"}).data(&second)
	require.Equal(t, []int32{1, 2}, []int32{first.Version, second.Version})
	require.Equal(t, "Two", value[string](t, w, "select prompt_value from igny8_ai_prompts where active"))
	w.post(t, admin, "system/prompts/"+first.ID.String()+"/activate/", nil).data(&first)
	require.True(t, first.Active)
	w.post(t, admin, "system/prompts/reset/ideas/", nil).data(&Counted{})
	var current []CurrentPrompt
	w.get(t, admin, "system/prompts/current/").data(&current)
	require.Equal(t, CurrentPrompt{Type: "ideas", Value: "ours of ideas", Default: true, Ours: "ours of ideas"}, current[1])
}

// A text can be looked at as it was, compared, and brought back.
func TestRevisions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	editor := w.signIn(t, "editor@mine.test")
	path := "writer/content/" + w.write(t, w.mine).String() + "/"
	var c Content
	w.call(t, editor, http.MethodPatch, path, map[string]any{"version": 1, "html_content": "<p>New</p><p>One two</p>"}).data(&c)
	var d Diff
	w.get(t, editor, path+"revisions/1/diff/").data(&d)
	require.Equal(t, []Block{{"added", "<p>New</p>"}, {"same", "<p>One two</p>"}}, d.Blocks)
	w.post(t, editor, path+"revisions/1/restore/", map[string]any{"version": c.Version}).data(&c)
	require.Equal(t, "<p>One two</p>", c.HTML)
	var list Page[RevisionRow]
	w.get(t, editor, path+"revisions/").into(&list)
	require.Len(t, list.Results, 2)
}

// A picture is taken for what it is, whatever it is called.
func TestReplaceImage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	editor := w.signIn(t, "editor@mine.test")
	id := w.things(t, w.mine, w.mine.site, w.mine.sector)["writer/images/"]
	var i Image
	w.upload(t, editor, "writer/images/"+id+"/replace/", "x.gif", []byte(onePixel), nil).data(&i)
	require.Equal(t, "image/gif", *i.MIME)
	require.Equal(t, "user", i.Provenance)
	require.Equal(t, http.StatusOK, w.call(t, editor, http.MethodGet, i.URL, nil).status)
	w.upload(t, editor, "writer/images/"+id+"/replace/", "x.png", []byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), nil).refused(http.StatusBadRequest, igny8.Invalid)
}
