package sandbox

import (
	"encoding/json"
	"regexp"
	"strings"
)

// An ask is what Responses and Chat Completions have in common.
type ask struct {
	model    string
	system   string
	prompt   string // what the user said, all of it
	schema   *node  // nil if plain text is wanted
	name     string // of the schema
	strict   bool
	jsonMode bool
	limit    int // of output tokens; 0 is none
	stream   bool
	param    string // where the schema stands, as error messages name it
	err      string
}

// askOf reads the body of either call.
func askOf(r *request) ask {
	var in struct {
		Model        string          `json:"model"`
		Instructions string          `json:"instructions"`
		Input        json.RawMessage `json:"input"`
		Messages     json.RawMessage `json:"messages"`
		Stream       bool            `json:"stream"`
		MaxOutput    int             `json:"max_output_tokens"`
		MaxTokens    int             `json:"max_tokens"`
		MaxComplete  int             `json:"max_completion_tokens"`
		Text         struct {
			Format format `json:"format"`
		} `json:"text"`
		ResponseFormat struct {
			Type       string `json:"type"`
			JSONSchema format `json:"json_schema"`
		} `json:"response_format"`
	}
	if err := json.Unmarshal(r.body, &in); err != nil {
		return ask{err: "We could not parse the JSON body of your request."}
	}
	a := ask{model: in.Model, system: in.Instructions, limit: max(in.MaxOutput, in.MaxTokens, in.MaxComplete), stream: in.Stream, param: "text.format"}
	f := in.Text.Format
	if r.path == "/chat/completions" {
		f, a.param = in.ResponseFormat.JSONSchema, "response_format"
		f.Type = in.ResponseFormat.Type
		in.Input = in.Messages
	}
	a.read(in.Input)
	switch f.Type {
	case "json_schema":
		a.name, a.strict = f.Name, f.Strict
		schema, err := parseNode(f.Schema)
		if err != nil {
			a.err = "Missing required parameter: '" + a.param + ".schema'."
			return a
		}
		a.schema = schema
	case "json_object":
		a.jsonMode = true
	}
	return a
}

type format struct {
	Type   string          `json:"type"`
	Name   string          `json:"name"`
	Strict bool            `json:"strict"`
	Schema json.RawMessage `json:"schema"`
}

// read takes the input: one string, or messages whose content is a string or a
// list of parts.
func (a *ask) read(input json.RawMessage) {
	n, err := parseNode(input)
	if err != nil {
		return
	}
	if s := n.str(); s != "" {
		a.prompt = s
		return
	}
	for _, m := range n.items {
		var said []string
		if content := m.get("content"); content.str() != "" {
			said = append(said, content.str())
		} else if content != nil {
			for _, part := range content.items {
				said = append(said, part.get("text").str())
			}
		}
		text := strings.Join(said, "\n")
		switch m.get("role").str() {
		case "system", "developer":
			a.system += text + "\n"
		case "assistant":
		default:
			a.prompt += text + "\n"
		}
	}
}

var schemaName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// wrong returns the refusal of an ask that the API would refuse.
func (a ask) wrong() (reply, bool) {
	bad := func(code, param, message string) (reply, bool) {
		return openaiError(400, "invalid_request_error", code, param, message), true
	}
	switch {
	case a.err != "":
		return bad("", "", a.err)
	case a.model == "":
		return bad("missing_required_parameter", "model", "Missing required parameter: 'model'.")
	case strings.HasPrefix(a.model, "missing"):
		return modelNotFound(a.model), true
	case a.prompt == "":
		return bad("missing_required_parameter", "input", "Missing required parameter: 'input'.")
	case a.stream:
		return bad("unsupported_parameter", "stream", "This sandbox does not stream: leave out 'stream'.")
	case tokens(a.system+a.prompt) > 400_000:
		return bad("context_length_exceeded", "input", "Your input exceeds the context window of this model. Please adjust your input and try again.")
	case a.jsonMode && !strings.Contains(strings.ToLower(a.system+a.prompt), "json"):
		return bad("", a.param, "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.")
	case a.schema != nil && !schemaName.MatchString(a.name):
		return bad("invalid_value", a.param+".name", "Invalid '"+a.param+".name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.")
	}
	if a.schema != nil && a.strict {
		if wrong := checkStrict(a.schema); wrong != "" {
			return bad("invalid_json_schema", a.param+".schema", "Invalid schema for "+a.param+" '"+a.name+"': "+wrong)
		}
	}
	return reply{}, false
}

// An outcome is how the model ended.
type outcome struct {
	text      string
	refused   bool
	truncated bool
}

// result is what the model says, or what the fault makes of it.
func (a ask) result(f Fault) outcome {
	b := newBrief(a.prompt)
	var out outcome
	switch {
	case a.schema != nil:
		out.text = string(generate(a.schema, b))
	case a.jsonMode:
		data, _ := json.Marshal(b.common())
		out.text = string(data)
	default:
		out.text = b.article().markdown
		if strings.Contains(strings.ToLower(a.prompt), "ping") || len(a.prompt) < 40 {
			out.text = "Hello from the sandbox."
		}
	}
	switch f.Kind {
	case Refusal:
		return outcome{text: "I'm sorry, but I can't help with that request.", refused: true}
	case Truncated:
		out.truncated = true
		out.text = out.text[:len(out.text)/2]
	case EmptyOutput:
		out.text = ""
	case BrokenOutput:
		out.text = strings.TrimSuffix(out.text, "}") + `, "oops": }`
	case FencedOutput:
		out.text = "Sure! Here is what you asked for:\n\n```json\n" + out.text + "\n```\n"
	case WrongSchema:
		out.text = `{"unexpected": ["this is not", "what was asked"]}`
	}
	if a.limit > 0 && tokens(out.text) > a.limit {
		out.truncated = true
		out.text = out.text[:4*a.limit]
	}
	out.text = strings.ToValidUTF8(out.text, "")
	return out
}
