package activities

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/workflows"
)

// want sets what the run is to do.
func (h *house) want(settings string) {
	h.t.Helper()
	h.sql("update igny8_runs set params = params || $2::jsonb where id = $1", h.run.Run, settings)
}

// A list that is to be compared by embeddings is embedded as a whole, paid for
// once, and never again for texts that are kept.
func TestEmbeddingsAreBoughtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.begin(igny8.KindClusters)
	h.want(`{"vectors": "openai"}`)
	h.plant(grinders...)
	h.plant(tampers...)

	require.Equal(t, workflows.Clustered{Missing: 10}, perform(h, workflows.Cluster, workflows.Grouping{RunInput: h.run}), "nothing is done before")
	require.Zero(t, one[int64](h, "select count(*) from igny8_clusters"))
	got, err := use(h, workflows.Embed, call(h, igny8.Embedding, h.run.Run.UUID, h.run.Run, 1))
	require.NoError(t, err)
	require.Equal(t, []int{10}, got)
	require.Equal(t, books{credits - 1, 0, 1}, h.books())
	out := perform(h, workflows.Cluster, workflows.Grouping{RunInput: h.run})
	require.Zero(t, out.Missing+out.Encoded, "our own models were not asked")
	require.Equal(t, int64(10), one[int64](h, "select count(*) from igny8_keywords where cluster_id is not null"))
	require.Equal(t, h.clusterOf("burr grinder"), h.clusterOf("best burr grinder"))
	require.Equal(t, 10, h.sandbox.Effects().Embeddings)

	h.plant("burr grinder reviews")
	h.begin(igny8.KindClusters)
	h.want(`{"vectors": "openai"}`)
	require.Equal(t, 1, perform(h, workflows.Cluster, workflows.Grouping{RunInput: h.run}).Missing, "the others are kept")
	_, err = use(h, workflows.Embed, call(h, igny8.Embedding, h.run.Run.UUID, h.run.Run, 1))
	require.NoError(t, err)
	require.Equal(t, 1, perform(h, workflows.Cluster, workflows.Grouping{RunInput: h.run}).Joined)
	require.Equal(t, 11, h.sandbox.Effects().Embeddings)

	h.Providers = Providers{OpenAI: Provider{Key: "another"}}
	h.begin(igny8.KindRecluster)
	h.want(`{"vectors": "openai"}`)
	require.Equal(t, 11, perform(h, workflows.Propose, workflows.Grouping{RunInput: h.run}).Missing, "what another provider made is no part of it")
}

// If some can't be had, all are compared offline, which costs nothing, and the
// run says so.
func TestEmbeddingsOrNot(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.begin(igny8.KindClusters)
	h.want(`{"vectors": "openai"}`)
	h.plant(grinders...)
	h.plant(tampers...)
	h.say("no vectors")
	require.Equal(t, 10, perform(h, workflows.Cluster, workflows.Grouping{RunInput: h.run}).Missing)
	_, err := use(h, workflows.Embed, call(h, igny8.Embedding, h.run.Run.UUID, h.run.Run, 1))
	require.Error(t, err)
	require.Equal(t, books{credits, 0, 0}, h.books())

	out := perform(h, workflows.Cluster, workflows.Grouping{RunInput: h.run, Anyway: true})

	require.Equal(t, 10, out.Encoded)
	require.Contains(t, one[string](h, "select message from igny8_runs where id = $1", h.run.Run), "offline")
	require.Equal(t, int64(10), one[int64](h, "select count(*) from igny8_keywords where cluster_id is not null"))

	h.Providers = Providers{}
	h.begin(igny8.KindRecluster)
	h.want(`{"vectors": "openai"}`)
	require.Equal(t, 10, perform(h, workflows.Propose, workflows.Grouping{RunInput: h.run}).Missing)
	perform(h, workflows.Propose, workflows.Grouping{RunInput: h.run, Anyway: true})
}

// What it costs is shown before: the names of what is in no cluster, and the
// embeddings of all.
func TestGroupingIsEstimated(t *testing.T) {
	t.Parallel()
	h := clustered(t)
	h.plant("milk frother")
	estimate := func(kind igny8.RunKind, s igny8.RunSettings) (total igny8.Credits) {
		require.NoError(t, store.Do(t.Context(), h.Store, bot(h.run), func(q *store.Queries) error {
			e, err := q.EstimateIn(t.Context(), h.run.Scope.Sector, kind, s, 0, "")
			total = e.Total
			return err
		}))
		return total
	}
	require.Zero(t, estimate(igny8.KindClusters, igny8.RunSettings{}))
	require.EqualValues(t, 1, estimate(igny8.KindClusters, igny8.RunSettings{Names: igny8.ByModel}))
	require.EqualValues(t, 2, estimate(igny8.KindClusters, igny8.RunSettings{Names: igny8.ByModel, Vectors: igny8.ByOpenAI}))
	require.EqualValues(t, 1, estimate(igny8.KindRecluster, igny8.RunSettings{Names: igny8.ByModel, Vectors: igny8.ByOpenAI}), "a proposal is not named")
	require.Equal(t, estimate(igny8.KindPipeline, igny8.RunSettings{})+1, estimate(igny8.KindPipeline, igny8.RunSettings{Names: igny8.ByModel}))
}

// A byte for each number is enough.
func TestPackedEmbeddings(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	v := make([]float32, embeddingDims)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	back, err := unpack(pack(v))
	require.NoError(t, err)
	var dot, a, b float64
	for i := range v {
		dot, a, b = dot+float64(v[i]*back[i]), a+float64(v[i]*v[i]), b+float64(back[i]*back[i])
	}
	require.Greater(t, dot/math.Sqrt(a*b), .9999)
	zero, err := unpack(pack(make([]float32, embeddingDims)))
	require.NoError(t, err)
	require.Equal(t, make([]float32, embeddingDims), zero)
	_, err = unpack([]byte("short"))
	require.Error(t, err)
}
