package cluster

import (
	"context"
	"fmt"
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

// someKnown draws keywords that were clustered, after which somebody has moved
// a few, to no page or to any page of the topic, and other markets' keywords of
// the same text came to be elsewhere.
func someKnown(most int) *rapid.Generator[[]Known] {
	return rapid.Custom(func(t *rapid.T) []Known {
		old := someKeywords(most).Draw(t, "old")
		known := knownFrom(old, cluster(t, old, Options{}))
		var places []Known
		for _, k := range known {
			if k.Topic >= 0 {
				places = append(places, k)
			}
		}
		for i := range known {
			k := &known[i]
			switch rapid.IntRange(0, 11).Draw(t, "moved") {
			case 0:
				k.Topic, k.Page = rapid.IntRange(-1, 40).Draw(t, "topic"), -1
			case 1:
				k.Page = -1
			case 2, 3:
				if len(places) > 0 {
					other := rapid.SampledFrom(places).Draw(t, "place")
					k.Topic, k.Page = other.Topic, other.Page
				}
			}
		}
		return known
	})
}

// someArrivals draws known keywords and new ones, some of which vary known ones.
func someArrivals() *rapid.Generator[arrivals] {
	return rapid.Custom(func(t *rapid.T) arrivals {
		a := arrivals{someKnown(40).Draw(t, "known"), someKeywords(30).Draw(t, "new")}
		for range rapid.IntRange(0, min(8, len(a.known))).Draw(t, "again") {
			k := rapid.SampledFrom(a.known).Draw(t, "of")
			a.fresh = append(a.fresh, Keyword{Text: someVariant(k.Text).Draw(t, "variant")})
		}
		return a
	})
}

type arrivals struct {
	known []Known
	fresh []Keyword
}

func TestExtensionHasEachNewKeywordOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := someArrivals().Draw(t, "arrivals")
		e := extend(t, a.known, a.fresh, someOptions().Draw(t, "options"))
		seen := make([]int, len(a.fresh))
		numbers, pages := map[int]bool{-1: true}, map[[2]int]bool{}
		for _, k := range a.known {
			numbers[k.Topic] = true
			pages[[2]int{k.Topic, k.Page}] = true
		}
		for _, j := range e.Joined {
			seen[j.Index]++
			require.GreaterOrEqual(t, j.Topic, 0)
			require.True(t, numbers[j.Topic])
			require.True(t, j.Page < 0 || pages[[2]int{j.Topic, j.Page}], "page %d is none of topic %d", j.Page, j.Topic)
		}
		for _, topic := range e.Topics {
			require.ElementsMatch(t, topic.Members, slices.Concat(topic.Pages...))
			some := false
			for _, m := range topic.Members {
				if m < len(a.known) {
					require.Negative(t, a.known[m].Topic, "a known keyword with a topic moved")
				} else {
					seen[m-len(a.known)]++
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

// New keywords of the same words are not parted; one that equals a known one is
// where that is.
func TestNewKeywordsOfTheSameWordsAreInOnePlace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := someArrivals().Draw(t, "arrivals")
		e := extend(t, a.known, a.fresh, someOptions().Draw(t, "options"))
		homes, pages := map[string][]int{}, map[string][]int{} // of the known texts
		for _, k := range a.known {
			if text := normalise(k.Text); k.Topic >= 0 {
				homes[text] = append(homes[text], k.Topic)
				pages[text] = append(pages[text], k.Page)
			}
		}
		where := map[string]string{} // of each bag
		for i, place := range places(a, e) {
			text := normalise(a.fresh[i].Text)
			if homes[text] != nil {
				require.Contains(t, homes[text], place.topic, "%q", text)
				if !slices.Contains(pages[text], -1) {
					require.Contains(t, pages[text], place.page, "%q", text)
				}
				continue
			}
			now, bag := fmt.Sprint(place), stemBag(text)
			if before, ok := where[bag]; ok {
				require.Equal(t, before, now, "%q", text)
			}
			where[bag] = now
		}
	})
}

// A place is where a new keyword is. New topics have numbers from newTopic.
type place struct{ topic, page int }

const newTopic = 1000

// places are those of the new keywords.
func places(a arrivals, e Extension) []place {
	at := make([]place, len(a.fresh))
	for _, j := range e.Joined {
		at[j.Index] = place{j.Topic, j.Page}
	}
	for i, topic := range e.Topics {
		for n, page := range topic.Pages {
			for _, m := range page {
				if m >= len(a.known) {
					at[m-len(a.known)] = place{newTopic + i, n}
				}
			}
		}
	}
	for _, l := range e.Unclustered {
		at[l.Index] = place{-1, l.Nearest}
	}
	return at
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

// Neither the order of the new keywords matters nor that of the known ones.
func TestOrderOfNewKeywordsDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := someArrivals().Draw(t, "arrivals")
		o := someOptions().Draw(t, "options")
		first := extend(t, a.known, a.fresh, o)
		require.Equal(t, first, extend(t, a.known, a.fresh, o), "the same input again")

		oldOrder := rapid.Permutation(indexes(len(a.known))).Draw(t, "order of the known")
		order := rapid.Permutation(indexes(len(a.fresh))).Draw(t, "order")
		b := arrivals{make([]Known, len(a.known)), make([]Keyword, len(a.fresh))}
		for to, from := range oldOrder {
			b.known[to] = a.known[from]
		}
		for to, from := range order {
			b.fresh[to] = a.fresh[from]
		}
		second := extend(t, b.known, b.fresh, o)
		before, after := places(a, first), places(b, second)
		for to, from := range order {
			require.Equal(t, before[from], after[to], "%q", a.fresh[from].Text)
		}
		require.Equal(t, names(first.Topics), names(second.Topics))
	})
}

