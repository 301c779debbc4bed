package cluster

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/igny8/igny8/cluster/internal/matrix"
	"github.com/stretchr/testify/require"
)

func randoms(n int, seed uint64) []float32 {
	random := rand.New(rand.NewPCG(seed, 0))
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(random.NormFloat64())
	}
	return out
}

func TestSearchFindsTheNearest(t *testing.T) {
	t.Parallel()
	const dim, keep = 24, 5
	for _, size := range [][2]int{{1, 1}, {2, 2}, {3, 3}, {127, 127}, {128, 128}, {129, 129}, {301, 301}, {301, 1}, {301, 140}, {301, 0}} {
		n, first := size[0], size[1]
		rows := randoms(n*dim, uint64(n))
		s := newSearch(rows, n, dim, first, keep)
		require.NoError(t, s.run(t.Context(), func(done, of int) { require.LessOrEqual(t, done, of) }))
		for i := range first {
			var want []neighbour
			for j := range n {
				score := matrix.Dot(rows[i*dim:(i+1)*dim], rows[j*dim:(j+1)*dim])
				if j != i && score > leastScore {
					want = append(want, neighbour{int32(j), score})
				}
			}
			slices.SortFunc(want, closer)
			want = want[:min(len(want), keep)]
			s.lists[i].cut(keep)
			require.Len(t, s.lists[i].list, len(want), "%d of %d", i, n)
			for k, x := range s.lists[i].list {
				require.Equal(t, want[k].to, x.to, "%d of %d", i, n)
				require.InDelta(t, want[k].score, x.score, 1e-4)
			}
		}
	}
}
