package encoder

import (
	"encoding/binary"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/igny8/igny8/cluster/internal/matrix"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func never() bool { return false }

// golden returns texts and what the original makes of them.
func golden(t *testing.T) (texts []string, want []float32) {
	t.Helper()
	lines, err := os.ReadFile("../../testdata/use_lite_golden.txt")
	require.NoError(t, err)
	numbers, err := os.ReadFile("../../testdata/use_lite_golden.f32")
	require.NoError(t, err)
	texts = strings.Split(strings.TrimSuffix(string(lines), "\n"), "\n")
	require.Len(t, numbers, len(texts)*Dims*4)
	for len(numbers) > 0 {
		want = append(want, math.Float32frombits(binary.LittleEndian.Uint32(numbers)))
		numbers = numbers[4:]
	}
	return texts, want
}

func requireParity(t *testing.T, m *Model, leastMean, leastEach float64) {
	t.Helper()
	texts, want := golden(t)
	got := m.New().Encode(nil, texts, never)
	require.Len(t, got, len(want))
	var mean float64
	worst := 1.0
	for i, text := range texts {
		a, b := got[i*Dims:(i+1)*Dims], want[i*Dims:(i+1)*Dims]
		cosine := float64(matrix.Dot(a, b))
		require.InDelta(t, 1, matrix.Dot(a, a), 1e-4, text)
		require.GreaterOrEqual(t, cosine, leastEach, text)
		mean += cosine / float64(len(texts))
		worst = min(worst, cosine)
	}
	t.Logf("cosine to the original: mean %.6f, worst %.6f, kernel %s", mean, worst, matrix.Kernel())
	require.GreaterOrEqual(t, mean, leastMean)
}

func model(t *testing.T) *Model {
	t.Helper()
	file, err := os.ReadFile("../../model/encoder.bin")
	require.NoError(t, err)
	m, err := Read(file)
	require.NoError(t, err)
	return m
}

func TestRoundedModelIsNearlyTheOriginal(t *testing.T) {
	t.Parallel()
	requireParity(t, model(t), .9995, .998)
}

func TestTextsDoNotInfluenceEachOther(t *testing.T) {
	t.Parallel()
	m := model(t)
	texts, _ := golden(t)
	texts = append(texts[:5:5], "", strings.Repeat("on and on ", 100), "купить кредит", "x")
	together := m.New().Encode(nil, texts, never)
	for i, text := range texts {
		alone := m.New().Encode(nil, []string{text}, never)
		require.InDeltaSlice(t, alone, together[i*Dims:(i+1)*Dims], 1e-5, text)
	}
}

func TestForeignAndEmptyTextsHaveNoVector(t *testing.T) {
	t.Parallel()
	m := model(t)
	for _, text := range []string{"", "купить кредит", "東京ホテル", "🍕🍕🍕"} {
		require.Equal(t, make([]float32, Dims), m.New().Encode(nil, []string{text}, never), text)
	}
	for _, text := range []string{"crédit immobilier", "c++", "7", "pizza 🍕", "naïve"} {
		require.NotEqual(t, make([]float32, Dims), m.New().Encode(nil, []string{text}, never), text)
	}
}

func TestEncodeStops(t *testing.T) {
	t.Parallel()
	texts, _ := golden(t)
	calls := 0
	got := model(t).New().Encode(nil, texts, func() bool { calls++; return calls == 3 })
	require.Less(t, len(got), len(texts)*Dims)
	require.Equal(t, 3, calls)
}

func TestSplitCoversTheText(t *testing.T) {
	t.Parallel()
	m := model(t)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(0, 40, -1).Draw(t, "text")
		ids := m.vocabulary.split(text)
		require.LessOrEqual(t, len(ids), MaxPieces)
		require.Equal(t, text == "", len(ids) == 0)
		for _, id := range ids {
			require.True(t, id == unknown || id >= control && id < pieces, id)
		}
	})
	ids := m.vocabulary.split("best running shoes")
	var back string
	for _, id := range ids {
		back += m.vocabulary.pieces[id]
	}
	require.Equal(t, "▁best▁running▁shoes", back)
}

func TestDamagedFilesAreRefused(t *testing.T) {
	t.Parallel()
	file := model(t).Append(nil)
	for _, bad := range [][]byte{nil, []byte("USE"), file[:len(file)-1], file[:len(magic)+100], append(file, 0)} {
		_, err := Read(bad)
		require.Error(t, err)
	}
}

func TestFileSurvivesReading(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("../../model/encoder.bin")
	require.NoError(t, err)
	m, err := Read(file)
	require.NoError(t, err)
	again, err := Read(m.Append(nil))
	require.NoError(t, err)
	texts, _ := golden(t)
	a, b := m.New().Encode(nil, texts[:3], never), again.New().Encode(nil, texts[:3], never)
	require.InDeltaSlice(t, a, b, 1e-3, "rounding what is rounded changes next to nothing")
}
