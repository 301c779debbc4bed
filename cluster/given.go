package cluster

import (
	"context"
	"math"
	"slices"

	"github.com/igny8/igny8/cluster/internal/matrix"
	"github.com/igny8/igny8/cluster/internal/prior"
)

// placeGiven is place for given embeddings. Of searches in general their model
// is not asked, so the mean is drawn to nothing.
func (s *space) placeGiven(ctx context.Context, kappa float64) error {
	for i, v := range s.given {
		clear(s.dense(i))
		if s.texts[i] == "" { // a model may say something of nothing
			continue
		}
		copy(s.dense(i), v)
		prior.Normalise(s.dense(i))
		if length := matrix.Dot(s.dense(i), s.dense(i)); math.IsNaN(float64(length)) { // a number that is none
			clear(s.dense(i))
		}
	}
	mean, err := s.mean(ctx, 0, s.width(), make([]float32, s.width()), kappa)
	if err != nil {
		return err
	}
	return chunks(ctx, len(s.given), func(low, high int) {
		for i := low; i < high; i++ {
			centre(s.dense(i), mean)
		}
	})
}

// Other models think other things alike. The least similarity that joins two
// texts is moved by as much as the similarity that 5 % of pairs exceed is off
// from where it is with our own features, within bounds (the study's rule).
const (
	pairsTried   = 20_000
	unlikePairs  = .95
	leastOfGiven = .10
	mostOfGiven  = .30
)

// shift is by how much the least similarity moves, for a framed space.
func (s *space) shift() float32 {
	n := uint64(len(s.texts))
	if s.given == nil || n < 2 {
		return 0
	}
	scores := make([]float32, 0, pairsTried)
	state := uint64(1) // of a fixed sequence: the same pairs every time
	next := func() int {
		state = state*6364136223846793005 + 1442695040888963407 // Knuth's MMIX generator
		return int((state >> 33) % n)
	}
	for range pairsTried {
		if i, j := next(), next(); i != j {
			scores = append(scores, s.similarity(i, j))
		}
	}
	if len(scores) == 0 {
		return 0
	}
	slices.Sort(scores)
	typical := scores[int(unlikePairs*float64(len(scores)-1))]
	return min(max(typical, leastOfGiven), mostOfGiven) - cuts[Topical].least
}
