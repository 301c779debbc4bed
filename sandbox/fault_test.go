package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

var siteUser = "Basic YWRtaW46" + "c2FuZCBib3h4IHBhc3Mgd29yZCAwMDAwIDAwMDE=" // admin, DefaultPassword

// The calls that faults are tried on.
func askText(t *testing.T, url string) got {
	return call(t, "POST", url+OpenAIPath+"/chat/completions", map[string]any{
		"model": "gpt-5.2-mini", "messages": []any{map[string]any{"role": "user", "content": `{"keywords":["tea kettle"]}`}},
		"response_format": map[string]any{"type": "json_schema", "json_schema": map[string]any{"name": "x", "strict": true, "schema": object("title", aString)}},
	}, "Authorization", "Bearer sk-any")
}

func askImage(t *testing.T, url string) got {
	return call(t, "POST", url+RunwarePath, order(uuid.NewString(), "outputType", "base64Data"), "Authorization", runwareKey)
}

func askPost(t *testing.T, url string) got {
	return call(t, "POST", url+SitePath+"/wp-json/wp/v2/posts", map[string]any{
		"title": "T", "content": "<p>x</p>", "slug": "t", "categories": []int{1}, "status": "draft",
	}, "Authorization", siteUser)
}

func (e Effects) paid() int { return e.TextCalls + e.Images + e.Posts }

// TestFaults tries every kind: what the client sees, and whether the effect took
// place.
func TestFaults(t *testing.T) {
	t.Parallel()
	html := func(status int) func(*testing.T, got) {
		return func(t *testing.T, g got) {
			require.Equal(t, status, g.status)
			require.Contains(t, g.header.Get("Content-Type"), "text/html")
			require.False(t, json.Valid(g.body))
		}
	}
	said := func(status int, words ...string) func(*testing.T, got) {
		return func(t *testing.T, g got) {
			require.NoError(t, g.err)
			require.Equal(t, status, g.status)
			require.True(t, json.Valid(g.body))
			for _, w := range words {
				require.Contains(t, string(g.body), w)
			}
		}
	}
	reset := func(t *testing.T, g got) { require.ErrorIs(t, g.err, syscall.ECONNRESET) }
	fine := func(t *testing.T, g got) { require.NoError(t, g.err); require.True(t, json.Valid(g.body)) }
	for _, c := range []struct {
		kind    Kind
		ask     func(*testing.T, string) got
		effects int
		see     func(*testing.T, got)
	}{
		{RateLimited, askText, 0, said(429, "rate_limit_exceeded")},
		{RateLimited, askImage, 0, said(429, "rateLimitExceeded")},
		{RateLimited, askPost, 0, said(429)},
		{NoQuota, askText, 0, said(429, "insufficient_quota")},
		{NoQuota, askImage, 0, said(402, "insufficientCredits")},
		{Unauthorized, askText, 0, said(401, "invalid_api_key")},
		{Unauthorized, askImage, 0, said(401, "invalidApiKey")},
		{Unauthorized, askPost, 0, said(401, "rest_not_logged_in")},
		{StrippedAuth, askPost, 0, said(401, "rest_cannot_create")},
		{Forbidden, askPost, 0, html(403)},
		{Error500, askText, 0, html(500)},
		{Error502, askImage, 0, html(502)},
		{Error503, askPost, 0, html(503)},
		{Fatal, askPost, 0, said(500, "internal_server_error")},
		{Fatal, askText, 0, said(500, "server_error")},
		{Maintenance, askPost, 0, func(t *testing.T, g got) {
			said(503, "wp_die")(t, g)
			require.Equal(t, "600", g.header.Get("Retry-After"))
		}},
		{Moderated, askText, 0, said(400, "content_policy_violation")},
		{ResetBefore, askText, 0, reset},
		{ResetAfter, askPost, 1, reset},
		{ResetAfter, askText, 1, reset},
		{Slow, askText, 1, fine},
		{SlowAfter, askPost, 1, fine},
		{CutLength, askText, 1, func(t *testing.T, g got) { require.ErrorIs(t, g.err, io.ErrUnexpectedEOF) }},
		{CutClose, askText, 1, func(t *testing.T, g got) { require.NoError(t, g.err); require.False(t, json.Valid(g.body)) }},
		{InvalidJSON, askImage, 1, func(t *testing.T, g got) { require.NoError(t, g.err); require.False(t, json.Valid(g.body)) }},
		{WrongType, askPost, 1, func(t *testing.T, g got) { fine(t, g); require.Contains(t, g.header.Get("Content-Type"), "text/html") }},
		{Drip, askPost, 1, fine},
		{Huge, askText, 1, func(t *testing.T, g got) { fine(t, g); require.Greater(t, len(g.body), 5<<20) }},
		{ErrorAfter, askPost, 1, html(500)},
		{HTMLBeforeJSON, askPost, 1, func(t *testing.T, g got) {
			require.Equal(t, 200, g.status)
			require.True(t, strings.HasPrefix(string(g.body), "<br />"))
		}},
		{Refusal, askText, 1, said(200, `"content":null`, "I'm sorry")},
		{Truncated, askText, 1, said(200, `"finish_reason":"length"`)},
		{EmptyOutput, askText, 1, said(200, `"choices":[]`)},
		{EmptyOutput, askImage, 1, said(200, `"data":[]`)},
		{BrokenOutput, askText, 1, said(200, "oops")},
		{FencedOutput, askText, 1, said(200, "```json")},
		{WrongSchema, askText, 1, said(200, "unexpected")},
		{NotImage, askImage, 1, said(200, "PGh0bWw+")},
		{Partial, askImage, 1, said(200, `"errors":[`, "imageBase64Data")},
		{FailedTask, askImage, 0, said(400, "providerError")},
		{ConflictUUID, askImage, 1, said(400, "conflictTaskUUID")},
		{AfterInsert, askPost, 1, said(400, "rest_invalid_field")},
		{DroppedMeta, askPost, 1, said(201)},
		{SlugTaken, askPost, 1, said(201, `"slug":"t-2"`)},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			t.Parallel()
			s, url := start(t, Options{Script: []Fault{{Kind: c.kind, Delay: time.Microsecond}}})
			c.see(t, c.ask(t, url))
			require.Equal(t, c.effects, s.Effects().paid())
			require.Equal(t, map[Kind]int{c.kind: 1}, s.Effects().Faults)
			next := c.ask(t, url)
			require.NoError(t, next.err, "it strikes once")
			require.Less(t, next.status, 300)
		})
	}
}

