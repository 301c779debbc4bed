package api

import (
	"context"
	"net/http"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/workflows"
)

// TaskProgress is how far a run has come.
type TaskProgress struct {
	State string `json:"state" enum:"PENDING,PROGRESS,WAITING_REVIEW,PAUSED,SUCCESS,FAILURE,CANCELLED"`
	Meta  Meta   `json:"meta"`
}

// Meta is what there is to say of it.
type Meta struct {
	Phase         igny8.Phase   `json:"phase"`
	Percentage    int           `json:"percentage" doc:"It never goes back"`
	Message       string        `json:"message"`
	RequestSteps  []PhaseStep   `json:"request_steps"`
	ResponseSteps []PhaseStep   `json:"response_steps"`
	Cost          float64       `json:"cost" doc:"US dollars that providers took"`
	Tokens        int64         `json:"tokens"`
	Kind          igny8.RunKind `json:"kind"`
	Stage         string        `json:"stage"`
	Items         Items         `json:"items"`
	Credits       Spent         `json:"credits"`
	Code          igny8.Code    `json:"code,omitempty" doc:"Why it is paused, or has failed"`
	Version       int64         `json:"version" doc:"Grows with every change"`
}

// PhaseStep is one phase on the way to a model, or back from it.
type PhaseStep struct {
	Step   igny8.Phase `json:"step"`
	Status string      `json:"status" enum:"pending,running,done"`
}

// Items counts what a run works on.
type Items struct {
	Total   int32 `json:"total"`
	Done    int32 `json:"done"`
	Failed  int32 `json:"failed"`
	Waiting int32 `json:"waiting"`
}

// Spent is what a run has cost the account.
type Spent struct {
	Max      *igny8.Credits `json:"max"`
	Reserved igny8.Credits  `json:"reserved"`
	Settled  igny8.Credits  `json:"settled"`
	Released igny8.Credits  `json:"released"`
}

// TaskInput is the input of a route about a run.
type TaskInput struct {
	ID string `path:"task_id" format:"uuid"`
}

func (s *Server) progress() {
	raw(s, get("system/settings/task_progress/{task_id}/", "get-task-progress", "How far a run has come", igny8.Read), func(ctx context.Context, in *TaskInput) (*reply[TaskProgress], error) {
		row, err := s.runOf(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		recordOf(ctx).workflow = row.WorkflowID
		p := progressOf(row)
		if row.Status.Live() && row.TemporalRunID != "" {
			s.later(ctx, row.WorkflowID, &p)
		}
		return &reply[TaskProgress]{Status: http.StatusOK, Body: p}, nil
	})
	s.events()
}

func (s *Server) runOf(ctx context.Context, id string) (store.Run, error) {
	run, err := igny8.Parse[igny8.RunID](id)
	if err != nil {
		return store.Run{}, err
	}
	return as(ctx, s, func(q *store.Queries) (store.Run, error) { return q.Run(ctx, run) })
}

// progressOf is what a run's row says.
func progressOf(r store.Run) TaskProgress {
	m := Meta{
		Phase: r.Phase, Percentage: int(r.Percentage), Message: r.Message, Cost: float64(r.CostMicros) / 1e6, Tokens: r.Tokens,
		Kind: r.Kind, Stage: r.Stage, Version: r.Version, Code: igny8.Code(r.ErrorCode),
		Items:   Items{Total: r.ItemsTotal, Done: r.ItemsDone, Failed: r.ItemsFailed, Waiting: r.ItemsWaiting},
		Credits: Spent{Max: r.MaxCredits, Reserved: r.CreditsReserved, Settled: r.CreditsSettled, Released: r.CreditsReleased},
	}
	if r.ErrorMessage != "" {
		m.Message = r.ErrorMessage
	}
	m.steps()
	return TaskProgress{State: stateOf(r.Status), Meta: m}
}

// stateOf says a run's status in the words that polls have always had.
func stateOf(s igny8.RunStatus) string {
	switch s {
	case igny8.RunPending:
		return "PENDING"
	case igny8.RunWaitingReview:
		return "WAITING_REVIEW"
	case igny8.RunPaused:
		return "PAUSED"
	case igny8.RunSucceeded, igny8.RunPartlyFailed:
		return "SUCCESS"
	case igny8.RunFailed:
		return "FAILURE"
	case igny8.RunCancelled:
		return "CANCELLED"
	}
	return "PROGRESS"
}

// steps says of each phase whether it is over.
func (m *Meta) steps() {
	m.RequestSteps, m.ResponseSteps = nil, nil
	at := "done"
	for _, p := range igny8.Phases {
		step := PhaseStep{Step: p, Status: at}
		if p == m.Phase {
			if step.Status = "running"; p == igny8.PhaseDone {
				step.Status = "done"
			}
			at = "pending"
		}
		if p == igny8.PhaseInit || p == igny8.PhasePrep || p == igny8.PhaseCall {
			m.RequestSteps = append(m.RequestSteps, step)
		} else {
			m.ResponseSteps = append(m.ResponseSteps, step)
		}
	}
}

// later asks the run itself, and takes over what it knows better than its row.
// Nobody may be there to answer: then the row is what there is.
func (s *Server) later(ctx context.Context, workflow string, p *TaskProgress) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	answer, err := s.Temporal.QueryWorkflowWithOptions(ctx, &client.QueryWorkflowWithOptionsRequest{
		WorkflowID: workflow, QueryType: workflows.ProgressQuery, QueryRejectCondition: enums.QUERY_REJECT_CONDITION_NOT_OPEN,
	})
	if err != nil || answer.QueryRejected != nil || answer.QueryResult == nil {
		return
	}
	var now workflows.Progress
	if err := answer.QueryResult.Get(&now); err != nil || now.Version <= p.Meta.Version {
		return
	}
	p.State, p.Meta.Version, p.Meta.Stage = stateOf(now.Status), now.Version, now.Stage
	p.Meta.Percentage = max(p.Meta.Percentage, now.Percentage)
	p.Meta.Phase = phaseAt(p.Meta.Percentage)
	if now.Paused {
		p.State, p.Meta.Code, p.Meta.Message = "PAUSED", now.Code, now.Reason
	}
	p.Meta.steps()
}

// phaseAt is the phase whose band has the percentage.
func phaseAt(percentage int) igny8.Phase {
	for _, p := range igny8.Phases {
		if _, to := p.Band(); percentage < to {
			return p
		}
	}
	return igny8.PhaseDone
}
