package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/temporal"
)

// Names of what people ask of an article while it waits. Histories and callers
// know them, so they don't change.
const (
	RescheduleSignal = "reschedule" // of an article: (Reschedule)
	RedrawUpdate     = "redraw"     // of an article: (igny8.ImageID)
)

// Reschedule says when an article is published instead; without a time, as soon
// as it can be.
type Reschedule struct {
	At time.Time `json:"at,omitzero"`
}

// takeRequests lets people move the article's time, and have a picture made anew
// while the article is under review.
func (a *article) takeRequests(ctx workflow.Context) error {
	moved := workflow.GetSignalChannel(ctx, RescheduleSignal)
	workflow.Go(ctx, func(ctx workflow.Context) {
		for {
			var to Reschedule
			if !moved.Receive(ctx, &to) {
				return
			}
			a.moved = &to
		}
	})
	return workflow.SetUpdateHandlerWithOptions(ctx, RedrawUpdate, a.redraw, workflow.UpdateHandlerOptions{
		Description: "Make a picture of the article anew.",
		Validator: func(igny8.ImageID) error {
			if a.desk.awaiting == nil || a.desk.decision != nil {
				return temporal.Failure(igny8.Errorf(igny8.Conflict, "The article is being worked on. Wait until it lies before you for review."))
			}
			return nil
		},
	})
}

// time is when the article is to be published.
func (a *article) time() time.Time {
	if a.moved != nil {
		return a.moved.At
	}
	return a.PublishAt
}

// untilTime waits for the article's time, wherever it is moved meanwhile.
func (a *article) untilTime(ctx workflow.Context) error {
	if !a.time().After(workflow.Now(ctx)) {
		return nil
	}
	goOn := a.park(ctx, "time")
	for at := a.time(); at.After(workflow.Now(ctx)); at = a.time() {
		if _, err := workflow.AwaitWithTimeout(ctx, at.Sub(workflow.Now(ctx)), func() bool { return !a.time().Equal(at) }); err != nil {
			return err
		}
	}
	goOn()
	return nil
}

// redraw makes a picture that a reviewer has ordered. One that can't be made
// fails alone: the article goes on waiting for its decision.
func (a *article) redraw(ctx workflow.Context, image igny8.ImageID) error {
	a.redrawing++
	defer func() { a.redrawing-- }()
	c := Illustrate.call(a.in.Of, a.in.Item.Task.UUID, image, a.in.Item.Revision, a.in.Item.Try, 0, 1)
	_, err := Illustrate.Run(ctx, a.in.Form, c)
	if err != nil && temporal.CodeOf(err).NeedsPerson() {
		c.abandon(ctx, err)
	}
	if a.desk.awaiting != nil && a.desk.decision == nil {
		a.show(ctx, "review")
	}
	return temporal.Failure(err)
}
