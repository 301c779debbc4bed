package cluster

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// workers is how many goroutines a stage uses.
func workers() int { return runtime.GOMAXPROCS(0) }

// parallel calls f for each of 0..n-1 on all processors, in no set order, and
// stops handing out work when ctx ends. A call should take some milliseconds
// at most: that is how long a cancellation waits.
func parallel(ctx context.Context, n int, f func(i int)) error {
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(workers(), n) {
		wait.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				f(i)
			}
		})
	}
	wait.Wait()
	return ctx.Err()
}

// chunk is how many keywords one call of a parallel stage handles.
const chunk = 128

// chunks is parallel over ranges of at most chunk of 0..n-1.
func chunks(ctx context.Context, n int, f func(low, high int)) error {
	return parallel(ctx, (n+chunk-1)/chunk, func(i int) {
		f(i*chunk, min(i*chunk+chunk, n))
	})
}

// A counter counts the finished steps of a stage.
type counter struct{ n atomic.Int64 }

func (c *counter) add() int { return int(c.n.Add(1)) }

// A meter turns the progress of stages, each with its share of the whole, into
// calls of one function, which never go back and never overlap.
type meter struct {
	report func(done, total int)
	total  int

	mu          sync.Mutex
	last        int
	base, share float64 // of the stage under way, in 0..1
}

func newMeter(report func(done, total int), total int) *meter {
	return &meter{report: report, total: total}
}

// stage begins a stage that is the given share of all work.
func (m *meter) stage(share float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.base += m.share
	m.share = share
}

// at reports that the stage has done some of its steps.
func (m *meter) at(done, of int) {
	if m.report == nil || of == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := int(float64(m.total) * (m.base + m.share*float64(done)/float64(of)))
	if now = min(now, m.total); now > m.last {
		m.last = now
		m.report(now, m.total)
	}
}
