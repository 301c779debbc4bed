package store

import (
	"context"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
)

// chosen returns the items of a start, each once, after a look at whether they
// are there, of one sector, and fit for the kind of run. The sector of the start
// becomes theirs.
func (q *Queries) chosen(ctx context.Context, s *Start) ([]uuid.UUID, []found, error) {
	items := unique(s.Items)
	switch {
	case (s.Kind == igny8.KindPipeline || s.Kind == igny8.KindRecluster) && len(items) > 0:
		return nil, nil, igny8.FieldErrorf("ids", "Such a run works on its whole sector; nothing is chosen for it.")
	case len(items) > MaxItems:
		return nil, nil, igny8.FieldErrorf("ids", "At most %d can be chosen at once, not %d.", MaxItems, len(items))
	case len(items) == 0 && !s.Kind.Clusters():
		return nil, nil, igny8.FieldErrorf("ids", "Choose at least one.")
	case len(items) == 0 && s.Sector.IsZero():
		return nil, nil, igny8.FieldErrorf("sector", "Choose a sector.")
	case len(items) == 0:
		return nil, nil, nil
	}
	found, err := q.find(ctx, s.Kind, items)
	if err != nil {
		return nil, nil, err
	}
	if len(found) < len(items) {
		return nil, nil, igny8.Errorf(igny8.NotFound, "Of the %d that were chosen %d are not there, or not yours to see.", len(items), len(items)-len(found))
	}
	for _, f := range found {
		if s.Sector.IsZero() {
			s.Sector = f.sector
		}
		if f.sector != s.Sector {
			return nil, nil, igny8.FieldErrorf("ids", "Choose from one sector at a time.")
		}
		if !f.fit {
			return nil, nil, igny8.Errorf(igny8.Conflict, "An article that was chosen has no text yet. Generate its content first.")
		}
	}
	return items, found, nil
}

type found struct {
	sector        igny8.SectorID
	fit           bool
	words, images int // ordered, of a task
}

func (q *Queries) find(ctx context.Context, kind igny8.RunKind, ids []uuid.UUID) ([]found, error) {
	var all []found
	switch stageOf(kind) {
	case "keyword":
		rows, err := q.ChosenKeywords(ctx, ids)
		for _, r := range rows {
			all = append(all, found{sector: r.SectorID, fit: true})
		}
		return all, err
	case "cluster":
		rows, err := q.ChosenClusters(ctx, ids)
		for _, r := range rows {
			all = append(all, found{sector: r.SectorID, fit: true})
		}
		return all, err
	}
	rows, err := q.ChosenTasks(ctx, ids)
	for _, r := range rows {
		needs := kind == igny8.KindPrompts || kind == igny8.KindImages || kind == igny8.KindPublish
		all = append(all, found{r.SectorID, !needs || !r.ContentID.IsZero(), int(r.WordCount), int(r.Images)})
	}
	return all, err
}

func unique(ids []uuid.UUID) []uuid.UUID {
	seen := make(map[uuid.UUID]bool, len(ids))
	var out []uuid.UUID
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}
