package cluster

import "context"

// Features returns what Run compares, for other uses of it: for each keyword a
// vector of length 1 (0 for an empty text), whose product with another
// estimates the similarity of the two. Keywords with a Vector cost next to
// nothing.
func Features(ctx context.Context, keywords []Keyword) ([][]float32, error) {
	r, err := newRun(ctx, keywords, Options{}, func(string) bool { return false })
	if err != nil {
		return nil, err
	}
	if r.space, err = newSpace(ctx, r.list, false, r.meter, 1); err != nil {
		return nil, err
	}
	if err := r.space.frame(ctx, topicKappa); err != nil {
		return nil, err
	}
	out := make([][]float32, len(keywords))
	for t, lines := range r.lines {
		for _, line := range lines {
			out[line] = r.space.row(t)
		}
	}
	return out, nil
}
