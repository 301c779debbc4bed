package image

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/outbound"
)

// OpenAI returns a client of OpenAI's image generation. It knows no keys: a
// repeated request is another picture.
func OpenAI(c Config) Client { return openai{c} }

type openai struct{ config Config }

func (o openai) Generate(ctx context.Context, req Request) (Picture, error) {
	if err := o.config.check(); err != nil {
		return Picture{}, err
	}
	order, err := newOrder(req)
	if err != nil {
		return Picture{}, err
	}
	body, err := json.Marshal(order)
	if err != nil {
		return Picture{}, igny8.Wrap(igny8.Invalid, err, "The request can't be written")
	}
	base := strings.TrimRight(cmp.Or(o.config.BaseURL, "https://api.openai.com/v1"), "/")
	reply, err := o.config.post(ctx, base+"/images/generations", body)
	id := reply.Header.Get("X-Request-Id")
	if err != nil {
		return Picture{RequestID: id}, err
	}
	if reply.Status < 200 || reply.Status > 299 {
		return Picture{RequestID: id}, classifyOpenAI(reply, time.Now())
	}
	picture, err := parseOpenAI(reply.Body, order)
	picture.Provider, picture.Model, picture.RequestID = "openai", order.Model, id
	return picture, err
}

// An order is the body of POST /images/generations. The dall-e models take
// response_format and answer a link without it; the gpt-image models refuse it
// and always answer base64.
type order struct {
	Model    string `json:"model"`
	Prompt   string `json:"prompt"`
	N        int    `json:"n"`
	Size     string `json:"size"`
	Quality  string `json:"quality,omitempty"`
	Response string `json:"response_format,omitempty"`
	Format   string `json:"output_format,omitempty"`
}

func newOrder(req Request) (order, error) {
	o := order{Model: cmp.Or(req.Model, "gpt-image-1"), Prompt: req.Prompt, N: 1}
	if req.NegativePrompt != "" { // the API has no field for it
		o.Prompt += "\n\nNot in the picture: " + req.NegativePrompt
	}
	longest := 32000
	switch {
	case o.Model == "dall-e-2":
		longest, o.Response = 1000, "b64_json"
	case strings.HasPrefix(o.Model, "dall-e"):
		longest, o.Response, o.Quality = 4000, "b64_json", "standard"
	default:
		o.Quality, o.Format = "medium", "jpeg"
	}
	if utf8.RuneCountInString(o.Prompt) > longest {
		return order{}, igny8.Errorf(igny8.TooLarge, "The image prompt is longer than the %d characters that %s accepts", longest, o.Model)
	}
	o.Size = size(o.Model, req.Width, req.Height)
	return o, nil
}

// size is the one nearest in shape of those that the model does.
func size(model string, width, height int) string {
	if width <= 0 || height <= 0 {
		width, height = 1, 1
	}
	ratio := float64(width) / float64(height)
	var sizes [][2]int
	switch {
	case model == "dall-e-2":
		sizes = [][2]int{{1024, 1024}}
	case strings.HasPrefix(model, "dall-e"):
		sizes = [][2]int{{1024, 1024}, {1792, 1024}, {1024, 1792}}
	default:
		sizes = [][2]int{{1024, 1024}, {1536, 1024}, {1024, 1536}}
	}
	best, distance := sizes[0], math.Inf(1)
	for _, s := range sizes {
		d := math.Abs(math.Log(ratio) - math.Log(float64(s[0])/float64(s[1])))
		if d < distance {
			best, distance = s, d
		}
	}
	return fmt.Sprintf("%dx%d", best[0], best[1])
}

type openaiError struct {
	Message string `json:"message"`
	Type    string `json:"type"`
	Param   string `json:"param"`
	Code    string `json:"code"`
}

func (e openaiError) is(names ...string) bool {
	for _, n := range names {
		if e.Code == n || e.Type == n {
			return true
		}
	}
	return false
}

func classifyOpenAI(r outbound.Reply, now time.Time) error {
	var body struct {
		Error openaiError `json:"error"`
	}
	_ = outbound.Decode(r.Body, &body) // HTML from a gateway: the status has to do
	e := body.Error
	after := outbound.After(r.Header, e.Message, now)
	return fail(e.code(r.Status), after, cause(r.Status, e.Type, e.Code, e.Param))
}

func (e openaiError) code(status int) igny8.Code {
	switch {
	case status == 402, e.is("insufficient_quota", "billing_hard_limit_reached", "billing_not_active"):
		return igny8.NoQuota
	case status == 401, status == 403, e.is("invalid_api_key"):
		return igny8.Credentials
	case e.is("moderation_blocked", "content_policy_violation", "image_generation_user_error"):
		return igny8.Refused
	case status == 413, e.is("string_above_max_length"):
		return igny8.TooLarge
	case status == 408, status == 409, status == 425, status == 429, e.is("rate_limit_exceeded"):
		return igny8.Busy
	case status >= 500, e.is("server_error"):
		return igny8.Unavailable
	}
	return igny8.Invalid
}

func parseOpenAI(body []byte, o order) (Picture, error) {
	var r struct {
		Error *openaiError `json:"error"`
		Data  []struct {
			Base64 string `json:"b64_json"`
		} `json:"data"`
		Usage usage `json:"usage"`
	}
	if err := outbound.Decode(body, &r); err != nil {
		return Picture{}, fail(igny8.Unknown, 0, err)
	}
	if r.Error != nil {
		return Picture{}, fail(r.Error.code(200), 0, cause(200, r.Error.Type, r.Error.Code))
	}
	paid := Picture{CostMicros: costOpenAI(o, r.Usage)}
	if len(r.Data) == 0 || r.Data[0].Base64 == "" {
		return paid, fail(igny8.Malformed, 0, nil)
	}
	b, err := base64.StdEncoding.DecodeString(r.Data[0].Base64)
	if err != nil {
		return paid, fail(igny8.Malformed, 0, err)
	}
	if len(b) > outbound.MaxPicture {
		return paid, igny8.Errorf(igny8.TooLarge, "%s sent a picture of more than 25 MB", provider)
	}
	p, err := Decode(b)
	p.CostMicros = paid.CostMicros
	return p, err
}

type usage struct {
	Output  int `json:"output_tokens"`
	Details struct {
		Text int `json:"text_tokens"`
	} `json:"input_tokens_details"`
}

// costOpenAI is what a picture took, in millionths of a US dollar: by tokens for
// the gpt-image models (prices per million, text in and picture out), by size for
// dall-e at its standard quality.
func costOpenAI(o order, u usage) int64 {
	switch o.Model {
	case "dall-e-2":
		return 20_000
	case "dall-e-3":
		if o.Size == "1024x1024" {
			return 40_000
		}
		return 80_000
	case "gpt-image-1":
		return int64(5*u.Details.Text + 40*u.Output)
	case "gpt-image-1-mini":
		return int64(2*u.Details.Text + 8*u.Output)
	}
	return 0
}
