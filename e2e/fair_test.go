package e2e

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	sdk "go.temporal.io/sdk/client"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/temporal"
	"github.com/igny8/igny8/temporal/client"
	"github.com/igny8/igny8/workflows"
)

// An account that has many clusterings to be computed does not keep another
// waiting until all of them are done, and a worker computes one at a time.
func TestAccountsTakeTurnsAtComputing(t *testing.T) {
	t.Parallel()
	room(t)
	s := start(t, newDirectory(t), nil, "--sandbox")
	engine, _ := s.engine(t)
	const many = 8
	busy, other := s.customer(t, 0), s.customer(t, 0)

	// What is computed is kept in this table, so the first computation stands
	// still for as long as nobody can write there.
	barrier, err := s.sql.Begin(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = barrier.Rollback(t.Context()) }) // done if the test came so far
	_, err = barrier.Exec(t.Context(), "lock table igny8_keyword_features in share mode")
	require.NoError(t, err)

	var runs []*run
	for range many {
		runs = append(runs, busy.groups(t))
	}
	eventually(t, "all but one wait", func() bool { return waiting(t, engine) == many-1 })
	late := other.groups(t)
	eventually(t, "the other account's waits too", func() bool { return waiting(t, engine) == many })
	require.NoError(t, barrier.Rollback(t.Context()))

	var done []computation
	for _, r := range append(runs, late) {
		r.reaches(t, "SUCCESS")
		done = append(done, r.computed(t, engine))
	}
	slices.SortFunc(done, func(a, b computation) int { return a.started.Compare(b.started) })
	for i, c := range done[1:] {
		require.False(t, c.started.Before(done[i].ended), "two were computed at once: %+v", done)
	}
	turn := slices.IndexFunc(done, func(c computation) bool { return c.of == late.ID })
	require.LessOrEqual(t, turn, 2, "behind the one under way and one more at most: %+v", done)
}

// groups has the keywords of a new sector of the account grouped.
func (a *account) groups(t *testing.T) *run {
	t.Helper()
	a.Site, a.Sector = igny8.New[igny8.SiteID](), igny8.New[igny8.SectorID]() // a site has few sectors
	a.exec(t, "insert into igny8_sites (account_id, id, name, slug) values ($1, $2, $3, $3)", a.ID, a.Site, a.Site.String())
	a.exec(t, "insert into igny8_sectors (account_id, site_id, id, name, slug) values ($1, $2, $3, $4, $4)", a.ID, a.Site, a.Sector, a.Sector.String())
	a.upload(t, "planner/keywords/import_csv/", "few.csv", []byte("keyword\nburr grinder\nbest burr grinder\npour over kettle\n")).ok(t, nil)
	return a.accepted(t, a.call(t, http.MethodPost, "planner/keywords/auto_cluster/", map[string]any{"sector": a.Sector}), igny8.KindClusters)
}

// waiting is how many computations no worker has taken yet.
func waiting(t *testing.T, engine sdk.Client) int64 {
	t.Helper()
	d, err := engine.WorkflowService().DescribeTaskQueue(t.Context(), &workflowservice.DescribeTaskQueueRequest{
		Namespace: client.DefaultNamespace, TaskQueue: &taskqueue.TaskQueue{Name: temporal.ComputeQueue},
		TaskQueueType: enums.TASK_QUEUE_TYPE_ACTIVITY, ReportStats: true,
	})
	require.NoError(t, err)
	return d.GetStats().GetApproximateBacklogCount()
}

// A computation is when a worker grouped the keywords of a run, by the engine's
// clock.
type computation struct {
	of             string
	started, ended time.Time
}

// computed reads it from the history of the run's plan.
func (r *run) computed(t *testing.T, engine sdk.Client) computation {
	t.Helper()
	c, scheduled := computation{of: r.ID}, int64(0)
	plan := r.account.ID.String() + "/plan/" + r.ID
	for events := engine.GetWorkflowHistory(t.Context(), plan, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); events.HasNext(); {
		e, err := events.Next()
		require.NoError(t, err)
		if a := e.GetActivityTaskScheduledEventAttributes(); a.GetActivityType().GetName() == workflows.Cluster.Name {
			require.Zero(t, scheduled, "it is computed once")
			require.Equal(t, temporal.ComputeQueue, a.GetTaskQueue().GetName())
			scheduled = e.EventId
		}
		if a := e.GetActivityTaskStartedEventAttributes(); a != nil && a.ScheduledEventId == scheduled {
			c.started = e.EventTime.AsTime()
		}
		if a := e.GetActivityTaskCompletedEventAttributes(); a != nil && a.ScheduledEventId == scheduled {
			c.ended = e.EventTime.AsTime()
		}
	}
	require.False(t, c.started.IsZero() || c.ended.IsZero(), "%s was not computed", plan)
	return c
}
