package outbound

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"

	"github.com/igny8/igny8"
)

// A Reply is a complete answer to one request, whatever its status.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do sends one request and reads the whole reply, at most limit bytes of it.
// host is what the other side is called in messages: "OpenAI", "the site".
//
// An error means that no complete reply came:
//   - Invalid: the guard would not dial the address; nothing was sent;
//   - Canceled: the context was canceled before anything could have happened;
//   - Unavailable: the host could not be reached, so nothing happened there, or
//     a read (GET, HEAD) was cut, which can be repeated freely;
//   - Unknown: a write was sent and its reply didn't come; perhaps it happened;
//   - TooLarge: the reply is longer than limit. The Reply has its status.
//
// No error holds a header, a query or a body.
func Do(client *http.Client, req *http.Request, limit int64, host string) (Reply, error) {
	var sent atomic.Bool
	// A connection in hand is as good as sent: from there on the request may
	// leave while we look. A request that was provably never written is tried
	// again by net/http on a new connection, which begins with GetConn.
	trace := &httptrace.ClientTrace{
		GetConn: func(string) { sent.Store(false) },
		GotConn: func(httptrace.GotConnInfo) { sent.Store(true) },
	}
	req = req.WithContext(httptrace.WithClientTrace(req.Context(), trace))
	write := req.Method != http.MethodGet && req.Method != http.MethodHead

	resp, err := client.Do(req)
	if err != nil {
		return Reply{}, failure(req.Context(), err, sent.Load(), write, host)
	}
	defer resp.Body.Close()
	reply := Reply{Status: resp.StatusCode, Header: resp.Header}
	reply.Body, err = readAll(resp.Body, limit, resp.ContentLength)
	switch {
	case igny8.CodeOf(err) == igny8.TooLarge:
		return reply, igny8.Wrap(igny8.TooLarge, err, "%s sent a longer reply than we accept", host)
	case err != nil:
		return reply, failure(req.Context(), err, true, write, host)
	}
	return reply, nil
}

// failure classifies the want of a reply.
func failure(ctx context.Context, err error, sent, write bool, host string) error {
	// The guard's, and nobody else's: the cause of a context that has ended says
	// nothing of what happened on the other side.
	if own, ok := errors.AsType[*igny8.Error](err); ok && !sent {
		return own
	}
	if u, ok := errors.AsType[*url.Error](err); ok { // its text holds the query
		err = u.Err
	}
	switch {
	case sent && write:
		return igny8.Wrap(igny8.Unknown, err, "%s did not finish its reply; perhaps it did what we asked", host)
	case errors.Is(ctx.Err(), context.Canceled):
		return igny8.Wrap(igny8.Canceled, err, "the request to %s was canceled", host)
	case sent:
		return igny8.Wrap(igny8.Unavailable, err, "%s did not finish its reply", host)
	}
	return igny8.Wrap(igny8.Unavailable, err, "%s can't be reached", host)
}

// ReadAll reads body to its end. More than limit bytes is an error with the
// code TooLarge, and no more than limit+1 are read.
func ReadAll(body io.Reader, limit int64) ([]byte, error) { return readAll(body, limit, 0) }

// promised is how many bytes are made room for because a reply says that it has
// so many. Of one that has more, room is made as they come.
const promised = 1 << 20

// readAll is ReadAll of a body that should have so many bytes, if that is known.
func readAll(body io.Reader, limit, expected int64) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(int(max(0, min(expected, limit, promised))) + bytes.MinRead)
	if _, err := b.ReadFrom(io.LimitReader(body, limit+1)); err != nil {
		return nil, err
	}
	if int64(b.Len()) > limit {
		return nil, igny8.Errorf(igny8.TooLarge, "more than %d bytes", limit)
	}
	return b.Bytes(), nil
}

// Decode reads one JSON value into v. Anything before or after it, and a value
// that is cut, is an error; fields that v doesn't know are ignored. The error
// holds nothing of the input.
func Decode(body []byte, v any) error {
	if !json.Valid(body) {
		return errors.New("the reply is not JSON, or not all of it")
	}
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(v); err != nil {
		if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return errors.New("the reply has another type at " + t.Field)
		}
		return errors.New("the reply has another shape")
	}
	return nil
}
