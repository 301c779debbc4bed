package activities

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"go.temporal.io/sdk/activity"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/cluster"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/workflows"
)

// clusterSpace makes the IDs of clusters from what makes them: a repeated
// attempt finds the clusters of the one before.
var clusterSpace = uuid.MustParse("6a1f0c1e-6a0e-5b3e-9a52-0f6a3b0c7d11")

// cluster groups the sector's keywords by topic. It is computed here, asks no
// model and costs nothing.
func (a *Activities) cluster(ctx context.Context, of workflows.RunInput) (out workflows.Clustered, err error) {
	var keywords []store.KeywordsToClusterRow
	var chosen igny8.RunSettings
	if err := store.Do(ctx, a.Store, bot(of), func(q *store.Queries) error {
		r, err := q.Run(ctx, of.Run)
		if err != nil {
			return err
		}
		if chosen, err = settings(r); err != nil {
			return err
		}
		keywords, err = q.KeywordsToCluster(ctx, store.KeywordsToClusterParams{SectorID: of.Scope.Sector, RunID: of.Run})
		return err
	}); err != nil {
		return out, err
	}
	input := make([]cluster.Keyword, len(keywords))
	for i, k := range keywords {
		input[i].Text = k.Keyword
		if k.Volume != nil {
			input[i].Volume = ptr(int(*k.Volume))
		}
	}
	found, err := cluster.Run(ctx, input, cluster.Options{
		Preset:   cluster.Preset(chosen.Preset),
		Progress: func(done, total int) { activity.RecordHeartbeat(ctx, done, total) },
	})
	if err != nil {
		return out, err
	}
	return store.As(ctx, a.Store, bot(of), func(q *store.Queries) (workflows.Clustered, error) {
		return saveClusters(ctx, q, of, keywords, found)
	})
}

// saveClusters writes what clustering found, in one transaction. Doing it again
// changes nothing.
func saveClusters(ctx context.Context, q *store.Queries, of workflows.RunInput, keywords []store.KeywordsToClusterRow, found cluster.Result) (out workflows.Clustered, err error) {
	topics := store.SaveClustersParams{SiteID: of.Scope.Site, SectorID: of.Scope.Sector, RunID: &of.Run}
	pages := store.SavePagesParams{SiteID: of.Scope.Site, SectorID: of.Scope.Sector}
	var members store.AssignKeywordsParams
	for _, t := range found.Topics {
		id := uuid.NewSHA1(clusterSpace, []byte(of.Run.String()+keywords[t.Members[0]].ID.String()))
		topics.IDs, topics.Names, topics.Descriptions = append(topics.IDs, id), append(topics.Names, clip(t.Name, 200)), append(topics.Descriptions, t.Description)
		fit := map[int]float64{}
		for i, m := range t.Members {
			fit[m] = t.Fit[i]
		}
		for n, page := range t.Pages {
			pid := uuid.NewSHA1(id, fmt.Append(nil, n))
			pages.IDs, pages.Clusters, pages.Ns, pages.Names = append(pages.IDs, pid), append(pages.Clusters, id), append(pages.Ns, int32(n+1)), append(pages.Names, keywords[page[0]].Keyword)
			for _, m := range page {
				members.IDs, members.Clusters, members.Pages, members.Fits = append(members.IDs, keywords[m].ID.UUID), append(members.Clusters, id), append(members.Pages, pid), append(members.Fits, float32(fit[m]))
			}
		}
	}
	var left store.OrphanKeywordsParams
	for _, l := range found.Unclustered {
		nearest := uuid.Nil
		if l.Nearest >= 0 {
			nearest = topics.IDs[l.Nearest]
		}
		left.IDs, left.Nearest, left.Fits = append(left.IDs, keywords[l.Index].ID.UUID), append(left.Nearest, nearest), append(left.Fits, float32(l.Similarity))
	}
	for _, save := range []func() error{
		func() error { return q.SaveClusters(ctx, topics) },
		func() error { return q.SavePages(ctx, pages) },
		func() error { return q.AssignKeywords(ctx, members) },
		func() error { return q.OrphanKeywords(ctx, left) },
		func() error {
			return q.RunStage(ctx, store.RunStageParams{ID: of.Run, Stage: "clusters", Message: fmt.Sprintf("Found %d topics in %d keywords", len(found.Topics), len(keywords)), Planning: true, Clusters: int32(len(found.Topics))})
		},
	} {
		if err := save(); err != nil {
			return out, err
		}
	}
	out = workflows.Clustered{Clusters: len(found.Topics), Left: len(found.Unclustered)}
	out.Mark, err = progress(ctx, q, of.Run)
	return out, err
}

