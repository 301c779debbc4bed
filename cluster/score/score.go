// Package score compares clusters with what people said belongs together.
package score

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// A List is keywords with the label of each.
type List struct{ Texts, Labels []string }

// Read reads lines of a text, a label and perhaps more, with tabs between.
func Read(r io.Reader) (List, error) {
	var l List
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		text, rest, ok := strings.Cut(lines.Text(), "\t")
		if !ok {
			return List{}, fmt.Errorf("line %d has no label", len(l.Texts)+1)
		}
		label, _, _ := strings.Cut(rest, "\t")
		l.Texts, l.Labels = append(l.Texts, text), append(l.Labels, label)
	}
	return l, lines.Err()
}

// Pick returns the keywords with those indexes.
func (l List) Pick(indexes []int) List {
	var out List
	for _, i := range indexes {
		out.Texts, out.Labels = append(out.Texts, l.Texts[i]), append(out.Labels, l.Labels[i])
	}
	return out
}

// Draw picks some labels and so many keywords of each at random, the same for
// the same seed: a list as it is when somebody begins.
func (l List) Draw(labels, each int, seed uint64) List {
	random := rand.New(rand.NewPCG(seed, 0))
	byLabel := map[string][]int{}
	var names []string
	for i, label := range l.Labels {
		if byLabel[label] == nil {
			names = append(names, label)
		}
		byLabel[label] = append(byLabel[label], i)
	}
	var picked []int
	for _, n := range random.Perm(len(names))[:min(labels, len(names))] {
		of := slices.Clone(byLabel[names[n]])
		random.Shuffle(len(of), func(a, b int) { of[a], of[b] = of[b], of[a] })
		picked = append(picked, of[:min(each, len(of))]...)
	}
	return l.Pick(picked)
}

// Having returns the keywords that have one of the labels.
func (l List) Having(labels ...string) List {
	var picked []int
	for i, label := range l.Labels {
		if slices.Contains(labels, label) {
			picked = append(picked, i)
		}
	}
	return l.Pick(picked)
}

// A Score compares a partition with labels. Each value reaches 1.
type Score struct {
	F1  float64 // of BCubed precision and recall
	ARI float64 // adjusted Rand index; 0 is chance
	NMI float64 // normalised mutual information, by the arithmetic mean
}

// Rate scores a partition, where parts[i] is the part of keyword i.
func Rate(labels []string, parts []int) Score {
	type cell struct {
		label string
		part  int
	}
	n := float64(len(labels))
	both, byLabel, byPart := map[cell]float64{}, map[string]float64{}, map[int]float64{}
	for i, l := range labels {
		both[cell{l, parts[i]}]++
		byLabel[l]++
		byPart[parts[i]]++
	}
	var together, precision, recall, mutual float64
	for c, v := range both {
		together += pairs(v)
		precision += v * v / byPart[c.part] / n
		recall += v * v / byLabel[c.label] / n
		mutual += v / n * math.Log(n*v/(byLabel[c.label]*byPart[c.part]))
	}
	labelPairs, labelEntropy := spread(byLabel, n)
	partPairs, partEntropy := spread(byPart, n)
	s := Score{F1: 2 * precision * recall / (precision + recall), ARI: 1, NMI: 1}
	expected := labelPairs * partPairs / pairs(n)
	if most := (labelPairs + partPairs) / 2; most != expected {
		s.ARI = (together - expected) / (most - expected)
	}
	if labelEntropy+partEntropy > 0 {
		s.NMI = 2 * mutual / (labelEntropy + partEntropy)
	}
	return s
}

func pairs(x float64) float64 { return x * (x - 1) / 2 }

// spread returns the number of pairs inside the groups, and their entropy.
func spread[K comparable](sizes map[K]float64, n float64) (inside, entropy float64) {
	for _, v := range sizes {
		inside += pairs(v)
		entropy -= v / n * math.Log(v/n)
	}
	return inside, entropy
}
