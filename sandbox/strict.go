package sandbox

import (
	"fmt"
	"slices"
	"strings"
)

// The limits of a strict schema, as OpenAI's guide to structured outputs has
// them.
const (
	maxProperties   = 5000
	maxLevels       = 10
	maxEnumValues   = 1000
	longEnum        = 250    // an enum of more values than this ...
	maxLongEnum     = 15000  // ... has at most so many characters
	maxSchemaLength = 120000 // characters of names, definitions and enum values in all
)

// forbidden are the keywords that strict mode doesn't take.
var forbidden = []string{
	"allOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "dependencies", "oneOf",
	"patternProperties", "unevaluatedProperties", "propertyNames", "minProperties", "maxProperties",
	"unevaluatedItems", "contains", "minContains", "maxContains", "uniqueItems",
}

// checkStrict returns what is wrong with a schema for strict mode, in the words
// of the API, or "".
func checkStrict(schema *node) string {
	c := &strictness{root: schema}
	switch {
	case schema == nil || schema.kind != '{':
		return "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"None\"'."
	case schema.get("anyOf") != nil:
		return "In context=(), 'anyOf' is not permitted at the root."
	case schema.get("type").str() != "object":
		return fmt.Sprintf("schema must be a JSON Schema of 'type: \"object\"', got 'type: %q'.", typeOr(schema, "None"))
	}
	if wrong := c.check(schema, nil, 1); wrong != "" {
		return wrong
	}
	switch {
	case c.properties > maxProperties:
		return fmt.Sprintf("Expected at most %d object properties in total within a schema, received %d.", maxProperties, c.properties)
	case c.enums > maxEnumValues:
		return fmt.Sprintf("Expected at most %d enum values in total within a schema, received %d.", maxEnumValues, c.enums)
	case c.length > maxSchemaLength:
		return fmt.Sprintf("Expected at most %d characters of names and enum values within a schema, received %d.", maxSchemaLength, c.length)
	}
	return ""
}

func typeOr(n *node, otherwise string) string {
	if t := n.get("type").strings(); len(t) > 0 {
		return t[0]
	}
	return otherwise
}

// strictness counts what is limited over the whole of a schema.
type strictness struct {
	root                      *node
	properties, enums, length int
}

func (c *strictness) check(n *node, context []string, level int) string {
	in := func(format string, args ...any) string {
		return fmt.Sprintf("In context=%s, ", tuple(context)) + fmt.Sprintf(format, args...)
	}
	if n.kind != '{' {
		return in("a schema must be an object.")
	}
	if level > maxLevels {
		return fmt.Sprintf("Schema exceeds the maximum of %d levels of nesting.", maxLevels)
	}
	for _, key := range n.keys {
		if slices.Contains(forbidden, key) {
			return in("'%s' is not permitted.", key)
		}
	}
	if ref := n.get("$ref"); ref != nil {
		if resolve(c.root, ref.str()) == nil {
			return in("reference to component '%s' which was not found in the schema.", ref.str())
		}
		return ""
	}
	if n.get("type") == nil && n.get("anyOf") == nil && n.get("enum") == nil && n.get("const") == nil {
		return in("schema must have a 'type' key.")
	}
	if wrong := c.enum(n, in); wrong != "" {
		return wrong
	}
	return c.parts(n, context, level, in)
}

func (c *strictness) enum(n *node, in func(string, ...any) string) string {
	enum := n.get("enum")
	if enum == nil {
		return ""
	}
	if enum.kind != '[' || len(enum.items) == 0 {
		return in("'enum' must be a list with at least one value.")
	}
	length := 0
	for _, v := range enum.items {
		length += len(v.str())
	}
	c.enums += len(enum.items)
	c.length += length
	if len(enum.items) > longEnum && length > maxLongEnum {
		return in("an enum of more than %d values may have at most %d characters.", longEnum, maxLongEnum)
	}
	return ""
}

// parts checks what a schema is made of.
func (c *strictness) parts(n *node, context []string, level int, in func(string, ...any) string) string {
	sub := func(s *node, level int, names ...string) string {
		return c.check(s, append(slices.Clone(context), names...), level)
	}
	if slices.Contains(n.get("type").strings(), "object") {
		if wrong := c.object(n, in, func(name string, s *node) string { return sub(s, level+1, "properties", name) }); wrong != "" {
			return wrong
		}
	}
	if slices.Contains(n.get("type").strings(), "array") {
		items := n.get("items")
		if items == nil {
			return in("array schema missing items.")
		}
		if wrong := sub(items, level+1, "items"); wrong != "" {
			return wrong
		}
	}
	if any := n.get("anyOf"); any != nil {
		if any.kind != '[' || len(any.items) == 0 {
			return in("'anyOf' must be a list of schemas.")
		}
		for i, s := range any.items {
			if wrong := sub(s, level, "anyOf", fmt.Sprint(i)); wrong != "" {
				return wrong
			}
		}
	}
	for _, where := range []string{"$defs", "definitions"} {
		defs := n.get(where)
		if defs == nil {
			continue
		}
		for _, name := range defs.keys {
			c.length += len(name)
			if wrong := sub(defs.fields[name], 1, where, name); wrong != "" {
				return wrong
			}
		}
	}
	return ""
}

// object checks that an object is closed and requires all that it has.
func (c *strictness) object(n *node, in func(string, ...any) string, sub func(string, *node) string) string {
	if extra := n.get("additionalProperties"); extra == nil || extra.value != false {
		return in("'additionalProperties' is required to be supplied and to be false.")
	}
	properties := n.get("properties")
	switch {
	case properties == nil:
		return ""
	case properties.kind != '{':
		return in("'properties' must be an object.")
	}
	required := n.get("required").strings()
	c.properties += len(properties.keys)
	for _, name := range properties.keys {
		c.length += len(name)
		if !slices.Contains(required, name) {
			return in("'required' is required to be supplied and to be an array including every key in properties. Missing '%s'.", name)
		}
		if wrong := sub(name, properties.fields[name]); wrong != "" {
			return wrong
		}
	}
	for _, name := range required {
		if properties.fields[name] == nil {
			return in("'required' has '%s', which is not in properties.", name)
		}
	}
	return ""
}

// tuple writes a path as the API's messages do: ('properties', 'title').
func tuple(path []string) string {
	switch len(path) {
	case 0:
		return "()"
	case 1:
		return "('" + path[0] + "',)"
	}
	return "('" + strings.Join(path, "', '") + "')"
}

// resolve returns what a reference within the schema points to, or nil.
func resolve(root *node, ref string) *node {
	rest, ok := strings.CutPrefix(ref, "#")
	if !ok {
		return nil
	}
	at := root
	for part := range strings.SplitSeq(strings.TrimPrefix(rest, "/"), "/") {
		if part == "" {
			continue
		}
		at = at.get(strings.NewReplacer("~1", "/", "~0", "~").Replace(part))
	}
	return at
}
