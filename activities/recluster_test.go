package activities

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/workflows"
)

// Three topics that nobody takes for one.
var (
	grinders = []string{"burr grinder", "best burr grinder", "burr grinder cleaning", "how to clean a burr grinder", "burr grinder settings"}
	tampers  = []string{"espresso tamper", "espresso tamper size", "best espresso tamper", "espresso tamper mat", "what is an espresso tamper"}
	presses  = []string{"french press ratio", "french press recipe", "french press grind size", "best french press", "french press coffee ratio"}
)

// clustered is a house with the three topics in clusters.
func clustered(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	h.begin(igny8.KindClusters)
	h.plant(grinders...)
	h.plant(tampers...)
	h.plant(presses...)
	perform(h, workflows.Cluster, workflows.Grouping{RunInput: h.run})
	require.Equal(t, int64(15), one[int64](h, "select count(*) from igny8_keywords where cluster_id is not null"))
	require.Equal(t, int64(3), one[int64](h, "select count(*) from igny8_clusters"))
	return h
}

// clusterOf is the cluster of a keyword, or no UUID.
func (h *house) clusterOf(keyword string) string {
	h.t.Helper()
	return one[string](h, "select coalesce(cluster_id::text, '') from igny8_keywords where keyword = $1", keyword)
}

// figured holds what clusters say of their keywords against the keywords.
func (h *house) figured() {
	h.t.Helper()
	require.Zero(h.t, one[int64](h, `select count(*) from igny8_clusters c, lateral (select count(*) n, sum(volume)::bigint volume from igny8_keywords k where k.cluster_id = c.id) f
		where (c.keywords_count, c.volume) is distinct from (f.n::int, f.volume)`))
	require.Zero(h.t, one[int64](h, "select count(*) from igny8_keywords k join igny8_cluster_pages p on p.id = k.page_id where p.cluster_id <> k.cluster_id"))
}

// New keywords join the cluster they belong to, on a page there, or make new
// ones. What is in a cluster stays in it, and nothing joins a locked one.
func TestNewKeywordsJoin(t *testing.T) {
	t.Parallel()
	h := clustered(t)
	before := h.where()
	locked := h.clusterOf("french press recipe")
	h.sql("update igny8_clusters set locked = true where id = $1", locked)
	h.plant("burr grinder reviews", "espresso tamper weight", "french press sizes", "milk frother", "best milk frother", "electric milk frother")
	h.begin(igny8.KindClusters)

	out := perform(h, workflows.Cluster, workflows.Grouping{RunInput: h.run})

	require.Equal(t, h.clusterOf("burr grinder"), h.clusterOf("burr grinder reviews"))
	require.Equal(t, h.clusterOf("espresso tamper"), h.clusterOf("espresso tamper weight"))
	require.Equal(t, h.clusterOf("milk frother"), h.clusterOf("best milk frother"))
	require.NotEmpty(t, h.clusterOf("milk frother"))
	require.Empty(t, h.clusterOf("french press sizes"))
	require.Equal(t, locked, one[string](h, "select nearest_id::text from igny8_keywords where keyword = 'french press sizes'"), "a person may put it there")
	require.Subset(t, h.where(), before, "who is in a cluster stays there")
	require.Equal(t, 2, out.Joined)
	require.Zero(t, one[int64](h, "select count(*) from igny8_keywords where cluster_id is not null and page_id is null"), "each has a page")
	require.True(t, one[bool](h, "select bool_and(fit is not null) from igny8_keywords where cluster_id is not null"))
	h.figured()

	again := h.where()
	require.Zero(t, perform(h, workflows.Cluster, workflows.Grouping{RunInput: h.run}).Joined)
	require.Equal(t, again, h.where())
}

// decide decides about the one proposal that is pending.
func (h *house) decide(verdict string) error {
	h.t.Helper()
	id := one[string](h, "select id::text from igny8_proposals where status = 'pending'")
	return store.Do(h.t.Context(), h.Store, igny8.Principal{Account: h.account, AllSites: true, Role: igny8.Owner}, func(q *store.Queries) error {
		proposal, err := igny8.Parse[igny8.ProposalID](id)
		require.NoError(h.t, err)
		p, err := q.LockProposal(h.t.Context(), proposal)
		require.NoError(h.t, err)
		return q.Decide(h.t.Context(), p, verdict, igny8.UserID{})
	})
}

