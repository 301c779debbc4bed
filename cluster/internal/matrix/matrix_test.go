package matrix

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func randoms(n int, seed uint64) []float32 {
	random := rand.New(rand.NewPCG(seed, 0))
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(random.NormFloat64())
	}
	return out
}

// unit returns n rows of k elements and length 1, as the search multiplies.
func unit(n, k int, seed uint64) []float32 {
	out := randoms(n*k, seed)
	for row := range n {
		v := out[row*k : (row+1)*k]
		scale := 1 / math.Sqrt(float64(dotGo(append(v[:k:k], make([]float32, 3)...), append(v[:k:k], make([]float32, 3)...))))
		for i := range v {
			v[i] *= float32(scale)
		}
	}
	return out
}

func TestKernelsAgree(t *testing.T) {
	t.Parallel()
	t.Log("kernel in use: " + Kernel())
	for _, k := range []int{1, 2, 7, 64, 488, 1536} {
		const ldc = 40
		a, b := unit(tileRows, k, 1), randoms(tileCols*k, 2)
		for i := range b { // columns of about length 1
			b[i] /= float32(math.Sqrt(float64(k)))
		}
		want, got := make([]float32, tileRows*ldc), make([]float32, tileRows*ldc)
		tileGo(k, a, b, want, ldc)
		tile(k, a, b, got, ldc)
		require.InDeltaSlice(t, want, got, 1e-5, "k = %d", k)
	}
	for _, n := range []int{0, 16, 32, 48, 512} {
		a, b := unit(1, max(n, 1), 1)[:n], unit(1, max(n, 1), 2)[:n]
		require.InDelta(t, dotGo(a, b), dot16(a, b), 1e-5, "n = %d", n)
		want := append([]float32(nil), a...)
		addGo(want, .7, b)
		add16(a, .7, b)
		require.InDeltaSlice(t, want, a, 1e-5, "n = %d", n)
	}
}

func TestMultiplyAddsTheProduct(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.IntRange(1, 70).Draw(t, "rows")
		k := rapid.IntRange(1, 20).Draw(t, "k")
		cols := rapid.IntRange(1, 40).Draw(t, "cols")
		a, b := randoms(Rows(rows)*k, 1), randoms(k*cols, 2)
		p := New(k, cols)
		for c := range cols {
			p.SetColumn(c, b[c*k:(c+1)*k])
			back := make([]float32, k)
			p.Column(c, back)
			require.Equal(t, b[c*k:(c+1)*k], back)
		}
		got := make([]float32, Rows(rows)*p.Width())
		for i := range got {
			got[i] = 1
		}
		p.Multiply(rows, a, got)
		for r := range rows {
			for c := range cols {
				want := float64(1)
				for i := range k {
					want += float64(a[r*k+i]) * float64(b[c*k+i])
				}
				require.InDelta(t, want, got[r*p.Width()+c], 1e-4)
				require.InDelta(t, want-1, Dot(a[r*k:(r+1)*k], b[c*k:(c+1)*k]), 1e-4)
			}
		}
	})
}
