package workflows

import (
	"fmt"

	"github.com/google/uuid"
	"go.temporal.io/sdk/workflow"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/temporal"
)

// A Function has a model turn one row of one kind into rows of another.
type Function[From, To any] struct {
	Name igny8.Function
	Make temporal.Step[Call[From], []To] // reserve, prepare, call, parse, save and settle; a reply is kept, whatever comes after it

	// What Make is in three steps with a reserve before them, for executions
	// that were begun before there was a Make.
	Ask  temporal.Step[Call[From], Answer] // prepare, call, parse; the reply is kept
	Save temporal.Step[Call[From], []To]   // save what was made and settle, together
}

// A Call is one use of a function. Its keys are derived from what is asked for,
// so that a repeated attempt recognises its own work.
type Call[From any] struct {
	Charge
	From From `json:"from"`
}

// A Charge is what a call costs at most, and what it is charged under.
type Charge struct {
	Of       RunInput       `json:"of"`
	Item     uuid.UUID      `json:"item"` // of the run: a cluster or a task
	Function igny8.Function `json:"function"`
	Reply    string         `json:"reply"` // <what is asked about>:<function>:<revision>
	Try      string         `json:"try"`   // <try>, or <try>.<n> when it was given back and begun again
	Units    int            `json:"units"`
}

// Hold is the key that the credits are held under.
func (c Charge) Hold() string { return c.Reply + ":" + c.Try }

// An Answer says that a usable reply is kept. The reply itself stays out of the
// history.
type Answer struct {
	Model    string `json:"model"`
	Tokens   int    `json:"tokens"`
	Recalled bool   `json:"recalled,omitempty"` // it was paid for before
}

// A Refund gives the credits of a call back, and says why.
type Refund struct {
	Charge
	From    uuid.UUID  `json:"from"`
	Code    igny8.Code `json:"code"`
	Message string     `json:"message"`
	Alone   bool       `json:"alone,omitempty"` // nobody tries it again: it has failed, whatever the code
}

func function[From, To any](name igny8.Function, policy temporal.Policy) Function[From, To] {
	return Function[From, To]{
		Name: name,
		Make: temporal.Step[Call[From], []To]{Name: string(name) + ".make", Policy: policy},
		Ask:  temporal.Step[Call[From], Answer]{Name: string(name) + ".ask", Policy: policy},
		Save: temporal.Step[Call[From], []To]{Name: string(name) + ".save", Policy: saving},
	}
}

// saving is Local on the main queue as a regular step: what was paid for must
// outlast an outage of the database, and be seen.
var saving = temporal.Local

// call describes one use of the function: what it is about, for which item of
// the run, and how many units it may take.
func (f Function[From, To]) call(of RunInput, item uuid.UUID, from From, revision, try, again, units int) Call[From] {
	attempt := fmt.Sprint(try)
	if again > 0 {
		attempt = fmt.Sprintf("%d.%d", try, again)
	}
	return Call[From]{From: from, Charge: Charge{
		Of: of, Item: item, Function: f.Name, Units: units, Try: attempt,
		Reply: fmt.Sprintf("%v:%s:%d", from, f.Name, revision),
	}}
}

// A Form is how the steps of an execution are cut. It is in the input, so that
// one which was begun under an earlier form goes on in it. (workflow.GetVersion
// would do the same for three events and a write to the visibility store in each
// article.)
type Form int

// The forms, in the order in which they came.
const (
	Stepwise Form = iota // a function is a reserve, an Ask and a Save
	Whole                // a function is a Make
)

// Run reserves credits, asks the model, and saves what it said. Whatever
// happens, the hold ends settled or released.
func (f Function[From, To]) Run(ctx workflow.Context, form Form, c Call[From]) (to []To, err error) {
	// Before the reserve: it may fail and yet have been done.
	defer func() {
		if code := temporal.CodeOf(err); err != nil && code != igny8.NoCredits && code != igny8.RunCap {
			c.release(ctx, err)
		}
	}()
	if form >= Whole {
		return f.Make.Run(ctx, c)
	}
	if _, err := Reserve.RunLocal(ctx, c.Charge); err != nil {
		return nil, err
	}
	if _, err := f.Ask.Run(ctx, c); err != nil {
		return nil, err
	}
	return f.Save.Run(ctx, c)
}

// release gives the hold back, also if the workflow has been cancelled.
func (c Call[From]) release(ctx workflow.Context, why error) { c.refund(ctx, why, false) }

// abandon gives the hold back, and says that the call won't be made again.
func (c Call[From]) abandon(ctx workflow.Context, why error) { c.refund(ctx, why, true) }

func (c Call[From]) refund(ctx workflow.Context, why error, alone bool) {
	ctx, cancel := workflow.NewDisconnectedContext(ctx)
	defer cancel()
	e := temporal.ErrorOf(why)
	r := Refund{Charge: c.Charge, From: uuid.MustParse(fmt.Sprint(c.From)), Code: e.Code, Message: e.Message, Alone: alone}
	if _, err := Release.Run(ctx, r); err != nil && temporal.CodeOf(err) != igny8.Conflict {
		workflow.GetLogger(ctx).Error("a hold is left to the reconciler", "hold", c.Hold(), "error", err)
	}
}
