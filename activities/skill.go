package activities

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/activity"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/temporal"
	"github.com/igny8/igny8/workflows"
)

// A skill is what makes one AI function differ from the others: what is asked
// of whom, when an answer is usable, and what is kept of it. Credits, calling,
// retrying and remembering are the same for all, and are work's.
type skill[From, To any] struct {
	// prepare loads what the question is about and puts it.
	prepare func(context.Context, *Activities, *store.Queries, workflows.Call[From]) (order, error)
	// save keeps what a usable answer holds, and says what that is to be charged as.
	save func(context.Context, *Activities, *store.Queries, workflows.Call[From], store.AIRequest) (saved[To], error)
}

// An order is a question, ready to be put to a provider.
type order struct {
	maker
	model, provenance string
	promptVersion     *int32
	request           any // what was asked, for the log
	// buy asks once. If it repairs, it is told what was wrong with the answer
	// before. An error with the code Malformed comes with the answer as far as
	// there was one, since it was paid for.
	buy func(ctx context.Context, wrong string) (bought, error)
	// check says what is wrong with an answer, if anything.
	check func(bought) error
}

// bought is a provider's answer as it is kept.
type bought struct {
	text      string
	blob      string
	mime      string
	model     string
	input     int
	output    int
	costMicro int64
}

// saved is what an answer became.
type saved[To any] struct {
	ids    []To
	units  int    // to be charged
	step   string // that the run's item has now reached
	status igny8.ItemStatus
}

// paidAttempts is the most that one key may be paid for by us, whatever happens.
const paidAttempts = 3

// work is a skill at work for one function.
type work[From, To any] struct {
	*Activities
	skill[From, To]
}

func bind[From, To any](r temporal.Registry, a *Activities, f workflows.Function[From, To], s skill[From, To]) {
	w := work[From, To]{a, s}
	f.Make.Bind(r, w.make)
	f.Ask.Bind(r, w.ask)
	f.Save.Bind(r, w.keep)
}

// attempt is one request to a provider, as it is recorded.
type attempt struct {
	order
	id       igny8.RequestID
	recalled *store.AIRequest // what an earlier attempt was answered, instead
}

// ask obtains a usable answer and keeps it before it returns. An answer that is
// kept already is used: nothing is paid for twice. An answer that breaks its
// schema is asked for once more, with what was wrong.
func (w work[From, To]) ask(ctx context.Context, c workflows.Call[From]) (workflows.Answer, error) {
	wrong := ""
	for {
		at, err := w.begin(ctx, c, wrong)
		if err != nil {
			return workflows.Answer{}, err
		}
		if at.recalled != nil {
			return workflows.Answer{Model: at.recalled.Model, Tokens: int(at.recalled.InputTokens + at.recalled.OutputTokens), Recalled: true}, nil
		}
		answer, err := w.call(ctx, c, at, wrong)
		if igny8.CodeOf(err) == igny8.Malformed && wrong == "" {
			wrong = igny8.MessageOf(err)
			continue
		} else if igny8.CodeOf(err) == igny8.Malformed {
			err = igny8.Wrap(igny8.Unusable, err, "The model's answer could not be used, also when asked again. Nothing was charged.")
		}
		return answer, err
	}
}

// begin looks for an answer that is kept, and else records that one is about to
// be asked for.
func (w work[From, To]) begin(ctx context.Context, c workflows.Call[From], wrong string) (attempt, error) {
	return store.As(ctx, w.Store, bot(c.Of), func(q *store.Queries) (at attempt, err error) {
		before, err := q.Attempts(ctx, c.Reply)
		if err != nil {
			return at, err
		}
		if !before.Usable {
			return w.sent(ctx, q, c, before, wrong)
		}
		kept, err := q.UsableReply(ctx, c.Reply)
		return attempt{recalled: &kept}, err
	})
}

// sent prepares a question and records that it is about to be put.
func (w work[From, To]) sent(ctx context.Context, q *store.Queries, c workflows.Call[From], before store.AttemptsRow, wrong string) (at attempt, err error) {
	if at.order, err = w.prepare(ctx, w.Activities, q, c); err != nil {
		return at, err
	}
	if before.Paid >= paidAttempts {
		return at, igny8.Errorf(igny8.Exhausted, "The provider was asked %d times without a usable answer. Nothing was charged; try again later.", before.Paid)
	}
	if before.Unanswered > 0 {
		if err := q.AttemptLost(ctx, c.Reply); err != nil {
			return at, err
		}
	}
	request, err := json.Marshal(at.request)
	if err != nil {
		return at, err
	}
	at.id, err = q.AttemptSent(ctx, store.AttemptSentParams{
		Key: c.Reply, Attempt: before.Last + 1, Purpose: string(c.Function), Provider: at.provider, Provenance: at.provenance, Model: at.model, PromptVersion: at.promptVersion,
		Request: request, Repair: wrong != "", Repeated: before.Unanswered > 0, SiteID: ptr(c.Of.Scope.Site), RunID: ptr(c.Of.Run), ItemID: &c.Item,
		WorkflowID: activity.GetInfo(ctx).WorkflowExecution.ID,
	})
	return at, err
}

// call asks the provider and keeps what came of it.
func (w work[From, To]) call(ctx context.Context, c workflows.Call[From], at attempt, wrong string) (workflows.Answer, error) {
	answer, latency, err := at.put(ctx, wrong)
	recording := w.note(ctx, c, at, answer, latency, err)
	if err != nil {
		return workflows.Answer{}, err
	}
	return workflows.Answer{Model: answer.model, Tokens: answer.input + answer.output}, recording
}

