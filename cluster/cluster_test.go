package cluster

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// someText draws keywords that share words, and now and then something that is
// hardly a keyword.
func someText() *rapid.Generator[string] {
	words := strings.Fields("buy cheap best running shoes for flat feet car insurance quote online how to bake bread " +
		"sourdough starter near me 2025 crédit immobilier кредит наличными 東京 ホテル ラーメン 🍕 c++ what's don't")
	phrase := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 1, 6).Draw(t, "words"), " ")
	})
	return rapid.OneOf(phrase, phrase, phrase, phrase, rapid.String(),
		rapid.SampledFrom([]string{"", " ", "?!", "the of and", "👩‍👩‍👧‍👦", "🍕🍕", "\xff\xfe", strings.Repeat("long ", 40),
			strings.Repeat("x", 200), "ＦＵＬＬ　ＷＩＤＴＨ", "مطعم قريب", "ﬁsh"}))
}

// someVariant draws another way to type a keyword, or to say it in the same
// words.
func someVariant(text string) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		words := strings.Fields(text)
		switch rapid.IntRange(0, 5).Draw(t, "way") {
		case 0:
			return text
		case 1:
			return strings.ToUpper(text)
		case 2:
			return "  " + strings.ReplaceAll(text, " ", " \t ") + "\n"
		case 3:
			return "the " + text
		case 4:
			return text + "s"
		}
		return strings.Join(rapid.Permutation(words).Draw(t, "order"), " ")
	})
}

// someKeywords draws up to most keywords, some of which vary others, and the
// searches for some of which find the same.
func someKeywords(most int) *rapid.Generator[[]Keyword] {
	return rapid.Custom(func(t *rapid.T) (list []Keyword) {
		results := rapid.SliceOfN(rapid.SampledFrom([]string{"", "a", "b", "c", "d", "e"}), 0, 12)
		for range rapid.IntRange(0, most).Draw(t, "keywords") {
			k := Keyword{Text: someText().Draw(t, "text")}
			if len(list) > 0 && rapid.IntRange(0, 4).Draw(t, "again") == 0 {
				k.Text = someVariant(rapid.SampledFrom(list).Draw(t, "of").Text).Draw(t, "variant")
			}
			if rapid.Bool().Draw(t, "known") {
				n := rapid.IntRange(-1, 1e9).Draw(t, "volume")
				k.Volume = &n
			}
			if rapid.IntRange(0, 9).Draw(t, "searched") == 0 {
				k.Results = results.Draw(t, "results")
			}
			list = append(list, k)
		}
		return list
	})
}

func someOptions() *rapid.Generator[Options] {
	return rapid.Custom(func(t *rapid.T) Options {
		return Options{
			Preset:  rapid.SampledFrom([]Preset{"", Broad, Topical, Tight}).Draw(t, "preset"),
			About:   rapid.SampledFrom([]int{0, 0, 1, 3, 1000}).Draw(t, "about"),
			Lexical: rapid.IntRange(0, 3).Draw(t, "lexical") == 0,
		}
	})
}

// remembered holds the vectors of all texts that any test used: encoding is
// what takes the time, and nothing is encoded twice.
var (
	remembered  = map[string]*Vector{}
	remembering sync.Mutex
)

// remember gives keywords their vectors.
func remember(t require.TestingT, keywords []Keyword) []Keyword {
	remembering.Lock()
	defer remembering.Unlock()
	var missing []string
	for _, k := range keywords {
		if _, ok := remembered[k.Text]; !ok {
			missing = append(missing, k.Text)
		}
	}
	vectors, err := Encode(context.Background(), missing)
	require.NoError(t, err)
	for i, text := range missing {
		remembered[text] = &vectors[i]
	}
	keywords = slices.Clone(keywords)
	for i, k := range keywords {
		keywords[i].Vector = remembered[k.Text]
	}
	return keywords
}

