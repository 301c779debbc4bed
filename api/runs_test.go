package api

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/store/system"
)

// write makes a task with a text that waits for review.
func (w *world) write(t *testing.T, h household) (id igny8.ContentID) {
	t.Helper()
	task := igny8.New[igny8.TaskID]()
	id = igny8.New[igny8.ContentID]()
	w.sql(t, "insert into igny8_tasks (account_id, site_id, sector_id, id, title, status) values ($1, $2, $3, $4, 'A title', 'review')", h.account, h.site, h.sector, task)
	w.sql(t, `insert into igny8_content (account_id, site_id, sector_id, id, task_id, status, title, slug, html_content, word_count)
		values ($1, $2, $3, $4::uuid, $5, 'review', 'A title', 'a-' || $4::uuid, '<p>One two</p>', 2)`, h.account, h.site, h.sector, id, task)
	return id
}

func TestStartingIsIdempotent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.plant(t, w.mine, 5)
	token := w.signIn(t, "editor@mine.test")
	body := map[string]any{"sector": w.mine.sector, "articles": 3, "mode": "auto"}
	a := w.post(t, token, "automation/pipelines/", body, "Idempotency-Key", "one")
	require.Equal(t, http.StatusAccepted, a.status, a.body)
	var first, again Accepted
	a.data(&first)
	a = w.post(t, token, "automation/pipelines/", body, "Idempotency-Key", "one")
	require.Equal(t, http.StatusAccepted, a.status, a.body)
	a.data(&again)
	require.Equal(t, first, again)
	body["articles"] = 4
	w.post(t, token, "automation/pipelines/", body, "Idempotency-Key", "one").refused(http.StatusUnprocessableEntity, igny8.Mismatch)
	f := w.post(t, token, "automation/pipelines/", body).refused(http.StatusConflict, igny8.RunLive)
	require.Equal(t, first.TaskID, *f.TaskID)
	require.Equal(t, int64(1), value[int64](t, w, "select count(*) from igny8_runs"))
	require.Equal(t, int64(1), value[int64](t, w, "select count(*) from igny8_audit_log where action = 'run.start'"))

	var run RunDetail
	w.get(t, token, "automation/runs/"+first.TaskID.String()+"/").data(&run)
	require.Equal(t, igny8.RunPending, run.Status)
	require.Equal(t, igny8.Auto, run.Mode)
	require.NotNil(t, run.MaxCredits, "the estimate is the cap")
	var quote Quote
	w.post(t, token, "billing/estimate/", map[string]any{"articles": 3}).data(&quote)
	require.Equal(t, quote.Total, *run.MaxCredits)
	require.Equal(t, igny8.Credits(1000), quote.Available)
	require.Equal(t, 1000-quote.Total, quote.Remaining)
	require.True(t, quote.Enough)

	var list Page[Run]
	w.get(t, token, "automation/runs/?status=pending&kind=pipeline").into(&list)
	require.Equal(t, int64(1), list.Count)
	w.get(t, w.signIn(t, "owner@theirs.test"), "automation/runs/"+first.TaskID.String()+"/").refused(http.StatusNotFound, igny8.NotFound)
}

// Eight requests at the same moment make one run: with a key each is answered
// with it, without one the others are told of it.
func TestStartsAtTheSameMoment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "owner@mine.test")
	for _, key := range []string{"a key", ""} {
		w.sql(t, "delete from igny8_runs")
		var all sync.WaitGroup
		var answers [8]*httptest.ResponseRecorder
		for i := range answers {
			answers[i] = httptest.NewRecorder()
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, root+"automation/pipelines/", strings.NewReader(`{"sector": "`+w.mine.sector.String()+`"}`))
			r.Header.Set("Authorization", "Bearer "+token)
			r.Header.Set("Idempotency-Key", key)
			all.Go(func() { w.handler.ServeHTTP(answers[i], r) })
		}
		all.Wait()
		tasks := map[igny8.RunID]bool{}
		for _, got := range answers {
			a := answer{got.Code, got.Header(), got.Body.String(), t}
			if a.status == http.StatusAccepted {
				var got Accepted
				a.data(&got)
				tasks[got.TaskID] = true
				continue
			}
			require.Empty(t, key, a.body)
			tasks[*a.refused(http.StatusConflict, igny8.RunLive).TaskID] = true
		}
		require.Len(t, tasks, 1)
		require.Equal(t, int64(1), value[int64](t, w, "select count(*) from igny8_runs"))
	}
}

