package llm

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"net/http"
	"time"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/outbound"
)

// MaxInputs is how many texts the provider takes in one call.
const MaxInputs = 2048

// Vectors are the embeddings of some inputs, in their order.
type Vectors struct {
	Model       string
	Values      [][]float32
	InputTokens int
	CostMicros  int64 // millionths of a US dollar; 0 if the model's price is unknown
}

// Embeddings asks for one vector for each input, of dims dimensions (0 leaves
// that to the model). None of the inputs may be empty, and a call takes at most
// MaxInputs. The errors are those of Client.
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
	}{model, inputs, dims, "base64"}) // a third of the length of decimal numbers
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
			Index  int             `json:"index"`
			Vector json.RawMessage `json:"embedding"`
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
		vector, ok := numbers(d.Vector)
		if !ok || len(vector) == 0 || dims > 0 && len(vector) != dims {
			return v, malformed("the model's vectors have another length than asked for")
		}
		v.Values[d.Index] = vector
	}
	for _, vector := range v.Values {
		if len(vector) != len(v.Values[0]) {
			return v, malformed("the model's vectors have different lengths")
		}
	}
	return v, nil
}

// numbers reads a vector: little-endian float32 in base64, or a list, which is
// what compatible servers may answer whatever they are asked.
func numbers(raw json.RawMessage) (v []float32, ok bool) {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		ok = json.Unmarshal(raw, &v) == nil
	} else if b, err := base64.StdEncoding.DecodeString(text); err == nil && len(b)%4 == 0 {
		for ok = true; len(b) > 0; b = b[4:] {
			v = append(v, math.Float32frombits(binary.LittleEndian.Uint32(b)))
		}
	}
	for _, x := range v {
		ok = ok && !math.IsNaN(float64(x)) && !math.IsInf(float64(x), 0)
	}
	return v, ok
}
