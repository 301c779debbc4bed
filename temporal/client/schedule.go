package client

import (
	"context"
	"errors"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/igny8/igny8"
)

// catchUp is how late a start may be that was missed while the cluster was
// down. Temporal's own default of a year would make up for a whole outage.
const catchUp = time.Hour

// A Schedule starts a workflow at recurring times. A start is skipped while the
// one before it still runs, and a failed one pauses the schedule: its workflow
// fails for reasons that will not pass by themselves, and for no others.
type Schedule struct {
	ID        string
	Cron      []string                      // five fields each; with Calendars, all times of both
	Calendars []client.ScheduleCalendarSpec // as in Cron
	TimeZone  string                        // of the IANA database, such as Europe/Berlin; "" is UTC
	Jitter    time.Duration                 // each start is later by up to this, so that not all accounts begin at once
	Paused    bool
	Note      string // for people, beside the pause

	WorkflowType string
	WorkflowID   string // the time of the start is appended to it
	TaskQueue    string
	Args         []any
	Priority     temporal.Priority
	Attributes   temporal.SearchAttributes
}

// SyncSchedule makes the cluster's schedule what s says, whether there was one
// or not. Errors are about a field where s is at fault.
func SyncSchedule(ctx context.Context, c client.Client, s Schedule) error {
	if _, err := time.LoadLocation(s.TimeZone); err != nil || s.TimeZone == "Local" {
		return igny8.FieldErrorf("timezone", "There is no time zone %q", s.TimeZone)
	}
	if len(s.Cron)+len(s.Calendars) == 0 {
		return igny8.FieldErrorf("cron", "A schedule needs at least one time")
	}
	_, err := c.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID: s.ID, Spec: *s.spec(), Action: s.action(), Overlap: s.policy().Overlap,
		CatchupWindow: s.policy().CatchupWindow, PauseOnFailure: s.policy().PauseOnFailure,
		Note: s.Note, Paused: s.Paused,
	})
	if errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		err = c.ScheduleClient().GetHandle(ctx, s.ID).Update(ctx, client.ScheduleUpdateOptions{
			DoUpdate: func(client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
				return &client.ScheduleUpdate{Schedule: &client.Schedule{
					Spec: s.spec(), Action: s.action(), Policy: s.policy(),
					State: &client.ScheduleState{Note: s.Note, Paused: s.Paused},
				}}, nil
			},
		})
	}
	if _, invalid := errors.AsType[*serviceerror.InvalidArgument](err); invalid {
		return &igny8.Error{Code: igny8.Invalid, Field: "cron", Message: "These are no times that a schedule can have", Err: err}
	}
	if err != nil {
		return igny8.Wrap(igny8.Unavailable, err, "The schedule could not be saved with the workflow service")
	}
	return nil
}

// DeleteSchedule removes a schedule. What it has started goes on. It is no error
// if there is none.
func DeleteSchedule(ctx context.Context, c client.Client, id string) error {
	err := c.ScheduleClient().GetHandle(ctx, id).Delete(ctx)
	if _, gone := errors.AsType[*serviceerror.NotFound](err); gone || err == nil {
		return nil
	}
	return igny8.Wrap(igny8.Unavailable, err, "The schedule could not be deleted at the workflow service")
}

// A ScheduleState is what has become of a schedule.
type ScheduleState struct {
	Paused bool        // by us, or by the failure that Note tells of
	Note   string      // why, if the pause has a reason
	Next   []time.Time // the next starts, the soonest first
}

// DescribeSchedule returns the state of a schedule: NotFound if there is none.
func DescribeSchedule(ctx context.Context, c client.Client, id string) (ScheduleState, error) {
	d, err := c.ScheduleClient().GetHandle(ctx, id).Describe(ctx)
	if _, gone := errors.AsType[*serviceerror.NotFound](err); gone {
		return ScheduleState{}, igny8.Wrap(igny8.NotFound, err, "There is no such schedule")
	}
	if err != nil {
		return ScheduleState{}, igny8.Wrap(igny8.Unavailable, err, "The workflow service did not tell about the schedule")
	}
	return ScheduleState{Paused: d.Schedule.State.Paused, Note: d.Schedule.State.Note, Next: d.Info.NextActionTimes}, nil
}

func (s Schedule) spec() *client.ScheduleSpec {
	return &client.ScheduleSpec{CronExpressions: s.Cron, Calendars: s.Calendars, TimeZoneName: s.TimeZone, Jitter: s.Jitter}
}

func (s Schedule) policy() *client.SchedulePolicies {
	return &client.SchedulePolicies{Overlap: enumspb.SCHEDULE_OVERLAP_POLICY_SKIP, CatchupWindow: catchUp, PauseOnFailure: true}
}

func (s Schedule) action() *client.ScheduleWorkflowAction {
	return &client.ScheduleWorkflowAction{
		ID: s.WorkflowID, Workflow: s.WorkflowType, Args: s.Args, TaskQueue: s.TaskQueue,
		Priority: s.Priority, TypedSearchAttributes: s.Attributes,
	}
}
