package llm_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/llm"
	"github.com/igny8/igny8/activities/outbound"
)

// The sandbox gives each text its vector: the same text the same one.
func TestEmbeddings(t *testing.T) {
	t.Parallel()
	s, config := start(t)
	got, err := llm.Embeddings(t.Context(), config, "text-embedding-3-small", 512, []string{"burr grinder", "zebra", "burr grinder"})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Values) != 3 || len(got.Values[0]) != 512 || got.InputTokens == 0 {
		t.Fatalf("%d vectors, %d tokens", len(got.Values), got.InputTokens)
	}
	if fmt.Sprint(got.Values[0]) != fmt.Sprint(got.Values[2]) || fmt.Sprint(got.Values[0]) == fmt.Sprint(got.Values[1]) {
		t.Error("a vector is not that of its text")
	}
	if n := s.Effects().Embeddings; n != 3 {
		t.Errorf("%d embeddings were paid for, not 3", n)
	}
	many := make([]string, llm.MaxInputs+1)
	for i := range many {
		many[i] = "x"
	}
	for name, texts := range map[string][]string{"too many": many, "an empty one": {"a", ""}} {
		if _, err := llm.Embeddings(t.Context(), config, "text-embedding-3-small", 512, texts); igny8.CodeOf(err) != igny8.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	config.Key = ""
	if _, err := llm.Embeddings(t.Context(), config, "m", 8, []string{"a"}); igny8.CodeOf(err) != igny8.NotConfigured {
		t.Error(err)
	}
	config.Key = "sk-noquota"
	if _, err := llm.Embeddings(t.Context(), config, "text-embedding-3-small", 8, []string{"a"}); igny8.CodeOf(err) != igny8.NoQuota {
		t.Error(err)
	}
}

// A reply that has not exactly one vector of the right length for each text is
// no reply.
func TestUnusableEmbeddings(t *testing.T) {
	t.Parallel()
	const head = `{"object":"list","model":"m","usage":{"prompt_tokens":5,"total_tokens":5},"data":[`
	for name, data := range map[string]string{
		"none":           ``,
		"one":            `{"index":0,"embedding":[1,0]}`,
		"one twice":      `{"index":0,"embedding":[1,0]},{"index":0,"embedding":[1,0]}`,
		"an invented":    `{"index":0,"embedding":[1,0]},{"index":7,"embedding":[1,0]}`,
		"a negative":     `{"index":0,"embedding":[1,0]},{"index":-1,"embedding":[1,0]}`,
		"short":          `{"index":0,"embedding":[1,0]},{"index":1,"embedding":[1]}`,
		"words":          `{"index":0,"embedding":["a","b"]},{"index":1,"embedding":[1,0]}`,
		"bad base64":     `{"index":0,"embedding":"!!"},{"index":1,"embedding":[1,0]}`,
		"not a number":   `{"index":0,"embedding":"AADAfwAAwH8="},{"index":1,"embedding":[1,0]}`,
		"half a number":  `{"index":0,"embedding":"AAD="},{"index":1,"embedding":[1,0]}`,
		"three of two":   `{"index":0,"embedding":[1,0]},{"index":1,"embedding":[1,0]},{"index":2,"embedding":[1,0]}`,
		"nothing at all": `{"index":0},{"index":1}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = fmt.Fprint(w, head, data, "]}")
			}))
			t.Cleanup(srv.Close)
			h := outbound.Client(outbound.Options{AllowLoopback: true})
			t.Cleanup(h.CloseIdleConnections)
			got, err := llm.Embeddings(t.Context(), llm.Config{BaseURL: srv.URL, Key: "k", HTTP: h}, "m", 2, []string{"a", "b"})
			if igny8.CodeOf(err) != igny8.Malformed {
				t.Errorf("%v, %v", got.Values, err)
			}
			if got.InputTokens != 5 {
				t.Error("what was paid for is not counted")
			}
		})
	}
}
