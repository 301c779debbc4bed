package api

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/temporal"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// A request that is broken off on its way is answered as one that may be sent
// again, if there is anybody who still reads: one may have closed only their
// side, and the program may be stopping.
func TestBrokenOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "owner@mine.test")
	ctx, leave := context.WithCancel(t.Context())
	leave()
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, root+"planner/keywords/", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	w.send(t, r).refused(http.StatusServiceUnavailable, igny8.Unavailable)
}

// Pages follow one another wherever the database thinks it is, and however it
// writes the day.
func TestPagingInAnyTimeZone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	at, err := url.Parse(w.url)
	require.NoError(t, err)
	name := strings.TrimPrefix(at.Path, "/")
	w.sql(t, fmt.Sprintf("alter database %s set timezone = 'Asia/Kolkata'", name))
	w.sql(t, fmt.Sprintf("alter database %s set datestyle = 'SQL, DMY'", name))
	db, err := store.Open(t.Context(), w.url, store.Options{MaxConns: 2})
	require.NoError(t, err)
	t.Cleanup(db.Close)
	w.Store = db
	token := w.signIn(t, "owner@mine.test")
	var p Page[Site]
	w.get(t, token, sites.path+"?page_size=1").into(&p)
	require.NotNil(t, p.Next)
	first := p.Results[0].ID
	w.get(t, token, *p.Next).into(&p)
	require.Len(t, p.Results, 1)
	require.NotEqual(t, first, p.Results[0].ID)
}

// A field has one name. Another spelling of it would go past the version, and
// past what was checked under the right one.
func TestFieldsHaveOneSpelling(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "editor@mine.test")
	row := w.post(t, token, keywords.path, map[string]any{"sector_id": w.mine.sector, "keyword": "Mug", "volume": 1}).row()
	one := keywords.path + row["id"].(string) + "/"
	for _, body := range []string{
		`{"Version": 77, "volume": 5}`,
		`{"version": 1, "VOLUME": 5}`,
		`{"version": 1, "difficulty": 5, "Difficulty": 500}`,
		`{"version": 1, "keyword": "a", "KEYWORD": "` + strings.Repeat("a b", 1000) + `"}`,
	} {
		w.call(t, token, http.MethodPatch, one, body).refused(http.StatusBadRequest, igny8.Invalid)
	}
	require.EqualValues(t, 1, w.get(t, token, one).row()["version"])
}

// A time is kept only if it can be shown again, in whatever zone; one that
// can't would take every list with it.
func TestTimesThatCannotBeShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Temporal = &recorder{}
	token := w.signIn(t, "owner@mine.test")
	task := w.post(t, token, tasks.path, map[string]any{"sector_id": w.mine.sector, "title": "Mugs"}).row()
	one := tasks.path + task["id"].(string) + "/"
	for _, at := range []string{"9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59Z", "0000-01-01T00:00:00+12:00", "1969-12-31T23:59:59Z"} {
		w.post(t, token, one+"reschedule/", map[string]any{"publish_at": at}).refused(http.StatusBadRequest, igny8.Invalid)
		w.call(t, token, http.MethodPatch, one, map[string]any{"version": 1, "publish_at": at}).refused(http.StatusBadRequest, igny8.Invalid)
		w.post(t, token, tasks.path, map[string]any{"sector_id": w.mine.sector, "title": "Cups", "publish_at": at}).refused(http.StatusBadRequest, igny8.Invalid)
		w.post(t, token, tasks.path+"bulk_update/", map[string]any{"ids": []any{task["id"]}, "set": map[string]any{"publish_at": at}}).refused(http.StatusBadRequest, igny8.Invalid)
		w.post(t, token, schedules.path, map[string]any{"sector": w.mine.sector, "name": "Nightly", "calendar": map[string]any{"hour": []int{2}}, "paused_until": at}).refused(http.StatusBadRequest, igny8.Invalid)
	}
	for _, at := range []string{"1970-01-01T00:00:00Z", "9998-12-31T23:59:59Z"} {
		require.Contains(t, w.post(t, token, one+"reschedule/", map[string]any{"publish_at": at}).row()["task"], "publish_at")
		require.Equal(t, http.StatusOK, w.get(t, token, calendar.path).status)
	}
}

