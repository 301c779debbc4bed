package activities

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"go.temporal.io/sdk/activity"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/workflows"
)

// markOf is where a run's row stands.
func markOf(r store.Run) workflows.Mark {
	return workflows.Mark{Version: r.Version, Percentage: int(r.Percentage), Status: r.Status}
}

// progress brings a run's figures up to its items, and says where it stands.
func progress(ctx context.Context, q *store.Queries, run igny8.RunID) (workflows.Mark, error) {
	p, err := q.RunProgress(ctx, run.UUID)
	return workflows.Mark{Version: p.Version, Percentage: int(p.Percentage), Status: igny8.RunStatus(p.Status)}, err
}

// settings are what a run was asked to make.
func settings(r store.Run) (igny8.RunSettings, error) {
	var s igny8.RunSettings
	err := json.Unmarshal(r.Params, &s)
	return s.WithDefaults(), err
}

// beginRun says that the run is under way, and how many things it was given.
func (a *Activities) beginRun(ctx context.Context, of workflows.RunInput) (workflows.Begun, error) {
	return store.As(ctx, a.Store, bot(of), func(q *store.Queries) (b workflows.Begun, err error) {
		r, err := q.RunBegan(ctx, store.RunBeganParams{ID: of.Run, TemporalRunID: activity.GetInfo(ctx).WorkflowExecution.RunID, Message: "Started"})
		if err != nil {
			return b, err
		}
		clusters, err := q.CountRunItems(ctx, store.CountRunItemsParams{RunID: of.Run, Stage: "cluster"})
		if err != nil {
			return b, err
		}
		tasks, err := q.CountRunItems(ctx, store.CountRunItemsParams{RunID: of.Run, Stage: "task"})
		if err != nil {
			return b, err
		}
		if tasks > 0 {
			if err := q.RunStage(ctx, store.RunStageParams{ID: of.Run, Stage: "articles", Message: fmt.Sprintf("Working on %d articles", tasks), Planning: true}); err != nil {
				return b, err
			}
		}
		b = workflows.Begun{Mark: markOf(r), Clusters: int(clusters), Tasks: int(tasks)}
		b.Mark, err = progress(ctx, q, of.Run)
		return b, err
	})
}

func (a *Activities) setStage(ctx context.Context, s workflows.StageChange) (workflows.Mark, error) {
	return store.As(ctx, a.Store, bot(s.Of), func(q *store.Queries) (workflows.Mark, error) {
		if err := q.RunStage(ctx, store.RunStageParams{ID: s.Of.Run, Stage: s.Stage, Message: s.Message, Planning: !s.Planned}); err != nil {
			return workflows.Mark{}, err
		}
		return progress(ctx, q, s.Of.Run)
	})
}

// pauseRun writes why the run stands still. If nobody asked for it, a schedule
// that began the run is paused too: the next night would end the same way.
func (a *Activities) pauseRun(ctx context.Context, h workflows.Halt) (workflows.Mark, error) {
	return store.As(ctx, a.Store, bot(h.Of), func(q *store.Queries) (workflows.Mark, error) {
		r, err := q.RunPaused(ctx, store.RunPausedParams{ID: h.Of.Run, ErrorCode: string(h.Code), ErrorMessage: h.Message, Message: "Paused: " + h.Message})
		if err != nil {
			return workflows.Mark{}, err
		}
		if h.Code == "" {
			return markOf(r), nil
		}
		if r.ScheduleID != nil {
			if err := q.PauseSchedule(ctx, store.PauseScheduleParams{ID: *r.ScheduleID, Reason: h.Message}); err != nil {
				return workflows.Mark{}, err
			}
		}
		return markOf(r), q.Notify(ctx, store.NotifyParams{SiteID: &r.SiteID, Kind: "run_paused", Title: "A run is paused", Body: h.Message, Link: "/automation/runs/" + r.ID.String()})
	})
}

func (a *Activities) resumeRun(ctx context.Context, s workflows.ResumeOf) (workflows.Mark, error) {
	return store.As(ctx, a.Store, bot(s.Of), func(q *store.Queries) (workflows.Mark, error) {
		if s.MaxCredits != nil && *s.MaxCredits < 1 {
			return workflows.Mark{}, igny8.FieldErrorf("max_credits", "The limit must be at least 1 credit.")
		}
		r, err := q.RunResumed(ctx, store.RunResumedParams{ID: s.Of.Run, MaxCredits: s.MaxCredits})
		return markOf(r), err
	})
}

