package workflows

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"github.com/igny8/igny8"
)

// A sweep that fails does not fail its workflow: that would pause the schedule.
// It is tried once; the next one comes in a minute.
func TestReconcileDoesNotFail(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err   error
		found Reconciled
	}{
		"something was mended": {nil, Reconciled{Runs: 1, Tasks: 2}},
		"nobody was there":     {igny8.Errorf(igny8.Unavailable, "the database is away"), Reconciled{}},
		"our own fault":        {igny8.Errorf(igny8.Internal, "a bug"), Reconciled{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var suite testsuite.WorkflowTestSuite
			env := suite.NewTestWorkflowEnvironment()
			Register(env)
			sweeps := 0
			Sweep.Bind(env, func(context.Context, Sweeping) (Reconciled, error) { sweeps++; return c.found, c.err })
			env.ExecuteWorkflow("Reconcile")
			require.NoError(t, env.GetWorkflowError())
			var found Reconciled
			require.NoError(t, env.GetWorkflowResult(&found))
			require.Equal(t, c.found, found)
			require.Equal(t, 1, sweeps)
		})
	}
}

// What was mended is counted; housekeeping, and what can't be mended, is not.
func TestMended(t *testing.T) {
	t.Parallel()
	require.Equal(t, 9, Reconciled{Runs: 1, Items: 1, HoldsReleased: 1, HoldsSettled: 1, Replies: 1, Tasks: 1, Adopted: 1, SetBack: 1, BlobsRemoved: 1}.Mended())
	require.Zero(t, Reconciled{PicturesMissing: 1, PostsUnclear: 1, KeysForgotten: 1, AccountsFolded: 1}.Mended())
}
