package score

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRate(t *testing.T) {
	t.Parallel()
	labels := strings.Split("aaabbb", "")
	require.Equal(t, Score{1, 1, 1}, Rate(labels, []int{7, 7, 7, 3, 3, 3}))

	one := Rate(labels, []int{0, 0, 0, 0, 0, 0})
	require.InDelta(t, 2*.5*1/1.5, one.F1, 1e-9)
	require.InDelta(t, 0, one.ARI, 1e-9)
	require.InDelta(t, 0, one.NMI, 1e-9)

	// The example of scikit-learn's documentation of adjusted_rand_score.
	require.InDelta(t, 0.5714, Rate(strings.Split("0012", ""), []int{0, 0, 1, 1}).ARI, 1e-4)

	alone := Rate(labels, []int{0, 1, 2, 3, 4, 5})
	require.InDelta(t, 2*1*(1./3)/(4./3), alone.F1, 1e-9)
}

func TestReadAndDraw(t *testing.T) {
	t.Parallel()
	l, err := Read(strings.NewReader("red shoes\tshoes\t3\nblue shoes\tshoes\nbread\tfood\n"))
	require.NoError(t, err)
	require.Equal(t, List{[]string{"red shoes", "blue shoes", "bread"}, []string{"shoes", "shoes", "food"}}, l)
	_, err = Read(strings.NewReader("no label\n"))
	require.ErrorContains(t, err, "line 1")

	require.Len(t, l.Draw(2, 1, 4).Texts, 2)
	drawn := l.Draw(2, 2, 9)
	require.Equal(t, drawn, l.Draw(2, 2, 9))
	require.Equal(t, []string{"red shoes", "blue shoes"}, l.Having("shoes", "hats").Texts)
}
