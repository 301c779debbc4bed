package store

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
)

// A Hold asks for credits to be set aside for one piece of work.
type Hold struct {
	Key      string // <item>:<function>:<revision>:<try>
	Site     igny8.SiteID
	Run      igny8.RunID // zero if the work belongs to no run
	Function igny8.Function
	Units    int  // what the price is for, see igny8.Function.DefaultPrice
	OwnKey   bool // the account's own provider key does the work
}

// Reserve sets the price of a hold aside and returns how much that is. A repeat
// changes nothing and answers the same. The error is NoCredits or RunCap if the
// account or the run can't afford it, in which case there is no hold; Conflict
// if the hold was resolved before; Mismatch if the key was used for other work.
func (q *Queries) Reserve(ctx context.Context, h Hold) (igny8.Credits, error) {
	price, err := q.Price(ctx, h.Function)
	if err != nil {
		return 0, err
	}
	unit := price.Price
	amount := unit * igny8.Credits(h.Units)
	if h.OwnKey {
		amount = igny8.OwnKeyPrice(amount)
	}
	placed, err := q.PlaceHold(ctx, PlaceHoldParams{
		Key: h.Key, SiteID: optional(h.Site), RunID: optional(h.Run), Function: h.Function, Units: int32(h.Units),
		Amount: amount, Price: unit, PriceVersion: price.Version, OwnKey: h.OwnKey,
	})
	if igny8.CodeOf(err) == igny8.NotFound {
		return q.repeated(ctx, h)
	} else if err != nil {
		return 0, err
	}
	if !h.Run.IsZero() {
		n, err := q.HoldOfRun(ctx, HoldOfRunParams{RunID: h.Run, Amount: int64(amount)})
		if err != nil {
			return 0, err
		}
		if n == 0 {
			return 0, igny8.Errorf(igny8.RunCap, "The run has reached its limit of credits. Raise the limit to go on; what it has made stays.")
		}
	}
	n, err := q.HoldInWallet(ctx, int64(amount))
	if err != nil {
		return 0, err
	}
	if n == 0 {
		return 0, igny8.Errorf(igny8.NoCredits, "The next step needs %d credits and the account has fewer left. Add credits to go on; nothing was charged for this step.", amount)
	}
	return placed.Amount, nil
}

// repeated answers a reserve whose key exists as the first one was answered.
func (q *Queries) repeated(ctx context.Context, h Hold) (igny8.Credits, error) {
	hold, err := q.Hold(ctx, h.Key)
	switch {
	case err != nil:
		return 0, err
	case hold.Status != igny8.HoldHeld:
		return 0, igny8.Errorf(igny8.Conflict, "The credits for this step were settled or given back already.")
	case hold.Function != h.Function || hold.Units != int32(h.Units) || hold.OwnKey != h.OwnKey || !same(hold.RunID, h.Run) || !same(hold.SiteID, h.Site):
		return 0, igny8.Errorf(igny8.Mismatch, "The same step was begun before with another price, or for another run.")
	}
	return hold.Amount, nil
}

// A Settlement says what a hold bought.
type Settlement struct {
	Key        string
	Units      int // at most what was reserved
	Result     any // the IDs of what was made, for the one who asks again
	Item       uuid.UUID
	Model      string
	Tokens     int64
	CostMicros int64 // millionths of a US dollar
	Calls      int   // of providers that the run has not counted yet; the tokens and the cost are theirs
}

// Settle charges what a hold bought and gives the rest back, in the transaction
// that saves what was bought, and brings the run's figures up to its items. The
// rows that all articles of a run and of an account share come last, to be locked
// the shorter: the run's, and then the wallet. A hold is settled once: the error is Conflict if
// it is not open, and Invalid for more units than were reserved.
func (q *Queries) Settle(ctx context.Context, s Settlement) (igny8.Credits, error) {
	hold, err := q.LockHold(ctx, s.Key)
	if err != nil {
		return 0, err
	}
	if s.Units < 0 || s.Units > int(hold.Units) {
		return 0, igny8.Errorf(igny8.Invalid, "%d units can't be charged: credits were set aside for %d.", s.Units, hold.Units)
	}
	used := hold.Price * igny8.Credits(s.Units)
	if hold.OwnKey {
		used = igny8.OwnKeyPrice(used)
	}
	result, err := json.Marshal(s.Result)
	if err != nil {
		return 0, err
	}
	settled, err := q.SettleHold(ctx, SettleHoldParams{Key: s.Key, Used: used, Result: result})
	if igny8.CodeOf(err) == igny8.NotFound {
		return 0, igny8.Errorf(igny8.Conflict, "The credits for this step were settled or given back already.")
	} else if err != nil {
		return 0, err
	}
	if err := q.UsageLogged(ctx, UsageLoggedParams{
		SiteID: settled.SiteID, OperationType: string(settled.Function), CreditsUsed: used, CostMicros: s.CostMicros, Tokens: s.Tokens,
		Units: int32(s.Units), HoldKey: s.Key, RunID: settled.RunID, ItemID: &s.Item, Model: s.Model,
	}); err != nil {
		return 0, err
	}
	if settled.RunID != nil {
		spent := SettleInRunParams{RunID: settled.RunID.UUID, Amount: int64(settled.Amount), Used: int64(used), Calls: int32(s.Calls)}
		if s.Calls > 0 {
			spent.Tokens, spent.CostMicros = s.Tokens, s.CostMicros
		}
		if err := q.SettleInRun(ctx, spent); err != nil {
			return 0, err
		}
	}
	_, err = q.SettleInWallet(ctx, SettleInWalletParams{Key: &s.Key, Amount: int64(settled.Amount), Used: int64(used), RunID: settled.RunID, Reason: string(settled.Function)})
	return used, err
}

// Release gives a hold back. It is harmless to repeat, and to call before the
// reserve: it then leaves a tombstone that a late reserve meets. The error is
// Conflict if the hold was settled, since what was delivered is paid for.
func (q *Queries) Release(ctx context.Context, h Hold) error {
	if _, err := q.Tombstone(ctx, TombstoneParams{Key: h.Key, SiteID: optional(h.Site), RunID: optional(h.Run), Function: h.Function}); err != nil {
		return err
	}
	released, err := q.ReleaseHold(ctx, h.Key)
	if igny8.CodeOf(err) == igny8.NotFound {
		hold, err := q.Hold(ctx, h.Key)
		if err == nil && hold.Status == igny8.HoldSettled {
			err = igny8.Errorf(igny8.Conflict, "This step was delivered and paid for.")
		}
		return err
	} else if err != nil {
		return err
	}
	if released.RunID != nil {
		if err := q.ReleaseInRun(ctx, ReleaseInRunParams{RunID: *released.RunID, Amount: int64(released.Amount)}); err != nil {
			return err
		}
	}
	return q.ReleaseInWallet(ctx, int64(released.Amount))
}

// same reports whether a column names what id does; nil is nothing.
func same[K any](column *igny8.ID[K], id igny8.ID[K]) bool {
	return column == nil && id.IsZero() || column != nil && *column == id
}

// optional is nil for an ID that names nothing.
func optional[I interface{ IsZero() bool }](id I) *I {
	if id.IsZero() {
		return nil
	}
	return &id
}
