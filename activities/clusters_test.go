package activities

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/workflows"
)

// plant puts keywords into the sector that are in no cluster yet.
func (h *house) plant(keywords ...string) {
	h.t.Helper()
	sc := h.run.Scope
	for i, k := range keywords {
		h.sql("insert into igny8_keywords (account_id, site_id, sector_id, keyword, normal, volume) values ($1, $2, $3, $4, $4, $5)", sc.Account, sc.Site, sc.Sector, k, 1000-i)
	}
}

// where says of each keyword where it is.
func (h *house) where() []string {
	return one[[]string](h, "select array_agg(concat_ws('|', keyword, status, cluster_id, page_id, case when cluster_id is not null then fit end) order by keyword) from igny8_keywords")
}

// Each keyword is in one cluster or in none. A repeated attempt changes nothing,
// also where somebody has changed something in between.
func TestClusters(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.begin(igny8.KindPipeline)
	h.plant("burr grinder", "best burr grinder", "burr grinder cleaning", "how to clean a burr grinder", "burr grinder settings",
		"espresso tamper", "espresso tamper size", "best espresso tamper", "espresso tamper mat", "what is an espresso tamper",
		"french press ratio", "french press recipe", "french press grind size", "best french press", "french press coffee ratio", "zebra")
	h.plant("burr grinder pinned")
	h.sql("update igny8_keywords set pinned = true where keyword = 'burr grinder pinned'")

	out := perform(h, workflows.Cluster, workflows.Grouping{RunInput: h.run})

	require.GreaterOrEqual(t, out.Clusters, 3)
	require.Equal(t, int64(out.Clusters), one[int64](h, "select count(*) from igny8_clusters"))
	require.Equal(t, int64(out.Left), one[int64](h, "select count(*) from igny8_keywords where status = 'orphaned'"))
	require.Equal(t, int64(16-out.Left), one[int64](h, "select count(*) from igny8_keywords where status = 'clustered' and cluster_id is not null and page_id is not null and fit between 0 and 1"))
	require.Equal(t, "new", one[string](h, "select status from igny8_keywords where pinned"), "what a person has placed stays there")
	require.Zero(t, one[int64](h, "select count(*) from igny8_clusters c where keywords_count <> (select count(*) from igny8_keywords k where k.cluster_id = c.id)"))

	before := h.where()
	require.Equal(t, "pinned", one[string](h, "update igny8_keywords set status = 'new', cluster_id = null, page_id = null, pinned = true where keyword = 'espresso tamper mat' returning 'pinned'"))
	perform(h, workflows.Cluster, workflows.Grouping{RunInput: h.run})
	require.Equal(t, "new", one[string](h, "select status from igny8_keywords where keyword = 'espresso tamper mat'"))
	after := h.where()
	for i, k := range before {
		if !slices.Contains(after, k) {
			require.Contains(t, k, "espresso tamper mat|", "only what was moved by hand is elsewhere: %s", after[i])
		}
	}
	require.Equal(t, books{credits, 0, 0}, h.books(), "clusters cost nothing")
}

// A place that is gone is no place: keywords that a person has put into a cluster
// are grouped again after somebody deletes it, or takes them out of the archive.
func TestPlacedKeywordsOfADeletedClusterAreGroupedAgain(t *testing.T) {
	t.Parallel()
	h := clustered(t)
	h.sql("update igny8_keywords set pinned = true") // as merges do
	h.sql("update igny8_keywords set status = 'archived', cluster_id = null, page_id = null where keyword = 'espresso tamper mat'")
	h.sql("delete from igny8_clusters where id = $1", h.clusterOf("burr grinder"))
	h.sql("update igny8_keywords set status = 'new', cluster_id = null, page_id = null where keyword = 'espresso tamper mat'")
	h.begin(igny8.KindClusters)

	perform(h, workflows.Cluster, workflows.Grouping{RunInput: h.run})

	require.NotEmpty(t, h.clusterOf("burr grinder"))
	require.Equal(t, h.clusterOf("burr grinder"), h.clusterOf("best burr grinder"))
	require.Equal(t, h.clusterOf("espresso tamper"), h.clusterOf("espresso tamper mat"))
}

// A sector without keywords is no failure.
func TestNothingToCluster(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.begin(igny8.KindPipeline)
	require.Zero(t, perform(h, workflows.Cluster, workflows.Grouping{RunInput: h.run}).Clusters)
}

