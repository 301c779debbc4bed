package activities

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/cluster"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/workflows"
)

// clusterSpace makes the IDs of clusters from what makes them: a repeated
// attempt finds the clusters of the one before.
var clusterSpace = uuid.MustParse("6a1f0c1e-6a0e-5b3e-9a52-0f6a3b0c7d11")

// cluster groups by topic the keywords of the sector that are in no cluster:
// each joins a cluster there is, or a new one. It is computed here and asks no
// model, but for embeddings that are kept already.
func (a *Activities) cluster(ctx context.Context, of workflows.Grouping) (out workflows.Clustered, err error) {
	c, err := a.clustering(ctx, of)
	if err != nil {
		return out, err
	}
	if len(c.fresh) == 0 { // or an attempt before this one has placed them
		return store.As(ctx, a.Store, bot(c.of), func(q *store.Queries) (out workflows.Clustered, err error) {
			if out.Naming, err = c.orderNames(ctx, q); err != nil {
				return out, err
			}
			out.Mark, err = progress(ctx, q, of.Run)
			return out, err
		})
	}
	defer frugal(len(c.fresh) + len(c.placed))()
	found, err := c.extend(ctx)
	if err != nil || c.missing > 0 {
		return workflows.Clustered{Missing: c.missing}, err
	}
	if err := c.note(ctx, 1, fmt.Sprintf("Saving %d new clusters", len(found.Topics))); err != nil {
		return out, err
	}
	out, err = store.As(ctx, a.Store, bot(c.of), func(q *store.Queries) (workflows.Clustered, error) {
		return c.save(ctx, q, found)
	})
	out.Encoded = c.encoded
	return out, err
}

// A clustering is one under way: its keywords, and where they are.
type clustering struct {
	a        *Activities
	of       workflows.RunInput
	settings igny8.RunSettings
	fresh    []store.KeywordsToClusterRow // in no cluster
	placed   []store.KeywordsToClusterRow // in clusters
	state    string                       // of the sector when they were loaded
	share    float64                      // of the work that is noted as done
	encoded  int                          // keywords of which the features had to be computed
	anyway   bool                         // offline, where embeddings are missing
	missing  int                          // texts that are to be embedded before anything else is done
	offline  string                       // why it is not what was asked for; "" if it is
}

// longList is from how many keywords on computing is done with little memory.
const longList = 10_000

// frugal has garbage collected early until what it returns is called, if a list is
// long: what is computed of it is hundreds of megabytes, of which the program would
// else let several times as much go to waste. One clustering at a time is computed
// in a process.
func frugal(keywords int) (enough func()) {
	if keywords < longList {
		return func() {}
	}
	const percent = 40
	before := debug.SetGCPercent(percent)
	return func() { debug.SetGCPercent(before) }
}

// clustering loads what a run is to group.
func (a *Activities) clustering(ctx context.Context, of workflows.Grouping) (*clustering, error) {
	c := &clustering{a: a, of: of.RunInput, anyway: of.Anyway}
	return c, store.Do(ctx, a.Store, bot(c.of), func(q *store.Queries) error {
		r, err := q.Run(ctx, of.Run)
		if err != nil {
			return err
		}
		if c.settings, err = settings(r); err != nil {
			return err
		}
		if c.state, err = q.SectorState(ctx, of.Scope.Sector); err != nil {
			return err
		}
		rows, err := q.KeywordsToCluster(ctx, store.KeywordsToClusterParams{SectorID: of.Scope.Sector, RunID: of.Run})
		for _, k := range rows {
			if k.ClusterID == nil {
				c.fresh = append(c.fresh, k)
			} else {
				c.placed = append(c.placed, k)
			}
		}
		return err
	})
}

// input makes rows what the package cluster takes.
func input(rows []store.KeywordsToClusterRow) []cluster.Keyword {
	out := make([]cluster.Keyword, len(rows))
	for i, k := range rows {
		out[i] = cluster.Keyword{Text: k.Keyword, Results: k.URLs}
		if k.Volume != nil {
			out[i].Volume = ptr(int(*k.Volume))
		}
	}
	return out
}

// options direct the grouping, of which the progress is noted as the rest of
// the work.
func (c *clustering) options(ctx context.Context) cluster.Options {
	from := c.share
	return cluster.Options{Preset: cluster.Preset(c.settings.Preset), Progress: func(done, total int) {
		c.hint(ctx, from+(1-from)*float64(done)/float64(total), fmt.Sprintf("Grouping %d keywords by topic", total))
	}}
}

// numbering gives IDs numbers in the order in which they come.
type numbering[I comparable] struct {
	of  map[I]int
	ids []I
}

func (n *numbering[I]) number(id I) int {
	if n.of == nil {
		n.of = map[I]int{}
	}
	at, ok := n.of[id]
	if !ok {
		at = len(n.ids)
		n.of[id], n.ids = at, append(n.ids, id)
	}
	return at
}

// found is what became of the fresh keywords: which of the placed ones' clusters
// and pages they join, by number, or which new topics they make.
type found struct {
	cluster.Extension
	clusters numbering[igny8.ClusterID]
	pages    numbering[igny8.PageID]
}

func (c *clustering) extend(ctx context.Context) (out found, err error) {
	all := append(input(c.placed), input(c.fresh)...)
	if err := c.compare(ctx, all); err != nil || c.missing > 0 {
		return out, err
	}
	if len(c.placed) == 0 {
		r, err := cluster.Run(ctx, all, c.options(ctx))
		out.Extension = cluster.Extension{Topics: r.Topics, Unclustered: r.Unclustered}
		for i, l := range out.Unclustered {
			if l.Nearest >= 0 { // it is no cluster there is
				out.Unclustered[i].Nearest += newTopics
			}
		}
		return out, err
	}
	known := make([]cluster.Known, len(c.placed))
	for i, k := range c.placed {
		known[i] = cluster.Known{Keyword: all[i], Topic: out.clusters.number(*k.ClusterID), Page: -1}
		if k.PageID != nil {
			known[i].Page = out.pages.number(*k.PageID)
		}
	}
	out.Extension, err = cluster.Extend(ctx, known, all[len(known):], c.options(ctx))
	return out, err
}

// newTopics is where the numbers of new topics begin.
const newTopics = 1 << 30
