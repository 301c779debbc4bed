// Package prior holds what searches in general look like to the sentence
// encoder and the word vectors: their means, which stand in for those of a
// list that is too short to have its own, and the directions in which the
// encoder tells searches apart.
package prior

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/igny8/igny8/cluster/internal/encoder"
	"github.com/igny8/igny8/cluster/internal/glove"
	"github.com/igny8/igny8/cluster/internal/matrix"
)

// Dims is the length of a reduced vector of the encoder. The study found the
// same clusters with 128 dimensions as with all 512.
const Dims = 128

// A Prior is read-only once made.
type Prior struct {
	Meaning []float32 // mean of the reduced vectors of the encoder
	Words   []float32 // mean of the word vectors
	reduce  *matrix.Panels
}

// New makes a prior of the mean of the encoder's vectors, the directions to
// keep of them, and the mean of the word vectors.
func New(meaning []float64, directions [][]float64, words []float64) *Prior {
	p := &Prior{Meaning: make([]float32, Dims), Words: floats(words), reduce: matrix.New(encoder.Dims, Dims)}
	for i, d := range directions {
		p.reduce.SetColumn(i, floats(d))
		var s float64
		for k, x := range d {
			s += float64(x * meaning[k])
		}
		p.Meaning[i] = float32(s)
	}
	return p
}

func floats(v []float64) []float32 {
	out := make([]float32, len(v))
	for i, x := range v {
		out[i] = float32(x)
	}
	return out
}

// Reduce adds to dst the reduced vectors of texts: encoder.Dims numbers each in
// full, Dims in dst. Both must hold matrix.Rows(texts) rows.
func (p *Prior) Reduce(texts int, full, dst []float32) { p.reduce.Multiply(texts, full, dst) }

// magic begins a file; then follow the two means and the directions, as
// float32, little-endian.
const magic = "cluster prior 1\n"

// Read returns the prior of a file.
func Read(file []byte) (*Prior, error) {
	const numbers = Dims + glove.Dims + encoder.Dims*Dims
	if len(file) != len(magic)+4*numbers || string(file[:len(magic)]) != magic {
		return nil, errors.New("this is not a file of statistics of searches")
	}
	v := make([]float32, numbers)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(file[len(magic)+4*i:]))
	}
	p := &Prior{Meaning: v[:Dims], Words: v[Dims : Dims+glove.Dims], reduce: matrix.New(encoder.Dims, Dims)}
	for i := range Dims {
		at := Dims + glove.Dims + i*encoder.Dims
		p.reduce.SetColumn(i, v[at:at+encoder.Dims])
	}
	return p, nil
}

// Append appends the prior to a file.
func (p *Prior) Append(file []byte) []byte {
	file = append(file, magic...)
	add := func(v []float32) {
		for _, x := range v {
			file = binary.LittleEndian.AppendUint32(file, math.Float32bits(x))
		}
	}
	add(p.Meaning)
	add(p.Words)
	column := make([]float32, encoder.Dims)
	for i := range Dims {
		p.reduce.Column(i, column)
		add(column)
	}
	return file
}

// Normalise scales v to the length 1; a vector that is as good as zero becomes
// zero, and false is returned.
func Normalise(v []float32) bool {
	var square float64
	for _, x := range v {
		square += float64(float64(x) * float64(x))
	}
	if square < 1e-12 {
		clear(v)
		return false
	}
	scale := float32(1 / math.Sqrt(square))
	for i := range v {
		v[i] *= scale
	}
	return true
}
