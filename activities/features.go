package activities

import (
	"context"
	"fmt"

	"go.temporal.io/sdk/activity"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/cluster"
	"github.com/igny8/igny8/store"
)

const (
	// encodedAtOnce is how many texts are encoded before what was made of them is
	// kept: about a second of one processor, which is what a crash costs.
	encodedAtOnce = 512
	// recalledAtOnce is how many kept features one query returns: about 1 MB.
	recalledAtOnce = 2000
	// featureShare is how much of the work of a clustering it is to compute the
	// features, if none is kept.
	featureShare = .6
	// noteworthy is the part of the work after which progress is written down.
	noteworthy = .02
)

// compare gives keywords what they are compared by: embeddings if the run wants
// them and every keyword has one, or else vectors of our own.
func (c *clustering) compare(ctx context.Context, all []cluster.Keyword) error {
	texts := make([]string, len(all))
	for i, k := range all {
		texts[i] = k.Text
	}
	if c.settings.Vectors == igny8.ByOpenAI {
		embeddings, missing, err := c.embeddings(ctx, texts)
		if err != nil {
			return err
		}
		if missing == 0 {
			for i, e := range embeddings {
				all[i].Embedding = e
			}
			return nil
		}
		if !c.anyway {
			c.missing = missing
			return nil
		}
		c.offline = fmt.Sprintf(". The provider gave no embedding of %d keywords, so all were compared offline", missing)
	}
	vectors, err := c.vectors(ctx, texts)
	for i, v := range vectors {
		all[i].Vector = v
	}
	return err
}

// vectors returns what the encoder makes of texts. What is kept is not computed
// again, and what is computed is kept before the next begins.
func (c *clustering) vectors(ctx context.Context, texts []string) ([]*cluster.Vector, error) {
	vectors := make([]*cluster.Vector, len(texts))
	missing, err := recall(ctx, c, cluster.VectorVersion, texts, func(at []int, kept []byte) error {
		v := &cluster.Vector{}
		for _, i := range at {
			vectors[i] = v
		}
		return v.UnmarshalBinary(kept)
	})
	if err != nil {
		return nil, err
	}
	for low := range steps(len(missing), encodedAtOnce) {
		part := missing[low:min(low+encodedAtOnce, len(missing))]
		chunk := make([]string, len(part))
		for k, at := range part {
			chunk[k] = texts[at[0]]
		}
		made, err := cluster.Encode(ctx, chunk)
		if err != nil {
			return nil, err
		}
		keep := store.KeepFeaturesParams{Model: cluster.VectorVersion}
		for k, at := range part {
			for _, i := range at {
				vectors[i] = &made[k]
			}
			key := cluster.VectorKey(chunk[k])
			binary, err := made[k].MarshalBinary()
			if err != nil {
				return nil, err
			}
			keep.Hashes, keep.Vectors = append(keep.Hashes, key[:]), append(keep.Vectors, binary)
		}
		done := len(texts) - len(missing) + low + len(part)
		if err := c.remember(ctx, keep, float64(done)/float64(len(texts)), fmt.Sprintf("Read %d of %d keywords", done, len(texts))); err != nil {
			return nil, err
		}
		c.encoded += len(part)
	}
	return vectors, nil
}

// remember keeps features and says how far the reading has come.
func (c *clustering) remember(ctx context.Context, keep store.KeepFeaturesParams, read float64, message string) error {
	activity.RecordHeartbeat(ctx, message)
	return store.Do(ctx, c.a.Store, bot(c.of), func(q *store.Queries) error {
		if _, err := q.KeepFeatures(ctx, keep); err != nil {
			return err
		}
		return c.noted(ctx, q, featureShare*read, message)
	})
}

// recall calls use for each text of which something is kept, with all places in
// texts that it has. It returns the places of the others, once for equal texts.
func recall(ctx context.Context, c *clustering, model string, texts []string, use func(at []int, kept []byte) error) (missing [][]int, err error) {
	places, keys := placesOf(texts)
	for low := range steps(len(keys), recalledAtOnce) {
		part := keys[low:min(low+recalledAtOnce, len(keys))]
		hashes := make([][]byte, len(part))
		for k := range part {
			hashes[k] = part[k][:]
		}
		rows, err := store.As(ctx, c.a.Store, bot(c.of), func(q *store.Queries) ([]store.FeaturesRow, error) {
			return q.Features(ctx, store.FeaturesParams{Model: model, Hashes: hashes})
		})
		if err != nil {
			return nil, err
		}
		activity.RecordHeartbeat(ctx, low)
		for _, r := range rows {
			key := textKey(r.Hash)
			if err := use(places[key], r.Vector); err != nil {
				return nil, igny8.Wrap(igny8.Internal, err, "What is kept of a keyword can't be read.")
			}
			delete(places, key)
		}
	}
	for _, key := range keys {
		if at, ok := places[key]; ok {
			missing = append(missing, at)
		}
	}
	return missing, nil
}

// textKey is cluster.VectorKey of a text.
type textKey [32]byte

// placesOf returns where each text is, and the keys of all in their order.
func placesOf(texts []string) (places map[textKey][]int, keys []textKey) {
	places = make(map[textKey][]int, len(texts))
	for i, text := range texts {
		key := textKey(cluster.VectorKey(text))
		if places[key] == nil {
			keys = append(keys, key)
		}
		places[key] = append(places[key], i)
	}
	return places, keys
}

// noted writes down how much of the work is done.
func (c *clustering) noted(ctx context.Context, q *store.Queries, share float64, message string) error {
	c.share = max(c.share, share)
	if err := q.RunComputed(ctx, store.RunComputedParams{ID: c.of.Run, Share: float32(c.share), Message: message}); err != nil {
		return err
	}
	_, err := progress(ctx, q, c.of.Run)
	return err
}

func (c *clustering) note(ctx context.Context, share float64, message string) error {
	return store.Do(ctx, c.a.Store, bot(c.of), func(q *store.Queries) error { return c.noted(ctx, q, share, message) })
}

// hint notes progress that is worth it. That it can't be noted is no reason to
// stop.
func (c *clustering) hint(ctx context.Context, share float64, message string) {
	activity.RecordHeartbeat(ctx, message)
	if share < c.share+noteworthy {
		return
	}
	if err := c.note(ctx, share, message); err != nil {
		activity.GetLogger(ctx).Warn("progress not noted", "error", err)
	}
}
