package workflows

import "go.temporal.io/sdk/workflow"

// A Registry accepts workflows: a worker, a replayer or a test environment.
type Registry interface {
	RegisterWorkflowWithOptions(fn any, options workflow.RegisterOptions)
}

// Register makes every workflow known under its name.
func Register(r Registry) {
	r.RegisterWorkflowWithOptions(Pipeline, workflow.RegisterOptions{Name: "Pipeline"})
	r.RegisterWorkflowWithOptions(Plan, workflow.RegisterOptions{Name: "Plan"})
	r.RegisterWorkflowWithOptions(Batch, workflow.RegisterOptions{Name: "Batch"})
	r.RegisterWorkflowWithOptions(Article, workflow.RegisterOptions{Name: "Article"})
	r.RegisterWorkflowWithOptions(Tick, workflow.RegisterOptions{Name: "Tick"})
	r.RegisterWorkflowWithOptions(Reconcile, workflow.RegisterOptions{Name: "Reconcile"})
}
