package cluster

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// The Leiden method (Traag, Waltman, van Eck 2019) with the constant Potts
// quality: the weight of the edges inside the parts, less gamma for every pair
// of texts inside. Where it ends depends on the order in which nodes are
// visited, so it starts from a few fixed orders and the best end counts.
// Nothing is random.
const starts = 8

// slightly is the gain that a move must have: it makes every loop end.
const slightly = 1e-9

// From agreeFrom nodes on the starts end differently, and what most of the ends
// agree on is likely true (Lancichinetti, Fortunato 2012): edges inside a part
// of all of them weigh agreeShare more in a second pass, those between parts as
// much less. On the lists of 300 of testdata all starts end alike on two; on the
// third, where they end in four ways, the second pass loses .009 of BCubed F1,
// so shorter lists do without. Where between 300 and 1,000 it begins to gain has
// not been measured.
const (
	agreeFrom  = 1000
	agreeShare = .3
)

// leiden returns the part of each node, numbered in the order of their first
// nodes, and the number of parts. The graph is its to change: of a long list a
// second one is what there would be no room for.
func leiden(ctx context.Context, g *graph, gamma float64) ([]int32, int, error) {
	found, err := leidenEnds(ctx, g, gamma)
	if err == nil && g.nodes() >= agreeFrom {
		g.agree(found)
		found, err = leidenEnds(ctx, g, gamma)
	}
	if err != nil {
		return nil, 0, err
	}
	best, most := 0, math.Inf(-1)
	for i, part := range found {
		if q := g.quality(part, gamma); q > most {
			best, most = i, q
		}
	}
	return found[best], renumber(found[best]), nil
}

// leidenEnds is where each of the starts leads.
func leidenEnds(ctx context.Context, g *graph, gamma float64) ([][]int32, error) {
	found := make([][]int32, starts)
	return found, parallel(ctx, starts, func(i int) {
		found[i] = leidenFrom(ctx, g, gamma, uint64(i))
	})
}

// agree weighs the edges by how many of some partitions have both ends in one
// part.
func (g *graph) agree(found [][]int32) {
	for v := range int32(g.nodes()) {
		for k := range g.of(v) {
			e := &g.of(v)[k]
			inside := 0
			for _, part := range found {
				if part[v] == part[e.to] {
					inside++
				}
			}
			e.weight *= 1 + agreeShare*float32(2*inside-len(found))/float32(len(found))
		}
	}
}

// quality is the constant Potts quality of a partition.
func (g *graph) quality(part []int32, gamma float64) float64 {
	var q float64
	size := make([]float64, len(part))
	for v, p := range part {
		for _, e := range g.of(int32(v)) {
			if part[e.to] == p {
				q += float64(e.weight) / 2
			}
		}
		q -= gamma * g.size[v] * size[p]
		size[p] += g.size[v]
	}
	return q
}

// leidenFrom starts with the order of that number; 0 is that of the nodes. It
// returns something incomplete when ctx ends.
func leidenFrom(ctx context.Context, g *graph, gamma float64, start uint64) []int32 {
	part := identity(g.nodes())
	const rounds = 10 // it rarely takes more than four
	for range rounds {
		changed := improve(ctx, g, part, gamma, start)
		renumber(part)
		g.connected(part)
		if !changed {
			break
		}
	}
	return part
}

// identity is the partition of n nodes into parts of one, and the order of
// their numbers.
func identity(n int) []int32 {
	out := make([]int32, n)
	for v := range out {
		out[v] = int32(v)
	}
	return out
}

// order is one of the orders of n nodes.
func order(n int, start uint64) []int32 {
	out := identity(n)
	if start > 0 {
		shuffle := rand.New(rand.NewPCG(start, 0))
		shuffle.Shuffle(n, func(a, b int) { out[a], out[b] = out[b], out[a] })
	}
	return out
}

// improve moves nodes, then whole well-connected groups of them, for as long
// as that helps; it reports whether anything moved.
func improve(ctx context.Context, g *graph, part []int32, gamma float64, start uint64) (changed bool) {
	level, own := g, slices.Clone(part) // the graph of a level and its partition
	node := identity(g.nodes())         // the node of the level that holds a node of g
	for ctx.Err() == nil {
		m := newMover(level, own, gamma)
		moved := m.settle(ctx, order(level.nodes(), start))
		changed = changed || moved
		refined := m.refine()
		count := renumber(refined)
		if count == level.nodes() {
			break
		}
		next := make([]int32, count)
		for v, r := range refined {
			next[r] = own[v]
		}
		for v := range node {
			node[v] = refined[node[v]]
		}
		renumber(next)
		level, own = level.merged(refined, count), next
	}
	for v := range part {
		part[v] = own[node[v]]
	}
	return changed && ctx.Err() == nil
}