// The name that a program calls itself by keeps nobody out, whatever bytes it has.
func TestAnyAgentSignsIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, agent := range []string{"caf\xe9", "a\x00b", strings.Repeat("\xff", 300)} {
		a := w.post(t, "", "auth/login/", map[string]string{"email": "owner@mine.test", "password": password}, "User-Agent", agent)
		require.Equal(t, http.StatusOK, a.status, a.body)
	}
	require.EqualValues(t, 1, value[int64](t, w, "select count(*) from igny8_sessions where user_agent = 'caf'"))
}

// A list is not asked for otherwise than whoever asks believes.
func TestQueriesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "editor@mine.test")
	for _, query := range []string{"search=100%", "status=%zz", "status=new;kind=x"} {
		w.get(t, token, keywords.path+"?"+query).refused(http.StatusBadRequest, igny8.Invalid)
	}
	// One value many times is asked for once.
	many := strings.Repeat("new,", 80_000) + "archived"
	require.Empty(t, w.post(t, token, keywords.path+"bulk_delete/", map[string]any{"filter": map[string]string{"status": many}, "expected": 0}).each())
}

// The longest titles there can be are turned over as others are.
func TestPagesOfLongTitles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "editor@mine.test")
	for n := range 2 {
		w.post(t, token, tasks.path, map[string]any{"sector_id": w.mine.sector, "title": strings.Repeat("💥", 299) + itoa(n)}).row()
	}
	var p Page[Task]
	w.get(t, token, tasks.path+"?ordering=title&page_size=1").into(&p)
	w.get(t, token, *p.Next).into(&p)
	require.True(t, strings.HasSuffix(p.Results[0].Title, "1"))
}

// Settings are few: a short way of writing large numbers makes an answer of them
// that is fifty times as long.
func TestSettingsAreSmall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "owner@mine.test")
	large := `{"settings": {"a": [` + strings.Repeat("1e308,", 100_000) + `1]}}`
	f := w.call(t, token, http.MethodPatch, accounts.path+w.mine.account.String()+"/", large).refused(http.StatusBadRequest, igny8.Invalid)
	require.Contains(t, f.Errors, "settings")
	w.call(t, token, http.MethodPatch, sites.path+w.mine.site.String()+"/", strings.Replace(large, "{", `{"version": 1, `, 1)).refused(http.StatusBadRequest, igny8.Invalid)
	w.post(t, token, sites.path, strings.Replace(large, "{", `{"name": "Large", `, 1)).refused(http.StatusBadRequest, igny8.Invalid)
	require.Less(t, len(w.get(t, token, accounts.path).body), 2000)
}

// A stream goes no farther than the rights it was opened with: who may not see
// the run any more is told nothing more of it.
func TestStreamsEndWithTheRights(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.signIn(t, "owner@mine.test")
	var run Accepted
	w.post(t, owner, "automation/pipelines/", map[string]any{"sector": w.mine.sector}).data(&run)
	var key NewKey
	w.post(t, owner, apiKeys.path, map[string]any{"name": "Follower", "role": "viewer"}).data(&key)
	server := httptest.NewServer(w.handler)
	t.Cleanup(server.Close)
	viewer := w.mine.users[igny8.Viewer].String()
	for name, of := range map[string]struct {
		token string
		end   func()
	}{
		"session": {w.signIn(t, "admin@mine.test"), func() {
			w.post(t, w.signIn(t, "admin@mine.test"), "auth/sessions/revoke_others/", nil).row()
		}},
		"key": {key.Key, func() { w.call(t, owner, http.MethodDelete, apiKeys.path+key.ID.String()+"/", nil).row() }},
		"grant": {w.signIn(t, "viewer@mine.test"), func() {
			var p Page[Grant]
			w.get(t, owner, grants.path+"?user_id="+viewer).into(&p)
			w.call(t, owner, http.MethodDelete, grants.path+p.Results[0].ID.String()+"/", nil).row()
		}},
		"person": {w.signIn(t, "editor@mine.test"), func() {
			w.call(t, owner, http.MethodPatch, people.path+w.mine.users[igny8.Editor].String()+"/", map[string]any{"active": false}).row()
		}},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+root+"system/settings/task_progress/"+run.TaskID.String()+"/events/", nil)
			require.NoError(t, err)
			r.Header.Set("Authorization", "Bearer "+of.token)
			resp, err := http.DefaultClient.Do(r)
			require.NoError(t, err)
			defer resp.Body.Close()
			lines := bufio.NewScanner(resp.Body)
			for lines.Scan() && !strings.HasPrefix(lines.Text(), "id: ") {
			}
			seen := lines.Text()
			require.NotEmpty(t, seen, "the stream has begun")
			of.end()
			w.sql(t, "update igny8_runs set version = version + 1")
			w.news.tell(run.TaskID.String())
			for lines.Scan() {
				require.NotContains(t, lines.Text(), "id: ", "after %s", seen)
			}
			require.NoError(t, lines.Err())
		})
	}
}

