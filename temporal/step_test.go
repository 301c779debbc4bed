package temporal_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	sdk "go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"
	"pgregory.net/rapid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/temporal"
)

type doubling = temporal.Step[int, int]

// run performs step once in a workflow and returns what the workflow saw.
func run(t testing.TB, step doubling, local bool, do func(context.Context, int) (int, error)) (out int, err error, took time.Duration) { //nolint:staticcheck // the error is what is looked at
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	step.Bind(env, do)
	begun := env.Now()
	env.ExecuteWorkflow(func(ctx workflow.Context) (int, error) {
		if local {
			out, err = step.RunLocal(ctx, 21)
		} else {
			out, err = step.Run(ctx, 21)
		}
		took = workflow.Now(ctx).Sub(begun)
		return out, nil
	})
	require.NoError(t, env.GetWorkflowError())
	return out, err, took
}

func TestStepRunsBothWays(t *testing.T) {
	t.Parallel()
	for _, local := range []bool{false, true} {
		out, err, _ := run(t, doubling{Name: "double", Policy: temporal.Local}, local, func(ctx context.Context, n int) (int, error) {
			require.Equal(t, local, activity.GetInfo(ctx).IsLocalActivity)
			return 2 * n, nil
		})
		require.NoError(t, err)
		require.Equal(t, 42, out)
	}
}

// codes is every code there is, with whether it may be tried again by itself.
var codes = map[igny8.Code]bool{
	igny8.Internal: true, igny8.Busy: true, igny8.Unavailable: true, igny8.Unknown: true,
	igny8.Malformed: false, igny8.Invalid: false, igny8.TooLarge: false, igny8.Forbidden: false, igny8.NotFound: false,
	igny8.Conflict: false, igny8.RunLive: false, igny8.PlanLimit: false, igny8.Refused: false, igny8.Unusable: false,
	igny8.Exhausted: false, igny8.Expired: false, igny8.Rejected: false, igny8.Skipped: false, igny8.NoCredits: false,
	igny8.RunCap: false, igny8.NoQuota: false, igny8.Credentials: false, igny8.NotConfigured: false,
}

func TestCodesDecideAboutRetries(t *testing.T) {
	t.Parallel()
	for code, again := range codes {
		t.Run(string(code), func(t *testing.T) {
			t.Parallel()
			for _, local := range []bool{false, true} {
				attempts := 0
				out, err, _ := run(t, doubling{Name: "fail", Policy: temporal.Model}, local, func(context.Context, int) (int, error) {
					if attempts++; attempts == 3 {
						return 7, nil
					}
					// However deep it is wrapped, what leaves the step is outermost.
					return 1, fmt.Errorf("while asking: %w", errors.Join(errors.New("a"), igny8.Wrap(code, errors.New("secret"), "safe")))
				})
				if again {
					require.NoError(t, err)
					require.Equal(t, 3, attempts)
					require.Equal(t, 7, out)
					continue
				}
				require.Equal(t, 1, attempts)
				require.Equal(t, code, temporal.CodeOf(err))
				require.Equal(t, "safe", temporal.ErrorOf(err).Message)
				require.NotContains(t, err.Error(), "secret")
				require.Zero(t, out)
			}
		})
	}
}

func TestAfterIsHonoredWithJitter(t *testing.T) {
	t.Parallel()
	for asked, least := range map[time.Duration]time.Duration{
		3 * time.Minute: 3 * time.Minute,
		9 * time.Hour:   15 * time.Minute, // more would outlast the step's patience
	} {
		attempts := 0
		_, err, took := run(t, doubling{Name: "busy", Policy: temporal.Model}, false, func(context.Context, int) (int, error) {
			if attempts++; attempts == 2 {
				return 0, nil
			}
			return 0, &igny8.Error{Code: igny8.Busy, Message: "later", After: asked}
		})
		require.NoError(t, err)
		require.GreaterOrEqual(t, took, least)
		require.LessOrEqual(t, took, least*5/4+time.Second)
	}
}

func TestPatienceEndsWithTheLastCode(t *testing.T) {
	t.Parallel()
	policy := temporal.Policy{Attempt: time.Second, Patience: time.Minute, Backoff: 30 * time.Second, Growth: 2, MaxBackoff: time.Hour}
	attempts := 0
	_, err, took := run(t, doubling{Name: "busy", Policy: policy}, false, func(context.Context, int) (int, error) {
		attempts++
		return 0, igny8.Errorf(igny8.Busy, "later")
	})
	require.Equal(t, igny8.Busy, temporal.CodeOf(err))
	require.Equal(t, 2, attempts, "the third would begin after 90 seconds")
	require.LessOrEqual(t, took, policy.Patience)
}

