package llm

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// The limits of strict schemas, from OpenAI's guide to structured outputs.
const (
	maxProperties = 5000
	maxDepth      = 10
	maxEnum       = 1000
	manyEnum      = 250 // above so many values, one enum's texts are limited
	maxEnumChars  = 15_000
	maxChars      = 120_000
)

// forbidden are the keywords that strict mode refuses.
var forbidden = []string{
	"allOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "dependencies",
	"patternProperties", "propertyNames", "unevaluatedProperties", "unevaluatedItems", "prefixItems", "contains", "default",
}

// CheckStrict says where a schema breaks the rules of strict mode, and nil if it
// keeps them: an object at the root without anyOf; every property required and
// nothing additional; at most 5,000 properties, 10 levels, 1,000 enum values and
// 120,000 characters of names and values; none of the forbidden keywords.
func CheckStrict(schema json.RawMessage) error {
	var root node
	if err := json.Unmarshal(schema, &root); err != nil {
		return fmt.Errorf("not a JSON schema: %w", err)
	}
	if root["anyOf"] != nil || !root.is("object") {
		return fmt.Errorf("the root must be an object, and not an anyOf")
	}
	l := lint{defs: root.children("$defs")}
	for name, def := range l.defs {
		l.chars += len(name)
		if err := l.visit("$defs."+name, def, 1); err != nil {
			return err
		}
	}
	if err := l.visit("root", root, 1); err != nil {
		return err
	}
	for what, n := range map[string][2]int{
		"properties": {l.properties, maxProperties}, "enum values": {l.enum, maxEnum}, "characters": {l.chars, maxChars},
	} {
		if n[0] > n[1] {
			return fmt.Errorf("%d %s, and at most %d are allowed", n[0], what, n[1])
		}
	}
	return nil
}

// A node is one schema inside a schema.
type node map[string]json.RawMessage

func (n node) is(kind string) bool {
	var one string
	if json.Unmarshal(n["type"], &one) == nil {
		return one == kind
	}
	var several []string
	return json.Unmarshal(n["type"], &several) == nil && slices.Contains(several, kind)
}

func (n node) children(keyword string) map[string]node {
	var m map[string]node
	_ = json.Unmarshal(n[keyword], &m)
	return m
}

type lint struct {
	defs                    map[string]node
	properties, enum, chars int
}

func (l *lint) visit(at string, n node, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%s: deeper than %d levels", at, maxDepth)
	}
	for _, k := range forbidden {
		if n[k] != nil {
			return fmt.Errorf("%s: %s is not allowed", at, k)
		}
	}
	if ref := n["$ref"]; ref != nil {
		var to string
		_ = json.Unmarshal(ref, &to)
		if name, ok := strings.CutPrefix(to, "#/$defs/"); to != "#" && (!ok || l.defs[name] == nil) {
			return fmt.Errorf("%s: $ref leads nowhere", at)
		}
		return nil
	}
	if n["type"] == nil && n["anyOf"] == nil && n["enum"] == nil && n["const"] == nil {
		return fmt.Errorf("%s: has no type", at)
	}
	if err := l.values(at, n); err != nil {
		return err
	}
	var alternatives []node
	_ = json.Unmarshal(n["anyOf"], &alternatives)
	for i, a := range alternatives {
		if err := l.visit(fmt.Sprintf("%s.anyOf[%d]", at, i), a, depth); err != nil {
			return err
		}
	}
	if n.is("array") {
		var items node
		if json.Unmarshal(n["items"], &items) != nil || items == nil {
			return fmt.Errorf("%s: an array needs items", at)
		}
		if err := l.visit(at+"[]", items, depth+1); err != nil {
			return err
		}
	}
	if n.is("object") {
		return l.object(at, n, depth)
	}
	return nil
}

func (l *lint) object(at string, n node, depth int) error {
	if string(n["additionalProperties"]) != "false" {
		return fmt.Errorf("%s: additionalProperties must be false", at)
	}
	var required []string
	_ = json.Unmarshal(n["required"], &required)
	properties := n.children("properties")
	if len(required) != len(properties) {
		return fmt.Errorf("%s: every property must be required, and nothing else", at)
	}
	for name, p := range properties {
		if !slices.Contains(required, name) {
			return fmt.Errorf("%s: %s is not required", at, name)
		}
		l.properties++
		l.chars += len(name)
		if err := l.visit(at+"."+name, p, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// values counts what enum and const hold.
func (l *lint) values(at string, n node) error {
	var enum []json.RawMessage
	_ = json.Unmarshal(n["enum"], &enum)
	chars := len(n["const"])
	for _, v := range enum {
		chars += len(v)
	}
	l.enum += len(enum)
	l.chars += chars
	if len(enum) > manyEnum && chars > maxEnumChars {
		return fmt.Errorf("%s: an enum of more than %d values has more than %d characters", at, manyEnum, maxEnumChars)
	}
	return nil
}
