package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/workflows"
)

type decision struct {
	ByID
	Body struct {
		Revision int `json:"revision" minimum:"1" doc:"Of the text that was read: another one since is 409"`
	}
}

type rejection struct {
	ByID
	Body struct {
		Revision int    `json:"revision" minimum:"1"`
		Reason   string `json:"reason,omitempty" maxLength:"2000"`
	}
}

type changeRequest struct {
	ByID
	Body struct {
		Revision    int    `json:"revision" minimum:"1"`
		Instruction string `json:"instruction" minLength:"1" maxLength:"2000" doc:"What is to be changed"`
	}
}

type contentEdit struct {
	ByID
	Body struct {
		Version         int64     `json:"version" doc:"Of the content as it was read; another one since is 409"`
		Title           *string   `json:"title,omitempty" minLength:"1" maxLength:"300"`
		Excerpt         *string   `json:"excerpt,omitempty" maxLength:"2000"`
		MetaTitle       *string   `json:"meta_title,omitempty" maxLength:"300"`
		MetaDescription *string   `json:"meta_description,omitempty" maxLength:"1000"`
		FocusKeyword    *string   `json:"focus_keyword,omitempty" maxLength:"200"`
		Category        *string   `json:"category,omitempty" maxLength:"200"`
		Tags            *[]string `json:"tags,omitempty" maxItems:"30"`
		HTML            *string   `json:"html_content,omitempty" maxLength:"500000"`
	}
}

// Decided is the content after a decision, and the run that goes on with it
// where the one before had ended.
type Decided struct {
	Content Content      `json:"content"`
	TaskID  *igny8.RunID `json:"task_id,omitempty"`
}

func (s *Server) decisions() {
	verb := func(verb, summary string) endpoint {
		return post("writer/content/{id}/"+verb+"/", verb+"-content", summary, igny8.Write)
	}
	route(s, verb("approve", "Approve a content: its run goes on"), func(ctx context.Context, in *decision) (Decided, error) {
		return s.decide(ctx, in.ID, workflows.Decision{Verb: workflows.Approve, Revision: in.Body.Revision})
	})
	route(s, verb("reject", "Reject a content: nothing more is bought for it"), func(ctx context.Context, in *rejection) (Decided, error) {
		return s.decide(ctx, in.ID, workflows.Decision{Verb: workflows.Reject, Revision: in.Body.Revision, Reason: in.Body.Reason})
	})
	route(s, verb("request_changes", "Have a content written anew"), func(ctx context.Context, in *changeRequest) (Decided, error) {
		return s.decide(ctx, in.ID, workflows.Decision{Verb: workflows.RequestChanges, Revision: in.Body.Revision, Reason: in.Body.Instruction})
	})
	route(s, post("writer/content/{id}/", "edit-content", "Edit a content", igny8.Write).with(http.MethodPatch, http.StatusOK), s.edit)
}

// decide gives a decision to the workflow that waits for it or, where that has
// ended, writes it down and starts a run that goes on with the article.
func (s *Server) decide(ctx context.Context, id string, d workflows.Decision) (out Decided, err error) {
	if d.Content, err = igny8.Parse[igny8.ContentID](id); err != nil {
		return out, err
	}
	p := igny8.PrincipalOf(ctx)
	d.Actor, d.Role = p.User, p.Role
	var task store.Task
	content, err := as(ctx, s, func(q *store.Queries) (c store.Content, err error) {
		if c, err = q.Content(ctx, d.Content); err != nil {
			return c, err
		}
		task, err = q.Task(ctx, c.TaskID)
		return c, err
	})
	if err != nil {
		return out, err
	}
	if int(content.Revision) != d.Revision {
		return out, igny8.Errorf(igny8.Conflict, "The article has changed since. Read it again before you decide.")
	}
	err = igny8.Errorf(igny8.NotFound, "Nobody works on the article.")
	if task.WorkflowID != "" {
		err = s.update(ctx, task.WorkflowID, fmt.Sprintf("%s/%s/%d", d.Verb, d.Content, content.Version), workflows.DecideUpdate, nil, d)
	}
	if igny8.CodeOf(err) == igny8.NotFound {
		out.TaskID, err = s.decideAlone(ctx, d)
	}
	if err != nil {
		return out, err
	}
	out.Content, err = one(ctx, s, &contents, id)
	return out, err
}

