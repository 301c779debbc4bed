package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"time"

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

// Vectors are the embeddings of some inputs, in their order.
type Vectors struct {
	Model       string
	Values      [][]float32
	InputTokens int
	CostMicros  int64 // millionths of a US dollar; 0 if the model's price is unknown
}

// Embeddings asks for one vector for each input, of dims dimensions (0 leaves
// that to the model). A vector of 1,536 takes about 30 kB of the reply, so some
// 250 inputs fit into one call. The errors are those of Client.
func Embeddings(ctx context.Context, c Config, model string, dims int, inputs []string) (Vectors, error) {
	if err := c.check(); err != nil {
		return Vectors{}, err
	}
	if len(inputs) == 0 {
		return Vectors{}, igny8.Errorf(igny8.Invalid, "There is nothing to embed")
	}
	request, err := json.Marshal(struct {
		Model  string   `json:"model"`
		Input  []string `json:"input"`
		Dims   int      `json:"dimensions,omitempty"`
		Format string   `json:"encoding_format"`
	}{model, inputs, dims, "float"})
	if err != nil {
		return Vectors{}, unsendable(err)
	}
	body, err := c.send(ctx, http.MethodPost, "embeddings", request)
	if err != nil {
		return Vectors{}, err
	}
	return parseVectors(body, len(inputs), dims)
}

func parseVectors(body []byte, inputs, dims int) (Vectors, error) {
	var r struct {
		Model string `json:"model"`
		Error *fault `json:"error"`
		Data  []struct {
			Index  int       `json:"index"`
			Vector []float32 `json:"embedding"`
		} `json:"data"`
		Usage struct {
			Input int `json:"prompt_tokens"`
		} `json:"usage"`
	}
	if err := outbound.Decode(body, &r); err != nil {
		return Vectors{}, torn(err)
	}
	if r.Error != nil {
		return Vectors{}, r.Error.classify(outbound.Reply{Status: 200}, time.Now())
	}
	v := Vectors{Model: r.Model, Values: make([][]float32, inputs), InputTokens: r.Usage.Input}
	v.CostMicros = cost(Reply{Model: r.Model, InputTokens: r.Usage.Input})
	if len(r.Data) != inputs {
		return v, malformed("the model answered with another number of vectors than asked for")
	}
	for _, d := range r.Data {
		if d.Index < 0 || d.Index >= inputs || v.Values[d.Index] != nil {
			return v, malformed("the model's vectors are not in order")
		}
		if len(d.Vector) == 0 || dims > 0 && len(d.Vector) != dims || len(d.Vector) != len(r.Data[0].Vector) {
			return v, malformed("the model's vectors have another length than asked for")
		}
		v.Values[d.Index] = d.Vector
	}
	return v, nil
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
