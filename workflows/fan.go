package workflows

import "go.temporal.io/sdk/workflow"

// width is how many branches of one workflow are under way at once.
const width = 8

// each calls do for every item, at most width at a time, and waits for all.
// When the context is cancelled it begins no more.
func each[T any](ctx workflow.Context, items []T, do func(workflow.Context, T)) {
	slots := workflow.NewSemaphore(ctx, width)
	all := workflow.NewWaitGroup(ctx)
	for _, item := range items {
		if slots.Acquire(ctx, 1) != nil {
			break
		}
		all.Add(1)
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer all.Done()
			defer slots.Release(1)
			do(ctx, item)
		})
	}
	kept, cancel := workflow.NewDisconnectedContext(ctx)
	defer cancel()
	all.Wait(kept)
}
