package cluster

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/igny8/igny8/cluster/internal/matrix"
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

// search finds the keep best neighbours with a positive product of each of the
// first rows of an n×dim matrix, exactly, by visiting each pair of rows once.
// Memory is 16·keep bytes for each of the first rows besides the matrix.
type search struct {
	rows   []float32
	n, dim int
	first  int
	lists  []shortlist
	locks  []sync.Mutex // one a block of lists
	blocks int
	done   counter
}

func newSearch(rows []float32, n, dim, first, keep int) *search {
	s := &search{rows: rows, n: n, dim: dim, first: first, blocks: (n + searchBlock - 1) / searchBlock}
	s.locks = make([]sync.Mutex, s.blocks)
	s.lists = make([]shortlist, first)
	room := 2 * keep
	all := make([]neighbour, first*room)
	for i := range s.lists {
		s.lists[i] = shortlist{list: all[i*room : i*room : (i+1)*room], floor: leastScore}
	}
	return s
}

// run visits all pairs of blocks and calls progress with the number visited.
func (s *search) run(ctx context.Context, progress func(done, of int)) error {
	rows := (s.first + searchBlock - 1) / searchBlock // blocks that search
	pairs := rows*(rows+1)/2 + rows*(s.blocks-rows)
	var next atomic.Int64
	return parallel(ctx, workers(), func(int) {
		packed := matrix.New(s.dim, searchBlock)
		products := make([]float32, searchBlock*searchBlock)
		padded := make([]float32, searchBlock*s.dim)
		for ctx.Err() == nil {
			column := s.blocks - int(next.Add(1)) // the longest columns first
			if column < 0 {
				return
			}
			s.pack(packed, column)
			for row := 0; row < min(column+1, rows) && ctx.Err() == nil; row++ {
				s.visit(row, column, packed, padded, products)
				progress(s.done.add(), pairs)
			}
		}
	})
}

func (s *search) bounds(block int) (low, high int) {
	return block * searchBlock, min((block+1)*searchBlock, s.n)
}

func (s *search) pack(to *matrix.Panels, block int) {
	low, high := s.bounds(block)
	clear(to.Data)
	for i := low; i < high; i++ {
		to.SetColumn(i-low, s.rows[i*s.dim:(i+1)*s.dim])
	}
}

// visit multiplies two blocks, the first not after the second, and offers each
// pair to both of its rows.
func (s *search) visit(row, column int, packed *matrix.Panels, padded, products []float32) {
	low, high := s.bounds(row)
	from, to := s.bounds(column)
	a := s.rows[low*s.dim : high*s.dim]
	if matrix.Rows(high-low) != high-low {
		copy(padded, a)
		a = padded
	}
	clear(products)
	packed.Multiply(high-low, a, products)

	s.locks[row].Lock()
	for i := low; i < min(high, s.first); i++ {
		list := &s.lists[i]
		first := max(from, i+1)
		for j, score := range products[(i-low)*searchBlock+first-from : (i-low)*searchBlock+to-from] {
			if score >= list.floor {
				list.offer(int32(first+j), score)
			}
		}
	}
	s.locks[row].Unlock()

	if from >= s.first {
		return
	}
	to = min(to, s.first)
	var floors [searchBlock]float32
	s.locks[column].Lock()
	defer s.locks[column].Unlock()
	for j := from; j < to; j++ {
		floors[j-from] = s.lists[j].floor
	}
	for i := low; i < min(high, to); i++ {
		first := max(from, i+1) - from
		for j, score := range products[(i-low)*searchBlock+min(first, to-from) : (i-low)*searchBlock+to-from] {
			if score >= floors[first+j] {
				list := &s.lists[from+first+j]
				list.offer(int32(i), score)
				floors[first+j] = list.floor
			}
		}
	}
}
