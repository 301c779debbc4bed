package cluster

import (
	"math/rand/v2"
	"slices"
	"testing"

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
	for _, n := range []int{1, 2, 3, 127, 128, 129, 301} {
		rows := randoms(n*dim, uint64(n))
		s := newSearch(rows, n, dim, keep)
		require.NoError(t, s.run(t.Context(), func(done, of int) { require.LessOrEqual(t, done, of) }))
		for i := range n {
			var want []neighbour
			for j := range n {
				score := dot(rows[i*dim:(i+1)*dim], rows[j*dim:(j+1)*dim])
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

func TestKernelsAgree(t *testing.T) {
	t.Parallel()
	for _, k := range []int{1, 2, 7, 64, 488, 1536} {
		const ldc = 40
		a, b := randoms(tileRows*k, 1), randoms(tileCols*k, 2)
		want, got := randoms(tileRows*ldc, 3), randoms(tileRows*ldc, 3)
		tileGo(k, a, b, want, ldc)
		tile(k, a, b, got, ldc)
		require.InDeltaSlice(t, want, got, 1e-4*float64(max(k/16, 1)), "k = %d", k)
	}
}
