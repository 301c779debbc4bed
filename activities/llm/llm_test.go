package llm

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/outbound"
)

// What must never be seen in an error.
const (
	secretKey    = "sk-canary-key-0123456789"
	secretPrompt = "canary-prompt"
	secretReply  = "canary-reply"
)

// An answer is what the peer says to every request.
type answer struct {
	status int
	header map[string]string
	body   string
}

// peer starts a provider that gives one answer, and keeps the requests.
type peer struct {
	config Config
	mu     sync.Mutex
	paths  []string
	bodies []string
	auth   []string
}

func newPeer(t *testing.T, a answer) *peer {
	t.Helper()
	p := &peer{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		p.mu.Lock()
		p.paths, p.bodies, p.auth = append(p.paths, r.Method+" "+r.URL.Path), append(p.bodies, string(b)), append(p.auth, r.Header.Get("Authorization"))
		p.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		for k, v := range a.header {
			w.Header().Set(k, v)
		}
		w.WriteHeader(a.status)
		io.WriteString(w, a.body)
	}))
	h := outbound.Client(outbound.Options{AllowLoopback: true})
	t.Cleanup(func() { h.CloseIdleConnections(); s.Close() })
	p.config = Config{BaseURL: s.URL + "/v1/", Key: secretKey, HTTP: h}
	return p
}

var one = json.RawMessage(`{"type":"object","properties":{"zebra":{"type":"string"},"ant":{"type":"integer"}},"required":["zebra","ant"],"additionalProperties":false}`)

func request() Request {
	return Request{Model: "gpt-4.1-mini", System: "be terse", User: secretPrompt, SchemaName: "one", Schema: one, MaxOutputTokens: 200}
}

func fails(status int, kind, code, message string) answer {
	b, _ := json.Marshal(map[string]any{"error": map[string]any{"message": message + " " + secretPrompt + " " + secretKey, "type": kind, "param": nil, "code": code}})
	return answer{status: status, body: string(b)}
}

func with(a answer, header ...string) answer {
	a.header = map[string]string{}
	for i := 0; i < len(header); i += 2 {
		a.header[header[i]] = header[i+1]
	}
	return a
}

// said are answers of the status 200, for Responses and for Chat.
func said(status, incomplete, kind, text string) answer {
	b, _ := json.Marshal(map[string]any{
		"id": "resp_1", "model": "gpt-4.1-mini-2025-04-14", "status": status, "error": nil,
		"incomplete_details": map[string]any{"reason": incomplete},
		"output": []any{
			map[string]any{"type": "reasoning", "summary": []any{}},
			map[string]any{"type": "message", "content": []any{map[string]any{"type": kind, "text": text, "refusal": text}}},
		},
		"usage": map[string]any{"input_tokens": 100, "input_tokens_details": map[string]any{"cached_tokens": 40}, "output_tokens": 50},
	})
	return answer{status: 200, body: string(b)}
}

func chatted(finish, text, refusal string) answer {
	message := map[string]any{"role": "assistant", "content": text, "refusal": nil}
	if refusal != "" {
		message["content"], message["refusal"] = nil, refusal
	}
	b, _ := json.Marshal(map[string]any{
		"id": "chatcmpl-1", "model": "gpt-4.1-mini-2025-04-14",
		"choices": []any{map[string]any{"index": 0, "finish_reason": finish, "message": message}},
		"usage":   map[string]any{"prompt_tokens": 100, "prompt_tokens_details": map[string]any{"cached_tokens": 40}, "completion_tokens": 50},
	})
	return answer{status: 200, body: string(b)}
}

const good = `{"zebra":"` + secretReply + `","ant":1}`

// outcomes of every kind of answer. Those above 299 are the same for both APIs.
type outcome struct {
	name   string
	answer answer
	code   igny8.Code
	after  time.Duration
	paid   bool // the tokens are reported
}

