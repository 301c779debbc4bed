package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// OK is what a single object or an action is answered with.
type OK[T any] struct {
	Success bool   `json:"success" enum:"true"`
	Data    T      `json:"data"`
	Message string `json:"message,omitempty"`
}

// Failure is what every error is answered with, whoever noticed it.
type Failure struct {
	Success   bool                `json:"success" enum:"false"`
	Message   string              `json:"message" doc:"A sentence for people"`
	Errors    map[string][]string `json:"errors" doc:"What is wrong, by field; non_field_errors for the rest"`
	Code      igny8.Code          `json:"code" doc:"For machines"`
	RequestID string              `json:"request_id" doc:"Finds the request in the log"`
	TaskID    *igny8.RunID        `json:"task_id,omitempty" doc:"With run_live: the run that is in the way"`

	status int
	after  int // seconds
}

func (f *Failure) Error() string { return f.Message }

// GetStatus tells huma the status.
func (f *Failure) GetStatus() int { return f.status }

// GetHeaders tells huma what else to send.
func (f *Failure) GetHeaders() http.Header {
	h := http.Header{}
	if f.after > 0 {
		h.Set("Retry-After", itoa(f.after))
	}
	return h
}

// statuses is the one table of what codes are over HTTP.
var statuses = map[igny8.Code]int{
	igny8.Internal:    http.StatusInternalServerError,
	igny8.Busy:        http.StatusTooManyRequests,
	igny8.Unavailable: http.StatusServiceUnavailable,
	igny8.Unknown:     http.StatusBadGateway,
	igny8.Malformed:   http.StatusBadGateway,

	igny8.Invalid:         http.StatusBadRequest,
	igny8.TooLarge:        http.StatusRequestEntityTooLarge,
	igny8.Unauthenticated: http.StatusUnauthorized,
	igny8.Forbidden:       http.StatusForbidden,
	igny8.Suspended:       http.StatusForbidden,
	igny8.NotFound:        http.StatusNotFound,
	igny8.Conflict:        http.StatusConflict,
	igny8.RunLive:         http.StatusConflict,
	igny8.Mismatch:        http.StatusUnprocessableEntity,
	igny8.PlanLimit:       http.StatusForbidden,
	igny8.PlanFeature:     http.StatusForbidden,
	igny8.Refused:         http.StatusUnprocessableEntity,
	igny8.Unusable:        http.StatusBadGateway,
	igny8.Exhausted:       http.StatusConflict,
	igny8.Canceled:        http.StatusConflict,
	igny8.Expired:         http.StatusConflict,
	igny8.Rejected:        http.StatusConflict,
	igny8.Skipped:         http.StatusConflict,

	igny8.NoCredits:     http.StatusPaymentRequired,
	igny8.RunCap:        http.StatusPaymentRequired,
	igny8.NoQuota:       http.StatusBadGateway,
	igny8.Credentials:   http.StatusBadGateway,
	igny8.NotConfigured: http.StatusConflict,

	methodNotAllowed: http.StatusMethodNotAllowed,
	notAcceptable:    http.StatusNotAcceptable,
	unsupported:      http.StatusUnsupportedMediaType,
}

// Codes that only HTTP has.
const (
	methodNotAllowed igny8.Code = "method_not_allowed"
	notAcceptable    igny8.Code = "not_acceptable"
	unsupported      igny8.Code = "unsupported_media_type"
)

// nonField is under what an error stands that concerns no field.
const nonField = "non_field_errors"

// failure is the answer to an error of ours, and the log's entry if the fault
// is on our side: its details are for the log only.
func failure(rec *record, err error) *Failure {
	e, ok := errors.AsType[*igny8.Error](err)
	switch {
	case ok:
	case errors.Is(err, context.Canceled):
		e = &igny8.Error{Code: igny8.Unavailable, Message: "The request was broken off on its way. Look at what has become of it, then send it again.", Err: err}
	default:
		e = &igny8.Error{Code: igny8.Internal, Err: err}
	}
	f := &Failure{Message: e.Message, Errors: map[string][]string{}, Code: e.Code, RequestID: rec.ID, status: statuses[e.Code]}
	if f.status == 0 {
		f.status = http.StatusInternalServerError
	}
	if f.status >= http.StatusInternalServerError {
		rec.cause = err
	}
	if e.Code == igny8.Internal {
		f.Message = "Something went wrong on our side. If it stays so, tell us this request's number: " + rec.ID
	}
	if e.Field != "" {
		f.Errors[e.Field] = []string{e.Message}
	}
	if run, live := store.LiveRun(err); live {
		f.TaskID = &run
	}
	if e.After > 0 {
		f.after = max(1, int(e.After.Seconds()))
	} else if e.Code == igny8.Busy || e.Code == igny8.Unavailable {
		f.after = 5
	}
	return f
}

