package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

const (
	pingEvery = 15 * time.Second // so that whoever is between sees a connection in use
	streamFor = 15 * time.Minute // then the client comes again, with a token of its day
)

// news tells streams that a run has changed. One connection of a process
// listens for all of them.
type news struct {
	mu      sync.Mutex
	waiting map[string]map[chan struct{}]struct{}
}

// follow returns a channel that is told of changes of the run, until stop.
func (n *news) follow(run igny8.RunID) (changed <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.waiting == nil {
		n.waiting = map[string]map[chan struct{}]struct{}{}
	}
	key := run.String()
	if n.waiting[key] == nil {
		n.waiting[key] = map[chan struct{}]struct{}{}
	}
	n.waiting[key][c] = struct{}{}
	return c, func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.waiting[key], c)
		if len(n.waiting[key]) == 0 {
			delete(n.waiting, key)
		}
	}
}

func (n *news) tell(run string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for c := range n.waiting[run] {
		select {
		case c <- struct{}{}:
		default: // it has been told already
		}
	}
}

// listen hears from the database what changes, until ctx ends. While it can't,
// polls do its work.
func (s *Server) listen(ctx context.Context) error {
	for {
		err := s.Store.Listen(ctx, func(run string) {
			s.news.tell(run)
			s.poke()
		})
		if ctx.Err() != nil {
			return nil
		}
		s.log().WarnContext(ctx, "the database's notifications are away; polling", "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pollEvery):
		}
	}
}

type eventsInput struct {
	TaskInput
	Last string `header:"Last-Event-ID" maxLength:"30" doc:"The id of the last event that was received"`
}

func (s *Server) events() {
	e := get("system/settings/task_progress/{task_id}/events/", "follow-task-progress", "Follow a run as it comes along", igny8.Read)
	e.responses = map[string]*huma.Response{"200": {
		Description: "Events named progress, whose data is what a poll answers and whose id is its version, and events named ping",
		Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
	raw(s, e, func(ctx context.Context, in *eventsInput) (*huma.StreamResponse, error) {
		row, err := s.runOf(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		last, err := strconv.ParseInt(in.Last, 10, 64)
		if in.Last == "" {
			last = -1
		} else if err != nil {
			return nil, igny8.FieldErrorf("Last-Event-ID", "The id of an event is a number.")
		}
		return &huma.StreamResponse{Body: func(hc huma.Context) {
			_, w := humachi.Unwrap(hc)
			h := w.Header()
			h.Set("Content-Type", "text/event-stream")
			h.Set("Cache-Control", "no-store")
			h.Set("X-Accel-Buffering", "no")
			w.WriteHeader(http.StatusOK)
			to := &events{w: w, c: http.NewResponseController(w)}
			if to.write(": welcome\n\n") == nil { // the client learns at once that it is connected
				s.stream(ctx, to, row, last)
			}
		}}, nil
	})
}

// events writes to a stream. Each write has its own deadline: the server's is
// for answers that end.
type events struct {
	w http.ResponseWriter
	c *http.ResponseController
}

func (e *events) write(format string, args ...any) error {
	_ = e.c.SetWriteDeadline(time.Now().Add(10 * time.Second)) // a recorder in a test has none
	if _, err := fmt.Fprintf(e.w, format, args...); err != nil {
		return err
	}
	return e.c.Flush()
}

// stream sends the run as it is, and again when it has changed, until it ends.
func (s *Server) stream(ctx context.Context, to *events, row store.Run, last int64) {
	ctx, cancel := context.WithTimeout(ctx, streamFor)
	defer cancel()
	changed, stop := s.news.follow(row.ID)
	defer stop()
	poll, ping := time.NewTicker(pollEvery), time.NewTicker(pingEvery)
	defer poll.Stop()
	defer ping.Stop()
	for {
		fresh, err := s.seen(ctx, row.ID)
		if err != nil && igny8.CodeOf(err) != igny8.Unavailable {
			return // deleted, or no more to be seen
		}
		if err == nil && (fresh.Version > last || !fresh.Status.Live()) {
			if sendProgress(to, fresh) != nil || !fresh.Status.Live() {
				return
			}
			last = fresh.Version
		}
		for waiting := true; waiting; {
			select {
			case <-ctx.Done():
				return
			case <-changed:
				waiting = false
			case <-poll.C:
				waiting = false
			case <-ping.C:
				if to.write("event: ping\ndata: {}\n\n") != nil {
					return
				}
			}
		}
	}
}

// seen reads a run with the rights that the caller has by now.
func (s *Server) seen(ctx context.Context, run igny8.RunID) (store.Run, error) {
	now := &caller{}
	if err := callerOf(ctx).anew(ctx, now); err != nil {
		return store.Run{}, err
	}
	return store.As(ctx, s.Store, now.Principal, func(q *store.Queries) (store.Run, error) { return q.Run(ctx, run) })
}

func sendProgress(to *events, row store.Run) error {
	data, err := json.Marshal(progressOf(row))
	if err != nil {
		return err
	}
	return to.write("id: %d\nevent: progress\ndata: %s\n\n", row.Version, data)
}