func cluster(t require.TestingT, keywords []Keyword, o Options) Result {
	r, err := Run(context.Background(), remember(t, keywords), o)
	require.NoError(t, err)
	return r
}

// requireWhole checks that a result has each of n indexes exactly once and
// that all it says about them is in range.
func requireWhole(t require.TestingT, r Result, n int) {
	seen := make([]int, n)
	for _, topic := range r.Topics {
		require.NotEmpty(t, topic.Name)
		require.NotEmpty(t, topic.Description)
		require.GreaterOrEqual(t, len(topic.Members), 2)
		require.Len(t, topic.Fit, len(topic.Members))
		for i, m := range topic.Members {
			seen[m]++
			require.InDelta(t, 0, topic.Fit[i], 1.001)
		}
		require.ElementsMatch(t, topic.Members, slices.Concat(topic.Pages...), "the pages of a topic are its members")
	}
	for _, l := range r.Unclustered {
		seen[l.Index]++
		require.Less(t, l.Nearest, len(r.Topics))
		require.Equal(t, l.Nearest < 0, l.Similarity == 0, "a nearest topic has a similarity")
	}
	for i, times := range seen {
		require.Equal(t, 1, times, "keyword %d", i)
	}
}

func TestEachKeywordIsInOnePlace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		keywords := someKeywords(60).Draw(t, "keywords")
		requireWhole(t, cluster(t, keywords, someOptions().Draw(t, "options")), len(keywords))
	})
}

func TestOrderOfTheInputDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		keywords := someKeywords(60).Draw(t, "keywords")
		o := someOptions().Draw(t, "options")
		first := cluster(t, keywords, o)
		require.Equal(t, first, cluster(t, keywords, o), "the same input again")

		order := rapid.Permutation(indexes(len(keywords))).Draw(t, "order")
		shuffled := make([]Keyword, len(keywords))
		for to, from := range order {
			shuffled[to] = keywords[from]
		}
		second := cluster(t, shuffled, o)
		require.Equal(t, wording(first, keywords), wording(second, shuffled))
	})
}

// wording is a result with texts instead of indexes, but for the fits.
func wording(r Result, keywords []Keyword) any {
	text := func(list []int) (out []string) {
		for _, i := range list {
			out = append(out, keywords[i].Text)
		}
		return out
	}
	type topic struct {
		name, description string
		members           []string
		pages             [][]string
	}
	type left struct {
		text    string
		nearest int
	}
	var topics []topic
	for _, t := range r.Topics {
		x := topic{t.Name, t.Description, text(t.Members), nil}
		for _, p := range t.Pages {
			x.pages = append(x.pages, text(p))
		}
		topics = append(topics, x)
	}
	var rest []left
	for _, l := range r.Unclustered {
		rest = append(rest, left{keywords[l.Index].Text, l.Nearest})
	}
	return []any{topics, rest}
}

func indexes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func TestVariantsOfAKeywordStayTogether(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		keywords := someKeywords(40).Draw(t, "keywords")
		n := len(keywords)
		for _, k := range slices.Clone(keywords) {
			variant := rapid.SampledFrom([]func(string) string{
				strings.ToUpper, strings.ToLower,
				func(s string) string { return "  " + strings.ReplaceAll(s, " ", " \t ") + "\n" },
				func(s string) string { return s },
			}).Draw(t, "variant")(k.Text)
			if normalise(variant) != normalise(k.Text) { // upper case is not always undone by lower case: ß
				variant = k.Text
			}
			keywords = append(keywords, Keyword{Text: variant})
		}
		r := cluster(t, keywords, someOptions().Draw(t, "options"))
		place := placeOf(r, 2*n)
		for i := range n {
			require.Equal(t, place[i], place[n+i], "%q and %q", keywords[i].Text, keywords[n+i].Text)
		}
	})
}

