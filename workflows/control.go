package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/temporal"
)

// An Order is what a run tells those who work for it. The last one counts.
type Order struct {
	Epoch  int            `json:"epoch"` // grows with every resume
	Paused bool           `json:"paused,omitempty"`
	Skip   []igny8.TaskID `json:"skip,omitempty"` // all that are to be left out
}

// News is what those who work for a run tell it.
type News struct {
	Kind    string       `json:"kind"` // halted, parked, unparked, drained
	Task    igny8.TaskID `json:"task,omitzero"`
	From    int          `json:"from,omitempty"` // of a drained batch
	Epoch   int          `json:"epoch"`
	Code    igny8.Code   `json:"code,omitempty"`
	Message string       `json:"message,omitempty"`
}

// orders is the receiving end: what the run said last.
type orders struct{ Order }

// follow keeps up with the orders that come, and calls then after each.
func follow(ctx workflow.Context, then func(workflow.Context)) *orders {
	o := &orders{}
	ch := workflow.GetSignalChannel(ctx, orderSignal)
	workflow.Go(ctx, func(ctx workflow.Context) {
		for {
			var next Order
			if !ch.Receive(ctx, &next) {
				return
			}
			o.Order = next
			if then != nil {
				then(ctx)
			}
		}
	})
	return o
}

// ready waits until the run is not paused.
func (o *orders) ready(ctx workflow.Context) error {
	return workflow.Await(ctx, func() bool { return !o.Paused })
}

// patiently does something until it succeeds or fails for good. What needs a
// person halts the run, and is done again when the run is resumed; again counts
// from 0. wait brackets the waiting.
func (o *orders) patiently(ctx workflow.Context, wait func(workflow.Context, *igny8.Error) func(), do func(again int) error) error {
	for again := 0; ; again++ {
		if err := o.ready(ctx); err != nil {
			return err
		}
		epoch := o.Epoch
		err := do(again)
		if err == nil || !temporal.CodeOf(err).NeedsPerson() {
			return err
		}
		goOn := wait(ctx, temporal.ErrorOf(err))
		tell(ctx, News{Kind: "halted", Epoch: epoch, Code: temporal.CodeOf(err), Message: temporal.ErrorOf(err).Message})
		if err := workflow.Await(ctx, func() bool { return o.Epoch > epoch && !o.Paused }); err != nil {
			return err
		}
		goOn()
	}
}

// tell sends news to the workflow that started this one, and waits until they
// are in its history: what comes after them is then after them there too.
func tell(ctx workflow.Context, n News) {
	parent := workflow.GetInfo(ctx).ParentWorkflowExecution
	if parent == nil {
		return
	}
	if err := workflow.SignalExternalWorkflow(ctx, parent.ID, parent.RunID, newsSignal, n).Get(ctx, nil); err != nil {
		workflow.GetLogger(ctx).Warn("news not delivered", "kind", n.Kind, "error", err)
	}
}

// staff are the children that a workflow's orders go to.
type staff struct {
	names    []string
	children map[string]workflow.ChildWorkflowFuture
}

func (s *staff) hire(name string, child workflow.ChildWorkflowFuture) {
	if s.children == nil {
		s.children = map[string]workflow.ChildWorkflowFuture{}
	}
	s.names = append(s.names, name)
	s.children[name] = child
}

// order hands an order to every child that has not ended. One that ends
// meanwhile needs it no more.
func (s *staff) order(ctx workflow.Context, o Order) {
	for _, name := range s.names {
		child := s.children[name]
		if child.IsReady() {
			continue
		}
		if err := child.GetChildWorkflowExecution().Get(ctx, nil); err != nil {
			continue
		}
		_ = child.SignalChildWorkflow(ctx, orderSignal, o).Get(ctx, nil) // it has ended
	}
}