func TestBadStarts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "editor@mine.test")
	start := func(body map[string]any) answer { return w.post(t, token, "automation/pipelines/", body) }
	f := start(map[string]any{"sector": w.mine.sector, "articles": 1001}).refused(http.StatusBadRequest, igny8.Invalid)
	require.Contains(t, f.Errors, "articles")
	start(map[string]any{"sector": w.mine.sector, "mode": "never"}).refused(http.StatusBadRequest, igny8.Invalid)
	start(map[string]any{"sector": w.mine.sector, "max_credits": 0}).refused(http.StatusBadRequest, igny8.Invalid)
	start(map[string]any{}).refused(http.StatusBadRequest, igny8.Invalid)
	start(map[string]any{"sector": w.theirs.sector}).refused(http.StatusNotFound, igny8.NotFound)
	start(map[string]any{"sector": w.mine.hidden}).refused(http.StatusNotFound, igny8.NotFound)
	w.sql(t, "insert into igny8_sectors (account_id, site_id, name, slug) values ($1, $2, 'Tea', 'tea')", w.mine.account, w.mine.site)
	w.sql(t, "update igny8_sectors set status = 'inactive' where id = $1", w.mine.sector)
	start(map[string]any{"sector": w.mine.sector}).refused(http.StatusBadRequest, igny8.Invalid)
	require.Zero(t, value[int64](t, w, "select count(*) from igny8_runs"))
}

// A function on tasks that a live run has is refused for those; the rest start.
func TestFunctionsAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "owner@mine.test")
	first, second := w.write(t, w.mine), w.write(t, w.mine)
	taskOf := func(c igny8.ContentID) uuid.UUID {
		return value[uuid.UUID](t, w, "select task_id from igny8_content where id = $1", c)
	}
	bare := igny8.New[igny8.TaskID]()
	w.sql(t, "insert into igny8_tasks (account_id, site_id, sector_id, id, title) values ($1, $2, $3, $4, 'Not written')", w.mine.account, w.mine.site, w.mine.sector, bare)

	var one, two Accepted
	w.post(t, token, "writer/tasks/auto_generate_images/", map[string]any{"ids": []uuid.UUID{taskOf(first)}}).data(&one)
	body := map[string]any{"ids": []uuid.UUID{taskOf(first), taskOf(second)}}
	w.post(t, token, "writer/tasks/auto_generate_images/", body, "Idempotency-Key", "k").data(&two)
	require.Equal(t, []Result{{ID: taskOf(first), Code: igny8.RunLive}}, two.Refused)
	var again Accepted
	w.post(t, token, "writer/tasks/auto_generate_images/", body, "Idempotency-Key", "k").data(&again)
	require.Equal(t, two, again)
	var run RunDetail
	w.get(t, token, "automation/runs/"+two.TaskID.String()+"/").data(&run)
	require.Len(t, run.Tasks, 1)
	require.Equal(t, int32(1), run.Tasks[0].N, "items are numbered without gaps")

	f := w.post(t, token, "writer/content/"+first.String()+"/publish/", nil).refused(http.StatusConflict, igny8.RunLive)
	require.Equal(t, one.TaskID, *f.TaskID)
	w.post(t, token, "writer/tasks/auto_generate_images/", map[string]any{"ids": []igny8.TaskID{bare}}).refused(http.StatusConflict, igny8.Conflict)
	w.post(t, token, "writer/tasks/auto_generate_content/", map[string]any{"ids": []uuid.UUID{uuid.New()}}).refused(http.StatusNotFound, igny8.NotFound)
	w.post(t, token, "writer/tasks/auto_generate_content/", map[string]any{"ids": []uuid.UUID{}}).refused(http.StatusBadRequest, igny8.Invalid)
	var three Accepted
	w.post(t, token, "writer/tasks/auto_generate_content/", map[string]any{"ids": []igny8.TaskID{bare, bare}}).data(&three)
	require.Equal(t, http.StatusOK, w.get(t, token, "system/settings/task_progress/"+three.TaskID.String()+"/").status)
}

// While nobody works, what was asked of a run has not happened, and is said so.
func TestControlsWithoutAnEngine(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "owner@mine.test")
	var run Accepted
	w.post(t, token, "automation/pipelines/", map[string]any{"sector": w.mine.sector}).data(&run)
	before := value[string](t, w, "select r::text from igny8_runs r")
	for _, verb := range []string{"pause", "resume", "cancel"} {
		a := w.post(t, token, "automation/runs/"+run.TaskID.String()+"/"+verb+"/", nil)
		a.refused(http.StatusServiceUnavailable, igny8.Unavailable)
		require.NotEmpty(t, a.header.Get("Retry-After"))
	}
	w.post(t, token, "automation/runs/"+run.TaskID.String()+"/retry/", nil).refused(http.StatusConflict, igny8.Conflict)
	require.Equal(t, before, value[string](t, w, "select r::text from igny8_runs r"))
}

