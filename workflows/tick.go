package workflows

import (
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/workflow"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/temporal"
)

// Tick is what a schedule starts: it begins the same run that a person would,
// unless one is under way. The run goes on by itself.
func Tick(ctx workflow.Context, in TickInput) (Ticked, error) {
	ticked, err := BeginTick.RunLocal(ctx, in)
	if err != nil || ticked.Skipped != "" {
		return ticked, err
	}
	run := workflow.ExecuteChildWorkflow(workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID:            ticked.Run.Kind.WorkflowID(in.Scope.Account, ticked.Run.Run),
		WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		ParentClosePolicy:     enums.PARENT_CLOSE_POLICY_ABANDON,
		TypedSearchAttributes: temporal.Labels(ticked.Run.Scope, ticked.Run.Kind),
	}), Pipeline, ticked.Run)
	// That it has been started already is as good: the dispatcher was faster.
	err = run.GetChildWorkflowExecution().Get(ctx, nil)
	if temporal.CodeOf(err) == igny8.Conflict {
		err = nil
	}
	return ticked, err
}
