package activities

import (
	"context"
	"encoding/json"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/workflows"
)

// askReview lays an article before a person.
func (a *Activities) askReview(ctx context.Context, r workflows.Reviewing) (workflows.Mark, error) {
	return store.As(ctx, a.Store, bot(r.Of.Of), func(q *store.Queries) (workflows.Mark, error) {
		content, err := q.LockContent(ctx, r.Content)
		if err != nil {
			return workflows.Mark{}, err
		}
		if err := q.ContentStatus(ctx, store.ContentStatusParams{ID: r.Content, Status: igny8.ContentReview, TextStatus: content.TextStatus}); err != nil {
			return workflows.Mark{}, err
		}
		if err := q.TaskStatus(ctx, store.TaskStatusParams{ID: content.TaskID, Status: igny8.TaskReview}); err != nil {
			return workflows.Mark{}, err
		}
		if err := q.ItemStep(ctx, step(r.Of, igny8.ItemWaiting, "", "review")); err != nil {
			return workflows.Mark{}, err
		}
		if err := q.Notify(ctx, store.NotifyParams{SiteID: &content.SiteID, Kind: "review", Title: "An article waits for your review", Body: content.Title, Link: "/writer/content/" + content.ID.String()}); err != nil {
			return workflows.Mark{}, err
		}
		return progress(ctx, q, r.Of.Of.Run)
	})
}

// remind says once more that an article waits.
func (a *Activities) remind(ctx context.Context, r workflows.Reviewing) (workflows.Mark, error) {
	return store.As(ctx, a.Store, bot(r.Of.Of), func(q *store.Queries) (workflows.Mark, error) {
		content, err := q.Content(ctx, r.Content)
		if err != nil {
			return workflows.Mark{}, err
		}
		return workflows.Mark{}, q.Notify(ctx, store.NotifyParams{
			SiteID: &content.SiteID, Kind: "review", Title: "An article has been waiting for three days", Body: content.Title + ". In eleven days its run gives up; the text stays.", Link: "/writer/content/" + content.ID.String(),
		})
	})
}

// decide writes a person's decision to the article and to the audit log.
func (a *Activities) decide(ctx context.Context, d workflows.Deciding) (workflows.Decided, error) {
	return store.As(ctx, a.Store, bot(d.Of.Of), func(q *store.Queries) (out workflows.Decided, err error) {
		content, err := q.LockContent(ctx, d.Content)
		if err != nil {
			return out, err
		}
		out.Revision = int(content.Revision)
		s := store.ContentStatusParams{ID: d.Content, TextStatus: content.TextStatus, Reason: d.Decision.Reason}
		reached := ""
		switch d.Decision.Verb {
		case workflows.Approve:
			s.Status, s.TextStatus, reached = igny8.ContentApproved, "approved", "reviewed"
			if d.Before == "publishing" {
				reached = "moderated"
			} else {
				s.Status = igny8.ContentDraft // the whole may yet be looked at
			}
		case workflows.Reject:
			s.Status = igny8.ContentRejected
		case workflows.RequestChanges:
			s.Status = igny8.ContentChangesRequested
			if out.Revision, err = wanted(ctx, q, content); err != nil {
				return out, err
			}
		}
		if err := q.ContentStatus(ctx, s); err != nil {
			return out, err
		}
		if err := q.ItemStep(ctx, step(d.Of, igny8.ItemRunning, reached, "")); err != nil {
			return out, err
		}
		if err := audit(ctx, q, d); err != nil {
			return out, err
		}
		out.Mark, err = progress(ctx, q, d.Of.Of.Run)
		return out, err
	})
}

// wanted asks for another text than a task has, and returns its revision. One that
// was asked for already, by a decision whose answer was lost, is the same.
func wanted(ctx context.Context, q *store.Queries, now store.Content) (int, error) {
	next, err := q.WantRevision(ctx, store.WantRevisionParams{ID: now.TaskID, Revision: now.Revision})
	if igny8.CodeOf(err) != igny8.NotFound {
		return int(next), err
	}
	task, err := q.Task(ctx, now.TaskID)
	if err == nil && task.Revision != now.Revision+1 {
		err = igny8.Errorf(igny8.Conflict, "The article has changed since. Read it again before you decide.")
	}
	return int(task.Revision), err
}

func audit(ctx context.Context, q *store.Queries, d workflows.Deciding) error {
	detail, err := json.Marshal(map[string]any{"revision": d.Decision.Revision, "reason": d.Decision.Reason, "before": d.Before})
	if err != nil {
		return err
	}
	p := store.AuditParams{ActorRole: string(d.Decision.Role), Action: "content." + string(d.Decision.Verb), Target: "content/" + d.Content.String(), Outcome: "done", Detail: detail}
	if !d.Decision.Actor.IsZero() {
		p.ActorID = &d.Decision.Actor
	}
	return q.Audit(ctx, p)
}