var statuses = []outcome{
	{name: "wrong key", answer: fails(401, "invalid_request_error", "invalid_api_key", "Incorrect API key"), code: igny8.Credentials},
	{name: "forbidden", answer: fails(403, "invalid_request_error", "unsupported_country", "No"), code: igny8.Credentials},
	{name: "HTML 403", answer: answer{status: 403, body: "<html>" + secretPrompt}, code: igny8.Credentials},
	{name: "no quota", answer: with(fails(429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota"), "Retry-After", "9"), code: igny8.NoQuota},
	{name: "payment required", answer: fails(402, "", "", "Pay"), code: igny8.NoQuota},
	{name: "rate limit, sentence", answer: fails(429, "tokens", "rate_limit_exceeded", "Please try again in 1.78s."), code: igny8.Busy, after: 1780 * time.Millisecond},
	{name: "rate limit, seconds", answer: with(fails(429, "requests", "rate_limit_exceeded", "x"), "Retry-After", "7"), code: igny8.Busy, after: 7 * time.Second},
	{name: "rate limit, ms", answer: with(fails(429, "requests", "rate_limit_exceeded", "x"), "retry-after-ms", "250"), code: igny8.Busy, after: 250 * time.Millisecond},
	{name: "rate limit, resets", answer: with(fails(429, "requests", "rate_limit_exceeded", "x"), "x-ratelimit-reset-requests", "6m0s", "x-ratelimit-remaining-requests", "0"), code: igny8.Busy, after: 6 * time.Minute},
	{name: "rate limit, absurd", answer: with(fails(429, "requests", "rate_limit_exceeded", "x"), "Retry-After", "1000000000"), code: igny8.Busy, after: 15 * time.Minute},
	{name: "rate limit in HTML", answer: answer{status: 429, body: "<html>slow down"}, code: igny8.Busy},
	{name: "timeout there", answer: fails(408, "", "", "x"), code: igny8.Busy},
	{name: "conflict there", answer: fails(409, "", "", "x"), code: igny8.Busy},
	{name: "server error", answer: fails(500, "server_error", "server_error", "x"), code: igny8.Unavailable},
	{name: "bad gateway", answer: answer{status: 502, body: "<html><h1>502</h1>"}, code: igny8.Unavailable},
	{name: "overloaded", answer: with(fails(503, "service_unavailable_error", "", "x"), "Retry-After", "30"), code: igny8.Unavailable, after: 30 * time.Second},
	{name: "no such model", answer: fails(404, "invalid_request_error", "model_not_found", "x"), code: igny8.Invalid},
	{name: "no such page", answer: answer{status: 404, body: "404 page not found"}, code: igny8.Invalid},
	{name: "bad request", answer: fails(400, "invalid_request_error", "invalid_value", "x"), code: igny8.Invalid},
	{name: "code is a number", answer: answer{status: 400, body: `{"error":{"message":"` + secretPrompt + `","code":400}}`}, code: igny8.Invalid},
	{name: "unprocessable", answer: fails(422, "", "", "x"), code: igny8.Invalid},
	{name: "redirect", answer: with(answer{status: 302}, "Location", "https://example.com/"), code: igny8.Invalid},
	{name: "too long", answer: fails(400, "invalid_request_error", "context_length_exceeded", "x"), code: igny8.TooLarge},
	{name: "too large", answer: answer{status: 413}, code: igny8.TooLarge},
	{name: "moderation", answer: fails(400, "invalid_request_error", "content_policy_violation", "x"), code: igny8.Refused},
	{name: "invalid prompt", answer: fails(400, "invalid_request_error", "invalid_prompt", "x"), code: igny8.Refused},
	{name: "HTML", answer: answer{status: 200, body: "<html>" + secretPrompt}, code: igny8.Unknown},
	{name: "HTML before JSON", answer: answer{status: 200, body: "<br />" + said("completed", "", "output_text", good).body}, code: igny8.Unknown},
	{name: "half of it", answer: answer{status: 200, body: said("completed", "", "output_text", good).body[:90]}, code: igny8.Unknown},
	{name: "nothing", answer: answer{status: 200}, code: igny8.Unknown},
	{name: "another type", answer: answer{status: 200, body: `{"id": 7, "usage": "` + secretPrompt + `"}`}, code: igny8.Unknown},
	{name: "an empty object", answer: answer{status: 200, body: `{}`}, code: igny8.Malformed},
	{name: "an error under 200", answer: answer{status: 200, body: fails(200, "server_error", "server_error", "x").body}, code: igny8.Unavailable},
	{name: "more than we take", answer: answer{status: 200, body: strings.Repeat(" ", outbound.MaxBody) + "{}"}, code: igny8.TooLarge},
}

var responsesOutcomes = []outcome{
	{name: "good", answer: said("completed", "", "output_text", good), paid: true},
	{name: "good, called HTML", answer: with(said("completed", "", "output_text", good), "Content-Type", "text/html"), paid: true},
	{name: "refusal", answer: said("completed", "", "refusal", secretReply), code: igny8.Refused, paid: true},
	{name: "filtered", answer: said("incomplete", "content_filter", "output_text", ""), code: igny8.Refused, paid: true},
	{name: "cut at the limit", answer: said("incomplete", "max_output_tokens", "output_text", good[:12]), code: igny8.Malformed, paid: true},
	{name: "cut, though it looks whole", answer: said("incomplete", "max_output_tokens", "output_text", good), code: igny8.Malformed, paid: true},
	{name: "still going on", answer: said("in_progress", "", "output_text", good), code: igny8.Malformed, paid: true},
	{name: "empty", answer: said("completed", "", "output_text", ""), code: igny8.Malformed, paid: true},
	{name: "not JSON", answer: said("completed", "", "output_text", secretReply), code: igny8.Malformed, paid: true},
	{name: "fenced", answer: said("completed", "", "output_text", "```json\n"+good+"\n```"), code: igny8.Malformed, paid: true},
	{name: "another schema", answer: said("completed", "", "output_text", `{"zebra":7,"ant":1}`), code: igny8.Malformed, paid: true},
	{name: "additional", answer: said("completed", "", "output_text", `{"zebra":"z","ant":1,"bee":2}`), code: igny8.Malformed, paid: true},
	{name: "failed", answer: answer{status: 200, body: `{"status":"failed","error":{"code":"rate_limit_exceeded","message":"try again in 3s"}}`}, code: igny8.Busy, after: 3 * time.Second},
	{name: "failed of itself", answer: answer{status: 200, body: `{"status":"failed","error":{"code":"server_error","message":"` + secretPrompt + `"}}`}, code: igny8.Unavailable},
	{name: "failed for policy", answer: answer{status: 200, body: `{"status":"failed","error":{"code":"invalid_prompt","message":""}}`}, code: igny8.Refused},
}

var chatOutcomes = []outcome{
	{name: "good", answer: chatted("stop", good, ""), paid: true},
	{name: "refusal", answer: chatted("stop", "", secretReply), code: igny8.Refused, paid: true},
	{name: "filtered", answer: chatted("content_filter", good, ""), code: igny8.Refused, paid: true},
	{name: "cut at the limit", answer: chatted("length", good, ""), code: igny8.Malformed, paid: true},
	{name: "a tool", answer: chatted("tool_calls", good, ""), code: igny8.Malformed, paid: true},
	{name: "no end marker", answer: chatted("", good, ""), code: igny8.Malformed, paid: true},
	{name: "empty", answer: chatted("stop", "", ""), code: igny8.Malformed, paid: true},
	{name: "not JSON", answer: chatted("stop", secretReply, ""), code: igny8.Malformed, paid: true},
	{name: "another schema", answer: chatted("stop", `{"zebra":"z"}`, ""), code: igny8.Malformed, paid: true},
	{name: "no choices", answer: answer{status: 200, body: `{"choices":[]}`}, code: igny8.Malformed},
}

func TestEveryAnswer(t *testing.T) {
	t.Parallel()
	for _, api := range []struct {
		name   string
		path   string
		client func(Config) Client
		cases  [][]outcome
	}{
		{"responses", "POST /v1/responses", Responses, [][]outcome{statuses, responsesOutcomes}},
		{"chat", "POST /v1/chat/completions", Chat, [][]outcome{statuses, chatOutcomes}},
	} {
		for _, cases := range api.cases {
			for _, c := range cases {
				t.Run(api.name+"/"+c.name, func(t *testing.T) {
					t.Parallel()
					p := newPeer(t, c.answer)
					reply, err := api.client(p.config).Complete(t.Context(), request())
					checkError(t, err, c.code, c.after)
					if len(p.paths) != 1 || p.paths[0] != api.path {
						t.Errorf("requests %q, want one %s", p.paths, api.path)
					}
					if c.paid && (reply.InputTokens != 100 || reply.CachedTokens != 40 || reply.OutputTokens != 50 || reply.CostMicros != 108) {
						t.Errorf("what was paid is lost: %+v", reply)
					}
					if c.code == "" && reply.Text != good {
						t.Errorf("text %q", reply.Text)
					}
				})
			}
		}
	}
}

func checkError(t *testing.T, err error, code igny8.Code, after time.Duration) {
	t.Helper()
	if got := igny8.CodeOf(err); got != code {
		t.Fatalf("code %q, want %q: %v", got, code, err)
	}
	if err == nil {
		return
	}
	own, ok := err.(*igny8.Error)
	if !ok || own.After != after {
		t.Errorf("after %v, want %v", own.After, after)
	}
	text := fmt.Sprintf("%v %+v %s", err, err, igny8.MessageOf(err))
	for _, s := range []string{secretKey, secretPrompt, secretReply, "sk-"} {
		if strings.Contains(text, s) {
			t.Errorf("the error tells %s: %s", s, text)
		}
	}
	if igny8.MessageOf(err) == "" {
		t.Error("the error says nothing to a user")
	}
}

// What is sent: the key as a bearer, the strict schema with its properties in
// order, no storage, no retry.
func TestWhatIsSent(t *testing.T) {
	t.Setenv("OPENAI_ORG_ID", "org-of-somebody-else")
	t.Setenv("OPENAI_BASE_URL", "https://example.invalid")
	p := newPeer(t, said("completed", "", "output_text", good))
	if _, err := Responses(p.config).Complete(t.Context(), request()); err != nil {
		t.Fatal(err)
	}
	q := newPeer(t, chatted("stop", good, ""))
	if _, err := Chat(q.config).Complete(t.Context(), request()); err != nil {
		t.Fatal(err)
	}
	var r struct {
		Model, Instructions, Input string
		Store                      *bool
		Max                        int `json:"max_output_tokens"`
		Text                       struct {
			Format struct {
				Type, Name string
				Strict     bool
				Schema     json.RawMessage
			}
		}
	}
	if err := json.Unmarshal([]byte(p.bodies[0]), &r); err != nil {
		t.Fatal(err)
	}
	f := r.Text.Format
	if r.Model != "gpt-4.1-mini" || r.Instructions != "be terse" || r.Input != secretPrompt || r.Store == nil || *r.Store || r.Max != 200 ||
		f.Type != "json_schema" || f.Name != "one" || !f.Strict {
		t.Errorf("sent %s", p.bodies[0])
	}
	for _, body := range []string{p.bodies[0], q.bodies[0]} {
		if strings.Index(body, `"zebra"`) > strings.Index(body, `"ant"`) {
			t.Errorf("the properties lost their order: %s", body)
		}
	}
	for _, part := range []string{`"max_tokens":200`, `"strict":true`, `"role":"system"`, `"role":"user"`, `"type":"json_schema"`} {
		if !strings.Contains(q.bodies[0], part) {
			t.Errorf("chat lacks %s: %s", part, q.bodies[0])
		}
	}
	if p.auth[0] != "Bearer "+secretKey || q.auth[0] != "Bearer "+secretKey {
		t.Errorf("authorization %q %q", p.auth, q.auth)
	}
}

func TestPlainText(t *testing.T) {
	t.Parallel()
	req := request()
	req.Schema = nil
	p := newPeer(t, said("completed", "", "output_text", "words"))
	reply, err := Responses(p.config).Complete(t.Context(), req)
	if err != nil || reply.Text != "words" || reply.RequestID != "resp_1" || reply.Model != "gpt-4.1-mini-2025-04-14" {
		t.Errorf("%+v, %v", reply, err)
	}
	if strings.Contains(p.bodies[0], "json_schema") {
		t.Errorf("sent %s", p.bodies[0])
	}
	p = newPeer(t, with(chatted("stop", "words", ""), "X-Request-Id", "req_9"))
	if reply, err = Chat(p.config).Complete(t.Context(), req); err != nil || reply.Text != "words" || reply.RequestID != "req_9" {
		t.Errorf("%+v, %v", reply, err)
	}
}

// Nothing is sent where it can't come to anything.
func TestNotSent(t *testing.T) {
	t.Parallel()
	p := newPeer(t, answer{status: 200})
	noKey := p.config
	noKey.Key = ""
	badSchema := request()
	badSchema.Schema = json.RawMessage(`{"type": 7}`)
	notJSON := request()
	notJSON.Schema = json.RawMessage(`{`)
	for _, api := range []func(Config) Client{Responses, Chat} {
		_, err := api(noKey).Complete(t.Context(), request())
		checkError(t, err, igny8.NotConfigured, 0)
		_, err = api(p.config).Complete(t.Context(), badSchema)
		checkError(t, err, igny8.Invalid, 0)
		_, err = api(p.config).Complete(t.Context(), notJSON)
		checkError(t, err, igny8.Invalid, 0)
		for _, url := range []string{"http://10.0.0.1/v1", "ftp://x", "https://u:p@127.0.0.1/v1", "::"} {
			bad := p.config
			bad.BaseURL = url
			_, err = api(bad).Complete(t.Context(), request())
			checkError(t, err, igny8.Invalid, 0)
		}
	}
	if len(p.paths) != 0 {
		t.Errorf("sent %q", p.paths)
	}
}
