package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A node is a JSON value that remembers the order of its keys: a strict reply
// has its keys in the order of its schema.
type node struct {
	keys   []string         // of an object, in order
	fields map[string]*node // of an object
	items  []*node          // of an array
	value  any              // string, json.Number, bool or nil
	kind   byte             // '{', '[' or 0
}

// maxNesting bounds how deep a document may be.
const maxNesting = 200

func parseNode(data []byte) (*node, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	n, err := readNode(d, 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON value")
	}
	return n, nil
}

func readNode(d *json.Decoder, depth int) (*node, error) {
	if depth > maxNesting {
		return nil, fmt.Errorf("nested deeper than %d levels", maxNesting)
	}
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		n := &node{kind: '{', fields: map[string]*node{}}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			field, err := readNode(d, depth+1)
			if err != nil {
				return nil, err
			}
			k := key.(string)
			if _, twice := n.fields[k]; !twice {
				n.keys = append(n.keys, k)
			}
			n.fields[k] = field
		}
		_, err := d.Token()
		return n, err
	case json.Delim('['):
		n := &node{kind: '['}
		for d.More() {
			item, err := readNode(d, depth+1)
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, item)
		}
		_, err := d.Token()
		return n, err
	}
	return &node{value: t}, nil
}

// get returns the field, or nil. A nil node has none.
func (n *node) get(key string) *node {
	if n == nil {
		return nil
	}
	return n.fields[key]
}

func (n *node) str() string {
	if n == nil {
		return ""
	}
	s, _ := n.value.(string)
	return s
}

// number returns the number, or otherwise.
func (n *node) number(otherwise float64) float64 {
	if n == nil {
		return otherwise
	}
	if x, ok := n.value.(json.Number); ok {
		if f, err := x.Float64(); err == nil {
			return f
		}
	}
	return otherwise
}

// strings returns the strings of an array, or the one string.
func (n *node) strings() []string {
	switch {
	case n == nil:
		return nil
	case n.kind == '[':
		var list []string
		for _, item := range n.items {
			if s := item.str(); s != "" {
				list = append(list, s)
			}
		}
		return list
	case n.str() != "":
		return []string{n.str()}
	}
	return nil
}

// find returns the first field of that name in the order of names, looking at
// the whole of one level before the next.
func (n *node) find(names ...string) *node {
	for _, name := range names {
		for level := []*node{n}; len(level) > 0; {
			var below []*node
			for _, x := range level {
				if x == nil {
					continue
				}
				if f := x.get(name); f != nil && (f.kind != 0 || f.value != nil) {
					return f
				}
				for _, k := range x.keys {
					below = append(below, x.fields[k])
				}
				below = append(below, x.items...)
			}
			level = below
		}
	}
	return nil
}
