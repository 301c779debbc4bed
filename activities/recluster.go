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

// propose clusters a whole sector anew and keeps the difference for a person to
// decide about. It changes no keyword. What a person has placed stays where it
// is, and so do the keywords of locked clusters.
func (a *Activities) propose(ctx context.Context, of workflows.Grouping) (out workflows.Proposed, err error) {
	c, err := a.clustering(ctx, of)
	if err != nil {
		return out, err
	}
	defer frugal(len(c.fresh) + len(c.placed))()
	rows := slices.Concat(c.placed, c.fresh)
	all := input(rows)
	if err := c.compare(ctx, all); err != nil || c.missing > 0 {
		return workflows.Proposed{Missing: c.missing}, err
	}
	r, err := cluster.Run(ctx, all, c.options(ctx))
	if err != nil {
		return out, err
	}
	out, err = store.As(ctx, a.Store, bot(c.of), func(q *store.Queries) (workflows.Proposed, error) {
		d := difference{c: c, rows: rows}
		if err := c.unchanged(ctx, q); err != nil {
			return out, err
		}
		if d.names, err = q.ClusterNames(ctx, of.Scope.Sector); err != nil {
			return out, err
		}
		d.draw(r)
		return d.save(ctx, q)
	})
	out.Encoded = c.encoded
	return out, err
}

// unchanged reports an error if the sector is no longer what was loaded. From
// then on nothing is added to it until the transaction ends; what changes later
// makes the proposal stale.
func (c *clustering) unchanged(ctx context.Context, q *store.Queries) error {
	if err := q.LockSector(ctx, c.of.Scope.Sector); err != nil {
		return err
	}
	now, err := q.SectorState(ctx, c.of.Scope.Sector)
	if err == nil && now != c.state {
		err = igny8.Errorf(igny8.Unavailable, "The sector was changed while its keywords were grouped. They are grouped again.")
	}
	return err
}

// A difference is between the clusters that there are and other ones.
type difference struct {
	c     *clustering
	rows  []store.KeywordsToClusterRow // of the sector, the same in the input of the clustering
	names []store.ClusterNamesRow

	proposal store.NewClusteringParams
	clusters store.ProposeClustersParams
	keywords store.ProposeKeywordsParams
	at       map[uuid.UUID]int // of a cluster in clusters
	locked   map[uuid.UUID]bool
}

// draw sets what the proposal says.
func (d *difference) draw(r cluster.Result) {
	sc, id := d.c.of.Scope, igny8.ProposalID{UUID: uuid.NewSHA1(clusterSpace, []byte("proposal"+d.c.of.Run.String()))}
	d.proposal = store.NewClusteringParams{SiteID: sc.Site, SectorID: sc.Sector, ID: id, RunID: &d.c.of.Run}
	d.clusters = store.ProposeClustersParams{SiteID: sc.Site, SectorID: sc.Sector, ProposalID: id}
	d.keywords = store.ProposeKeywordsParams{SiteID: sc.Site, SectorID: sc.Sector, ProposalID: id}
	d.list()
	target := d.targets(r)
	fit := make([]float64, len(d.rows))
	for _, t := range r.Topics {
		for i, m := range t.Members {
			fit[m] = t.Fit[i]
		}
	}
	for t, topic := range r.Topics {
		for _, page := range topic.Pages {
			d.page(d.clusters.IDs[d.at[target[t]]], page, fit)
		}
	}
	for _, l := range r.Unclustered {
		d.move(l.Index, uuid.Nil, uuid.Nil, false, l.Similarity)
	}
	d.tally()
}

// list begins the list of clusters with those there are.
func (d *difference) list() {
	d.at, d.locked = map[uuid.UUID]int{}, map[uuid.UUID]bool{}
	for _, c := range d.names {
		d.add(c.ID.UUID, "kept", c.Name, "", int(c.KeywordsCount))
		d.locked[c.ID.UUID] = c.Locked
	}
}

func (d *difference) add(id uuid.UUID, change, name, description string, before int) {
	p := &d.clusters
	d.at[id] = len(p.IDs)
	p.IDs, p.Changes, p.Names, p.Descriptions = append(p.IDs, id), append(p.Changes, change), append(p.Names, name), append(p.Descriptions, description)
	p.Before, p.Keywords, p.Joining, p.Leaving = append(p.Before, int32(before)), append(p.Keywords, int32(before)), append(p.Joining, 0), append(p.Leaving, 0)
}

// targets returns the cluster that each topic goes on from, or a new one.
func (d *difference) targets(r cluster.Result) []uuid.UUID {
	var old numbering[uuid.UUID]
	before, after := make([]int, len(d.rows)), make([]int, len(d.rows))
	for i, k := range d.rows {
		before[i], after[i] = -1, -1
		if k.ClusterID != nil {
			before[i] = old.number(k.ClusterID.UUID)
		}
	}
	for t, topic := range r.Topics {
		for _, m := range topic.Members {
			after[m] = t
		}
	}
	target := make([]uuid.UUID, len(r.Topics))
	for t, from := range cluster.Match(before, after) {
		if from >= 0 {
			target[t] = old.ids[from]
			continue
		}
		topic := r.Topics[t]
		target[t] = uuid.NewSHA1(clusterSpace, []byte(d.c.of.Run.String()+d.rows[topic.Members[0]].ID.String()))
		d.add(target[t], "new", clip(topic.Name, 200), topic.Description, 0)
	}
	return target
}

