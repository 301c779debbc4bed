package api

import (
	"context"
	"slices"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/igny8/igny8/workflows"
)

type timestamp = time.Time

// recorder is an engine on which nothing runs: it remembers what it was told.
type recorder struct {
	client.Client
	started []startedRun
	updated []string // workflow IDs
	ids     []string // of updates
	silent  bool     // nobody answers an update
	running []string // workflow IDs that take updates and signals
	asked   []string // names of updates
	signals []any    // that were sent
	cancels int      // that were asked for
	begin   func()   // what a worker does at the moment of the first of them, after which there is a workflow
}

type startedRun struct {
	options client.StartWorkflowOptions
	in      workflows.RunInput
}

func (r *recorder) ExecuteWorkflow(_ context.Context, o client.StartWorkflowOptions, _ any, args ...any) (client.WorkflowRun, error) {
	for _, s := range r.started {
		if s.options.ID == o.ID {
			return nil, serviceerror.NewWorkflowExecutionAlreadyStarted("already started", "", "")
		}
	}
	r.started = append(r.started, startedRun{o, args[0].(workflows.RunInput)})
	return nil, nil
}

func (r *recorder) CancelWorkflow(context.Context, string, string) error {
	if r.cancels++; r.begin != nil {
		if r.cancels > 1 {
			return nil
		}
		r.begin()
	}
	return serviceerror.NewNotFound("no such workflow")
}

func (r *recorder) UpdateWorkflow(_ context.Context, o client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	for _, id := range r.running {
		if id == o.WorkflowID {
			r.updated, r.ids, r.asked = append(r.updated, id), append(r.ids, o.UpdateID), append(r.asked, o.UpdateName)
			if r.silent {
				return nil, &client.WorkflowUpdateServiceTimeoutOrCanceledError{}
			}
			return done{}, nil
		}
	}
	return nil, serviceerror.NewNotFound("no such workflow")
}

func (r *recorder) SignalWorkflow(_ context.Context, workflow, _, _ string, arg any) error {
	if !slices.Contains(r.running, workflow) {
		return serviceerror.NewNotFound("no such workflow")
	}
	r.signals = append(r.signals, arg)
	return nil
}

type done struct{ client.WorkflowUpdateHandle }

func (done) Get(context.Context, any) error { return nil }

func (*recorder) DescribeTaskQueue(context.Context, string, enums.TaskQueueType) (*workflowservice.DescribeTaskQueueResponse, error) {
	return &workflowservice.DescribeTaskQueueResponse{}, nil
}

func (*recorder) QueryWorkflowWithOptions(context.Context, *client.QueryWorkflowWithOptionsRequest) (*client.QueryWorkflowWithOptionsResponse, error) {
	return nil, serviceerror.NewNotFound("no such workflow")
}