func TestOddRetryAfter(t *testing.T) {
	t.Parallel()
	date := time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	for value, want := range map[string][2]string{
		"7": {"Retry-After", "7"}, "0": {"Retry-After", "0"}, "-5": {"Retry-After", "-5"}, "1000000000": {"Retry-After", "1000000000"},
		date: {"Retry-After", date}, "1500ms": {"Retry-After-Ms", "1500"}, "": {"Retry-After", "1"},
	} {
		_, url := start(t, Options{Script: []Fault{{Kind: RateLimited, RetryAfter: value}}})
		require.Equal(t, want[1], askText(t, url).header.Get(want[0]))
	}
}

func TestFaultsStrikeWhereAndWhenTheyAreTold(t *testing.T) {
	t.Parallel()
	s, url := start(t, Options{})
	add := call(t, "POST", url+"/_sandbox/faults", []Fault{{Kind: Error500, Match: Match{Protocol: WordPress, Method: "POST", Purpose: "post.*"}, After: 1, Times: 2}})
	require.Equal(t, 204, add.status, "%s", add.body)
	var seen []int
	for range 5 {
		seen = append(seen, askPost(t, url).status)
		require.Equal(t, 200, askText(t, url).status)
	}
	require.Equal(t, []int{201, 500, 500, 201, 201}, seen)
	require.Equal(t, 3, s.Effects().Posts)
	require.Equal(t, 415, call(t, "POST", url+"/_sandbox/faults", []byte(`{"kind":"slow"}`), "Content-Type", "text/plain").status)
	require.Equal(t, 400, call(t, "POST", url+"/_sandbox/faults", map[string]any{"kind": "nonsense"}).status)
	require.Equal(t, 204, call(t, "DELETE", url+"/_sandbox/faults", nil).status)
	require.Empty(t, call(t, "GET", url+"/_sandbox/faults", nil).list(t))
}

// TestChanceIsSeeded makes the same calls in another order and wants the same
// ones to fail.
func TestChanceIsSeeded(t *testing.T) {
	t.Parallel()
	run := func(seed int64, order []string) map[string]bool {
		s, err := New(Options{Seed: seed, Script: []Fault{{Kind: Error500, Rate: 0.3}}})
		require.NoError(t, err)
		struck := map[string]bool{}
		for _, key := range order {
			if f := s.pick(Call{Key: key}); f.Kind != "" {
				struck[key] = true
			}
		}
		return struck
	}
	var there, back []string
	for i := range 300 {
		there = append(there, uuid.NewSHA1(uuid.Nil, []byte{byte(i), byte(i >> 8)}).String())
	}
	for i := range there {
		back = append(back, there[len(there)-1-i])
	}
	first := run(1, there)
	require.Equal(t, first, run(1, back))
	require.NotEqual(t, first, run(2, there))
	require.InDelta(t, 90, len(first), 40)
}

// TestKillAtTheExactCall ends a process before the effect of the second post,
// and another after it.
func TestKillAtTheExactCall(t *testing.T) {
	t.Parallel()
	s, url := start(t, Options{AllowKill: true})
	victim := func() *exec.Cmd {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		t.Cleanup(cancel)
		c := exec.CommandContext(ctx, "sleep", "60")
		require.NoError(t, c.Start())
		return c
	}
	killed := func(c *exec.Cmd) bool {
		var e *exec.ExitError
		return errors.As(c.Wait(), &e) && e.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL
	}
	before, after := victim(), victim()
	for c, moment := range map[*exec.Cmd]Moment{before: Before, after: After} {
		g := call(t, "POST", url+"/_sandbox/kill", kill{PID: c.Process.Pid, Match: Match{Purpose: "post.create"}, Call: 2, Moment: moment})
		require.Equal(t, 204, g.status, "%s", g.body)
	}
	askPost(t, url)
	askText(t, url)
	require.NoError(t, before.Process.Signal(syscall.Signal(0)), "nobody dies early")
	askPost(t, url)
	require.True(t, killed(before))
	require.True(t, killed(after))
	require.Equal(t, 2, s.Effects().Posts)
	require.Equal(t, 400, call(t, "POST", url+"/_sandbox/kill", kill{PID: 1, Call: 1, Moment: After}).status)
}

func TestObserveSeesBothMoments(t *testing.T) {
	t.Parallel()
	var s *Sandbox
	var url string
	var seen []string
	s, url = start(t, Options{Observe: func(c Call, m Moment) {
		seen = append(seen, c.Purpose+" "+string(m)+" "+map[bool]string{true: "done", false: "not yet"}[s.Effects().paid() > 0])
	}})
	askPost(t, url)
	require.Equal(t, []string{"post.create before not yet", "post.create after done"}, seen)
	require.Equal(t, 201, s.Calls()[0].Status)
}