// placeOf returns the topic and page of each keyword; of those left out, the
// nearest topic as -1 - topic.
func placeOf(r Result, n int) [][2]int {
	place := make([][2]int, n)
	for i, t := range r.Topics {
		for j, p := range t.Pages {
			for _, m := range p {
				place[m] = [2]int{i, j}
			}
		}
	}
	for _, l := range r.Unclustered {
		place[l.Index] = [2]int{-2 - l.Nearest, -1}
	}
	return place
}

func TestReorderedWordsShareAPage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		keywords := someKeywords(40).Draw(t, "keywords")
		a, b := len(keywords), len(keywords)+1
		keywords = append(keywords, Keyword{Text: "asphalt driveways repair"}, Keyword{Text: "the repairs of an asphalt driveway"})
		place := placeOf(cluster(t, keywords, Options{}), len(keywords))
		require.Equal(t, place[a], place[b])
		require.GreaterOrEqual(t, place[a][0], 0, "two texts of one stem bag are a topic")
	})
}

func TestFewKeywords(t *testing.T) {
	t.Parallel()
	require.Equal(t, Result{Topics: []Topic{}}, cluster(t, nil, Options{}))
	require.Equal(t, []Left{{0, -1, 0}}, cluster(t, []Keyword{{Text: "shoes"}}, Options{}).Unclustered)
	require.Len(t, cluster(t, []Keyword{{Text: "shoes"}, {Text: "bread"}}, Options{}).Unclustered, 2)
	r := cluster(t, []Keyword{{Text: "running shoes"}, {Text: "best running shoes"}}, Options{})
	require.Len(t, r.Topics, 1)
	require.Len(t, r.Topics[0].Pages, 1)
}

func TestUnknownPreset(t *testing.T) {
	t.Parallel()
	_, err := Run(t.Context(), nil, Options{Preset: "narrow"})
	require.ErrorContains(t, err, "broad, topic or tight")
}

// wordList makes n different keywords of a few thousand words.
func wordList(n int) []Keyword {
	random := rand.New(rand.NewPCG(1, 2))
	syllables := strings.Fields("ba ce di fo gu ha ki lo mu ne pa ra si to vu wa xe yo zi")
	word := func() string {
		var b strings.Builder
		for range 3 {
			b.WriteString(syllables[int(float64(len(syllables))*random.Float64()*random.Float64())])
		}
		return b.String()
	}
	keywords := make([]Keyword, n)
	for i := range keywords {
		keywords[i].Text = word() + " " + word() + " " + word()
	}
	return keywords
}

func TestCancellationEndsARunAtAnyPoint(t *testing.T) {
	t.Parallel()
	keywords := remember(t, wordList(800))
	for _, at := range []int{0, 1, 350, 450, 600, 770, 799} {
		ctx, cancel := context.WithCancel(t.Context())
		var after atomic.Int64
		if at == 0 {
			cancel()
		}
		_, err := Run(ctx, keywords, Options{Progress: func(done, total int) {
			if ctx.Err() != nil {
				after.Add(1)
			} else if done >= at {
				cancel()
			}
		}})
		require.ErrorIs(t, err, context.Canceled, "at %d", at)
		require.LessOrEqual(t, after.Load(), int64(2*workers()), "each goroutine stops at its next step")
		cancel()
	}
}

func TestProgressRisesToTheTotal(t *testing.T) {
	t.Parallel()
	last := 0
	_, err := Run(t.Context(), remember(t, wordList(800)), Options{Progress: func(done, total int) {
		require.Greater(t, done, last)
		require.Equal(t, 800, total)
		last = done
	}})
	require.NoError(t, err)
	require.Equal(t, 800, last)
}

func TestAboutNTopics(t *testing.T) {
	t.Parallel()
	keywords := keywordsOf(readList(t, "uqv_dev.tsv").Texts[:1000])
	for _, n := range []int{10, 20, 50} {
		require.InDelta(t, n, len(cluster(t, keywords, Options{About: n}).Topics), float64(n)/4)
	}
}
