package cluster

import (
	"cmp"
	"context"
	"slices"
)

// turn gives each keyword that joined a topic its page there, and those that
// are left the topic nearest to them. The space must be framed for pages.
func (e *extension) turn(ctx context.Context) error {
	e.suggest()
	for t := int32(e.seekers); int(t) < len(e.texts); t++ {
		if e.isFresh(t) && e.pageOf(t) < 0 { // it equals a known one that is on no page
			e.joined = append(e.joined, t)
		}
	}
	e.hold(nil)
	byHome := map[int][]int32{}
	for _, t := range e.joined {
		byHome[e.home[t]] = append(byHome[e.home[t]], t)
	}
	members := map[int][]int32{}
	for t := e.seekers; t < len(e.texts); t++ {
		if home := e.home[t]; byHome[home] != nil {
			members[home] = append(members[home], int32(t))
		}
	}
	for home := range e.topics {
		if byHome[home] == nil {
			continue
		}
		for _, t := range byHome[home] {
			e.held[e.bag[t]] = nil // known ones of a bag may be in several topics
		}
		for _, t := range byHome[home] {
			e.held[e.bag[t]] = append(e.held[e.bag[t]], t)
		}
		if err := e.pages(ctx, home, byHome[home], members[home]); err != nil {
			return err
		}
	}
	e.equals()
	slices.SortFunc(e.out.Joined, func(a, b Joined) int { return cmp.Compare(a.Index, b.Index) })
	return nil
}

// pageOf returns the page of a settled text in its home: the lowest of those
// that its known keywords there are on, -1 if they are on none.
func (e *extension) pageOf(text int32) int {
	page := -1
	for _, line := range e.lines[text] {
		if line >= len(e.known) {
			continue
		}
		k := &e.known[line]
		if k.Topic == e.topics[e.home[text]] && k.Page >= 0 && (page < 0 || k.Page < page) {
			page = k.Page
		}
	}
	return page
}

// pages places the texts that joined a topic: on the page whose members they
// resemble enough in the mean, the most similar one first, else on new pages.
// Those of a bag are never parted; their first text stands for them.
func (e *extension) pages(ctx context.Context, home int, joined, members []int32) error {
	byPage := map[int][]int32{}
	var numbers []int
	for _, m := range members {
		if p := e.pageOf(m); p >= 0 {
			if byPage[p] == nil {
				numbers = append(numbers, p)
			}
			byPage[p] = append(byPage[p], m)
		}
	}
	slices.Sort(numbers)
	sums := make([]*centroid, len(numbers))
	for i, p := range numbers {
		sums[i] = e.space.centroid(byPage[p])
		defer sums[i].free()
	}
	whole := e.space.centroid(members)
	defer whole.free()
	var homeless []int32 // bags
	for _, b := range e.bagsOf(joined) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		first := e.held[b][0]
		page, best := -1, pageSimilarity
		for i, p := range numbers {
			fit := e.space.fit(first, sums[i], false)
			if slices.ContainsFunc(byPage[p], func(m int32) bool { return e.bag[m] == b }) {
				fit = 2 // more than any similarity
			}
			if fit >= best && (fit > best || page < 0) {
				page, best = p, fit
			}
		}
		if page < 0 {
			homeless = append(homeless, b)
			continue
		}
		for _, t := range e.held[b] {
			e.announce(t, home, page, whole)
		}
	}
	pages, err := e.paged(ctx, homeless)
	for i, page := range pages {
		for _, t := range page {
			e.announce(t, home, -1-i, whole)
		}
	}
	return err
}

// announce reports the new keywords of a text; whole is of the members of home.
func (e *extension) announce(text int32, home, page int, whole *centroid) {
	fit := 1.0 // of what equals a member
	if int(text) < e.seekers {
		fit = e.space.fit(text, whole, false)
	}
	for _, line := range e.lines[text] {
		if line >= len(e.known) {
			e.out.Joined = append(e.out.Joined, Joined{line - len(e.known), e.topics[home], page, fit})
		}
	}
}

// equals reports the new keywords that equal a known one which is on a page.
func (e *extension) equals() {
	for t := int32(e.seekers); int(t) < len(e.texts); t++ {
		if page := e.pageOf(t); page >= 0 {
			e.announce(t, e.home[t], page, nil)
		}
	}
}

// suggest sets the nearest known topic of each keyword that is left.
func (e *extension) suggest() {
	text := map[int]int32{}
	for t, lines := range e.lines[:e.seekers] {
		for _, line := range lines {
			text[line] = int32(t)
		}
	}
	for i := range e.out.Unclustered {
		l := &e.out.Unclustered[i]
		near := e.near[text[l.Index]]
		l.Index -= len(e.known)
		l.Nearest, l.Similarity = -1, 0
		for _, x := range near {
			if home := e.home[x.to]; home != loose && int(x.to) >= e.seekers {
				l.Nearest, l.Similarity = e.topics[home], float64(x.score)
				break
			}
		}
	}
}
