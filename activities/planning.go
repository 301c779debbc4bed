package activities

import (
	"context"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/workflows"
)

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
		planned, err := q.CountRunItems(ctx, store.CountRunItemsParams{RunID: of.Run, Stage: "task"})
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
		if planned > 0 { // and this is the same question again: nobody heard that there were enough
			return workflows.Chosen{Upto: int(so.Asked), Enough: true}, nil
		}
		// Those that an attempt before this one chose count as well: its answer may
		// have been lost.
		missing := s.Articles - int(so.Ideas) - int(so.Pending)*s.IdeasPerCluster
		wanted := (missing + s.IdeasPerCluster - 1) / s.IdeasPerCluster
		if missing <= 0 || int(so.Failed) > max(5, s.Articles/s.IdeasPerCluster) {
			return workflows.Chosen{Upto: int(so.Asked), Enough: so.Pending == 0}, nil
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
