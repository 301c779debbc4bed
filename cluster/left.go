package cluster

import "context"

// A candidate is a topic that a text which is alone might belong to.
type candidate struct {
	alone int // index of the text among those alone
	fit   float64
}

// left finds for each text that is alone the topic it would fit best, among
// those of its neighbours.
func (r *run) left(ctx context.Context, drafts []*draft, alone []int32) ([]Left, error) {
	candidates := r.candidates(drafts, alone)
	err := parallel(ctx, len(drafts), func(i int) {
		if len(candidates[i]) == 0 {
			return
		}
		sum := r.space.centroid(drafts[i].texts)
		defer sum.free()
		for k := range candidates[i] {
			c := &candidates[i][k]
			c.fit = r.space.fit(alone[c.alone], sum, false)
		}
	})
	if err != nil {
		return nil, err
	}
	best := make([]Left, len(alone))
	for k := range best {
		best[k].Nearest = -1
	}
	for i := range candidates {
		for _, c := range candidates[i] {
			if c.fit > best[c.alone].Similarity {
				best[c.alone].Nearest, best[c.alone].Similarity = i, c.fit
			}
		}
	}
	var left []Left
	for k, t := range alone {
		for _, line := range r.lines[t] {
			left = append(left, Left{line, best[k].Nearest, best[k].Similarity})
		}
	}
	return left, nil
}

// candidates lists for each topic the texts alone that have a neighbour in it.
func (r *run) candidates(drafts []*draft, alone []int32) [][]candidate {
	topic := make([]int, len(r.texts)) // of a text, from 1
	for i, d := range drafts {
		for _, t := range d.texts {
			topic[t] = i + 1
		}
	}
	out := make([][]candidate, len(drafts))
	for k, t := range alone {
		for _, x := range r.near[t] {
			i := topic[x.to] - 1
			if i < 0 {
				continue
			}
			if n := len(out[i]); n == 0 || out[i][n-1].alone != k {
				out[i] = append(out[i], candidate{alone: k})
			}
		}
	}
	return out
}
