package cluster

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// someGraph draws neighbour lists among at most 12 texts.
func someGraph() *rapid.Generator[*graph] {
	return rapid.Custom(func(t *rapid.T) *graph {
		n := rapid.IntRange(1, 12).Draw(t, "nodes")
		near := make([][]neighbour, n)
		for i := range near {
			for j := range n {
				if i != j && rapid.IntRange(0, 3).Draw(t, "edge") == 0 {
					near[i] = append(near[i], neighbour{int32(j), float32((i*7+j*7+i*j)%10+1) / 10})
				}
			}
		}
		return newGraph(near, .1)
	})
}

// quality is the constant Potts quality of a partition.
func quality(g *graph, part []int32, gamma float64) float64 {
	var q float64
	size := map[int32]float64{}
	for v := range part {
		for _, e := range g.of(int32(v)) {
			if part[e.to] == part[v] {
				q += float64(e.weight) / 2
			}
		}
		q -= gamma * g.size[v] * size[part[v]]
		size[part[v]] += g.size[v]
	}
	return q
}

func TestLeidenLeavesNoBetterMove(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := someGraph().Draw(t, "graph")
		gamma := rapid.Float64Range(.001, 1).Draw(t, "gamma")
		part, parts, err := leiden(t.Context(), g, gamma)
		require.NoError(t, err)
		for _, p := range part {
			require.Less(t, int(p), parts)
		}
		again := append([]int32(nil), part...)
		require.Equal(t, parts, g.connected(again), "parts hang together")
		best := quality(g, part, gamma)
		for v, old := range part {
			for p := range int32(parts + 1) {
				part[v] = p
				require.LessOrEqual(t, quality(g, part, gamma), best+1e-5, "node %d into part %d", v, p)
			}
			part[v] = old
		}
	})
}

func TestMergedGraphKeepsTheQuality(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := someGraph().Draw(t, "graph")
		part := make([]int32, g.nodes())
		for v := range part {
			part[v] = int32(rapid.IntRange(0, 3).Draw(t, "part"))
		}
		parts := renumber(part)
		small := g.merged(part, parts)
		one := make([]int32, parts)
		all := make([]int32, g.nodes())
		lost := quality(g, all, 0) - quality(small, one, 0)
		require.InDelta(t, quality(g, part, 0), lost, 1e-4, "only the edges inside the parts are gone")
	})
}
