// Package temporal is this project's dialect of Temporal: typed steps, a short
// list of policies, and one translation of errors. Only it speaks to the SDK's
// temporal package about retries and failures; workflows and activities speak
// to it.
package temporal

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/workflow"

	"github.com/igny8/igny8"
)

// A Step is an activity as a workflow sees it: the name that histories keep, the
// patience it is tried with, and the types that go in and come out. Workflows
// declare the steps they need; package activities binds them.
type Step[In, Out any] struct {
	Name   string // recorded in histories: renaming one is a migration
	Policy Policy
}

// Run performs the step and waits for its result. What became of an error is
// told by CodeOf and ErrorOf.
func (s Step[In, Out]) Run(ctx workflow.Context, in In) (out Out, err error) {
	ctx = workflow.WithActivityOptions(ctx, s.Policy.options(s.Name))
	err = workflow.ExecuteActivity(ctx, s.Name, in).Get(ctx, &out)
	return out, err
}

// RunLocal performs the step inside the workflow's own worker, for about a
// quarter of the cost. It has neither queue nor heartbeat, and a worker that
// dies begins it anew: it suits short keyed database steps and nothing else.
func (s Step[In, Out]) RunLocal(ctx workflow.Context, in In) (out Out, err error) {
	ctx = workflow.WithLocalActivityOptions(ctx, s.Policy.localOptions(s.Name))
	err = workflow.ExecuteLocalActivity(ctx, s.Name, in).Get(ctx, &out)
	return out, err
}

// A Registry accepts activities. Workers are registries, and so are the SDK's
// test environments: fakes come in through the same typed door.
type Registry interface {
	RegisterActivityWithOptions(fn any, options activity.RegisterOptions)
}

// Bind makes do the step's implementation. It is the one place where an
// igny8.Error becomes Temporal's, and where a step shows that it is alive. The
// cause of an error and the trace of a panic are logged here and not sent on.
func (s Step[In, Out]) Bind(r Registry, do func(context.Context, In) (Out, error)) {
	r.RegisterActivityWithOptions(func(ctx context.Context, in In) (Out, error) {
		defer beat(ctx, s.Policy.Heartbeat)()
		out, err := guarded(ctx, in, do)
		if err != nil {
			var none Out
			return none, refusal(ctx, err)
		}
		return out, nil
	}, activity.RegisterOptions{Name: s.Name})
}

// guarded calls do and turns a panic into an error, so that it is retried and
// reported like any other fault of ours.
func guarded[In, Out any](ctx context.Context, in In, do func(context.Context, In) (Out, error)) (out Out, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return do(ctx, in)
}

// refusal logs err and returns what Temporal is told about it.
func refusal(ctx context.Context, err error) error {
	if canceledByServer(ctx, err) {
		return canceled()
	}
	e := classify(err)
	e.After = pace().pause(spread(e.After))
	log := activity.GetLogger(ctx)
	if e.Code == igny8.Internal {
		log.Error("step failed", "code", e.Code, "cause", err)
	} else {
		log.Info("step failed", "code", e.Code, "cause", err)
	}
	return encode(e)
}

// beat records heartbeats until stop is called, three within each silence that
// the policy allows. Temporal tells an activity that it is canceled in answer
// to a heartbeat and in no other way.
func beat(ctx context.Context, silence time.Duration) (stop func()) {
	if silence == 0 || activity.GetInfo(ctx).IsLocalActivity {
		return func() {}
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(pace().shrink(silence) / 3)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				activity.RecordHeartbeat(ctx)
			case <-done:
				return
			}
		}
	}()
	return func() { close(done); <-ended }
}