// decideAlone writes a decision for which no workflow waits, and starts a run
// where it means that the work goes on.
func (s *Server) decideAlone(ctx context.Context, d workflows.Decision) (*igny8.RunID, error) {
	by := asker(ctx)
	task, err := as(ctx, s, func(q *store.Queries) (id *igny8.RunID, err error) {
		c, err := q.LockContent(ctx, d.Content)
		if err != nil {
			return nil, err
		}
		switch {
		case int(c.Revision) != d.Revision:
			return nil, igny8.Errorf(igny8.Conflict, "The article has changed since. Read it again before you decide.")
		case c.Status == igny8.ContentPublished:
			return nil, igny8.Errorf(igny8.Conflict, "The article is published already.")
		}
		status := store.ContentStatusParams{ID: d.Content, TextStatus: c.TextStatus, Reason: d.Reason}
		switch d.Verb {
		case workflows.Approve:
			// The first approval is of the text, the second of the whole.
			if status.Status = igny8.ContentApproved; c.TextStatus != "approved" {
				status.Status, status.TextStatus = igny8.ContentDraft, "approved"
			}
		case workflows.Reject:
			status.Status = igny8.ContentRejected
			if err := q.TaskStatus(ctx, store.TaskStatusParams{ID: c.TaskID, Status: igny8.TaskCancelled, ErrorCode: string(igny8.Rejected), ErrorMessage: "A reviewer rejected the article."}); err != nil {
				return nil, err
			}
		case workflows.RequestChanges:
			status.Status = igny8.ContentChangesRequested
			if _, err := q.WantRevision(ctx, store.WantRevisionParams{ID: c.TaskID, Revision: c.Revision}); err != nil {
				return nil, err
			}
		}
		if err := q.ContentStatus(ctx, status); err != nil {
			return nil, err
		}
		detail, err := json.Marshal(map[string]any{"revision": d.Revision, "reason": d.Reason})
		if err != nil {
			return nil, err
		}
		if err := q.Audit(ctx, store.AuditParams{ActorID: pointer(by.User), ActorRole: string(by.Role), Action: "content." + string(d.Verb), Target: "content/" + d.Content.String(), Outcome: "done", Detail: detail, RequestID: by.Request, IP: by.IP}); err != nil || d.Verb == workflows.Reject {
			return nil, err
		}
		start := store.Start{Kind: igny8.KindArticle, Mode: modeOf(ctx, q, c.TaskID), Sector: c.SectorID, Items: []uuid.UUID{c.TaskID.UUID}, Images: s.Images, Asker: by}
		begun, err := q.Begin(ctx, start)
		return &begun.Run.ID, err
	})
	if err == nil {
		s.poke()
	}
	return task, err
}

// modeOf is how the run that made a task wanted it reviewed.
func modeOf(ctx context.Context, q *store.Queries, id igny8.TaskID) igny8.Mode {
	task, err := q.Task(ctx, id)
	if err != nil || task.RunID == nil {
		return igny8.Auto
	}
	run, err := q.Run(ctx, *task.RunID)
	if err != nil {
		return igny8.Auto
	}
	return run.Mode
}

// edit saves a person's edit. What was there is kept among the revisions, and
// HTML goes by the same sieve as a model's.
func (s *Server) edit(ctx context.Context, in *contentEdit) (Content, error) {
	id, err := igny8.Parse[igny8.ContentID](in.ID)
	if err != nil {
		return Content{}, err
	}
	user := igny8.PrincipalOf(ctx).User
	return as(ctx, s, func(q *store.Queries) (out Content, err error) {
		c, err := q.LockContent(ctx, id)
		if err != nil {
			return out, err
		}
		if c.Version != in.Body.Version {
			return out, changed(igny8.Errorf(igny8.NotFound, ""), func() error { return nil })
		}
		if err := q.KeepRevision(ctx, store.KeepRevisionParams{ID: id, Reason: "edited", CreatedBy: pointer(user)}); err != nil {
			return out, err
		}
		if _, err := q.EditContent(ctx, s.edited(c, in)); err != nil {
			return out, err
		}
		return store.Row[Content](ctx, q, &contents.list, in.ID)
	})
}

func (s *Server) edited(c store.Content, in *contentEdit) store.EditContentParams {
	b := &in.Body
	p := store.EditContentParams{ID: c.ID, Version: c.Version, Title: c.Title, Excerpt: c.Excerpt, MetaTitle: c.MetaTitle, MetaDescription: c.MetaDescription,
		FocusKeyword: c.FocusKeyword, Category: c.Category, Tags: c.Tags, HTML: c.HTML, WordCount: c.WordCount}
	for _, f := range []struct {
		to   *string
		from *string
	}{{&p.Title, b.Title}, {&p.Excerpt, b.Excerpt}, {&p.MetaTitle, b.MetaTitle}, {&p.MetaDescription, b.MetaDescription}, {&p.FocusKeyword, b.FocusKeyword}, {&p.Category, b.Category}} {
		if f.from != nil {
			*f.to = strings.ToValidUTF8(strings.ReplaceAll(*f.from, "\x00", ""), "")
		}
	}
	if b.Tags != nil {
		p.Tags = *b.Tags
	}
	if b.HTML != nil {
		p.HTML = s.Sanitize(strings.ReplaceAll(*b.HTML, "\x00", ""))
		p.WordCount = int32(countWords(p.HTML))
	}
	return p
}

// countWords counts the words of HTML that was sanitised: what stands outside
// its tags.
func countWords(html string) int {
	n, inTag, inWord := 0, false, false
	for _, r := range html {
		switch {
		case r == '<':
			inTag, inWord = true, false
		case r == '>':
			inTag = false
		case inTag:
		case r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\u00a0':
			inWord = false
		case !inWord:
			inWord = true
			n++
		}
	}
	return n
}
