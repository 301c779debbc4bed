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
		return newGraph(n, near, cut{least: .1})
	})
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
		best := g.quality(part, gamma)
		for v, old := range part {
			for p := range int32(min(parts+1, g.nodes())) {
				part[v] = p
				require.LessOrEqual(t, g.quality(part, gamma), best+1e-5, "node %d into part %d", v, p)
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
		lost := g.quality(all, 0) - small.quality(one, 0)
		require.InDelta(t, g.quality(part, 0), lost, 1e-4, "only the edges inside the parts are gone")
	})
}
