package store

import (
	"context"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
)

// Decide accepts or rejects a proposal, which the caller holds by LockProposal:
// verdict is accepted or rejected. What is accepted is done, all of it or
// nothing. Errors: Conflict if it was decided before or is stale, or a cluster
// that it would merge is locked or gone; RunLive while a run plans the sector.
func (q *Queries) Decide(ctx context.Context, p Proposal, verdict string, by igny8.UserID) error {
	switch p.Status {
	case "pending":
	case "stale":
		return igny8.Errorf(igny8.Conflict, "Its clusters have changed since this was proposed. Have it proposed anew.")
	default:
		return igny8.Errorf(igny8.Conflict, "This was %s before.", p.Status)
	}
	if err := q.ProposalDecided(ctx, ProposalDecidedParams{ID: p.ID, Status: verdict, DecidedBy: optional(by)}); err != nil || verdict == "rejected" {
		return err
	}
	if _, err := q.PlanningRun(ctx, p.SectorID); err == nil {
		return igny8.Errorf(igny8.RunLive, "A run is planning this sector. Wait for it, or cancel it.")
	} else if igny8.CodeOf(err) != igny8.NotFound {
		return err
	}
	if p.Kind == "merge" {
		return q.mergeInto(ctx, igny8.ClusterID{UUID: p.ClusterIDs[0]}, p.ClusterIDs[1:])
	}
	for _, step := range []func(context.Context, igny8.ProposalID) error{q.AcceptClusters, q.AcceptPages, q.AcceptKeywords, q.IdeasFollow, q.DropEmptied} {
		if err := step(ctx, p.ID); err != nil {
			return err
		}
	}
	return nil
}

// mergeInto makes clusters, none of which is locked, part of one.
func (q *Queries) mergeInto(ctx context.Context, into igny8.ClusterID, ids []uuid.UUID) error {
	all := append([]uuid.UUID{into.UUID}, ids...)
	rows, err := q.LockClusters(ctx, all)
	if err != nil {
		return err
	}
	if len(rows) < len(all) {
		return igny8.Errorf(igny8.Conflict, "One of the clusters is gone.")
	}
	for _, r := range rows {
		if r.Locked {
			return igny8.Errorf(igny8.Conflict, "The cluster %q is locked. Unlock it first.", r.Name)
		}
	}
	if err := q.MergeClusters(ctx, MergeClustersParams{IntoID: &into, IDs: ids}); err != nil {
		return err
	}
	return q.DropClusters(ctx, ids)
}
