package llm

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/outbound"
)

// fault is an error as the provider writes it: {"error":{…}}.
type fault struct {
	Message string `json:"message"`
	Type    string `json:"type"`
	Param   string `json:"param"`
	Code    any    `json:"code"` // some compatible servers send a number
}

func (f fault) code() string {
	s, _ := f.Code.(string)
	return s
}

// is reports whether the code or the type is one of the names.
func (f fault) is(names ...string) bool {
	for _, n := range names {
		if f.code() == n || f.Type == n {
			return true
		}
	}
	return false
}

// cause is what the log may know of a fault: its status and its names, never
// its message, which may quote the prompt or the key.
func (f fault) cause(status int) error {
	parts := []string{"status " + strconv.Itoa(status)}
	for _, s := range []string{f.Type, f.code(), f.Param} {
		if name.MatchString(s) {
			parts = append(parts, s)
		}
	}
	return errors.New(strings.Join(parts, ", "))
}

var name = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.\[\]-]{0,63}$`)

// classify turns a reply that isn't a success into an error. The codes are
// those of the OpenAI specification 2.3.0 and of servers compatible with it.
func classify(r outbound.Reply, now time.Time) error {
	var body struct {
		Error fault `json:"error"`
	}
	_ = outbound.Decode(r.Body, &body) // HTML from a gateway: the status has to do
	return body.Error.classify(r, now)
}

func (f fault) classify(r outbound.Reply, now time.Time) error {
	after := outbound.After(r.Header, f.Message, now)
	cause := f.cause(r.Status)
	switch {
	case r.Status == 402, f.is("insufficient_quota", "billing_hard_limit_reached", "billing_not_active"):
		return igny8.Wrap(igny8.NoQuota, cause, "The account at the model provider has no money left; add credit there and resume")
	case r.Status == 401, r.Status == 403, f.is("invalid_api_key"):
		return igny8.Wrap(igny8.Credentials, cause, "The model provider refused the key; enter a valid one in the integration settings")
	case f.is("moderation_blocked", "content_policy_violation", "content_filter", "invalid_prompt", "image_generation_user_error"):
		return igny8.Wrap(igny8.Refused, cause, "The model provider's moderation refused the request")
	case r.Status == 413, f.is("context_length_exceeded", "string_above_max_length"):
		return igny8.Wrap(igny8.TooLarge, cause, "The prompt is longer than the model accepts")
	case r.Status == 404, f.is("model_not_found"):
		return igny8.Wrap(igny8.Invalid, cause, "The model provider does not have this model, or not for this key; choose another")
	case r.Status == 408, r.Status == 409, r.Status == 425, r.Status == 429, f.is("rate_limit_exceeded"):
		return later(igny8.Busy, after, cause, "the model provider asked us to slow down")
	case r.Status >= 500, f.is("server_error"):
		return later(igny8.Unavailable, after, cause, "the model provider has a problem of its own")
	case r.Status >= 300 && r.Status < 400:
		return igny8.Wrap(igny8.Invalid, cause, "The model provider's address redirects elsewhere; enter the final address")
	}
	return igny8.Wrap(igny8.Invalid, cause, "The model provider can't do this request (%s)", cause)
}

func later(code igny8.Code, after time.Duration, cause error, message string) error {
	return &igny8.Error{Code: code, Message: message, After: after, Err: cause}
}

func unsendable(err error) error {
	if err == nil {
		err = errors.New("no request was made")
	}
	return igny8.Wrap(igny8.Invalid, err, "The model provider's address or the request can't be used")
}

// torn is a success that can't be read: cut, or with something around it. It
// was very likely paid for.
func torn(err error) error {
	return igny8.Wrap(igny8.Unknown, err, "The model provider's reply was cut or garbled; perhaps it was charged")
}

func malformed(format string, args ...any) error {
	return igny8.Errorf(igny8.Malformed, format, args...)
}

func refusal() error {
	return igny8.Errorf(igny8.Refused, "The model declined to write this")
}
