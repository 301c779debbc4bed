package api

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

// sortedSector is two clusters with keywords, and a keyword without one.
type sortedSector struct {
	one, two string
	keywords map[string]string // IDs by text
}

func (w *world) sortKeywords(t *testing.T) (s sortedSector) {
	t.Helper()
	s = sortedSector{uuid.NewString(), uuid.NewString(), map[string]string{}}
	for name, id := range map[string]string{"Grinders": s.one, "Tampers": s.two} {
		w.sql(t, "insert into igny8_clusters (account_id, site_id, sector_id, id, name) values ($1, $2, $3, $4, $5)", w.mine.account, w.mine.site, w.mine.sector, id, name)
	}
	for text, cluster := range map[string]*string{"burr grinder": &s.one, "grinder cleaning": &s.two, "espresso tamper": &s.two, "milk frother": nil} {
		s.keywords[text] = value[string](t, w, "insert into igny8_keywords (account_id, site_id, sector_id, keyword, normal, volume, cluster_id, status) values ($1, $2, $3, $4, $4, 10, $5, case when $5::uuid is null then 'orphaned' else 'clustered' end) returning id::text",
			w.mine.account, w.mine.site, w.mine.sector, text, cluster)
	}
	return s
}

// propose proposes to move the keyword that is wrong, and to make a cluster of
// the one without.
func (w *world) propose(t *testing.T, s sortedSector) (proposal, fresh string) {
	t.Helper()
	head := []any{w.mine.account, w.mine.site, w.mine.sector}
	proposal, fresh = uuid.NewString(), uuid.NewString()
	w.sql(t, "insert into igny8_proposals (account_id, site_id, sector_id, id, kind, kept, moved, added, new_clusters) values ($1, $2, $3, $4, 'recluster', 2, 1, 1, 1)", append(head, proposal)...)
	w.sql(t, "insert into igny8_proposal_clusters (account_id, site_id, sector_id, proposal_id, cluster_id, change, name, keywords, before, joining, leaving) values ($1, $2, $3, $4, $5, 'kept', 'Grinders', 2, 1, 1, 0), ($1, $2, $3, $4, $6, 'kept', 'Tampers', 1, 2, 0, 1), ($1, $2, $3, $4, $7, 'new', 'Frothers', 1, 0, 1, 0)",
		append(head, proposal, s.one, s.two, fresh)...)
	w.sql(t, "insert into igny8_proposal_keywords (account_id, site_id, sector_id, proposal_id, keyword_id, from_id, to_id, page_id, leads, fit) values ($1, $2, $3, $4, $5, $6, $7, uuid7(), true, .5), ($1, $2, $3, $4, $8, null, $9, uuid7(), true, .5)",
		append(head, proposal, s.keywords["grinder cleaning"], s.two, s.one, s.keywords["milk frother"], fresh)...)
	return proposal, fresh
}

