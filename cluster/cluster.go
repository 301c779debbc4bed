package cluster

import (
	"context"
	"fmt"
	"math"
)

// A Keyword is one line of the input.
type Keyword struct {
	Text   string
	Volume *int // searches a month; nil if unknown
	// Vector is what Encode made of the text, to save that time; nil lets Run
	// compute it. The result is the same.
	Vector *Vector
	// Embedding is what another model makes of the text. If every keyword of a
	// list has one, of equal length, they are compared by that instead of our
	// own models; if only some have, the list is refused.
	Embedding []float32
	// Results are the addresses that a search for the keyword finds, the best
	// first; nil if unknown. Keywords with the same results belong together.
	Results []string
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
	// Lexical compares words and characters only: a hundred times faster, for
	// languages other than English as good, for English worse.
	Lexical bool
	// Progress is told how much is done: done rises, total stays. Calls don't
	// overlap, but come from several goroutines.
	Progress func(done, total int)
}

// A Topic is at least two different keywords that are about one thing.
type Topic struct {
	// Name is in title case, and no other topic's of the list: the most typical
	// keyword whose words the others share, or a phrase of theirs.
	Name        string
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

// cut returns where the graph of n texts is cut.
func (o Options) cut(n int) (cut, error) {
	if o.Preset == "" {
		o.Preset = Topical
	}
	where, ok := cuts[o.Preset]
	if !ok {
		return cut{}, fmt.Errorf("there is no preset %q: use %s, %s or %s", o.Preset, Broad, Topical, Tight)
	}
	return where.crowded(n), nil
}

// A cut says where the graph of similarities is cut. The study's .20 and .03
// for topics became .22 and .028 with blended features; around them all sets
// score within a point of their best.
type cut struct {
	least float32 // similarity below which two texts are not joined (s0)
	gamma float64 // density that a topic must exceed
}

var cuts = map[Preset]cut{
	Broad:   {.10, .02},
	Topical: {.22, .028},
	Tight:   {.30, .05},
}

// crowded returns the cut for n texts. Among more texts, more are near by
// chance: from 300 to 1,000 texts the least similarity rises by .03, which
// gains up to five points of BCubed F1 on lists of many small topics and loses
// at most one on others.
func (c cut) crowded(n int) cut {
	const few, many, rise = 300, 1000, .03
	share := math.Log(float64(max(n, 1))/few) / math.Log(many/float64(few))
	c.least += float32(rise * min(max(share, 0), 1))
	return c
}

// weight is that of the edge between two texts: by how much of what is possible
// their similarity exceeds the least.
func (c cut) weight(similarity float32) float32 {
	return min((similarity-c.least)/(1-c.least), 1)
}

// pageSimilarity is the mean similarity down to which average linkage joins
// keywords to one page: the study's optimum against shared search results.
const pageSimilarity = .50

// Run clusters keywords. Equal keywords, in whatever case, width or spacing,
// stay together. It fails only when ctx ends, the preset is unknown, or some but
// not all have embeddings of one length.
func Run(ctx context.Context, keywords []Keyword, o Options) (Result, error) {
	r, err := newRun(ctx, keywords, o, func(string) bool { return false })
	if err != nil {
		return Result{}, err
	}
	where, err := o.cut(len(r.texts))
	if err != nil {
		return Result{}, err
	}
	if err := r.prepare(ctx, nearest); err != nil {
		return Result{}, err
	}
	part, parts, err := r.partition(ctx, where, o.About)
	if err != nil {
		return Result{}, err
	}
	result, err := r.result(ctx, groups(part, parts))
	if err == nil {
		r.meter.stage(1)
		r.meter.at(1, 1)
	}
	return result, err
}

// Parts numbers the topic of each of n keywords; those left out have numbers
// of their own, from len(r.Topics).
func (r Result) Parts(n int) []int {
	part := make([]int, n)
	for i, t := range r.Topics {
		for _, m := range t.Members {
			part[m] = i
		}
	}
	for i, l := range r.Unclustered {
		part[l.Index] = len(r.Topics) + i
	}
	return part
}

// PageParts is Parts for pages.
func (r Result) PageParts(n int) []int {
	part := make([]int, n)
	next := 0
	for _, t := range r.Topics {
		for _, page := range t.Pages {
			for _, m := range page {
				part[m] = next
			}
			next++
		}
	}
	for _, l := range r.Unclustered {
		part[l.Index] = next
		next++
	}
	return part
}
