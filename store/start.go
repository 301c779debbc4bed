package store

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
)

// MaxItems is how many things can be chosen for one run.
const MaxItems = 1000

// Start says what a run is to do, for whom, and what it may cost.
type Start struct {
	Kind       igny8.RunKind
	Sector     igny8.SectorID // may be zero where Items says it
	Mode       igny8.Mode     // Review if empty
	Settings   igny8.RunSettings
	MaxCredits igny8.Credits // 0 is what the run is estimated to cost at most
	// Items are keywords for KindClusters, clusters for KindIdeas, tasks for
	// the kinds that work on articles, and nothing for KindPipeline and
	// KindRecluster.
	Items    []uuid.UUID
	Images   igny8.Function   // by which images are charged; Illustration if empty
	Schedule igny8.ScheduleID // that began it, if one did
	Asker    Asker
	Once     *Once
}

// Asker is who wants something done, for the audit log.
type Asker struct {
	User    igny8.UserID
	Role    igny8.Role
	Request string
	IP      string
}

// Once makes a start that is repeated with the same key the same one.
type Once struct {
	Route, Key string
	Hash       []byte // of the request: another one with the same key is refused
}

// Started is an accepted run.
type Started struct {
	Run     Run
	Refused []uuid.UUID // chosen tasks that another live run is working on
	Before  bool        // it was started by an earlier request with the same key
}

// A Live error says which run is in the way of another.
type Live struct {
	error
	Run igny8.RunID
}

func (l Live) Unwrap() error { return l.error }

func live(run igny8.RunID, format string, args ...any) error {
	return Live{igny8.Errorf(igny8.RunLive, format, args...), run}
}

// Begin accepts a run: it writes the run's row, its items and an audit entry, and
// nothing is under way before the outbox has found it. Errors: RunLive, as a Live
// where the run in the way is known; NotFound for a sector or item that is not
// there or not the asker's to see; Invalid with the field; Mismatch for a key
// that was used for another request.
func (q *Queries) Begin(ctx context.Context, s Start) (Started, error) {
	if s.Once != nil {
		if before, err := q.before(ctx, s); before != nil || err != nil {
			return deref(before), err
		}
	}
	chosen, err := q.prepare(ctx, &s)
	if err != nil {
		return Started{}, err
	}
	run, err := q.accept(ctx, s)
	if err != nil {
		return Started{}, err
	}
	out := Started{Run: run}
	if len(chosen) > 0 {
		if out.Refused, err = q.choose(ctx, run, s.Kind, chosen); err != nil {
			return Started{}, err
		}
	}
	if s.Once != nil {
		_, err := q.Remember(ctx, RememberParams{Route: s.Once.Route, Key: s.Once.Key, RequestHash: s.Once.Hash, TaskID: igny8.TaskID{UUID: run.ID.UUID}})
		if igny8.CodeOf(err) == igny8.NotFound { // the same request, at the same moment
			err = igny8.Errorf(igny8.Conflict, "The same request is being answered at this moment.")
		}
		if err != nil {
			return Started{}, err
		}
	}
	detail, err := json.Marshal(map[string]any{"kind": run.Kind, "sector": run.SectorID, "max_credits": run.MaxCredits, "items": len(chosen) - len(out.Refused)})
	if err != nil {
		return Started{}, err
	}
	return out, q.Audit(ctx, AuditParams{ActorID: optional(s.Asker.User), ActorRole: string(s.Asker.Role), Action: "run.start", Target: run.ID.String(),
		Outcome: "done", Detail: detail, RequestID: s.Asker.Request, IP: s.Asker.IP})
}

// before finds the answer to an earlier request with the same key.
func (q *Queries) before(ctx context.Context, s Start) (*Started, error) {
	known, err := q.Remembered(ctx, RememberedParams{Route: s.Once.Route, Key: s.Once.Key})
	if igny8.CodeOf(err) == igny8.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !slices.Equal(known.RequestHash, s.Once.Hash) {
		return nil, igny8.Errorf(igny8.Mismatch, "This Idempotency-Key was used for another request. Use a new key for a new request.")
	}
	out := Started{Before: true}
	if out.Run, err = q.Run(ctx, igny8.RunID{UUID: known.TaskID.UUID}); err != nil {
		return nil, err
	}
	taken, err := q.ChosenItems(ctx, ChosenItemsParams{RunID: out.Run.ID, Stage: stageOf(out.Run.Kind)})
	out.Refused = without(s.Items, taken)
	return &out, err
}

// prepare checks what is asked for and fills in what was left out. It returns
// the items that the run is to have.
func (q *Queries) prepare(ctx context.Context, s *Start) ([]uuid.UUID, error) {
	if err := s.Settings.Validate(); err != nil {
		return nil, err
	}
	s.Settings = s.Settings.WithDefaults()
	if s.Mode == "" {
		s.Mode = igny8.Review
	}
	if !slices.Contains(igny8.Modes, s.Mode) {
		return nil, igny8.FieldErrorf("mode", "mode must be auto, review, moderate or both, not %q.", s.Mode)
	}
	if s.MaxCredits < 0 {
		return nil, igny8.FieldErrorf("max_credits", "max_credits must be at least 1.")
	}
	chosen, found, err := q.chosen(ctx, s)
	if err != nil {
		return nil, err
	}
	if s.Kind.Plans() {
		planning, err := q.PlanningRun(ctx, s.Sector)
		if err == nil {
			return nil, live(planning.ID, "A run is planning this sector already. Wait for it, or cancel it.")
		}
		if igny8.CodeOf(err) != igny8.NotFound {
			return nil, err
		}
	}
	if s.MaxCredits == 0 {
		s.MaxCredits, err = q.most(ctx, *s, found)
	}
	return chosen, err
}

