package activities

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/cluster"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/workflows"
)

// A placing is what a clustering writes.
type placing struct {
	clusters store.SaveClustersParams
	pages    store.SavePagesParams
	members  store.AssignKeywordsParams
	left     store.OrphanKeywordsParams
}

// save writes where fresh keywords go, in one transaction. Doing it again
// changes nothing.
func (c *clustering) save(ctx context.Context, q *store.Queries, f found) (out workflows.Clustered, err error) {
	p := placing{
		clusters: store.SaveClustersParams{SiteID: c.of.Scope.Site, SectorID: c.of.Scope.Sector, RunID: &c.of.Run},
		pages:    store.SavePagesParams{SiteID: c.of.Scope.Site, SectorID: c.of.Scope.Sector},
	}
	for _, t := range f.Topics {
		p.topic(c, t)
	}
	if err := p.joined(ctx, q, c, &f); err != nil {
		return out, err
	}
	p.leave(c, f)
	if err := p.write(ctx, q); err != nil {
		return out, err
	}
	out = workflows.Clustered{Clusters: len(f.Topics), Joined: len(f.Joined), Left: len(f.Unclustered)}
	if out.Naming, err = c.orderNames(ctx, q); err != nil {
		return out, err
	}
	message := fmt.Sprintf("Found %d topics in %d keywords", len(f.Topics), len(c.fresh))
	if out.Joined > 0 {
		message = fmt.Sprintf("%d of %d keywords joined clusters, the others made %d", out.Joined, len(c.fresh), len(f.Topics))
	}
	if err := q.RunStage(ctx, store.RunStageParams{ID: c.of.Run, Stage: "clusters", Message: message + c.offline, Planning: true, Clusters: int32(len(f.Topics))}); err != nil {
		return out, err
	}
	out.Mark, err = progress(ctx, q, c.of.Run)
	return out, err
}

// row is the keyword that a new topic counts as member m.
func (c *clustering) row(m int) store.KeywordsToClusterRow { return c.fresh[m-len(c.placed)] }

// clusterID is the ID of a topic that a run finds.
func (c *clustering) clusterID(t cluster.Topic) uuid.UUID {
	return uuid.NewSHA1(clusterSpace, []byte(c.of.Run.String()+c.row(t.Members[0]).ID.String()))
}

func (p *placing) topic(c *clustering, t cluster.Topic) {
	id := c.clusterID(t)
	p.clusters.IDs, p.clusters.Names, p.clusters.Descriptions = append(p.clusters.IDs, id), append(p.clusters.Names, clip(t.Name, 200)), append(p.clusters.Descriptions, t.Description)
	fit := make(map[int]float64, len(t.Members))
	for i, m := range t.Members {
		fit[m] = t.Fit[i]
	}
	for n, page := range t.Pages {
		pid := uuid.NewSHA1(id, fmt.Append(nil, n))
		p.page(pid, id, n+1, c.row(page[0]).Keyword)
		for _, m := range page {
			p.member(c.row(m).ID, id, pid, fit[m])
		}
	}
}

func (p *placing) page(id, cluster uuid.UUID, n int, name string) {
	p.pages.IDs, p.pages.Clusters, p.pages.Ns, p.pages.Names = append(p.pages.IDs, id), append(p.pages.Clusters, cluster), append(p.pages.Ns, int32(n)), append(p.pages.Names, name)
}

func (p *placing) member(keyword igny8.KeywordID, cluster, page uuid.UUID, fit float64) {
	p.members.IDs, p.members.Clusters, p.members.Pages, p.members.Fits = append(p.members.IDs, keyword.UUID), append(p.members.Clusters, cluster), append(p.members.Pages, page), append(p.members.Fits, float32(fit))
}

