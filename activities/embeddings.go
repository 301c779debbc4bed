package activities

import (
	"context"
	"encoding/binary"
	"math"

	"github.com/igny8/igny8"
)

// The model of embeddings, how many numbers an embedding has, and what they are
// kept under.
const (
	embeddingModel = "text-embedding-3-small"
	embeddingDims  = 512
	embeddingKind  = embeddingModel + "-512"
)

// embeddings returns the kept embeddings of texts, and how many of the different
// texts have none.
func (c *clustering) embeddings(ctx context.Context, texts []string) (out [][]float32, missing int, err error) {
	out = make([][]float32, len(texts))
	rest, err := recall(ctx, c, embeddingKind, texts, func(at []int, kept []byte) error {
		v, err := unpack(kept)
		for _, i := range at {
			out[i] = v
		}
		return err
	})
	return out, len(rest), err
}

// pack keeps a vector in a byte for each number, behind the largest of them as
// a float32: at 512 numbers the cosine to the original is above .9999.
func pack(v []float32) []byte {
	var most float32
	for _, x := range v {
		most = max(most, float32(math.Abs(float64(x))))
	}
	b := binary.LittleEndian.AppendUint32(nil, math.Float32bits(most))
	for _, x := range v {
		step := int8(0)
		if most > 0 {
			step = int8(math.Round(float64(x / most * math.MaxInt8)))
		}
		b = append(b, byte(step))
	}
	return b
}

func unpack(b []byte) ([]float32, error) {
	if len(b) != 4+embeddingDims {
		return nil, igny8.Errorf(igny8.Internal, "a kept embedding has %d bytes", len(b))
	}
	most := math.Float32frombits(binary.LittleEndian.Uint32(b))
	v := make([]float32, embeddingDims)
	for i := range v {
		v[i] = most * float32(int8(b[4+i])) / math.MaxInt8
	}
	return v, nil
}
