package activities

import (
	"context"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/workflows"
)

// A start is how an attempt at a whole function begins: with a question to put,
// or with what was made before.
type start[To any] struct {
	attempt
	made []To
	done bool
}

// make does all of a function in two transactions, with the call to the provider
// between them: credits are held as the attempt is recorded, and an answer is
// kept as what it holds is saved and settled. An attempt that comes after one
// whose end nobody knows goes on where that one stopped: nothing is paid for
// twice, and nothing is charged twice.
func (w work[From, To]) make(ctx context.Context, c workflows.Call[From]) ([]To, error) {
	wrong := ""
	for {
		at, err := w.start(ctx, c, wrong)
		if err != nil || at.done {
			return at.made, err
		}
		to, err := w.finish(ctx, c, at.attempt, wrong)
		if igny8.CodeOf(err) == igny8.Malformed && wrong == "" {
			wrong = igny8.MessageOf(err)
			continue
		} else if igny8.CodeOf(err) == igny8.Malformed {
			err = igny8.Wrap(igny8.Unusable, err, "The model's answer could not be used, also when asked again. Nothing was charged.")
		}
		return to, err
	}
}

// start holds the credits and records that the provider is about to be asked.
// If it was asked before and its answer is kept, that is saved and settled.
func (w work[From, To]) start(ctx context.Context, c workflows.Call[From], wrong string) (start[To], error) {
	return store.As(ctx, w.Store, bot(c.Of), func(q *store.Queries) (at start[To], err error) {
		before, err := q.Attempts(ctx, c.Reply)
		if err != nil {
			return at, err
		}
		if !before.Usable {
			if at.attempt, err = w.sent(ctx, q, c, before, wrong); err == nil {
				_, err = w.held(ctx, q, c.Charge, at.maker)
			}
			return at, err
		}
		kept, err := q.UsableReply(ctx, c.Reply)
		if err != nil {
			return at, err
		}
		at.done = true
		hold, err := q.LockHold(ctx, c.Hold())
		if err == nil && hold.Status == igny8.HoldSettled {
			at.made, err = savedBy[To](hold)
			return at, err
		}
		if igny8.CodeOf(err) == igny8.NotFound {
			_, err = w.reserve(ctx, q, c.Charge)
		}
		if err == nil { // a Conflict if it was given back
			at.made, err = w.deliver(ctx, q, c, kept, 0)
		}
		return at, err
	})
}

// finish puts the question, and keeps the answer with what is made of it. Where
// that can't be, or nobody wants it any more, the answer is kept alone.
func (w work[From, To]) finish(ctx context.Context, c workflows.Call[From], at attempt, wrong string) (to []To, err error) {
	answer, latency, failure := at.put(ctx, wrong)
	if failure != nil {
		_ = w.note(ctx, c, at, answer, latency, failure) // else the next attempt finds that nobody knows
		return nil, failure
	}
	if err = ctx.Err(); err == nil {
		if to, err = w.both(ctx, c, at, answer, latency); err == nil {
			return to, nil
		}
	}
	if lost := w.note(ctx, c, at, answer, latency, nil); lost != nil {
		return nil, lost
	}
	if igny8.CodeOf(err) != igny8.Conflict {
		return nil, err
	}
	// Somebody was faster: an attempt that was given up has saved its own reply,
	// or another article has just got the name of this one.
	kept, err := w.start(ctx, c, wrong)
	return kept.made, err
}

// both keeps an answer and what it holds.
func (w work[From, To]) both(ctx context.Context, c workflows.Call[From], at attempt, answer bought, latency int32) ([]To, error) {
	return store.As(ctx, w.Store, bot(c.Of), func(q *store.Queries) ([]To, error) {
		kept, err := answered(ctx, q, at, answer, latency, nil)
		if err != nil {
			return nil, err
		}
		return w.deliver(ctx, q, c, kept, 1)
	})
}
