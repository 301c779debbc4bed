package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
	"syscall"

	"github.com/igny8/igny8"
)

// control serves what tests steer a sandbox by that runs in another process:
//
//	GET    /_sandbox/effects   the counters
//	GET    /_sandbox/calls     every call received
//	GET    /_sandbox/faults    the faults set
//	POST   /_sandbox/faults    add one fault, or a list
//	DELETE /_sandbox/faults    remove them all
//	POST   /_sandbox/kill      {pid, match, call, moment}: see kill
//	PUT    /_sandbox/latency   {text, image, site} in nanoseconds
//
// What changes something takes JSON and says so in its Content-Type, so that no
// web page can have a browser do it.
func (s *Sandbox) control(mux *http.ServeMux) {
	mux.HandleFunc("GET /_sandbox/effects", func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, s.Effects()) })
	mux.HandleFunc("GET /_sandbox/calls", func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, s.Calls()) })
	mux.HandleFunc("GET /_sandbox/faults", func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, s.script()) })
	mux.HandleFunc("DELETE /_sandbox/faults", func(w http.ResponseWriter, _ *http.Request) { s.Mend(); w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("POST /_sandbox/faults", s.command(func(body []byte) error {
		var list []Fault
		if err := json.Unmarshal(body, &list); err != nil {
			list = make([]Fault, 1)
			if err := json.Unmarshal(body, &list[0]); err != nil {
				return igny8.Wrap(igny8.Invalid, err, "that is neither a fault nor a list of faults")
			}
		}
		for _, f := range list {
			if err := s.Break(f); err != nil {
				return err
			}
		}
		return nil
	}))
	mux.HandleFunc("POST /_sandbox/kill", s.command(func(body []byte) error {
		var k kill
		if err := json.Unmarshal(body, &k); err != nil {
			return igny8.Wrap(igny8.Invalid, err, "that does not say whom to kill and when")
		}
		return s.arm(k)
	}))
	mux.HandleFunc("PUT /_sandbox/latency", s.command(func(body []byte) error {
		var l Latency
		if err := json.Unmarshal(body, &l); err != nil {
			return igny8.Wrap(igny8.Invalid, err, "that is not a latency")
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.options.Latency = l
		return nil
	}))
}

func (s *Sandbox) command(do func(body []byte) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
			answer(w, http.StatusUnsupportedMediaType, map[string]string{"message": "send application/json"})
			return
		}
		var body json.RawMessage
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&body)
		if err == nil {
			err = do(body)
		}
		if err != nil {
			answer(w, http.StatusBadRequest, map[string]string{"message": err.Error()})
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client may have gone
}

func (s *Sandbox) script() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Fault, len(s.faults))
	for i, f := range s.faults {
		list[i] = f.Fault
	}
	return list
}

// A kill ends a process with SIGKILL at one exact point: at the given moment of
// the n-th call that matches, counted from 1 and from when the kill was set. A
// negative PID is a process group, as for kill(2).
type kill struct {
	PID    int    `json:"pid"`
	Match  Match  `json:"match"`
	Call   int    `json:"call"`
	Moment Moment `json:"moment"`
	met    int
	last   int // the call it met last
}

func (s *Sandbox) arm(k kill) error {
	switch {
	case !s.options.AllowKill:
		return igny8.Errorf(igny8.Forbidden, "this sandbox was not started with leave to end processes")
	case k.PID == 0 || k.PID == 1 || k.PID == -1:
		return igny8.FieldErrorf("pid", "a kill needs the ID of one process or group, not %d", k.PID)
	case k.Call < 1:
		return igny8.FieldErrorf("call", "calls are counted from 1")
	case k.Moment != Before && k.Moment != After:
		return igny8.FieldErrorf("moment", "a moment is %q or %q", Before, After)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kills = append(s.kills, &k)
	return nil
}

// killAt ends the processes whose time has come. The call then goes on, if this
// process is not among them.
func (s *Sandbox) killAt(c Call, m Moment) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.kills {
		if m == Before && k.Match.Covers(c) {
			if k.met++; k.met == k.Call {
				k.last = c.N
			}
		}
		if k.last == c.N && k.Moment == m {
			_ = syscall.Kill(k.PID, syscall.SIGKILL) // it may have ended by itself
		}
	}
}
