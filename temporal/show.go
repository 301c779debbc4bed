package temporal

import (
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// ShowStage tells operators in the Temporal UI what a workflow is at.
func ShowStage(ctx workflow.Context, stage string) {
	workflow.SetCurrentDetails(ctx, "At: "+stage)
	show(ctx, StageAttribute.ValueSet(stage))
}

// ShowOutcome tells operators in the Temporal UI what became of a workflow.
func ShowOutcome(ctx workflow.Context, outcome string) {
	workflow.SetCurrentDetails(ctx, "Ended: "+outcome)
	show(ctx, OutcomeAttribute.ValueSet(outcome))
}

// show sets a search attribute. A server that doesn't know it says so, and the
// workflow goes on all the same.
func show(ctx workflow.Context, set temporal.SearchAttributeUpdate) {
	if err := workflow.UpsertTypedSearchAttributes(ctx, set); err != nil {
		workflow.GetLogger(ctx).Warn("search attribute not set", "error", err)
	}
}
