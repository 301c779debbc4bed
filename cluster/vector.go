package cluster

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"sync"

	"github.com/igny8/igny8/cluster/internal/encoder"
	"github.com/igny8/igny8/cluster/internal/matrix"
	"github.com/igny8/igny8/cluster/internal/prior"
)

// A Vector is what the sentence encoder says of a keyword. It is the expensive
// one of its features, a millisecond or two of CPU, and depends on nothing but
// the text, so it can be kept and given back. It is zero for a text that is
// empty or not in a language of the encoder.
type Vector [prior.Dims]float32

// VectorVersion names the encoder: vectors of another version must not be
// given to a Run.
const VectorVersion = "use-lite-int8-pca128-1"

// VectorSize is the length of the binary form of a Vector in bytes.
const VectorSize = 4 * prior.Dims

// AppendBinary appends the vector as little-endian float32; it never fails.
func (v *Vector) AppendBinary(b []byte) ([]byte, error) {
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b, nil
}

// MarshalBinary returns the VectorSize bytes that UnmarshalBinary takes.
func (v *Vector) MarshalBinary() ([]byte, error) { return v.AppendBinary(nil) }

// UnmarshalBinary fails if there are not VectorSize bytes, or one of the
// numbers is none.
func (v *Vector) UnmarshalBinary(b []byte) error {
	if len(b) != VectorSize {
		return fmt.Errorf("a vector has %d bytes, not %d", VectorSize, len(b))
	}
	for i := range v {
		x := math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		if !(math.Abs(float64(x)) <= 2) {
			return fmt.Errorf("element %d of the vector is %v", i, x)
		}
		v[i] = x
	}
	return nil
}

// Encode returns the Vector of each text, on all processors. It fails only
// when ctx ends. Texts that differ in case, width or spacing have equal
// vectors.
func Encode(ctx context.Context, texts []string) ([]Vector, error) {
	normal := make([]string, len(texts))
	for i, t := range texts {
		normal[i] = normalise(t)
	}
	return encode(ctx, normal, func(int, int) {})
}

// VectorKey is what the Vector of a text, or another model's, is kept under:
// texts that Encode maps to equal vectors have equal keys.
func VectorKey(text string) [sha256.Size]byte { return sha256.Sum256([]byte(normalise(text))) }

// encodeChunk is how many texts a goroutine takes at once.
const encodeChunk = 64

// A bench is what one goroutine needs to encode.
type bench struct {
	*encoder.Encoder
	full  []float32 // the vectors of a chunk
	short [encodeChunk * prior.Dims]float32
}

// benches are kept for the next call: each takes 10 MB.
var benches = sync.Pool{New: func() any {
	return &bench{Encoder: loadEncoder().New(), full: make([]float32, 0, encodeChunk*encoder.Dims)}
}}

// encode returns the vectors of normalised texts.
func encode(ctx context.Context, texts []string, progress func(done, of int)) ([]Vector, error) {
	vectors := make([]Vector, len(texts))
	steps := (len(texts) + encodeChunk - 1) / encodeChunk
	var count counter
	err := parallel(ctx, steps, func(i int) {
		low, high := i*encodeChunk, min((i+1)*encodeChunk, len(texts))
		b := benches.Get().(*bench)
		defer benches.Put(b)
		b.full = b.Encode(b.full[:0], texts[low:high], func() bool { return ctx.Err() != nil })
		if ctx.Err() != nil {
			return
		}
		clear(b.short[:])
		loadPrior().Reduce(high-low, b.full[:matrix.Rows(high-low)*encoder.Dims], b.short[:])
		for k := range vectors[low:high] {
			copy(vectors[low+k][:], b.short[k*prior.Dims:])
		}
		progress(count.add(), steps)
	})
	return vectors, err
}
