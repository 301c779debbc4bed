package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"

	"github.com/igny8/igny8/cluster"
	"github.com/igny8/igny8/cluster/score"
)

// An arrival is BCubed F1 of a list of which a fifth arrives late, or the mean
// of several.
type arrival struct {
	whole       float64 // the first, as clustering all at once has them
	before      float64 // the first, clustered alone
	after       float64 // all, once the rest came
	best        float64 // all, had each of the rest gone where it adds most
	joined, new float64 // of the rest: how many joined topics or made new ones
	left        float64
}

func (a *arrival) add(b arrival, share float64) {
	for to, x := range map[*float64]float64{&a.whole: b.whole, &a.before: b.before, &a.after: b.after, &a.best: b.best,
		&a.joined: b.joined, &a.new: b.new, &a.left: b.left} {
		*to += x * share
	}
}

// incremental scores lists of which a fifth arrives late, in the mean of some
// draws: of short lists more, because they differ more.
func incremental(w io.Writer, lists []*list) error {
	t := newTable(w, "Incremental: four fifths clustered, the rest arrives, nobody moves (F1; goal: within .015 of all at once)",
		"list\tdraws\tall at once\tof it the first\tthe first alone\tafter the rest\tdifference\tjoined by their labels\tjoined\tin new topics\tleft")
	for _, l := range lists {
		if strings.HasPrefix(l.name, "serp") {
			continue
		}
		r, err := cluster.Run(context.Background(), l.keywords, cluster.Options{})
		if err != nil {
			return err
		}
		draws, whole := 5, r.Parts(len(l.Labels))
		if len(l.Labels) < 1000 {
			draws = 20
		}
		var mean arrival
		for seed := range draws {
			a, err := l.arrive(rand.New(rand.NewPCG(uint64(seed), 1)).Perm(len(l.Labels)), whole)
			if err != nil {
				return err
			}
			mean.add(a, 1/float64(draws))
		}
		full := score.Rate(l.Labels, whole).F1
		fmt.Fprintf(t, "%s\t%d\t%.3f\t%.3f\t%.3f\t%.3f\t%+.3f\t%.3f\t%.1f\t%.1f\t%.1f\n", l.name, draws, full, mean.whole, mean.before,
			mean.after, mean.after-full, mean.best, mean.joined, mean.new, mean.left)
	}
	return t.Flush()
}

// arrive clusters the first four fifths of an order and has the rest arrive;
// whole is how all at once are clustered.
func (l *list) arrive(order, whole []int) (a arrival, err error) {
	n := len(order)
	mixed, old := l.Pick(order), n*4/5
	keywords, first := make([]cluster.Keyword, n), make([]int, old)
	for to, from := range order {
		keywords[to] = l.keywords[from]
		if to < old {
			first[to] = whole[from]
		}
	}
	r, err := cluster.Run(context.Background(), keywords[:old], cluster.Options{})
	if err != nil {
		return a, err
	}
	e, err := cluster.Extend(context.Background(), known(keywords[:old], r), keywords[old:], cluster.Options{})
	if err != nil {
		return a, err
	}
	part := r.Parts(n)
	a.best = score.Rate(mixed.Labels, byLabel(mixed.Labels, part, old)).F1
	for _, j := range e.Joined {
		part[old+j.Index] = j.Topic
	}
	next := n
	for _, topic := range e.Topics {
		for _, m := range topic.Members {
			part[m] = next
			if m >= old {
				a.new++
			}
		}
		next++
	}
	for _, l := range e.Unclustered {
		part[old+l.Index] = next
		next++
	}
	a.whole, a.before = score.Rate(mixed.Labels[:old], first).F1, score.Rate(mixed.Labels[:old], r.Parts(old)).F1
	a.after, a.joined, a.left = score.Rate(mixed.Labels, part).F1, float64(len(e.Joined)), float64(len(e.Unclustered))
	return a, nil
}

// known are clustered keywords, with the numbers of their topics and pages.
func known(keywords []cluster.Keyword, r cluster.Result) []cluster.Known {
	all := make([]cluster.Known, len(keywords))
	for i := range all {
		all[i] = cluster.Known{Keyword: keywords[i], Topic: -1, Page: -1}
	}
	for number, topic := range r.Topics {
		for page, members := range topic.Pages {
			for _, m := range members {
				all[m].Topic, all[m].Page = number, page
			}
		}
	}
	return all
}

// byLabel is the partition where each after the first goes to the part that its
// label has most to do with, as one who knew the labels would have it: what is
// missing then was missing before anything arrived.
func byLabel(labels []string, part []int, first int) []int {
	size, shared := map[int]float64{}, map[string]map[int]float64{}
	for i, l := range labels[:first] {
		if shared[l] == nil {
			shared[l] = map[int]float64{}
		}
		shared[l][part[i]]++
		size[part[i]]++
	}
	out := append([]int(nil), part[:first]...)
	fresh := map[string]int{} // parts of labels that the first don't have
	for _, l := range labels[first:] {
		best, most := -1, 0.0
		for p, n := range shared[l] {
			if x := n * n / size[p]; x > most || x == most && p < best {
				best, most = p, x
			}
		}
		if best < 0 {
			if _, ok := fresh[l]; !ok {
				fresh[l] = -1 - len(fresh)
			}
			best = fresh[l]
		}
		out = append(out, best)
	}
	return out
}
