package sandbox

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// Limits of POST /embeddings, as the API's reference has them: texts in a
// request, tokens in one text and in all, and dimensions by model.
const (
	maxInputs      = 2048
	maxInputTokens = 8192
	maxTokens      = 300_000
)

var embeddingDims = map[string]int{"text-embedding-3-small": 1536, "text-embedding-3-large": 3072}

// embeddings answers POST /embeddings: a text has the same vector every time,
// and texts that share words have vectors that point the same way.
func (s *Sandbox) embeddings(r *request) reply {
	var in struct {
		Model      string `json:"model"`
		Input      any    `json:"input"`
		Dimensions *int   `json:"dimensions"`
		Format     string `json:"encoding_format"`
	}
	wrong := func(param, format string, args ...any) reply {
		return openaiError(400, "invalid_request_error", "", param, fmt.Sprintf(format, args...))
	}
	if json.Unmarshal(r.body, &in) != nil {
		return wrong("", "We could not parse the JSON body of your request.")
	}
	most, known := embeddingDims[in.Model]
	dims := most
	if in.Dimensions != nil {
		dims = *in.Dimensions
	}
	switch {
	case in.Model == "":
		return wrong("model", "you must provide a model parameter")
	case !known:
		return modelNotFound(in.Model)
	case dims < 1 || dims > most:
		return wrong("dimensions", "Invalid value for 'dimensions' = %d. Must be between 1 and %d.", dims, most)
	case in.Format != "" && in.Format != "float" && in.Format != "base64":
		return wrong("encoding_format", "Invalid value: '%s'. Supported values are: 'float' and 'base64'.", in.Format)
	}
	texts, used, fault := inputs(in.Input)
	if fault != "" {
		return wrong("input", "%s", fault)
	}
	data := make([]any, len(texts))
	for i, text := range texts {
		data[i] = map[string]any{"object": "embedding", "index": i, "embedding": encoded(embed(text, dims), in.Format)}
	}
	s.mu.Lock()
	s.record(event{Text: &sale{Purpose: r.purpose, Key: r.call.Key, Input: used, Vectors: len(texts)}})
	s.mu.Unlock()
	return jsonReply(200, map[string]any{"object": "list", "model": in.Model, "data": data, "usage": map[string]any{"prompt_tokens": used, "total_tokens": used}})
}

// inputs are the texts of a request and what they take, or what is wrong with
// them.
func inputs(input any) (texts []string, used int, fault string) {
	list, several := input.([]any)
	if !several {
		list = []any{input}
	}
	if len(list) == 0 || len(list) > maxInputs {
		return nil, 0, fmt.Sprintf("Invalid 'input': array of %d items. Expected 1 to %d.", len(list), maxInputs)
	}
	for _, x := range list {
		text, ok := x.(string)
		n := tokens(text)
		used += n
		switch {
		case !ok:
			return nil, 0, "Invalid type for 'input': expected strings."
		case text == "":
			return nil, 0, "Invalid 'input': input cannot be an empty string."
		case n > maxInputTokens:
			return nil, 0, fmt.Sprintf("This model's maximum context length is %d tokens, however you requested %d tokens.", maxInputTokens, n)
		case used > maxTokens:
			return nil, 0, fmt.Sprintf("Requested more tokens than the %d of one request.", maxTokens)
		}
		texts = append(texts, text)
	}
	return texts, used, ""
}

// encoded is a vector as it is wanted: numbers, or little-endian float32 in
// base64.
func encoded(v []float32, format string) any {
	if format != "base64" {
		return v
	}
	b := make([]byte, 0, 4*len(v))
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return base64.StdEncoding.EncodeToString(b)
}

// embed is the sum of a direction for each word of a text, of length 1.
func embed(text string, dimensions int) []float32 {
	v := make([]float64, dimensions)
	for w := range strings.FieldsSeq(strings.ToLower(text)) {
		r := rand.New(rand.NewPCG(hashOf(w), 1))
		for i := range v {
			v[i] += r.NormFloat64()
		}
	}
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	out := make([]float32, dimensions)
	for i, x := range v {
		out[i] = float32(x / math.Sqrt(sum+1e-12))
	}
	return out
}
