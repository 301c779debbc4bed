package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode/utf8"
)

// A subject is what a reply can be about: values by the name of the property
// they suit. An array of objects takes a list of subjects.
type subject map[string]any

// A generator writes JSON that satisfies a schema: what the subject knows where
// it fits, and otherwise something of the right form.
type generator struct {
	root  *node
	brief *brief
	rng   *rand.Rand
	depth int // of references followed, since a schema may contain itself
}

// The limits of a reply: how far a schema that contains itself is followed, how
// many items and characters are made because a schema wants at least so many, and
// the size beyond which nothing is added, in bytes.
const (
	maxDepth = 6
	maxLeast = 20_000
	maxReply = 2 << 20
)

// generate answers the schema on behalf of the brief. The same brief and schema
// always give the same reply.
func generate(schema *node, b *brief) []byte {
	g := &generator{root: schema, brief: b, rng: b.rand("reply")}
	var out bytes.Buffer
	g.write(&out, schema, "", b.subject(schema))
	return out.Bytes()
}

// write appends a value for schema n, which is the property of that name of
// what about describes.
func (g *generator) write(out *bytes.Buffer, n *node, name string, about subject) {
	n = g.settle(n)
	known := about[name]
	switch {
	case n.get("const") != nil:
		put(out, n.get("const").plain())
	case n.get("enum") != nil && len(n.get("enum").items) > 0:
		g.writeEnum(out, n.get("enum"), known)
	default:
		switch t := typeOf(n); t {
		case "object":
			inner, is := known.(subject)
			if !is {
				inner = about
			}
			g.writeObject(out, n, inner)
		case "array":
			g.writeArray(out, n, name, known, about)
		case "string":
			put(out, g.text(n, name, known))
		case "integer", "number":
			g.writeNumber(out, n, t, known)
		case "boolean":
			b, is := known.(bool)
			put(out, !is || b)
		default:
			put(out, nil)
		}
	}
}

// settle follows references and picks a branch of a union: the first that is
// not null, or null where a schema has contained itself for long enough.
func (g *generator) settle(n *node) *node {
	for range 2 * maxLevels {
		if ref := n.get("$ref"); ref != nil {
			if to := resolve(g.root, ref.str()); to != nil {
				n = to
				continue
			}
		}
		any := n.get("anyOf")
		if any == nil || len(any.items) == 0 {
			return n
		}
		pick := any.items[0]
		for _, branch := range any.items {
			if isNull := typeOr(branch, "") == "null"; isNull == (g.depth >= maxDepth) {
				pick = branch
				break
			}
		}
		n = pick
	}
	return n
}

func typeOf(n *node) string {
	for _, t := range n.get("type").strings() {
		if t != "null" {
			return t
		}
	}
	if n.get("properties") != nil {
		return "object"
	}
	return "null"
}

func (g *generator) writeObject(out *bytes.Buffer, n *node, about subject) {
	g.depth++
	defer func() { g.depth-- }()
	out.WriteByte('{')
	if properties := n.get("properties"); properties != nil && g.depth < 4*maxDepth {
		for i, name := range properties.keys {
			if i > 0 {
				out.WriteByte(',')
			}
			put(out, name)
			out.WriteByte(':')
			g.write(out, properties.fields[name], name, about)
		}
	}
	out.WriteByte('}')
}

func (g *generator) writeArray(out *bytes.Buffer, n *node, name string, known any, about subject) {
	items := n.get("items")
	object := typeOf(g.settle(items)) == "object"
	out.WriteByte('[')
	for i, item := range g.members(n, name, known, about) {
		if out.Len() > maxReply {
			break
		}
		if i > 0 {
			out.WriteByte(',')
		}
		inner := subject{name: item}
		if s, ok := item.(subject); ok {
			inner = s
			if !object {
				inner = subject{name: s["title"]}
			}
		} else if item == nil {
			inner = maps.Clone(about)
			delete(inner, name)
		}
		g.write(out, items, name, inner)
	}
	out.WriteByte(']')
}

// members are what the items of an array are about: a subject, a plain value, or
// nil for what the generator makes up, as many as the schema allows.
func (g *generator) members(n *node, name string, known any, about subject) (list []any) {
	least, most := bounds(n, "minItems", "maxItems")
	switch known := known.(type) {
	case []string:
		for _, s := range known {
			list = append(list, s)
		}
	case []subject:
		for _, s := range known {
			list = append(list, s)
		}
	}
	if items := g.settle(n.get("items")); known == nil && typeOf(items) == "object" {
		for _, s := range g.brief.list(name, items) {
			list = append(list, s)
		}
	}
	if list == nil {
		for range max(least, min(3, most)) {
			list = append(list, nil)
		}
	}
	if g.depth > maxDepth {
		list = nil
	}
	for len(list) < least && g.depth < 4*maxDepth {
		list = append(list, nil)
	}
	return list[:min(len(list), most)]
}

