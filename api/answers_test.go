package api

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

// promised is what the description says of a route's answers.
type promised struct {
	id, method string
	path       *regexp.Regexp
	params     int                  // in the path: the fewest win
	answers    map[int]promisedBody // of 2xx
}

type promisedBody struct {
	types  []string           // media types
	schema *jsonschema.Schema // of JSON
}

// promises is the description, ready to hold answers against.
var promises = sync.OnceValue(func() (all []promised) {
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Responses   map[string]struct {
				Content map[string]any `json:"content"`
			} `json:"responses"`
		} `json:"paths"`
	}
	whole, err := jsonschema.UnmarshalJSON(bytes.NewReader(OpenAPI()))
	must(err)
	must(json.Unmarshal(OpenAPI(), &doc))
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.AssertFormat()
	must(compiler.AddResource("igny8:openapi", whole))
	pointer := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D")
	for path, methods := range doc.Paths {
		for method, op := range methods {
			p := promised{id: op.OperationID, method: strings.ToUpper(method), params: strings.Count(path, "{"), answers: map[int]promisedBody{}}
			p.path = regexp.MustCompile("^" + regexp.MustCompile(`\{[^}]+\}`).ReplaceAllString(path, "[^/]+") + "$")
			for status, r := range op.Responses {
				var code int
				if _, err := fmt.Sscan(status, &code); err != nil || code >= 300 {
					continue
				}
				var body promisedBody
				for kind := range r.Content {
					body.types = append(body.types, kind)
					if kind == "application/json" {
						body.schema, err = compiler.Compile(fmt.Sprintf("igny8:openapi#/paths/%s/%s/responses/%s/content/%s/schema", pointer.Replace(path), method, status, pointer.Replace(kind)))
						must(err)
					}
				}
				p.answers[code] = body
			}
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b promised) int { return a.params - b.params })
	return all
})

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// kept are the operations of which an answer of 2xx was seen, and was as promised.
var keptPromises sync.Map

// holds has an answer be what the description says: its status, media type and,
// of JSON, every field.
func holds(t *testing.T, r *http.Request, a answer) {
	t.Helper()
	if a.status < 200 || a.status >= 300 || r.Method == http.MethodHead || r.Method == http.MethodOptions {
		return
	}
	for _, p := range promises() {
		if p.method != r.Method || !p.path.MatchString(r.URL.Path) {
			continue
		}
		body, ok := p.answers[a.status]
		require.True(t, ok, "%s answers %d, which its description does not have", p.id, a.status)
		kind, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
		require.NoError(t, err, p.id)
		require.True(t, slices.ContainsFunc(body.types, func(want string) bool {
			return want == kind || strings.HasSuffix(want, "/*") && strings.HasPrefix(kind, strings.TrimSuffix(want, "*"))
		}), "%s answers with %s instead of %v", p.id, kind, body.types)
		if kind == "application/json" {
			value, err := jsonschema.UnmarshalJSON(strings.NewReader(a.body))
			require.NoError(t, err, p.id)
			require.NoError(t, body.schema.Validate(value), "%s: %s", p.id, a.body)
		}
		keptPromises.Store(p.id, true)
		return
	}
}

// elsewhere are routes whose answers of 2xx these tests don't see, and why.
var elsewhere = map[string]string{
	"follow-task-progress": "its events come over a real connection, in TestEvents",
}

// everyRouteAnswered reports the routes that no test has had answer with 2xx. It
// knows only after all tests.
func everyRouteAnswered() error {
	for _, name := range []string{"test.run", "test.skip", "test.list", "test.bench"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() != "" {
			return nil
		}
	}
	if testing.Short() {
		return nil
	}
	var missing []string
	for _, p := range promises() {
		if _, ok := keptPromises.Load(p.id); !ok && elsewhere[p.id] == "" {
			missing = append(missing, p.id)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	return fmt.Errorf("FAIL: no test has had these answer with 2xx as api/openapi.json says: %s", strings.Join(missing, ", "))
}
