package cluster

import (
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/igny8/igny8/cluster/score"
	"github.com/stretchr/testify/require"
)

func readList(t testing.TB, file string) score.List {
	t.Helper()
	f, err := os.Open("testdata/" + file)
	require.NoError(t, err)
	defer f.Close()
	l, err := score.Read(f)
	require.NoError(t, err)
	return l
}

func keywordsOf(texts []string) []Keyword {
	out := make([]Keyword, len(texts))
	for i, t := range texts {
		out[i].Text = t
	}
	return out
}

// rate clusters a list and scores its topics.
func rate(t require.TestingT, l score.List) score.Score {
	return score.Rate(l.Labels, cluster(t, keywordsOf(l.Texts), Options{}).Parts(len(l.Texts)))
}

// rated holds the score of each whole file that any test asked for.
var rated sync.Map // file → func() score.Score

// rateWhole is rate of a whole file, which is clustered once for all tests.
func rateWhole(t testing.TB, file string) score.Score {
	t.Helper()
	l := readList(t, file)
	once, _ := rated.LoadOrStore(file, sync.OnceValue(func() score.Score { return rate(t, l) }))
	return once.(func() score.Score)()
}

// The floors are a little below what was measured: what comes out lower was
// broken by a change. No number of topics is given.
func TestTopicsAreGood(t *testing.T) {
	t.Parallel()
	for file, floor := range map[string]score.Score{
		"uqv_dev.tsv":        {F1: .97},
		"banking77_test.tsv": {F1: .55, NMI: .795},
		"clinc150_dev.tsv":   {F1: .725},
	} {
		got := rateWhole(t, file)
		t.Logf("%s: %.3f", file, got)
		require.GreaterOrEqual(t, got.F1, floor.F1, file)
		require.GreaterOrEqual(t, got.NMI, floor.NMI, file)
	}
}

// Three of the domains of CLINC150: each could be the list of one site.
var domains = map[string]string{
	"travel": `book_flight book_hotel car_rental carry_on exchange_rate flight_status international_visa lost_luggage
		plug_type timezone translate travel_alert travel_notification travel_suggestion vaccines`,
	"credit cards": `application_status apr card_declined credit_limit credit_limit_change credit_score damaged_card
		expiration_date improve_credit_score international_fees new_card redeem_rewards replacement_card_duration
		report_lost_card rewards_balance`,
	"kitchen and dining": `accept_reservations calories cancel_reservation confirm_reservation cook_time food_last
		how_busy ingredient_substitution ingredients_list meal_suggestion nutrition_info recipe restaurant_reservation
		restaurant_reviews restaurant_suggestion`,
}

func readDomain(t testing.TB, name string) score.List {
	l := readList(t, "clinc150_dev.tsv").Having(strings.Fields(domains[name])...)
	require.Len(t, l.Texts, 300)
	return l
}

func TestTopicsOfOneSiteAreGood(t *testing.T) {
	t.Parallel()
	for name, floor := range map[string]float64{"travel": .93, "credit cards": .785, "kitchen and dining": .755} {
		got := rate(t, readDomain(t, name))
		t.Logf("%s: %.3f", name, got)
		require.GreaterOrEqual(t, got.F1, floor, name)
	}
}

func TestTinyListsAreGood(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		list  score.List
		floor float64
	}{{"uqv", readList(t, "uqv_dev.tsv"), .98}, {"travel", readDomain(t, "travel"), .92}} {
		const draws = 40
		var mean float64
		for seed := range uint64(draws) {
			mean += rate(t, c.list.Draw(4, 5, seed)).F1 / draws
		}
		t.Logf("%s, 4 topics of 5: BCubed F1 %.3f", c.name, mean)
		require.GreaterOrEqual(t, mean, c.floor, c.name)
	}
}

func TestWordsAloneAreTheFallback(t *testing.T) {
	t.Parallel()
	l := readList(t, "uqv_dev.tsv")
	r, err := Run(t.Context(), keywordsOf(l.Texts), Options{Lexical: true})
	require.NoError(t, err)
	requireWhole(t, r, len(l.Texts))
	require.GreaterOrEqual(t, score.Rate(l.Labels, r.Parts(len(l.Texts))).F1, .90)
}
