package activities

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/llm"
	"github.com/igny8/igny8/store"
)

// question puts the account's prompt for a function, or ours, before the data,
// and asks for a Draft.
func question[Draft drafted](ctx context.Context, a *Activities, q *store.Queries, f igny8.Function, data any) (order, error) {
	b, err := a.brain(ctx, q)
	if err != nil {
		return order{}, err
	}
	system, version, err := promptFor(ctx, q, f)
	if err != nil {
		return order{}, err
	}
	user, err := json.Marshal(data)
	if err != nil {
		return order{}, err
	}
	request := llm.Request{Model: b.model, System: system, User: string(user), SchemaName: string(f), Schema: llm.StrictSchema[Draft]()}
	return order{
		maker: maker{b.provider, b.own}, model: b.model, provenance: b.provenance, promptVersion: version,
		request: map[string]any{"system": system, "data": json.RawMessage(user)},
		buy: func(ctx context.Context, wrong string) (bought, error) {
			r := request
			if wrong != "" {
				r.System += "\n\nYour last answer could not be used: " + wrong + " Answer again, in full."
			}
			reply, err := b.Complete(ctx, r)
			return bought{text: reply.Text, model: reply.Model, input: reply.InputTokens, output: reply.OutputTokens, costMicro: reply.CostMicros}, err
		},
		check: func(answer bought) error {
			_, err := read[Draft](answer.text)
			return err
		},
	}, nil
}

// promptFor returns the account's own prompt with its version, or the default.
func promptFor(ctx context.Context, q *store.Queries, f igny8.Function) (string, *int32, error) {
	own, err := q.ActivePrompt(ctx, string(f))
	if err == nil {
		return own.PromptValue, &own.PromptVersion, nil
	} else if igny8.CodeOf(err) != igny8.NotFound {
		return "", nil, err
	}
	text, err := DefaultPrompt(f)
	return text, nil, err
}

// DefaultPrompt returns the prompt that a function has unless the account has
// its own.
func DefaultPrompt(f igny8.Function) (string, error) {
	text, err := prompts.ReadFile("prompts/" + string(f) + ".md")
	return strings.TrimSpace(string(text)), err
}

// drafted is what an answer is read into. It judges itself.
type drafted interface{ Validate() error }

// read decodes an answer and lets it judge itself. The code is Malformed if it
// is not what was asked for; the message tells the model what is wrong.
func read[Draft drafted](answer string) (Draft, error) {
	d, err := decode[Draft](answer)
	if err != nil {
		return d, err
	}
	return d, d.Validate()
}

// decode is read for an answer that has been found usable.
func decode[Draft drafted](answer string) (d Draft, err error) {
	decoder := json.NewDecoder(bytes.NewReader([]byte(answer)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		return d, igny8.Wrap(igny8.Malformed, err, "It is not the JSON object that the schema describes.")
	}
	if decoder.More() {
		return d, igny8.Errorf(igny8.Malformed, "There is something after the JSON object.")
	}
	return d, nil
}

func malformed(format string, args ...any) error {
	return igny8.Errorf(igny8.Malformed, format, args...)
}

// text is how an ID reads.
func text(id any) string { return fmt.Sprint(id) }

// clip shortens a text to at most n characters, at a space if there is one.
func clip(s string, n int) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) <= n {
		return string(r)
	}
	cut := string(r[:n])
	if i := strings.LastIndexByte(cut, ' '); i > n/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:–-")
}
