package api

import (
	"cmp"
	"context"

	"github.com/google/uuid"
	"go.temporal.io/sdk/client"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/temporal"
	"github.com/igny8/igny8/workflows"
)

type redrawInput struct {
	ByID
	Body *struct {
		Prompt string `json:"prompt,omitempty" maxLength:"4000" doc:"What it is to show; as before if not given"`
	}
}

// Redrawn is an image that is being made anew, and the run that does it.
type Redrawn struct {
	TaskID igny8.RunID `json:"task_id" doc:"Of the run; see task_progress"`
	Image  Image       `json:"image" doc:"It has another ID than the one it replaces"`
}

// regenerate has an image made anew, at the price of an image: by the run in
// which its article waits for a decision, or else by one of its own. The old ID
// is gone, so that the same request sent twice buys one image.
func (s *Server) regenerate(ctx context.Context, in *redrawInput) (Redrawn, error) {
	id, err := igny8.Parse[igny8.ImageID](in.ID)
	if err != nil {
		return Redrawn{}, err
	}
	prompt := ""
	if in.Body != nil {
		prompt = in.Body.Prompt
	}
	waits := ""
	out, err := as(ctx, s, func(q *store.Queries) (out Redrawn, err error) {
		row, err := q.RenewImage(ctx, store.RenewImageParams{ID: id, Prompt: prompt})
		if err != nil {
			return out, err
		}
		at, err := q.WaitingItem(ctx, row.TaskID.UUID)
		switch {
		case err == nil && at.WaitingFor == "review":
			out.TaskID, waits = at.RunID, at.WorkflowID
			err = s.orderImage(ctx, q, at.RunID)
		case err == nil || igny8.CodeOf(err) == igny8.NotFound:
			var begun store.Started
			begun, err = q.Begin(ctx, store.Start{Kind: igny8.KindImages, Mode: igny8.Auto, Sector: row.SectorID, Items: []uuid.UUID{row.TaskID.UUID}, Images: s.Images, Asker: asker(ctx)})
			out.TaskID, recordOf(ctx).workflow = begun.Run.ID, begun.Run.WorkflowID
		}
		if err != nil {
			return out, err
		}
		if err := note(ctx, q, "image.regenerate", "image/"+in.ID, map[string]any{"image": row.ID, "prompt": prompt != ""}); err != nil {
			return out, err
		}
		out.Image, err = store.Row[Image](ctx, q, &images.list, row.ID.String())
		return out, err
	})
	if err != nil {
		return out, err
	}
	if waits == "" {
		s.poke()
		return out, nil
	}
	return out, s.order(ctx, waits, out.Image.ID)
}

// order asks the article that waits for its picture, and does not wait for it to
// be made.
func (s *Server) order(ctx context.Context, workflow string, image igny8.ImageID) error {
	recordOf(ctx).workflow = workflow
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	_, err := s.Temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		UpdateID: "redraw/" + image.String(), WorkflowID: workflow, UpdateName: workflows.RedrawUpdate, Args: []any{image}, WaitForStage: client.WorkflowUpdateStageAccepted,
	})
	switch code := temporal.CodeOf(err); {
	case err == nil:
		return nil
	case code == igny8.NotFound || code == igny8.Conflict:
		return igny8.Errorf(igny8.Conflict, "The article has just gone on. Its picture is not made yet: generate its images when the run has ended.")
	default:
		return igny8.Wrap(igny8.Unavailable, err, "Nobody has answered yet. If the picture stays pending, generate it again.")
	}
}

// orderImage lets a run cost another image, if there are credits for one.
func (s *Server) orderImage(ctx context.Context, q *store.Queries, run igny8.RunID) error {
	prices, err := q.Prices(ctx)
	if err != nil {
		return err
	}
	price := igny8.Credits(0)
	for _, p := range prices {
		if p.Function == cmp.Or(s.Images, igny8.Illustration) {
			price = p.Price
		}
	}
	w, err := q.Wallet(ctx)
	if err != nil {
		return err
	}
	if w.Posted-w.Held < price {
		return igny8.Errorf(igny8.NoCredits, "An image costs %d credits, and %d are left. Nothing was changed.", price, w.Posted-w.Held)
	}
	return q.RaiseRunCap(ctx, store.RaiseRunCapParams{ID: run, By: &price})
}
