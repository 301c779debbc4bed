package llm

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/igny8/igny8"
)

type article struct {
	Outline  []section `json:"outline" jsonschema:"minItems=1,description=what comes in which order"`
	Title    string    `json:"title"`
	Kind     string    `json:"kind" jsonschema:"enum=guide,enum=list"`
	Score    float64   `json:"score"`
	Subtitle *string   `json:"subtitle" jsonschema:"nullable"`
}

type section struct {
	Heading string `json:"heading"`
	Words   int    `json:"words,omitempty"`
}

func TestStrictSchema(t *testing.T) {
	t.Parallel()
	schema := StrictSchema[article]()
	if err := CheckStrict(schema); err != nil {
		t.Fatalf("%v in %s", err, schema)
	}
	last := -1
	for _, name := range []string{"outline", "title", "kind", "score", "subtitle"} {
		at := strings.Index(string(schema), `"`+name+`":`)
		if at <= last {
			t.Errorf("%s is out of order in %s", name, schema)
		}
		last = at
	}
	agreed, err := newContract(schema)
	if err != nil {
		t.Fatal(err)
	}
	for text, ok := range map[string]bool{
		`{"outline":[{"heading":"h","words":3}],"title":"t","kind":"list","score":0.5,"subtitle":null}`:       true,
		`{"outline":[{"heading":"h","words":3}],"title":"t","kind":"list","score":0.5,"subtitle":"s"}`:        true,
		`{"outline":[{"heading":"h"}],"title":"t","kind":"list","score":0.5,"subtitle":"s"}`:                  false,
		`{"outline":[{"heading":"h","words":3}],"title":"t","kind":"poem","score":0.5,"subtitle":"s"}`:        false,
		`{"outline":[{"heading":"h","words":3}],"title":"t","kind":"list","score":0.5}`:                       false,
		`{"outline":[],"title":"t","kind":"list","score":0.5,"subtitle":null}`:                                false,
		`{"outline":[{"heading":"h","words":3}],"title":"t","kind":"list","score":0.5,"subtitle":null} and`:   false,
		`{"outline":[{"heading":"h","words":3}],"title":"t","kind":"list","score":0.5,"subtitle":null,"a":1}`: false,
	} {
		if err := agreed.check(text); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		} else if err != nil && igny8.CodeOf(err) != igny8.Malformed {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func object(properties, required string) string {
	return `{"type":"object","properties":{` + properties + `},"required":[` + required + `],"additionalProperties":false}`
}

func nested(levels int) string {
	s := `{"type":"string"}`
	for range levels {
		s = object(`"a":`+s, `"a"`)
	}
	return s
}

func enum(n, length int) string {
	values := make([]string, n)
	for i := range values {
		values[i] = fmt.Sprintf(`"%0*d"`, length, i)
	}
	return object(`"a":{"type":"string","enum":[`+strings.Join(values, ",")+`]}`, `"a"`)
}

func many(n int) string {
	properties, required := make([]string, n), make([]string, n)
	for i := range properties {
		properties[i], required[i] = fmt.Sprintf(`"p%d":{"type":"string"}`, i), fmt.Sprintf(`"p%d"`, i)
	}
	return object(strings.Join(properties, ","), strings.Join(required, ","))
}

func TestCheckStrict(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, schema, want string // want is part of the complaint
	}{
		{"good", object(`"a":{"type":["string","null"]}`, `"a"`), ""},
		{"good anyOf inside", object(`"a":{"anyOf":[{"type":"string"},{"type":"null"}]}`, `"a"`), ""},
		{"good reference", `{"type":"object","properties":{"a":{"$ref":"#/$defs/b"}},"required":["a"],"additionalProperties":false,"$defs":{"b":` + object(`"c":{"$ref":"#"}`, `"c"`) + `}}`, ""},
		{"not JSON", `{`, "not a JSON schema"},
		{"root is a list", `{"type":"array","items":{"type":"string"}}`, "root"},
		{"root is anyOf", `{"type":"object","anyOf":[]}`, "root"},
		{"additional left open", `{"type":"object","properties":{},"required":[]}`, "additionalProperties"},
		{"additional inside", object(`"a":{"type":"object","properties":{},"required":[],"additionalProperties":true}`, `"a"`), "additionalProperties"},
		{"optional", object(`"a":{"type":"string"}`, ``), "required"},
		{"required but missing", object(`"a":{"type":"string"}`, `"b"`), "required"},
		{"allOf", object(`"a":{"allOf":[{"type":"string"}]}`, `"a"`), "allOf"},
		{"not", object(`"a":{"type":"string","not":{"const":"x"}}`, `"a"`), "not"},
		{"forbidden in a list", object(`"a":{"type":"array","items":{"type":"string","if":{}}}`, `"a"`), "if"},
		{"forbidden in a choice", object(`"a":{"anyOf":[{"type":"object","patternProperties":{}}]}`, `"a"`), "patternProperties"},
		{"forbidden in a definition", `{"type":"object","properties":{},"required":[],"additionalProperties":false,"$defs":{"b":{"oneOf":[]}}}`, "oneOf"},
		{"no type", object(`"a":{"description":"x"}`, `"a"`), "no type"},
		{"list of anything", object(`"a":{"type":"array"}`, `"a"`), "items"},
		{"reference to nothing", object(`"a":{"$ref":"#/$defs/b"}`, `"a"`), "$ref"},
		{"nine levels", nested(9), ""},
		{"eleven levels", nested(11), "levels"},
		{"1,000 values", enum(1000, 4), ""},
		{"1,001 values", enum(1001, 4), "enum values"},
		{"long values", enum(251, 60), "enum of more"},
		{"5,000 properties", many(5000), ""},
		{"5,001 properties", many(5001), "properties"},
		{"too many characters", object(`"a":{"type":"string","const":"`+strings.Repeat("x", 120_001)+`"}`, `"a"`), "characters"},
	} {
		err := CheckStrict(json.RawMessage(c.schema))
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

func FuzzParseResponse(f *testing.F) {
	for _, c := range append(statuses, responsesOutcomes...) {
		if len(c.answer.body) < 1<<16 {
			f.Add([]byte(c.answer.body))
		}
	}
	agreed, _ := newContract(one)
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := parseResponse(body, agreed)
		settled(t, agreed, r, err)
	})
}

func FuzzParseChat(f *testing.F) {
	for _, c := range append(statuses, chatOutcomes...) {
		if len(c.answer.body) < 1<<16 {
			f.Add([]byte(c.answer.body))
		}
	}
	agreed, _ := newContract(one)
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := parseChat(body, agreed)
		settled(t, agreed, r, err)
	})
}

// settled: whatever came in, either the text obeys or the error has a code and
// the cost is no debt of the provider's.
func settled(t *testing.T, agreed contract, r Reply, err error) {
	if err == nil && agreed.check(r.Text) != nil {
		t.Errorf("%q was accepted", r.Text)
	}
	if err != nil && igny8.CodeOf(err) == igny8.Internal {
		t.Errorf("an error without a code: %v", err)
	}
	if r.CostMicros < 0 {
		t.Errorf("cost %d", r.CostMicros)
	}
}

func FuzzParseVectors(f *testing.F) {
	f.Add([]byte(`{"data":[{"index":0,"embedding":[1,0]},{"index":1,"embedding":[1,0]}]}`))
	f.Add([]byte(`{"error":{}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		v, err := parseVectors(body, 2, 0)
		if err == nil && (len(v.Values) != 2 || len(v.Values[0]) == 0 || len(v.Values[0]) != len(v.Values[1])) {
			t.Errorf("%+v", v)
		}
	})
}