// muddle moves keywords into the wrong clusters, as no person would: they are
// not pinned. One is, and one cluster is locked.
func muddle(h *house) (pinned, locked string) {
	h.sql(`update igny8_keywords k set cluster_id = o.cluster_id, page_id = null from igny8_keywords o where o.keyword = 'espresso tamper' and k.keyword in ('burr grinder cleaning', 'burr grinder settings')`)
	h.sql(`update igny8_keywords k set cluster_id = o.cluster_id, page_id = null, pinned = true from igny8_keywords o where o.keyword = 'espresso tamper' and k.keyword = 'best burr grinder'`)
	locked = h.clusterOf("french press recipe")
	h.sql("update igny8_clusters set locked = true where id = $1", locked)
	return h.clusterOf("best burr grinder"), locked
}

// A sector is clustered anew as a proposal: nothing changes before somebody
// accepts it, and then what is pinned or locked is still where it was.
func TestAProposedClustering(t *testing.T) {
	t.Parallel()
	h := clustered(t)
	pinned, locked := muddle(h)
	h.plant("milk frother", "best milk frother", "milk frother cleaning")
	ids := one[[]string](h, "select array_agg(id::text order by id) from igny8_clusters")
	before := h.where()
	h.begin(igny8.KindRecluster)

	out := perform(h, workflows.Propose, workflows.Grouping{RunInput: h.run})

	require.Equal(t, workflows.Proposed{Mark: out.Mark, Proposal: out.Proposal, Encoded: out.Encoded, Kept: 13, Moved: 2, Added: 3}, out)
	require.Equal(t, before, h.where(), "a proposal changes nothing")
	require.Equal(t, []string{"kept 2 4 2 0", "kept 8 6 0 2", "new 0 3 3 0"},
		one[[]string](h, "select array_agg(concat_ws(' ', change, before, keywords, joining, leaving) order by change, before) from igny8_proposal_clusters"))
	require.Equal(t, out.Proposal, perform(h, workflows.Propose, workflows.Grouping{RunInput: h.run}).Proposal, "a repeated attempt finds its proposal")
	require.Equal(t, int64(1), one[int64](h, "select count(*) from igny8_proposals"))

	h.sql("update igny8_runs set planning = false")
	require.NoError(t, h.decide("accepted"))

	require.Equal(t, h.clusterOf("burr grinder"), h.clusterOf("burr grinder cleaning"))
	require.Equal(t, h.clusterOf("burr grinder"), h.clusterOf("burr grinder settings"))
	require.Equal(t, pinned, h.clusterOf("best burr grinder"), "a person put it there")
	require.Equal(t, int64(5), one[int64](h, "select count(*) from igny8_keywords where cluster_id = $1", locked))
	require.Equal(t, h.clusterOf("milk frother"), h.clusterOf("best milk frother"))
	require.Subset(t, one[[]string](h, "select array_agg(id::text order by id) from igny8_clusters"), ids, "clusters keep their IDs")
	require.Zero(t, one[int64](h, "select count(*) from igny8_keywords where cluster_id is not null and page_id is null and not pinned"))
	require.Equal(t, "accepted", one[string](h, "select status from igny8_proposals"))
	h.figured()

	h.begin(igny8.KindRecluster)
	again := perform(h, workflows.Propose, workflows.Grouping{RunInput: h.run})
	require.True(t, again.Proposal.IsZero(), "the same once more is no proposal")
}