// What the plan has room for is the account's, also for those who see only some
// of its sites.
func TestGuestsStayWithinThePlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	editor := w.signIn(t, "editor@mine.test")
	w.sql(t, `update igny8_plans set limits = '{"keywords": 3}' where name = 'Growth'`)
	w.sql(t, "insert into igny8_keywords (account_id, site_id, sector_id, keyword, normal) select $1, $2, $3, 'k' || i, 'k' || i from generate_series(1, 3) i", w.mine.account, w.mine.closed, w.mine.hidden)
	w.post(t, editor, keywords.path, map[string]any{"sector_id": w.mine.sector, "keyword": "kettle"}).refused(http.StatusForbidden, igny8.PlanLimit)
	file, to := []byte("keyword\nkettle\n"), map[string]string{"sector": w.mine.sector.String()}
	w.upload(t, editor, keywords.path+"import_csv/", "a.csv", file, to).refused(http.StatusForbidden, igny8.PlanLimit)
	var p Page[Keyword]
	w.get(t, editor, keywords.path).into(&p)
	require.Zero(t, p.Count, "what the others have is not seen")
}

// Of imports at the same time, too, no more is kept than the plan allows.
func TestImportsAtOnceStayWithinThePlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "editor@mine.test")
	w.sql(t, `update igny8_plans set limits = '{"keywords": 5}' where name = 'Growth'`)
	ctx := igny8.WithPrincipal(t.Context(), igny8.Principal{Account: w.mine.account, User: w.mine.users[igny8.Owner], Role: igny8.Owner, AllSites: true})
	to := map[string]string{"sector": w.mine.sector.String()}
	second := make(chan answer, 1)
	var all sync.WaitGroup
	err := store.Do(ctx, w.Store, igny8.PrincipalOf(ctx), func(q *store.Queries) error {
		sector, err := q.Sector(ctx, w.mine.sector)
		require.NoError(t, err)
		_, err = q.ImportKeywords(ctx, sector, "a.csv", w.mine.users[igny8.Owner], func(yield func(store.ImportedKeyword, error) bool) {
			for n := range 3 {
				if !yield(store.ImportedKeyword{Line: n, Keyword: "a" + itoa(n), Normal: "a" + itoa(n)}, nil) {
					return
				}
			}
		})
		require.NoError(t, err)
		all.Go(func() {
			second <- w.upload(t, token, keywords.path+"import_csv/", "b.csv", []byte("keyword\nb1\nb2\nb3\n"), to)
		})
		for !value[bool](t, w, "select exists (select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database()))") {
			select {
			case a := <-second:
				second <- a
				return nil
			default:
			}
		}
		return nil
	})
	require.NoError(t, err)
	all.Wait()
	(<-second).refused(http.StatusForbidden, igny8.PlanLimit)
	require.EqualValues(t, 3, value[int64](t, w, "select count(*) from igny8_keywords"))
}

