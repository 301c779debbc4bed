// Package llm asks language models. A call is one HTTP request: bounded, never
// repeated here, and with every way of failing told apart by its igny8.Code.
package llm

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/outbound"
)

// OpenAI is where the provider itself answers.
const OpenAI = "https://api.openai.com/v1"

// A Client asks a model for one reply.
//
// The codes of its errors: Busy (with After, if the provider said it),
// Unavailable (nothing happened), Unknown (it may have been done and paid for),
// NoQuota, Credentials, Refused, Malformed, Invalid, TooLarge, NotConfigured and
// Canceled. With Malformed and Refused the Reply is there as far as it was
// understood, since its tokens were paid for. No error holds the key or a word
// of the prompt or of the reply.
type Client interface {
	Complete(ctx context.Context, req Request) (Reply, error)
}

// A Request is one prompt. With a Schema the reply is one JSON object that
// obeys it; the schema keeps the strict rules, see CheckStrict.
type Request struct {
	Model           string
	System          string
	User            string
	SchemaName      string // at most 64 of A-Z, a-z, 0-9, _ and -
	Schema          json.RawMessage
	MaxOutputTokens int // 0 leaves it to the provider
}

// A Reply is what a model said and what that took.
type Reply struct {
	Model        string // as the provider names the one that answered
	Text         string
	InputTokens  int // of these
	CachedTokens int // so many were cheaper
	OutputTokens int
	CostMicros   int64  // millionths of a US dollar; 0 if the model's price is unknown
	RequestID    string // the provider's name for the call
}

// Config says whom to ask.
type Config struct {
	BaseURL string // up to and with the version, OpenAI if empty
	Key     igny8.Secret
	HTTP    *http.Client // from the package outbound; a strict one if nil
}

// ask sends one request and returns the complete reply to it, also if that
// tells of an error.
func (c Config) ask(req *http.Request) (outbound.Reply, error) {
	client := c.HTTP
	if client == nil {
		client = strict
	}
	return outbound.Do(client, req, outbound.MaxBody, provider)
}

var strict = outbound.Client(outbound.Options{})

func (c Config) base() string {
	if c.BaseURL == "" {
		return OpenAI + "/"
	}
	return strings.TrimRight(c.BaseURL, "/") + "/"
}

func (c Config) check() error {
	if c.Key == "" {
		return igny8.Errorf(igny8.NotConfigured, "There is no key for the model provider; enter one in the integration settings")
	}
	return nil
}

// provider is what messages call the other side.
const provider = "the model provider"