// put puts the question and judges the answer. It took so many milliseconds.
func (at attempt) put(ctx context.Context, wrong string) (answer bought, latency int32, err error) {
	limited, cancel := temporal.HTTPContext(ctx)
	defer cancel()
	began := time.Now()
	answer, err = at.buy(limited, wrong)
	latency = int32(time.Since(began).Milliseconds())
	if err == nil {
		err = at.check(answer)
	}
	return answer, latency, err
}

// note writes how an attempt ended. What came must be kept, also when the
// workflow has been cancelled.
func (w work[From, To]) note(ctx context.Context, c workflows.Call[From], at attempt, answer bought, latency int32, failure error) error {
	kept, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer done()
	return store.Do(kept, w.Store, bot(c.Of), func(q *store.Queries) error {
		return record(kept, q, c.Of.Run, at, answer, latency, failure)
	})
}

// record writes how an attempt ended.
func record(ctx context.Context, q *store.Queries, run igny8.RunID, at attempt, answer bought, latency int32, failure error) error {
	code := igny8.CodeOf(failure)
	if failure != nil && code != igny8.Malformed && code != igny8.Refused {
		status := igny8.RequestFailed
		if code == igny8.Unknown || code == igny8.Canceled || code == igny8.Internal {
			status = igny8.RequestLost
		}
		return q.AttemptFailed(ctx, store.AttemptFailedParams{ID: at.id, Status: status, ErrorCode: string(code), ErrorMessage: igny8.MessageOf(failure), LatencyMs: &latency})
	}
	if _, err := answered(ctx, q, at, answer, latency, failure); err != nil {
		return err
	}
	return q.RunSpent(ctx, store.RunSpentParams{ID: run, Tokens: int64(answer.input + answer.output), CostMicros: answer.costMicro})
}

// answered writes what an attempt was answered, and what was wrong with it if
// anything.
func answered(ctx context.Context, q *store.Queries, at attempt, answer bought, latency int32, failure error) (store.AIRequest, error) {
	message := ""
	if failure != nil {
		message = igny8.MessageOf(failure)
	}
	return q.AttemptAnswered(ctx, store.AttemptAnsweredParams{
		ID: at.id, Model: answer.model, Reply: optional(answer.text), Blob: optional(answer.blob), Mime: optional(answer.mime), Usable: ptr(failure == nil),
		InputTokens: int32(answer.input), OutputTokens: int32(answer.output), CostMicros: answer.costMicro, LatencyMs: &latency, ErrorCode: string(igny8.CodeOf(failure)), ErrorMessage: message,
	})
}

// keep saves what the answer holds and settles the hold in one transaction: the
// result and its price are recorded together or not at all. An attempt that
// finds the hold settled returns what was saved then.
func (w work[From, To]) keep(ctx context.Context, c workflows.Call[From]) ([]To, error) {
	return store.As(ctx, w.Store, bot(c.Of), func(q *store.Queries) ([]To, error) {
		hold, err := q.LockHold(ctx, c.Hold())
		if err != nil {
			return nil, err
		}
		if hold.Status == igny8.HoldSettled {
			return savedBy[To](hold)
		}
		answer, err := q.UsableReply(ctx, c.Reply)
		if err != nil {
			return nil, err
		}
		return w.deliver(ctx, q, c, answer, 0)
	})
}

// savedBy is what was saved when a hold was settled.
func savedBy[To any](hold store.CreditHold) (to []To, err error) {
	err = json.Unmarshal(hold.Result, &to)
	return to, err
}

// deliver saves what the answer holds and settles the hold: with nothing, if the
// answer was charged for before. calls are those of the provider that the run has
// not counted yet; 0 says that the answer is not of this attempt.
func (w work[From, To]) deliver(ctx context.Context, q *store.Queries, c workflows.Call[From], answer store.AIRequest, calls int) ([]To, error) {
	made, err := w.save(ctx, w.Activities, q, c, answer)
	if err != nil {
		return nil, err
	}
	if calls == 0 { // it is an earlier reply: it may have been charged under another try, and what it made deleted
		charged, err := q.ReplyCharged(ctx, c.Reply)
		if err != nil {
			return nil, err
		}
		if charged {
			made.units = 0
		}
	}
	if made.step != "" {
		stage := "task"
		if c.Function == igny8.Ideation {
			stage = "cluster"
		}
		if err := q.ItemStep(ctx, store.ItemStepParams{RunID: c.Of.Run, Stage: stage, ItemID: c.Item, Status: made.status, Step: made.step}); err != nil {
			return nil, err
		}
	}
	_, err = q.Settle(ctx, store.Settlement{
		Key: c.Hold(), Units: made.units, Result: made.ids, Item: itemOf(c, made.ids), Model: answer.Model,
		Tokens: int64(answer.InputTokens + answer.OutputTokens), CostMicros: answer.CostMicros, Calls: calls,
	})
	return made.ids, err
}

// itemOf is what a line of the usage log is about: the one thing that was made,
// or else what it was made for.
func itemOf[From, To any](c workflows.Call[From], made []To) uuid.UUID {
	if len(made) == 1 {
		if id, err := uuid.Parse(text(made[0])); err == nil {
			return id
		}
	}
	return c.Item
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