// codeOf is the code of what huma or the router noticed.
func codeOf(status int) igny8.Code {
	switch status {
	case http.StatusNotFound:
		return igny8.NotFound
	case http.StatusRequestEntityTooLarge:
		return igny8.TooLarge
	case http.StatusMethodNotAllowed:
		return methodNotAllowed
	case http.StatusNotAcceptable:
		return notAcceptable
	case http.StatusUnsupportedMediaType:
		return unsupported
	}
	if status >= http.StatusInternalServerError {
		return igny8.Internal
	}
	return igny8.Invalid
}

// noticed is the answer to what huma noticed about a request. Its 422 is our
// 400; an ID in the path that can't be one is 404, as every ID that names nothing.
func noticed(rec *record, status int, message string, details []error) *Failure {
	f := &Failure{Message: sentence(message), Errors: map[string][]string{}, Code: codeOf(status), RequestID: rec.ID}
	for _, d := range details {
		field, text := nonField, d.Error()
		if e, ours := errors.AsType[*igny8.Error](d); ours {
			if e.Code != igny8.Invalid {
				return failure(rec, d)
			}
			field, text = cmp.Or(e.Field, nonField), e.Message
		}
		if d, ok := d.(huma.ErrorDetailer); ok {
			detail := d.ErrorDetail()
			if strings.HasPrefix(detail.Location, "path.") {
				return failure(rec, igny8.Errorf(igny8.NotFound, "There is no such thing, or it is not yours to see."))
			}
			if strings.Contains(detail.Message, "request body too large") { // http.MaxBytesReader, inside a form
				f.Code = igny8.TooLarge
			}
			if strings.Contains(detail.Message, "isn't multipart/form-data") {
				f.Code, message = unsupported, "send the file as a form does: multipart/form-data"
				f.Message = sentence(message)
			}
			field, text = fieldOf(detail.Location, detail.Message)
		}
		f.Errors[field] = append(f.Errors[field], sentence(text))
	}
	if f.Code == igny8.TooLarge {
		f.Message = "The request is larger than is allowed here."
	} else if message == "validation failed" {
		f.Message = "The request is not valid; errors says what to change."
	}
	if f.status = statuses[f.Code]; f.status >= http.StatusInternalServerError {
		return failure(rec, errors.Join(append(details, errors.New(message))...))
	}
	return f
}

// fieldOf turns huma's "body.rows[2].keyword" into the name of a field. What is
// missing is told at its parent, with its name in the message.
func fieldOf(location, message string) (field, text string) {
	for _, part := range []string{"body", "query", "header", "form", "cookie"} {
		if location == part {
			location = ""
		} else if rest, ok := strings.CutPrefix(location, part+"."); ok {
			location = rest
			break
		}
	}
	if name, ok := strings.CutPrefix(message, "expected required property "); ok {
		name = strings.TrimSuffix(name, " to be present")
		if location != "" {
			name = location + "." + name
		}
		return name, "This field is required."
	}
	if location == "" {
		location = nonField
	}
	return location, message
}

// sentence makes a sentence of a library's remark.
func sentence(s string) string {
	if s == "" {
		return s
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}

// huma keeps its defaults and its maker of errors in variables of the package.
func init() {
	huma.DefaultArrayNullable = false
	huma.ValidateStrictCasing = true // encoding/json takes VERSION for version; what is checked must be what is read
	huma.NewErrorWithContext = func(ctx huma.Context, status int, message string, details ...error) huma.StatusError {
		rec := &record{}
		if ctx != nil {
			rec = recordOf(ctx.Context())
		}
		return noticed(rec, status, message, details)
	}
	huma.NewError = func(status int, message string, details ...error) huma.StatusError {
		return noticed(&record{}, status, message, details)
	}
}

// fail answers where huma isn't reached: the router, the middleware, a panic.
func fail(w http.ResponseWriter, r *http.Request, err error) {
	f := failure(recordOf(r.Context()), err)
	for name, values := range f.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(f.status)
	if err := json.NewEncoder(w).Encode(f); err != nil {
		slog.DebugContext(r.Context(), "the client has gone", "error", err)
	}
}