// From clusters to tasks: as many ideas as articles are wanted, each planned
// once, whoever asks again.
func TestPlanning(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.begin(igny8.KindPipeline)
	for _, c := range []string{"burr grinder", "espresso tamper", "french press", "coffee scale"} {
		h.cluster(c, c, c+" guide", "best "+c)
	}

	chosen := perform(h, workflows.Choose, h.run)

	require.Equal(t, workflows.Chosen{Upto: 2}, chosen, "four articles are two clusters of three ideas")
	items := perform(h, workflows.BeginItems, workflows.Range{Of: h.run, Stage: "cluster", From: 1, To: 2})
	require.Len(t, items, 2)
	require.Equal(t, 1, items[0].Try)
	for _, item := range items {
		ideas, err := use(h, workflows.Ideas, call(h, igny8.Ideation, item.Cluster.UUID, item.Cluster, 0))
		require.NoError(t, err)
		require.Len(t, ideas, 3)
	}
	require.True(t, perform(h, workflows.Choose, h.run).Enough)
	require.Equal(t, 4, perform(h, workflows.PlanTasks, h.run).Tasks)
	require.Equal(t, 4, perform(h, workflows.PlanTasks, h.run).Tasks)
	require.Equal(t, int64(4), one[int64](h, "select count(*) from igny8_tasks"))
	require.Equal(t, int64(2), one[int64](h, "select count(distinct cluster_id) from igny8_tasks"))
	require.Equal(t, books{credits - 6, 0, 6}, h.books())

	begun := perform(h, workflows.BeginItems, workflows.Range{Of: h.run, Stage: "task", From: 1, To: 4})
	require.Len(t, begun, 4)
	again := perform(h, workflows.BeginItems, workflows.Range{Of: h.run, Stage: "task", From: 2, To: 3})
	require.Len(t, again, 2)
	require.Equal(t, begun[1].Try+1, again[0].Try, "a new attempt has a new number")
}

// A cluster that fails is made up for by the next, but not without end.
func TestFailedClustersAreMadeUpFor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.begin(igny8.KindPipeline)
	for i := range 12 {
		name := "topic " + string(rune('a'+i))
		h.cluster(name, name)
	}
	asked := 0
	for range 12 {
		chosen := perform(h, workflows.Choose, h.run)
		if chosen.Enough {
			break
		}
		require.Greater(t, chosen.Upto, asked)
		for _, item := range perform(h, workflows.BeginItems, workflows.Range{Of: h.run, Stage: "cluster", From: asked + 1, To: chosen.Upto}) {
			c := call(h, igny8.Ideation, item.Cluster.UUID, item.Cluster, 0)
			perform(h, workflows.Reserve, c.Charge)
			perform(h, workflows.Release, workflows.Refund{Charge: c.Charge, From: item.Cluster.UUID, Code: igny8.Unusable, Message: "no"})
		}
		asked = chosen.Upto
	}
	require.Equal(t, int64(6), one[int64](h, "select count(*) from igny8_run_items where status = 'failed' and error_code = 'unusable'"))
	require.Equal(t, books{credits, 0, 0}, h.books())
}

type bound map[string]bool

func (b bound) RegisterActivityWithOptions(_ any, o activity.RegisterOptions) { b[o.Name] = true }

// Every step that the workflows declare has hands.
func TestEveryStepIsBound(t *testing.T) {
	t.Parallel()
	b := bound{}
	(&Activities{}).Register(b)
	for _, name := range []string{
		workflows.Embed.Ask.Name, workflows.Embed.Save.Name, workflows.Embed.Make.Name, workflows.Names.Ask.Name, workflows.Names.Save.Name, workflows.Names.Make.Name, workflows.Ideas.Make.Name, workflows.Write.Make.Name, workflows.Rewrite.Make.Name, workflows.Prompts.Make.Name, workflows.Illustrate.Make.Name,
		workflows.Ideas.Ask.Name, workflows.Ideas.Save.Name, workflows.Write.Ask.Name, workflows.Write.Save.Name, workflows.Rewrite.Ask.Name, workflows.Rewrite.Save.Name,
		workflows.Prompts.Ask.Name, workflows.Prompts.Save.Name, workflows.Illustrate.Ask.Name, workflows.Illustrate.Save.Name,
		workflows.BeginRun.Name, workflows.SetStage.Name, workflows.PauseRun.Name, workflows.ResumeRun.Name, workflows.EndRun.Name, workflows.BeginItems.Name,
		workflows.Cluster.Name, workflows.Propose.Name, workflows.Choose.Name, workflows.PlanTasks.Name, workflows.BeginArticle.Name, workflows.EndArticle.Name, workflows.Park.Name,
		workflows.AskReview.Name, workflows.Remind.Name, workflows.Decide.Name, workflows.Publish.Name, workflows.Reserve.Name, workflows.Release.Name,
		workflows.BeginTick.Name, workflows.Sweep.Name,
	} {
		require.True(t, b[name], name)
		delete(b, name)
	}
	require.Empty(t, b, "bound, and declared nowhere")
}
