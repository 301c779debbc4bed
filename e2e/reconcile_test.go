package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/sandbox"
	"github.com/igny8/igny8/temporal"
	"github.com/igny8/igny8/temporal/client"
)

// An operator who terminates a run in the Temporal UI leaves it no time to say
// goodbye: the reconciler ends its row and gives back what it held.
func TestATerminatedRunIsEnded(t *testing.T) {
	t.Parallel()
	snare := &trap{}
	l := newLab(t, sandbox.Options{Observe: snare.observe})
	c, err := client.Dial(t.Context(), client.Options{Address: l.Temporal, Keys: l.payloadKeys(t)})
	require.NoError(t, err)
	defer c.Close()
	a := l.customer(t, 100)
	goOn := make(chan struct{})
	s := snare.at(point{"article", 1, sandbox.Before}, func() {
		select {
		case <-goOn:
		case <-t.Context().Done():
		}
	})
	r := a.makes(t, 2, 1, 2)
	eventually(t, "an article is being written", func() bool { return s.call.Load() > 0 })
	began := time.Now()
	require.NoError(t, c.TerminateWorkflow(t.Context(), r.workflow(), "", "a test"))
	close(goOn)
	d := r.finishes(t)
	require.Equal(t, igny8.RunCancelled, d.Status)
	require.Contains(t, d.Message, "was not charged")
	require.False(t, d.Planning)
	l.keepsItsPromise(t, r, 100)
	var status struct {
		CheckedAt time.Time `json:"checked_at"`
		Mended    int       `json:"mended_last_day"`
		Queues    []struct {
			Workers int `json:"workers"`
		} `json:"queues"`
	}
	a.get(t, "system/status/", &status)
	require.True(t, status.CheckedAt.After(began), "the last check is older than what it has mended")
	require.NotZero(t, status.Mended)
	require.Len(t, status.Queues, len(temporal.Queues))
	for _, q := range status.Queues {
		require.Equal(t, 1, q.Workers)
	}
	l.nobodyPanicked(t)
}
