package encoder

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/igny8/igny8/cluster/internal/matrix"
)

// magic begins a file of the model and names its layout: the vocabulary, then
// the weights in the order of Model.pass, vectors as float32, tables and
// matrices as int8 with a float32 scale a row or a column, all little-endian.
const magic = "USE-lite int8 1\n"

// Read makes a model of the contents of a file.
func Read(file []byte) (*Model, error) {
	if len(file) < len(magic) || string(file[:len(magic)]) != magic {
		return nil, errors.New("this is not a file of the sentence encoder")
	}
	r := &reader{rest: file[len(magic):]}
	m := &Model{}
	m.pass(r)
	if r.short || len(r.rest) != 0 {
		return nil, errors.New("the file of the sentence encoder is damaged")
	}
	m.prepare()
	return m, nil
}

// Append appends the model to file. What Read makes of it differs from m by
// the rounding of the weights to int8.
func (m *Model) Append(file []byte) []byte {
	w := &writer{append(file, magic...)}
	m.pass(w)
	return w.file
}

type reader struct {
	rest  []byte
	short bool // the file ended too early
}

func (r *reader) take(n int) []byte {
	if n > len(r.rest) {
		r.short, r.rest = true, nil
		return make([]byte, n)
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) vector(v *[]float32, n int, _ string) {
	b := r.take(4 * n)
	*v = make([]float32, n)
	for i := range *v {
		(*v)[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
}

func (r *reader) rows(v *[]float32, n, width int, _ string) {
	var scale []float32
	r.vector(&scale, n, "")
	b := r.take(n * width)
	*v = make([]float32, n*width)
	for i, x := range b {
		(*v)[i] = scale[i/width] * float32(int8(x))
	}
}

func (r *reader) matrix(m **matrix.Panels, k, cols int, _ string) {
	var byColumn []float32
	r.rows(&byColumn, cols, k, "")
	*m = fromColumns(byColumn, k, cols)
}

func fromColumns(v []float32, k, cols int) *matrix.Panels {
	m := matrix.New(k, cols)
	for c := range cols {
		m.SetColumn(c, v[c*k:(c+1)*k])
	}
	return m
}

func (r *reader) vocabulary(v *vocabulary) {
	v.ids = make(map[string]int32, pieces)
	r.vector(&v.scores, pieces, "")
	for i := range int32(pieces) {
		v.add(i, string(r.take(int(r.take(1)[0]))))
	}
}

type writer struct{ file []byte }

func (w *writer) vector(v *[]float32, _ int, _ string) {
	for _, x := range *v {
		w.file = binary.LittleEndian.AppendUint32(w.file, math.Float32bits(x))
	}
}

func (w *writer) rows(v *[]float32, n, width int, _ string) {
	scale := make([]float32, n)
	numbers := make([]byte, 0, n*width)
	for i := range n {
		row := (*v)[i*width : (i+1)*width]
		var most float32
		for _, x := range row {
			most = max(most, x, -x)
		}
		scale[i] = most / 127
		for _, x := range row {
			if most > 0 {
				x = float32(math.Round(float64(x / scale[i])))
			}
			numbers = append(numbers, byte(int8(x)))
		}
	}
	w.vector(&scale, n, "")
	w.file = append(w.file, numbers...)
}

func (w *writer) matrix(m **matrix.Panels, k, cols int, _ string) {
	byColumn := make([]float32, k*cols)
	for c := range cols {
		(*m).Column(c, byColumn[c*k:(c+1)*k])
	}
	w.rows(&byColumn, cols, k, "")
}

func (w *writer) vocabulary(v *vocabulary) {
	w.vector(&v.scores, pieces, "")
	for _, p := range v.pieces {
		w.file = append(append(w.file, byte(len(p))), p...)
	}
}

// prepare computes what follows from the weights.
func (m *Model) prepare() {
	m.positions = make([]float32, MaxPieces*width)
	for p := range MaxPieces {
		row := m.positions[p*width : (p+1)*width]
		for i, inverse := range m.timing {
			sin, cos := math.Sincos(float64(float32(p) * inverse))
			row[i], row[timescale+i] = float32(sin), float32(cos)
		}
	}
}
