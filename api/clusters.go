package api

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// ClusterFields are what a person may say of a cluster.
type ClusterFields struct {
	SectorID    igny8.SectorID `json:"sector_id" format:"uuid" change:"parent"`
	Name        string         `json:"name" minLength:"1" maxLength:"300"`
	Description string         `json:"description,omitempty" maxLength:"5000"`
	Status      string         `json:"status,omitempty" enum:"active,archived" change:"keep" doc:"Nothing is planned from an archived one"`
	Locked      bool           `json:"locked,omitempty" change:"keep" doc:"No run renames it or adds to it"`
}

var clusterChanges = changes[Cluster, Cluster, ClusterFields]{
	of: &clusters, table: store.Table{Name: "igny8_clusters", Belongs: store.OfSector, Version: true}, power: igny8.Write,
	prepare: func(_ context.Context, _ *Server, _ *store.Queries, c *change[ClusterFields]) error {
		if c.Given("name") {
			c.Put("named_by", "user")
		}
		return nil
	},
}

type mergeInput struct {
	ByID
	Body struct {
		IDs []uuid.UUID `json:"ids" minItems:"1" maxItems:"100" doc:"The clusters that become part of this one"`
	}
}

type splitInput struct {
	ByID
	Body struct {
		Name string      `json:"name" minLength:"1" maxLength:"300" doc:"Of the new cluster"`
		IDs  []uuid.UUID `json:"ids" minItems:"1" maxItems:"1000" doc:"The keywords that go with it"`
	}
}

type lockInput struct {
	ByID
	Body struct {
		Locked bool `json:"locked"`
	}
}

type moveInput struct {
	ByID
	Body struct {
		IDs []uuid.UUID `json:"ids" minItems:"1" maxItems:"1000" doc:"Keywords of the same sector"`
	}
}

// Split is what became of a cluster that was split.
type Split struct {
	Cluster Cluster `json:"cluster" doc:"What is left of it"`
	New     Cluster `json:"new"`
	Moved   Bulk    `json:"moved"`
}

// Moved is a cluster that keywords were moved into.
type Moved struct {
	Cluster Cluster `json:"cluster"`
	Bulk
}

func (s *Server) clusterEditing() {
	verb := func(verb, summary string) endpoint {
		return post(clusters.path+"{id}/"+verb+"/", verb+"-cluster", summary, igny8.Write)
	}
	route(s, verb("merge", "Make other clusters part of one"), s.mergeClusters)
	route(s, verb("split", "Make a new cluster of some of a cluster's keywords").with(http.MethodPost, http.StatusCreated), s.splitCluster)
	route(s, verb("lock", "Keep a cluster as it is, or no more"), s.lockCluster)
	route(s, verb("move_keywords", "Put keywords into a cluster"), s.moveKeywords)
}

// held locks the clusters that are named, the first of which is the one that
// the request is about. They must be of one sector that no run is planning.
func held(ctx context.Context, q *store.Queries, ids ...uuid.UUID) (store.LockClustersRow, error) {
	var first store.LockClustersRow
	rows, err := q.LockClusters(ctx, ids)
	if err != nil {
		return first, err
	}
	for _, r := range rows {
		if r.ID.UUID == ids[0] {
			first = r
		}
	}
	if len(rows) != len(ids) {
		return first, igny8.Errorf(igny8.NotFound, "There is no such cluster, or it is not yours to see.")
	}
	for _, r := range rows {
		if r.SectorID != first.SectorID {
			return first, igny8.FieldErrorf("ids", "Choose from one sector at a time.")
		}
	}
	_, err = q.PlanningRun(ctx, first.SectorID)
	if err == nil {
		return first, igny8.Errorf(igny8.RunLive, "A run is planning this sector. Wait for it, or cancel it.")
	}
	return first, unless(err, igny8.NotFound)
}

