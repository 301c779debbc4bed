package glove

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// published is a package of three words, the second of them not usable.
func published(t *testing.T) string {
	t.Helper()
	vector := func(at int, value float64) []float64 {
		v := make([]float64, Dims+2)
		v[at] = value
		v[99] = value / 2
		return v
	}
	file, err := json.Marshal(map[string]any{
		"dimensions": Dims,
		"words":      []string{"the", ",", "shoe"},
		"vectors":    map[string]any{"the": vector(0, 3), ",": vector(1, 1), "shoe": vector(2, -5)},
	})
	require.NoError(t, err)
	return string(file)
}

func words(t *testing.T) *Words {
	t.Helper()
	w, err := ReadNPM(strings.NewReader(published(t)), 2, func(s string) bool { return s != "," })
	require.NoError(t, err)
	return w
}

func TestVectorsHaveUnitLength(t *testing.T) {
	t.Parallel()
	w := words(t)
	require.Equal(t, 2, w.Len())
	require.Equal(t, "shoe", w.Word(1))
	var square float64
	for _, x := range w.Vector(1) {
		square += float64(x) * float64(x)
	}
	require.InDelta(t, 127, math.Sqrt(square), 1)
	require.Negative(t, w.Vector(1)[2])
}

func TestRareWordsWeighMore(t *testing.T) {
	t.Parallel()
	sum := make([]float32, Dims)
	words(t).Sum(sum, slices.Values([]string{"the", "shoe", "unheard"}))
	require.Positive(t, sum[0])
	require.Greater(t, -sum[2], 2*sum[0], "the most frequent word of all weighs little")
	require.Zero(t, sum[1])
}

func TestFileSurvivesReading(t *testing.T) {
	t.Parallel()
	w := words(t)
	file := w.Append(nil)
	again, err := Read(file)
	require.NoError(t, err)
	require.Equal(t, w, again)
	for n := range len(file) {
		_, err := Read(file[:n])
		require.Error(t, err, n)
	}
}

func TestTooFewWordsAreAnError(t *testing.T) {
	t.Parallel()
	_, err := ReadNPM(strings.NewReader(published(t)), 4, func(string) bool { return true })
	require.ErrorContains(t, err, "3 usable words")
}
