package cluster

import (
	"context"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// spellerOf is that of a list of lines.
func spellerOf(t require.TestingT, lines ...string) *speller {
	l, err := newList(context.Background(), keywordsOf(lines), func(string) bool { return false })
	require.NoError(t, err)
	return newSpeller(l)
}

func TestNamesAreWithoutQuotationMarks(t *testing.T) {
	t.Parallel()
	s := spellerOf(t, "burr grinder", "music of those years")
	for keyword, name := range map[string]string{
		`"ndis aged care`:              "NDIS Aged Care",
		"“burr grinder” vs blade?":     "Burr Grinder” vs Blade",
		"how to clean a burr grinder?": "How to Clean a Burr Grinder",
		`"`:                            `"`,
		"'80s music":                   "80s Music",
		"files (free) in .htaccess":    "Files (Free) in .htaccess",
	} {
		require.Equal(t, name, s.title(keyword))
	}
}

func TestAbbreviationsAreInCapitals(t *testing.T) {
	t.Parallel()
	for _, w := range strings.Fields("sil sda ndis wa mi uk nbn bbq hvac pto usb html gps faq kfc ac rspca") {
		require.True(t, isAbbreviation(w), w)
	}
	for _, w := range strings.Fields(`a to be how car sea gym ann las san st mrs etc pho thai lyft etsy yelp xmas llama knob tsar
		rhys sven blvd why dry spa perth adelphi mandurah disability 東京 été 80s i'm don't`) {
		require.False(t, isAbbreviation(w), w)
	}
	s := spellerOf(t, "sda housing perth", "supported independent living")
	require.Equal(t, "SDA Housing in WA (NDIS)", s.title("sda housing in wa (ndis)"))
}

// In other languages short words are no abbreviations.
func TestOtherLanguagesHaveNoAbbreviations(t *testing.T) {
	t.Parallel()
	for _, lines := range [][]string{
		{"kredit ohne schufa mit sofortzusage", "günstiger kredit für die wohnung", "versicherung und kredit vergleichen"},
		{"préstamo rápido con asnef por internet", "seguro de coche barato y fiable", "comparador de préstamos personales"},
		{"assurance habitation pas chère", "crédit immobilier sur vingt ans", "meilleur taux des banques françaises"},
	} {
		s := spellerOf(t, lines...)
		require.False(t, s.english, lines)
		for _, line := range lines {
			for _, w := range strings.Fields(s.title(line)) {
				require.False(t, len(w) > 1 && w == strings.ToUpper(w), w)
			}
		}
	}
}

// What a list writes with capitals is written so, unless the capitals are those
// of a whole line, of a beginning or of all words.
func TestNamesAreInTheCaseOfTheList(t *testing.T) {
	t.Parallel()
	s := spellerOf(t, "iPhone repair", "cheap iPhone", "NDIS provider in Uma", "BUY SHOES NOW", "Running shoes", "Howard Emery",
		"Sil Housing For All", "best McDonald's", "free McDonald's", "FREE shoes", "buy free shoes Perth", "get free shoes Perth")
	for keyword, name := range map[string]string{
		"iphone sil repair": "iPhone SIL Repair",
		"ndis uma":          "NDIS Uma",
		"buy shoes now":     "Buy Shoes Now",
		"running":           "Running",
		"free mcdonald's":   "Free McDonald's",
	} {
		require.Equal(t, name, s.title(keyword))
	}
}

// namesOf are the names of the topics of a list, which is made of lines
// separated by line breaks.
func namesOf(t require.TestingT, lines string) (names []string) {
	for _, topic := range cluster(t, keywordsOf(strings.Split(strings.TrimSpace(lines), "\n")), Options{}).Topics {
		names = append(names, topic.Name)
	}
	return names
}

func TestATopicOfQuestionsIsNamedByWhatTheyShare(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"Credit Score"}, namesOf(t, `
what will help my credit score
how can i build up my credit score
what can i do to get a better credit score
how do i improve my credit score
why is my credit score so low`))
	names := namesOf(t, `
what is a burr grinder
burr grinder
how does a burr grinder work
best burr grinder
is a burr grinder better`)
	require.Len(t, names, 1)
	require.Contains(t, names[0], "Burr Grinder")
	require.False(t, isSentence(strings.ToLower(names[0])), names[0])
}

// One word that is mostly in other topics is no name where there is a better
// one.
func TestAWeakWordIsNoName(t *testing.T) {
	t.Parallel()
	l, err := newList(t.Context(), keywordsOf([]string{"living", "perth living", "living in perth", "assisted living homes",
		"assisted living costs", "assisted living care", "independent living aids"}), func(string) bool { return false })
	require.NoError(t, err)
	words, err := newVocabulary(t.Context(), l.texts)
	require.NoError(t, err)
	n := namer{&run{list: l}, words, newSpeller(l)}
	d := &draft{fit: map[int32]float64{}}
	for _, text := range []string{"living", "perth living", "living in perth"} {
		at := int32(slices.Index(l.texts, text))
		d.texts, d.fit[at] = append(d.texts, at), .5
	}
	require.Equal(t, "perth living", n.names(d)[0])
}

// Each topic has a name of its own, of words that its keywords have; the order
// of the input is no matter to it (TestOrderOfTheInputDoesNotMatter).
func TestNamesAreUniqueAndOfTheTopicsWords(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		keywords := someKeywords(60).Draw(t, "keywords")
		taken := map[string]bool{}
		for _, topic := range cluster(t, keywords, someOptions().Draw(t, "options")).Topics {
			lower := strings.ToLower(topic.Name)
			require.False(t, taken[lower], topic.Name)
			taken[lower] = true
			require.True(t, slices.ContainsFunc(topic.Members, func(m int) bool {
				return strings.Contains(letters(normalise(keywords[m].Text)), letters(topic.Name))
			}), "%q", topic.Name)
		}
	})
}

// letters are those of a text, in one case: of ς and ı, too, which are not what
// their capitals are in lower case.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, normalise(s))
}
