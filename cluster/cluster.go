package cluster

import (
	"context"
	"fmt"
)

// A Keyword is one line of the input.
type Keyword struct {
	Text   string
	Volume *int // searches a month; nil if unknown
	// Vector is what Encode made of the text, to save that time; nil lets Run
	// compute it. The result is the same.
	Vector *Vector
}

// A Preset says how much a topic embraces.
type Preset string

const (
	Broad   Preset = "broad" // few, wide topics
	Topical Preset = "topic" // the default: what a pillar page covers
	Tight   Preset = "tight" // many, narrow topics
)

// Options direct a Run. The zero value is the default.
type Options struct {
	Preset Preset // "" is Topical
	// About asks for about that many topics instead of what the preset finds;
	// 0 leaves it to the preset.
	About int
	// Progress is told how much is done: done rises, total stays. Calls don't
	// overlap, but come from several goroutines.
	Progress func(done, total int)
}

// A Topic is at least two different keywords that are about one thing.
type Topic struct {
	Name        string // its most typical keyword in title case
	Description string // one sentence
	Members     []int  // indexes into the input, the most typical first
	// Pages are the Members again, by the article that can serve them, in the
	// order of their best members.
	Pages [][]int
	// Fit holds for each of Members its mean similarity to the others, -1..1;
	// below about 0.1 it hardly belongs.
	Fit []float64
}

// Left is a keyword that belongs to no topic.
type Left struct {
	Index      int     // into the input
	Nearest    int     // the topic it would fit best, as an index into Topics; -1 if none
	Similarity float64 // its mean similarity to that topic
}

// A Result has every index of the input exactly once, in Topics or Unclustered.
type Result struct {
	Topics      []Topic // the largest first
	Unclustered []Left
}

// A cut says where the graph of similarities is cut. The values are from a
// grid over web queries and intents, on a plateau where all sets score within
// two points of their best.
type cut struct {
	least float32 // similarity below which two texts are not joined (s0)
	gamma float64 // density that a topic must exceed
}

var cuts = map[Preset]cut{
	Broad:   {.10, .02},
	Topical: {.20, .03},
	Tight:   {.30, .05},
}

// pageSimilarity is the mean similarity down to which average linkage joins
// keywords to one page: the study's optimum against shared search results.
const pageSimilarity = .50

// Run clusters keywords. Equal keywords, in whatever case, width or spacing,
// stay together. It fails only when ctx ends or the preset is unknown.
func Run(ctx context.Context, keywords []Keyword, o Options) (Result, error) {
	if o.Preset == "" {
		o.Preset = Topical
	}
	where, ok := cuts[o.Preset]
	if !ok {
		return Result{}, fmt.Errorf("there is no preset %q: use %s, %s or %s", o.Preset, Broad, Topical, Tight)
	}
	r := &run{list: newList(keywords), meter: newMeter(o.Progress, len(keywords))}
	if err := r.prepare(ctx); err != nil {
		return Result{}, err
	}
	part, parts, err := r.partition(ctx, where, o.About)
	if err != nil {
		return Result{}, err
	}
	result, err := r.result(ctx, part, parts)
	if err == nil {
		r.meter.stage(1)
		r.meter.at(1, 1)
	}
	return result, err
}
