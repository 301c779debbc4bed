package cluster

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"
)

// A neighbour is another text and its similarity.
type neighbour struct {
	to    int32
	score float32
}

// closer orders neighbours by falling similarity, then by number.
func closer(a, b neighbour) int {
	if c := cmp.Compare(b.score, a.score); c != 0 {
		return c
	}
	return cmp.Compare(a.to, b.to)
}

// A shortlist keeps the best half of its capacity of all neighbours offered to
// it; between two cuts it may hold more. What it keeps does not depend on the
// order of the offers.
type shortlist struct {
	list  []neighbour
	floor float32 // less than this cannot get in
}

func (s *shortlist) offer(to int32, score float32) {
	s.list = append(s.list, neighbour{to, score})
	if len(s.list) == cap(s.list) {
		s.cut(cap(s.list) / 2)
	}
}

// cut leaves the best n, sorted.
func (s *shortlist) cut(n int) {
	slices.SortFunc(s.list, closer)
	if len(s.list) >= n {
		s.list = s.list[:n]
		s.floor = s.list[n-1].score
	}
}

// leastScore is the similarity that makes anything a neighbour.
const leastScore = 1e-6

// searchBlock is the side of the square blocks in which all pairs are visited:
// a packed block of 488 dimensions takes 250 kB, which stays in a core's cache.
const searchBlock = 128

// search finds the keep best neighbours with a positive product of every row
// of an n×dim matrix, exactly, by visiting each pair of rows once. Memory is
// 16·keep bytes a row besides the matrix.
type search struct {
	rows   []float32
	n, dim int
	lists  []shortlist
	locks  []sync.Mutex // one a block of lists
	blocks int
	done   atomic.Int64
}

func newSearch(rows []float32, n, dim, keep int) *search {
	s := &search{rows: rows, n: n, dim: dim, blocks: (n + searchBlock - 1) / searchBlock}
	s.locks = make([]sync.Mutex, s.blocks)
	s.lists = make([]shortlist, n)
	room := 2 * keep
	all := make([]neighbour, n*room)
	for i := range s.lists {
		s.lists[i] = shortlist{list: all[i*room : i*room : (i+1)*room], floor: leastScore}
	}
	return s
}

// run visits all pairs of blocks and calls progress with the number visited.
func (s *search) run(ctx context.Context, progress func(done, of int)) error {
	pairs := s.blocks * (s.blocks + 1) / 2
	var next atomic.Int64
	return parallel(ctx, workers(), func(int) {
		packed := newPanels(s.dim, searchBlock)
		products := make([]float32, searchBlock*searchBlock)
		padded := make([]float32, searchBlock*s.dim)
		for ctx.Err() == nil {
			column := s.blocks - int(next.Add(1)) // the longest columns first
			if column < 0 {
				return
			}
			s.pack(packed, column)
			for row := 0; row <= column && ctx.Err() == nil; row++ {
				s.visit(row, column, packed, padded, products)
				progress(int(s.done.Add(1)), pairs)
			}
		}
	})
}

func (s *search) bounds(block int) (low, high int) {
	return block * searchBlock, min((block+1)*searchBlock, s.n)
}

func (s *search) pack(to *panels, block int) {
	low, high := s.bounds(block)
	clear(to.data)
	for i := low; i < high; i++ {
		to.setColumn(i-low, s.rows[i*s.dim:(i+1)*s.dim])
	}
}

// visit multiplies two blocks, the first not after the second, and offers each
// pair to both of its rows.
func (s *search) visit(row, column int, packed *panels, padded, products []float32) {
	low, high := s.bounds(row)
	from, to := s.bounds(column)
	a := s.rows[low*s.dim : high*s.dim]
	if (high-low)%tileRows != 0 {
		copy(padded, a)
		a = padded
	}
	clear(products)
	packed.multiply(high-low, a, products)

	s.locks[row].Lock()
	for i := low; i < high; i++ {
		list := &s.lists[i]
		first := max(from, i+1)
		for j, score := range products[(i-low)*searchBlock+first-from : (i-low)*searchBlock+to-from] {
			if score >= list.floor {
				list.offer(int32(first+j), score)
			}
		}
	}
	s.locks[row].Unlock()

	var floors [searchBlock]float32
	s.locks[column].Lock()
	defer s.locks[column].Unlock()
	for j := from; j < to; j++ {
		floors[j-from] = s.lists[j].floor
	}
	for i := low; i < high; i++ {
		first := max(from, i+1) - from
		for j, score := range products[(i-low)*searchBlock+first : (i-low)*searchBlock+to-from] {
			if score >= floors[first+j] {
				list := &s.lists[from+first+j]
				list.offer(int32(i), score)
				floors[first+j] = list.floor
			}
		}
	}
}
