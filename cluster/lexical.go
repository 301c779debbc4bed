package cluster

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// A feature names a stem or a character n-gram by a 32-bit hash of its text,
// so that keywords which arrive later meet the same features.
type feature uint32

// sparse is a vector over features, in ascending order of feature.
type sparse []entry

type entry struct {
	feature feature
	weight  float32
}

func (a sparse) dot(b sparse) float32 {
	var s float32
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch x, y := a[i].feature, b[j].feature; {
		case x == y:
			s += a[i].weight * b[j].weight
			i++
			j++
		case x < y:
			i++
		default:
			j++
		}
	}
	return s
}

// lexicon holds in how many texts each feature occurs.
type lexicon struct {
	texts int
	df    map[feature]int32
	// rare is the least number of texts that makes a feature count.
	rare int32
}

// A lexical describes one text by its words and its characters; both vectors
// have the length 1, or 0 if nothing is left.
type lexical struct{ word, char sparse }

// similarity weighs words and characters alike; it lies in 0..1.
func (a lexical) similarity(b lexical) float32 {
	return (a.word.dot(b.word) + a.char.dot(b.char)) / 2
}

// fnv1a is the 32-bit FNV-1a hash, finished by the mixer of MurmurHash3.
func fnv1a(s string) feature {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	return feature(h ^ h>>16)
}

// counts counts the features of one text after the other, in room that it
// keeps.
type counts struct {
	found  sparse
	starts []int // of the characters of a word
}

// words counts the stems of a normalised text.
func (c *counts) words(s string) sparse {
	c.found = c.found[:0]
	for _, w := range stems(s) {
		c.found = append(c.found, entry{fnv1a(w), 1})
	}
	return c.sum()
}

// characters counts the n-grams of 3 to 5 characters inside each word, a word
// being edged by one space on either side.
func (c *counts) characters(s string) sparse {
	c.found = c.found[:0]
	for w := range strings.FieldsSeq(s) {
		padded := " " + w + " "
		c.starts = c.starts[:0]
		for i := range padded {
			c.starts = append(c.starts, i)
		}
		c.starts = append(c.starts, len(padded))
		for n := 3; n <= 5; n++ {
			for i := 0; i+n < len(c.starts); i++ {
				c.found = append(c.found, entry{fnv1a(padded[c.starts[i]:c.starts[i+n]]), 1})
			}
		}
	}
	return c.sum()
}

// sum returns what was found, with the entries of a feature added up.
func (c *counts) sum() sparse {
	slices.SortFunc(c.found, func(a, b entry) int { return cmp.Compare(a.feature, b.feature) })
	out := c.found[:0]
	for _, e := range c.found {
		if n := len(out); n > 0 && out[n-1].feature == e.feature {
			out[n-1].weight += e.weight
		} else {
			out = append(out, e)
		}
	}
	return slices.Clone(out)
}

func newLexicon(rare int32) *lexicon { return &lexicon{df: map[feature]int32{}, rare: rare} }

// add takes the counts of one more text into the lexicon.
func (l *lexicon) add(counts sparse) {
	l.texts++
	for _, e := range counts {
		l.df[e.feature]++
	}
}

// weigh turns counts into tf-idf (sublinear tf, smoothed idf) of length 1,
// without the features that are too rare to connect anything.
func (l *lexicon) weigh(counts sparse) sparse {
	out := counts[:0]
	var square float64
	for _, e := range counts {
		df := l.df[e.feature]
		if df < l.rare {
			continue
		}
		idf := math.Log(float64(1+l.texts)/float64(1+df)) + 1
		w := (1 + math.Log(float64(e.weight))) * idf
		out = append(out, entry{e.feature, float32(w)})
		square += w * w
	}
	scale := float32(1 / math.Sqrt(max(square, 1e-12)))
	for i := range out {
		out[i].weight *= scale
	}
	return out
}

// hashInto adds a, scaled, to dst by signed feature hashing with two places a
// feature; salt keeps two vocabularies in one dst apart. Dot products of such
// vectors estimate those of the sparse ones without bias.
func (a sparse) hashInto(dst []float32, salt uint64, scale float32) {
	for _, e := range a {
		h := mix(uint64(e.feature) | salt<<32)
		w := e.weight * scale * (math.Sqrt2 / 2)
		for range 2 {
			place := &dst[uint32(h)>>1%uint32(len(dst))]
			if h&1 == 0 {
				*place += w
			} else {
				*place -= w
			}
			h >>= 32
		}
	}
}

// mix is the finaliser of SplitMix64.
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
