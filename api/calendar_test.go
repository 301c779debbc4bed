package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/workflows"
)

// task makes a task that is to be published at a time, if one is given.
func (w *world) task(t *testing.T, h household, at *time.Time) igny8.TaskID {
	t.Helper()
	return igny8.TaskID{UUID: w.id(t, "insert into igny8_tasks (account_id, site_id, sector_id, title, publish_at) values ($1, $2, $3, 'A title', $4) returning id", h.account, h.site, h.sector, at)}
}

// live puts a task into a run that has not ended.
func (w *world) live(t *testing.T, h household, task igny8.TaskID, workflow, waitingFor string) (run igny8.RunID) {
	t.Helper()
	run.UUID = w.id(t, "insert into igny8_runs (account_id, site_id, sector_id, kind, max_credits) values ($1, $2, $3, 'article', 20) returning id", h.account, h.site, h.sector)
	w.sql(t, "insert into igny8_run_items (account_id, site_id, run_id, stage, item_id, n, status, waiting_for) values ($1, $2, $3, 'task', $4, 1, 'waiting', $5)", h.account, h.site, run, task, waitingFor)
	w.sql(t, "update igny8_tasks set workflow_id = $2 where id = $1", task, workflow)
	return run
}

func TestCalendar(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Temporal = &recorder{}
	editor := w.signIn(t, "editor@mine.test")
	noon := time.Date(2031, 5, 10, 12, 0, 0, 0, time.UTC)
	in := func(days int) *time.Time { at := noon.AddDate(0, 0, days); return &at }
	soon, later := w.task(t, w.mine, in(1)), w.task(t, w.mine, in(30))
	w.task(t, w.mine, nil)
	w.task(t, w.theirs, in(1))
	failed := w.task(t, w.mine, in(2))
	w.sql(t, "update igny8_tasks set status = 'failed', error_code = 'refused' where id = $1", failed)
	undated := w.task(t, w.mine, nil)
	w.sql(t, "update igny8_tasks set status = 'failed' where id = $1", undated)
	content := w.write(t, w.mine)
	w.sql(t, "insert into igny8_publications (account_id, site_id, sector_id, content_id, marker, slug, status, wp_post_id, url, published_at) values ($1, $2, $3, $4, 'm', 's', 'published', 7, 'https://x.test/p', $5)",
		w.mine.account, w.mine.site, w.mine.sector, content, in(-3))
	w.sql(t, "update igny8_tasks set status = 'published', publish_at = $2 where id = (select task_id from igny8_content where id = $1)", content, in(-4))

	var p Page[CalendarRow]
	w.get(t, editor, "writer/calendar/?since=2031-05-01T00:00:00Z&until=2031-06-01T00:00:00Z").into(&p)
	require.EqualValues(t, 3, p.Count)
	require.Equal(t, "published", p.Results[0].State)
	require.Equal(t, content, *p.Results[0].ContentID)
	require.Equal(t, "https://x.test/p", *p.Results[0].URL)
	require.True(t, p.Results[0].At.Equal(*in(-3)), "when it was, not when it was to be")
	require.Equal(t, soon, p.Results[1].ID)
	require.Equal(t, "scheduled", p.Results[1].State)
	require.Equal(t, failed, p.Results[2].ID)
	require.Equal(t, "failed", p.Results[2].State)
	require.Equal(t, "refused", p.Results[2].ErrorCode)
	w.get(t, editor, "writer/calendar/?state=scheduled&ordering=-at").into(&p)
	require.Equal(t, later, p.Results[0].ID)
	w.get(t, editor, "writer/calendar/?until=2031-01-01T00:00:00Z").into(&p)
	require.Equal(t, undated, p.Results[0].ID)
	w.get(t, editor, "writer/calendar/?state=lost").refused(http.StatusBadRequest, igny8.Invalid)
	w.get(t, editor, "writer/calendar/?since=tomorrow").refused(http.StatusBadRequest, igny8.Invalid)
}

