package llm

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/responses"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/outbound"
)

// Responses returns a client of OpenAI's Responses API. Nothing is stored at
// the provider.
func Responses(c Config) Client { return responder{c} }

type responder struct{ config Config }

func (r responder) Complete(ctx context.Context, req Request) (Reply, error) {
	if err := r.config.check(); err != nil {
		return Reply{}, err
	}
	agreed, err := newContract(req.Schema)
	if err != nil {
		return Reply{}, err
	}
	params := responses.ResponseNewParams{
		Model: req.Model,
		Input: responses.ResponseNewParamsInputUnion{OfString: openai.String(req.User)},
		Store: openai.Bool(false),
	}
	if req.System != "" {
		params.Instructions = openai.String(req.System)
	}
	if req.MaxOutputTokens > 0 {
		params.MaxOutputTokens = openai.Int(int64(req.MaxOutputTokens))
	}
	if len(req.Schema) > 0 {
		schema, err := keepOrder(req.Schema)
		if err != nil {
			return Reply{}, err
		}
		params.Text.Format.OfJSONSchema = &responses.ResponseFormatTextJSONSchemaConfigParam{
			Name: req.SchemaName, Schema: schema, Strict: openai.Bool(true),
		}
	}
	e := &exchange{config: r.config}
	service := responses.NewResponseService(e.options()...)
	_, sdk := service.New(ctx, params)
	body, err := e.result(sdk)
	if err != nil {
		return Reply{RequestID: e.reply.Header.Get("X-Request-Id")}, err
	}
	reply, err := parseResponse(body, agreed)
	reply.RequestID = requestID(e.reply.Header, reply.RequestID)
	return reply, err
}

// keepOrder makes the schema a map, as the SDK wants it, without sorting its
// properties: a model writes them in the order of the schema.
func keepOrder(schema json.RawMessage) (map[string]any, error) {
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(schema, &parts); err != nil {
		return nil, igny8.Wrap(igny8.Invalid, err, "The schema of the reply is not a JSON object")
	}
	m := make(map[string]any, len(parts))
	for k, v := range parts {
		m[k] = v
	}
	return m, nil
}

// response is the part of a Responses reply that we use.
type response struct {
	ID         string `json:"id"`
	Model      string `json:"model"`
	Status     string `json:"status"`
	Error      *fault `json:"error"`
	Incomplete struct {
		Reason string `json:"reason"`
	} `json:"incomplete_details"`
	Output []struct {
		Type    string `json:"type"`
		Content []struct {
			Type string `json:"type"`
			Text string `json:"text"`
		} `json:"content"`
	} `json:"output"`
	Usage struct {
		Input   int `json:"input_tokens"`
		Output  int `json:"output_tokens"`
		Details struct {
			Cached int `json:"cached_tokens"`
		} `json:"input_tokens_details"`
	} `json:"usage"`
}

// parseResponse reads the body of a successful reply of the Responses API.
func parseResponse(body []byte, agreed contract) (Reply, error) {
	var r response
	if err := outbound.Decode(body, &r); err != nil {
		return Reply{}, torn(err)
	}
	reply := Reply{
		Model: r.Model, RequestID: r.ID,
		InputTokens: r.Usage.Input, CachedTokens: r.Usage.Details.Cached, OutputTokens: r.Usage.Output,
	}
	reply.CostMicros = cost(reply)
	var text strings.Builder
	refused := false
	for _, item := range r.Output {
		for _, c := range item.Content {
			switch {
			case c.Type == "refusal":
				refused = true
			case item.Type == "message" && c.Type == "output_text":
				text.WriteString(c.Text)
			}
		}
	}
	reply.Text = text.String()
	switch {
	case r.Error != nil:
		return reply, r.Error.classify(outbound.Reply{Status: 200}, time.Now())
	case refused, r.Incomplete.Reason == "content_filter":
		return reply, refusal()
	case r.Status == "incomplete":
		return reply, malformed("the model stopped before the end of its reply")
	case r.Status != "completed":
		return reply, malformed("the model provider says that the reply is not complete")
	}
	return reply, agreed.check(reply.Text)
}
