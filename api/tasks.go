package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// TaskFields are what a person may order.
type TaskFields struct {
	SectorID    igny8.SectorID   `json:"sector_id" format:"uuid" change:"parent"`
	ClusterID   *igny8.ClusterID `json:"cluster_id,omitempty" format:"uuid" nullable:"true" change:"create" doc:"Of the same sector"`
	IdeaID      *igny8.IdeaID    `json:"idea_id,omitempty" format:"uuid" nullable:"true" change:"create" doc:"Of the same sector"`
	Title       string           `json:"title" minLength:"1" maxLength:"300"`
	Description string           `json:"description,omitempty" maxLength:"5000"`
	WordCount   int32            `json:"word_count,omitempty" minimum:"300" maximum:"5000" change:"keep"`
	Images      int32            `json:"images,omitempty" minimum:"0" maximum:"10" change:"keep"`
	Author      *uuid.UUID       `json:"author_profile_id,omitempty" nullable:"true"`
	PublishAt   *time.Time       `json:"publish_at,omitempty" nullable:"true" doc:"Not before this"`
}

var taskChanges = changes[Task, Task, TaskFields]{
	of: &tasks, table: store.Table{Name: "igny8_tasks", Belongs: store.OfSector, Version: true}, power: igny8.Write,
	complete: func(c *change[TaskFields]) error { return dated("publish_at", c.Fields.PublishAt) },
	guard:    liveTasks,
	after: func(ctx context.Context, s *Server, q *store.Queries, c *change[TaskFields]) error {
		if !c.Given("publish_at") {
			return nil
		}
		return s.tellTime(ctx, q, c.IDs, c.Fields.PublishAt)
	},
}

// liveTasks are those that a live run works on.
func liveTasks(ctx context.Context, q *store.Queries, ids []uuid.UUID) (map[uuid.UUID]igny8.Code, error) {
	live, err := q.LiveItems(ctx, ids)
	kept := map[uuid.UUID]igny8.Code{}
	for _, id := range live {
		kept[id] = igny8.RunLive
	}
	return kept, err
}

func (s *Server) taskChanges() {
	changeable(s, &taskChanges)
	route(s, post(tasks.path+"{id}/retry/", "retry-task", "Have another go at an article that failed", igny8.Write).with("POST", 202), s.retryTask)
}

// retryTask starts a run over one article that failed or was cancelled. What
// was paid for is not bought again.
func (s *Server) retryTask(ctx context.Context, in *startOne) (Accepted, error) {
	id, err := igny8.Parse[igny8.TaskID](in.ID)
	if err != nil {
		return Accepted{}, err
	}
	const route = "writer/tasks/retry/"
	start, err := as(ctx, s, func(q *store.Queries) (store.Start, error) {
		t, err := q.Task(ctx, id)
		if err == nil && t.Status != igny8.TaskFailed && t.Status != igny8.TaskCancelled {
			if _, err = q.Remembered(ctx, store.RememberedParams{Route: route, Key: in.Key}); igny8.CodeOf(err) == igny8.NotFound {
				err = igny8.Errorf(igny8.Conflict, "This article has not failed: it is %s.", t.Status)
			}
		}
		return store.Start{Kind: igny8.KindArticle, Mode: modeOf(ctx, q, id), Sector: t.SectorID, Items: []uuid.UUID{id.UUID}}, err
	})
	if err != nil {
		return Accepted{}, err
	}
	return s.accept(ctx, route, in.Key, in.ID, start)
}
