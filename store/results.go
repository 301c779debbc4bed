package store

import (
	"context"

	"github.com/igny8/igny8"
)

// Found is what a search for a keyword finds.
type Found struct {
	Normal string   // of the keyword
	URLs   []string // the best first, at most ten
}

// foundAtOnce is how many keywords' results one statement keeps.
const foundAtOnce = 2000

// ImportResults replaces the search results of the keywords of a sector, and
// returns which of them it has.
func (q *Queries) ImportResults(ctx context.Context, sector igny8.SectorID, all []Found) (map[string]bool, error) {
	known := map[string]bool{}
	for low := 0; low < len(all); low += foundAtOnce {
		p := SaveResultsParams{SectorID: sector}
		for _, f := range all[low:min(low+foundAtOnce, len(all))] {
			for rank, url := range f.URLs {
				p.Normals, p.Ranks, p.URLs = append(p.Normals, f.Normal), append(p.Ranks, int32(rank)), append(p.URLs, url)
			}
		}
		kept, err := q.SaveResults(ctx, p)
		if err != nil {
			return nil, err
		}
		for _, normal := range kept {
			known[normal] = true
		}
	}
	return known, nil
}
