package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/api/enums/v1"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/store/system"
	"github.com/igny8/igny8/temporal"
	"github.com/igny8/igny8/workflows"
)

// Status is how the service keeps its promise, for the caller's account; for
// the service's own account it is about all of them.
type Status struct {
	Checks Checks `json:"checks" doc:"Counted at this moment; each must be 0"`
	// Lost says what Checks.Lost is made of.
	Lost       Lost       `json:"lost"`
	CheckedAt  *time.Time `json:"checked_at" doc:"When the reconciler last looked for what was left behind; null if it never has"`
	MendedDay  int64      `json:"mended_last_day" doc:"How many things it mended within a day"`
	Ledger     Ledger     `json:"ledger"`
	LostCalls  int64      `json:"lost_replies" doc:"Provider calls whose reply never reached us"`
	Repeated   int64      `json:"repeated_calls" doc:"Provider calls that were made again for that reason; at our cost"`
	Engine     bool       `json:"engine" doc:"The workflow service answers"`
	Queues     []Queue    `json:"queues"`
	Version    string     `json:"version"`
	Sandbox    bool       `json:"sandbox" doc:"Stand-in providers are on: what they make is marked"`
	ServerTime time.Time  `json:"time"`
	Mails      []Letter   `json:"mails,omitempty" doc:"For developers where mail is not set up: what would have been sent, the latest first"`
}

// Checks are the promise in three numbers.
type Checks struct {
	Lost         int64 `json:"lost" doc:"Work or credits that nobody will come back to and that the reconciler has not mended"`
	ChargedTwice int64 `json:"charged_twice" doc:"Replies that more than one charge was made for"`
	PostedTwice  int64 `json:"posted_twice" doc:"Articles that a site has more than one post of"`
}

// Lost is what has been left behind for longer than the reconciler takes.
type Lost struct {
	Holds   int64 `json:"holds" doc:"Credits still set aside for runs that have ended"`
	Replies int64 `json:"replies" doc:"Provider calls that nobody waits for and nobody has closed"`
	Runs    int64 `json:"runs" doc:"Runs that were accepted and never started"`
	Items   int64 `json:"items" doc:"Work under way in runs that have ended"`
}

// Ledger is what there is in the ledger, and whether it adds up.
type Ledger struct {
	Holds      int64      `json:"holds"`
	Open       int64      `json:"open_holds"`
	Entries    int64      `json:"entries"`
	Violations int        `json:"violations" doc:"What the last reading of the whole ledger found wrong; must be 0"`
	CheckedAt  *time.Time `json:"checked_at" doc:"When the whole ledger was last read"`
}

// Queue is one kind of work and who does it.
type Queue struct {
	Name    string     `json:"name"`
	Workers int        `json:"workers" doc:"Processes that asked for work within the last minute"`
	SeenAt  *time.Time `json:"seen_at" doc:"When one last asked for work"`
}

func (s *Server) status() {
	route(s, get("system/status/", "get-status", "Nothing lost, nothing twice: the checks, and who is at work", igny8.Read), s.statusNow)
}

func (s *Server) statusNow(ctx context.Context, _ *none) (Status, error) {
	c := callerOf(ctx)
	account := c.Account
	out, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) (Status, error) { return checked(ctx, q, account) })
	if err != nil {
		return out, err
	}
	out.Version, out.Sandbox, out.ServerTime = s.Version, s.Sandbox, time.Now().UTC()
	out.Queues, out.Engine = s.queues(ctx)
	if c.Role == igny8.Developer {
		out.Mails = s.outbox.latest()
	}
	return out, nil
}

// checked counts what must be 0 and reads what the reconciler last reported.
func checked(ctx context.Context, q *system.Queries, account igny8.AccountID) (out Status, err error) {
	service, err := q.SystemAccount(ctx)
	if err != nil {
		return out, err
	}
	var whose *uuid.UUID // nil is everybody
	if service.ID != account {
		whose = &account.UUID
	}
	c, err := q.Checks(ctx, whose)
	if err != nil {
		return out, err
	}
	out.Lost = Lost{Holds: c.Holds, Replies: c.Replies, Runs: c.Runs, Items: c.Items}
	out.Checks = Checks{Lost: c.Holds + c.Replies + c.Runs + c.Items, ChargedTwice: c.ChargedTwice, PostedTwice: c.PostedTwice}
	money, err := q.Money(ctx, whose)
	if err != nil {
		return out, err
	}
	out.Ledger = Ledger{Holds: money.Holds, Open: money.Open, Entries: money.Entries}
	out.LostCalls, out.Repeated = money.LostReplies, money.Repeated
	if out.MendedDay, err = q.MendedSince(ctx, time.Now().Add(-24*time.Hour)); err != nil {
		return out, err
	}
	return out, out.reported(ctx, q)
}

// reported adds when the reconciler last looked, and what it found in the ledger.
func (s *Status) reported(ctx context.Context, q *system.Queries) error {
	last, err := q.LastReport(ctx)
	if igny8.CodeOf(err) == igny8.NotFound {
		return nil // it has not looked yet
	} else if err != nil {
		return err
	}
	s.CheckedAt = &last.CreatedAt
	full, err := q.LastFullReport(ctx)
	if igny8.CodeOf(err) == igny8.NotFound {
		return nil
	} else if err != nil {
		return err
	}
	var report workflows.Reconciled
	if err := json.Unmarshal(full.Report, &report); err != nil {
		return err
	}
	s.Ledger.CheckedAt, s.Ledger.Violations = &full.CreatedAt, len(report.Ledger.Violations)
	return nil
}

// queues asks the engine who takes work from each queue, and reports whether it
// answers at all.
func (s *Server) queues(ctx context.Context) ([]Queue, bool) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	out, answers := make([]Queue, len(temporal.Queues)), true
	for i, name := range temporal.Queues {
		out[i].Name = name
		if !answers {
			continue
		}
		d, err := s.Temporal.DescribeTaskQueue(ctx, name, enums.TASK_QUEUE_TYPE_ACTIVITY)
		if err != nil {
			answers = false
			continue
		}
		for _, p := range d.GetPollers() {
			at := p.GetLastAccessTime().AsTime()
			if time.Since(at) < time.Minute {
				out[i].Workers++
			}
			if out[i].SeenAt == nil || at.After(*out[i].SeenAt) {
				out[i].SeenAt = &at
			}
		}
	}
	return out, answers
}
