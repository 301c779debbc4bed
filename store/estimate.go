package store

import (
	"context"
	"slices"

	"github.com/igny8/igny8"
)

// EstimateIn is Estimate for a run in a sector: with what the names of new
// clusters and the embeddings of keywords can cost there. A sector that is zero
// has no keywords. items is how many things were chosen; for clusters, none is
// all keywords that are in no cluster.
func (q *Queries) EstimateIn(ctx context.Context, sector igny8.SectorID, kind igny8.RunKind, s igny8.RunSettings, items int, images igny8.Function) (igny8.Estimate, error) {
	e, err := q.Estimate(ctx, kind, s, items, images)
	if err != nil || !kind.Clusters() || s.Names != igny8.ByModel && s.Vectors != igny8.ByOpenAI {
		return e, err
	}
	n, err := q.SectorCounts(ctx, sector)
	if err != nil {
		return e, err
	}
	prices, err := q.prices(ctx)
	if err != nil {
		return e, err
	}
	own, err := q.OwnProviders(ctx)
	if err != nil {
		return e, err
	}
	mine := slices.Contains(own, "openai")
	if items > 0 {
		n.Fresh = int32(items)
	}
	if s.Vectors == igny8.ByOpenAI {
		e.Add(igny8.Embedding, igny8.EmbeddingUnits(int(n.Whole)), mine, prices)
	}
	if s.Names == igny8.ByModel && kind != igny8.KindRecluster {
		e.Add(igny8.Naming, igny8.NamingUnits(int(n.Fresh)), mine, prices)
	}
	return e, nil
}

// prices is today's list.
func (q *Queries) prices(ctx context.Context) (igny8.Prices, error) {
	list, err := q.Prices(ctx)
	prices := igny8.Prices{}
	for _, p := range list {
		prices[p.Function] = p.Price
	}
	return prices, err
}
