package llm

import (
	"context"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/shared"

	"github.com/igny8/igny8/activities/outbound"
)

// Chat returns a client of the Chat Completions API, which many servers speak.
// The limit on the output goes as max_tokens, the name they all know.
func Chat(c Config) Client { return chatter{c} }

type chatter struct{ config Config }

func (c chatter) Complete(ctx context.Context, req Request) (Reply, error) {
	if err := c.config.check(); err != nil {
		return Reply{}, err
	}
	agreed, err := newContract(req.Schema)
	if err != nil {
		return Reply{}, err
	}
	params := openai.ChatCompletionNewParams{Model: req.Model}
	if req.System != "" {
		params.Messages = append(params.Messages, openai.SystemMessage(req.System))
	}
	params.Messages = append(params.Messages, openai.UserMessage(req.User))
	if req.MaxOutputTokens > 0 {
		params.MaxTokens = openai.Int(int64(req.MaxOutputTokens))
	}
	if len(req.Schema) > 0 {
		schema, err := keepOrder(req.Schema)
		if err != nil {
			return Reply{}, err
		}
		params.ResponseFormat.OfJSONSchema = &shared.ResponseFormatJSONSchemaParam{
			JSONSchema: shared.ResponseFormatJSONSchemaJSONSchemaParam{
				Name: req.SchemaName, Schema: schema, Strict: openai.Bool(true),
			},
		}
	}
	e := &exchange{config: c.config}
	service := openai.NewChatCompletionService(e.options()...)
	_, sdk := service.New(ctx, params)
	body, err := e.result(sdk)
	if err != nil {
		return Reply{RequestID: e.reply.Header.Get("X-Request-Id")}, err
	}
	reply, err := parseChat(body, agreed)
	reply.RequestID = requestID(e.reply.Header, reply.RequestID)
	return reply, err
}

// completion is the part of a chat completion that we use. Error is how some
// gateways report a failure under the status 200.
type completion struct {
	ID      string `json:"id"`
	Model   string `json:"model"`
	Error   *fault `json:"error"`
	Choices []struct {
		Finish  string `json:"finish_reason"`
		Message struct {
			Content string `json:"content"`
			Refusal string `json:"refusal"`
		} `json:"message"`
	} `json:"choices"`
	Usage struct {
		Input   int `json:"prompt_tokens"`
		Output  int `json:"completion_tokens"`
		Details struct {
			Cached int `json:"cached_tokens"`
		} `json:"prompt_tokens_details"`
	} `json:"usage"`
}

// parseChat reads the body of a successful reply of the Chat Completions API.
func parseChat(body []byte, agreed contract) (Reply, error) {
	var r completion
	if err := outbound.Decode(body, &r); err != nil {
		return Reply{}, torn(err)
	}
	reply := Reply{
		Model: r.Model, RequestID: r.ID,
		InputTokens: r.Usage.Input, CachedTokens: r.Usage.Details.Cached, OutputTokens: r.Usage.Output,
	}
	reply.CostMicros = cost(reply)
	if r.Error != nil {
		return reply, r.Error.classify(outbound.Reply{Status: 200}, time.Now())
	}
	if len(r.Choices) == 0 {
		return reply, malformed("the model's reply is empty")
	}
	choice := r.Choices[0]
	reply.Text = choice.Message.Content
	switch {
	case choice.Message.Refusal != "", choice.Finish == "content_filter":
		return reply, refusal()
	case choice.Finish == "length":
		return reply, malformed("the model stopped before the end of its reply")
	case choice.Finish != "stop":
		return reply, malformed("the model provider says that the reply is not complete")
	}
	return reply, agreed.check(reply.Text)
}
