package cluster

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// A run is one clustering under way.
type run struct {
	*list
	meter *meter
	space *space
	near  [][]neighbour
	plain bool      // compare words and characters only
	held  [][]int32 // the texts of each bag
	extra [][]edge  // what the results of searches say; nil if they are not known
	shift float32   // of the least similarity, with given embeddings
}

// newRun begins a clustering; settled tells which texts have a topic already.
func newRun(ctx context.Context, keywords []Keyword, o Options, settled func(text string) bool) (*run, error) {
	l, err := newList(ctx, keywords, settled)
	if err != nil {
		return nil, err
	}
	extra, err := l.shared(ctx)
	return &run{list: l, meter: newMeter(o.Progress, len(keywords)), plain: o.Lexical, held: groups(l.bag, l.bags), extra: extra}, err
}

// Shares of the stages in the work of a run, for its progress.
const (
	featureShare = .50
	searchShare  = .45
)

// prepare computes the features and finds the keep nearest neighbours.
func (r *run) prepare(ctx context.Context, keep int) (err error) {
	if r.space, err = newSpace(ctx, r.list, r.plain, r.meter, featureShare); err != nil {
		return err
	}
	if err = r.space.frame(ctx, topicKappa); err != nil {
		return err
	}
	r.shift = r.space.shift()
	r.meter.stage(searchShare)
	r.near, err = r.space.neighbours(ctx, r.seekers, keep, r.meter.at)
	r.space.release()
	return err
}

// partition cuts the graph and returns the part of each bag.
func (r *run) partition(ctx context.Context, where cut, about int) ([]int32, int, error) {
	if about > 0 {
		return r.about(ctx, about)
	}
	return leiden(ctx, r.graph(where), where.gamma)
}

// graph joins bags by the similarity of their texts.
func (r *run) graph(where cut) *graph {
	return newGraph(len(r.texts), r.near, r.at(where)).with(r.extra).merged(r.bag, r.bags)
}

// at is the cut where the features of this run have it.
func (r *run) at(where cut) cut {
	where.least += r.shift
	return where
}

// about looks for the gamma that gives the wanted number of topics by halving
// the range of its logarithm; the best of all tries is taken. The graph is the
// one of the broad preset, because few topics need the weak edges too.
func (r *run) about(ctx context.Context, want int) (best []int32, parts int, err error) {
	g := r.graph(cuts[Broad])
	low, high := math.Log(1e-6), math.Log(.5)
	miss := math.MaxInt
	const tries = 16
	for range tries {
		middle := (low + high) / 2
		part, n, err := leiden(ctx, g.clone(), math.Exp(middle))
		if err != nil {
			return nil, 0, err
		}
		got := r.topics(part, n)
		if d := max(got-want, want-got); d < miss {
			best, parts, miss = part, n, d
		}
		if miss == 0 {
			break
		}
		if got < want {
			low = middle
		} else {
			high = middle
		}
	}
	return best, parts, nil
}

// topics counts the parts that hold at least two texts.
func (r *run) topics(part []int32, parts int) int {
	size := make([]int, parts)
	for b, p := range part {
		size[p] += len(r.held[b])
	}
	n := 0
	for _, s := range size {
		if s > 1 {
			n++
		}
	}
	return n
}

// textsOf lists the texts of bags, ascending.
func (r *run) textsOf(bags []int32) []int32 {
	var texts []int32
	for _, b := range bags {
		texts = append(texts, r.held[b]...)
	}
	slices.Sort(texts)
	return texts
}

// A draft is a topic while it is made.
type draft struct {
	bags  []int32
	texts []int32 // the most typical first
	fit   map[int32]float64
	pages [][]int32 // of texts
	name  string
}

// result makes topics of the parts, each a list of bags, with at least two
// texts. It leaves the space framed for pages.
func (r *run) result(ctx context.Context, parts [][]int32) (Result, error) {
	r.meter.stage(1 - featureShare - searchShare)
	var drafts []*draft
	var alone []int32
	for _, bags := range parts {
		if texts := r.textsOf(bags); len(texts) > 1 {
			drafts = append(drafts, &draft{bags: bags, texts: texts})
		} else {
			alone = append(alone, texts...)
		}
	}
	slices.SortStableFunc(drafts, func(a, b *draft) int { return len(b.texts) - len(a.texts) })
	if err := r.space.frame(ctx, topicKappa); err != nil {
		return Result{}, err
	}
	if err := parallel(ctx, len(drafts), func(i int) { r.rank(drafts[i]) }); err != nil {
		return Result{}, err
	}
	left, err := r.left(ctx, drafts, alone)
	if err != nil {
		return Result{}, err
	}
	if err := r.space.frame(ctx, pageKappa); err != nil {
		return Result{}, err
	}
	if err := r.paginate(ctx, drafts); err != nil {
		return Result{}, err
	}
	words, err := newVocabulary(ctx, r.texts)
	if err != nil {
		return Result{}, err
	}
	n := namer{r, words, newSpeller(r.list)}
	if err := n.entitle(ctx, drafts); err != nil {
		return Result{}, err
	}
	topics := make([]Topic, len(drafts))
	err = parallel(ctx, len(drafts), func(i int) { topics[i] = n.topic(drafts[i]) })
	return Result{Topics: topics, Unclustered: left}, err
}

// rank orders the texts of a topic by how typical they are.
func (r *run) rank(d *draft) {
	sum := r.space.centroid(d.texts)
	defer sum.free()
	d.fit = make(map[int32]float64, len(d.texts))
	for _, t := range d.texts {
		d.fit[t] = r.space.fit(t, sum, true)
	}
	slices.SortStableFunc(d.texts, func(a, b int32) int {
		return cmp.Compare(prominence(d.fit[b], r.volume[b]), prominence(d.fit[a], r.volume[a]))
	})
}

// topic turns a draft into what the caller gets.
func (n *namer) topic(d *draft) Topic {
	texts := make([]string, len(d.texts))
	g := Topic{Name: d.name, Pages: make([][]int, 0, len(d.pages))}
	for i, t := range d.texts {
		texts[i] = n.texts[t]
		for _, line := range n.lines[t] {
			g.Members = append(g.Members, line)
			g.Fit = append(g.Fit, d.fit[t])
		}
	}
	for _, page := range d.pages {
		var lines []int
		for _, t := range page {
			lines = append(lines, n.lines[t]...)
		}
		g.Pages = append(g.Pages, lines)
	}
	g.Description = n.words.describe(texts, n.spell)
	return g
}