func TestProgress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "viewer@mine.test")
	var run Accepted
	w.post(t, w.signIn(t, "owner@mine.test"), "automation/pipelines/", map[string]any{"sector": w.mine.sector}).data(&run)
	path := "system/settings/task_progress/" + run.TaskID.String() + "/"
	var p TaskProgress
	w.get(t, token, path).into(&p)
	require.Equal(t, "PENDING", p.State)
	w.sql(t, "update igny8_runs set status = 'running', temporal_run_id = 'x', phase = 'AI_CALL', percentage = 30, items_total = 4, items_done = 1, cost_micros = 1230, tokens = 99, version = 7")
	w.get(t, token, path).into(&p)
	require.Equal(t, "PROGRESS", p.State)
	require.Equal(t, 30, p.Meta.Percentage)
	require.InDelta(t, 0.00123, p.Meta.Cost, 1e-9)
	require.Equal(t, Items{Total: 4, Done: 1}, p.Meta.Items)
	require.Equal(t, []PhaseStep{{igny8.PhaseInit, "done"}, {igny8.PhasePrep, "done"}, {igny8.PhaseCall, "running"}}, p.Meta.RequestSteps)
	require.Equal(t, "pending", p.Meta.ResponseSteps[0].Status)
	w.get(t, w.signIn(t, "owner@theirs.test"), path).refused(http.StatusNotFound, igny8.NotFound)
	w.get(t, token, path+"events/?x=1").refused(http.StatusBadRequest, igny8.Invalid)
}

// A stream begins with the run as it is, or with nothing for who has seen that,
// goes on with every change, and ends with the run.
func TestEvents(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "owner@mine.test")
	var run Accepted
	w.post(t, token, "automation/pipelines/", map[string]any{"sector": w.mine.sector}).data(&run)
	ctx, stop := context.WithCancel(t.Context())
	listening := make(chan struct{})
	go func() { defer close(listening); _ = w.listen(ctx) }()
	t.Cleanup(func() { stop(); <-listening })
	server := httptest.NewUnstartedServer(w.handler)
	server.Config.ReadTimeout, server.Config.WriteTimeout = 200*time.Millisecond, 200*time.Millisecond
	server.Start()
	t.Cleanup(server.Close)

	follow := func(last string) (*bufio.Scanner, *http.Response) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+root+"system/settings/task_progress/"+run.TaskID.String()+"/events/", nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+token)
		if last != "" {
			r.Header.Set("Last-Event-ID", last)
		}
		resp, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		t.Cleanup(func() { resp.Body.Close() })
		require.Equal(t, http.StatusOK, resp.StatusCode)
		require.Equal(t, "text/event-stream", resp.Header.Get("Content-Type"))
		return bufio.NewScanner(resp.Body), resp
	}
	id := func(lines *bufio.Scanner) string {
		for lines.Scan() {
			if id, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
				return id
			}
		}
		return ""
	}
	lines, _ := follow("")
	require.Equal(t, "1", id(lines))
	<-time.After(300 * time.Millisecond) // the server's deadlines pass, and the stream goes on
	w.sql(t, "update igny8_runs set version = 2, percentage = 12, phase = 'PREP', status = 'running'")
	require.Equal(t, "2", id(lines))
	later, _ := follow("2")
	w.sql(t, "update igny8_runs set version = 3, status = 'succeeded', planning = false, finished_at = now()")
	require.Equal(t, "3", id(lines))
	require.Equal(t, "3", id(later), "what was seen is not sent again")
	require.Empty(t, id(lines), "the stream ends with the run")
}

// The dispatcher starts what is waiting, each once.
func TestDispatch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	engine := &recorder{}
	w.Temporal = engine
	token := w.signIn(t, "owner@mine.test")
	var run Accepted
	w.post(t, token, "automation/pipelines/", map[string]any{"sector": w.mine.sector, "width": 3}).data(&run)
	asked := map[igny8.RunID]timestamp{}
	require.NoError(t, w.startPending(t.Context(), asked))
	require.NoError(t, w.startPending(t.Context(), asked))
	require.Len(t, engine.started, 1)
	started := engine.started[0]
	require.Equal(t, igny8.KindPipeline.WorkflowID(w.mine.account, run.TaskID), started.options.ID)
	require.Equal(t, 3, started.options.Priority.PriorityKey)
	require.Equal(t, w.mine.account.String(), started.options.Priority.FairnessKey)
	require.Equal(t, 3, started.in.Width)
	require.Equal(t, igny8.Scope{Account: w.mine.account, Site: w.mine.site, Sector: w.mine.sector}, started.in.Scope)

	clear(asked) // another process, or this one begun anew
	require.NoError(t, w.startPending(t.Context(), asked), "that it was started is as good")
	w.post(t, token, "automation/runs/"+run.TaskID.String()+"/cancel/", nil).data(&Run{})
	require.Equal(t, "cancelled", value[string](t, w, "select status from igny8_runs"), "the engine had nothing to cancel")
	pending, err := store.AsSystem(t.Context(), w.Store, func(q *system.Queries) ([]system.Run, error) { return q.PendingRuns(t.Context(), 10) })
	require.NoError(t, err)
	require.Empty(t, pending)
}

