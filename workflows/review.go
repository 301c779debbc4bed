package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/temporal"
)

// A review reminds once, and ends undecided after two weeks. The article then
// stays as it is; approving it later goes on with it.
const (
	reminderAfter = 3 * 24 * time.Hour
	expiryAfter   = 14 * 24 * time.Hour
)

// desk is where an article under review lies.
type desk struct {
	awaiting *Reviewing
	decision *Decision
	revision int // that is wanted after the decision
	busy     workflow.Mutex
}

// takeDecisions lets people decide about the article while it is under review.
func (a *article) takeDecisions(ctx workflow.Context) error {
	a.desk.busy = workflow.NewMutex(ctx)
	return workflow.SetUpdateHandlerWithOptions(ctx, DecideUpdate, a.decide, workflow.UpdateHandlerOptions{
		Description: "Approve the article, reject it, or ask for changes.",
		Validator:   func(d Decision) error { return temporal.Failure(a.mayDecide(d)) },
	})
}

// mayDecide reports whether the decision is about what lies on the desk.
func (a *article) mayDecide(d Decision) error {
	if err := d.validate(); err != nil {
		return err
	}
	switch {
	case a.desk.awaiting == nil || a.desk.decision != nil:
		return igny8.Errorf(igny8.Conflict, "The article is not waiting for a decision.")
	case d.Content != a.desk.awaiting.Content || d.Revision != a.in.Item.Revision:
		return igny8.Errorf(igny8.Conflict, "The article has changed since. Read it again before you decide.")
	}
	return nil
}

func (a *article) decide(ctx workflow.Context, d Decision) (Decided, error) {
	if err := a.desk.busy.Lock(ctx); err != nil {
		return Decided{}, err
	}
	defer a.desk.busy.Unlock()
	if err := a.mayDecide(d); err != nil { // somebody else was faster
		return Decided{}, temporal.Failure(err)
	}
	decided, err := Decide.RunLocal(ctx, Deciding{Reviewing: *a.desk.awaiting, Decision: d})
	if err != nil {
		return Decided{}, temporal.Failure(err)
	}
	a.desk.decision, a.desk.revision = &d, decided.Revision
	return decided, nil
}

// review waits for a person. It reports whether another text is wanted; a
// rejection, and silence for too long, are errors.
func (a *article) review(ctx workflow.Context, before string) (again bool, err error) {
	asked := Reviewing{Of: a.in, Content: a.Content, Before: before}
	if _, err := AskReview.RunLocal(ctx, asked); err != nil {
		return false, err
	}
	a.desk.awaiting, a.desk.decision = &asked, nil
	defer func() { a.desk.awaiting = nil }()
	tell(ctx, News{Kind: "parked", Task: a.in.Item.Task})

	decided := func() bool { return a.desk.decision != nil }
	done, err := workflow.AwaitWithTimeout(ctx, reminderAfter, decided)
	if err == nil && !done {
		if _, err := Remind.RunLocal(ctx, asked); err != nil {
			return false, err
		}
		done, err = workflow.AwaitWithTimeout(ctx, expiryAfter-reminderAfter, decided)
	}
	if err != nil {
		return false, err
	}
	if !done {
		return false, igny8.Errorf(igny8.Expired, "Nobody decided about the article within 14 days. It is kept; approving it goes on with it.")
	}
	tell(ctx, News{Kind: "unparked", Task: a.in.Item.Task})
	switch a.desk.decision.Verb {
	case Reject:
		return false, igny8.Errorf(igny8.Rejected, "A reviewer rejected the article.")
	case RequestChanges:
		a.in.Item.Revision, a.in.Item.Try = a.desk.revision, 1
		a.Written = false
		return true, nil
	}
	if before == "images" {
		a.Approved = true
	} else {
		a.Moderated = true
	}
	return false, nil
}
