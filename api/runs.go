package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/client"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/temporal"
	"github.com/igny8/igny8/workflows"
)

// Run is a row of automation/runs/.
type Run struct {
	ID              igny8.RunID       `json:"id"`
	SiteID          igny8.SiteID      `json:"site_id"`
	SectorID        igny8.SectorID    `json:"sector_id"`
	Kind            igny8.RunKind     `json:"kind"`
	Status          igny8.RunStatus   `json:"status"`
	Mode            igny8.Mode        `json:"mode"`
	Params          json.RawMessage   `json:"params" doc:"An object: what the run was asked for"`
	Planning        bool              `json:"planning" doc:"It holds the exclusive part of its sector"`
	ScheduleID      *igny8.ScheduleID `json:"schedule_id"`
	StartedBy       *igny8.UserID     `json:"started_by"`
	CancelRequested bool              `json:"cancel_requested"`
	Phase           igny8.Phase       `json:"phase"`
	Percentage      int32             `json:"percentage"`
	Stage           string            `json:"stage"`
	Message         string            `json:"message"`
	ItemsTotal      int32             `json:"items_total"`
	ItemsDone       int32             `json:"items_done"`
	ItemsFailed     int32             `json:"items_failed"`
	ItemsWaiting    int32             `json:"items_waiting"`
	Clusters        int32             `json:"clusters"`
	Ideas           int32             `json:"ideas"`
	MaxCredits      *igny8.Credits    `json:"max_credits"`
	CreditsReserved igny8.Credits     `json:"credits_reserved"`
	CreditsSettled  igny8.Credits     `json:"credits_settled"`
	CreditsReleased igny8.Credits     `json:"credits_released"`
	Calls           int64             `json:"calls"`
	Tokens          int64             `json:"tokens"`
	CostMicros      int64             `json:"cost_micros" doc:"Millionths of a US dollar"`
	ErrorCode       string            `json:"error_code"`
	ErrorMessage    string            `json:"error_message"`
	Version         int64             `json:"version"`
	CreatedAt       time.Time         `json:"created_at"`
	StartedAt       *time.Time        `json:"started_at"`
	FinishedAt      *time.Time        `json:"finished_at"`
	UpdatedAt       time.Time         `json:"updated_at"`
}

var runs = resource[Run, Run]{path: "automation/runs/", id: "runs", one: "run", list: store.List{
	From:     "igny8_runs r",
	Counted:  "runs",
	BySector: true,
	Default:  "-created_at",
	Filters: map[string]store.Filter{
		"site_id": bySite, "sector_id": bySector, "status": byStatus(igny8.RunStatuses),
		"kind":        {SQL: "r.kind", Type: "text", Values: words(igny8.RunKinds)},
		"schedule_id": {SQL: "r.schedule_id", Type: "uuid", Doc: "Begun by this schedule"},
	},
	Orders: map[string]store.Order{"created_at": byTime},
}}

// RunItem is one thing that a run works on.
type RunItem struct {
	ID           uuid.UUID        `json:"id" doc:"Of the keyword, cluster or task"`
	N            int32            `json:"n"`
	Title        string           `json:"title"`
	Status       igny8.ItemStatus `json:"status"`
	Step         string           `json:"step"`
	WaitingFor   string           `json:"waiting_for"`
	ErrorCode    string           `json:"error_code"`
	ErrorMessage string           `json:"error_message"`
	UpdatedAt    time.Time        `json:"updated_at"`
}

// Made is what a run has made, counted from the rows.
type Made struct {
	Clusters int64 `json:"clusters"`
	Ideas    int64 `json:"ideas"`
	Tasks    int64 `json:"tasks"`
	Articles int64 `json:"articles"`
	Images   int64 `json:"images"`
	Posts    int64 `json:"posts"`
}

// RunDetail is a run with what it works on and what it has made.
type RunDetail struct {
	Run
	Keywords []RunItem `json:"keywords" doc:"The chosen ones, the first 1,000"`
	Over     []RunItem `json:"over_clusters" doc:"The clusters that it has ideas about, the first 1,000"`
	Tasks    []RunItem `json:"tasks" doc:"The first 1,000"`
	Made     Made      `json:"made"`
}

type resumeInput struct {
	ByID
	Body *struct {
		MaxCredits *igny8.Credits `json:"max_credits,omitempty" minimum:"1" doc:"Another limit"`
	}
}

type skipInput struct {
	ByID
	Body struct {
		Task igny8.TaskID `json:"task" format:"uuid"`
	}
}

