package sandbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"time"
)

// The protocols, as Call and Match name them.
const (
	OpenAI    = "openai"
	Runware   = "runware"
	WordPress = "wordpress"
)

// A Call is one request that the sandbox received. N counts from 1.
type Call struct {
	N        int    `json:"n"`
	Protocol string `json:"protocol"`
	Method   string `json:"method"`
	Path     string `json:"path"`            // within the protocol: /responses, /wp/v2/posts
	Purpose  string `json:"purpose"`         // what for: article, ideas, image, image.download, post.create, media.find, page.read …
	Key      string `json:"key"`             // the hash of method, address and body
	Fault    Kind   `json:"fault,omitempty"` // what went wrong, by order
	Status   int    `json:"status"`          // of the reply; 0 while there is none, or none was sent
}

// A Moment is a point within a call.
type Moment string

const (
	Before Moment = "before" // the call is here, and nothing has happened
	After  Moment = "after"  // its effect took place, and the reply is not yet sent
)

// Calls returns the calls received since the sandbox was made, in order.
func (s *Sandbox) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// A request is a call with its whole body, as the providers see it.
type request struct {
	*http.Request
	body    []byte
	call    Call
	fault   Fault  // the zero Fault is none
	path    string // within the protocol
	purpose string
	base    string // scheme and host that the caller reaches us by
}

// is reports whether the call is to be broken in that way.
func (r *request) is(k Kind) bool { return r.fault.Kind == k }

// A reply is an answer before it is sent.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// jsonReply is an answer in JSON. It leaves <, > and & as they are.
func jsonReply(status int, v any) reply {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // our own types
	}
	return reply{status, http.Header{"Content-Type": {"application/json"}}, bytes.TrimSpace(b.Bytes())}
}

func (r reply) with(key, value string) reply {
	r.header.Set(key, value)
	return r
}

// A provider is one of the three: it says what a request is for, how long such
// a call takes, and answers it.
type provider struct {
	classify func(*request) (path, purpose string)
	latency  func(*request) time.Duration
	answer   func(*request) reply
	refuse   func(*request) (reply, bool) // the answer to a call that a fault turns away
}

// maxBody bounds what is read of a request, in bytes.
const maxBody = 64 << 20

// peer serves one provider: it notes the call, lets it be observed, waits, lets
// it have its effect or turns it away, and sends the reply or what is left of
// it. A call goes on when its client has hung up, as it would at a real
// provider.
func (s *Sandbox) peer(protocol string, make func() provider) http.Handler {
	p := make()
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, hr.Body, maxBody))
		if err != nil {
			return // the client gave up, or sent more than any client of ours does
		}
		r := &request{Request: hr, body: body, base: s.baseOf(hr)}
		r.path, r.purpose = p.classify(r)
		s.begin(protocol, r)
		s.observe(r.call, Before)
		if r.fault.early(w, r) {
			s.end(r, 0)
			return
		}
		pause(r, p.latency(r))
		rep, refused := p.refuse(r)
		if !refused {
			rep = p.answer(r)
		}
		s.observe(r.call, After)
		s.end(r, rep.status)
		r.fault.send(w, r, rep)
	})
}

// begin numbers the call and decides whether it is to go wrong.
func (s *Sandbox) begin(protocol string, r *request) {
	h := sha256.New()
	io.WriteString(h, r.Method+" "+r.URL.RequestURI()+"\n")
	h.Write(r.body)
	s.mu.Lock()
	defer s.mu.Unlock()
	r.call = Call{
		N: len(s.calls) + 1, Protocol: protocol, Method: r.Method, Path: r.path, Purpose: r.purpose,
		Key: hex.EncodeToString(h.Sum(nil)[:16]),
	}
	r.fault = s.pick(r.call)
	if r.call.Fault = r.fault.Kind; r.call.Fault != "" {
		s.record(event{Fault: r.call.Fault})
	}
	s.calls = append(s.calls, r.call)
}

func (s *Sandbox) end(r *request, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[r.call.N-1].Status = status
}

func (s *Sandbox) observe(c Call, m Moment) {
	if s.options.Observe != nil {
		s.options.Observe(c, m)
	}
	s.killAt(c, m)
}

func (s *Sandbox) baseOf(r *http.Request) string {
	if s.options.PublicURL != "" {
		return s.options.PublicURL
	}
	return "http://" + r.Host
}

// pause waits for d, or until the client has gone.
func pause(r *request, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
	}
}
