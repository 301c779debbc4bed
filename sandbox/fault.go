package sandbox

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/igny8/igny8"
)

// A Kind is one way for a call to go wrong.
type Kind string

// What turns a call away before it has any effect. The ones that answer do so
// in the words of the provider; Fault.RetryAfter is their header.
const (
	RateLimited  Kind = "rate_limited"       // 429, try again
	NoQuota      Kind = "insufficient_quota" // the account has no money left
	Unauthorized Kind = "unauthorized"       // 401, as if the key had been revoked
	Forbidden    Kind = "forbidden"          // 403 in HTML, as a firewall does
	Error500     Kind = "error_500"          // in HTML, like the next two
	Error502     Kind = "error_502"
	Error503     Kind = "error_503"
	Fatal        Kind = "fatal"         // 500 in the words of the provider
	Maintenance  Kind = "maintenance"   // WordPress: 503 with Retry-After: 600
	Moderated    Kind = "moderated"     // the prompt is refused
	Slow         Kind = "slow"          // Fault.Delay passes first
	ResetBefore  Kind = "reset_before"  // the connection is reset, nothing happened
	StrippedAuth Kind = "stripped_auth" // WordPress: a proxy took the Authorization header away
)

// What spoils the reply after the effect took place.
const (
	SlowAfter      Kind = "slow_after"   // the effect, then Fault.Delay, then the reply
	ResetAfter     Kind = "reset_after"  // the effect, then a reset instead of a reply
	CutLength      Kind = "cut_length"   // half a body under the Content-Length of the whole
	CutClose       Kind = "cut_close"    // half a body that ends like a whole one
	InvalidJSON    Kind = "invalid_json" // the body is not JSON
	WrongType      Kind = "wrong_type"   // JSON, called text/html
	Drip           Kind = "drip"         // one byte each Fault.Delay
	Huge           Kind = "huge"         // 5 MB of white space before the body
	ErrorAfter     Kind = "error_after"  // the effect, then 500 in HTML
	HTMLBeforeJSON Kind = "html_before_json"
)

// What a provider of one kind does wrong.
const (
	Refusal      Kind = "refusal"       // text: the model declines
	Truncated    Kind = "length"        // text: cut at the limit of output tokens
	EmptyOutput  Kind = "empty"         // text: nothing; image: no data; Runware: no data
	BrokenOutput Kind = "broken_output" // text: not JSON
	FencedOutput Kind = "fenced_output" // text: JSON between prose and code fences
	WrongSchema  Kind = "wrong_schema"  // text: JSON, but not as the schema says
	NotImage     Kind = "not_image"     // image: bytes that are none
	Partial      Kind = "partial"       // Runware: data and errors together
	FailedTask   Kind = "failed_task"   // Runware: the task fails, nothing is charged
	ConflictUUID Kind = "conflict_uuid" // Runware: the task is accepted and conflictTaskUUID answered
	AfterInsert  Kind = "after_insert"  // WordPress: the post is there, the answer is 400
	DroppedMeta  Kind = "dropped_meta"  // WordPress: picture, terms and meta are left out without a word
	SlugTaken    Kind = "slug_taken"    // WordPress: the slug gets "-2"
)

// Kinds lists every kind.
var Kinds = []Kind{
	RateLimited, NoQuota, Unauthorized, Forbidden, Error500, Error502, Error503, Fatal, Maintenance, Moderated, Slow, ResetBefore, StrippedAuth,
	SlowAfter, ResetAfter, CutLength, CutClose, InvalidJSON, WrongType, Drip, Huge, ErrorAfter, HTMLBeforeJSON,
	Refusal, Truncated, EmptyOutput, BrokenOutput, FencedOutput, WrongSchema, NotImage, Partial, FailedTask, ConflictUUID, AfterInsert, DroppedMeta, SlugTaken,
}

// A Fault is one kind of trouble for the calls that match.
type Fault struct {
	Kind  Kind  `json:"kind"`
	Match Match `json:"match"`
	After int   `json:"after,omitempty"` // so many matching calls pass first
	// Times is how often it strikes at most. 0 is once, or without limit
	// where there is a Rate; less than 0 is without limit.
	Times int     `json:"times,omitempty"`
	Rate  float64 `json:"rate,omitempty"` // the chance that it strikes, above 0 and up to 1; 0 is always

	Delay time.Duration `json:"delay,omitempty"` // in nanoseconds; 0 is 30 s, for Drip 100 ms
	// RetryAfter is the header of an answer that has one, as it is: "7",
	// "-1", "1e9", a date. With a suffix "ms" it is the value of
	// retry-after-ms. "" is 1.
	RetryAfter string `json:"retry_after,omitempty"`
}

// Match names calls. An empty field matches all.
type Match struct {
	Protocol string `json:"protocol,omitempty"` // openai, runware or wordpress
	Method   string `json:"method,omitempty"`
	Path     string `json:"path,omitempty"`    // the beginning of the path within the protocol
	Purpose  string `json:"purpose,omitempty"` // one, or the beginning of several with a "*": "post.*"
}

// Covers reports whether the match takes in the call.
func (m Match) Covers(c Call) bool {
	purpose := m.Purpose == "" || m.Purpose == c.Purpose
	if head, cut := strings.CutSuffix(m.Purpose, "*"); cut {
		purpose = strings.HasPrefix(c.Purpose, head)
	}
	return purpose && (m.Protocol == "" || m.Protocol == c.Protocol) &&
		(m.Method == "" || m.Method == c.Method) && strings.HasPrefix(c.Path, m.Path)
}

// An armed fault counts the calls it has met.
type armed struct {
	Fault
	met, struck int
}

// Break adds a fault. The error is Invalid if there is no such kind or the rate
// is no probability.
func (s *Sandbox) Break(f Fault) error {
	if !slices.Contains(Kinds, f.Kind) {
		return igny8.FieldErrorf("kind", "there is no fault %q", f.Kind)
	}
	if f.Rate < 0 || f.Rate > 1 {
		return igny8.FieldErrorf("rate", "a rate is between 0 and 1, not %g", f.Rate)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &armed{Fault: f})
	return nil
}

// Mend removes every fault.
func (s *Sandbox) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// pick returns the first fault that strikes the call. The caller holds s.mu.
func (s *Sandbox) pick(c Call) Fault {
	s.seen[c.Key]++
	for i, f := range s.faults {
		if !f.Match.Covers(c) {
			continue
		}
		f.met++
		if f.met <= f.After || f.spent() || !s.chance(f.Rate, i, c.Key) {
			continue
		}
		f.struck++
		return f.Fault
	}
	return Fault{}
}

func (f *armed) spent() bool {
	switch {
	case f.Times > 0:
		return f.struck >= f.Times
	case f.Times == 0 && f.Rate == 0:
		return f.struck >= 1
	}
	return false
}

// chance is the same for the n-th making of the same call under the same seed,
// in whatever order calls arrive.
func (s *Sandbox) chance(rate float64, fault int, key string) bool {
	if rate == 0 || rate == 1 {
		return true
	}
	h := fnv.New64a()
	fmt.Fprint(h, fault, key, s.seen[key])
	return rand.New(rand.NewPCG(uint64(s.options.Seed), h.Sum64())).Float64() < rate
}

// wait is how long the fault holds the call up.
func (f Fault) wait() time.Duration {
	if f.Delay > 0 {
		return f.Delay
	}
	if f.Kind == Drip {
		return 100 * time.Millisecond
	}
	return 30 * time.Second
}
