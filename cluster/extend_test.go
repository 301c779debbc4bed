package cluster

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/igny8/igny8/cluster/score"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func extend(t require.TestingT, known []Known, fresh []Keyword, o Options) Extension {
	all := make([]Keyword, 0, len(known))
	for _, k := range known {
		all = append(all, k.Keyword)
	}
	all = remember(t, append(all, fresh...))
	known = slices.Clone(known)
	for i := range known {
		known[i].Keyword = all[i]
	}
	e, err := Extend(context.Background(), known, all[len(known):], o)
	require.NoError(t, err)
	return e
}

// knownFrom makes the known keywords of a result: topic i has the number 10·i,
// and its page j the number 100·j.
func knownFrom(keywords []Keyword, r Result) []Known {
	known := make([]Known, len(keywords))
	for i, place := range placeOf(r, len(keywords)) {
		known[i] = Known{keywords[i], -1, -1}
		if place[0] >= 0 {
			known[i].Topic, known[i].Page = 10*place[0], 100*place[1]
		}
	}
	return known
}

func TestExtensionHasEachNewKeywordOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		old, fresh := someKeywords(40).Draw(t, "old"), someKeywords(30).Draw(t, "new")
		known := knownFrom(old, cluster(t, old, Options{}))
		for i := range known { // as if somebody had moved a few
			if rapid.IntRange(0, 9).Draw(t, "moved") == 0 {
				known[i].Topic = rapid.IntRange(-1, 40).Draw(t, "topic")
			}
		}
		e := extend(t, known, fresh, someOptions().Draw(t, "options"))
		seen := make([]int, len(fresh))
		numbers := map[int]bool{-1: true}
		loose := map[int]bool{}
		for i, k := range known {
			numbers[k.Topic] = true
			loose[i] = k.Topic < 0
		}
		for _, j := range e.Joined {
			seen[j.Index]++
			require.GreaterOrEqual(t, j.Topic, 0)
			require.True(t, numbers[j.Topic])
		}
		for _, topic := range e.Topics {
			require.ElementsMatch(t, topic.Members, slices.Concat(topic.Pages...))
			some := false
			for _, m := range topic.Members {
				if m < len(known) {
					require.True(t, loose[m], "a known keyword with a topic moved")
				} else {
					seen[m-len(known)]++
					some = true
				}
			}
			require.True(t, some, "a new topic has a new keyword")
		}
		for _, l := range e.Unclustered {
			seen[l.Index]++
			require.True(t, numbers[l.Nearest])
		}
		for i, times := range seen {
			require.Equal(t, 1, times, "new keyword %d", i)
		}
	})
}

// One of two new keywords of the same words is like enough to a page, the
// other is not: they are not parted, and neither is on two pages.
func TestNewKeywordsOfTheSameWordsShareAPage(t *testing.T) {
	t.Parallel()
	old := []Keyword{{Text: "buy"}, {Text: "buy cheap running buy running buy"}}
	e := extend(t, knownFrom(old, cluster(t, old, Options{})), []Keyword{{Text: "best buy"}, {Text: "buy best"}}, Options{Preset: Broad})
	require.Len(t, e.Joined, 2)
	require.Equal(t, e.Joined[0].Topic, e.Joined[1].Topic)
	require.Equal(t, e.Joined[0].Page, e.Joined[1].Page)
	require.Equal(t, []int{0, 1}, []int{e.Joined[0].Index, e.Joined[1].Index})
}

func TestOrderOfNewKeywordsDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		old, fresh := someKeywords(30).Draw(t, "old"), someKeywords(30).Draw(t, "new")
		known := knownFrom(old, cluster(t, old, Options{}))
		order := rapid.Permutation(indexes(len(fresh))).Draw(t, "order")
		shuffled := make([]Keyword, len(fresh))
		for to, from := range order {
			shuffled[to] = fresh[from]
		}
		home := func(e Extension, fresh []Keyword) map[string]int {
			out := map[string]int{}
			for _, j := range e.Joined {
				out[fresh[j.Index].Text] = j.Topic
			}
			return out
		}
		require.Equal(t, home(extend(t, known, fresh, Options{}), fresh), home(extend(t, known, shuffled, Options{}), shuffled))
	})
}

func TestEqualKeywordsJoinTheirTwin(t *testing.T) {
	t.Parallel()
	old := []Keyword{{Text: "asphalt driveway repair"}, {Text: "repair asphalt driveways"}, {Text: "asphalt driveway cost"}}
	known := []Known{{old[0], 7, 3}, {old[1], 7, 3}, {old[2], 9, 4}}
	e := extend(t, known, []Keyword{{Text: "Asphalt Driveway COST"}, {Text: "repairs of the asphalt driveway"}, {Text: "xylophone lessons"}}, Options{})
	require.Len(t, e.Joined, 2)
	require.Equal(t, Joined{0, 9, 4, 1}, e.Joined[0])
	require.InDelta(t, .8, e.Joined[1].Fit, .2)
	e.Joined[1].Fit = 0
	require.Equal(t, Joined{1, 7, 3, 0}, e.Joined[1])
	require.Len(t, e.Unclustered, 1)
	require.Equal(t, 2, e.Unclustered[0].Index)
}

// arrive clusters four fifths of a list, drawn at random, lets the rest arrive,
// and scores the first fifths before and all after.
func arrive(t *testing.T, l score.List, seed uint64) (before, after score.Score) {
	n := len(l.Texts)
	l = l.Pick(rand.New(rand.NewPCG(seed, 1)).Perm(n))
	all := keywordsOf(l.Texts)
	old, fresh := all[:n*4/5], all[n*4/5:]
	r := cluster(t, old, Options{})
	e := extend(t, knownFrom(old, r), fresh, Options{})
	part := r.Parts(n)
	next := n
	for _, j := range e.Joined {
		part[len(old)+j.Index] = j.Topic / 10
	}
	for _, topic := range e.Topics {
		for _, m := range topic.Members {
			part[m] = next
		}
		next++
	}
	for _, l := range e.Unclustered {
		part[len(old)+l.Index] = next
		next++
	}
	return score.Rate(l.Labels[:len(old)], part[:len(old)]), score.Rate(l.Labels, part)
}

// TestIncrementalIsNearlyAsGoodAsFull holds what arrives to the study's floor,
// three points below clustering all at once, in the mean of the sets; on none
// of them may joining make worse what was there.
func TestIncrementalIsNearlyAsGoodAsFull(t *testing.T) {
	t.Parallel()
	files := []string{"uqv_dev.tsv", "banking77_test.tsv", "clinc150_dev.tsv"}
	var loss float64
	for _, file := range files {
		l := readList(t, file)
		full := rateWhole(t, file)
		const trials = 1
		var before, after float64
		for seed := range uint64(trials) {
			b, a := arrive(t, l, seed)
			before, after = before+b.F1/trials, after+a.F1/trials
		}
		t.Logf("%s: BCubed F1 %.3f of the first, %.3f after the rest came, %.3f all at once", file, before, after, full.F1)
		require.GreaterOrEqual(t, after, before-.015, file)
		loss += (full.F1 - after) / float64(len(files))
	}
	require.LessOrEqual(t, loss, .03)
}
