package workflows

import (
	"slices"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/workflow"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/temporal"
)

// BatchInput names the articles of a batch by their place in the run.
type BatchInput struct {
	Of    RunInput `json:"of"`
	From  int      `json:"from"`
	To    int      `json:"to"`
	Order Order    `json:"order"` // as it stands
}

// Batch looks after up to a hundred articles, as many at once as the run
// allows. An article that waits for somebody gives its place to the next; when
// it goes on it takes one again, and the next to begin waits the longer.
func Batch(ctx workflow.Context, in BatchInput) (Tally, error) {
	items, err := BeginItems.RunLocal(ctx, Range{Of: in.Of, Stage: "task", From: in.From, To: in.To})
	if err != nil {
		return Tally{}, err
	}
	b := watch(ctx, in)
	all := workflow.NewWaitGroup(ctx)
	for _, item := range items {
		if err := workflow.Await(ctx, func() bool { return b.busy < in.Of.Width && !b.orders.Paused }); err != nil {
			break // cancelled: begin nothing more
		}
		if slices.Contains(b.orders.Skip, item.Task) {
			b.tally.Skipped++
			continue
		}
		b.begin(ctx, all, item)
	}
	if ctx.Err() == nil && workflow.Await(ctx, func() bool { return b.busy == 0 }) == nil {
		tell(ctx, News{Kind: "drained", From: in.From})
	}
	kept, cancel := workflow.NewDisconnectedContext(ctx)
	defer cancel()
	all.Wait(kept)
	return b.tally, ctx.Err()
}

// batch is what a Batch knows of its articles.
type batch struct {
	in     BatchInput
	orders *orders
	staff  staff
	cancel map[igny8.TaskID]workflow.CancelFunc
	parked map[igny8.TaskID]bool
	busy   int // articles under way that don't wait for anybody
	tally  Tally
}

// watch hands orders down and news up, and keeps count of who is busy.
func watch(ctx workflow.Context, in BatchInput) *batch {
	b := &batch{in: in, cancel: map[igny8.TaskID]workflow.CancelFunc{}, parked: map[igny8.TaskID]bool{}}
	b.orders = follow(ctx, func(ctx workflow.Context) {
		b.staff.order(ctx, b.orders.Order)
		for _, task := range b.orders.Skip {
			if stop := b.cancel[task]; stop != nil {
				stop()
			}
		}
	})
	b.orders.Order = in.Order
	news := workflow.GetSignalChannel(ctx, newsSignal)
	workflow.Go(ctx, func(ctx workflow.Context) {
		for {
			var n News
			if !news.Receive(ctx, &n) {
				return
			}
			switch {
			case n.Kind == "halted":
				tell(ctx, n)
			case n.Kind == "parked" && !b.parked[n.Task]:
				b.parked[n.Task] = true
				b.busy--
			case n.Kind == "unparked" && b.parked[n.Task]:
				delete(b.parked, n.Task)
				b.busy++
			}
		}
	})
	return b
}

// begin starts an article and counts what becomes of it.
func (b *batch) begin(ctx workflow.Context, all workflow.WaitGroup, item Item) {
	mine, cancel := workflow.WithCancel(ctx)
	mine = workflow.WithChildOptions(mine, workflow.ChildWorkflowOptions{
		WorkflowID:            ArticleWorkflowID(b.in.Of.Scope, item.Task, item.Revision, item.Try),
		WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		ParentClosePolicy:     enums.PARENT_CLOSE_POLICY_REQUEST_CANCEL,
		WaitForCancellation:   true,
	})
	child := workflow.ExecuteChildWorkflow(mine, Article, ArticleInput{Of: b.in.Of, Item: item, Order: b.orders.Order, Form: Whole})
	b.staff.hire(item.Task.String(), child)
	b.cancel[item.Task] = cancel
	b.busy++
	all.Add(1)
	workflow.Go(ctx, func(ctx workflow.Context) {
		defer all.Done()
		kept, done := workflow.NewDisconnectedContext(ctx)
		defer done()
		var end ArticleEnd
		err := child.Get(kept, &end)
		switch {
		case err != nil && temporal.CodeOf(err) == igny8.Canceled, end.Skipped:
			b.tally.Skipped++
		case err != nil || end.Code != "":
			b.tally.Failed++
		default:
			b.tally.Done++
		}
		if !b.parked[item.Task] {
			b.busy--
		}
		delete(b.parked, item.Task)
		delete(b.cancel, item.Task)
	})
}