// beginItems begins an attempt at each of some items that are still to be done.
func (a *Activities) beginItems(ctx context.Context, r workflows.Range) ([]workflows.Item, error) {
	return store.As(ctx, a.Store, bot(r.Of), func(q *store.Queries) (items []workflows.Item, err error) {
		if r.Stage == "cluster" {
			rows, err := q.BeginIdeas(ctx, store.BeginIdeasParams{RunID: r.Of.Run, FromN: int32(r.From), ToN: int32(r.To)})
			slices.SortFunc(rows, func(a, b store.BeginIdeasRow) int { return cmp.Compare(a.N, b.N) })
			for _, c := range rows {
				items = append(items, workflows.Item{Cluster: c.ID, Revision: int(c.IdeasRevision), Try: int(c.IdeasTry)})
			}
			return items, err
		}
		rows, err := q.BeginArticles(ctx, store.BeginArticlesParams{RunID: r.Of.Run, FromN: int32(r.From), ToN: int32(r.To)})
		slices.SortFunc(rows, func(a, b store.BeginArticlesRow) int { return cmp.Compare(a.N, b.N) })
		for _, t := range rows {
			items = append(items, workflows.Item{Task: t.ID, Revision: int(t.Revision), Try: int(t.Try)})
		}
		return items, err
	})
}

// endRun closes a run's books: items that nobody will come back to are closed,
// holds that were left open are given back, and the row says what became of it.
func (a *Activities) endRun(ctx context.Context, e workflows.Ending) (workflows.Ended, error) {
	return store.As(ctx, a.Store, bot(e.Of), func(q *store.Queries) (end workflows.Ended, err error) {
		holds, err := q.OpenHoldsOfRun(ctx, &e.Of.Run)
		if err != nil {
			return end, err
		}
		for _, key := range holds {
			if err := q.Release(ctx, store.Hold{Key: key, Run: e.Of.Run}); err != nil {
				return end, err
			}
		}
		if _, err := q.RunProgress(ctx, e.Of.Run.UUID); err != nil {
			return end, err
		}
		r, err := q.Run(ctx, e.Of.Run)
		if err != nil {
			return end, err
		}
		if r.FinishedAt != nil {
			return workflows.Ended{Status: r.Status}, nil
		}
		end.Status, e.Message = outcome(r, e)
		r, err = q.RunEnded(ctx, store.RunEndedParams{ID: e.Of.Run, Status: end.Status, ErrorCode: string(e.Code), ErrorMessage: errorMessage(e), Message: e.Message})
		if err != nil {
			return end, err
		}
		if r.ScheduleID != nil {
			if err := q.ScheduleTicked(ctx, store.ScheduleTickedParams{ID: *r.ScheduleID, Outcome: string(end.Status), RunID: &r.ID}); err != nil {
				return end, err
			}
		}
		return end, q.Notify(ctx, store.NotifyParams{SiteID: &r.SiteID, Kind: "run_" + string(end.Status), Title: "A run has ended: " + e.Message, Link: "/automation/runs/" + r.ID.String()})
	})
}

func errorMessage(e workflows.Ending) string {
	if e.Code == "" {
		return ""
	}
	return e.Message
}

// outcome says what a run ended as, in a word and in a sentence.
func outcome(r store.Run, e workflows.Ending) (igny8.RunStatus, string) {
	made := fmt.Sprintf("%d of %d done", r.ItemsDone, r.ItemsTotal)
	switch {
	case e.Code == igny8.Canceled:
		return igny8.RunCancelled, "Cancelled with " + made + ". What was not delivered was not charged."
	case e.Code != "" && r.ItemsDone == 0:
		return igny8.RunFailed, e.Message
	case e.Code != "":
		return igny8.RunPartlyFailed, made + ". " + e.Message
	case r.Kind == igny8.KindRecluster, r.Kind == igny8.KindClusters && r.Clusters == 0 && r.Message != "":
		return igny8.RunSucceeded, r.Message // says what is proposed, or what joined which there were
	case r.Kind == igny8.KindClusters:
		return igny8.RunSucceeded, fmt.Sprintf("%d clusters found", r.Clusters)
	case r.ItemsTotal == 0:
		return igny8.RunFailed, "There was nothing to do: no keywords without a cluster, and no cluster without ideas. Nothing was charged."
	case r.ItemsDone == 0 && r.ItemsFailed > 0:
		return igny8.RunFailed, fmt.Sprintf("None of %d could be done; each says why. What was not delivered was not charged.", r.ItemsTotal)
	case r.ItemsFailed > 0:
		return igny8.RunPartlyFailed, fmt.Sprintf("%s, %d failed; each says why. What was not delivered was not charged.", made, r.ItemsFailed)
	}
	return igny8.RunSucceeded, made
}

func uuids[I interface{ ~struct{ uuid.UUID } }](ids []I) []uuid.UUID {
	out := make([]uuid.UUID, len(ids))
	for i, id := range ids {
		out[i] = struct{ uuid.UUID }(id).UUID
	}
	return out
}