// A run that a worker begins at the moment of its cancellation has a workflow by
// then: that is asked to end, rather than left at work for a run that has ended.
func TestCancelledAtTheMomentOfItsBeginning(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	engine := &recorder{}
	w.Temporal = engine
	token := w.signIn(t, "owner@mine.test")
	var run Accepted
	w.post(t, token, "automation/pipelines/", map[string]any{"sector": w.mine.sector}).data(&run)
	engine.begin = func() {
		w.sql(t, "update igny8_runs set status = 'running', temporal_run_id = 'x', started_at = now()")
	}

	w.post(t, token, "automation/runs/"+run.TaskID.String()+"/cancel/", nil).data(&Run{})

	require.Equal(t, 2, engine.cancels)
	require.Equal(t, "running t", value[string](t, w, "select concat_ws(' ', status, cancel_requested) from igny8_runs"), "the workflow says how it ended")
	require.Equal(t, int64(1), value[int64](t, w, "select count(*) from igny8_audit_log where action = 'run.cancel'"))
}

// What failed in a run that has ended can be tried again, and only that.
func TestRetry(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "owner@mine.test")
	good, bad := w.write(t, w.mine), w.write(t, w.mine)
	taskOf := func(c igny8.ContentID) uuid.UUID {
		return value[uuid.UUID](t, w, "select task_id from igny8_content where id = $1", c)
	}
	var first, second Accepted
	w.post(t, token, "writer/tasks/auto_generate_images/", map[string]any{"ids": []uuid.UUID{taskOf(good), taskOf(bad)}}).data(&first)
	w.sql(t, "update igny8_run_items set status = case item_id when $1 then 'failed' else 'done' end", taskOf(bad))
	path := "automation/runs/" + first.TaskID.String() + "/retry/"
	w.post(t, token, path, nil).refused(http.StatusConflict, igny8.Conflict)
	w.sql(t, "update igny8_runs set status = 'partly_failed', finished_at = now()")
	w.post(t, token, path, nil).data(&second)
	var run RunDetail
	w.get(t, token, "automation/runs/"+second.TaskID.String()+"/").data(&run)
	require.Len(t, run.Tasks, 1)
	require.Equal(t, taskOf(bad), run.Tasks[0].ID)
	require.Equal(t, igny8.KindImages, run.Kind)
	require.Equal(t, igny8.Credits(1+2*3), *run.MaxCredits, "prompts and two images")

	// Of a run that was cancelled it is what was left undone, but for what was rejected.
	w.sql(t, "update igny8_runs set status = 'cancelled', finished_at = now()")
	w.sql(t, "update igny8_run_items set status = 'skipped', error_code = case item_id when $1 then 'rejected' else 'canceled' end", taskOf(bad))
	var third Accepted
	w.post(t, token, path, nil, "Idempotency-Key", "third").data(&third)
	w.get(t, token, "automation/runs/"+third.TaskID.String()+"/").data(&run)
	require.Len(t, run.Tasks, 1)
	require.Equal(t, taskOf(good), run.Tasks[0].ID)
}

// A run that can't be started keeps no other back.
func TestDispatchGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	engine := &recorder{}
	w.Temporal = engine
	w.post(t, w.signIn(t, "owner@mine.test"), "automation/pipelines/", map[string]any{"sector": w.mine.sector}).data(&Accepted{})
	w.post(t, w.signIn(t, "owner@theirs.test"), "automation/pipelines/", map[string]any{"sector": w.theirs.sector}).data(&Accepted{})
	w.sql(t, "update igny8_runs set params = '[]' where account_id = $1", w.mine.account)
	require.NoError(t, w.startPending(t.Context(), map[igny8.RunID]timestamp{}))
	require.Len(t, engine.started, 1)
	require.Equal(t, w.theirs.account, engine.started[0].in.Scope.Account)
}
