package cluster

import (
	"cmp"
	"context"
	"slices"
)

// What searches find says what they are about: tools that sell groups of
// keywords join those that share at least three of their first ten results,
// which they call strict.
const (
	firstResults  = 10
	sharedResults = 3
	// An address that more searches than this find says little about any of
	// them; leaving it out bounds the work.
	everywhere = 200
)

// shared joins the texts whose searches find the same. The weight of an edge is
// the share of the results that are the same; nil if no results are known.
func (l *list) shared(ctx context.Context) ([][]edge, error) {
	found := map[string][]int32{} // by which texts an address is found
	for t, results := range l.results {
		for _, address := range top(results) {
			found[address] = append(found[address], int32(t))
		}
	}
	if len(found) == 0 {
		return nil, nil
	}
	edges := make([][]edge, len(l.texts))
	return edges, chunks(ctx, len(edges), func(low, high int) {
		count := map[int32]int{}
		for t := low; t < high; t++ {
			clear(count)
			for _, address := range top(l.results[t]) {
				if others := found[address]; len(others) <= everywhere {
					for _, o := range others {
						count[o]++
					}
				}
			}
			for o, n := range count {
				if n >= sharedResults && int(o) != t {
					edges[t] = append(edges[t], edge{o, float32(n) / firstResults})
				}
			}
			slices.SortFunc(edges[t], byNode)
		}
	})
}

// top is the first results, each once.
func top(results []string) []string {
	var first []string
	for _, address := range results[:min(len(results), firstResults)] {
		if !slices.Contains(first, address) {
			first = append(first, address)
		}
	}
	return first
}

func byNode(a, b edge) int { return cmp.Compare(a.to, b.to) }

// sharing lists the texts whose searches find what that of one does.
func (r *run) sharing(text int32) []edge {
	if r.extra == nil {
		return nil
	}
	return r.extra[text]
}

// overlap is the weight of the edge between two texts that shared made, 0 if
// there is none.
func (r *run) overlap(a, b int32) float32 {
	shared := r.sharing(a)
	if at, ok := slices.BinarySearchFunc(shared, edge{to: b}, byNode); ok {
		return shared[at].weight
	}
	return 0
}

// with returns the graph with more edges, which are held at both of their ends
// in ascending order of the other. Where there is an edge already its weight
// grows, to 1 at most.
func (g *graph) with(extra [][]edge) *graph {
	if extra == nil {
		return g
	}
	out := &graph{start: make([]int32, 1, g.nodes()+1), size: g.size}
	for v := range int32(g.nodes()) {
		own, more := g.of(v), extra[v]
		for len(own) > 0 || len(more) > 0 {
			switch {
			case len(more) == 0 || len(own) > 0 && own[0].to < more[0].to:
				out.edges, own = append(out.edges, own[0]), own[1:]
			case len(own) == 0 || more[0].to < own[0].to:
				out.edges, more = append(out.edges, more[0]), more[1:]
			default:
				out.edges = append(out.edges, edge{own[0].to, min(own[0].weight+more[0].weight, 1)})
				own, more = own[1:], more[1:]
			}
		}
		out.start = append(out.start, int32(len(out.edges)))
	}
	return out
}
