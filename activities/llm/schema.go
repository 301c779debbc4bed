package llm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/invopop/jsonschema"
	validation "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/igny8/igny8"
)

// StrictSchema returns the JSON schema of T, a struct that is not recursive, by
// the strict rules: every property required and in the order of the fields,
// nothing additional. The struct tags are those of invopop/jsonschema, such as
// `jsonschema:"enum=a,enum=b,description=…"`; `jsonschema:"nullable"` makes a
// property one that may be null.
func StrictSchema[T any]() json.RawMessage {
	r := jsonschema.Reflector{Anonymous: true, DoNotReference: true, ExpandedStruct: true}
	s := r.Reflect(new(T))
	s.Version = ""
	tighten(s)
	b, err := json.Marshal(s)
	if err != nil {
		panic("llm: schema of " + fmt.Sprintf("%T", *new(T)) + ": " + err.Error())
	}
	return b
}

// tighten applies the strict rules to what the reflection made.
func tighten(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	s.AnyOf, s.OneOf = append(s.AnyOf, s.OneOf...), nil
	for _, alternative := range s.AnyOf {
		tighten(alternative)
	}
	tighten(s.Items)
	if s.Type != "object" {
		return
	}
	s.AdditionalProperties, s.Required = jsonschema.FalseSchema, []string{}
	for p := s.Properties.Oldest(); p != nil; p = p.Next() {
		s.Required = append(s.Required, p.Key)
		tighten(p.Value)
	}
}

// A contract is what a reply has to obey: the schema that was asked for, or
// nothing but not being empty. Not every compatible server keeps to a schema.
type contract struct{ schema *validation.Schema }

// newContract reads a schema; an empty one asks for plain text. The code is
// Invalid if it is no schema.
func newContract(schema json.RawMessage) (contract, error) {
	if len(schema) == 0 {
		return contract{}, nil
	}
	const at = "reply.json"
	c := validation.NewCompiler()
	c.UseLoader(validation.SchemeURLLoader{}) // a schema refers to nothing outside
	value, err := validation.UnmarshalJSON(bytes.NewReader(schema))
	if err == nil {
		err = c.AddResource(at, value)
	}
	if err != nil {
		return contract{}, igny8.Wrap(igny8.Invalid, err, "The schema of the reply is not a JSON schema")
	}
	s, err := c.Compile(at)
	if err != nil {
		return contract{}, igny8.Wrap(igny8.Invalid, err, "The schema of the reply is not a JSON schema")
	}
	return contract{s}, nil
}

func (c contract) check(text string) error {
	switch {
	case text == "":
		return malformed("the model's reply is empty")
	case c.schema == nil:
		return nil
	}
	value, err := validation.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return malformed("the model's reply is not JSON")
	}
	if c.schema.Validate(value) != nil { // its error quotes the reply
		return malformed("the model's reply has another shape than asked for")
	}
	return nil
}
