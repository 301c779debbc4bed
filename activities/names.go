package activities

import (
	"context"
	"fmt"
	"slices"
	"strings"

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

// naming names clusters, and finds those that may be one. It never changes which
// keywords are in them.
func naming() skill[igny8.RunID, igny8.ClusterID] {
	return skill[igny8.RunID, igny8.ClusterID]{prepare: prepareNames, save: saveNames}
}

// namesDraft is what a model answers.
type namesDraft struct {
	Groups []nameDraft `json:"groups"`
}

type nameDraft struct {
	Number      int    `json:"number" jsonschema:"description=Of the group."`
	Name        string `json:"name" jsonschema:"description=Two to five words."`
	Description string `json:"description" jsonschema:"description=One sentence."`
	SameAs      []int  `json:"same_as" jsonschema:"description=Numbers of groups that mean the same. Usually none."`
}

// Validate wants some names. Numbers that are missing, doubled or made up spoil
// nothing but themselves.
func (d namesDraft) Validate() error {
	if len(d.Groups) == 0 {
		return malformed("It has no groups.")
	}
	return nil
}

// namingTask is what a model gets.
type namingTask struct {
	Groups []namingGroup `json:"groups"`
	// Existing are clusters of before, which keep their names.
	Existing []namingGroup `json:"existing,omitempty"`
}

type namingGroup struct {
	Number   int      `json:"number"`
	Name     string   `json:"name"`
	Keywords []string `json:"keywords"`
}

// batchOf is which places the n-th question names, from 1.
func batchOf(reply string) (store.ClustersToNameParams, error) {
	var p store.ClustersToNameParams
	n, err := revisionOf(reply)
	p.FromN, p.ToN = int32(n-1)*workflows.NamesAtOnce+1, int32(n)*workflows.NamesAtOnce
	return p, err
}

// revisionOf is the number at the end of the key of a reply.
func revisionOf(reply string) (n int, err error) {
	_, err = fmt.Sscanf(reply[strings.LastIndexByte(reply, ':')+1:], "%d", &n)
	return n, err
}

// namingUnits is what the n-th question costs at most: what the keywords up to
// its last cluster cost, less what those before it do, so that all together are
// rounded up once.
func namingUnits(ctx context.Context, q *store.Queries, c workflows.Charge) (int, error) {
	batch, err := batchOf(c.Reply)
	if err != nil {
		return 0, err
	}
	upto, err := q.KeywordsToName(ctx, store.KeywordsToNameParams{RunID: c.Of.Run, ToN: batch.ToN})
	if err != nil {
		return 0, err
	}
	before, err := q.KeywordsToName(ctx, store.KeywordsToNameParams{RunID: c.Of.Run, ToN: batch.FromN - 1})
	return igny8.NamingUnits(int(upto)) - igny8.NamingUnits(int(before)), err
}

func prepareNames(ctx context.Context, a *Activities, q *store.Queries, c workflows.Call[igny8.RunID]) (order, error) {
	rows, err := clustersToName(ctx, q, c)
	if err != nil {
		return order{}, err
	}
	var task namingTask
	for _, r := range rows {
		task.Groups = append(task.Groups, namingGroup{int(r.N), r.Name, r.Keywords})
	}
	existing, err := clustersBeside(ctx, q, c)
	if err != nil {
		return order{}, err
	}
	for _, r := range existing {
		task.Existing = append(task.Existing, namingGroup{int(r.N), r.Name, r.Keywords})
	}
	return question[namesDraft](ctx, a, q, igny8.Naming, task)
}

// clustersBeside lists clusters that were there before the run and may mean
// what one of those to name does.
func clustersBeside(ctx context.Context, q *store.Queries, c workflows.Call[igny8.RunID]) ([]store.ClustersBesideRow, error) {
	batch, err := batchOf(c.Reply)
	if err != nil {
		return nil, err
	}
	sector := c.Of.Scope.Sector
	return q.ClustersBeside(ctx, store.ClustersBesideParams{RunID: c.Of.Run, SectorID: sector, FromN: batch.FromN, ToN: batch.ToN})
}

func clustersToName(ctx context.Context, q *store.Queries, c workflows.Call[igny8.RunID]) ([]store.ClustersToNameRow, error) {
	batch, err := batchOf(c.Reply)
	if err != nil {
		return nil, err
	}
	batch.RunID = c.Of.Run
	rows, err := q.ClustersToName(ctx, batch)
	if err == nil && len(rows) == 0 {
		err = igny8.Errorf(igny8.Invalid, "The clusters are gone.")
	}
	return rows, err
}

// saveNames gives clusters the names that the model has for them, and proposes
// to merge those that it takes for one.
func saveNames(ctx context.Context, _ *Activities, q *store.Queries, c workflows.Call[igny8.RunID], answer store.AIRequest) (out saved[igny8.ClusterID], err error) {
	draft, err := read[namesDraft](*answer.Reply)
	if err != nil {
		return out, err
	}
	rows, err := clustersToName(ctx, q, c)
	if err != nil {
		return out, err
	}
	byNumber := map[int]store.ClustersToNameRow{}
	for _, r := range rows {
		byNumber[int(r.N)] = r
	}
	existing, err := clustersBeside(ctx, q, c) // before the names by which they are found change
	if err != nil {
		return out, err
	}
	if out.ids, err = q.NameClusters(ctx, namesOf(draft, byNumber)); err != nil {
		return out, err
	}
	before := map[int]store.ClustersToNameRow{}
	for _, r := range existing {
		before[int(r.N)] = store.ClustersToNameRow(r)
	}
	if err := q.ProposeMerges(ctx, mergesOf(draft, byNumber, before, c)); err != nil {
		return out, err
	}
	keywords := 0
	for _, r := range rows {
		if slices.Contains(out.ids, r.ID) {
			keywords += int(r.KeywordsCount)
		}
	}
	hold, err := q.Hold(ctx, c.Hold())
	if err != nil {
		return out, err
	}
	out.units = min(igny8.NamingUnits(keywords), int(hold.Units))
	return out, q.NamesDone(ctx, store.NamesDoneParams{RunID: c.Of.Run, FromN: rows[0].N, ToN: rows[len(rows)-1].N})
}

// namesOf is the usable names: one for each cluster that was asked about, and no
// name twice.
func namesOf(draft namesDraft, asked map[int]store.ClustersToNameRow) (p store.NameClustersParams) {
	taken, named := map[string]bool{}, map[int]bool{}
	for _, g := range draft.Groups {
		row, ok := asked[g.Number]
		name := line(g.Name, 80)
		key := strings.ToLower(name)
		if !ok || named[g.Number] || name == "" || taken[key] {
			continue
		}
		named[g.Number], taken[key] = true, true
		p.IDs, p.Names, p.Descriptions = append(p.IDs, row.ID.UUID), append(p.Names, name), append(p.Descriptions, line(g.Description, 500))
	}
	return p
}

// mergesOf is the proposals: each cluster is in one at most, and at least one of
// the two was asked about. The one that was there before stays, else the larger.
func mergesOf(draft namesDraft, asked, before map[int]store.ClustersToNameRow, c workflows.Call[igny8.RunID]) store.ProposeMergesParams {
	p := store.ProposeMergesParams{SiteID: c.Of.Scope.Site, SectorID: c.Of.Scope.Sector, RunID: &c.Of.Run}
	busy := map[int]bool{}
	for _, g := range draft.Groups {
		for _, other := range g.SameAs {
			a, b, ok := pairOf(g.Number, other, asked, before)
			if !ok || busy[g.Number] || busy[other] {
				continue
			}
			busy[g.Number], busy[other] = true, true
			p.IDs = append(p.IDs, uuid.NewSHA1(clusterSpace, []byte("merge"+a.ID.String()+b.ID.String())))
			p.Kept, p.Others = append(p.Kept, a.ID.UUID), append(p.Others, b.ID.UUID)
			p.Reasons = append(p.Reasons, fmt.Sprintf("The model takes “%s” and “%s” for one topic.", a.Name, b.Name))
		}
	}
	return p
}

// pairOf finds two clusters by their numbers, the one to stay first.
func pairOf(one, other int, asked, before map[int]store.ClustersToNameRow) (stays, goes store.ClustersToNameRow, ok bool) {
	a, here := asked[one]
	b, there := asked[other]
	switch {
	case here && there && one != other:
		if b.KeywordsCount > a.KeywordsCount || b.KeywordsCount == a.KeywordsCount && b.N < a.N {
			a, b = b, a
		}
		return a, b, true
	case here:
		stays, ok = before[other]
		return stays, a, ok
	case there:
		stays, ok = before[one]
		return stays, b, ok
	}
	return a, b, false
}
