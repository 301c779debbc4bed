package igny8

import (
	"errors"
	"fmt"
	"time"
)

// A Code classifies an error for everyone who must act on it: the API turns it
// into a status, Temporal into a retry decision, the UI into a message.
type Code string

const (
	Internal    Code = "internal"    // our fault: try again
	Busy        Code = "busy"        // a provider asked us to slow down
	Unavailable Code = "unavailable" // somebody we depend on can't be reached
	Unknown     Code = "unknown"     // perhaps it happened: look it up before repeating it
	Malformed   Code = "malformed"   // a model answered, but not what we asked

	Invalid         Code = "invalid"              // the request can never succeed
	TooLarge        Code = "too_large"            // ... because of its size
	Unauthenticated Code = "unauthenticated"      // we don't know who asks
	Forbidden       Code = "forbidden"            // your role does not allow it
	Suspended       Code = "account_suspended"    // the account may only be read
	NotFound        Code = "not_found"            // ... or it is not yours to see
	Conflict        Code = "conflict"             // somebody got there first
	RunLive         Code = "run_live"             // a run of that sector or item is under way
	Mismatch        Code = "idempotency_mismatch" // same key, other request
	PlanLimit       Code = "plan_limit"           // the plan allows no more of them
	PlanFeature     Code = "plan_feature"         // the plan does not have it
	Refused         Code = "refused"              // the model or its moderation would not
	Unusable        Code = "unusable"             // the model's reply broke its schema, also after the repair
	Exhausted       Code = "attempts_exhausted"   // as many paid attempts as we allow
	Canceled        Code = "canceled"             // somebody asked us to stop
	Expired         Code = "expired"              // nobody decided in time
	Rejected        Code = "rejected"             // a person decided against it
	Skipped         Code = "skipped"              // a person left it out

	NoCredits     Code = "no_credits"     // the account can't afford it
	RunCap        Code = "run_cap"        // the run's own limit is reached
	NoQuota       Code = "no_quota"       // the provider's account has no money left
	Credentials   Code = "credentials"    // a key or password was refused
	NotConfigured Code = "not_configured" // there is no key or password
)

// Final reports whether trying again by itself cannot help.
func (c Code) Final() bool {
	switch c {
	case Internal, Busy, Unavailable, Unknown:
		return false
	}
	return true
}

// NeedsPerson reports whether the work can go on once a person has seen to
// something: credits, a cap, a key, a password. Such an error pauses a run.
func (c Code) NeedsPerson() bool {
	switch c {
	case NoCredits, RunCap, NoQuota, Credentials, NotConfigured:
		return true
	}
	return false
}

// Error is an error with a Code. Message is safe to show to the user; Err is
// for the log.
type Error struct {
	Code    Code
	Message string
	Field   string        // the input it concerns, if one
	After   time.Duration // how long to wait before retrying, if known
	Err     error
}

func (e *Error) Error() string {
	if e.Err == nil {
		return e.Message
	}
	return e.Message + ": " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// Errorf returns an Error whose message is safe to show: nothing that is
// wrapped or secret belongs in it. To keep a cause for the log, use Wrap.
func Errorf(code Code, format string, args ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Wrap is Errorf with a cause, which is logged and never shown.
func Wrap(code Code, cause error, format string, args ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Err: cause}
}

// FieldErrorf is Errorf with the code Invalid, about one input.
func FieldErrorf(field, format string, args ...any) error {
	return &Error{Code: Invalid, Field: field, Message: fmt.Sprintf(format, args...)}
}

// CodeOf returns the code of err: Internal unless something in its chain says
// otherwise, and "" if there is no error.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}

// MessageOf returns what a user may read about err.
func MessageOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Message
	}
	return "Something went wrong on our side. Nothing was charged for it."
}