func (s *Server) mergeClusters(ctx context.Context, in *mergeInput) (Cluster, error) {
	return as(ctx, s, func(q *store.Queries) (out Cluster, err error) {
		id, err := igny8.Parse[igny8.ClusterID](in.ID)
		if err != nil {
			return out, err
		}
		ids := distinct(in.Body.IDs, id.UUID)
		if _, err := held(ctx, q, id.UUID); err != nil {
			return out, err
		}
		if len(ids) == 0 {
			return out, igny8.FieldErrorf("ids", "Choose at least one other cluster.")
		}
		if _, err := held(ctx, q, append([]uuid.UUID{id.UUID}, ids...)...); err != nil {
			return out, err
		}
		if err := q.MergeClusters(ctx, store.MergeClustersParams{IntoID: &id, IDs: ids}); err != nil {
			return out, err
		}
		if err := q.DropClusters(ctx, ids); err != nil {
			return out, err
		}
		if err := note(ctx, q, "cluster.merge", "cluster/"+in.ID, map[string]any{"merged": ids}); err != nil {
			return out, err
		}
		return store.Row[Cluster](ctx, q, &clusters.list, in.ID)
	})
}

// distinct is each of the IDs once, without one of them.
func distinct(ids []uuid.UUID, but uuid.UUID) []uuid.UUID {
	seen := map[uuid.UUID]bool{but: true}
	var out []uuid.UUID
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

func (s *Server) splitCluster(ctx context.Context, in *splitInput) (Split, error) {
	return as(ctx, s, func(q *store.Queries) (out Split, err error) {
		id, err := igny8.Parse[igny8.ClusterID](in.ID)
		if err != nil {
			return out, err
		}
		from, err := held(ctx, q, id.UUID)
		if err != nil {
			return out, err
		}
		has, err := q.ClusterKeywords(ctx, &id)
		if err != nil {
			return out, err
		}
		inside := map[uuid.UUID]bool{}
		for _, k := range has {
			inside[k.ID.UUID] = true
		}
		var ids []uuid.UUID
		for _, k := range in.Body.IDs {
			if inside[k] {
				ids = append(ids, k)
			}
		}
		if len(ids) == 0 {
			return out, igny8.FieldErrorf("ids", "None of these keywords is in the cluster.")
		}
		fresh, err := q.NewCluster(ctx, store.NewClusterParams{SiteID: from.SiteID, SectorID: from.SectorID, Name: in.Body.Name})
		if err != nil {
			return out, err
		}
		moved, err := q.MoveKeywords(ctx, store.MoveKeywordsParams{ClusterID: fresh, IDs: ids})
		if err != nil {
			return out, err
		}
		out.Moved = results(in.Body.IDs, uuids(moved), igny8.NotFound)
		if err := note(ctx, q, "cluster.split", "cluster/"+in.ID, map[string]any{"new": fresh, "keywords": len(moved)}); err != nil {
			return out, err
		}
		if out.New, err = store.Row[Cluster](ctx, q, &clusters.list, fresh.String()); err != nil {
			return out, err
		}
		out.Cluster, err = store.Row[Cluster](ctx, q, &clusters.list, in.ID)
		return out, err
	})
}

func (s *Server) lockCluster(ctx context.Context, in *lockInput) (Cluster, error) {
	ch := &change[ClusterFields]{Set: &store.Set{}, Fields: &ClusterFields{Locked: in.Body.Locked}, given: map[string]bool{"locked": true}}
	ch.Put("locked", in.Body.Locked)
	return update(ctx, s, &clusterChanges, in.ID, 0, ch)
}

func (s *Server) moveKeywords(ctx context.Context, in *moveInput) (Moved, error) {
	return as(ctx, s, func(q *store.Queries) (out Moved, err error) {
		id, err := igny8.Parse[igny8.ClusterID](in.ID)
		if err != nil {
			return out, err
		}
		if _, err := held(ctx, q, id.UUID); err != nil {
			return out, err
		}
		moved, err := q.MoveKeywords(ctx, store.MoveKeywordsParams{ClusterID: id, IDs: in.Body.IDs})
		if err != nil {
			return out, err
		}
		out.Bulk = results(in.Body.IDs, uuids(moved), igny8.NotFound)
		if err := note(ctx, q, "cluster.move_keywords", "cluster/"+in.ID, map[string]any{"keywords": len(moved)}); err != nil {
			return out, err
		}
		out.Cluster, err = store.Row[Cluster](ctx, q, &clusters.list, in.ID)
		return out, err
	})
}

func uuids[K any](ids []igny8.ID[K]) []uuid.UUID {
	out := make([]uuid.UUID, len(ids))
	for i, id := range ids {
		out[i] = id.UUID
	}
	return out
}