// What a proposal was made from has changed: it can't be accepted.
func TestAProposalGoesStale(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]string{
		"a keyword came":       "insert into igny8_keywords (account_id, site_id, sector_id, keyword, normal) select account_id, site_id, id, 'new one', 'new one' from igny8_sectors",
		"a keyword went":       "delete from igny8_keywords where keyword = 'espresso tamper mat'",
		"a keyword was moved":  "update igny8_keywords k set cluster_id = o.cluster_id, page_id = null from igny8_keywords o where o.keyword = 'burr grinder' and k.keyword = 'espresso tamper mat'",
		"a cluster went":       "delete from igny8_clusters where id = (select cluster_id from igny8_keywords where keyword = 'burr grinder')",
		"a cluster was locked": "update igny8_clusters set locked = not locked",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := clustered(t)
			muddle(h)
			h.begin(igny8.KindRecluster)
			perform(h, workflows.Propose, workflows.Grouping{RunInput: h.run})
			h.sql("update igny8_keywords set volume = 7 where keyword = 'burr grinder'")
			h.sql("update igny8_clusters set name = 'Another name'")
			require.Equal(t, "pending", one[string](h, "select status from igny8_proposals"), "figures and names are no matter")
			id := one[string](h, "select id::text from igny8_proposals")
			h.sql(change)
			require.Equal(t, "stale", one[string](h, "select status from igny8_proposals where id = $1", id))
			h.sql("update igny8_proposals set status = 'stale' where id = $1", id)
		})
	}
	h := clustered(t)
	muddle(h)
	h.begin(igny8.KindRecluster)
	perform(h, workflows.Propose, workflows.Grouping{RunInput: h.run})
	before := h.where()
	require.NoError(t, h.decide("rejected"))
	require.Equal(t, before, h.where())
	h.begin(igny8.KindRecluster)
	perform(h, workflows.Propose, workflows.Grouping{RunInput: h.run})
	h.begin(igny8.KindRecluster)
	perform(h, workflows.Propose, workflows.Grouping{RunInput: h.run})
	require.Equal(t, []string{"pending", "rejected", "stale"}, one[[]string](h, "select array_agg(status order by status) from igny8_proposals"), "a newer one takes the place of an older")
}

// A keyword that an article came to be about since is not left out.
func TestAProposalLeavesNoKeywordOfAnArticleOut(t *testing.T) {
	t.Parallel()
	h := clustered(t)
	h.plant("zebra", "quantum entanglement")
	h.sql(`update igny8_keywords k set cluster_id = o.cluster_id, status = 'clustered' from igny8_keywords o where o.keyword = 'espresso tamper' and k.keyword in ('zebra', 'quantum entanglement')`)
	h.begin(igny8.KindRecluster)
	require.Equal(t, 2, perform(h, workflows.Propose, workflows.Grouping{RunInput: h.run}).Removed)
	h.sql("update igny8_keywords set status = 'in_use' where keyword = 'zebra'")
	h.sql("update igny8_runs set planning = false")

	require.NoError(t, h.decide("accepted"))

	require.Equal(t, "in_use", one[string](h, "select status from igny8_keywords where keyword = 'zebra'"))
	require.Equal(t, h.clusterOf("espresso tamper"), h.clusterOf("zebra"))
	require.Empty(t, h.clusterOf("quantum entanglement"))
	h.figured()
}

// What changes in the moment in which a proposal is kept can't make it stale: what
// a person has placed, locked or archived then is left alone when it is accepted.
func TestAProposalThatMissedAChange(t *testing.T) {
	t.Parallel()
	const wrong = "('burr grinder cleaning', 'burr grinder settings')"
	for name, change := range map[string]string{
		"keywords were placed":     "update igny8_keywords set pinned = true where keyword in " + wrong,
		"keywords were moved":      "update igny8_keywords k set cluster_id = o.cluster_id, pinned = true from igny8_keywords o where o.keyword = 'french press recipe' and k.keyword in " + wrong,
		"keywords were archived":   "update igny8_keywords set status = 'archived', cluster_id = null, page_id = null where keyword in " + wrong,
		"their cluster was locked": "update igny8_clusters set locked = true where id = (select cluster_id from igny8_keywords where keyword = 'burr grinder cleaning')",
		"the other was locked":     "update igny8_clusters set locked = true where id = (select cluster_id from igny8_keywords where keyword = 'burr grinder')",
		"the other was deleted":    "delete from igny8_clusters where id = (select cluster_id from igny8_keywords where keyword = 'burr grinder')",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := clustered(t)
			muddle(h)
			h.begin(igny8.KindRecluster)
			require.Equal(t, 2, perform(h, workflows.Propose, workflows.Grouping{RunInput: h.run}).Moved)
			h.sql("update igny8_runs set planning = false")
			h.sql(change)
			h.sql("update igny8_proposals set status = 'pending'")
			places := "select array_agg(concat_ws('|', keyword, cluster_id, status, pinned) order by keyword) from igny8_keywords where keyword in " + wrong
			before := one[[]string](h, places)

			require.NoError(t, h.decide("accepted"))

			require.Equal(t, before, one[[]string](h, places))
			h.figured()
		})
	}
}