// choose adds clusters to have ideas about until there are, or will be, ideas
// enough for the articles that the run is to make. It gives up when more
// clusters have failed than a few unlucky ones.
func (a *Activities) choose(ctx context.Context, of workflows.RunInput) (workflows.Chosen, error) {
	return store.As(ctx, a.Store, bot(of), func(q *store.Queries) (out workflows.Chosen, err error) {
		r, err := q.Run(ctx, of.Run)
		if err != nil {
			return out, err
		}
		s, err := settings(r)
		if err != nil {
			return out, err
		}
		so, err := q.IdeasOfRun(ctx, store.IdeasOfRunParams{RunID: of.Run, ID: of.Run})
		if err != nil {
			return out, err
		}
		if of.Kind == igny8.KindIdeas {
			return workflows.Chosen{Upto: int(so.Asked)}, nil
		}
		missing := s.Articles - int(so.Ideas)
		wanted := (missing + s.IdeasPerCluster - 1) / s.IdeasPerCluster
		if missing <= 0 || int(so.Failed) > max(5, s.Articles/s.IdeasPerCluster) {
			return workflows.Chosen{Upto: int(so.Asked), Enough: true}, nil
		}
		more, err := q.ClustersForIdeas(ctx, store.ClustersForIdeasParams{SectorID: of.Scope.Sector, RunID: &of.Run, Many: int32(wanted)})
		if err != nil {
			return out, err
		}
		if _, err := q.AddRunItems(ctx, store.AddRunItemsParams{RunID: of.Run, Stage: "cluster", Items: uuids(more)}); err != nil {
			return out, err
		}
		return workflows.Chosen{Upto: int(so.Asked) + len(more)}, nil
	})
}

// planTasks makes a task of each of the run's best ideas.
func (a *Activities) planTasks(ctx context.Context, of workflows.RunInput) (workflows.Planned, error) {
	return store.As(ctx, a.Store, bot(of), func(q *store.Queries) (out workflows.Planned, err error) {
		r, err := q.Run(ctx, of.Run)
		if err != nil {
			return out, err
		}
		s, err := settings(r)
		if err != nil {
			return out, err
		}
		made, err := q.CountRunItems(ctx, store.CountRunItemsParams{RunID: of.Run, Stage: "task"})
		if err != nil {
			return out, err
		}
		if made == 0 {
			ideas, err := q.IdeasToPlan(ctx, store.IdeasToPlanParams{RunID: &of.Run, Many: int32(s.Articles)})
			if err != nil {
				return out, err
			}
			tasks, err := q.PlanTasks(ctx, store.PlanTasksParams{Ideas: uuids(ideas), RunID: &of.Run, WordCount: int32(s.Words), Images: int32(*s.Images)})
			if err != nil {
				return out, err
			}
			n, err := q.AddRunItems(ctx, store.AddRunItemsParams{RunID: of.Run, Stage: "task", Items: tasks})
			if err != nil {
				return out, err
			}
			made = int32(n)
		}
		out.Tasks = int(made)
		out.Mark, err = progress(ctx, q, of.Run)
		return out, err
	})
}