// most is what the run can cost: tasks are made as they were ordered, whatever
// the run's settings say.
func (q *Queries) most(ctx context.Context, s Start, found []found) (igny8.Credits, error) {
	if stageOf(s.Kind) != "task" {
		e, err := q.EstimateIn(ctx, s.Sector, s.Kind, s.Settings, len(found), s.Images)
		return e.Total, err
	}
	alike := map[[2]int]int{}
	for _, f := range found {
		alike[[2]int{f.words, f.images}]++
	}
	total := igny8.Credits(0)
	for ordered, n := range alike {
		settings := s.Settings
		settings.Words, settings.Images = ordered[0], &ordered[1]
		e, err := q.Estimate(ctx, s.Kind, settings, n, s.Images)
		if err != nil {
			return 0, err
		}
		total += e.Total
	}
	return total, nil
}

// Estimate is the most that a run can cost the account at today's prices.
func (q *Queries) Estimate(ctx context.Context, kind igny8.RunKind, s igny8.RunSettings, items int, images igny8.Function) (igny8.Estimate, error) {
	prices, err := q.prices(ctx)
	if err != nil {
		return igny8.Estimate{}, err
	}
	if images == "" {
		images = igny8.Illustration
	}
	own, err := q.OwnProviders(ctx)
	if err != nil {
		return igny8.Estimate{}, err
	}
	// The estimate is a cap, so it is the lower price only if every call is
	// made with the account's own keys.
	s = s.WithDefaults()
	mine := slices.Contains(own, "openai") && (*s.Images == 0 || slices.Contains(own, "runware"))
	return igny8.EstimateRun(kind, s, items, images, mine, prices), nil
}

// accept writes the run.
func (q *Queries) accept(ctx context.Context, s Start) (Run, error) {
	sector, err := q.Sector(ctx, s.Sector)
	if err != nil {
		return Run{}, err
	}
	if sector.Status != "active" || sector.SiteStatus != "active" {
		return Run{}, igny8.FieldErrorf("sector", "The sector %q is not active. Activate it and its site first.", sector.Name)
	}
	params, err := json.Marshal(s.Settings)
	if err != nil {
		return Run{}, err
	}
	id := igny8.New[igny8.RunID]()
	var most *igny8.Credits
	if s.MaxCredits > 0 {
		most = &s.MaxCredits
	}
	return q.StartRun(ctx, StartRunParams{ID: id, Kind: s.Kind, Mode: s.Mode, Params: params, Planning: s.Kind.Plans(), WorkflowID: s.Kind.WorkflowID(sector.AccountID, id),
		ScheduleID: optional(s.Schedule), StartedBy: optional(s.Asker.User), MaxCredits: most, SectorID: s.Sector})
}

// choose gives the run its items, and returns those that another run has. If
// there are none left the run is not begun.
func (q *Queries) choose(ctx context.Context, run Run, kind igny8.RunKind, items []uuid.UUID) ([]uuid.UUID, error) {
	stage := stageOf(kind)
	if _, err := q.AddRunItems(ctx, AddRunItemsParams{RunID: run.ID, Stage: stage, Items: items}); err != nil {
		return nil, err
	}
	taken, err := q.ChosenItems(ctx, ChosenItemsParams{RunID: run.ID, Stage: stage})
	if err != nil {
		return nil, err
	}
	if len(taken) == 0 {
		others, err := q.LiveRunsOfItems(ctx, items)
		if err != nil {
			return nil, err
		}
		if len(others) == 0 {
			return nil, igny8.Errorf(igny8.RunLive, "Another run is working on all of these articles.")
		}
		return nil, live(others[0].RunID, "Another run is working on all of these articles. Wait for it, or cancel it.")
	}
	if len(taken) == len(items) {
		return nil, nil
	}
	err = q.RenumberRunItems(ctx, RenumberRunItemsParams{RunID: run.ID, Stage: stage})
	return without(items, taken), err
}

func stageOf(kind igny8.RunKind) string {
	switch kind {
	case igny8.KindPipeline, igny8.KindClusters, igny8.KindRecluster:
		return "keyword"
	case igny8.KindIdeas:
		return "cluster"
	}
	return "task"
}

// without is what of all is not in some.
func without(all, some []uuid.UUID) []uuid.UUID {
	in := make(map[uuid.UUID]bool, len(some))
	for _, id := range some {
		in[id] = true
	}
	var rest []uuid.UUID
	for _, id := range all {
		if !in[id] {
			rest = append(rest, id)
		}
	}
	return rest
}

func deref(s *Started) Started {
	if s == nil {
		return Started{}
	}
	return *s
}

// LiveRun returns the run that a Live error names.
func LiveRun(err error) (igny8.RunID, bool) {
	l, ok := errors.AsType[Live](err)
	return l.Run, ok
}
