package cluster

import (
	"cmp"
	"slices"
)

// Match tells which part of one partition goes on as which of another, so that
// topics keep their names when a list is clustered anew. before and after hold
// the part of each thing, from 0, or -1 for none; the result has for each part
// of after the part of before that it goes on from, or -1. Pairs that share
// most come first, each part once; it does not depend on the order of things.
func Match(before, after []int) []int {
	type pair struct{ old, new int }
	shared := map[pair]int{}
	parts := 0
	for i, a := range after {
		parts = max(parts, a+1)
		if a >= 0 && before[i] >= 0 {
			shared[pair{before[i], a}]++
		}
	}
	pairs := make([]pair, 0, len(shared))
	for p := range shared {
		pairs = append(pairs, p)
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(shared[b], shared[a]), cmp.Compare(a.old, b.old), cmp.Compare(a.new, b.new))
	})
	match := make([]int, parts)
	for i := range match {
		match[i] = -1
	}
	taken := map[int]bool{}
	for _, p := range pairs {
		if match[p.new] < 0 && !taken[p.old] {
			match[p.new], taken[p.old] = p.old, true
		}
	}
	return match
}
