package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// record is what the log will say of a request. Those who learn something about
// it write it down here.
type record struct {
	ID     string
	IP     string
	caller *caller
	cause  error // of an answer of 500 or more
	status int
	bytes  int

	workflow string // ID of the execution that it starts or speaks to
	queries  atomic.Int64
}

type recordKey struct{}

func recordOf(ctx context.Context) *record {
	if rec, ok := ctx.Value(recordKey{}).(*record); ok {
		return rec
	}
	return &record{}
}

// begin gives each request a number of its own and, when it is done, the log a
// line about it. It is outermost, so that what the others refuse is logged too.
func (s *Server) begin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &record{ID: uuid.Must(uuid.NewV7()).String()}
		start := time.Now()
		w.Header().Set("X-Request-Id", rec.ID)
		r = r.WithContext(store.Tallied(context.WithValue(r.Context(), recordKey{}, rec), &rec.queries))
		s.metrics.underWay.Inc()
		defer func() {
			took := time.Since(start)
			rec.left(r.Context())
			s.metrics.underWay.Dec()
			s.metrics.count(r, rec, took)
			s.write(r, rec, took)
		}()
		next.ServeHTTP(&watched{ResponseWriter: w, rec: rec}, r)
	})
}

// clientLeft is the status that nginx gave to requests whose sender did not wait
// for the answer.
const clientLeft = 499

// left notes that nobody waits for the answer any more: what broke off because of
// that is no fault of ours.
func (rec *record) left(ctx context.Context) {
	if ctx.Err() != nil && rec.cause != nil {
		rec.status, rec.cause = clientLeft, nil
	}
}

func (s *Server) write(r *http.Request, rec *record, took time.Duration) {
	level := slog.LevelInfo
	if rec.cause != nil {
		level = slog.LevelError
	}
	attrs := []slog.Attr{
		slog.String("request_id", rec.ID), slog.String("method", r.Method), slog.String("route", routeOf(r)),
		slog.Int("status", rec.status), slog.Int("bytes", rec.bytes), slog.Duration("took", took), slog.String("ip", rec.IP), slog.Int64("queries", rec.queries.Load()),
	}
	if c := rec.caller; c != nil && !c.Account.IsZero() {
		attrs = append(attrs, slog.String("account", c.Account.String()), slog.String("user", c.User.String()))
		if c.key != "" {
			attrs = append(attrs, slog.String("api_key", c.key))
		}
		if !c.home.IsZero() {
			attrs = append(attrs, slog.String("impersonated_from", c.home.String()))
		}
	}
	if rec.workflow != "" {
		attrs = append(attrs, slog.String("workflow", rec.workflow))
	}
	if rec.cause != nil {
		attrs = append(attrs, slog.String("cause", rec.cause.Error()))
	}
	s.log().LogAttrs(r.Context(), level, "request", attrs...)
}

// routeOf is the pattern that matched, so that the log has no IDs in its routes.
func routeOf(r *http.Request) string {
	if c := chi.RouteContext(r.Context()); c != nil && c.RoutePattern() != "" {
		return c.RoutePattern()
	}
	return "none"
}

// watched sees what becomes of a response.
type watched struct {
	http.ResponseWriter
	rec *record
}

func (w *watched) WriteHeader(status int) {
	if w.rec.status == 0 {
		w.rec.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *watched) Write(b []byte) (int, error) {
	if w.rec.status == 0 {
		w.rec.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.rec.bytes += n
	return n, err
}

// Unwrap is how http.ResponseController finds the connection.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// recovered answers a panic as any other fault of ours.
func recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch p := recover(); p {
			case nil:
			case http.ErrAbortHandler:
				panic(p)
			default:
				err := igny8.Wrap(igny8.Internal, fmt.Errorf("panic: %v\n%s", p, debug.Stack()), "Something went wrong on our side.")
				if recordOf(r.Context()).status == 0 {
					fail(w, r, err)
				} else {
					recordOf(r.Context()).cause = err
				}
			}
		}()
		next.ServeHTTP(w, r)
	})
}
