package cluster

import (
	"cmp"
	"slices"
)

// An edge leads to another node; its weight lies in 0..1, or is the sum of
// such weights once nodes are merged.
type edge struct {
	to     int32
	weight float32
}

// A graph is undirected, without loops; each edge is held at both of its ends,
// in ascending order of the other end.
type graph struct {
	start []int32 // the edges of node v are edges[start[v]:start[v+1]]
	edges []edge
	size  []float64 // the number of texts a node stands for
}

func (g *graph) clone() *graph {
	return &graph{start: g.start, size: g.size, edges: slices.Clone(g.edges)}
}

func (g *graph) nodes() int        { return len(g.size) }
func (g *graph) of(v int32) []edge { return g.edges[g.start[v]:g.start[v+1]] }

// newGraph joins each of n texts to its neighbours, if they are similar enough.
func newGraph(n int, near [][]neighbour, where cut) *graph {
	g := &graph{start: make([]int32, n+1), size: make([]float64, n)}
	at := make([]int32, n+1) // degrees, then where the next edge of a node goes
	for i, list := range near {
		for _, x := range list {
			if x.score > where.least {
				at[i]++
				at[x.to]++
			}
		}
	}
	for v := range n {
		g.size[v] = 1
		g.start[v+1] = g.start[v] + at[v]
	}
	copy(at, g.start)
	g.edges = make([]edge, g.start[n])
	for i, list := range near {
		for _, x := range list {
			if x.score > where.least {
				w := where.weight(x.score)
				g.edges[at[i]] = edge{x.to, w}
				g.edges[at[x.to]] = edge{int32(i), w}
				at[i]++
				at[x.to]++
			}
		}
	}
	g.unique()
	return g
}

// unique sorts the edges of each node and keeps one of those that two texts
// contributed from either side.
func (g *graph) unique() {
	kept := g.edges[:0]
	for v := range g.nodes() {
		own := g.edges[g.start[v]:g.start[v+1]]
		slices.SortFunc(own, func(a, b edge) int { return cmp.Compare(a.to, b.to) })
		g.start[v] = int32(len(kept))
		for i, e := range own {
			if i == 0 || own[i-1].to != e.to {
				kept = append(kept, e)
			}
		}
	}
	g.start[g.nodes()] = int32(len(kept))
	g.edges = kept
}

// merged returns the graph whose nodes are the given parts, numbered 0..parts-1.
func (g *graph) merged(part []int32, parts int) *graph {
	out := &graph{start: make([]int32, 1, parts+1), size: make([]float64, parts)}
	weight := make([]float32, parts)
	var touched []int32
	for p, members := range groups(part, parts) {
		touched = touched[:0]
		for _, v := range members {
			out.size[p] += g.size[v]
			for _, e := range g.of(v) {
				q := part[e.to]
				if int(q) == p {
					continue
				}
				if weight[q] == 0 {
					touched = append(touched, q)
				}
				weight[q] += e.weight
			}
		}
		slices.Sort(touched)
		for _, q := range touched {
			out.edges = append(out.edges, edge{q, weight[q]})
			weight[q] = 0
		}
		out.start = append(out.start, int32(len(out.edges)))
	}
	return out
}

// groups lists the members of each part, ascending.
func groups(part []int32, parts int) [][]int32 {
	count := make([]int32, parts)
	for _, p := range part {
		count[p]++
	}
	all := make([]int32, len(part))
	out := make([][]int32, parts)
	at := 0
	for p, c := range count {
		out[p] = all[at : at : at+int(c)]
		at += int(c)
	}
	for v, p := range part {
		out[p] = append(out[p], int32(v))
	}
	return out
}

// renumber numbers the parts 0.. in the order of their first member and
// returns how many there are.
func renumber(part []int32) int {
	number := map[int32]int32{}
	for i, p := range part {
		to, ok := number[p]
		if !ok {
			to = int32(len(number))
			number[p] = to
		}
		part[i] = to
	}
	return len(number)
}

// connected splits the parts that do not hang together in the graph and
// returns how many there are then.
func (g *graph) connected(part []int32) int {
	out := make([]int32, len(part))
	for i := range out {
		out[i] = -1
	}
	parts := 0
	var stack []int32
	for v := range part {
		if out[v] >= 0 {
			continue
		}
		out[v] = int32(parts)
		stack = append(stack[:0], int32(v))
		for len(stack) > 0 {
			u := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for _, e := range g.of(u) {
				if out[e.to] < 0 && part[e.to] == part[u] {
					out[e.to] = int32(parts)
					stack = append(stack, e.to)
				}
			}
		}
		parts++
	}
	copy(part, out)
	return parts
}

// induced returns the graph of some nodes, ascending, which it numbers 0...
func (g *graph) induced(nodes []int32) *graph {
	number := make(map[int32]int32, len(nodes))
	for i, v := range nodes {
		number[v] = int32(i)
	}
	out := &graph{start: make([]int32, 1, len(nodes)+1)}
	for _, v := range nodes {
		out.size = append(out.size, g.size[v])
		for _, e := range g.of(v) {
			if to, ok := number[e.to]; ok {
				out.edges = append(out.edges, edge{to, e.weight})
			}
		}
		out.start = append(out.start, int32(len(out.edges)))
	}
	return out
}
