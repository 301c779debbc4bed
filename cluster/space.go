package cluster

import (
	"context"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/igny8/igny8/cluster/internal/glove"
	"github.com/igny8/igny8/cluster/internal/matrix"
	"github.com/igny8/igny8/cluster/internal/prior"
)

// Shares of the three similarities of two texts. The study's grid over web
// queries, one-domain intents and mixed intents had its best at .35, .20, .45;
// with the dense features drawn to their neighbours (blend) it is here, in the
// middle of a plateau.
const (
	lexicalShare = .40 // stemmed words and character n-grams
	wordShare    = .15 // word vectors
	meaningShare = .45 // sentence encoder

	// With embeddings that are given, those say what the words and the sentence
	// mean. The study names these shares as where to begin; without a key they
	// could not be measured.
	lexicalBesideGiven = .25
	givenShare         = .75
)

// A row of a space holds the lexical features, hashed, and the dense ones: word
// vectors, then the meaning. The hashed ones only preselect neighbours; what is
// kept is compared exactly.
const hashDims = 256

// A space holds what distinct, normalised texts look like, and compares them.
type space struct {
	texts   []string
	lexical []lexical
	vectors []*Vector   // nil if there are none
	given   [][]float32 // embeddings, instead of the word vectors and the vectors

	// How many of the dense numbers of a row are word vectors, and how many the
	// meaning.
	words, meaning int

	// rows holds the features of the texts, so that the product of two rows
	// estimates their similarity; after release, only the dense features.
	rows   []float32
	hashed int       // how many of the numbers are lexical features
	scale  []float32 // of the lexical features of a text
}

// Shares of the steps in the work of newSpace, as its progress says.
const (
	encodeShare = .9
	lexicalWork = 1 - encodeShare
)

// newSpace computes the features of a list, all or only the lexical ones.
func newSpace(ctx context.Context, l *list, plain bool, m *meter, share float64) (*space, error) {
	n := len(l.texts)
	s := &space{texts: l.texts, lexical: make([]lexical, n), scale: make([]float32, n), words: glove.Dims, meaning: prior.Dims}
	m.stage(share * encodeShare)
	switch {
	case plain:
	case l.given != nil:
		s.given, s.words, s.meaning = l.given, 0, len(l.given[0])
	default:
		var err error
		if s.vectors, err = recall(ctx, l.texts, l.vectors, m); err != nil {
			return nil, err
		}
	}
	m.stage(share * lexicalWork)
	if err := s.read(ctx); err != nil {
		return nil, err
	}
	s.rows, s.hashed = make([]float32, n*(hashDims+s.width())), hashDims
	err := chunks(ctx, n, func(low, high int) {
		for i := low; i < high; i++ {
			s.hash(i)
		}
	})
	m.at(1, 1)
	return s, err
}

// recall returns the vectors of texts: those that are known, and for the
// others what the encoder makes of them.
func recall(ctx context.Context, texts []string, known []*Vector, m *meter) ([]*Vector, error) {
	var missing []string
	for i, v := range known {
		if v == nil {
			missing = append(missing, texts[i])
		}
	}
	made, err := encode(ctx, missing, m.at)
	if err != nil {
		return nil, err
	}
	vectors := make([]*Vector, len(texts))
	for i, v := range known {
		if v == nil {
			v, made = &made[0], made[1:]
		}
		vectors[i] = v
	}
	return vectors, nil
}

