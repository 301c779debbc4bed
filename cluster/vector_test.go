package cluster

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestVectorSurvivesItsBinaryForm(t *testing.T) {
	t.Parallel()
	vectors, err := Encode(t.Context(), []string{"asphalt driveway cost", "", "кредит"})
	require.NoError(t, err)
	for _, v := range vectors {
		b, err := v.MarshalBinary()
		require.NoError(t, err)
		require.Len(t, b, VectorSize)
		var back Vector
		require.NoError(t, back.UnmarshalBinary(b))
		require.Equal(t, v, back)
	}
	require.NotEqual(t, Vector{}, vectors[0])
	require.Equal(t, Vector{}, vectors[1])
	require.Equal(t, Vector{}, vectors[2])
}

func TestVectorRefusesWhatIsNone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 0, 2*VectorSize).Draw(t, "bytes")
		var v Vector
		if len(b) != VectorSize {
			require.Error(t, v.UnmarshalBinary(b))
		}
	})
	bad := make([]byte, VectorSize)
	for i := range 4 {
		bad[40+i] = 0xff // not a number
	}
	var v Vector
	require.ErrorContains(t, v.UnmarshalBinary(bad), "element 10")
}

func TestGivenVectorsChangeNothing(t *testing.T) {
	t.Parallel()
	keywords := keywordsOf(readList(t, "uqv_dev.tsv").Texts[:300])
	fresh, err := Run(t.Context(), keywords, Options{})
	require.NoError(t, err)
	require.Equal(t, fresh, cluster(t, keywords, Options{}))
	some := remember(t, keywords)
	for i := range some {
		if i%3 == 0 {
			some[i].Vector = nil
		}
	}
	mixed, err := Run(t.Context(), some, Options{})
	require.NoError(t, err)
	require.Equal(t, wording(fresh, keywords), wording(mixed, keywords))
}

func TestEncodeEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Encode(ctx, []string{"a", "b"})
	require.ErrorIs(t, err, context.Canceled)
}

func TestFeaturesEstimateSimilarity(t *testing.T) {
	t.Parallel()
	keywords := []Keyword{{Text: "asphalt driveway repair"}, {Text: "fix an asphalt driveway"}, {Text: "sourdough bread recipe"}, {Text: " "}}
	rows, err := Features(t.Context(), keywords)
	require.NoError(t, err)
	product := func(a, b int) (s float32) {
		for k, x := range rows[a] {
			s += x * rows[b][k]
		}
		return s
	}
	require.InDelta(t, 1, product(0, 0), .2)
	require.Greater(t, product(0, 1), product(0, 2)+.3)
	require.Zero(t, product(3, 3))
}
