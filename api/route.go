package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/igny8/igny8"
)

// anyone is the power that a route asks for which needs no sign-in.
const anyone igny8.Power = ""

// root is where all paths begin.
const root = "/api/v1/"

// endpoint says what a route is, and who may use it.
type endpoint struct {
	method, path string // the path as after root, with its trailing slash
	id, summary  string
	power        igny8.Power
	status       int   // of success; 200 if 0
	body         int64 // the most bytes of a body; 1 MiB if 0
	hidden       bool
	parameters   []*huma.Param
	responses    map[string]*huma.Response
}

func get(path, id, summary string, p igny8.Power) endpoint {
	return endpoint{method: http.MethodGet, path: path, id: id, summary: summary, power: p}
}

func post(path, id, summary string, p igny8.Power) endpoint {
	return endpoint{method: http.MethodPost, path: path, id: id, summary: summary, power: p}
}

func (e endpoint) with(method string, status int) endpoint {
	e.method, e.status = method, status
	return e
}

// tags are the first part of the paths.
func (e endpoint) tag() string {
	for i, c := range e.path {
		if c == '/' {
			return e.path[:i]
		}
	}
	return "system"
}

// reply is a response of huma's with T as its body.
type reply[T any] struct {
	Status int
	Body   T
}

// raw registers a route whose handler makes the whole response.
func raw[I, O any](s *Server, e endpoint, h func(context.Context, *I) (*O, error)) {
	op := huma.Operation{
		OperationID: e.id, Method: e.method, Path: root + e.path, Summary: e.summary, Tags: []string{e.tag()},
		DefaultStatus: e.status, MaxBodyBytes: e.body, Hidden: e.hidden, Parameters: e.parameters, Responses: e.responses,
		Middlewares: huma.Middlewares{s.may(e.power)},
		Errors:      []int{http.StatusBadRequest, http.StatusNotFound, http.StatusTooManyRequests},
		Metadata:    map[string]any{"power": e.power},
		// A list judges its parameters itself.
		RejectUnknownQueryParameters: e.parameters == nil,
	}
	if e.power != anyone {
		op.Security = []map[string][]string{{"bearer": {}}}
		op.Errors = append(op.Errors, http.StatusUnauthorized, http.StatusForbidden)
	}
	if e.method != http.MethodGet {
		op.Errors = append(op.Errors, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, in)
		if err != nil {
			return nil, failure(recordOf(ctx), err)
		}
		return out, nil
	})
}

// route registers a route whose handler returns what stands in the envelope.
func route[I, T any](s *Server, e endpoint, h func(context.Context, *I) (T, error)) {
	status := e.status
	if status == 0 {
		status = http.StatusOK
	}
	raw(s, e, func(ctx context.Context, in *I) (*reply[OK[T]], error) {
		data, err := h(ctx, in)
		if err != nil {
			return nil, err
		}
		return &reply[OK[T]]{Status: status, Body: OK[T]{Success: true, Data: data}}, nil
	})
}

// may admits those whose role has the power, and to an account that is
// suspended only those who read.
func (s *Server) may(p igny8.Power) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if p != anyone {
			if err := s.admit(ctx, p); err != nil {
				r, w := humachi.Unwrap(ctx)
				fail(w, r, err)
				return
			}
		}
		next(ctx)
	}
}

func (s *Server) admit(ctx huma.Context, p igny8.Power) error {
	c := callerOf(ctx.Context())
	switch {
	case c.err != nil:
		return c.err
	case c.Account.IsZero():
		return igny8.Errorf(igny8.Unauthenticated, "Sign in first.")
	case !c.Role.May(p):
		return igny8.Errorf(igny8.Forbidden, "Your role (%s) does not allow this.", c.Role)
	case c.Suspended && ctx.Method() != http.MethodGet && p != igny8.Read:
		return igny8.Errorf(igny8.Suspended, "The account is suspended: it can be read, and nothing can be changed. Ask its owner.")
	}
	return nil
}

// ByID is the input of a route about one thing.
type ByID struct {
	ID string `path:"id" format:"uuid"`
}

// none is the input of a route without any.
type none struct{}

func itoa(n int) string { return strconv.Itoa(n) }
