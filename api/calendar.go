package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/temporal"
	"github.com/igny8/igny8/workflows"
)

// CalendarRow is a row of writer/calendar/: an article at its time.
type CalendarRow struct {
	ID           igny8.TaskID     `json:"id" doc:"Of the task"`
	SiteID       igny8.SiteID     `json:"site_id"`
	SectorID     igny8.SectorID   `json:"sector_id"`
	ContentID    *igny8.ContentID `json:"content_id"`
	Title        string           `json:"title"`
	State        string           `json:"state" enum:"scheduled,published,failed"`
	At           time.Time        `json:"at" doc:"When it was published, is to be, or failed"`
	Status       igny8.TaskStatus `json:"status" doc:"Of the task"`
	URL          *string          `json:"url" doc:"Where it was published"`
	RunID        *igny8.RunID     `json:"run_id"`
	ErrorCode    string           `json:"error_code"`
	ErrorMessage string           `json:"error_message"`
	Version      int64            `json:"version" doc:"Of the task"`
}

// Each part is found by an index of its own: published articles by when they
// were, others by when they are to be, failed ones that have no time by their
// status.
const datedArticles = `(
	select t.account_id, t.site_id, t.sector_id, t.id, c.id content_id, c.title, 'published' state, p.published_at at, t.status, nullif(p.url, '') url, t.run_id, t.error_code, t.error_message, t.version
	from igny8_publications p join igny8_content c on c.account_id = p.account_id and c.id = p.content_id join igny8_tasks t on t.account_id = c.account_id and t.id = c.task_id
	where p.published_at is not null and t.status = 'published'
	union all
	select t.account_id, t.site_id, t.sector_id, t.id, c.id, coalesce(c.title, t.title), case t.status when 'failed' then 'failed' else 'scheduled' end, t.publish_at, t.status, null, t.run_id, t.error_code, t.error_message, t.version
	from igny8_tasks t left join igny8_content c on c.account_id = t.account_id and c.task_id = t.id
	where t.publish_at is not null and t.status not in ('published', 'cancelled')
	union all
	select t.account_id, t.site_id, t.sector_id, t.id, c.id, coalesce(c.title, t.title), 'failed', t.updated_at, t.status, null, t.run_id, t.error_code, t.error_message, t.version
	from igny8_tasks t left join igny8_content c on c.account_id = t.account_id and c.task_id = t.id
	where t.publish_at is null and t.status = 'failed'
) r`

var calendar = resource[CalendarRow, CalendarRow]{path: "writer/calendar/", id: "calendar", one: "calendar", list: store.List{
	From:    datedArticles,
	Default: "at",
	Filters: map[string]store.Filter{
		"site_id": bySite, "sector_id": bySector,
		"run_id": {SQL: "r.run_id", Type: "uuid", Doc: "Made by this run"},
		"state":  {SQL: "r.state", Type: "text", Values: []string{"scheduled", "published", "failed"}},
		"since":  {SQL: "r.at >= %s", Type: "timestamptz", Doc: "At this time or later"},
		"until":  {SQL: "r.at < %s", Type: "timestamptz", Doc: "Before this time"},
	},
	Orders: map[string]store.Order{"at": {SQL: "r.at", Type: "timestamptz"}},
}}

type rescheduleInput struct {
	ByID
	Body struct {
		PublishAt *time.Time `json:"publish_at" required:"true" nullable:"true" doc:"Not before this; null is as soon as it can be"`
	}
}

// Rescheduled is an article with its new time.
type Rescheduled struct {
	Task  Task         `json:"task"`
	RunID *igny8.RunID `json:"task_id,omitempty" doc:"Of the run that moves the post on the site, where the site has it with a date"`
}

func (s *Server) calendar() {
	lists(s, &calendar)
	route(s, post(tasks.path+"{id}/reschedule/", "reschedule-task", "Move the time at which an article is published", igny8.Write), s.reschedule)
}

// reschedule moves an article's time, where it is kept: in its row, in the
// workflow that waits for it, and on the site if that has the post with a date.
func (s *Server) reschedule(ctx context.Context, in *rescheduleInput) (Rescheduled, error) {
	id, err := igny8.Parse[igny8.TaskID](in.ID)
	if err != nil {
		return Rescheduled{}, err
	}
	if err := dated("publish_at", in.Body.PublishAt); err != nil {
		return Rescheduled{}, err
	}
	out, err := as(ctx, s, func(q *store.Queries) (out Rescheduled, err error) {
		row, err := q.Reschedule(ctx, store.RescheduleParams{ID: id, PublishAt: in.Body.PublishAt})
		if err == nil && row.Status == igny8.TaskPublished {
			err = igny8.Errorf(igny8.Conflict, "The article is published already. Its time can't be moved any more.")
		}
		if err != nil {
			return out, err
		}
		if row.Publication == string(igny8.PublicationScheduled) {
			begun, err := q.Begin(ctx, store.Start{Kind: igny8.KindPublish, Mode: igny8.Auto, Sector: row.SectorID, Items: []uuid.UUID{id.UUID}, Images: s.Images, Asker: asker(ctx)})
			if err != nil {
				return out, err
			}
			out.RunID = &begun.Run.ID
		} else if err := s.tellTime(ctx, q, []uuid.UUID{id.UUID}, in.Body.PublishAt); err != nil {
			return out, err
		}
		if err := note(ctx, q, "task.reschedule", "task/"+in.ID, map[string]any{"publish_at": in.Body.PublishAt}); err != nil {
			return out, err
		}
		out.Task, err = store.Row[Task](ctx, q, &tasks.list, in.ID)
		return out, err
	})
	if err == nil && out.RunID != nil {
		s.poke()
	}
	return out, err
}

// tellTime tells those who work on articles the new time. It is done before the
// rows are committed: if one can't be told, nothing has changed.
func (s *Server) tellTime(ctx context.Context, q *store.Queries, ids []uuid.UUID, at *time.Time) error {
	var to workflows.Reschedule
	if at != nil {
		to.At = at.UTC().Truncate(time.Second)
	}
	rows, err := q.WorkflowsOfTasks(ctx, ids)
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	for _, r := range rows {
		recordOf(ctx).workflow = r.WorkflowID
		err := s.Temporal.SignalWorkflow(ctx, r.WorkflowID, "", workflows.RescheduleSignal, to)
		if err != nil && temporal.CodeOf(err) != igny8.NotFound { // one that has ended needs it no more

			return igny8.Wrap(igny8.Unavailable, err, "The workflow service can't be reached; nothing was changed. Try again later.")
		}
	}
	return nil
}
