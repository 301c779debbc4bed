package api

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// operation is a route as the description has it.
type operation struct {
	id, method, path string
	security         []map[string]any
	body             *schema // nil takes none
	form             bool
	all              map[string]*schema
}

type schema struct {
	Ref        string             `json:"$ref"`
	Type       any                `json:"type"`
	Format     string             `json:"format"`
	Properties map[string]*schema `json:"properties"`
	Required   []string           `json:"required"`
	Items      *schema            `json:"items"`
	Enum       []any              `json:"enum"`
	Minimum    *float64           `json:"minimum"`
	Maximum    *float64           `json:"maximum"`
	MinLength  int                `json:"minLength"`
	Pattern    string             `json:"pattern"`
	MinItems   int                `json:"minItems"`
}

// operations are all routes, in no order.
func operations(t testing.TB) (out []operation) {
	t.Helper()
	var d struct {
		Paths map[string]map[string]struct {
			OperationID string           `json:"operationId"`
			Security    []map[string]any `json:"security"`
			RequestBody struct {
				Content map[string]struct {
					Schema *schema `json:"schema"`
				} `json:"content"`
			} `json:"requestBody"`
		} `json:"paths"`
		Components struct {
			Schemas map[string]*schema `json:"schemas"`
		} `json:"components"`
	}
	require.NoError(t, json.Unmarshal(OpenAPI(), &d))
	for path, methods := range d.Paths {
		for method, op := range methods {
			o := operation{id: op.OperationID, method: strings.ToUpper(method), path: path, security: op.Security, all: d.Components.Schemas}
			o.body = op.RequestBody.Content["application/json"].Schema
			_, o.form = op.RequestBody.Content["multipart/form-data"]
			out = append(out, o)
		}
	}
	i := slices.IndexFunc(out, func(o operation) bool { return o.id == "stop-impersonating" })
	last := out[i] // it ends a token that the others are asked with
	return append(slices.Delete(out, i, i+1), last)
}

// named are the paths whose things a field names.
var named = map[string]string{
	"site_id": "auth/sites/", "sites": "auth/sites/", "sector_id": "auth/sectors/", "sector": "auth/sectors/", "cluster_id": "planner/clusters/", "idea_id": "planner/ideas/", "user_id": "auth/users/", "account": "auth/accounts/",
	"author_profile_id": "system/author-profiles/",
}

// valid is a body that the schema allows, with what is required, about things
// of ids.
func (o operation) valid(ids map[string]string) any {
	if o.body == nil {
		return nil
	}
	return o.value(o.body, "", ids)
}

func (o operation) value(s *schema, field string, ids map[string]string) any {
	if s.Ref != "" {
		return o.value(o.all[s.Ref[strings.LastIndex(s.Ref, "/")+1:]], field, ids)
	}
	if len(s.Enum) > 0 {
		return s.Enum[0]
	}
	switch kindOf(s) {
	case "object":
		out := map[string]any{}
		for _, name := range s.Required {
			out[name] = o.value(s.Properties[name], name, ids)
		}
		if p := s.Properties["ids"]; p != nil {
			out["ids"] = o.value(p, "ids", ids)
		}
		if field == "calendar" {
			out["hour"] = []int{1}
		}
		return out
	case "array":
		return []any{o.value(s.Items, field, ids)}
	case "integer", "number":
		if s.Minimum != nil {
			return *s.Minimum
		}
		return 1
	case "boolean":
		return true
	}
	return o.word(s, field, ids)
}

func (o operation) word(s *schema, field string, ids map[string]string) any {
	switch {
	case s.Format == "uuid" || field == "ids":
		prefix := named[field]
		for p := range ids {
			if prefix == "" && strings.HasPrefix(o.path, root+p) {
				prefix = p
			}
		}
		if id, ok := ids[prefix]; ok {
			return id
		}
		return uuid.NewString()
	case s.Format == "email":
		return "somebody-" + uuid.NewString()[:8] + "@example.com"
	case s.Format == "date-time":
		return "2026-01-31T12:00:00Z"
	case s.Format == "uri":
		return "https://example.com"
	case s.Pattern == "^[A-Z]{3}$":
		return "EUR"
	case strings.HasPrefix(s.Pattern, "^[a-z]{2}"):
		return "en"
	}
	return "words " + uuid.NewString()[:8]
}

func kindOf(s *schema) string {
	switch k := s.Type.(type) {
	case string:
		return k
	case []any:
		return k[0].(string)
	}
	return "object"
}

// request sends an operation's body in its own form.
func (w *world) request(t *testing.T, token string, op operation, path string, body any) answer {
	t.Helper()
	if !op.form {
		return w.call(t, token, op.method, path, body)
	}
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	require.NoError(t, form.WriteField("sector", uuid.NewString()))
	part, err := form.CreateFormFile("file", "x.csv")
	require.NoError(t, err)
	_, err = part.Write([]byte(onePixel))
	require.NoError(t, err)
	require.NoError(t, form.Close())
	r := httptest.NewRequestWithContext(t.Context(), op.method, path, &b)
	r.Header.Set("Content-Type", form.FormDataContentType())
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return w.send(t, r)
}

// onePixel is a GIF.
const onePixel = "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
