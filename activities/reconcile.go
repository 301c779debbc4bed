package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/store/system"
	"github.com/igny8/igny8/temporal"
	"github.com/igny8/igny8/workflows"
)

// Engine tells the reconciler what has become of an execution. Temporal's client
// is one.
type Engine interface {
	DescribeWorkflowExecution(ctx context.Context, workflowID, runID string) (*workflowservice.DescribeWorkflowExecutionResponse, error)
}

const (
	usuallyQuiet = 5 * time.Minute
	pageOfWork   = 200              // so many things of each kind are looked at in one go
	longestAsk   = 15 * time.Minute // longer than any attempt at a provider lasts
	fullEvery    = time.Hour
	foldAbove    = 100 // deltas of counts
)

// nothing is what a mending returns that only changes something.
type nothing = struct{}

// sweeping is one pass over what was left behind.
type sweeping struct {
	*Activities
	found *workflows.Reconciled
}

// part is one kind of thing to mend.
type part struct {
	name string
	do   func(context.Context) error
}

// quiet is how long something must not have changed, in seconds.
func (s sweeping) quiet() float64 {
	if s.Quiet > 0 {
		return s.Quiet.Seconds()
	}
	return usuallyQuiet.Seconds()
}

// sweep mends what no workflow will come back to, and keeps a report of it. A
// part that fails keeps no other part from being done; it is in the report.
func (a *Activities) sweep(ctx context.Context, in workflows.Sweeping) (workflows.Reconciled, error) {
	began := time.Now()
	s := sweeping{a, &workflows.Reconciled{}}
	full, err := s.full(ctx, in)
	if err != nil {
		return *s.found, err
	}
	parts := []part{
		{"runs", s.runs}, {"items", s.items}, {"credits", s.holds}, {"replies", s.replies},
		{"publications", s.publications}, {"tasks", s.tasks}, {"housekeeping", s.housekeeping},
	}
	if full {
		parts = append(parts, part{"files", s.blobs}, part{"ledger", s.ledger})
	}
	for _, p := range parts {
		if err := p.do(ctx); err != nil {
			s.found.Errors = append(s.found.Errors, p.name+": "+err.Error())
		}
	}
	s.found.Took = time.Since(began)
	return *s.found, s.report(ctx)
}

// full reports whether the ledger and the files are to be read: once an hour,
// and when somebody asks for it.
func (s sweeping) full(ctx context.Context, in workflows.Sweeping) (bool, error) {
	last, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) (system.LastFullReportRow, error) { return q.LastFullReport(ctx) })
	if igny8.CodeOf(err) == igny8.NotFound {
		return true, nil
	}
	return in.Full || time.Since(last.CreatedAt) > fullEvery, err
}

func (s sweeping) report(ctx context.Context) error {
	report, err := json.Marshal(s.found)
	if err != nil {
		return err
	}
	_, err = store.AsSystem(ctx, s.Store, func(q *system.Queries) (nothing, error) {
		if _, err := q.ForgetReports(ctx); err != nil {
			return nothing{}, err
		}
		return nothing{}, q.Report(ctx, system.ReportParams{Report: report, Mended: int32(s.found.Mended())})
	})
	return err
}

// runs ends the runs whose workflow has ended without saying so.
func (s sweeping) runs(ctx context.Context) error {
	for after := (igny8.RunID{}); ; {
		rows, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) ([]system.QuietRunsRow, error) {
			return q.QuietRuns(ctx, system.QuietRunsParams{QuietSeconds: s.quiet(), After: after, Many: pageOfWork})
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		after = rows[len(rows)-1].ID
		for _, r := range rows {
			if err := s.run(ctx, r); err != nil {
				return err
			}
		}
	}
}

// run ends one run, unless its workflow, or that of an article of it, is under
// way: an article whose run was terminated is giving back what it had reserved.
func (s sweeping) run(ctx context.Context, r system.QuietRunsRow) error {
	status, err := s.state(ctx, r.WorkflowID)
	switch {
	case err != nil:
		return err
	case status == enums.WORKFLOW_EXECUTION_STATUS_RUNNING:
		return nil
	case status == gone && r.TemporalRunID == "":
		return nil // it waits to be started
	}
	for _, article := range r.Articles {
		busy, err := s.state(ctx, article)
		if err != nil || busy == enums.WORKFLOW_EXECUTION_STATUS_RUNNING {
			return err
		}
	}
	e := workflows.Ending{
		Of:   workflows.RunInput{Scope: igny8.Scope{Account: r.AccountID, Site: r.SiteID, Sector: r.SectorID}, Run: r.ID, Kind: r.Kind, Mode: r.Mode},
		Code: igny8.Internal, Message: "The run ended without a word. What was not delivered was not charged; start it again to go on.",
	}
	if status == enums.WORKFLOW_EXECUTION_STATUS_TERMINATED || status == enums.WORKFLOW_EXECUTION_STATUS_CANCELED {
		e.Code, e.Message = igny8.Canceled, "An operator ended the run."
	}
	if _, err := s.endRun(ctx, e); err != nil {
		return err
	}
	s.found.Runs++
	return nil
}