func (s *Server) runs() {
	lists(s, &runs)
	route(s, get("automation/runs/{id}/", "get-run", "Get a run", igny8.Read), s.run)
	control := func(verb, summary string) endpoint {
		return post("automation/runs/{id}/"+verb+"/", verb+"-run", summary, igny8.Write)
	}
	route(s, control("pause", "Begin nothing more until the run is resumed"), func(ctx context.Context, in *ByID) (Run, error) {
		return s.control(ctx, in.ID, "run.pause", workflows.PauseUpdate)
	})
	route(s, control("resume", "Go on with a paused run"), func(ctx context.Context, in *resumeInput) (Run, error) {
		var with workflows.Resume
		if in.Body != nil {
			with.MaxCredits = in.Body.MaxCredits
		}
		return s.control(ctx, in.ID, "run.resume", workflows.ResumeUpdate, with)
	})
	route(s, control("skip", "Leave an article out of a run"), func(ctx context.Context, in *skipInput) (Run, error) {
		return s.control(ctx, in.ID, "run.skip", workflows.SkipUpdate, workflows.Skip{Task: in.Body.Task})
	})
	route(s, control("cancel", "End a run; what was not delivered is not charged"), s.cancel)
	e := control("retry", "Try again what failed in a run that has ended")
	e.status = 202
	route(s, e, s.retry)
}

func (s *Server) run(ctx context.Context, in *ByID) (out RunDetail, err error) {
	id, err := igny8.Parse[igny8.RunID](in.ID)
	if err != nil {
		return out, err
	}
	return as(ctx, s, func(q *store.Queries) (RunDetail, error) {
		if out.Run, err = store.Row[Run](ctx, q, &runs.list, in.ID); err != nil {
			return out, err
		}
		for stage, to := range map[string]*[]RunItem{"keyword": &out.Keywords, "cluster": &out.Over, "task": &out.Tasks} {
			if *to, err = items(ctx, q, id, stage); err != nil {
				return out, err
			}
		}
		m, err := q.RunSummary(ctx, id)
		out.Made = Made{Clusters: m.Clusters, Ideas: m.Ideas, Tasks: m.Tasks, Articles: m.Articles, Images: m.Images, Posts: m.Posts}
		return out, err
	})
}

func items(ctx context.Context, q *store.Queries, run igny8.RunID, stage string) ([]RunItem, error) {
	rows, err := q.ListRunItems(ctx, store.ListRunItemsParams{RunID: run, Stage: stage, Many: store.MaxItems})
	out := []RunItem{}
	for _, r := range rows {
		out = append(out, RunItem{ID: r.ItemID, N: r.N, Title: r.Title, Status: r.Status, Step: r.Step, WaitingFor: r.WaitingFor, ErrorCode: r.ErrorCode, ErrorMessage: r.ErrorMessage, UpdatedAt: r.UpdatedAt})
	}
	return out, err
}

// live returns a run that has not ended, if the caller may see it.
func (s *Server) live(ctx context.Context, id string) (store.Run, error) {
	run, err := igny8.Parse[igny8.RunID](id)
	if err != nil {
		return store.Run{}, err
	}
	row, err := as(ctx, s, func(q *store.Queries) (store.Run, error) { return q.Run(ctx, run) })
	if err == nil && !row.Status.Live() {
		err = igny8.Errorf(igny8.Conflict, "The run has ended.")
	}
	return row, err
}

// control tells a run what a person wants, and answers with the run as it then
// is.
func (s *Server) control(ctx context.Context, id, action, name string, args ...any) (Run, error) {
	row, err := s.live(ctx, id)
	if err != nil {
		return Run{}, err
	}
	var p workflows.Progress
	if err := s.update(ctx, row.WorkflowID, fmt.Sprintf("%s/%d", name, row.Version), name, &p, args...); err != nil {
		if igny8.CodeOf(err) == igny8.NotFound {
			err = igny8.Errorf(igny8.Conflict, "The run is just being started. Try again in a moment.")
		}
		return Run{}, err
	}
	return s.told(ctx, row, action)
}

// told writes what was done to a run into the audit log.
func (s *Server) told(ctx context.Context, row store.Run, action string) (Run, error) {
	by := asker(ctx)
	return as(ctx, s, func(q *store.Queries) (Run, error) {
		if err := q.Audit(ctx, store.AuditParams{ActorID: pointer(by.User), ActorRole: string(by.Role), Action: action, Target: row.ID.String(), Outcome: "done", Detail: json.RawMessage("{}"), RequestID: by.Request, IP: by.IP}); err != nil {
			return Run{}, err
		}
		return store.Row[Run](ctx, q, &runs.list, row.ID.String())
	})
}

// patience is how long an update waits for a worker.
const patience = 5 * time.Second