func TestPanicIsAFaultOfOurs(t *testing.T) {
	t.Parallel()
	attempts := 0
	_, err, _ := run(t, doubling{Name: "panic", Policy: temporal.Compute}, false, func(context.Context, int) (int, error) {
		attempts++
		panic("the password is hunter2")
	})
	require.Equal(t, igny8.Internal, temporal.CodeOf(err))
	require.EqualValues(t, temporal.Compute.Attempts, attempts)
	require.NotContains(t, err.Error(), "hunter2")
}

func TestTimeouts(t *testing.T) {
	t.Parallel()
	busy := temporal.Failure(igny8.Errorf(igny8.Busy, "later"))
	require.Equal(t, igny8.Unavailable, temporal.CodeOf(sdk.NewHeartbeatTimeoutError()))
	require.Equal(t, igny8.Busy, temporal.CodeOf(fmt.Errorf("child: %w", sdk.NewTimeoutError(2, busy))))
	require.Equal(t, igny8.Unavailable, temporal.CodeOf(sdk.NewTimeoutError(2, errors.New("broken pipe"))))
}

func TestStrangersAreInternal(t *testing.T) {
	t.Parallel()
	for _, err := range []error{
		errors.New("secret"),
		sdk.NewApplicationError("secret", "busy"), // not one of ours: nothing marks it
		sdk.NewNonRetryableApplicationError("secret", "wrapError", nil),
	} {
		require.Equal(t, igny8.Internal, temporal.CodeOf(err))
		require.NotContains(t, temporal.ErrorOf(err).Message, "secret")
	}
	require.Nil(t, temporal.ErrorOf(nil))
	require.Empty(t, temporal.CodeOf(nil))
	require.NoError(t, temporal.Failure(nil))
}

// What is encoded is what is decoded, through the real failure converter and
// however many layers of activity and child it is wrapped in.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	converter := sdk.GetDefaultFailureConverter()
	rapid.Check(t, func(t *rapid.T) {
		want := &igny8.Error{
			Code:    igny8.Code(rapid.StringMatching(`[a-z_]{1,20}`).Draw(t, "code")),
			Message: rapid.String().Draw(t, "message"),
			Field:   rapid.String().Draw(t, "field"),
		}
		if want.Code == igny8.Canceled {
			t.Skip("a cancellation has a form of its own")
		}
		err := temporal.Failure(want)
		for range rapid.IntRange(0, 3).Draw(t, "layers") {
			err = fmt.Errorf("layer: %w", err)
		}
		got := temporal.ErrorOf(converter.FailureToError(converter.ErrorToFailure(err)))
		require.Equal(t, []string{string(want.Code), want.Message, want.Field}, []string{string(got.Code), got.Message, got.Field})
	})
}

func TestChildFailureKeepsItsCode(t *testing.T) {
	t.Parallel()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	step := doubling{Name: "pay", Policy: temporal.Local}
	step.Bind(env, func(context.Context, int) (int, error) {
		return 0, igny8.Errorf(igny8.NoCredits, "top up")
	})
	env.RegisterWorkflowWithOptions(func(ctx workflow.Context) error {
		_, err := step.Run(ctx, 1)
		return err
	}, workflow.RegisterOptions{Name: "child"})
	var seen *igny8.Error
	env.ExecuteWorkflow(func(ctx workflow.Context) error {
		ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{WorkflowID: "c"})
		err := workflow.ExecuteChildWorkflow(ctx, "child").Get(ctx, nil)
		seen = temporal.ErrorOf(err)
		return temporal.Failure(err)
	})
	require.Equal(t, igny8.NoCredits, seen.Code)
	require.Equal(t, "top up", seen.Message)
	require.Equal(t, igny8.NoCredits, temporal.CodeOf(env.GetWorkflowError()))
}

func TestCancellation(t *testing.T) {
	t.Parallel()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	step := doubling{Name: "wait", Policy: temporal.SiteWrite}
	step.Bind(env, func(ctx context.Context, _ int) (int, error) {
		env.CancelWorkflow()
		<-ctx.Done()
		return 0, igny8.Wrap(igny8.Unavailable, ctx.Err(), "the site did not answer")
	})
	var inside error
	env.ExecuteWorkflow(func(ctx workflow.Context) error {
		_, inside = step.Run(ctx, 1)
		return temporal.Failure(inside)
	})
	require.Equal(t, igny8.Canceled, temporal.CodeOf(inside))
	require.True(t, sdk.IsCanceledError(env.GetWorkflowError()))
	require.Equal(t, igny8.Canceled, temporal.CodeOf(env.GetWorkflowError()))
}

// A worker that stops cancels its attempts as well. That is no cancellation of
// the work: it must be tried again elsewhere.
func TestStoppedWorkerIsTriedAgain(t *testing.T) {
	t.Parallel()
	attempts := 0
	_, err, _ := run(t, doubling{Name: "stop", Policy: temporal.Model}, false, func(context.Context, int) (int, error) {
		if attempts++; attempts == 1 {
			return 0, context.Canceled
		}
		return 0, nil
	})
	require.NoError(t, err)
	require.Equal(t, 2, attempts)
}