// gone is the state of an execution that the engine does not know.
const gone = enums.WORKFLOW_EXECUTION_STATUS_UNSPECIFIED

func (s sweeping) state(ctx context.Context, workflowID string) (enums.WorkflowExecutionStatus, error) {
	d, err := s.Engine.DescribeWorkflowExecution(ctx, workflowID, "")
	if temporal.CodeOf(err) == igny8.NotFound {
		return gone, nil
	}
	return d.GetWorkflowExecutionInfo().GetStatus(), err
}

// items closes what is under way in runs that have ended: nobody else could work
// on it.
func (s sweeping) items(ctx context.Context) error {
	closed, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) ([]system.CloseItemsRow, error) { return q.CloseItems(ctx, s.quiet()) })
	s.found.Items += len(closed)
	return err
}

// holds resolves open holds that nobody will come back to. What was delivered is
// charged, the rest is given back.
func (s sweeping) holds(ctx context.Context) error {
	rows, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) ([]system.StrandedHoldsRow, error) {
		return q.StrandedHolds(ctx, system.StrandedHoldsParams{QuietSeconds: s.quiet(), Many: pageOfWork})
	})
	for _, h := range rows {
		resolve, count := s.giveBack, &s.found.HoldsReleased
		if h.Made > 0 {
			resolve, count = s.charge, &s.found.HoldsSettled
		}
		one := store.Do(ctx, s.Store, igny8.Bot(igny8.Scope{Account: h.AccountID}), func(q *store.Queries) error { return resolve(ctx, q, h) })
		if igny8.CodeOf(one) == igny8.Conflict { // somebody came back to it after all
			continue
		}
		if err = errors.Join(err, one); one == nil {
			*count++
		}
	}
	return err
}

func (s sweeping) giveBack(ctx context.Context, q *store.Queries, h system.StrandedHoldsRow) error {
	return q.Release(ctx, store.Hold{Key: h.Key, Function: h.Function})
}

func (s sweeping) charge(ctx context.Context, q *store.Queries, h system.StrandedHoldsRow) error {
	units := int(h.Made)
	if h.Function == igny8.Writing {
		units = igny8.WrittenUnits(int(h.Ordered), int(h.Written))
	}
	_, err := q.Settle(ctx, store.Settlement{
		Key: h.Key, Units: min(units, int(h.Units)), Result: []uuid.UUID{}, Item: h.Item, Model: h.Model, Tokens: h.Tokens, CostMicros: h.CostMicros,
	})
	return err
}

// replies marks the calls whose attempt has died.
func (s sweeping) replies(ctx context.Context) error {
	lost, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) ([]system.LoseRequestsRow, error) {
		return q.LoseRequests(ctx, system.LoseRequestsParams{AttemptSeconds: longestAsk.Seconds(), QuietSeconds: s.quiet()})
	})
	s.found.Replies += len(lost)
	return err
}

// tasks sets back what looks as if somebody worked on it.
func (s sweeping) tasks(ctx context.Context) error {
	rested, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) ([]system.RestTasksRow, error) { return q.RestTasks(ctx, s.quiet()) })
	s.found.Tasks += len(rested)
	return err
}

// housekeeping folds counts and forgets what is of no more use.
func (s sweeping) housekeeping(ctx context.Context) error {
	accounts, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) ([]igny8.AccountID, error) { return q.UnfoldedAccounts(ctx, foldAbove) })
	for _, account := range accounts {
		if _, one := store.AsSystem(ctx, s.Store, func(q *system.Queries) (int64, error) { return q.FoldCounts(ctx, account.UUID) }); one != nil {
			err = errors.Join(err, one)
			continue
		}
		s.found.AccountsFolded++
	}
	forgotten, one := store.AsSystem(ctx, s.Store, func(q *system.Queries) (int64, error) { return q.ForgetRequests(ctx) })
	s.found.KeysForgotten += int(forgotten)
	return errors.Join(err, one)
}

// ledger has the database read every wallet, hold and entry.
func (s sweeping) ledger(ctx context.Context) error {
	c, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) (system.LedgerCheckRow, error) { return q.LedgerCheck(ctx) })
	if err != nil {
		return err
	}
	if n := len(c.Violations); n > 20 {
		c.Violations = append(slices.Clip(c.Violations[:20]), fmt.Sprintf("and %d more", n-20))
	}
	s.found.Ledger = &workflows.Ledger{Wallets: c.Wallets, Holds: c.Holds, Entries: c.Entries, Violations: c.Violations}
	return nil
}
