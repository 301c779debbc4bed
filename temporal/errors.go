package temporal

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/temporal"

	"github.com/igny8/igny8"
)

// longestDelay bounds what a peer's "come back later" can ask for: a longer one
// would outlast the policy's patience and end the step at once.
const longestDelay = 15 * time.Minute

// detail travels with an ApplicationError of ours. Its presence tells our codes
// from the type names that the SDK makes of other errors.
type detail struct {
	Field string `json:"field,omitempty"`
}

// Failure returns err as workflows and update handlers must return it for the
// code to survive: as an outermost ApplicationError, or as a cancellation.
// Activities need not call it, for Bind does.
func Failure(err error) error {
	if err == nil {
		return nil
	}
	e := ErrorOf(err)
	if e.Code == igny8.Canceled {
		return canceled()
	}
	return encode(e)
}

func canceled() error { return temporal.NewCanceledError() }

// encode makes the ApplicationError for e. The SDK looks at the outermost error
// only, so nothing may be wrapped around the result. The cause stays here.
func encode(e *igny8.Error) error {
	options := temporal.ApplicationErrorOptions{
		NonRetryable: e.Code.Final(),
		Details:      []any{detail{Field: e.Field}},
	}
	options.NextRetryDelay = e.After
	if e.Code == igny8.Busy || e.Code == igny8.Unavailable {
		options.Category = temporal.ApplicationErrorCategoryBenign
	}
	return temporal.NewApplicationErrorWithOptions(e.Message, string(e.Code), options)
}

// spread bounds how long a peer asked us to wait, and moves it by up to a quarter:
// those who were told the same moment should not all come back at it.
func spread(after time.Duration) time.Duration {
	if after <= 0 {
		return 0
	}
	delay := min(after, longestDelay)
	return delay + rand.N(delay/4+1)
}

// canceledByServer reports whether err is how an attempt ended that Temporal
// canceled. A worker that shuts down also cancels its attempts, for another
// cause; those are tried again.
func canceledByServer(ctx context.Context, err error) bool {
	if !temporal.IsCanceledError(context.Cause(ctx)) {
		return false
	}
	return errors.Is(err, context.Canceled) || temporal.IsCanceledError(err) || igny8.CodeOf(err) == igny8.Canceled
}

// classify gives an activity's error a code. Where its contexts ended and
// nobody said what that means, trying again is right.
func classify(err error) *igny8.Error {
	e := ErrorOf(err)
	if _, said := errors.AsType[*igny8.Error](err); !said && e.Code == igny8.Canceled {
		e.Code, e.Message = igny8.Unavailable, "The worker stopped; the step is tried again."
	}
	return e
}

// CodeOf returns the code of an error from a workflow, a step, a child or a
// client: Internal if there is none, "" if there is no error.
func CodeOf(err error) igny8.Code {
	if err == nil {
		return ""
	}
	return ErrorOf(err).Code
}

// ErrorOf recovers the igny8.Error in an error that has crossed Temporal, with
// its message and field; After is what the server was told to wait. A timeout
// has the code of the failure before it, if there was one, else Unavailable. It
// returns nil for nil, and otherwise keeps err as the cause.
func ErrorOf(err error) *igny8.Error {
	if err == nil {
		return nil
	}
	e := decode(err)
	if e == nil {
		e = &igny8.Error{Code: igny8.Internal, Message: igny8.MessageOf(nil)}
	}
	e.Err = err
	return e
}

// decode looks for a code along the chain of err, the outermost first.
func decode(err error) *igny8.Error {
	if err == nil {
		return nil
	}
	if e := decodeOne(err); e != nil {
		return e
	}
	switch u := err.(type) {
	case interface{ Unwrap() error }:
		if e := decode(u.Unwrap()); e != nil {
			return e
		}
	case interface{ Unwrap() []error }:
		for _, part := range u.Unwrap() {
			if e := decode(part); e != nil {
				return e
			}
		}
	}
	if _, ok := err.(*temporal.TimeoutError); ok {
		return unavailable("It took too long.")
	}
	return nil
}

// decodeOne tells what err means by itself, apart from what it wraps.
func decodeOne(err error) *igny8.Error {
	switch e := err.(type) {
	case *igny8.Error:
		same := *e
		return &same
	case *temporal.ApplicationError:
		return decodeApplication(e)
	case *temporal.CanceledError, *serviceerror.Canceled:
		return &igny8.Error{Code: igny8.Canceled, Message: "It was canceled."}
	case *temporal.TerminatedError:
		return &igny8.Error{Code: igny8.Canceled, Message: "An operator ended it."}
	case *serviceerror.WorkflowExecutionAlreadyStarted, *temporal.ChildWorkflowExecutionAlreadyStartedError:
		return &igny8.Error{Code: igny8.Conflict, Message: "It is under way already."}
	case *serviceerror.NotFound, *temporal.UnknownExternalWorkflowExecutionError:
		return &igny8.Error{Code: igny8.NotFound, Message: "There is no such work under way."}
	case *serviceerror.WorkflowNotReady:
		return unavailable("The work can't be spoken to at the moment.")
	case *serviceerror.Unavailable, *serviceerror.DeadlineExceeded, *serviceerror.ResourceExhausted:
		return unavailable("The workflow service can't be reached at the moment.")
	}
	switch {
	case errors.Is(err, context.Canceled):
		return &igny8.Error{Code: igny8.Canceled, Message: "It was canceled."}
	case errors.Is(err, context.DeadlineExceeded):
		return unavailable("It took too long.")
	}
	return nil
}

func unavailable(message string) *igny8.Error {
	return &igny8.Error{Code: igny8.Unavailable, Message: message}
}

// decodeApplication reads what encode wrote, and what the server says of an update
// that its workflow has not answered: v1.32.1,
// service/history/workflow/update/errors_failures.go.
func decodeApplication(a *temporal.ApplicationError) *igny8.Error {
	switch a.Type() {
	case "AcceptedUpdateCompletedWorkflow":
		return &igny8.Error{Code: igny8.Conflict, Message: "The work ended at the same moment. Look at what has become of it."}
	case "UnprocessedUpdate":
		return unavailable("Nobody could take this up at the moment.")
	}
	var d detail
	if !a.HasDetails() || a.Details(&d) != nil {
		return nil
	}
	return &igny8.Error{Code: igny8.Code(a.Type()), Message: a.Message(), Field: d.Field, After: a.NextRetryDelay()}
}
