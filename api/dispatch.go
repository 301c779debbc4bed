package api

import (
	"context"
	"encoding/json"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/store/system"
	"github.com/igny8/igny8/temporal"
	"github.com/igny8/igny8/workflows"
)

const (
	pollEvery    = 2 * time.Second  // behind notifications, which may be lost
	startAgain   = 30 * time.Second // a workflow that no worker has begun is asked for again
	startsAtOnce = 100
)

// dispatch starts the workflows of accepted runs, until ctx ends. Any number of
// processes may do so: the name of a workflow is its run's, and a second start
// is refused by the engine.
func (s *Server) dispatch(ctx context.Context) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	asked := map[igny8.RunID]time.Time{}
	for {
		if err := s.startPending(ctx, asked); err != nil && ctx.Err() == nil {
			s.log().WarnContext(ctx, "accepted runs are waiting to be started", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-s.pokes:
		}
	}
}

// startPending starts what is waiting. asked says which runs were asked for, and
// when: until a worker has begun one it looks as if it were waiting still.
func (s *Server) startPending(ctx context.Context, asked map[igny8.RunID]time.Time) error {
	pending, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) ([]system.Run, error) { return q.PendingRuns(ctx, startsAtOnce) })
	if err != nil {
		return err
	}
	waiting := map[igny8.RunID]bool{}
	for _, run := range pending {
		waiting[run.ID] = true
		if time.Since(asked[run.ID]) < startAgain {
			continue
		}
		asked[run.ID] = time.Now()
		if err := s.start(ctx, run); temporal.CodeOf(err) == igny8.Unavailable {
			delete(asked, run.ID)
			return err
		} else if err != nil { // one that can't be started keeps no other back
			s.log().ErrorContext(ctx, "a run can't be started", "run", run.ID, "error", err)
		}
	}
	for id := range asked {
		if !waiting[id] {
			delete(asked, id)
		}
	}
	return nil
}

// start starts the workflow of a run. That it has been started is as good.
func (s *Server) start(ctx context.Context, run system.Run) error {
	var settings igny8.RunSettings
	if err := json.Unmarshal(run.Params, &settings); err != nil {
		return err
	}
	scope := igny8.Scope{Account: run.AccountID, Site: run.SiteID, Sector: run.SectorID}
	options := client.StartWorkflowOptions{
		ID:                                       run.WorkflowID,
		TaskQueue:                                temporal.MainQueue,
		WorkflowIDReusePolicy:                    enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		WorkflowIDConflictPolicy:                 enums.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
		WorkflowExecutionErrorWhenAlreadyStarted: true,
		TypedSearchAttributes:                    temporal.Labels(scope, run.Kind),
		Memo:                                     map[string]any{"run": run.ID, "mode": run.Mode},
		StaticSummary:                            string(run.Kind),
	}
	options.Priority.PriorityKey = priority(run)
	options.Priority.FairnessKey = run.AccountID.String()
	ctx, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	_, err := s.Temporal.ExecuteWorkflow(ctx, options, "Pipeline", workflows.RunInput{
		Scope: scope, Run: run.ID, Kind: run.Kind, Mode: run.Mode, Width: settings.WithDefaults().Width,
	})
	if temporal.CodeOf(err) == igny8.Conflict {
		return nil
	}
	return err
}

// priority is 1 for what somebody waits for, 3 for a run that somebody started,
// and 5 for what a schedule did.
func priority(run system.Run) int {
	switch {
	case run.ScheduleID != nil:
		return 5
	case run.Kind == igny8.KindPipeline:
		return 3
	}
	return 1
}
