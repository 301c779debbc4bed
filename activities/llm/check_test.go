package llm

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/outbound"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer answer
		code   igny8.Code
	}{
		"good":         {answer{status: 200, body: `{"object":"list","data":[{"id":"gpt-4.1"}]}`}, ""},
		"wrong key":    {fails(401, "invalid_request_error", "invalid_api_key", ""), igny8.Credentials},
		"no quota":     {fails(429, "insufficient_quota", "insufficient_quota", ""), igny8.NoQuota},
		"another site": {answer{status: 200, body: `<html>`}, igny8.Malformed},
		"another API":  {answer{status: 200, body: `{"hello":"world"}`}, igny8.Malformed},
	} {
		p := newPeer(t, c.answer)
		checkError(t, Check(t.Context(), p.config), c.code, 0)
		if len(p.paths) != 1 || p.paths[0] != "GET /v1/models" {
			t.Errorf("%s: requests %q", name, p.paths)
		}
	}
	gone := httptest.NewServer(nil)
	gone.Close()
	c := Config{BaseURL: gone.URL, Key: secretKey, HTTP: outbound.Client(outbound.Options{AllowLoopback: true})}
	checkError(t, Check(t.Context(), c), igny8.Unavailable, 0)
}

func TestProbe(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer answer
		code   igny8.Code
	}{
		"a word":    {said("completed", "", "output_text", "yes"), ""},
		"too long":  {said("incomplete", "max_output_tokens", "output_text", ""), ""},
		"refusal":   {said("completed", "", "refusal", "no"), ""},
		"no quota":  {fails(429, "insufficient_quota", "insufficient_quota", ""), igny8.NoQuota},
		"no model":  {fails(404, "invalid_request_error", "model_not_found", ""), igny8.Invalid},
		"wrong key": {fails(401, "invalid_request_error", "invalid_api_key", ""), igny8.Credentials},
	} {
		p := newPeer(t, c.answer)
		if got := igny8.CodeOf(Probe(t.Context(), Responses(p.config), "m")); got != c.code {
			t.Errorf("%s: %q, want %q", name, got, c.code)
		}
	}
}

func TestEmbeddings(t *testing.T) {
	t.Parallel()
	const two = `{"model":"text-embedding-3-small","data":[{"index":1,"embedding":[0,1]},{"index":0,"embedding":[1,0]}],"usage":{"prompt_tokens":1000}}`
	for name, c := range map[string]struct {
		answer answer
		dims   int
		code   igny8.Code
	}{
		"good":            {answer{status: 200, body: two}, 2, ""},
		"of any length":   {answer{status: 200, body: two}, 0, ""},
		"another length":  {answer{status: 200, body: two}, 3, igny8.Malformed},
		"one too few":     {answer{status: 200, body: `{"data":[{"index":0,"embedding":[1,0]}]}`}, 2, igny8.Malformed},
		"one twice":       {answer{status: 200, body: `{"data":[{"index":0,"embedding":[1,0]},{"index":0,"embedding":[1,0]}]}`}, 2, igny8.Malformed},
		"uneven":          {answer{status: 200, body: `{"data":[{"index":0,"embedding":[1,0]},{"index":1,"embedding":[1]}]}`}, 0, igny8.Malformed},
		"out of range":    {answer{status: 200, body: `{"data":[{"index":0,"embedding":[1,0]},{"index":-1,"embedding":[1,0]}]}`}, 2, igny8.Malformed},
		"empty vectors":   {answer{status: 200, body: `{"data":[{"index":0,"embedding":[]},{"index":1,"embedding":[]}]}`}, 0, igny8.Malformed},
		"half":            {answer{status: 200, body: two[:60]}, 2, igny8.Unknown},
		"wrong key":       {fails(401, "", "invalid_api_key", ""), 2, igny8.Credentials},
		"error under 200": {answer{status: 200, body: `{"error":{"code":"insufficient_quota"}}`}, 2, igny8.NoQuota},
	} {
		p := newPeer(t, c.answer)
		v, err := Embeddings(t.Context(), p.config, "text-embedding-3-small", c.dims, []string{secretPrompt, "b"})
		checkError(t, err, c.code, 0)
		if len(p.paths) != 1 || p.paths[0] != "POST /v1/embeddings" {
			t.Errorf("%s: requests %q", name, p.paths)
		}
		if err == nil && (v.Values[0][0] != 1 || v.Values[1][1] != 1 || v.InputTokens != 1000 || v.CostMicros != 20) {
			t.Errorf("%s: %+v", name, v)
		}
		if strings.Contains(p.bodies[0], "dimensions") != (c.dims > 0) {
			t.Errorf("%s: sent %s", name, p.bodies[0])
		}
	}
	_, err := Embeddings(t.Context(), Config{Key: secretKey}, "m", 0, nil)
	checkError(t, err, igny8.Invalid, 0)
}

func TestCost(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		reply Reply
		want  int64
	}{
		{Reply{Model: "gpt-4.1-mini", InputTokens: 1_000_000}, 400_000},
		{Reply{Model: "gpt-4.1-mini-2025-04-14", InputTokens: 1_000_000, CachedTokens: 1_000_000}, 100_000},
		{Reply{Model: "gpt-4.1", OutputTokens: 1000}, 8000},
		{Reply{Model: "gpt-4.1-unheard-of", OutputTokens: 1000}, 0},
		{Reply{Model: "llama3", InputTokens: 5}, 0},
		{Reply{Model: "gpt-5", InputTokens: 10, CachedTokens: 99}, 1}, // a lying count of cached tokens is capped
		{Reply{Model: "gpt-5", InputTokens: -10, OutputTokens: -10}, 0},
	} {
		if got := cost(c.reply); got != c.want {
			t.Errorf("%+v: %d, want %d", c.reply, got, c.want)
		}
	}
}
