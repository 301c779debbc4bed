package activities

import (
	"context"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/cluster"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/workflows"
)

// orderNames puts the clusters that a run has made and a model is to name into
// an order, and returns how many they are: related ones are near each other, so
// that the model sees in one question what may be one.
func (c *clustering) orderNames(ctx context.Context, q *store.Queries) (int, error) {
	if c.settings.Names != igny8.ByModel {
		return 0, nil
	}
	ordered, err := q.CountRunItems(ctx, store.CountRunItemsParams{RunID: c.of.Run, Stage: workflows.NameStage})
	if err != nil || ordered > 0 {
		return int(ordered), err
	}
	rows, err := q.UnnamedClusters(ctx, &c.of.Run)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	names := make([]cluster.Keyword, len(rows))
	for i, r := range rows {
		names[i].Text = r.Name
	}
	related, err := cluster.Run(ctx, names, cluster.Options{Preset: cluster.Broad, Lexical: true})
	if err != nil {
		return 0, err
	}
	var ids []uuid.UUID
	for _, t := range related.Topics {
		for _, m := range t.Members {
			ids = append(ids, rows[m].ID.UUID)
		}
	}
	for _, l := range related.Unclustered {
		ids = append(ids, rows[l.Index].ID.UUID)
	}
	n, err := q.AddRunItems(ctx, store.AddRunItemsParams{RunID: c.of.Run, Stage: workflows.NameStage, Items: ids})
	return int(n), err
}
