package workflows

import (
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/workflow"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/temporal"
)

// batchSize is the most articles one batch looks after: a parent with a hundred
// children stays far below the length at which histories become a burden.
const batchSize = 100

// Pipeline turns keywords into published articles; with another kind it does a
// part of that. A failed article is a result and costs nothing; it does not
// stop the others.
func Pipeline(ctx workflow.Context, in RunInput) (tally Tally, err error) {
	r, err := supervise(ctx, in)
	if err != nil {
		return tally, err
	}
	defer func() { err = r.end(ctx, err); tally = r.progress.Tally }()

	begun, err := BeginRun.RunLocal(ctx, in)
	if err != nil {
		return tally, err
	}
	r.mark(begun.Mark)

	tasks := begun.Tasks
	if in.Kind.Plans() {
		if tasks, err = r.plan(ctx); err != nil {
			return tally, err
		}
	}
	return tally, r.articles(ctx, tasks)
}

// plan has the exclusive part of the sector done, and returns how many articles
// are to be made.
func (r *run) plan(ctx workflow.Context) (tasks int, err error) {
	if err := workflow.Await(ctx, func() bool { return !r.order.Paused }); err != nil {
		return 0, err
	}
	child := r.start(ctx, planID(r.in), Plan, PlanInput{Of: r.in, Order: r.order, Form: Whole})
	err = child.Get(ctx, &tasks)
	return tasks, err
}

// articles has every article made, a batch at a time. A batch whose articles
// all wait for somebody lets the next begin.
func (r *run) articles(ctx workflow.Context, tasks int) error {
	var batches []workflow.ChildWorkflowFuture
	for from := 1; from <= tasks; from += batchSize {
		if err := workflow.Await(ctx, func() bool { return !r.order.Paused }); err != nil {
			break
		}
		batch := r.start(ctx, batchID(r.in, from), Batch, BatchInput{Of: r.in, From: from, To: min(from+batchSize-1, tasks), Order: r.order})
		batches = append(batches, batch)
		if err := workflow.Await(ctx, func() bool { return batch.IsReady() || r.drained[from] }); err != nil {
			break
		}
	}
	var failed error
	for _, batch := range batches {
		var t Tally
		if err := batch.Get(ctx, &t); err != nil {
			failed = err
		}
		r.progress.Tally.add(t)
	}
	if failed != nil {
		return failed
	}
	return ctx.Err()
}

// run is a pipeline under way: what it has been told, and who works for it.
type run struct {
	in       RunInput
	order    Order
	progress Progress
	staff    staff
	orders   workflow.Mutex // one order is written down and handed out before the next
	drained  map[int]bool   // batches with nothing left to begin, by their first item
}

// supervise makes a run answer queries and updates, and listen to its children.
func supervise(ctx workflow.Context, in RunInput) (*run, error) {
	r := &run{in: in, drained: map[int]bool{}, orders: workflow.NewMutex(ctx), progress: Progress{Status: igny8.RunRunning}}
	if err := workflow.SetQueryHandler(ctx, ProgressQuery, func() (Progress, error) { return r.progress, nil }); err != nil {
		return nil, err
	}
	if err := r.updates(ctx); err != nil {
		return nil, err
	}
	news := workflow.GetSignalChannel(ctx, newsSignal)
	workflow.Go(ctx, func(ctx workflow.Context) {
		for {
			var n News
			if !news.Receive(ctx, &n) {
				return
			}
			switch n.Kind {
			case "halted":
				r.halted(ctx, n)
			case "drained":
				r.drained[n.From] = true
			}
		}
	})
	return r, nil
}

// updates lets people pause and resume the run, and leave articles out.
func (r *run) updates(ctx workflow.Context) error {
	if err := workflow.SetUpdateHandlerWithOptions(ctx, PauseUpdate, r.pause, workflow.UpdateHandlerOptions{
		Description: "Begin nothing more until the run is resumed. What is under way is finished.",
		Validator:   r.mayPause,
	}); err != nil {
		return err
	}
	if err := workflow.SetUpdateHandlerWithOptions(ctx, ResumeUpdate, r.resume, workflow.UpdateHandlerOptions{
		Description: "Go on where the run was paused, if it should be with another cap.",
		Validator:   r.mayResume,
	}); err != nil {
		return err
	}
	return workflow.SetUpdateHandlerWithOptions(ctx, SkipUpdate, r.skip, workflow.UpdateHandlerOptions{
		Description: "Leave one article out. What it had reserved is given back.",
	})
}

