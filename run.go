package igny8

import (
	"slices"
	"strings"
)

// Who names clusters, and who says what keywords mean.
const (
	ByOffline = "offline" // this program, at no cost
	ByModel   = "model"
	ByOpenAI  = "openai"
)

// RunSettings say how much a run is to make. Zero means the default.
type RunSettings struct {
	Articles        int    `json:"articles,omitempty"`          // 1 to 1,000; default 12
	Images          *int   `json:"images,omitempty"`            // per article, 0 to 10; default 2
	Words           int    `json:"words,omitempty"`             // ordered per article, 300 to 5,000; default 1,500
	IdeasPerCluster int    `json:"ideas_per_cluster,omitempty"` // 1 to 10; default 3
	Width           int    `json:"width,omitempty"`             // articles under way at once, 1 to 64; default 8
	Preset          string `json:"preset,omitempty"`            // of clusters: broad, topic (default) or tight
	Names           string `json:"names,omitempty"`             // of new clusters, by whom: offline (default) or model
	Vectors         string `json:"vectors,omitempty"`           // that keywords are compared by: offline (default) or openai
	Instruction     string `json:"instruction,omitempty"`       // for a rewrite: what to change
}

// WithDefaults fills in what was left out.
func (s RunSettings) WithDefaults() RunSettings {
	s.Articles = or(s.Articles, 12)
	s.Words = or(s.Words, 1500)
	s.IdeasPerCluster = or(s.IdeasPerCluster, 3)
	s.Width = or(s.Width, 8)
	if s.Images == nil {
		two := 2
		s.Images = &two
	}
	return s
}

// Validate reports the first setting that is out of range.
func (s RunSettings) Validate() error {
	s = s.WithDefaults()
	for _, b := range []struct {
		field           string
		value, min, max int
	}{
		{"articles", s.Articles, 1, 1000},
		{"images", *s.Images, 0, 10},
		{"words", s.Words, 300, 5000},
		{"ideas_per_cluster", s.IdeasPerCluster, 1, 10},
		{"width", s.Width, 1, 64},
	} {
		if b.value < b.min || b.value > b.max {
			return FieldErrorf(b.field, "%s must be from %d to %d, not %d.", b.field, b.min, b.max, b.value)
		}
	}
	for _, w := range []struct {
		field, value string
		words        []string
	}{
		{"preset", s.Preset, []string{"broad", "topic", "tight"}},
		{"names", s.Names, []string{ByOffline, ByModel}},
		{"vectors", s.Vectors, []string{ByOffline, ByOpenAI}},
	} {
		if w.value != "" && !slices.Contains(w.words, w.value) {
			return FieldErrorf(w.field, "%s must be one of %s, not %q.", w.field, strings.Join(w.words, ", "), w.value)
		}
	}
	return nil
}

// An Estimate is the most that a run can cost, by function. What is not
// delivered is not charged, so a run costs this or less.
type Estimate struct {
	Lines []EstimateLine `json:"lines"`
	Total Credits        `json:"total"`
}

// An EstimateLine is one function's part.
type EstimateLine struct {
	Function Function `json:"function"`
	Units    int      `json:"units"`
	Price    Credits  `json:"price"` // of one unit
	Total    Credits  `json:"total"`
}

// Prices are what one unit of each function costs.
type Prices map[Function]Credits

// DefaultPrices are the prices of the current version.
func DefaultPrices() Prices {
	p := Prices{}
	for _, f := range Functions {
		p[f] = f.DefaultPrice()
	}
	return p
}

// EstimateRun returns the most that a run of the kind can cost. items is how
// many things were selected for it: clusters for KindIdeas, articles for the
// kinds that work on articles; a pipeline's number is in its settings.
// ownKey says that the account's own provider keys do the work.
func EstimateRun(kind RunKind, s RunSettings, items int, images Function, ownKey bool, p Prices) Estimate {
	s = s.WithDefaults()
	var e Estimate
	add := func(f Function, units int) { e.Add(f, units, ownKey, p) }
	articles := items
	switch kind {
	case KindPipeline:
		articles = s.Articles
		add(Ideation, s.Articles+s.IdeasPerCluster-1)
	case KindIdeas:
		add(Ideation, items*s.IdeasPerCluster)
	}
	switch kind {
	case KindPipeline, KindArticle, KindContent:
		add(Writing, articles*WritingUnits(s.Words))
	}
	switch kind {
	case KindPipeline, KindArticle, KindPrompts, KindImages:
		if *s.Images > 0 {
			add(Prompting, articles)
		}
	}
	switch kind {
	case KindPipeline, KindArticle, KindImages:
		add(images, articles**s.Images)
	}
	return e
}

// Add adds what so many units of a function can cost.
func (e *Estimate) Add(f Function, units int, ownKey bool, p Prices) {
	if units == 0 {
		return
	}
	total := p[f] * Credits(units)
	if ownKey {
		total = OwnKeyPrice(p[f]) * Credits(units)
	}
	e.Lines = append(e.Lines, EstimateLine{Function: f, Units: units, Price: p[f], Total: total})
	e.Total += total
}

func or(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}