// bounds are two limits of a schema, no larger than is sensible.
func bounds(n *node, low, high string) (least, most int) {
	limit := func(name string, otherwise float64) int {
		return int(min(max(n.get(name).number(otherwise), 0), maxReply))
	}
	return min(limit(low, 0), maxLeast), limit(high, maxReply)
}

func (g *generator) writeEnum(out *bytes.Buffer, enum *node, known any) {
	for _, v := range enum.items {
		if s, ok := known.(string); ok && strings.EqualFold(v.str(), s) {
			put(out, v.plain())
			return
		}
	}
	put(out, enum.items[g.rng.IntN(len(enum.items))].plain())
}

func (g *generator) writeNumber(out *bytes.Buffer, n *node, kind string, known any) {
	low, high := n.get("minimum").number(math.Inf(-1)), n.get("maximum").number(math.Inf(1))
	if x := n.get("exclusiveMinimum"); x != nil {
		low = x.number(0) + 1
	}
	if x := n.get("exclusiveMaximum"); x != nil {
		high = x.number(0) - 1
	}
	var value float64
	switch known := known.(type) {
	case int:
		value = float64(known)
	case json.Number:
		value, _ = known.Float64()
	default:
		value = float64(1 + g.rng.IntN(9))
	}
	value = min(max(value, low), high)
	if step := n.get("multipleOf").number(0); step > 0 {
		value = math.Ceil(max(value, low)/step) * step
	}
	if math.IsNaN(value) || math.Abs(value) > 1e15 {
		value = math.Copysign(1e15, value)
	}
	if kind == "integer" {
		fmt.Fprint(out, int64(value))
		return
	}
	put(out, value)
}

// text is a string that obeys the schema's format and length.
func (g *generator) text(n *node, name string, known any) string {
	s, _ := known.(string)
	if known != nil && s == "" {
		s = strings.Trim(fmt.Sprint(known), "[]")
	}
	switch format := n.get("format").str(); format {
	case "date-time":
		return "2030-01-02T03:04:05Z"
	case "date":
		return "2030-01-02"
	case "time":
		return "03:04:05Z"
	case "duration":
		return "P1D"
	case "email":
		return "someone@example.com"
	case "hostname":
		return "example.com"
	case "ipv4":
		return "192.0.2.1"
	case "ipv6":
		return "2001:db8::1"
	case "uuid":
		return fmt.Sprintf("%08x-0000-4000-8000-%012x", g.rng.Uint32(), g.rng.Uint64()>>16)
	}
	if s == "" && strings.Contains(strings.ToLower(name), "url") {
		s = "https://example.com/" + slugify(g.brief.title)
	}
	if s == "" {
		s = g.brief.sentence(g.rng)
	}
	least, most := bounds(n, "minLength", "maxLength")
	for utf8.RuneCountInString(s) < least {
		s += " " + g.brief.sentence(g.rng)
	}
	return cut(s, most)
}

// cut shortens s to at most n characters, at the end of a word if there is one
// in the second half.
func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	short := string(r[:max(n, 0)])
	if i := strings.LastIndexByte(short, ' '); i > len(short)/2 {
		short = strings.TrimRight(short[:i], " ,;:–-")
	}
	return short
}

func put(out *bytes.Buffer, v any) {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // a value of our own making
	}
	out.Truncate(out.Len() - 1) // the line end
}

// plain returns the node as ordinary Go values.
func (n *node) plain() any {
	switch {
	case n == nil:
		return nil
	case n.kind == '{':
		m := map[string]any{}
		for k, v := range n.fields {
			m[k] = v.plain()
		}
		return m
	case n.kind == '[':
		list := make([]any, len(n.items))
		for i, v := range n.items {
			list[i] = v.plain()
		}
		return list
	}
	return n.value
}

func hashOf(parts ...string) uint64 {
	h := fnv.New64a()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return h.Sum64()
}

// oneOf picks from a list.
func oneOf(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

// shuffled returns the list in another order.
func shuffled(r *rand.Rand, list []string) []string {
	list = slices.Clone(list)
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}