// A proposal is read, and accepted as a whole, once.
func TestProposals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "editor@mine.test")
	s := w.sortKeywords(t)
	id, fresh := w.propose(t, s)

	var list Page[Proposal]
	w.get(t, token, "planner/proposals/?status=pending&kind=recluster&sector_id="+w.mine.sector.String()).into(&list)
	require.Len(t, list.Results, 1)
	require.Equal(t, []int32{2, 1, 1, 1}, []int32{list.Results[0].Kept, list.Results[0].Moved, list.Results[0].Added, list.Results[0].NewClusters})
	var clusters Page[ProposedCluster]
	w.get(t, token, "planner/proposal_clusters/?change=new&proposal_id="+id).into(&clusters)
	require.Equal(t, "Frothers", clusters.Results[0].Name)
	var moves Page[ProposedMove]
	w.get(t, token, "planner/proposal_keywords/?change=moved&proposal_id="+id).into(&moves)
	require.Equal(t, []string{"grinder cleaning", "Tampers", "Grinders"}, []string{moves.Results[0].Keyword, *moves.Results[0].FromName, *moves.Results[0].ToName})

	w.sql(t, "insert into igny8_runs (account_id, site_id, sector_id, kind, planning) values ($1, $2, $3, 'clusters', true)", w.mine.account, w.mine.site, w.mine.sector)
	w.post(t, token, "planner/proposals/"+id+"/accept/", nil).refused(http.StatusConflict, igny8.RunLive)
	w.sql(t, "update igny8_runs set planning = false")
	w.post(t, w.signIn(t, "editor@theirs.test"), "planner/proposals/"+id+"/accept/", nil).refused(http.StatusNotFound, igny8.NotFound)

	var p Proposal
	for range 2 { // a second click changes nothing
		w.post(t, token, "planner/proposals/"+id+"/accept/", nil).data(&p)
		require.Equal(t, "accepted", p.Status)
		require.NotNil(t, p.DecidedAt)
	}
	in := func(keyword string) (c Cluster) {
		var k Keyword
		w.get(t, token, "planner/keywords/"+s.keywords[keyword]+"/").data(&k)
		require.NotNil(t, k.PageID)
		w.get(t, token, "planner/clusters/"+k.ClusterID.String()+"/").data(&c)
		return c
	}
	require.Equal(t, "Grinders", in("grinder cleaning").Name)
	require.EqualValues(t, 2, in("grinder cleaning").KeywordsCount)
	require.EqualValues(t, 20, *in("grinder cleaning").Volume)
	require.Equal(t, fresh, in("milk frother").ID.String())
	require.Equal(t, int64(1), value[int64](t, w, "select count(*) from igny8_audit_log where action = 'proposal.accepted'"))
	w.post(t, token, "planner/proposals/"+id+"/reject/", nil).refused(http.StatusConflict, igny8.Conflict)
}

// What has changed meanwhile, in whatever way a person changes it, can't be
// accepted any more.
func TestStaleProposals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "editor@mine.test")
	s := w.sortKeywords(t)
	for name, change := range map[string]func(){
		"moved": func() {
			w.post(t, token, "planner/clusters/"+s.one+"/move_keywords/", map[string]any{"ids": []string{s.keywords["burr grinder"]}})
		},
		"locked":   func() { w.post(t, token, "planner/clusters/"+s.one+"/lock/", map[string]any{"locked": true}) },
		"unlocked": func() { w.post(t, token, "planner/clusters/"+s.one+"/lock/", map[string]any{"locked": false}) },
		"added": func() {
			w.post(t, token, "planner/keywords/", map[string]any{"sector_id": w.mine.sector, "keyword": uuid.NewString()})
		},
		"imported": func() {
			w.upload(t, token, "planner/keywords/import_csv/", "k.csv", []byte("Keyword\n"+uuid.NewString()+"\n"), map[string]string{"sector": w.mine.sector.String()})
		},
	} {
		if name == "unlocked" { // after locked, whichever comes first
			w.sql(t, "update igny8_clusters set locked = true where id = $1", s.one)
		} else if name == "locked" {
			w.sql(t, "update igny8_clusters set locked = false where id = $1", s.one)
		} else if name == "moved" {
			w.sql(t, "update igny8_keywords set pinned = false")
		}
		w.sql(t, "delete from igny8_proposals")
		id, _ := w.propose(t, s)
		change()
		f := w.post(t, token, "planner/proposals/"+id+"/accept/", nil).refused(http.StatusConflict, igny8.Conflict)
		require.Contains(t, f.Message, "anew", name)
	}
}

