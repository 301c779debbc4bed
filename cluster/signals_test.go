package cluster

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// found gives a keyword search results.
func found(text string, results ...string) Keyword { return Keyword{Text: text, Results: results} }

// Keywords without a word in common are of one topic and on one page if their
// searches find the same, from three results of the first ten on.
func TestTheSameResultsJoin(t *testing.T) {
	t.Parallel()
	list := func(shared int) []Keyword {
		a := []string{"a1", "a2", "a3", "a4", "a5", "a6", "a7"}
		b := append([]string{"b1", "b2", "b3", "b4"}, a[:shared]...)
		return []Keyword{found("tarmac resurfacing", a...), found("new driveway quote", b...), {Text: "xylophone lessons"}, {Text: "tax return deadline"}}
	}
	two := cluster(t, list(2), Options{})
	require.Empty(t, two.Topics, "two are chance")
	three := cluster(t, list(3), Options{})
	require.Len(t, three.Topics, 1)
	require.ElementsMatch(t, []int{0, 1}, three.Topics[0].Members)

	many := cluster(t, list(7), Options{})
	require.Len(t, many.Topics[0].Pages, 1, "what is answered by the same pages is one page")

	e := extend(t, knownFrom(list(3)[:1], Result{Topics: []Topic{{Members: []int{0}, Pages: [][]int{{0}}}}}), list(3)[1:], Options{})
	require.Len(t, e.Joined, 1, "a new keyword joins by its results too")
	require.Equal(t, 0, e.Joined[0].Index)
}

// Of a keyword that is there twice, the results that are known count.
func TestResultsOfOneOfTwoEqualKeywords(t *testing.T) {
	t.Parallel()
	results := []string{"a", "b", "c", "d"}
	r := cluster(t, []Keyword{found("tarmac resurfacing", []string{}...), {Text: "Tarmac resurfacing", Results: []string{}}, found("tarmac resurfacing", results...),
		found("xylophone lessons", results...), {Text: "tax return deadline"}}, Options{})
	require.Len(t, r.Topics, 1)
	require.ElementsMatch(t, []int{0, 1, 2, 3}, r.Topics[0].Members)
}

// A new keyword that only another new one leads to a topic joins it as well.
func TestNewKeywordsLeadEachOther(t *testing.T) {
	t.Parallel()
	known := []Known{{found("tarmac resurfacing", "a", "b", "c", "d"), 4, 0}}
	fresh := []Keyword{found("xylophone lessons", "p", "q", "r", "s"), found("tax return deadline", "p", "q", "r", "a", "b", "c")}
	e := extend(t, known, fresh, Options{})
	require.Len(t, e.Joined, 2)
	require.Equal(t, []int{4, 4}, []int{e.Joined[0].Topic, e.Joined[1].Topic})
	require.Empty(t, extend(t, known, fresh[:1], Options{}).Joined)
}

// An address that everything finds joins nothing.
func TestResultsThatAreEverywhereAreNoSign(t *testing.T) {
	t.Parallel()
	var all []Keyword
	for i := range everywhere + 1 {
		all = append(all, found(fmt.Sprintf("%c%c%d", 'a'+i%26, 'k'+i%7, i*i), "shop/1", "shop/2", "shop/3"))
	}
	l, err := newList(t.Context(), all, func(string) bool { return false })
	require.NoError(t, err)
	joined := func() [][]edge {
		edges, err := l.shared(t.Context())
		require.NoError(t, err)
		return edges
	}
	for _, edges := range joined() {
		require.Empty(t, edges)
	}
	l, err = newList(t.Context(), all[:10], func(string) bool { return false })
	require.NoError(t, err)
	for t2, edges := range joined() {
		require.Len(t, edges, 9, t2)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = l.shared(canceled)
	require.ErrorIs(t, err, context.Canceled, "of a long list it takes a while")
}

// Whatever results keywords have, each is in one place, and order is no matter.
func TestResultsKeepTheGuarantees(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		keywords := someKeywords(30).Draw(t, "keywords")
		for i := range keywords {
			keywords[i].Results = rapid.SliceOfN(rapid.SampledFrom([]string{"", "a", "b", "c", "d", "e"}), 0, 12).Draw(t, "results")
		}
		r := cluster(t, keywords, someOptions().Draw(t, "options"))
		requireWhole(t, r, len(keywords))
	})
}

// Given embeddings decide in the place of our own models.
func TestGivenEmbeddings(t *testing.T) {
	t.Parallel()
	axis := func(n int) []float32 {
		v := make([]float32, 512)
		v[n], v[511] = 1, .1
		return v
	}
	words := []string{"alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"}
	var list []Keyword
	for i, w := range words {
		list = append(list, Keyword{Text: w, Embedding: axis(i / 4)})
	}
	r, err := Run(t.Context(), list, Options{})
	require.NoError(t, err)
	requireWhole(t, r, len(list))
	require.Len(t, r.Topics, 2)
	for _, topic := range r.Topics {
		for _, m := range topic.Members {
			require.Equal(t, topic.Members[0]/4, m/4)
		}
	}
	list[3].Embedding = nil
	_, err = Run(t.Context(), list, Options{})
	require.ErrorContains(t, err, "7 of 8", "the whole list or not at all")
	list[3].Embedding = axis(0)[:100]
	_, err = Run(t.Context(), list, Options{})
	require.Error(t, err, "spaces are never mixed")
	for _, broken := range []float32{float32(math.NaN()), float32(math.Inf(-1)), math.MaxFloat32} {
		list[3].Embedding = slices.Repeat([]float32{broken}, 512)
		r, err := Run(t.Context(), list, Options{})
		require.NoError(t, err)
		requireWhole(t, r, len(list))
		require.Len(t, r.Topics, 2, "what is broken of one spoils none of the others: %v", broken)
		require.Len(t, r.Unclustered, 1)
	}
}

// A partition that is compared with itself goes on as itself, however its parts
// are numbered, and no part goes on twice.
func TestMatch(t *testing.T) {
	t.Parallel()
	require.Equal(t, []int{4, 2, -1}, Match([]int{4, 4, 4, 2, 2, -1, -1}, []int{0, 0, 1, 1, 1, 2, -1}))
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 30).Draw(t, "n")
		parts := rapid.SliceOfN(rapid.IntRange(-1, 6), n, n)
		before, after := parts.Draw(t, "before"), parts.Draw(t, "after")
		match, taken := Match(before, after), map[int]bool{}
		for _, old := range match {
			require.False(t, old >= 0 && taken[old])
			taken[old] = true
		}
		for part, old := range Match(before, before) {
			if old >= 0 {
				require.Equal(t, part, old)
			}
		}
	})
}

// A key is of the normalised text, as a Vector is.
func TestVectorKey(t *testing.T) {
	t.Parallel()
	require.Equal(t, VectorKey("Burr  Grinder"), VectorKey("burr grinder"))
	require.NotEqual(t, VectorKey("burr grinder"), VectorKey("burr grinders"))
}
