package temporal

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

var policies = map[string]Policy{
	"Local": Local, "Compute": Compute, "Model": Model, "Image": Image,
	"SiteRead": SiteRead, "SiteWrite": SiteWrite, "Compensation": Compensation,
}

func TestPoliciesAreBounded(t *testing.T) {
	t.Parallel()
	for name, p := range policies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, Queues, p.Queue)
			require.Positive(t, p.Attempt)
			require.Positive(t, p.Backoff)
			require.Greater(t, p.Growth, 1.0)
			require.Greater(t, p.MaxBackoff, p.Backoff)
			require.Less(t, p.Heartbeat, p.Attempt)
			if p.Await || p.Attempt > time.Minute {
				require.NotZero(t, p.Heartbeat, "only a heartbeat brings the news of a cancellation or a death")
			}
			if name == "Compensation" {
				require.Zero(t, p.Patience)
				require.Zero(t, p.Attempts)
				return
			}
			require.GreaterOrEqual(t, p.Patience, 2*p.Attempt)
		})
	}
	for _, p := range []Policy{Model, Image, SiteWrite} {
		require.Zero(t, p.Attempts, "each \"later\" would use one up")
	}
}

func TestTimingShrinksEverythingButTheLeast(t *testing.T) {
	t.Parallel()
	tests := Timing{Scale: 0.01, Least: 3 * time.Second}
	require.Equal(t, 6*time.Second, tests.shrink(10*time.Minute))
	require.Equal(t, 3*time.Second, tests.shrink(30*time.Second))
	require.Equal(t, time.Second, tests.shrink(time.Second), "what is shorter already stays")
	require.Zero(t, tests.shrink(0), "no limit stays none")
	require.Equal(t, 50*time.Millisecond, tests.pause(5*time.Second))
	require.Equal(t, time.Minute, Timing{}.shrink(time.Minute))
}

func TestHTTPContextEndsBeforeTheAttempt(t *testing.T) {
	t.Parallel()
	deadline := time.Now().Add(time.Hour)
	attempt, cancel := context.WithDeadline(t.Context(), deadline)
	defer cancel()
	ctx, cancel := HTTPContext(attempt)
	defer cancel()
	ends, _ := ctx.Deadline()
	require.Equal(t, 5*time.Second, deadline.Sub(ends))

	ctx, cancel = HTTPContext(t.Context())
	_, bounded := ctx.Deadline()
	require.False(t, bounded)
	cancel()
	require.ErrorIs(t, ctx.Err(), context.Canceled)
}

func TestHTTPContextLeavesTimeOfAShortAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		attempt, cancel := context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		ctx, cancel := HTTPContext(attempt)
		defer cancel()
		begun := time.Now()
		<-ctx.Done()
		require.Equal(t, 3*time.Second, time.Since(begun))
		require.Equal(t, igny8.Unavailable, igny8.CodeOf(context.Cause(ctx)))
		require.NoError(t, attempt.Err())
	})
}
