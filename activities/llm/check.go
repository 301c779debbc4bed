package llm

import (
	"bytes"
	"context"
	"net/http"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/outbound"
)

// Check tests a connection by listing the models, which costs nothing. A nil
// error means that the key is good; Credentials, that it was refused; NoQuota,
// that the provider's account has no money; Unavailable, that the provider can't
// be reached. OpenAI itself lists models to an account without money too: there,
// only Probe tells.
func Check(ctx context.Context, c Config) error {
	if err := c.check(); err != nil {
		return err
	}
	body, err := c.send(ctx, http.MethodGet, "models", nil)
	if err != nil {
		return err
	}
	var list struct {
		Data []struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	if err := outbound.Decode(body, &list); err != nil || list.Data == nil {
		return igny8.Wrap(igny8.Malformed, err, "The address answers, but not as a model provider does; check it")
	}
	return nil
}

// Probe asks a model for a word, which costs a few tokens: the test of whether
// the account has money left and the key may use the model. Whatever the model
// says to it is good.
func Probe(ctx context.Context, c Client, model string) error {
	_, err := c.Complete(ctx, Request{Model: model, User: "Answer with the word: yes", MaxOutputTokens: 16})
	switch igny8.CodeOf(err) {
	case igny8.Malformed, igny8.Refused:
		return nil
	}
	return err
}

// send is one request without the SDK.
func (c Config) send(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base()+path, bytes.NewReader(body))
	if err != nil {
		return nil, unsendable(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.Key.Reveal())
	req.Header.Set("Accept", "application/json")
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	e := &exchange{config: c}
	_, err = e.Do(req) //nolint:bodyclose // its body is in memory
	return e.result(err)
}
