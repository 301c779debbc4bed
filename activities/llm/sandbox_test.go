package llm_test

import (
	"encoding/json"
	"net/http/httptest"
	"testing"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/llm"
	"github.com/igny8/igny8/activities/outbound"
	"github.com/igny8/igny8/sandbox"
)

func start(t *testing.T) (*sandbox.Sandbox, llm.Config) {
	t.Helper()
	s, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s.Handler())
	h := outbound.Client(outbound.Options{AllowLoopback: true})
	t.Cleanup(func() {
		h.CloseIdleConnections()
		srv.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, llm.Config{BaseURL: srv.URL + sandbox.OpenAIPath, Key: "sk-sandbox", HTTP: h}
}

type names struct {
	Clusters []struct {
		Name   string `json:"name"`
		Intent string `json:"intent" jsonschema:"enum=informational,enum=commercial"`
	} `json:"clusters"`
}

// Every fault of the sandbox, as both clients see it, and the paid calls.
func TestSandboxFaults(t *testing.T) {
	t.Parallel()
	for kind, want := range map[sandbox.Kind]struct {
		code igny8.Code
		paid int
	}{
		"":                     {"", 1},
		sandbox.RateLimited:    {igny8.Busy, 0},
		sandbox.NoQuota:        {igny8.NoQuota, 0},
		sandbox.Unauthorized:   {igny8.Credentials, 0},
		sandbox.Forbidden:      {igny8.Credentials, 0},
		sandbox.Error500:       {igny8.Unavailable, 0},
		sandbox.Error502:       {igny8.Unavailable, 0},
		sandbox.Error503:       {igny8.Unavailable, 0},
		sandbox.Fatal:          {igny8.Unavailable, 0},
		sandbox.Maintenance:    {igny8.Unavailable, 0},
		sandbox.Moderated:      {igny8.Refused, 0},
		sandbox.ResetBefore:    {igny8.Unknown, 0}, // the caller can't know
		sandbox.ResetAfter:     {igny8.Unknown, 1},
		sandbox.CutLength:      {igny8.Unknown, 1},
		sandbox.CutClose:       {igny8.Unknown, 1},
		sandbox.InvalidJSON:    {igny8.Unknown, 1},
		sandbox.HTMLBeforeJSON: {igny8.Unknown, 1},
		sandbox.WrongType:      {"", 1},
		sandbox.Huge:           {"", 1}, // 5 MB of white space are within the bound
		sandbox.ErrorAfter:     {igny8.Unavailable, 1},
		sandbox.Refusal:        {igny8.Refused, 1},
		sandbox.Truncated:      {igny8.Malformed, 1},
		sandbox.EmptyOutput:    {igny8.Malformed, 1},
		sandbox.BrokenOutput:   {igny8.Malformed, 1},
		sandbox.FencedOutput:   {igny8.Malformed, 1},
		sandbox.WrongSchema:    {igny8.Malformed, 1},
	} {
		for api, client := range map[string]func(llm.Config) llm.Client{"responses": llm.Responses, "chat": llm.Chat} {
			t.Run(api+"/"+string(kind), func(t *testing.T) {
				t.Parallel()
				s, config := start(t)
				if kind != "" {
					if err := s.Break(sandbox.Fault{Kind: kind}); err != nil {
						t.Fatal(err)
					}
				}
				schema := llm.StrictSchema[names]()
				reply, err := client(config).Complete(t.Context(), llm.Request{
					Model: "gpt-4.1-mini", System: "Name clusters.", User: "espresso, grinder", SchemaName: "names", Schema: schema,
				})
				if igny8.CodeOf(err) != want.code {
					t.Fatalf("code %q, want %q: %v", igny8.CodeOf(err), want.code, err)
				}
				if n := s.Effects().TextCalls; n != want.paid {
					t.Errorf("%d paid calls, want %d", n, want.paid)
				}
				if n := len(s.Calls()); n != 1 {
					t.Errorf("%d requests", n)
				}
				if err == nil {
					var got names
					if json.Unmarshal([]byte(reply.Text), &got) != nil || reply.OutputTokens == 0 || reply.CostMicros == 0 || reply.RequestID == "" {
						t.Errorf("%+v", reply)
					}
				}
				if igny8.CodeOf(err) == igny8.Malformed && reply.InputTokens == 0 {
					t.Errorf("what was paid is lost: %+v", reply)
				}
			})
		}
	}
}

func TestSandboxConnection(t *testing.T) {
	t.Parallel()
	_, config := start(t)
	with := func(key igny8.Secret) llm.Config {
		c := config
		c.Key = key
		return c
	}
	for name, c := range map[string]struct {
		err  error
		code igny8.Code
	}{
		"good":            {llm.Check(t.Context(), config), ""},
		"wrong key":       {llm.Check(t.Context(), with("sk-bad-1")), igny8.Credentials},
		"no quota, list":  {llm.Check(t.Context(), with("sk-noquota-1")), ""},
		"no quota, probe": {llm.Probe(t.Context(), llm.Responses(with("sk-noquota-1")), "gpt-4.1-mini"), igny8.NoQuota},
		"good, probe":     {llm.Probe(t.Context(), llm.Chat(config), "gpt-4.1-mini"), ""},
		"no model":        {llm.Probe(t.Context(), llm.Responses(config), "missing-1"), igny8.Invalid},
		"no key":          {llm.Check(t.Context(), with("")), igny8.NotConfigured},
	} {
		if igny8.CodeOf(c.err) != c.code {
			t.Errorf("%s: %v, want %q", name, c.err, c.code)
		}
	}
	v, err := llm.Embeddings(t.Context(), config, "text-embedding-3-small", 64, []string{"coffee grinder", "tax law", "grinder for coffee"})
	if err != nil || len(v.Values) != 3 || len(v.Values[0]) != 64 {
		t.Fatalf("%d vectors, %v", len(v.Values), err)
	}
	if dot(v.Values[0], v.Values[2]) <= dot(v.Values[0], v.Values[1]) {
		t.Error("the vectors are not in the order of their inputs")
	}
	if _, err := llm.Responses(config).Complete(t.Context(), llm.Request{Model: "gpt-4.1", User: "x", SchemaName: "s", Schema: json.RawMessage(`{"type":"object","properties":{"a":{"type":"string"}},"required":[]}`)}); igny8.CodeOf(err) != igny8.Invalid {
		t.Errorf("a schema that is not strict: %v", err)
	}
}

func dot(a, b []float32) (sum float32) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}
