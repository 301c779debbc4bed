package llm

import (
	"bytes"
	"io"
	"net/http"
	"time"

	"github.com/openai/openai-go/v3/option"

	"github.com/igny8/igny8/activities/outbound"
)

// An exchange is the transport below the SDK for one call. The SDK composes the
// request; the reply is kept here and judged by us, since the SDK's own errors
// quote bodies, which may hold a part of the prompt or of the key.
type exchange struct {
	config Config
	reply  outbound.Reply
	err    error
}

func (e *exchange) Do(req *http.Request) (*http.Response, error) {
	e.reply, e.err = e.config.ask(req)
	if e.err != nil {
		return nil, e.err
	}
	return &http.Response{
		StatusCode: e.reply.Status,
		Header:     e.reply.Header,
		Body:       io.NopCloser(bytes.NewReader(e.reply.Body)),
		Request:    req,
	}, nil
}

// options make the SDK send one request, and read nothing from the environment:
// an organization named there is not the one that the key belongs to.
func (e *exchange) options() []option.RequestOption {
	return []option.RequestOption{
		option.WithBaseURL(e.config.base()),
		option.WithAPIKey(e.config.Key.Reveal()),
		option.WithHTTPClient(e),
		option.WithMaxRetries(0),
	}
}

// result is the body of a successful reply, or what went wrong. sdk is the
// SDK's error: it counts only if no request was made.
func (e *exchange) result(sdk error) ([]byte, error) {
	switch {
	case e.err != nil:
		return nil, e.err
	case e.reply.Status == 0:
		return nil, unsendable(sdk)
	case e.reply.Status < 200 || e.reply.Status > 299:
		return nil, classify(e.reply, time.Now())
	}
	return e.reply.Body, nil
}

// requestID is the provider's name for a call: its header, or else what the
// body says.
func requestID(h http.Header, fallback string) string {
	if id := h.Get("X-Request-Id"); id != "" {
		return id
	}
	return fallback
}