func names(topics []Topic) (list []string) {
	for _, t := range topics {
		list = append(list, t.Name)
	}
	return list
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

// One text may be known twice, of two markets, and somebody may have moved one of
// them: the pages of the other topic are not those of this one.
func TestATextInTwoTopicsIsOnNoPageOfTheOther(t *testing.T) {
	t.Parallel()
	known := []Known{{Keyword{Text: "running shoes"}, 0, -1}, {Keyword{Text: "Running shoes"}, 1, 3}, {Keyword{Text: "best running shoes"}, 1, 3}}
	e := extend(t, known, []Keyword{{Text: "RUNNING SHOES"}, {Text: "shoes running"}}, Options{})
	require.Len(t, e.Joined, 2)
	for i, j := range e.Joined {
		require.Equal(t, 0, j.Topic)
		require.Equal(t, -1, j.Page)
		require.Equal(t, i == 0, j.Fit == 1)
	}
}

// What equals a known keyword without a page is on one that suits it, and not
// with all others of which that is true.
func TestTwinsOfKeywordsWithoutAPage(t *testing.T) {
	t.Parallel()
	known := []Known{{Keyword{Text: "asphalt driveway repair"}, 7, -1}, {Keyword{Text: "xylophone lessons"}, 7, -1},
		{Keyword{Text: "tax return deadline"}, 7, -1}, {Keyword{Text: "tax return deadlines"}, 7, 4}}
	e := extend(t, known, []Keyword{{Text: "Asphalt Driveway Repair"}, {Text: "Xylophone Lessons"}, {Text: "repairing asphalt driveways"}, {Text: "Tax Return Deadline"}}, Options{})
	require.Len(t, e.Joined, 4)
	require.Negative(t, e.Joined[0].Page)
	require.Negative(t, e.Joined[1].Page)
	require.NotEqual(t, e.Joined[0].Page, e.Joined[1].Page)
	require.Equal(t, e.Joined[0].Page, e.Joined[2].Page)
	require.Equal(t, Joined{3, 7, 4, 1}, e.Joined[3])
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
