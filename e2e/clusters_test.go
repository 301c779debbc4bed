package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

// keyword is a row of planner/keywords/.
type keyword struct {
	ID        string  `json:"id"`
	ClusterID *string `json:"cluster_id"`
	Pinned    bool    `json:"pinned"`
}

// Clusters named by a model, of keywords compared by embeddings; a keyword that a
// person moves is there after new ones came, after a new clustering was accepted,
// after another import, and after a restart.
func TestAMovedKeywordStays(t *testing.T) {
	t.Parallel()
	room(t)
	dir := newDirectory(t)
	s := start(t, dir, nil, "--sandbox")
	a := s.customer(t, 50)
	a.keywords(t)
	order := map[string]any{"sector": a.Sector, "names": "model", "vectors": "openai"}
	var quote struct{ Total int }
	a.post(t, "billing/estimate/", map[string]any{"kind": "clusters", "sector": a.Sector, "names": "model", "vectors": "openai"}, &quote)
	require.Equal(t, 6, quote.Total, "240 keywords: five times fifty of names, one of embeddings")

	named := a.accepted(t, a.call(t, http.MethodPost, "planner/keywords/auto_cluster/", order), igny8.KindClusters)
	named.reaches(t, "SUCCESS")
	named.record(t, "clusters-named")
	require.Positive(t, value[int](t, a.server, "select count(*)::int from igny8_clusters where account_id = $1 and named_by = 'model'", a.ID))
	require.LessOrEqual(t, named.detail(t).Settled, quote.Total)
	require.Equal(t, 50-named.detail(t).Settled, a.balance(t).Available)

	clusters := list[struct {
		ID string `json:"id"`
	}](t, a, "planner/clusters/?ordering=name").Results
	require.Greater(t, len(clusters), 2)
	moved := list[keyword](t, a, "planner/keywords/?cluster_id="+clusters[0].ID).Results[0]
	to := clusters[len(clusters)-1].ID
	a.post(t, "planner/clusters/"+to+"/move_keywords/", map[string]any{"ids": []string{moved.ID}}, nil)
	there := func() {
		t.Helper()
		var k keyword
		a.get(t, "planner/keywords/"+moved.ID+"/", &k)
		require.True(t, k.Pinned)
		require.Equal(t, to, *k.ClusterID)
	}

	proposed, anew := a.recluster(t, "tight")
	anew.record(t, "recluster")
	there()
	a.post(t, "planner/proposals/"+proposed+"/accept/", nil, nil)
	there()
	a.keywords(t) // the same file again
	there()
	next := a.accepted(t, a.call(t, http.MethodPost, "planner/keywords/auto_cluster/", map[string]any{"sector": a.Sector}), igny8.KindClusters)
	next.reaches(t, "SUCCESS")
	there()

	require.NoError(t, s.stop())
	a.server = start(t, dir, nil, "--sandbox")
	there()
	proposed, _ = a.recluster(t, "broad")
	a.post(t, "planner/proposals/"+proposed+"/accept/", nil, nil)
	there()
	a.keywords(t)
	there()
	require.Zero(t, value[int](t, a.server, `select count(*)::int from igny8_clusters c where account_id = $1 and keywords_count <> (select count(*) from igny8_keywords k where k.account_id = c.account_id and k.cluster_id = c.id)`, a.ID))
}

// recluster has all keywords clustered anew, and returns the proposal that is to
// be decided about and the run.
func (a *account) recluster(t *testing.T, preset string) (string, *run) {
	t.Helper()
	r := a.accepted(t, a.call(t, http.MethodPost, "planner/clusters/recluster/", map[string]any{"sector": a.Sector, "preset": preset}), igny8.KindRecluster)
	r.reaches(t, "SUCCESS")
	proposals := list[struct {
		ID string `json:"id"`
	}](t, a, "planner/proposals/?kind=recluster&status=pending").Results
	require.Len(t, proposals, 1)
	return proposals[0].ID, r
}
