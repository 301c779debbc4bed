package temporal

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/igny8/igny8"
)

// Timing shortens what the policies say, for tests that kill a worker and wait
// for its attempt to be given up. A change of it is no change of a workflow:
// timeouts are not compared when a history is replayed.
type Timing struct {
	Scale float64       // what every duration of a policy is multiplied by; 0 and 1 leave it
	Least time.Duration // what attempts, patience and silences are never shortened below; pauses may be
}

var timing atomic.Pointer[Timing]

// SetTiming is called once, by cmd, before the first worker starts.
func SetTiming(t Timing) { timing.Store(&t) }

func pace() Timing {
	if t := timing.Load(); t != nil {
		return *t
	}
	return Timing{}
}

func (t Timing) shrink(d time.Duration) time.Duration { return max(t.pause(d), min(d, t.Least)) }

func (t Timing) pause(d time.Duration) time.Duration {
	if t.Scale == 0 {
		return d
	}
	return time.Duration(float64(d) * t.Scale)
}

// margin is how long before its attempt a call to a peer ends: long enough to
// store what became of it.
const margin = 5 * time.Second

// errTooSlow is the cause of a context that HTTPContext has ended.
var errTooSlow = igny8.Errorf(igny8.Unavailable, "The other side did not answer in time.")

// HTTPContext returns a context for the calls an attempt makes to somebody
// else. It ends 5 seconds before the attempt does, or after three quarters of
// what is left of it if that is later, so that an attempt that was given up
// never goes on beside its successor. Outside of an attempt there is no deadline.
func HTTPContext(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	early := min(pace().pause(margin), time.Until(deadline)/4)
	return context.WithDeadlineCause(ctx, deadline.Add(-early), errTooSlow)
}
