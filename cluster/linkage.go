package cluster

import "context"

// linkage joins m things by average linkage for as long as two groups have a
// mean similarity of at least the given one, and returns the group of each,
// numbered in the order of their first things. A thing counts weight times in
// the means. It follows chains of nearest neighbours (Benzécri 1982), which
// takes m² steps and numbers.
func linkage(ctx context.Context, weight []float64, least float32, similarity func(i, j int) float32) ([]int32, int, error) {
	m := len(weight)
	l := &linked{m: m, weight: append([]float64(nil), weight...), sim: make([]float32, m*m), live: make([]bool, m)}
	err := parallel(ctx, m, func(i int) {
		for j := range i {
			l.sim[i*m+j] = similarity(i, j)
		}
	})
	if err != nil {
		return nil, 0, err
	}
	group := make([]int32, m)
	for i := range m {
		l.live[i], group[i] = true, int32(i)
		for j := range i {
			l.sim[j*m+i] = l.sim[i*m+j]
		}
	}
	for first := 0; first < m; {
		if !l.live[first] {
			first++
			continue
		}
		if ctx.Err() != nil {
			return nil, 0, ctx.Err()
		}
		into, gone, ok := l.next(first, least)
		if ok {
			l.join(into, gone)
			group[gone] = int32(into)
		}
	}
	for i := range group { // a group leads to one that joined it earlier or later
		for group[i] != group[group[i]] {
			group[i] = group[group[i]]
		}
	}
	return group, renumber(group), nil
}

// linked holds the groups during linkage; a group has the number of one of
// its things.
type linked struct {
	m      int
	weight []float64
	sim    []float32
	live   []bool
	chain  []int
}

// next follows the chain to two groups that are nearest to each other. Groups
// that have no neighbour near enough are finished: joining others brings
// nobody nearer. It returns ok = false when it finished one.
func (l *linked) next(first int, least float32) (into, gone int, ok bool) {
	if len(l.chain) == 0 {
		l.chain = append(l.chain, first)
	}
	for {
		top := l.chain[len(l.chain)-1]
		best, score := -1, least
		if len(l.chain) > 1 { // ties go back, or the chain would never end
			if back := l.chain[len(l.chain)-2]; l.sim[top*l.m+back] >= least {
				best, score = back, l.sim[top*l.m+back]
			}
		}
		for j, s := range l.sim[top*l.m : (top+1)*l.m] {
			if l.live[j] && j != top && (s > score || best < 0 && s == score) {
				best, score = j, s
			}
		}
		switch {
		case best < 0:
			l.live[top] = false
			l.chain = l.chain[:len(l.chain)-1]
			return 0, 0, false
		case len(l.chain) > 1 && best == l.chain[len(l.chain)-2]:
			l.chain = l.chain[:len(l.chain)-2]
			return min(top, best), max(top, best), true
		}
		l.chain = append(l.chain, best)
	}
}

// join puts group gone into group into.
func (l *linked) join(into, gone int) {
	a, b := l.weight[into], l.weight[gone]
	for j := range l.m {
		if l.live[j] && j != into && j != gone {
			mean := float32((a*float64(l.sim[into*l.m+j]) + b*float64(l.sim[gone*l.m+j])) / (a + b))
			l.sim[into*l.m+j], l.sim[j*l.m+into] = mean, mean
		}
	}
	l.weight[into] += b
	l.live[gone] = false
}
