package client_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/temporal/client"
)

func TestDialNobody(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := client.Dial(ctx, client.Options{Address: "127.0.0.1:1"})
	require.Equal(t, igny8.Unavailable, igny8.CodeOf(err))
	require.ErrorContains(t, err, "127.0.0.1:1")
}

// What is wrong with a schedule by itself is said before anybody is asked.
func TestScheduleWithoutTimes(t *testing.T) {
	t.Parallel()
	for field, s := range map[string]client.Schedule{
		"cron":     {ID: "s"},
		"timezone": {ID: "s", Cron: []string{"0 2 * * *"}, TimeZone: "Local"},
	} {
		err := client.SyncSchedule(t.Context(), nil, s)
		require.Equal(t, igny8.Invalid, igny8.CodeOf(err))
		var e *igny8.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, field, e.Field)
	}
}
