package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// An imageModel is what one family of OpenAI's image models takes.
type imageModel struct {
	sizes     []string
	qualities []string
	prompt    int // the longest prompt, in characters
	most      int // pictures a call
	url       bool
}

var (
	gptImage = imageModel{[]string{"1024x1024", "1536x1024", "1024x1536", "auto"}, []string{"low", "medium", "high", "auto"}, 32000, 10, false}
	dallE3   = imageModel{[]string{"1024x1024", "1792x1024", "1024x1792"}, []string{"standard", "hd"}, 4000, 1, true}
	dallE2   = imageModel{[]string{"256x256", "512x512", "1024x1024"}, []string{"standard"}, 1000, 10, true}
)

// An imageOrder is the body of POST /images/generations.
type imageOrder struct {
	Model          string `json:"model"`
	Prompt         string `json:"prompt"`
	N              int    `json:"n"`
	Size           string `json:"size"`
	Quality        string `json:"quality"`
	ResponseFormat string `json:"response_format"`
	OutputFormat   string `json:"output_format"`
	Background     string `json:"background"`
}

// images answers POST /images/generations.
func (s *Sandbox) images(r *request) reply {
	var o imageOrder
	if json.Unmarshal(r.body, &o) != nil {
		return openaiError(400, "invalid_request_error", "", "", "We could not parse the JSON body of your request.")
	}
	m, rep, wrong := o.check()
	if wrong {
		return rep
	}
	p := &picture{
		Name: "img-" + r.call.Key, Key: r.call.Key, Prompt: o.Prompt, Format: "png", Seed: hashOf(o.Prompt), Count: o.N,
		Ready: time.Now().UnixMilli(), Fault: r.fault.Kind, Sketch: s.options.Sketch,
	}
	if o.OutputFormat == "jpeg" {
		p.Format = "jpeg"
	}
	_, _ = fmt.Sscanf(o.Size, "%dx%d", &p.Width, &p.Height) // the size was checked before
	s.mu.Lock()
	s.record(event{Picture: p})
	s.mu.Unlock()
	data := []any{}
	for i := range o.N {
		one := map[string]any{}
		switch {
		case m.url && o.ResponseFormat != "b64_json":
			one["url"] = fmt.Sprintf("%s/openai/im/%s.%d.%s", r.base, p.Name, i, p.Format)
		case r.is(NotImage):
			one["b64_json"] = base64.StdEncoding.EncodeToString(noImage)
		default:
			one["b64_json"] = base64.StdEncoding.EncodeToString(p.draw(i))
		}
		if o.Model == "dall-e-3" {
			one["revised_prompt"] = o.Prompt
		}
		data = append(data, one)
	}
	if r.is(EmptyOutput) {
		data = []any{}
	}
	body := map[string]any{"created": time.Now().Unix(), "data": data}
	if !m.url {
		in, out := tokens(o.Prompt), p.Width*p.Height/1024*o.N
		body["background"], body["output_format"], body["size"], body["quality"] = "opaque", p.Format, fmt.Sprintf("%dx%d", p.Width, p.Height), o.Quality
		body["usage"] = map[string]any{
			"input_tokens": in, "output_tokens": out, "total_tokens": in + out,
			"input_tokens_details": map[string]any{"text_tokens": in, "image_tokens": 0},
		}
	}
	return jsonReply(200, body)
}

// check fills in what was left open, or returns the refusal. WebP is drawn as
// PNG, and said to be: there is no encoder for it.
func (o *imageOrder) check() (m imageModel, rep reply, wrong bool) {
	bad := func(param, code, format string, args ...any) (imageModel, reply, bool) {
		return m, openaiError(400, "invalid_request_error", code, param, fmt.Sprintf(format, args...)), true
	}
	switch {
	case o.Model == "" || o.Model == "dall-e-2":
		m = dallE2
	case o.Model == "dall-e-3":
		m = dallE3
	case strings.HasPrefix(o.Model, "gpt-image-"):
		m = gptImage
	default:
		return m, modelNotFound(o.Model), true
	}
	if o.N == 0 {
		o.N = 1
	}
	if o.Size == "" {
		o.Size = "1024x1024"
		if !m.url {
			o.Size = "auto"
		}
	}
	if o.Quality == "" || o.Quality == "auto" {
		o.Quality = m.qualities[0]
	}
	switch {
	case o.Prompt == "":
		return bad("prompt", "missing_required_parameter", "Missing required parameter: 'prompt'.")
	case utf8.RuneCountInString(o.Prompt) > m.prompt:
		return bad("prompt", "string_above_max_length", "Invalid 'prompt': string too long. Expected a string with maximum length %d.", m.prompt)
	case o.N < 1 || o.N > m.most:
		return bad("n", "invalid_value", "Invalid value: '%d'. Expected a number from 1 to %d.", o.N, m.most)
	case !slices.Contains(m.sizes, o.Size) && !o.anySize():
		return bad("size", "invalid_value", "Invalid value: '%s'. Supported values are: '%s'.", o.Size, strings.Join(m.sizes, "', '"))
	case !slices.Contains(m.qualities, o.Quality):
		return bad("quality", "invalid_value", "Invalid value: '%s'. Supported values are: '%s'.", o.Quality, strings.Join(m.qualities, "', '"))
	case !m.url && o.ResponseFormat != "":
		return bad("response_format", "unknown_parameter", "Unknown parameter: 'response_format'.")
	case m.url && o.OutputFormat != "":
		return bad("output_format", "unknown_parameter", "Unknown parameter: 'output_format'.")
	case !slices.Contains([]string{"", "png", "jpeg", "webp"}, o.OutputFormat):
		return bad("output_format", "invalid_value", "Invalid value: '%s'. Supported values are: 'png', 'jpeg', and 'webp'.", o.OutputFormat)
	}
	if o.Size == "auto" {
		o.Size = "1024x1024"
	}
	return m, reply{}, false
}

// anySize reports whether the model takes the size although it is not listed:
// gpt-image-2 takes multiples of 16 up to 3840x2160, from 1:3 to 3:1.
func (o *imageOrder) anySize() bool {
	var w, h int
	if n, _ := fmt.Sscanf(o.Size, "%dx%d", &w, &h); n != 2 || !strings.HasPrefix(o.Model, "gpt-image-2") {
		return false
	}
	return w > 0 && h > 0 && w%16 == 0 && h%16 == 0 && w <= 3*h && h <= 3*w && max(w, h) <= 3840 && min(w, h) <= 2160
}

// openaiImage serves a picture that was answered by its address.
func (s *Sandbox) openaiImage(w http.ResponseWriter, r *http.Request) { s.show(w, r, nil) }

// show serves the file "<picture>.<n>.<format>". Only what known accepts is
// there to be seen.
func (s *Sandbox) show(w http.ResponseWriter, r *http.Request, known func(*picture) bool) {
	parts := strings.Split(r.PathValue("file"), ".")
	var n int
	if len(parts) != 3 {
		http.NotFound(w, r)
		return
	}
	if _, err := fmt.Sscan(parts[1], &n); err != nil {
		http.NotFound(w, r)
		return
	}
	s.mu.Lock()
	p := s.world.pictures[parts[0]]
	s.mu.Unlock()
	if p == nil || n < 0 || n >= p.Count || known != nil && !known(p) {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", p.mime())
	if p.Fault == NotImage {
		w.Write(noImage)
		return
	}
	w.Write(p.draw(n))
}