// A keyword that somebody moved is where they put it after an import of the same
// file; merged ones too.
func TestAMovedKeywordStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "editor@mine.test")
	s := w.sortKeywords(t)
	var m Moved
	w.post(t, token, "planner/clusters/"+s.one+"/move_keywords/", map[string]any{"ids": []string{s.keywords["grinder cleaning"]}}).data(&m)
	require.EqualValues(t, 2, m.Cluster.KeywordsCount)
	for range 2 {
		var out Import
		w.upload(t, token, "planner/keywords/import_csv/", "k.csv", []byte("Keyword,Volume\nGrinder Cleaning,900\nespresso tamper,20\n"), map[string]string{"sector": w.mine.sector.String()}).data(&out)
	}
	var k Keyword
	w.get(t, token, "planner/keywords/"+s.keywords["grinder cleaning"]+"/").data(&k)
	require.Equal(t, s.one, k.ClusterID.String())
	require.True(t, k.Pinned)
	var c Cluster
	w.get(t, token, "planner/clusters/"+s.one+"/").data(&c)
	require.EqualValues(t, 910, *c.Volume, "figures follow the import")

	w.post(t, token, "planner/clusters/"+s.one+"/merge/", map[string]any{"ids": []string{s.two}}).data(&c)
	require.EqualValues(t, 3, c.KeywordsCount)
	w.get(t, token, "planner/keywords/"+s.keywords["espresso tamper"]+"/").data(&k)
	require.True(t, k.Pinned, "no clustering takes a merge apart")
}

// Search results are kept for the keywords that the sector has.
func TestImportOfResults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "editor@mine.test")
	s := w.sortKeywords(t)
	file := []byte("keyword,rank,url\nBurr Grinder,2,https://b.test/\nburr grinder,1,https://www.a.test/x\nespresso tamper,1,https://a.test/x\nunheard of,1,https://c.test\nmilk frother,12,https://c.test\nbad line\n")
	send := func(sector string) answer {
		return w.upload(t, token, "planner/keywords/import_serp/", "serp.csv", file, map[string]string{"sector": sector})
	}
	for range 2 {
		var out ResultsImport
		send(w.mine.sector.String()).data(&out)
		require.Equal(t, []int{2, 1, 4, 1, 1}, []int{out.Known, out.Unknown, out.Rows, out.Beyond, out.Skipped})
		require.Equal(t, []string{"unheard of"}, out.Missing)
	}
	require.Equal(t, []string{"a.test/x", "b.test"}, value[[]string](t, w, "select urls from igny8_search_results where keyword_id = $1", s.keywords["burr grinder"]))
	require.Equal(t, int64(2), value[int64](t, w, "select count(*) from igny8_search_results"))
	send(w.theirs.sector.String()).refused(http.StatusNotFound, igny8.NotFound)
	send("x").refused(http.StatusNotFound, igny8.NotFound)
	w.upload(t, token, "planner/keywords/import_serp/", "serp.csv", []byte("Keyword\n"), map[string]string{"sector": w.mine.sector.String()}).refused(http.StatusBadRequest, igny8.Invalid)
}

// A new clustering is asked for as any run is.
func TestRecluster(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "editor@mine.test")
	var a Accepted
	got := w.post(t, token, "planner/clusters/recluster/", map[string]any{"sector": w.mine.sector, "preset": "tight"})
	require.Equal(t, http.StatusAccepted, got.status, got.body)
	got.data(&a)
	require.Equal(t, "recluster tight true", value[string](t, w, "select kind || ' ' || (params->>'preset') || ' ' || planning from igny8_runs where id = $1", a.TaskID))
	w.post(t, token, "planner/keywords/auto_cluster/", map[string]any{"sector": w.mine.sector}).refused(http.StatusConflict, igny8.RunLive)
	w.post(t, token, "planner/clusters/recluster/", map[string]any{"sector": w.mine.sector, "vectors": "magic"}).refused(http.StatusBadRequest, igny8.Invalid)

	s := w.sortKeywords(t)
	require.NotEmpty(t, s.one)
	var quote Quote
	w.post(t, token, "billing/estimate/", map[string]any{"kind": "clusters", "sector": w.mine.sector, "names": "model", "vectors": "openai"}).data(&quote)
	require.EqualValues(t, 2, quote.Total, "one unit of names, one of embeddings")
	require.Len(t, quote.Lines, 2)
}