// A retry that is sent again is the one that was begun, though the article has
// gone on since.
func TestRetriesAreIdempotent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "editor@mine.test")
	task := w.post(t, token, tasks.path, map[string]any{"sector_id": w.mine.sector, "title": "Mugs"}).row()
	path := tasks.path + task["id"].(string) + "/retry/"
	w.post(t, token, path, nil, "Idempotency-Key", "first").refused(http.StatusConflict, igny8.Conflict)
	w.sql(t, "update igny8_tasks set status = 'failed'")
	var first, again Accepted
	w.post(t, token, path, nil, "Idempotency-Key", "first").data(&first)
	w.sql(t, "update igny8_tasks set status = 'writing'")
	w.post(t, token, path, nil, "Idempotency-Key", "first").data(&again)
	require.Equal(t, first.TaskID, again.TaskID)
	w.post(t, token, path, nil, "Idempotency-Key", "second").refused(http.StatusConflict, igny8.Conflict)
	w.post(t, token, path, nil).refused(http.StatusConflict, igny8.Conflict)
}

// engineOfZones is an engine that knows one time zone, and what schedules it has.
type engineOfZones struct {
	recorder
	zone string
	has  []string
}

func (e *engineOfZones) ScheduleClient() client.ScheduleClient { return schedulesOf{engine: e} }

type schedulesOf struct {
	client.ScheduleClient
	engine *engineOfZones
}

func (s schedulesOf) Create(_ context.Context, o client.ScheduleOptions) (client.ScheduleHandle, error) {
	if o.Spec.TimeZoneName != s.engine.zone {
		return nil, serviceerror.NewInvalidArgument("unknown time zone")
	}
	s.engine.has = append(s.engine.has, o.ID)
	return nil, nil
}

// A schedule that the engine refuses keeps nobody else's from starting.
func TestARefusedScheduleKeepsNoOtherBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	engine := &engineOfZones{zone: "UTC"}
	w.Temporal = engine
	create := func(email string, sector igny8.SectorID, zone string) string {
		return w.post(t, w.signIn(t, email), schedules.path, map[string]any{"sector": sector, "name": "Nightly", "calendar": map[string]any{"hour": []int{2}}, "time_zone": zone}).row()["id"].(string)
	}
	create("owner@mine.test", w.mine.sector, "Europe/Berlin")
	theirs := create("owner@theirs.test", w.theirs.sector, "UTC")
	require.NoError(t, w.syncChanged(t.Context()))
	require.Len(t, engine.has, 1)
	require.Contains(t, engine.has[0], theirs)
	require.EqualValues(t, 1, value[int64](t, w, "select count(*) from igny8_schedules where synced_at is null"))
}

// engineThatFails is an engine whose workflows fail every update.
type engineThatFails struct {
	recorder
	asked, got error
}

func (e *engineThatFails) UpdateWorkflow(context.Context, client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	return failing{err: e.got}, e.asked
}

type failing struct {
	client.WorkflowUpdateHandle
	err error
}

func (f failing) Get(context.Context, any) error { return f.err }

// What a workflow has not answered, whyever, is no fault of ours.
func TestUpdatesThatNobodyAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "owner@mine.test")
	var run Accepted
	w.post(t, token, "automation/pipelines/", map[string]any{"sector": w.mine.sector}).data(&run)
	for _, c := range []struct {
		engine engineThatFails
		status int
		code   igny8.Code
	}{
		{engineThatFails{asked: serviceerror.NewWorkflowNotReady("a workflow task failed")}, http.StatusServiceUnavailable, igny8.Unavailable},
		{engineThatFails{asked: serviceerror.NewUnavailable("the update was aborted")}, http.StatusServiceUnavailable, igny8.Unavailable},
		{engineThatFails{got: sdk.NewNonRetryableApplicationError("not processed", "UnprocessedUpdate", nil)}, http.StatusServiceUnavailable, igny8.Unavailable},
		{engineThatFails{got: sdk.NewNonRetryableApplicationError("completed before", "AcceptedUpdateCompletedWorkflow", nil)}, http.StatusConflict, igny8.Conflict},
	} {
		w.Temporal = &c.engine
		w.post(t, token, "automation/runs/"+run.TaskID.String()+"/pause/", nil).refused(c.status, c.code)
	}
}
