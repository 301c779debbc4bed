package cluster

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
)

// prominence ranks a member for the name of its topic: near to all others and
// searched often. Volume weighs by its logarithm, so it decides only between
// members that fit about equally well.
func prominence(fit float64, volume int) float64 {
	return (fit + .02) * (1 + .15*math.Log1p(float64(max(volume, 0))))
}

// A vocabulary counts in how many texts of a whole list each stem occurs.
type vocabulary struct {
	texts int
	holds map[string][]int32 // the texts with each stem
}

func newVocabulary(ctx context.Context, texts []string) (*vocabulary, error) {
	v := &vocabulary{texts: len(texts), holds: map[string][]int32{}}
	for i, t := range texts {
		if i%chunk == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		for _, s := range distinct(stems(t)) {
			v.holds[s] = append(v.holds[s], int32(i))
		}
	}
	return v, nil
}

// rarity is the inverse document frequency of a stem.
func (v *vocabulary) rarity(stem string) float64 {
	return math.Log1p(float64(v.texts) / float64(max(len(v.holds[stem]), 1)))
}

func distinct(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// describe says in one sentence what the texts of a topic, best first, have in
// common: the stems that are frequent in it and rarer elsewhere (class-based
// tf-idf), in their commonest spelling.
func (v *vocabulary) describe(texts []string, spell *speller) string {
	terms := v.terms(texts, 3)
	for i, t := range terms {
		terms[i] = spell.inside(t)
	}
	var b strings.Builder
	if len(terms) > 0 {
		fmt.Fprintf(&b, "Searches about %s", enumerate(terms))
	} else {
		b.WriteString("Related searches")
	}
	var examples []string
	for _, t := range texts[1:min(len(texts), 3)] {
		examples = append(examples, "“"+t+"”")
	}
	if len(examples) > 0 {
		fmt.Fprintf(&b, ", such as %s", enumerate(examples))
	}
	return b.String() + "."
}

// terms returns up to most terms, the strongest first.
func (v *vocabulary) terms(texts []string, most int) []string {
	inside := map[string]int{}              // texts of the topic with the stem
	spelling := map[string]map[string]int{} // of a stem
	for _, t := range texts {
		seen := map[string]bool{}
		for _, w := range contentWords(t) {
			s := stem(w)
			if !seen[s] {
				inside[s]++
			}
			seen[s] = true
			if spelling[s] == nil {
				spelling[s] = map[string]int{}
			}
			spelling[s][w]++
		}
	}
	type scored struct {
		stem  string
		score float64
	}
	var all []scored
	for s, n := range inside {
		if n < 2 && len(texts) > 2 {
			continue
		}
		all = append(all, scored{s, float64(n) * v.rarity(s)})
	}
	slices.SortFunc(all, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.stem, b.stem))
	})
	var terms []string
	for _, s := range all[:min(len(all), most)] {
		terms = append(terms, commonest(spelling[s.stem]))
	}
	return terms
}

// commonest returns the word with the highest count; ties go to the first in
// the alphabet.
func commonest(counts map[string]int) string {
	best, most := "", 0
	for w, n := range counts {
		if n > most || n == most && w < best {
			best, most = w, n
		}
	}
	return best
}

// enumerate joins a list as one does in a sentence: "a, b and c".
func enumerate(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}
