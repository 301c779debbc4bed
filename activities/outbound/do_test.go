package outbound

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/igny8/igny8"
)

// hangUp ends the connection with a RST instead of a reply.
func hangUp(t *testing.T, w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
}

func TestWithoutAReply(t *testing.T) {
	t.Parallel()
	s, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		io.ReadAll(r.Body)
		switch r.URL.Path {
		case "/reset":
			hangUp(t, w)
		case "/cut":
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, `{"half":`)
		}
	})
	for _, path := range []string{"/reset", "/cut"} {
		_, err := get(t, c, s.URL+path+"?token=CANARY")
		wantCode(t, err, igny8.Unavailable)
		_, err = post(t, t.Context(), c, s.URL+path+"?token=CANARY")
		wantCode(t, err, igny8.Unknown)
		if strings.Contains(err.Error(), "CANARY") {
			t.Errorf("the error tells the query: %v", err)
		}
	}
	s.Close()
	_, err := post(t, t.Context(), c, s.URL)
	wantCode(t, err, igny8.Unavailable) // nobody listens, so nothing happened
	_, err = post(t, t.Context(), c, "https://no-such-host.invalid")
	wantCode(t, err, igny8.Unavailable)
}

// The peer has the request when the caller gives up: a write may have happened.
func TestGivingUp(t *testing.T) {
	t.Parallel()
	giveUp := func() {} // one request at a time
	s, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		io.ReadAll(r.Body)
		if r.URL.Path == "/drip" {
			io.WriteString(w, "{")
			w.(http.Flusher).Flush()
		}
		giveUp()
		<-r.Context().Done()
	})
	for _, path := range []string{"/silent", "/drip"} {
		ctx, cancel := context.WithCancel(t.Context())
		giveUp = cancel
		_, err := post(t, ctx, c, s.URL+path)
		wantCode(t, err, igny8.Unknown)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the cause is lost: %v", err)
		}
		ctx, cancel = context.WithCancel(t.Context())
		giveUp = cancel
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path, nil)
		_, err = Do(c, req, MaxBody, "the peer")
		wantCode(t, err, igny8.Canceled)
		cancel()
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := post(t, ctx, c, s.URL)
	wantCode(t, err, igny8.Canceled) // nothing was sent
}

// A body that is cut where the connection closes looks whole: only its content
// tells.
func TestCutAtTheClose(t *testing.T) {
	t.Parallel()
	s, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		conn, buf, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		buf.WriteString("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n\r\n{\"id\": 1, \"status\": \"comp")
		buf.Flush()
		conn.Close()
	})
	r, err := post(t, t.Context(), c, s.URL)
	if err != nil {
		t.Fatal(err)
	}
	var v struct{ ID int }
	if Decode(r.Body, &v) == nil {
		t.Errorf("%q was taken for a whole reply", r.Body)
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	for body, ok := range map[string]bool{
		`{"id": 7}`: true, " {\"id\": 7}\n": true, `{"id": 7, "more": []}`: true,
		``: false, `{"id": 7`: false, `{"id": 7} {}`: false, `<br />{"id": 7}`: false, `{"id": "seven"}`: false, `[]`: false, "\ufeff{}": false,
	} {
		var v struct {
			ID int `json:"id"`
		}
		if err := Decode([]byte(body), &v); (err == nil) != ok {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func TestReadAll(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]igny8.Code{0: "", 9: "", 10: "", 11: igny8.TooLarge, 1000: igny8.TooLarge} {
		r := strings.NewReader(strings.Repeat("x", n))
		b, err := ReadAll(r, 10)
		wantCode(t, err, want)
		if err == nil && len(b) != n {
			t.Errorf("%d of %d bytes", len(b), n)
		}
		if err != nil && r.Len() != n-11 {
			t.Errorf("%d bytes were read past the limit", n-11-r.Len())
		}
	}
}