// page moves the keywords of a page to a cluster: to the page there that most of
// them are on, or else to a new one.
func (d *difference) page(to uuid.UUID, members []int, fit []float64) {
	there := map[uuid.UUID]int{}
	page, most := uuid.Nil, 0
	for _, m := range members {
		if k := d.rows[m]; k.ClusterID != nil && k.ClusterID.UUID == to && k.PageID != nil {
			there[k.PageID.UUID]++
			if n := there[k.PageID.UUID]; n > most {
				page, most = k.PageID.UUID, n
			}
		}
	}
	leads := page == uuid.Nil
	if leads {
		page = uuid.NewSHA1(to, []byte(d.c.of.Run.String()+d.rows[members[0]].ID.String()))
	}
	for _, m := range members {
		if d.move(m, to, page, leads, fit[m]) {
			leads = false // one names it
		}
	}
}

// move proposes to move a keyword, if it is elsewhere and may be moved, and
// reports whether it is. One that an article is about is not left out.
func (d *difference) move(row int, to, page uuid.UUID, leads bool, fit float64) bool {
	k, from := d.rows[row], uuid.Nil
	if k.ClusterID != nil {
		from = k.ClusterID.UUID
	}
	if from == to || k.Pinned || d.locked[from] || d.locked[to] || to == uuid.Nil && k.Status == igny8.KeywordInUse {
		return false
	}
	p := &d.keywords
	p.IDs, p.Froms, p.Tos, p.Pages = append(p.IDs, k.ID.UUID), append(p.Froms, from), append(p.Tos, to), append(p.Pages, page)
	p.Leads, p.Fits = append(p.Leads, leads), append(p.Fits, float32(fit))
	if from != uuid.Nil {
		d.clusters.Leaving[d.at[from]]++
	}
	if to != uuid.Nil {
		d.clusters.Joining[d.at[to]]++
	}
	switch {
	case from == uuid.Nil:
		d.proposal.Added++
	case to == uuid.Nil:
		d.proposal.Removed++
	default:
		d.proposal.Moved++
	}
	return true
}

// tally counts, and leaves out the clusters that nothing is to happen to.
func (d *difference) tally() {
	p, n := &d.clusters, 0
	d.proposal.Kept = int32(len(d.c.placed)) - d.proposal.Moved - d.proposal.Removed
	for i := range p.IDs {
		p.Keywords[i] = p.Before[i] + p.Joining[i] - p.Leaving[i]
		switch {
		case p.Changes[i] == "new" && p.Keywords[i] == 0, p.Joining[i] == 0 && p.Leaving[i] == 0:
			continue
		case p.Changes[i] == "new":
			d.proposal.NewClusters++
		case p.Keywords[i] == 0:
			p.Changes[i] = "gone"
			d.proposal.GoneClusters++
		}
		p.IDs[n], p.Changes[n], p.Names[n], p.Descriptions[n] = p.IDs[i], p.Changes[i], p.Names[i], p.Descriptions[i]
		p.Before[n], p.Keywords[n], p.Joining[n], p.Leaving[n] = p.Before[i], p.Keywords[i], p.Joining[i], p.Leaving[i]
		n++
	}
	p.IDs, p.Changes, p.Names, p.Descriptions = p.IDs[:n], p.Changes[:n], p.Names[:n], p.Descriptions[:n]
	p.Before, p.Keywords, p.Joining, p.Leaving = p.Before[:n], p.Keywords[:n], p.Joining[:n], p.Leaving[:n]
}

// save keeps the proposal, once.
func (d *difference) save(ctx context.Context, q *store.Queries) (out workflows.Proposed, err error) {
	p := d.proposal
	out = workflows.Proposed{Kept: int(p.Kept), Moved: int(p.Moved), Added: int(p.Added), Removed: int(p.Removed)}
	message := "Other clusters would be the same: there is nothing to decide"
	if len(d.keywords.IDs) > 0 {
		out.Proposal = p.ID
		message = fmt.Sprintf("Proposed: %d keywords stay, %d move, %d join a cluster, %d leave theirs; %d clusters are new, %d go. Nothing has changed yet",
			p.Kept, p.Moved, p.Added, p.Removed, p.NewClusters, p.GoneClusters)
		if err := d.write(ctx, q); err != nil {
			return out, err
		}
	}
	if err := q.RunStage(ctx, store.RunStageParams{ID: d.c.of.Run, Stage: "clusters", Message: message + d.c.offline, Planning: true}); err != nil {
		return out, err
	}
	out.Mark, err = progress(ctx, q, d.c.of.Run)
	return out, err
}

func (d *difference) write(ctx context.Context, q *store.Queries) error {
	n, err := q.NewClustering(ctx, d.proposal)
	if err != nil || n == 0 { // an attempt before this one has kept it
		return err
	}
	if err := q.ProposeClusters(ctx, d.clusters); err != nil {
		return err
	}
	k := d.keywords
	for low := range steps(len(k.IDs), rowsAtOnce) {
		high := min(low+rowsAtOnce, len(k.IDs))
		part := k
		part.IDs, part.Froms, part.Tos, part.Pages, part.Leads, part.Fits = k.IDs[low:high], k.Froms[low:high], k.Tos[low:high], k.Pages[low:high], k.Leads[low:high], k.Fits[low:high]
		if err := q.ProposeKeywords(ctx, part); err != nil {
			return err
		}
	}
	return nil
}