// hold keeps the clusters that are joined until the transaction ends, and returns
// the highest number of a page of each. What would join a locked one is left out:
// that is a person's to do, and the nearest cluster tells where. So is what would
// join one that is gone.
func (f *found) hold(ctx context.Context, q *store.Queries) (last map[uuid.UUID]int, err error) {
	var grown numbering[uuid.UUID]
	for _, j := range f.Joined {
		grown.number(f.clusters.ids[j.Topic].UUID)
	}
	rows, err := q.HoldClusters(ctx, grown.ids)
	if err != nil {
		return nil, err
	}
	last, locked := make(map[uuid.UUID]int, len(rows)), map[uuid.UUID]bool{}
	for _, r := range rows {
		last[r.ID.UUID], locked[r.ID.UUID] = int(r.Last), r.Locked
	}
	f.Joined = slices.DeleteFunc(f.Joined, func(j cluster.Joined) bool {
		id := f.clusters.ids[j.Topic].UUID
		_, there := last[id]
		switch {
		case !there:
			f.Unclustered = append(f.Unclustered, cluster.Left{Index: j.Index, Nearest: -1})
		case locked[id]:
			f.Unclustered = append(f.Unclustered, cluster.Left{Index: j.Index, Nearest: j.Topic, Similarity: j.Fit})
		}
		return !there || locked[id]
	})
	return last, nil
}

// joined puts keywords into clusters there are, on their pages or new ones.
func (p *placing) joined(ctx context.Context, q *store.Queries, c *clustering, f *found) error {
	last, err := f.hold(ctx, q)
	if err != nil {
		return err
	}
	type place struct{ topic, page int }
	fresh := map[place]uuid.UUID{}
	for _, j := range f.Joined {
		k, id := c.fresh[j.Index], f.clusters.ids[j.Topic].UUID
		if j.Page >= 0 {
			p.member(k.ID, id, f.pages.ids[j.Page].UUID, j.Fit)
			continue
		}
		at := place{j.Topic, j.Page}
		if _, ok := fresh[at]; !ok {
			fresh[at] = uuid.NewSHA1(id, []byte(c.of.Run.String()+k.ID.String()))
			last[id]++
			p.page(fresh[at], id, last[id], k.Keyword)
		}
		p.member(k.ID, id, fresh[at], j.Fit)
	}
	return nil
}

// leave notes which cluster is nearest to those that are left out.
func (p *placing) leave(c *clustering, f found) {
	for _, l := range f.Unclustered {
		nearest := uuid.Nil
		switch {
		case l.Nearest >= newTopics:
			nearest = p.clusters.IDs[l.Nearest-newTopics]
		case l.Nearest >= 0 && l.Nearest < len(f.clusters.ids):
			nearest = f.clusters.ids[l.Nearest].UUID
		}
		p.left.IDs, p.left.Nearest, p.left.Fits = append(p.left.IDs, c.fresh[l.Index].ID.UUID), append(p.left.Nearest, nearest), append(p.left.Fits, float32(l.Similarity))
	}
}

// rowsAtOnce is how many rows one statement writes: its triggers take the figures
// of the clusters anew, and no statement may take a minute.
const rowsAtOnce = 5000

// write writes it all.
func (p *placing) write(ctx context.Context, q *store.Queries) error {
	if err := q.Bulk(ctx); err != nil {
		return err
	}
	if err := q.SaveClusters(ctx, p.clusters); err != nil {
		return err
	}
	if err := q.SavePages(ctx, p.pages); err != nil {
		return err
	}
	for low := range steps(len(p.members.IDs), rowsAtOnce) {
		high := min(low+rowsAtOnce, len(p.members.IDs))
		if err := q.AssignKeywords(ctx, store.AssignKeywordsParams{
			IDs: p.members.IDs[low:high], Clusters: p.members.Clusters[low:high], Pages: p.members.Pages[low:high], Fits: p.members.Fits[low:high],
		}); err != nil {
			return err
		}
	}
	if err := q.DropUnused(ctx, p.clusters.IDs); err != nil {
		return err
	}
	for low := range steps(len(p.left.IDs), rowsAtOnce) {
		high := min(low+rowsAtOnce, len(p.left.IDs))
		if err := q.OrphanKeywords(ctx, store.OrphanKeywordsParams{IDs: p.left.IDs[low:high], Nearest: p.left.Nearest[low:high], Fits: p.left.Fits[low:high]}); err != nil {
			return err
		}
	}
	return nil
}

// steps yields 0, size, 2·size and so on below n.
func steps(n, size int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for low := 0; low < n && yield(low); low += size {
		}
	}
}
