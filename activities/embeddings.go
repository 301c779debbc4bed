package activities

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/image"
	"github.com/igny8/igny8/activities/llm"
	"github.com/igny8/igny8/cluster"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/workflows"
)

// The model of embeddings, and how many numbers one has. The model was trained so
// that the first numbers say most; the study names 512 of its 1,536.
const (
	embeddingModel = "text-embedding-3-small"
	embeddingDims  = 512
)

// embedder is who embeds for the account, and what its embeddings are kept
// under: those of another provider are others, whatever their model is called.
func (a *Activities) embedder(ctx context.Context, q *store.Queries) (b brain, kind string, err error) {
	b, err = a.brain(ctx, q)
	return b, fmt.Sprintf("%s-%d %s", embeddingModel, embeddingDims, b.provenance), err
}

// embeddings returns the kept embeddings of texts, and how many of the different
// texts have none. Without a provider that is all of them.
func (c *clustering) embeddings(ctx context.Context, texts []string) (out [][]float32, missing int, err error) {
	kind, err := store.As(ctx, c.a.Store, bot(c.of), func(q *store.Queries) (string, error) {
		_, kind, err := c.a.embedder(ctx, q)
		return kind, err
	})
	if igny8.CodeOf(err) == igny8.NotConfigured {
		return nil, len(texts), nil
	} else if err != nil {
		return nil, 0, err
	}
	out = make([][]float32, len(texts))
	rest, err := recall(ctx, c, kind, texts, func(at []int, kept []byte) error {
		v, err := unpack(kept)
		for _, i := range at {
			out[i] = v
		}
		return err
	})
	return out, len(rest), err
}

// embedding has the next keywords embedded that have no embedding yet.
func embedding() skill[igny8.RunID, int] {
	return skill[igny8.RunID, int]{prepare: prepareEmbeddings, save: saveEmbeddings}
}

func prepareEmbeddings(ctx context.Context, a *Activities, q *store.Queries, c workflows.Call[igny8.RunID]) (order, error) {
	b, kind, err := a.embedder(ctx, q)
	if err != nil {
		return order{}, err
	}
	texts, err := unembedded(ctx, q, kind, c.Of)
	if err != nil {
		return order{}, err
	}
	return order{
		maker: maker{b.provider, b.own}, model: embeddingModel, provenance: b.provenance,
		request: map[string]any{"dimensions": embeddingDims, "input": texts},
		buy: func(ctx context.Context, _ string) (bought, error) {
			got, err := llm.Embeddings(ctx, b.at, embeddingModel, embeddingDims, texts)
			out := bought{model: got.Model, input: got.InputTokens, costMicro: got.CostMicros, mime: "application/octet-stream"}
			if err != nil {
				return out, err
			}
			out.blob, err = a.keepBlob(ctx, image.Picture{Bytes: keyed(texts, got.Values), MIME: out.mime})
			return out, err
		},
		check: func(bought) error { return nil }, // the client has counted
	}, nil
}

// unembedded is the next texts of the sector that have no embedding, as many as
// one request takes.
func unembedded(ctx context.Context, q *store.Queries, kind string, of workflows.RunInput) ([]string, error) {
	rows, err := q.KeywordsToCluster(ctx, store.KeywordsToClusterParams{SectorID: of.Scope.Sector, RunID: of.Run})
	if err != nil {
		return nil, err
	}
	all := make([]string, len(rows))
	for i, k := range rows {
		all[i] = k.Keyword
	}
	places, keys := placesOf(all)
	var texts []string
	for low := range steps(len(keys), recalledAtOnce) {
		part := keys[low:min(low+recalledAtOnce, len(keys))]
		hashes := make([][]byte, len(part))
		for k := range part {
			hashes[k] = part[k][:]
		}
		kept, err := q.KnownFeatures(ctx, store.KnownFeaturesParams{Model: kind, Hashes: hashes})
		if err != nil {
			return nil, err
		}
		known := map[textKey]bool{}
		for _, hash := range kept {
			known[textKey(hash)] = true
		}
		for _, key := range part {
			if !known[key] && len(texts) < igny8.EmbeddingBatch {
				texts = append(texts, all[places[key][0]])
			}
		}
		if len(texts) == igny8.EmbeddingBatch {
			break
		}
	}
	if len(texts) == 0 {
		return nil, igny8.Errorf(igny8.Invalid, "Every keyword is embedded already.")
	}
	return texts, nil
}

// saveEmbeddings keeps the vectors that an answer holds. They cost one unit,
// however many they are.
func saveEmbeddings(ctx context.Context, a *Activities, q *store.Queries, _ workflows.Call[igny8.RunID], answer store.AIRequest) (out saved[int], err error) {
	b, err := a.blob(ctx, *answer.Blob)
	if err != nil {
		return out, err
	}
	keep := store.KeepFeaturesParams{Model: fmt.Sprintf("%s-%d %s", embeddingModel, embeddingDims, answer.Provenance)}
	for one := range slices.Chunk(b, keySize+packedSize) {
		if len(one) != keySize+packedSize {
			return out, igny8.Errorf(igny8.Internal, "the kept embeddings have %d bytes", len(b))
		}
		keep.Hashes, keep.Vectors = append(keep.Hashes, one[:keySize]), append(keep.Vectors, one[keySize:])
	}
	n, err := q.KeepFeatures(ctx, keep)
	out.ids, out.units = []int{int(n)}, 1
	return out, err
}

const (
	keySize    = 32
	packedSize = 4 + embeddingDims
)

// keyed is vectors, each behind the key of its text.
func keyed(texts []string, vectors [][]float32) []byte {
	b := make([]byte, 0, len(texts)*(keySize+packedSize))
	for i, v := range vectors {
		key := cluster.VectorKey(texts[i])
		b = append(append(b, key[:]...), pack(v)...)
	}
	return b
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
	if len(b) != packedSize {
		return nil, igny8.Errorf(igny8.Internal, "a kept embedding has %d bytes", len(b))
	}
	most := math.Float32frombits(binary.LittleEndian.Uint32(b))
	v := make([]float32, embeddingDims)
	for i := range v {
		v[i] = most * float32(int8(b[4+i])) / math.MaxInt8
	}
	return v, nil
}
