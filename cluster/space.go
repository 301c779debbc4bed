package cluster

import (
	"context"
	"math"

	"github.com/igny8/igny8/cluster/internal/glove"
	"github.com/igny8/igny8/cluster/internal/matrix"
	"github.com/igny8/igny8/cluster/internal/prior"
)

// Shares of the three similarities of two texts, the best of the study's grid
// over web queries, one-domain intents and mixed intents.
const (
	lexicalShare = .35 // stemmed words and character n-grams
	wordShare    = .20 // word vectors
	meaningShare = .45 // sentence encoder
)

// A row of a space holds three features one after the other. The lexical one
// is hashed: it only preselects neighbours, what is kept is compared exactly.
const (
	hashDims  = 256
	denseFrom = hashDims
	meaningAt = hashDims + glove.Dims
	rowDims   = meaningAt + prior.Dims
)

// A space holds what distinct, normalised texts look like, and compares them.
type space struct {
	texts   []string
	lexical []lexical
	vectors []Vector

	// rows holds rowDims numbers a text, so that the product of two rows
	// estimates their similarity.
	rows  []float32
	scale []float32 // of the lexical features of a text
}

// Shares of the steps in the work of newSpace, as its progress says.
const (
	encodeShare = .9
	lexicalWork = 1 - encodeShare
)

// newSpace computes the features of texts. vectors has what is known of them
// from earlier; nil entries are computed.
func newSpace(ctx context.Context, texts []string, known []*Vector, m *meter, share float64) (*space, error) {
	s := &space{texts: texts, lexical: make([]lexical, len(texts)), scale: make([]float32, len(texts))}
	m.stage(share * encodeShare)
	if err := s.recall(ctx, known, m); err != nil {
		return nil, err
	}
	m.stage(share * lexicalWork)
	if err := s.read(ctx); err != nil {
		return nil, err
	}
	s.rows = make([]float32, len(texts)*rowDims)
	err := chunks(ctx, len(texts), func(low, high int) {
		for i := low; i < high; i++ {
			s.hash(i)
		}
	})
	m.at(1, 1)
	return s, err
}

// recall takes the known vectors and encodes the texts that have none.
func (s *space) recall(ctx context.Context, known []*Vector, m *meter) error {
	var missing []string
	var at []int
	s.vectors = make([]Vector, len(s.texts))
	for i, v := range known {
		if v == nil {
			missing, at = append(missing, s.texts[i]), append(at, i)
		} else {
			s.vectors[i] = *v
		}
	}
	if len(missing) == len(s.texts) {
		s.vectors = nil // not both at once
	}
	made, err := encode(ctx, missing, m.at)
	if s.vectors == nil {
		s.vectors = made
		return err
	}
	for k, i := range at {
		s.vectors[i] = made[k]
	}
	return err
}

// read counts the words and the characters of all texts and weighs them.
func (s *space) read(ctx context.Context) error {
	err := chunks(ctx, len(s.texts), func(low, high int) {
		for i := low; i < high; i++ {
			s.lexical[i] = lexical{wordCounts(s.texts[i]), charCounts(s.texts[i])}
		}
	})
	if err != nil {
		return err
	}
	words, chars := newLexicon(1), newLexicon(2)
	for i, l := range s.lexical {
		if i%chunk == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		words.add(l.word)
		chars.add(l.char)
	}
	return chunks(ctx, len(s.texts), func(low, high int) {
		for i := low; i < high; i++ {
			l := &s.lexical[i]
			l.word, l.char = words.weigh(l.word), chars.weigh(l.char)
		}
	})
}

// hash fills the lexical part of row i at its full length.
func (s *space) hash(i int) {
	row := s.row(i)[:denseFrom]
	s.lexical[i].word.hashInto(row, 1, math.Sqrt2/2)
	s.lexical[i].char.hashInto(row, 2, math.Sqrt2/2)
	s.scale[i] = 1
}

func (s *space) row(i int) []float32   { return s.rows[i*rowDims : (i+1)*rowDims] }
func (s *space) dense(i int) []float32 { return s.row(i)[denseFrom:] }

// similarity compares two texts exactly; it lies in -1..1.
func (s *space) similarity(i, j int) float32 {
	return s.scale[i]*s.scale[j]*s.lexical[i].similarity(s.lexical[j]) + matrix.Dot(s.dense(i), s.dense(j))
}

// Neighbours kept of each text, and how many the estimate preselects for them.
const (
	nearest     = 15
	shortlisted = 3 * nearest
)

// neighbours returns the nearest texts of each of the first texts, best first.
func (s *space) neighbours(ctx context.Context, first int, progress func(done, of int)) ([][]neighbour, error) {
	find := newSearch(s.rows, len(s.texts), rowDims, first, shortlisted)
	if err := find.run(ctx, progress); err != nil {
		return nil, err
	}
	near := make([][]neighbour, first)
	err := chunks(ctx, first, func(low, high int) {
		for i := low; i < high; i++ {
			near[i] = s.rerank(i, &find.lists[i])
		}
	})
	return near, err
}

// rerank compares a shortlist exactly and keeps the nearest of it.
func (s *space) rerank(i int, short *shortlist) []neighbour {
	short.cut(shortlisted)
	for k := range short.list {
		short.list[k].score = s.similarity(i, int(short.list[k].to))
	}
	short.cut(nearest)
	return append([]neighbour(nil), short.list...)
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
	c.dense = make([]float32, rowDims-denseFrom)
	for _, m := range members {
		scale := s.scale[m] / 2
		for _, e := range s.lexical[m].word {
			c.word[e.feature] += scale * e.weight
		}
		for _, e := range s.lexical[m].char {
			c.char[e.feature] += scale * e.weight
		}
		matrix.Add(c.dense, 1, s.dense(int(m)))
	}
	return c
}

// fit is the mean similarity of a text to the texts of c. If it is one of them
// it is compared with the others only; alone it fits by 1.
func (s *space) fit(i int32, c *centroid, member bool) float64 {
	var lex float32
	for _, e := range s.lexical[i].word {
		lex += e.weight * c.word[e.feature]
	}
	for _, e := range s.lexical[i].char {
		lex += e.weight * c.char[e.feature]
	}
	sum := float64(s.scale[i]*lex + matrix.Dot(s.dense(int(i)), c.dense))
	if !member {
		return sum / float64(c.count)
	}
	if c.count == 1 {
		return 1
	}
	return (sum - float64(s.similarity(int(i), int(i)))) / float64(c.count-1)
}
