package cluster

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// naive joins the two groups with the highest mean similarity again and again.
func naive(weight []float64, least float32, similarity [][]float32) []int32 {
	group := make([]int32, len(weight))
	for i := range group {
		group[i] = int32(i)
	}
	for {
		best, a, b := float64(least), -1, -1
		for x := range int32(len(weight)) {
			for y := range x {
				var sum, count float64
				for i := range weight {
					for j := range weight {
						if group[i] == x && group[j] == y {
							sum += weight[i] * weight[j] * float64(similarity[i][j])
							count += weight[i] * weight[j]
						}
					}
				}
				if count > 0 && sum/count >= best {
					best, a, b = sum/count, int(y), int(x)
				}
			}
		}
		if a < 0 {
			renumber(group)
			return group
		}
		for i := range group {
			if group[i] == int32(b) {
				group[i] = int32(a)
			}
		}
	}
}

func TestLinkageIsAverageLinkage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "things")
		weight := make([]float64, n)
		similarity := make([][]float32, n)
		for i := range n {
			weight[i] = float64(rapid.IntRange(1, 3).Draw(t, "weight"))
			similarity[i] = make([]float32, n)
			for j := range i { // no two alike, so that the order of joining is clear
				similarity[i][j] = rapid.Float32Range(0, 1).Draw(t, "similarity") + float32(i*n+j)*1e-4
				similarity[j][i] = similarity[i][j]
			}
		}
		group, groups, err := linkage(t.Context(), weight, .5, func(i, j int) float32 { return similarity[i][j] })
		require.NoError(t, err)
		want := naive(weight, .5, similarity)
		require.Equal(t, want, group)
		require.Equal(t, renumber(want), groups)
	})
}
