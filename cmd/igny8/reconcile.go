package main

import (
	"context"
	"time"

	"go.temporal.io/api/enums/v1"
	sdk "go.temporal.io/sdk/client"

	"github.com/igny8/igny8/temporal"
	"github.com/igny8/igny8/temporal/client"
	"github.com/igny8/igny8/workflows"
)

// reconcile has what was left behind mended every minute, and once now: whatever
// ended this program the last time may have left something. Any number of
// processes may ask for it; there is one schedule. It returns when that is done,
// or ctx ends.
func (p *platform) reconcile(ctx context.Context) {
	for pause := time.Second; ; pause = min(2*pause, time.Minute) {
		err := p.scheduleReconcile(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		p.log.Warn("the reconciler is not scheduled yet", "error", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

func (p *platform) scheduleReconcile(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	s := client.Schedule{
		ID: workflows.ReconcileSchedule, Cron: []string{"* * * * *"}, Jitter: 10 * time.Second, Note: "mends what was left behind",
		WorkflowType: "Reconcile", WorkflowID: workflows.ReconcileSchedule, TaskQueue: temporal.MainQueue,
	}
	s.Priority.PriorityKey = 5
	if err := client.SyncSchedule(ctx, p.engine, s); err != nil {
		return err
	}
	return p.engine.ScheduleClient().GetHandle(ctx, s.ID).Trigger(ctx, sdk.ScheduleTriggerOptions{Overlap: enums.SCHEDULE_OVERLAP_POLICY_SKIP})
}
