package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	validation "github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestStrictRules(t *testing.T) {
	t.Parallel()
	deep := func(levels int) string {
		s := aString
		for range levels - 1 {
			s = string(object("a", s))
		}
		return s
	}
	many := func(n int, one func(int) string) []string {
		list := make([]string, n)
		for i := range list {
			list[i] = one(i)
		}
		return list
	}
	enum := func(n int) string {
		return `{"type":"string","enum":[` + strings.Join(many(n, func(i int) string { return fmt.Sprintf(`"v%d"`, i) }), ",") + `]}`
	}
	wide := func(n int) string {
		var pairs []string
		for i := range n {
			pairs = append(pairs, fmt.Sprintf("p%d", i), aString)
		}
		return string(object(pairs...))
	}
	for name, c := range map[string]struct{ schema, wrong string }{
		"good":                    {string(articleSchema), ""},
		"root is a string":        {aString, "got 'type: \"string\"'"},
		"root is a union":         {`{"anyOf":[` + string(object("a", aString)) + `]}`, "'anyOf' is not permitted"},
		"not required":            {`{"type":"object","additionalProperties":false,"properties":{"a":{"type":"string"}},"required":[]}`, "Missing 'a'"},
		"open object":             {`{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}`, "'additionalProperties' is required"},
		"open object inside":      {string(object("a", `{"type":"object","properties":{},"required":[]}`)), "In context=('properties', 'a')"},
		"allOf":                   {string(object("a", `{"allOf":[{"type":"string"}]}`)), "'allOf' is not permitted"},
		"if":                      {string(object("a", `{"type":"string","if":{}}`)), "'if' is not permitted"},
		"not":                     {string(object("a", `{"type":"string","not":{}}`)), "'not' is not permitted"},
		"no type":                 {string(object("a", `{}`)), "'type' key"},
		"array of what":           {string(object("a", `{"type":"array"}`)), "missing items"},
		"unknown reference":       {string(object("a", `{"$ref":"#/$defs/x"}`)), "not found"},
		"required, but not there": {`{"type":"object","additionalProperties":false,"properties":{},"required":["a"]}`, "not in properties"},
		"10 levels":               {deep(10), ""},
		"11 levels":               {deep(11), "levels of nesting"},
		"1,000 enum values":       {string(object("a", enum(1000))), ""},
		"1,001 enum values":       {string(object("a", enum(1001))), "enum values"},
		"5,000 properties":        {wide(5000), ""},
		"5,001 properties":        {wide(5001), "object properties"},
		"optional by null":        {string(object("a", `{"type":["string","null"]}`)), ""},
	} {
		n, err := parseNode([]byte(c.schema))
		require.NoError(t, err, name)
		if wrong := checkStrict(n); c.wrong == "" {
			require.Empty(t, wrong, name)
		} else {
			require.Contains(t, wrong, c.wrong, name)
		}
	}
}

// schemas draws strict schemas.
func schemas(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		kinds := []string{"string", "enum", "integer", "number", "boolean", "nullable", "const", "format", "length"}
		if depth > 0 {
			kinds = append(kinds, "object", "array", "union", "objects")
		}
		bound := rapid.IntRange(0, 6).Draw(t, "bound")
		switch rapid.SampledFrom(kinds).Draw(t, "kind") {
		case "enum":
			return `{"type":"string","enum":["one","two"]}`
		case "integer":
			return fmt.Sprintf(`{"type":"integer","minimum":%d,"maximum":%d}`, bound-3, bound+2)
		case "number":
			return fmt.Sprintf(`{"type":"number","minimum":%d}`, bound)
		case "boolean":
			return `{"type":"boolean"}`
		case "nullable":
			return `{"type":["string","null"]}`
		case "const":
			return `{"type":"string","const":"x"}`
		case "format":
			return `{"type":"string","format":"` + rapid.SampledFrom([]string{"date", "date-time", "email", "uuid", "ipv4", "hostname", "time", "duration", "ipv6"}).Draw(t, "format") + `"}`
		case "length":
			return fmt.Sprintf(`{"type":"string","minLength":%d,"maxLength":%d}`, bound, bound+20)
		case "object":
			return someObject(t, depth)
		case "array":
			return fmt.Sprintf(`{"type":"array","items":%s,"minItems":%d,"maxItems":%d}`, schemas(depth-1).Draw(t, "items"), bound, bound+2)
		case "objects":
			return `{"type":"array","items":` + someObject(t, depth) + `}`
		case "union":
			return `{"anyOf":[` + schemas(depth-1).Draw(t, "first") + `,{"type":"null"}]}`
		}
		return aString
	})
}

