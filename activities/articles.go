package activities

import (
	"context"
	"encoding/json"
	"time"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/workflows"
)

// step moves a run's item on.
func step(of workflows.ArticleInput, status igny8.ItemStatus, reached, waitingFor string) store.ItemStepParams {
	return store.ItemStepParams{RunID: of.Of.Run, Stage: "task", ItemID: of.Item.Task.UUID, Status: status, Step: reached, WaitingFor: waitingFor}
}

// beginArticle says how far an article has come already.
func (a *Activities) beginArticle(ctx context.Context, of workflows.ArticleInput) (workflows.Standing, error) {
	return store.As(ctx, a.Store, bot(of.Of), func(q *store.Queries) (out workflows.Standing, err error) {
		at, err := q.ArticleStanding(ctx, of.Item.Task)
		if err != nil {
			return out, err
		}
		if err := q.ItemStep(ctx, step(of, igny8.ItemRunning, "", "")); err != nil {
			return out, err
		}
		out = workflows.Standing{
			Written: at.Written, Approved: at.Approved, Moderated: at.Moderated, Prompted: at.Prompted > 0, Words: int(at.WordCount), Wanted: int(at.Images),
		}
		out.Content = igny8.ContentID{UUID: at.ContentID}
		if at.PublishAt != nil {
			out.PublishAt = at.PublishAt.UTC().Truncate(time.Second)
		}
		for _, id := range at.Missing {
			out.Images = append(out.Images, igny8.ImageID{UUID: id})
		}
		if !out.Written {
			if err := q.TaskStatus(ctx, store.TaskStatusParams{ID: of.Item.Task, Status: igny8.TaskWriting}); err != nil {
				return out, err
			}
		}
		_, err = progress(ctx, q, of.Of.Run)
		return out, err
	})
}

// endArticle writes how the work on an article ended, other than by publishing.
func (a *Activities) endArticle(ctx context.Context, e workflows.ArticleEnding) (workflows.Mark, error) {
	return store.As(ctx, a.Store, bot(e.Of.Of), func(q *store.Queries) (workflows.Mark, error) {
		item := step(e.Of, igny8.ItemDone, "done", "")
		task := store.TaskStatusParams{ID: e.Of.Item.Task, Status: igny8.TaskFailed, ErrorCode: string(e.Code), ErrorMessage: e.Message}
		switch e.Code {
		case "":
			status, err := restingStatus(ctx, q, e.Of.Item.Task)
			if err != nil {
				return workflows.Mark{}, err
			}
			task.Status = status
		case igny8.Canceled:
			item.Status, task.Status, task.ErrorMessage = igny8.ItemSkipped, igny8.TaskCancelled, "Cancelled. What was not delivered was not charged."
		case igny8.Rejected:
			item.Status, task.Status = igny8.ItemSkipped, igny8.TaskCancelled
		case igny8.Expired: // it stays under review
			item.Status, task.Status = igny8.ItemSkipped, igny8.TaskReview
		default:
			item.Status = igny8.ItemFailed
		}
		if e.Code != "" {
			item.Step, item.ErrorCode, item.ErrorMessage = "", string(e.Code), task.ErrorMessage
		}
		if err := q.TaskStatus(ctx, task); err != nil {
			return workflows.Mark{}, err
		}
		if err := q.ItemStep(ctx, item); err != nil {
			return workflows.Mark{}, err
		}
		return progress(ctx, q, e.Of.Of.Run)
	})
}

// restingStatus is what a task is at when a function alone was done with it.
func restingStatus(ctx context.Context, q *store.Queries, task igny8.TaskID) (igny8.TaskStatus, error) {
	content, err := q.ContentOfTask(ctx, task)
	if igny8.CodeOf(err) == igny8.NotFound {
		return igny8.TaskPending, nil
	} else if err != nil {
		return "", err
	}
	images, err := q.ImagesOfContent(ctx, content.ID)
	if err != nil {
		return "", err
	}
	for _, i := range images {
		if i.Status != igny8.ImageGenerated {
			return igny8.TaskIllustrating, nil
		}
	}
	if len(images) > 0 {
		return igny8.TaskReady, nil
	}
	return igny8.TaskReview, nil
}

// park says what an article waits for.
func (a *Activities) park(ctx context.Context, p workflows.Parking) (workflows.Mark, error) {
	return store.As(ctx, a.Store, bot(p.Of.Of), func(q *store.Queries) (workflows.Mark, error) {
		status := igny8.ItemWaiting
		if p.For == "" {
			status = igny8.ItemRunning
		}
		if err := q.ItemStep(ctx, step(p.Of, status, "", p.For)); err != nil {
			return workflows.Mark{}, err
		}
		return progress(ctx, q, p.Of.Of.Run)
	})
}

// beginTick begins the run that a schedule asks for, as a person would; or says
// why not.
func (a *Activities) beginTick(ctx context.Context, in workflows.TickInput) (out workflows.Ticked, err error) {
	p := igny8.Bot(in.Scope)
	var s store.Schedule
	out, err = store.As(ctx, a.Store, p, func(q *store.Queries) (out workflows.Ticked, err error) {
		if s, err = q.Schedule(ctx, in.Schedule); err != nil {
			return out, err
		}
		if s.Paused || s.PausedUntil != nil && s.PausedUntil.After(time.Now()) {
			out.Skipped = igny8.Skipped
			return out, nil
		}
		start := store.Start{Kind: s.Kind, Sector: s.SectorID, Mode: s.Mode, Schedule: s.ID, Asker: store.Asker{Role: igny8.SystemBot}}
		if s.MaxCredits != nil {
			start.MaxCredits = *s.MaxCredits
		}
		if err := json.Unmarshal(s.Params, &start.Settings); err != nil {
			return out, err
		}
		begun, err := q.Begin(ctx, start)
		if err != nil {
			return out, err
		}
		out.Run = workflows.RunInput{Scope: in.Scope, Run: begun.Run.ID, Kind: begun.Run.Kind, Mode: begun.Run.Mode, Width: start.Settings.WithDefaults().Width}
		return out, nil
	})
	if code := igny8.CodeOf(err); err != nil && code.Final() {
		out, err = workflows.Ticked{Skipped: code}, nil
	}
	if err != nil {
		return out, err
	}
	outcome := "started"
	if out.Skipped != "" {
		outcome = "skipped: " + string(out.Skipped)
	}
	return out, store.Do(ctx, a.Store, p, func(q *store.Queries) error {
		tick := store.ScheduleTickedParams{ID: in.Schedule, Outcome: outcome}
		if out.Skipped == "" {
			tick.RunID = &out.Run.Run
		}
		return q.ScheduleTicked(ctx, tick)
	})
}
