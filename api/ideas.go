package api

import (
	"context"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// IdeaFields are what a person may say of an idea.
type IdeaFields struct {
	SectorID    igny8.SectorID   `json:"sector_id" format:"uuid" change:"parent"`
	ClusterID   *igny8.ClusterID `json:"cluster_id,omitempty" format:"uuid" nullable:"true" change:"create" doc:"Of the same sector"`
	Title       string           `json:"idea_title" minLength:"1" maxLength:"300"`
	Description string           `json:"description,omitempty" maxLength:"5000"`
	Angle       string           `json:"angle,omitempty" maxLength:"2000"`
	Intent      *string          `json:"intent,omitempty" enum:"informational,commercial,transactional,navigational" nullable:"true"`
	Status      string           `json:"status,omitempty" enum:"new,rejected" change:"keep" doc:"No task is made of a rejected one"`
}

var ideaChanges = changes[Idea, Idea, IdeaFields]{
	of: &ideas, table: store.Table{Name: "igny8_content_ideas", Belongs: store.OfSector, Version: true}, power: igny8.Write,
	prepare: func(ctx context.Context, _ *Server, q *store.Queries, c *change[IdeaFields]) error {
		if c.New() || !c.Given("status") {
			return nil
		}
		made, err := q.TasksOfIdeas(ctx, c.IDs)
		if err == nil && len(made) > 0 {
			err = igny8.Errorf(igny8.Conflict, "A task was made of this idea; its status follows that task.")
		}
		return err
	},
}

type queueInput struct {
	Body struct {
		Several
		WordCount int        `json:"word_count,omitempty" minimum:"300" maximum:"5000" doc:"To be ordered for each; 1,200 if not given"`
		Images    *int       `json:"images,omitempty" minimum:"0" maximum:"10" doc:"To be ordered for each; 2 if not given"`
		Author    *uuid.UUID `json:"author_profile_id,omitempty" nullable:"true" doc:"The default one if not given"`
	}
}

// Queued is what became of ideas that tasks were to be made of.
type Queued struct {
	Done    int         `json:"done"`
	Results []QueuedOne `json:"results"`
}

// QueuedOne is one of them.
type QueuedOne struct {
	Result
	TaskID *igny8.TaskID `json:"task_id,omitempty" doc:"The task that was made of it, now or before"`
}

// queueIdeas makes a task of each idea, once: an idea that has one is answered
// with it.
func (s *Server) queueIdeas(ctx context.Context, in *queueInput) (Queued, error) {
	b := &in.Body
	words, images := int32(1200), int32(2)
	if b.WordCount != 0 {
		words = int32(b.WordCount)
	}
	if b.Images != nil {
		images = int32(*b.Images)
	}
	return as(ctx, s, func(q *store.Queries) (Queued, error) {
		out := Queued{Results: []QueuedOne{}}
		ids, err := b.rows(ctx, q, &ideas.list)
		if err != nil {
			return out, err
		}
		known, err := q.IdeasToQueue(ctx, ids)
		if err != nil {
			return out, err
		}
		codes, fit := map[uuid.UUID]igny8.Code{}, []uuid.UUID{}
		for _, i := range known {
			if i.Status == igny8.IdeaRejected {
				codes[i.ID.UUID] = igny8.Conflict
				continue
			}
			codes[i.ID.UUID] = ""
			fit = append(fit, i.ID.UUID)
		}
		made, err := q.PlanTasks(ctx, store.PlanTasksParams{Ideas: fit, WordCount: words, Images: images})
		if err != nil {
			return out, err
		}
		if b.Author != nil {
			if err := q.SetTasks(ctx, store.SetTasksParams{AuthorProfileID: b.Author, IDs: made}); err != nil {
				return out, err
			}
		}
		if out, err = queued(ctx, q, ids, codes); err != nil {
			return out, err
		}
		return out, note(ctx, q, "idea.queue", "idea", map[string]any{"rows": out.Done})
	})
}

// queued answers row by row.
func queued(ctx context.Context, q *store.Queries, ids []uuid.UUID, codes map[uuid.UUID]igny8.Code) (Queued, error) {
	out := Queued{Results: []QueuedOne{}}
	rows, err := q.TasksOfIdeas(ctx, ids)
	if err != nil {
		return out, err
	}
	tasks := map[uuid.UUID]igny8.TaskID{}
	for _, r := range rows {
		if _, ok := tasks[r.IdeaID.UUID]; !ok {
			tasks[r.IdeaID.UUID] = r.ID
		}
	}
	for _, id := range ids {
		r := QueuedOne{Result: Result{ID: id}}
		code, there := codes[id]
		switch {
		case !there:
			r.Code = igny8.NotFound
		case code != "":
			r.Code = code
		default:
			task := tasks[id]
			r.OK, r.TaskID = true, &task
			out.Done++
		}
		out.Results = append(out.Results, r)
	}
	return out, nil
}