// A merge that a model proposes is done when it is accepted, unless one of the
// clusters is locked; one that is gone makes it stale.
func TestAProposedMerge(t *testing.T) {
	t.Parallel()
	h := clustered(t)
	a, b, c := h.clusterOf("burr grinder"), h.clusterOf("espresso tamper"), h.clusterOf("french press recipe")
	propose := func(first, second string) {
		h.sql("insert into igny8_proposals (account_id, site_id, sector_id, kind, cluster_ids) values ($1, $2, $3, 'merge', array[$4::uuid, $5::uuid])", h.account, h.run.Scope.Site, h.run.Scope.Sector, first, second)
	}
	propose(a, b)
	h.sql("update igny8_clusters set locked = true where id = $1", b)
	require.Equal(t, igny8.Conflict, igny8.CodeOf(h.decide("accepted")))
	h.sql("update igny8_clusters set locked = false")
	require.NoError(t, h.decide("accepted"))
	require.Equal(t, a, h.clusterOf("espresso tamper"))
	require.True(t, one[bool](h, "select bool_and(pinned) from igny8_keywords where keyword like '%tamper%'"), "no clustering undoes it")
	h.figured()
	propose(a, c)
	h.sql("delete from igny8_clusters where id = $1", c)
	require.Equal(t, []string{"accepted", "stale"}, one[[]string](h, "select array_agg(status order by status) from igny8_proposals"))
}

// A model may say that a new cluster means what one of before does. That is
// proposed, the one of before to stay; numbers that it makes up, of locked
// clusters and of two that were there before change nothing.
func TestMergesWithWhatWasThere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	before := h.cluster("Coffee Grinders", "coffee grinder")
	other := h.cluster("Grinder Burrs", "grinder burr")
	locked := h.cluster("Burr Grinder Brands", "burr grinder brands")
	h.sql("update igny8_clusters set locked = true where id = $1", locked)
	h.begin(igny8.KindClusters)
	made := h.cluster("Burr Grinder", "burr grinder", "burr grinder cleaning", "burr grinder settings")
	h.item(workflows.NameStage, made.UUID)
	c := call(h, igny8.Naming, h.run.Run.UUID, h.run.Run, 0)
	rows, err := store.As(t.Context(), h.Store, bot(h.run), func(q *store.Queries) ([]store.ClustersBesideRow, error) {
		return clustersBeside(t.Context(), q, c)
	})
	require.NoError(t, err)
	number := map[igny8.ClusterID]int32{}
	for _, r := range rows {
		number[r.ID] = r.N
	}
	require.Len(t, number, 2)
	require.NotContains(t, number, locked)
	h.say(fmt.Sprintf(`{"groups": [{"number": %d, "name": "Stolen", "description": "", "same_as": [%d]},
		{"number": 1, "name": "Burr Grinders", "description": "", "same_as": [7, 1999999999, %d]}]}`, number[before], number[other], number[before]))

	_, err = use(h, workflows.Names, c)

	require.NoError(t, err)
	require.Equal(t, []string{before.String(), made.String()}, one[[]string](h, "select cluster_ids::text[] from igny8_proposals where status = 'pending'"))
	require.Equal(t, "Coffee Grinders", one[string](h, "select name from igny8_clusters where id = $1", before), "only what was asked about is named")
	require.Equal(t, int64(3), one[int64](h, "select count(*) from igny8_keywords where cluster_id = $1", made), "nothing moves before somebody accepts it")
}
