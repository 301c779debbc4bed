//go:build noembed

package devserver_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/temporal/devserver"
)

func TestSaysThatItIsLeftOut(t *testing.T) {
	t.Parallel()
	_, err := devserver.Start(t.Context(), devserver.Options{})
	require.Equal(t, igny8.NotConfigured, igny8.CodeOf(err))
	require.ErrorContains(t, err, "TEMPORAL_ADDRESS")
}
