package cluster

import "context"

// linkageLimit is the most things that are linked at once; it needs 4 bytes
// for each pair of them.
const linkageLimit = 1500

// paginate divides each topic into pages. Bags, not texts, are joined, each
// standing for its first text.
func (r *run) paginate(ctx context.Context, drafts []*draft) error {
	for i, d := range drafts {
		page := map[int32]int{} // of a text
		pages, err := r.paged(ctx, d.bags)
		if err != nil {
			return err
		}
		for p, texts := range pages {
			for _, t := range texts {
				page[t] = p
			}
		}
		d.pages = inOrder(d.texts, page)
		r.meter.at(i+1, len(drafts))
	}
	return ctx.Err()
}

// paged returns the texts of each page that the bags make.
func (r *run) paged(ctx context.Context, bags []int32) (pages [][]int32, err error) {
	parts, err := r.manageable(ctx, bags)
	for _, bags := range parts {
		weight := make([]float64, len(bags))
		for k, b := range bags {
			weight[k] = float64(len(r.held[b]))
		}
		group, n, err := linkage(ctx, weight, pageSimilarity, func(a, b int) float32 {
			i, j := r.held[bags[a]][0], r.held[bags[b]][0]
			return r.space.similarity(int(i), int(j)) + r.overlap(i, j)
		})
		if err != nil {
			return nil, err
		}
		for _, members := range groups(group, n) {
			for k, m := range members {
				members[k] = bags[m]
			}
			pages = append(pages, r.textsOf(members))
		}
	}
	return pages, err
}

// inOrder lists the texts of each page in the order of texts, and the pages in
// the order of their first.
func inOrder(texts []int32, page map[int32]int) [][]int32 {
	var pages [][]int32
	at := map[int]int{}
	for _, t := range texts {
		p, ok := at[page[t]]
		if !ok {
			p = len(pages)
			at[page[t]] = p
			pages = append(pages, nil)
		}
		pages[p] = append(pages[p], t)
	}
	return pages
}

// manageable splits a topic that is too large to be linked at once into parts
// that are not, by cutting its graph ever denser; a page is narrower than any
// of them.
func (r *run) manageable(ctx context.Context, bags []int32) ([][]int32, error) {
	if len(bags) <= linkageLimit {
		return [][]int32{bags}, nil
	}
	large, done := [][]int32{bags}, [][]int32(nil)
	whole := r.graph(cuts[Topical])
	for gamma := cuts[Topical].gamma; len(large) > 0; gamma *= 2 {
		var next [][]int32
		for _, bags := range large {
			part, parts, err := leiden(ctx, whole.induced(bags), gamma)
			if err != nil {
				return nil, err
			}
			for _, members := range groups(part, parts) {
				for k, m := range members {
					members[k] = bags[m]
				}
				if len(members) <= linkageLimit {
					done = append(done, members)
				} else {
					next = append(next, members)
				}
			}
		}
		large = next
	}
	return done, nil
}