func TestReschedule(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	engine := &recorder{running: []string{"waits"}}
	w.Temporal = engine
	editor := w.signIn(t, "editor@mine.test")
	move := func(id igny8.TaskID, at any) answer {
		return w.post(t, editor, "writer/tasks/"+id.String()+"/reschedule/", map[string]any{"publish_at": at})
	}
	at := time.Date(2031, 5, 10, 12, 0, 0, 0, time.UTC)
	idle, waiting := w.task(t, w.mine, nil), w.task(t, w.mine, &at)
	w.live(t, w.mine, waiting, "waits", "time")
	var r Rescheduled
	move(idle, "2031-07-01T08:00:00Z").data(&r)
	require.Empty(t, engine.signals)
	require.True(t, r.Task.PublishAt.Equal(time.Date(2031, 7, 1, 8, 0, 0, 0, time.UTC)))
	require.Nil(t, r.RunID)

	move(waiting, "2031-07-02T10:00:00+02:00").data(&r)
	require.Equal(t, []any{workflows.Reschedule{At: time.Date(2031, 7, 2, 8, 0, 0, 0, time.UTC)}}, engine.signals)
	w.call(t, editor, http.MethodPatch, "writer/tasks/"+waiting.String()+"/", map[string]any{"version": r.Task.Version, "publish_at": nil}).data(&Task{})
	require.Equal(t, workflows.Reschedule{}, engine.signals[1], "at once")
	require.EqualValues(t, 2, value[int64](t, w, "select count(*) from igny8_audit_log where action = 'task.reschedule'"))

	// A post that the site has with a date is moved there by a run.
	content := w.write(t, w.mine)
	dated := igny8.TaskID{UUID: w.id(t, "select task_id from igny8_content where id = $1", content)}
	w.sql(t, "insert into igny8_publications (account_id, site_id, sector_id, content_id, marker, slug, status, wp_post_id) values ($1, $2, $3, $4, 'm', 's', 'scheduled', 7)", w.mine.account, w.mine.site, w.mine.sector, content)
	move(dated, "2031-08-01T08:00:00Z").data(&r)
	require.Equal(t, "publish", value[string](t, w, "select kind from igny8_runs where id = $1", r.RunID))

	w.sql(t, "update igny8_tasks set status = 'published' where id = $1", dated)
	move(dated, nil).refused(http.StatusConflict, igny8.Conflict)
	move(w.task(t, w.theirs, nil), nil).refused(http.StatusNotFound, igny8.NotFound)
	w.post(t, editor, "writer/tasks/"+idle.String()+"/reschedule/", map[string]any{}).refused(http.StatusBadRequest, igny8.Invalid)
	w.Temporal = nobodyThere{}
	move(waiting, "2032-01-01T00:00:00Z").refused(http.StatusServiceUnavailable, igny8.Unavailable)
	require.True(t, value[bool](t, w, "select publish_at is null from igny8_tasks where id = $1", waiting), "nothing was changed")
}

// An image is made anew by a run of its own, or by the one in which its article
// waits for a decision; bought once, however often it is asked for.
func TestRegenerate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	engine := &recorder{running: []string{"waits"}}
	w.Temporal = engine
	editor := w.signIn(t, "editor@mine.test")
	content := w.write(t, w.mine)
	task := igny8.TaskID{UUID: w.id(t, "select task_id from igny8_content where id = $1", content)}
	image := w.id(t, "insert into igny8_images (account_id, site_id, sector_id, task_id, content_id, image_type, n, status, prompt, alt_text, sha256, image_url) values ($1, $2, $3, $4, $5, 'featured', 0, 'generated', 'A cup', 'Cup', 'abc', '/x') returning id",
		w.mine.account, w.mine.site, w.mine.sector, task, content).String()
	again := func(id string, body any) answer {
		return w.post(t, editor, "writer/images/"+id+"/regenerate/", body)
	}
	var r Redrawn
	a := again(image, map[string]any{"prompt": "A pot"})
	require.Equal(t, http.StatusAccepted, a.status, a.body)
	a.data(&r)
	require.NotEqual(t, image, r.Image.ID.String())
	require.Equal(t, igny8.ImagePending, r.Image.Status)
	require.Equal(t, "A pot", r.Image.Prompt)
	require.Equal(t, "Cup", r.Image.AltText)
	require.Equal(t, "images", value[string](t, w, "select kind from igny8_runs where id = $1", r.TaskID))
	again(image, nil).refused(http.StatusNotFound, igny8.NotFound)
	again(r.Image.ID.String(), nil).refused(http.StatusConflict, igny8.RunLive)
	w.get(t, editor, "writer/images/"+r.Image.ID.String()+"/").data(&Image{}) // it is still there

	w.sql(t, "delete from igny8_runs")
	run := w.live(t, w.mine, task, "waits", "review")
	first := r.Image.ID.String()
	again(first, nil).data(&r)
	require.Equal(t, run, r.TaskID)
	require.Equal(t, "A pot", r.Image.Prompt)
	require.Equal(t, []string{workflows.RedrawUpdate}, engine.asked)
	require.Equal(t, []string{"redraw/" + r.Image.ID.String()}, engine.ids)
	require.EqualValues(t, 23, value[int64](t, w, "select max_credits from igny8_runs where id = $1", run), "it was ordered beside what the run may cost")
	w.sql(t, "update igny8_wallets set posted = 2 where account_id = $1", w.mine.account)
	again(r.Image.ID.String(), nil).refused(http.StatusPaymentRequired, igny8.NoCredits)
	require.EqualValues(t, 23, value[int64](t, w, "select max_credits from igny8_runs where id = $1", run))
}

// Who has left another's account can't do anything there with the old token,
// and may come back with a new one.
func TestLeavingAnotherAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	developer := w.developer(t)
	enter := func() (i Impersonation) {
		w.post(t, developer, "auth/impersonate/", map[string]any{"account": w.mine.account, "reason": "a question"}).data(&i)
		return i
	}
	first := enter()
	w.get(t, first.AccessToken, "auth/me/").data(&Me{})
	w.post(t, first.AccessToken, "auth/impersonate/stop/", nil).data(&struct{}{})
	w.get(t, first.AccessToken, "auth/me/").refused(http.StatusUnauthorized, igny8.Unauthenticated)
	var m Me
	w.get(t, developer, "auth/me/").data(&m)
	require.False(t, m.InPlaceOf)
	require.EqualValues(t, 2, value[int64](t, w, "select count(distinct account_id) from igny8_audit_log where action = 'auth.impersonate_stop'"))
	w.get(t, enter().AccessToken, "auth/me/").data(&m)
	require.Equal(t, w.mine.account, m.Account)
	w.post(t, developer, "auth/impersonate/stop/", nil).refused(http.StatusForbidden, igny8.Forbidden)
}
