package e2e

import (
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/e2e/history"
)

// A schedule is what the API says of one.
type schedule struct {
	ID      string     `json:"id"`
	Version int64      `json:"version"`
	Synced  bool       `json:"synced"`
	Last    *string    `json:"last_run_id"`
	Outcome string     `json:"last_outcome"`
	Tick    *time.Time `json:"last_tick_at"`
}

// A schedule begins the run that a person would. While one is under way, whoever
// began it, its ticks are skipped; until the time to which it is paused, none come.
func TestScheduleAndPersonMakeOneRun(t *testing.T) {
	t.Parallel()
	s := shared(t)
	a := s.customer(t, 0)
	wanted := map[string]any{"sector": a.Sector, "kind": "clusters", "name": "Often", "calendar": map[string]any{"every_seconds": 10}, "mode": "auto"}
	a.call(t, http.MethodPost, "automation/schedules/", wanted).refused(t, http.StatusForbidden, igny8.PlanFeature)
	s.exec(t, "update igny8_subscriptions set plan_id = (select id from igny8_plans where name = 'Growth') where account_id = $1", a.ID)

	a.keywords(t)
	r := a.begin(t, map[string]any{"mode": "auto", "articles": 1, "images": 0})
	r.reaches(t, "PAUSED") // for want of credits, and so it plans for as long as we like
	var now schedule
	a.post(t, "automation/schedules/", wanted, &now)
	look := func() schedule {
		a.get(t, "automation/schedules/"+now.ID+"/", &now)
		return now
	}
	eventually(t, "a tick is skipped", func() bool { return look().Outcome == "skipped: run_live" })
	require.True(t, now.Synced)
	require.Nil(t, now.Last)
	require.Equal(t, 1, list[any](t, a, "automation/runs/").Count, "the person and the schedule have made one run")

	r.tell(t, "cancel", nil).ok(t, nil)
	r.reaches(t, "CANCELLED")
	eventually(t, "a tick has begun a run", func() bool { return look().Last != nil })
	own := &run{account: a, ID: *now.Last, Kind: igny8.KindClusters}
	own.reaches(t, "SUCCESS")
	require.Equal(t, now.ID, *own.detail(t).Schedule)
	a.recordTicks(t)

	until := time.Now().Add(12 * time.Second) // longer than the interval
	wanted["version"], wanted["paused_until"] = now.Version, until
	delete(wanted, "sector")
	delete(wanted, "kind")
	a.call(t, http.MethodPut, "automation/schedules/"+now.ID+"/", wanted).ok(t, nil)
	eventually(t, "the engine knows of the pause", func() bool { return look().Synced })
	runs := list[any](t, a, "automation/runs/").Count
	eventually(t, "a run begins after the pause", func() bool { return list[any](t, a, "automation/runs/").Count > runs })
	require.False(t, list[detail](t, a, "automation/runs/").Results[0].Created.Before(until), "a run has begun during the pause")

	a.call(t, http.MethodDelete, "automation/schedules/"+now.ID+"/", nil).ok(t, nil)
	a.call(t, http.MethodGet, "automation/schedules/"+now.ID+"/", nil).refused(t, http.StatusNotFound, igny8.NotFound)
}

// recordTicks keeps the histories of the first tick, which was skipped, and of
// the last, which began a run, if that was asked for.
func (a *account) recordTicks(t *testing.T) {
	t.Helper()
	dir := os.Getenv("IGNY8_HISTORIES")
	if dir == "" {
		return
	}
	c, keys := a.engine(t)
	found, err := c.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{
		Query: fmt.Sprintf("WorkflowType = 'Tick' AND WorkflowId STARTS_WITH '%s/'", a.ID),
	})
	require.NoError(t, err)
	ticks := found.GetExecutions() // the latest first
	require.GreaterOrEqual(t, len(ticks), 2)
	require.NoError(t, history.DumpRun(t.Context(), c, keys, dir, ticks[0].GetExecution().GetWorkflowId(), "tick", 2))
	require.NoError(t, history.Dump(t.Context(), c, keys, dir, ticks[len(ticks)-1].GetExecution().GetWorkflowId(), "tick-skipped"))
}
