package sample

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/unicode"
)

// An entry is one line of the sample before it is laid out.
type entry struct {
	keyword, parent string
	figures         bool
	intents         []string
	volume          int
	difficulty      int
	cents           int // cost per click
	density         int // percent
	features        []string
	results         int
	trend           []int // percent
}

// entries are all lines in the order of both files: by volume, as the tools
// sort, the unknown ones last.
func entries() []entry {
	var all []entry
	add := func(parent, keyword string) {
		e := figure(parent, keyword)
		e.figures = len(all)%5 != 4
		all = append(all, e)
	}
	for _, t := range topics {
		for _, k := range t.keywords {
			add(t.parent, k)
		}
	}
	for _, k := range misfits {
		add(k, k)
	}
	slices.SortStableFunc(all, func(a, b entry) int { return b.rank() - a.rank() })
	for _, v := range variants {
		all = vary(all, v)
	}
	site := figure(webAddress, webAddress)
	site.figures, site.intents = true, []string{"Navigational"}
	return slices.Insert(all, 120, site)
}

// vary adds a variant right behind its keyword, with the same figures; or, if
// that has none, at the end with figures of its own.
func vary(all []entry, variant string) []entry {
	at := slices.IndexFunc(all, func(e entry) bool {
		return e.keyword == strings.ToLower(strings.Join(strings.Fields(variant), " "))
	})
	e := all[at]
	e.keyword = variant
	if e.figures {
		return slices.Insert(all, at+1, e)
	}
	e.figures = true
	return append(all, e)
}

func (e entry) rank() int {
	if !e.figures {
		return -1
	}
	return e.volume
}

// volumes are the steps in which tools round.
var volumes = []int{10, 20, 30, 40, 50, 70, 90, 110, 140, 170, 210, 260, 320, 390, 480, 590, 720, 880, 1000, 1300, 1600,
	1900, 2400, 2900, 3600, 4400, 5400, 6600, 8100, 9900, 12100, 14800, 18100, 22200, 27100, 33100, 40500}

// figure invents what a tool says about a keyword: the longer it is, the rarer,
// and always the same for the same words.
func figure(parent, keyword string) entry {
	h := fnv.New64a()
	h.Write([]byte(keyword))
	seed := h.Sum64()
	draw := func(n int) int { // splitmix64
		seed += 0x9e3779b97f4a7c15
		z := (seed ^ seed>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		return int((z ^ z>>31) % uint64(n))
	}
	words := len(strings.Fields(keyword))
	step := min(len(volumes)-1, max(0, 38-6*words+draw(9)))
	e := entry{
		keyword: keyword, parent: parent, intents: intents(keyword),
		volume: volumes[step], difficulty: min(90, 4+step+draw(20)), cents: 20 + draw(160), density: draw(101),
		results: 100_000 + draw(90_000_000),
	}
	for _, f := range []string{"Sitelinks", "Reviews", "Image pack", "Video", "People also ask", "Related searches", "Shopping ads"} {
		if draw(2) == 1 {
			e.features = append(e.features, f)
		}
	}
	best := 0
	for month := range 12 {
		season := 70 + 20*math.Cos(float64(month)/12*2*math.Pi)
		e.trend = append(e.trend, int(season)+draw(11))
		best = max(best, e.trend[month])
	}
	for month := range e.trend {
		e.trend[month] = e.trend[month] * 100 / best
	}
	return e
}

// intents guesses as tools do, by the words.
func intents(keyword string) []string {
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(" "+keyword+" ", " "+w+" ") })
	}
	switch {
	case has("best", "vs"):
		return []string{"Informational", "Commercial"}
	case has("how", "is", "can", "do", "when", "recipe", "ratio", "temperature", "without"):
		return []string{"Informational"}
	case has("kit", "set", "tablets", "under", "budget", "replacement", "container", "small"):
		return []string{"Commercial", "Transactional"}
	case has("maker", "grinder", "frother", "press", "pot", "tamper", "scale", "canister", "roaster", "pitcher"):
		return []string{"Commercial"}
	}
	return []string{"Informational"}
}

// semrush lays the entries out as Keyword Magic does.
func semrush() []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.Write(strings.Split("Keyword,Intent,Volume,Trend,Keyword Difficulty,CPC (USD),Competitive Density,SERP Features,Number of Results", ","))
	for _, e := range entries() {
		cells := make([]string, 9)
		cells[0] = e.keyword
		if e.figures {
			var trend []string
			for _, v := range e.trend {
				trend = append(trend, fmt.Sprintf("%.2f", float64(v)/100))
			}
			copy(cells[1:], []string{
				strings.Join(e.intents, ", "), strconv.Itoa(e.volume), strings.Join(trend, ","), strconv.Itoa(e.difficulty),
				fmt.Sprintf("%.2f", float64(e.cents)/100), fmt.Sprintf("%.2f", float64(e.density)/100),
				strings.Join(e.features, ", "), strconv.Itoa(e.results),
			})
		}
		w.Write(cells)
	}
	w.Flush()
	out.WriteString("You can export only first 250 rows with your current plan\n" +
		"To export more rows upgrade your subscription\n" +
		"Learn more about limits in the help center\n")
	return out.Bytes()
}

// ahrefs lays the entries out as Keywords Explorer does.
func ahrefs() []byte {
	var out strings.Builder
	line := func(cells ...string) {
		for i, c := range cells {
			if i > 0 {
				out.WriteByte('\t')
			}
			out.WriteString(`"` + strings.ReplaceAll(c, `"`, `""`) + `"`)
		}
		out.WriteByte('\n')
	}
	line("#", "Keyword", "Country", "Difficulty", "Volume", "CPC", "CPS", "Parent Keyword", "Last Update", "SERP Features",
		"Global volume", "Traffic potential", "Global traffic potential", "First seen", "Intents", "Languages")
	for i, e := range entries() {
		cells := make([]string, 16)
		copy(cells, []string{strconv.Itoa(i + 1), e.keyword, "us"})
		if e.figures {
			words := append(slices.Clone(e.intents), "Non-branded", "Non-local")
			copy(cells[3:], []string{
				strconv.Itoa(e.difficulty), strconv.Itoa(e.volume), fmt.Sprintf("%.2f", float64(e.cents)/100), "", e.parent,
				"2026-02-03 04:05:06", strings.Join(e.features, ","), strconv.Itoa(e.volume * 3), strconv.Itoa(e.volume / 2),
				strconv.Itoa(e.volume), "2019-06-07 08:09:10", strings.Join(words, ","), "en",
			})
		}
		line(cells...)
	}
	encoded, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(out.String()))
	if err != nil {
		panic(err) // only for bytes that are not UTF-8
	}
	return encoded
}
