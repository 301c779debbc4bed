package main

import (
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/igny8/igny8/cluster/internal/glove"
	"github.com/igny8/igny8/cluster/internal/prior"
	"github.com/stretchr/testify/require"
)

func TestPrincipalDirections(t *testing.T) {
	t.Parallel()
	// Points stretched along two directions that are at right angles.
	random := rand.New(rand.NewPCG(1, 1))
	const width = 5
	long := []float64{.6, 0, .8, 0, 0}
	short := []float64{-.8, 0, .6, 0, 0}
	var rows []float32
	for range 2000 {
		a, b := 5*random.NormFloat64(), 2*random.NormFloat64()
		for k := range width {
			rows = append(rows, float32(3+a*long[k]+b*short[k]+.1*random.NormFloat64()))
		}
	}
	got := principal(rows, width, 2)
	require.InDeltaSlice(t, long, got[0], .02)
	require.InDelta(t, 1, math.Abs(got[1][0]*short[0]+got[1][2]*short[2]), .01)
	require.Positive(t, got[1][0], "the largest element is positive")
	for _, m := range mean(rows, width) {
		require.InDelta(t, 3, m, .4)
	}
}

func TestQueriesAreAboutTheirWords(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("../../model/words.bin")
	require.NoError(t, err)
	words, err := glove.Read(file)
	require.NoError(t, err)
	got := queries(words, 60)
	require.Equal(t, got, queries(words, 60))
	for i, q := range got {
		require.Contains(t, " "+q+" ", " "+words.Word(100+3*i)+" ", q)
	}
}

func TestPriorSurvivesItsFile(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("../../model/prior.bin")
	require.NoError(t, err)
	p, err := prior.Read(file)
	require.NoError(t, err)
	require.Equal(t, file, p.Append(nil))
	_, err = prior.Read(file[1:])
	require.Error(t, err)
}
