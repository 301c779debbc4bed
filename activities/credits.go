package activities

import (
	"context"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/workflows"
)

// A maker is who does the work of a function, and whether the account's own key
// pays for it.
type maker struct {
	provider string // openai or runware
	own      bool
}

// maker is who would do the work of a function now.
func (a *Activities) maker(ctx context.Context, q *store.Queries, f igny8.Function) (maker, error) {
	if f == igny8.Illustration {
		p, err := a.painter(ctx, q)
		return maker{p.provider, p.own}, err
	}
	b, err := a.brain(ctx, q)
	return maker{b.provider, b.own}, err
}

// hold is what a charge is held as. The function under which it is priced
// depends on who does the work.
func hold(c workflows.Charge, by maker) store.Hold {
	h := store.Hold{Key: c.Hold(), Site: c.Of.Scope.Site, Run: c.Of.Run, Function: c.Function, Units: c.Units, OwnKey: by.own}
	if c.Function == igny8.Illustration && by.provider == "openai" {
		h.Function = igny8.IllustrationX
	}
	return h
}

// setAside sets aside what a call costs at most.
func (a *Activities) setAside(ctx context.Context, c workflows.Charge) (igny8.Credits, error) {
	return store.As(ctx, a.Store, bot(c.Of), func(q *store.Queries) (igny8.Credits, error) { return a.reserve(ctx, q, c) })
}

// reserve sets aside what a call costs at most if it is made now.
func (a *Activities) reserve(ctx context.Context, q *store.Queries, c workflows.Charge) (igny8.Credits, error) {
	by, err := a.maker(ctx, q, c.Function)
	if err != nil {
		return 0, err
	}
	return a.held(ctx, q, c, by)
}

// held sets aside what a call costs at most, in a transaction that does other
// things too.
func (a *Activities) held(ctx context.Context, q *store.Queries, c workflows.Charge, by maker) (igny8.Credits, error) {
	if c.Function == igny8.Ideation {
		r, err := q.Run(ctx, c.Of.Run)
		if err != nil {
			return 0, err
		}
		s, err := settings(r)
		if err != nil {
			return 0, err
		}
		c.Units = s.IdeasPerCluster
	}
	if c.Function == igny8.Naming {
		units, err := namingUnits(ctx, q, c)
		if err != nil {
			return 0, err
		}
		c.Units = units
	}
	return q.Reserve(ctx, hold(c, by))
}

// release gives back what a call had reserved, and notes why on what it was for.
func (a *Activities) release(ctx context.Context, r workflows.Refund) (workflows.Mark, error) {
	return store.As(ctx, a.Store, bot(r.Of), func(q *store.Queries) (workflows.Mark, error) {
		if err := q.Release(ctx, store.Hold{Key: r.Hold(), Site: r.Of.Scope.Site, Run: r.Of.Run, Function: r.Function}); err != nil {
			return workflows.Mark{}, err
		}
		if r.Code == igny8.Canceled || r.Code.NeedsPerson() && !r.Alone {
			return workflows.Mark{}, nil
		}
		switch r.Function {
		case igny8.Illustration:
			if err := q.ImageFailed(ctx, store.ImageFailedParams{ID: igny8.ImageID{UUID: r.From}, ErrorCode: string(r.Code), ErrorMessage: r.Message}); err != nil {
				return workflows.Mark{}, err
			}
		case igny8.Ideation:
			if err := q.ItemStep(ctx, store.ItemStepParams{RunID: r.Of.Run, Stage: "cluster", ItemID: r.Item, Status: igny8.ItemFailed, ErrorCode: string(r.Code), ErrorMessage: r.Message}); err != nil {
				return workflows.Mark{}, err
			}
		}
		return progress(ctx, q, r.Of.Run)
	})
}