// A mover changes one partition of one graph.
type mover struct {
	*graph
	gamma  float64
	part   []int32
	weight []float64 // of a part: the number of its texts
	empty  []int32   // parts without nodes

	link    []float64 // from the node in hand to a part
	touched []int32   // parts that have a link
}

func newMover(g *graph, part []int32, gamma float64) *mover {
	n := g.nodes()
	m := &mover{graph: g, gamma: gamma, part: part, weight: make([]float64, n), link: make([]float64, n)}
	for v, p := range part {
		m.weight[p] += g.size[v]
	}
	for p := n - 1; p >= 0; p-- {
		if m.weight[p] == 0 {
			m.empty = append(m.empty, int32(p))
		}
	}
	return m
}

// links sums the weights from v to the parts of its neighbours, of which only
// those in the same bounds count (nil: all). forget undoes it.
func (m *mover) links(v int32, part, bounds []int32) {
	for _, e := range m.of(v) {
		if bounds != nil && bounds[e.to] != bounds[v] {
			continue
		}
		p := part[e.to]
		if m.link[p] == 0 {
			m.touched = append(m.touched, p)
		}
		m.link[p] += float64(e.weight)
	}
}

func (m *mover) forget() {
	for _, p := range m.touched {
		m.link[p] = 0
	}
	m.touched = m.touched[:0]
}

// settle moves single nodes, first all of them in the order of the queue,
// until none can gain; it reports whether any moved.
func (m *mover) settle(ctx context.Context, queue []int32) (moved bool) {
	waiting := make([]bool, len(queue))
	for v := range waiting {
		waiting[v] = true
	}
	for step := 0; len(queue) > 0; step++ {
		if step%1024 == 0 && ctx.Err() != nil {
			return false
		}
		v := queue[0]
		queue = queue[1:]
		waiting[v] = false
		if !m.move(v) {
			continue
		}
		moved = true
		for _, e := range m.of(v) {
			if m.part[e.to] != m.part[v] && !waiting[e.to] {
				waiting[e.to] = true
				queue = append(queue, e.to)
			}
		}
	}
	return moved
}

// move puts v where it gains most: the part of a neighbour, or one of its own.
func (m *mover) move(v int32) bool {
	old, size := m.part[v], m.size[v]
	m.links(v, m.part, nil)
	m.weight[old] -= size
	best, gain := old, m.link[old]-m.gamma*size*m.weight[old]
	if gain < -slightly && len(m.empty) > 0 {
		best, gain = m.empty[len(m.empty)-1], 0
	}
	for _, p := range m.touched {
		if g := m.link[p] - m.gamma*size*m.weight[p]; g > gain+slightly {
			best, gain = p, g
		}
	}
	m.forget()
	if best != old {
		if m.weight[best] == 0 {
			m.empty = m.empty[:len(m.empty)-1]
		}
		if m.weight[old] == 0 {
			m.empty = append(m.empty, old)
		}
	}
	m.weight[best] += size
	m.part[v] = best
	return best != old
}

// refine splits each part again: from single nodes, a node joins the group of
// its part where it gains most, as long as nobody joined it. Groups, not
// parts, become the nodes of the next level, so a part can still fall apart.
func (m *mover) refine() []int32 {
	n := m.nodes()
	group := make([]int32, n)
	weight := make([]float64, n)
	single := make([]bool, n)
	for v := range group {
		group[v], weight[v], single[v] = int32(v), m.size[v], true
	}
	for v := range int32(n) {
		if !single[v] {
			continue
		}
		m.links(v, group, m.part)
		best, gain := v, slightly
		for _, p := range m.touched {
			if g := m.link[p] - m.gamma*m.size[v]*weight[p]; p != v && g > gain {
				best, gain = p, g
			}
		}
		m.forget()
		if best != v {
			weight[best] += m.size[v]
			weight[v] = 0
			group[v] = best
			single[v], single[best] = false, false
		}
	}
	return group
}