func (r *run) mayPause() error {
	if r.order.Paused {
		return temporal.Failure(igny8.Errorf(igny8.Conflict, "The run is paused already."))
	}
	return nil
}

func (r *run) mayResume(Resume) error {
	if !r.order.Paused {
		return temporal.Failure(igny8.Errorf(igny8.Conflict, "The run is not paused."))
	}
	return nil
}

func (r *run) pause(ctx workflow.Context) (Progress, error) {
	if err := r.orders.Lock(ctx); err != nil {
		return r.progress, err
	}
	defer r.orders.Unlock()
	if err := r.mayPause(); err != nil { // somebody else was faster
		return r.progress, err
	}
	return r.progress, temporal.Failure(r.stop(ctx, Halt{Of: r.in, Message: "Paused by a person."}))
}

func (r *run) resume(ctx workflow.Context, with Resume) (Progress, error) {
	if err := r.orders.Lock(ctx); err != nil {
		return r.progress, err
	}
	defer r.orders.Unlock()
	if err := r.mayResume(with); err != nil {
		return r.progress, err
	}
	m, err := ResumeRun.RunLocal(ctx, ResumeOf{Of: r.in, Resume: with})
	if err != nil {
		return r.progress, temporal.Failure(err)
	}
	r.mark(m)
	r.order.Paused, r.order.Epoch = false, r.order.Epoch+1
	r.progress.Paused, r.progress.Code, r.progress.Reason = false, "", ""
	r.staff.order(ctx, r.order)
	return r.progress, nil
}

func (r *run) skip(ctx workflow.Context, what Skip) (Progress, error) {
	if err := r.orders.Lock(ctx); err != nil {
		return r.progress, err
	}
	defer r.orders.Unlock()
	r.order.Skip = append(r.order.Skip, what.Task)
	r.staff.order(ctx, r.order)
	return r.progress, nil
}

// halted pauses the run because somebody has to see to something first. News
// from before the last resume are old.
func (r *run) halted(ctx workflow.Context, n News) {
	if r.orders.Lock(ctx) != nil {
		return
	}
	defer r.orders.Unlock()
	if r.order.Paused && r.progress.Code != "" || n.Epoch < r.order.Epoch {
		return
	}
	if err := r.stop(ctx, Halt{Of: r.in, Code: n.Code, Message: n.Message}); err != nil {
		workflow.GetLogger(ctx).Error("the pause is not in the run's row", "error", err)
	}
}

// stop holds everybody who works for the run.
func (r *run) stop(ctx workflow.Context, h Halt) error {
	r.order.Paused = true
	r.progress.Paused, r.progress.Code, r.progress.Reason = true, h.Code, h.Message
	m, err := PauseRun.RunLocal(ctx, h)
	r.mark(m)
	r.staff.order(ctx, r.order)
	return err
}

// mark takes over where the run's row stood.
func (r *run) mark(m Mark) {
	if m.Version > r.progress.Version {
		r.progress.Version, r.progress.Percentage, r.progress.Status = m.Version, m.Percentage, m.Status
	}
}

// start begins a child that is asked to cancel when the run is, and that the
// run waits for: it gives back what it had reserved.
func (r *run) start(ctx workflow.Context, id string, kind, in any) workflow.ChildWorkflowFuture {
	child := workflow.ExecuteChildWorkflow(workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID:          id,
		ParentClosePolicy:   enums.PARENT_CLOSE_POLICY_REQUEST_CANCEL,
		WaitForCancellation: true,
	}), kind, in)
	r.staff.hire(id, child)
	return child
}

// end writes what became of the run, whatever did.
func (r *run) end(ctx workflow.Context, err error) error {
	kept, cancel := workflow.NewDisconnectedContext(ctx)
	defer cancel()
	_ = workflow.Await(kept, func() bool { return workflow.AllHandlersFinished(kept) })
	ending := Ending{Of: r.in}
	if err != nil {
		e := temporal.ErrorOf(err)
		ending.Code, ending.Message = e.Code, e.Message
	}
	ended, lost := EndRun.Run(kept, ending)
	if lost != nil {
		workflow.GetLogger(ctx).Error("the end of the run is left to the reconciler", "error", lost)
	} else {
		r.progress.Status = ended.Status
		temporal.ShowOutcome(kept, string(ended.Status))
	}
	return err
}
