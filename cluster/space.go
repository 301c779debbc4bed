package cluster

import (
	"context"
	"math"
)

// Shares of the three similarities of two texts; the study measured them on a
// grid (0.35 words and characters, 0.20 word vectors, 0.45 sentence encoder).
const (
	lexicalShare = 1
)

// hashDims is the room of the hashed lexical vectors in the neighbour search.
// It only preselects: what is kept is compared exactly.
const hashDims = 256

// A space holds what distinct, normalised texts look like and compares them.
type space struct {
	texts []string
	lex   []lexical
	words *lexicon
	chars *lexicon

	// rows holds dim numbers a text, so that the product of two rows
	// estimates their similarity: hashDims of lexical features, then the dense
	// features, which are exact.
	rows  []float32
	dim   int
	scale []float32 // of the lexical features of a text
}

func newSpace(ctx context.Context, texts []string) (*space, error) {
	s := &space{texts: texts, dim: hashDims, words: newLexicon(1), chars: newLexicon(2)}
	s.lex = make([]lexical, len(texts))
	s.scale = make([]float32, len(texts))
	s.rows = make([]float32, len(texts)*s.dim)
	err := chunks(ctx, len(texts), func(low, high int) {
		for i := low; i < high; i++ {
			s.lex[i] = lexical{wordCounts(nil, texts[i]), charCounts(nil, texts[i])}
		}
	})
	if err != nil {
		return nil, err
	}
	for i, l := range s.lex {
		if i%chunk == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		s.words.add(l.word)
		s.chars.add(l.char)
	}
	return s, chunks(ctx, len(texts), s.fill)
}

// fill computes the rows of a range of texts.
func (s *space) fill(low, high int) {
	for i := low; i < high; i++ {
		l := &s.lex[i]
		l.word, l.char = s.words.weigh(l.word), s.chars.weigh(l.char)
		s.scale[i] = float32(math.Sqrt(lexicalShare))
		half := s.scale[i] * math.Sqrt2 / 2
		row := s.row(i)[:hashDims]
		l.word.hashInto(row, 1, half)
		l.char.hashInto(row, 2, half)
	}
}

func (s *space) row(i int) []float32   { return s.rows[i*s.dim : (i+1)*s.dim] }
func (s *space) dense(i int) []float32 { return s.row(i)[hashDims:] }

// similarity compares two texts exactly; it lies in -1..1.
func (s *space) similarity(i, j int) float32 {
	return s.scale[i]*s.scale[j]*s.lex[i].similarity(s.lex[j]) + dot(s.dense(i), s.dense(j))
}

// neighbours returns the nearest texts of each text, best first.
func (s *space) neighbours(ctx context.Context, progress func(done, of int)) ([][]neighbour, error) {
	n := len(s.texts)
	if n == 0 {
		return nil, nil
	}
	find := newSearch(s.rows, n, s.dim, shortlisted)
	if err := find.run(ctx, progress); err != nil {
		return nil, err
	}
	near := make([][]neighbour, n)
	return near, chunks(ctx, n, func(low, high int) {
		for i := low; i < high; i++ {
			near[i] = s.rerank(i, &find.lists[i])
		}
	})
}

// Neighbours kept of each text, and how many the estimate preselects for them.
const (
	nearest     = 15
	shortlisted = 3 * nearest
)

// rerank compares a shortlist exactly and keeps the nearest of it.
func (s *space) rerank(i int, short *shortlist) []neighbour {
	short.cut(shortlisted)
	for k := range short.list {
		short.list[k].score = s.similarity(i, int(short.list[k].to))
	}
	short.cut(nearest)
	return short.list
}

// A centroid is the sum of texts, from which the mean similarity of a text to
// all of them follows in one pass.
type centroid struct {
	count      int
	word, char map[feature]float32
	dense      []float32
}

func (s *space) centroid(members []int32) *centroid {
	c := &centroid{count: len(members), word: map[feature]float32{}, char: map[feature]float32{}}
	c.dense = make([]float32, s.dim-hashDims)
	for _, m := range members {
		scale := s.scale[m] / 2
		for _, e := range s.lex[m].word {
			c.word[e.feature] += scale * e.weight
		}
		for _, e := range s.lex[m].char {
			c.char[e.feature] += scale * e.weight
		}
		for k, v := range s.dense(int(m)) {
			c.dense[k] += v
		}
	}
	return c
}

// fit is the mean similarity of a text to the texts of c. If it is one of them
// it is compared with the others only; alone it fits by 1.
func (s *space) fit(i int32, c *centroid, member bool) float64 {
	var lex float32
	for _, e := range s.lex[i].word {
		lex += e.weight * c.word[e.feature]
	}
	for _, e := range s.lex[i].char {
		lex += e.weight * c.char[e.feature]
	}
	sum := float64(s.scale[i]*lex + dot(s.dense(int(i)), c.dense))
	if !member {
		return sum / float64(c.count)
	}
	if c.count == 1 {
		return 1
	}
	return (sum - float64(s.similarity(int(i), int(i)))) / float64(c.count-1)
}
