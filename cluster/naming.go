package cluster

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
)

// A namer finds names for the topics of a list.
type namer struct {
	*run
	words *vocabulary
	spell *speller
}

const (
	// namesTried is how many keywords of a topic, the most typical, may be its
	// name.
	namesTried = 20
	// sentenceWords is from how many words on a keyword is a sentence rather
	// than a name.
	sentenceWords = 9
	// typical is the share of the best prominence that a keyword must have to be
	// a name.
	typical = .85
	// brevity is the power of the number of stems by which the sum of their shares
	// is divided: at 1/2, as in a cosine, long names win, at 1 those of one word.
	brevity = .7
	// A phrase names a topic if this share of its keywords have it; it has at most
	// so many words.
	phraseShare = .4
	phraseWords = 5
)

// askers are words with which questions and requests begin, and askersInside
// those that tell one wherever they are.
var (
	askers = setOf(`who whom whose what whats when where why how hows which is isn't are aren't am was were do don't does
		doesn't did didn't can can't could will would should shall may might must has have had i i'm i've i'd i'll my we our if
		there what's how's who's where's tell show give let please need want suggest think know`)
	askersInside = setOf(`who what why how where when is are i i'm what's how's does`)
	// vague words neither begin nor end a phrase.
	vague = setOf(`any many much more most less few some such other another often long far ever just only also very too get got
		under after before without between instead one two three`)
)

// entitle names the topics, each differently: the larger one first.
func (n *namer) entitle(ctx context.Context, drafts []*draft) error {
	names := make([][]string, len(drafts))
	err := parallel(ctx, len(drafts), func(i int) { names[i] = n.names(drafts[i]) })
	if err != nil {
		return err
	}
	taken := map[string]bool{}
	free := func(name string) bool { return !taken[strings.ToLower(name)] }
	for i, d := range drafts {
		for k := range names[i] {
			names[i][k] = n.spell.title(names[i][k])
		}
		d.name = names[i][0]
		if at := slices.IndexFunc(names[i], free); at >= 0 {
			d.name = names[i][at]
		}
		for k := 2; !free(d.name); k++ {
			d.name = fmt.Sprintf("%s %d", names[i][0], k)
		}
		taken[strings.ToLower(d.name)] = true
	}
	return nil
}

// names lists what a topic may be called, the best first: its most typical
// keywords, or before them, if those are sentences, a phrase that most of them
// have.
func (n *namer) names(d *draft) []string {
	type candidate struct {
		text     string
		sentence bool
		score    float64
	}
	shares, best := n.shares(d), 0.0
	var all []candidate
	for _, t := range d.texts[:min(len(d.texts), namesTried)] {
		c := candidate{n.texts[t], isSentence(n.texts[t]), max(prominence(d.fit[t], n.volume[t]), slightly)}
		if best = max(best, c.score); c.score < typical*best {
			break
		}
		if !c.sentence {
			c.score *= n.suits(c.text, shares, d)
		}
		all = append(all, c)
	}
	var names []string
	if all[0].sentence {
		names = n.phrases(d)
	}
	slices.SortStableFunc(all, func(a, b candidate) int {
		switch {
		case a.sentence == b.sentence:
			return cmp.Compare(b.score, a.score)
		case a.sentence:
			return 1
		}
		return -1
	})
	for _, c := range all {
		names = append(names, c.text)
	}
	return names
}

// shares returns what share of the texts of a topic each stem is in.
func (n *namer) shares(d *draft) map[string]float64 {
	shares := map[string]float64{}
	for _, t := range d.texts {
		for _, s := range distinct(stems(n.texts[t])) {
			shares[s] += 1 / float64(len(d.texts))
		}
	}
	return shares
}

// suits tells how well the words of a text stand for a topic: how common they
// are in it. One word alone counts half if most of the list's texts that have
// it are about other topics.
func (n *namer) suits(text string, shares map[string]float64, d *draft) float64 {
	stems := distinct(stems(text))
	var sum float64
	for _, s := range stems {
		sum += shares[s]
	}
	if len(stems) == 1 {
		if in, all := n.reach(stems, d); 2*in < all {
			sum /= 2
		}
	}
	return sum / math.Pow(float64(max(len(stems), 1)), brevity)
}

// reach counts the texts that have all of some stems, in a topic and in all.
func (n *namer) reach(stems []string, d *draft) (in, all int) {
	lists := make([][]int32, len(stems))
	for i, s := range stems {
		lists[i] = n.words.holds[s]
	}
	slices.SortFunc(lists, func(a, b []int32) int { return len(a) - len(b) })
	for _, t := range lists[0] {
		missing := func(list []int32) bool {
			_, ok := slices.BinarySearch(list, t)
			return !ok
		}
		if slices.ContainsFunc(lists[1:], missing) {
			continue
		}
		all++
		if _, ok := d.fit[t]; ok {
			in++
		}
	}
	return in, all
}

// isSentence reports whether a text asks or tells something.
func isSentence(text string) bool {
	words := plainWords(text)
	return len(words) >= sentenceWords || len(words) > 0 && askers[words[0]] ||
		slices.ContainsFunc(words, func(w string) bool { return askersInside[w] })
}

// plainWords are the words of a normalised text, without what surrounds them.
func plainWords(text string) (words []string) {
	for w := range strings.FieldsSeq(text) {
		if _, w, _ = bare(w); w != "" {
			words = append(words, w)
		}
	}
	return words
}

// A phrase is a run of words that texts have in common.
type phrase struct {
	texts int
	forms map[string]int
}

// phrases lists the phrases that name a topic of sentences, the best first:
// those that many of its texts have and few others.
func (n *namer) phrases(d *draft) []string {
	type scored struct {
		key   string
		score float64
	}
	var good []scored
	all := n.allPhrases(d)
	for key, p := range all {
		share := float64(p.texts) / float64(len(d.texts))
		if p.texts < 2 || share < phraseShare {
			continue
		}
		stems := strings.Fields(key)
		in, everywhere := n.reach(stems, d)
		if 2*in <= everywhere {
			continue
		}
		weight := 0.0
		for _, s := range stems {
			weight += n.words.rarity(s)
		}
		good = append(good, scored{key, share * weight})
	}
	slices.SortFunc(good, func(a, b scored) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.key, b.key)) })
	var names []string
	for _, g := range good {
		names = append(names, commonest(all[g.key].forms))
	}
	return names
}

// allPhrases finds the phrases of a topic, by their stems: of two words or
// more, neither beginning nor ending with one that says nothing.
func (n *namer) allPhrases(d *draft) map[string]*phrase {
	edge := func(w string) bool {
		return !stopWords[w] && !askers[w] && !vague[w] && strings.IndexFunc(w, unicode.IsLetter) >= 0
	}
	all := map[string]*phrase{}
	for _, t := range d.texts {
		words := plainWords(n.texts[t])
		seen := map[string]bool{}
		for i := range words {
			for j := i + 2; j <= min(len(words), i+phraseWords); j++ {
				if !edge(words[i]) || !edge(words[j-1]) {
					continue
				}
				form := strings.Join(words[i:j], " ")
				key := strings.Join(stems(form), " ")
				if all[key] == nil {
					all[key] = &phrase{forms: map[string]int{}}
				}
				all[key].forms[form]++
				if !seen[key] {
					all[key].texts++
				}
				seen[key] = true
			}
		}
	}
	return all
}