// read counts the words and the characters of all texts and weighs them.
func (s *space) read(ctx context.Context) error {
	err := chunks(ctx, len(s.texts), func(low, high int) {
		var c counts
		for i := low; i < high; i++ {
			s.lexical[i] = lexical{c.words(s.texts[i]), c.characters(s.texts[i])}
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
	row := s.row(i)[:s.hashed]
	s.lexical[i].word.hashInto(row, 1, math.Sqrt2/2)
	s.lexical[i].char.hashInto(row, 2, math.Sqrt2/2)
	s.scale[i] = 1
}

func (s *space) row(i int) []float32 {
	width := s.hashed + s.width()
	return s.rows[i*width : (i+1)*width]
}

// width is how many dense numbers a row has.
func (s *space) width() int { return s.words + s.meaning }

func (s *space) dense(i int) []float32 { return s.row(i)[s.hashed:] }

// release lets go of the rows, which are most of the memory, once neighbours
// are found; frame makes shorter ones. Large ones are collected at once: the
// stages that follow would else double the memory with what they leave behind.
func (s *space) release() {
	const large = 16 << 20 // numbers
	size := len(s.rows)
	s.rows, s.hashed = nil, 0
	if size > large {
		runtime.GC()
	}
}

// similarity compares two texts exactly; it lies in -1..1.
func (s *space) similarity(i, j int) float32 {
	return s.lexicalSimilarity(i, j) + matrix.Dot(s.dense(i), s.dense(j))
}

func (s *space) lexicalSimilarity(i, j int) float32 {
	return s.scale[i] * s.scale[j] * s.lexical[i].similarity(s.lexical[j])
}

// Neighbours kept of each text, and how many the estimate preselects for them.
const (
	nearest     = 15
	shortlisted = 3 * nearest
)

// neighbours returns the keep nearest texts of each of the first texts, best
// first; keep is at most shortlisted. It uses up the hashed features.
func (s *space) neighbours(ctx context.Context, first, keep int, progress func(done, of int)) ([][]neighbour, error) {
	find := newSearch(s.rows, len(s.texts), hashDims+s.width(), first, shortlisted)
	if err := find.run(ctx, progress); err != nil {
		return nil, err
	}
	if s.width() > hashDims { // there is no room for blended features, and long embeddings say enough
		return s.rerank(ctx, find.lists, keep, s.dense)
	}
	near, err := s.rerank(ctx, find.lists, nearest, s.dense)
	if err != nil {
		return nil, err
	}
	blended, err := s.blend(ctx, near)
	if err != nil {
		return nil, err
	}
	return s.rerank(ctx, find.lists, keep, blended)
}

// rerank returns the keep nearest of each shortlist, compared exactly with the
// dense features given.
func (s *space) rerank(ctx context.Context, lists []shortlist, keep int, dense func(i int) []float32) ([][]neighbour, error) {
	near := make([][]neighbour, len(lists))
	all := make([]neighbour, len(lists)*keep)
	err := chunks(ctx, len(lists), func(low, high int) {
		var scratch [shortlisted]neighbour
		for i := low; i < high; i++ {
			lists[i].cut(shortlisted)
			own := dense(i)
			list := scratch[:0]
			for _, x := range lists[i].list {
				j := int(x.to)
				list = append(list, neighbour{x.to, s.lexicalSimilarity(i, j) + matrix.Dot(own, dense(j))})
			}
			slices.SortFunc(list, closer)
			near[i] = all[i*keep : i*keep+copy(all[i*keep:(i+1)*keep], list)]
		}
	})
	return near, err
}

// Drawing a text's dense features to its neighbours makes up for how little a
// few words say: it gains most on short lists (BCubed F1 .92 to .94 on twenty
// keywords of one site). blendShare is the weight of the neighbours' mean
// beside a text's own features; neighbours below blendLeast have no part.
const (
	blendShare = .15
	blendLeast = .20
)

// blend returns the dense features of each text, those with neighbours drawn
// to the mean of them, weighed by similarity, at the length they had. They take
// the place of the hashed features.
func (s *space) blend(ctx context.Context, near [][]neighbour) (func(i int) []float32, error) {
	blended := func(i int) []float32 {
		if i < len(near) {
			return s.row(i)[:s.width()]
		}
		return s.dense(i)
	}
	return blended, chunks(ctx, len(near), func(low, high int) {
		mean := make([]float32, s.width())
		for i := low; i < high; i++ {
			own := blended(i)
			copy(own, s.dense(i))
			clear(mean)
			var weight float32
			for _, x := range near[i] {
				if x.score >= blendLeast {
					matrix.Add(mean, x.score, s.dense(int(x.to)))
					weight += x.score
				}
			}
			if before := matrix.Dot(own, own); weight > 0 && before > 0 {
				matrix.Add(own, blendShare/weight, mean)
				scale(own, float32(math.Sqrt(float64(before/matrix.Dot(own, own)))))
			}
		}
	})
}

// A centroid is the sum of texts, from which the mean similarity of a text to
// all of them follows in one pass.
type centroid struct {
	count      int
	word, char map[feature]float32
	dense      []float32
}

// centroids are kept for the next topic, with the room that their maps have.
var centroids = sync.Pool{New: func() any {
	return &centroid{word: map[feature]float32{}, char: map[feature]float32{}}
}}

func (c *centroid) free() {
	clear(c.word)
	clear(c.char)
	centroids.Put(c)
}

// centroid sums up members. The caller frees it.
func (s *space) centroid(members []int32) *centroid {
	c := centroids.Get().(*centroid)
	c.count = len(members)
	c.dense = slices.Grow(c.dense[:0], s.width())[:s.width()]
	clear(c.dense)
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