// update sends a workflow an update and waits for its answer. The same id is the
// same update: sent twice, it happens once. NotFound means that there is no such
// workflow under way; Unavailable, that nobody has answered yet, and that the
// update may still be taken up.
func (s *Server) update(ctx context.Context, workflow, id, name string, into any, args ...any) error {
	recordOf(ctx).workflow = workflow
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	h, err := s.Temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		UpdateID: id, WorkflowID: workflow, UpdateName: name, Args: args, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		err = h.Get(ctx, into)
	}
	if err == nil {
		return nil
	}
	_, late := errors.AsType[*client.WorkflowUpdateServiceTimeoutOrCanceledError](err)
	if late || ctx.Err() != nil {
		return igny8.Wrap(igny8.Unavailable, err, "Nobody has answered yet; it may still take effect. Look again in a moment. To send it again does no harm: it happens once.")
	}
	return temporal.ErrorOf(err)
}

// cancel ends a run. One that was never started ends at once; another gives back
// first what it has reserved.
func (s *Server) cancel(ctx context.Context, in *ByID) (Run, error) {
	row, err := s.live(ctx, in.ID)
	if err != nil {
		return Run{}, err
	}
	recordOf(ctx).workflow = row.WorkflowID
	for begun := true; begun; { // twice at most, if it is begun just now
		if begun, err = s.stop(ctx, &row); err != nil {
			return Run{}, err
		}
	}
	return s.told(ctx, row, "run.cancel")
}

// stop asks a run's workflow to end and, where there is none, ends the run. It
// reports whether a worker has begun the run between the one and the other: there
// is a workflow then, and it has not been asked.
func (s *Server) stop(ctx context.Context, row *store.Run) (begun bool, err error) {
	asked, done := context.WithTimeout(ctx, patience)
	defer done()
	err = s.Temporal.CancelWorkflow(asked, row.WorkflowID, "")
	started := temporal.CodeOf(err) != igny8.NotFound
	if err != nil && started {
		return false, igny8.Wrap(igny8.Unavailable, err, "The workflow service can't be reached; nothing was changed. Try again later.")
	}
	return as(ctx, s, func(q *store.Queries) (begun bool, err error) {
		now, err := q.RunCancelRequested(ctx, row.ID)
		if err != nil || started {
			return false, unless(err, igny8.NotFound) // it has ended meanwhile
		}
		if begun = now.TemporalRunID != row.TemporalRunID; begun {
			*row = now
			return begun, nil
		}
		_, err = q.RunEnded(ctx, store.RunEndedParams{ID: row.ID, Status: igny8.RunCancelled, ErrorCode: string(igny8.Canceled), Message: "Cancelled before it began"})
		return false, unless(err, igny8.NotFound)
	})
}

// unless is err, but for one code that means what was wanted is so already.
func unless(err error, code igny8.Code) error {
	if igny8.CodeOf(err) == code {
		return nil
	}
	return err
}

// retry starts a run over the articles that failed in another, or that its
// cancellation left undone. What a person rejected stays rejected.
func (s *Server) retry(ctx context.Context, in *startOne) (Accepted, error) {
	id, err := igny8.Parse[igny8.RunID](in.ID)
	if err != nil {
		return Accepted{}, err
	}
	start, err := as(ctx, s, func(q *store.Queries) (start store.Start, err error) {
		run, err := q.Run(ctx, id)
		if err != nil {
			return start, err
		}
		if run.Status.Live() {
			return start, igny8.Errorf(igny8.Conflict, "The run is still under way. Wait for its end, or cancel it.")
		}
		start = store.Start{Kind: again(run.Kind), Mode: run.Mode, Sector: run.SectorID}
		if err := json.Unmarshal(run.Params, &start.Settings); err != nil {
			return start, err
		}
		rows, err := items(ctx, q, id, stageOf(start.Kind))
		for _, item := range rows {
			left := item.Status == igny8.ItemSkipped && run.Status == igny8.RunCancelled && item.ErrorCode != string(igny8.Rejected)
			if item.Status == igny8.ItemFailed || left {
				start.Items = append(start.Items, item.ID)
			}
		}
		if err == nil && len(start.Items) == 0 {
			err = igny8.Errorf(igny8.Conflict, "Nothing failed in this run.")
		}
		return start, err
	})
	if err != nil {
		return Accepted{}, err
	}
	return s.accept(ctx, "automation/runs/retry/", in.Key, in.ID, start)
}

// again is the kind of run that goes on where one of the other kind failed.
func again(kind igny8.RunKind) igny8.RunKind {
	if kind == igny8.KindPipeline {
		return igny8.KindArticle
	}
	return kind
}

func stageOf(kind igny8.RunKind) string {
	switch kind {
	case igny8.KindClusters, igny8.KindRecluster:
		return "keyword"
	case igny8.KindIdeas:
		return "cluster"
	}
	return "task"
}