func someObject(t *rapid.T, depth int) string {
	names := []string{"outline", "title", "slug", "markdown", "content", "ideas", "prompt", "name", "id", "i", "question", "answer", "heading", "keywords", "purpose", "x", "url"}
	var pairs []string
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 5, rapid.ID[string]).Draw(t, "names") {
		pairs = append(pairs, name, schemas(depth-1).Draw(t, name))
	}
	return string(object(pairs...))
}

// TestRepliesSatisfyAnyStrictSchema holds what is generated against an
// independent validator.
func TestRepliesSatisfyAnyStrictSchema(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		schema := someObject(t, 3)
		prompt := rapid.SampledFrom([]string{"", "Say something about tea.", `{"title":"Tea","keywords":["green tea","black tea"],"count":2}`, `{"clusters":[{"id":1,"keywords":["a b"]}]}`}).Draw(t, "prompt")
		n, err := parseNode([]byte(schema))
		require.NoError(t, err)
		require.Empty(t, checkStrict(n))
		require.NoError(t, validate(schema, generate(n, newBrief(prompt))), schema)
	})
}

func validate(schema string, reply []byte) error {
	value, err := validation.UnmarshalJSON(strings.NewReader(schema))
	if err != nil {
		return err
	}
	c := validation.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", value); err != nil {
		return err
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		return err
	}
	got, err := validation.UnmarshalJSON(bytes.NewReader(reply))
	if err != nil {
		return err
	}
	return s.Validate(got)
}

// TestSchemaThatContainsItself is answered in finite time.
func TestSchemaThatContainsItself(t *testing.T) {
	t.Parallel()
	for _, schema := range []string{
		`{"type":"object","additionalProperties":false,"required":["title","children"],"properties":{"title":{"type":"string"},"children":{"type":"array","items":{"$ref":"#"}}}}`,
		`{"type":"object","additionalProperties":false,"required":["next"],"properties":{"next":{"anyOf":[{"$ref":"#/$defs/n"},{"type":"null"}]}},"$defs":{"n":{"type":"object","additionalProperties":false,"required":["v","next"],"properties":{"v":{"type":"string"},"next":{"anyOf":[{"$ref":"#/$defs/n"},{"type":"null"}]}}}}}`,
	} {
		n, err := parseNode([]byte(schema))
		require.NoError(t, err)
		require.Empty(t, checkStrict(n))
		require.NoError(t, validate(schema, generate(n, newBrief("tea"))))
	}
}

// FuzzStrict: whatever is sent as a schema is judged, and what is found good is
// answered in JSON.
func FuzzStrict(f *testing.F) {
	f.Add([]byte(articleSchema))
	f.Add([]byte(`{"type":"object","additionalProperties":false,"properties":{"a":{"$ref":"#/properties/a"}},"required":["a"]}`))
	f.Add([]byte(`{"type":"object","additionalProperties":false,"properties":{"a":{"type":"array","items":{"$ref":"#"},"minItems":3}},"required":["a"]}`))
	f.Add([]byte(`{"type":"object","additionalProperties":false,"properties":{"a":{"type":"integer","minimum":1e300,"multipleOf":1e-300}},"required":["a"]}`))
	f.Add([]byte(`{"type":"object","additionalProperties":false,"properties":{"a":{"type":"string","minLength":9e9}},"required":["a"]}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, schema []byte) {
		n, err := parseNode(schema)
		if err != nil || checkStrict(n) != "" {
			return
		}
		if out := generate(n, newBrief("tea and coffee")); !json.Valid(out) {
			t.Fatalf("%s is answered with %s", schema, out)
		}
	})
}
