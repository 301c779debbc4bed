package encoder

import (
	"math"

	"github.com/igny8/igny8/cluster/internal/matrix"
)

// An Encoder encodes texts with a model, one call at a time; each goroutine
// has its own. It holds about 10 MB.
type Encoder struct {
	*Model
	// One row a piece of all texts in hand.
	in, normed, qkv, context, sum, out, hidden []float32
}

// batch is the number of pieces that are multiplied at once: enough for the
// weights to be read from memory once for many texts.
const batch = 384

// New returns an encoder of the model.
func (m *Model) New() *Encoder {
	rows := batch + MaxPieces
	return &Encoder{
		Model: m, in: make([]float32, rows*width), normed: make([]float32, rows*Dims), qkv: make([]float32, rows*3*Dims),
		context: make([]float32, rows*Dims), sum: make([]float32, rows*Dims), out: make([]float32, rows*Dims),
		hidden: make([]float32, rows*inner),
	}
}

// Encode appends the vectors of texts to dst, Dims numbers of length 1 each,
// or zeros if the text is empty or in a foreign script: what the model would
// say of that tells lengths, not meanings. It works in steps of some hundred pieces, and returns early when stop says so.
func (e *Encoder) Encode(dst []float32, texts []string, stop func() bool) []float32 {
	var ids [][]int32
	count := 0
	flush := func() {
		dst = e.forward(dst, ids, count, stop)
		ids, count = ids[:0], 0
	}
	for _, t := range texts {
		var own []int32
		if !e.vocabulary.foreign(t) {
			own = e.vocabulary.split(t)
		}
		if count+len(own) > batch || len(ids) == batch {
			flush()
		}
		ids, count = append(ids, own), count+len(own)
		if stop() {
			return dst
		}
	}
	flush()
	return dst
}

// forward runs the transformer over the count pieces of some texts.
func (e *Encoder) forward(dst []float32, ids [][]int32, count int, stop func() bool) []float32 {
	e.look(ids)
	in := e.in
	for i := range e.layers {
		if stop() {
			return dst
		}
		l := &e.layers[i]
		l.first.apply(e.normed, in, count)
		l.qkv.apply(e.qkv, e.normed, count)
		e.attend(ids, l.in)
		l.project.apply(e.out, e.context, count)
		if l.skip.weights != nil {
			l.skip.apply(e.sum, in, count)
		}
		matrix.Add(e.sum[:count*Dims], 1, e.out)
		if stop() {
			return dst
		}
		l.second.apply(e.normed, e.sum, count)
		l.up.apply(e.hidden, e.normed, count)
		for k, v := range e.hidden[:count*inner] {
			e.hidden[k] = max(v, 0)
		}
		l.down.apply(e.out, e.hidden, count)
		matrix.Add(e.sum[:count*Dims], 1, e.out)
		in = e.sum
	}
	return e.pool(dst, ids)
}

// look fills the input: twice the vector of each piece, as the published graph
// adds it two times, and the signal of its position.
func (e *Encoder) look(ids [][]int32) {
	at := 0
	for _, text := range ids {
		for p, id := range text {
			row := e.in[at*width : (at+1)*width]
			copy(row, e.positions[p*width:(p+1)*width])
			matrix.Add(row, 2, e.embeddings[int(id)*width:int(id+1)*width])
			at++
		}
	}
}

// attend mixes the values of each text's pieces by how their keys answer the
// queries, in each head for itself.
func (e *Encoder) attend(ids [][]int32, size int) {
	head := size / heads
	scale := float32(1 / math.Sqrt(float64(head)))
	var shares [MaxPieces]float32
	first := 0
	for _, text := range ids {
		row := func(i, part, h int) []float32 {
			at := (first+i)*3*size + part*size + h*head
			return e.qkv[at : at+head]
		}
		for h := range heads {
			for i := range text {
				share := shares[:len(text)]
				for j := range share {
					share[j] = scale * matrix.Dot(row(i, 0, h), row(j, 1, h))
				}
				softmax(share)
				mixed := e.context[(first+i)*size+h*head:][:head]
				clear(mixed)
				for j, s := range share {
					matrix.Add(mixed, s, row(j, 2, h))
				}
			}
		}
		first += len(text)
	}
}

func softmax(v []float32) {
	most := v[0]
	for _, x := range v {
		most = max(most, x)
	}
	var sum float32
	for i, x := range v {
		v[i] = float32(math.Exp(float64(x - most)))
		sum += v[i]
	}
	for i := range v {
		v[i] /= sum
	}
}

// pool appends a vector a text: the mean of its pieces through the last layer,
// at length 1.
func (e *Encoder) pool(dst []float32, ids [][]int32) []float32 {
	first := 0
	for t, text := range ids {
		mean := e.normed[t*Dims : (t+1)*Dims]
		clear(mean)
		for range text {
			matrix.Add(mean, 1/float32(len(text)), e.sum[first*Dims:(first+1)*Dims])
			first++
		}
	}
	e.last.apply(e.out, e.normed, len(ids))
	for t, text := range ids {
		row := e.out[t*Dims : (t+1)*Dims]
		if len(text) == 0 {
			clear(row)
		} else {
			finish(row)
		}
		dst = append(dst, row...)
	}
	return dst
}

func finish(v []float32) {
	var square float64
	for i, x := range v {
		v[i] = float32(math.Tanh(float64(x)))
		square += float64(v[i]) * float64(v[i])
	}
	scale := float32(1 / math.Sqrt(max(square, 1e-12)))
	for i := range v {
		v[i] *= scale
	}
}

// apply sets the rows of dst to those of in times the weights, plus the bias.
func (d *dense) apply(dst, in []float32, rows int) {
	for r := range rows {
		copy(dst[r*len(d.bias):(r+1)*len(d.bias)], d.bias)
	}
	d.weights.Multiply(rows, in, dst)
}

// apply gives each row of in the mean 0 and the variance 1 (layer norm), then its own scale
// and shift.
func (n *levelling) apply(dst, in []float32, rows int) {
	size := len(n.scale)
	for r := range rows {
		x, y := in[r*size:(r+1)*size], dst[r*size:(r+1)*size]
		var mean, variance float32
		for _, v := range x {
			mean += v
		}
		mean /= float32(size)
		for _, v := range x {
			variance += float32((v - mean) * (v - mean))
		}
		scale := float32(1 / math.Sqrt(float64(variance/float32(size)+epsilon)))
		for i, v := range x {
			y[i] = float32((v-mean)*scale*n.scale[i]) + n.shift[i]
		}
	}
}
