package store

import (
	"context"
	"sync/atomic"
)

type tallyKey struct{}

// Tallied returns a context under which statements are counted in n: those of
// one request, say.
func Tallied(ctx context.Context, n *atomic.Int64) context.Context {
	return context.WithValue(ctx, tallyKey{}, n)
}

func tally(ctx context.Context) {
	if n, ok := ctx.Value(tallyKey{}).(*atomic.Int64); ok {
		n.Add(1)
	}
}
