package sandbox

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"strings"
	"testing"

	openaigo "github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/param"
	"github.com/openai/openai-go/v3/responses"
	"github.com/openai/openai-go/v3/shared"
	"github.com/stretchr/testify/require"
)

func client(url, key string) openaigo.Client {
	return openaigo.NewClient(option.WithBaseURL(url+OpenAIPath), option.WithAPIKey(key), option.WithMaxRetries(0))
}

// object is a strict schema of an object with these properties, in order.
func object(pairs ...string) json.RawMessage {
	var properties, names []string
	for i := 0; i+1 < len(pairs); i += 2 {
		properties = append(properties, fmt.Sprintf("%q:%s", pairs[i], pairs[i+1]))
		names = append(names, fmt.Sprintf("%q", pairs[i]))
	}
	return json.RawMessage(`{"type":"object","additionalProperties":false,"properties":{` + strings.Join(properties, ",") + `},"required":[` + strings.Join(names, ",") + `]}`)
}

const (
	aString  = `{"type":"string"}`
	aNumber  = `{"type":"integer"}`
	strings_ = `{"type":"array","items":{"type":"string"}}`
)

func arrayOf(schema json.RawMessage) string { return `{"type":"array","items":` + string(schema) + `}` }

func schemaMap(t testing.TB, schema json.RawMessage) map[string]any {
	var m map[string]any
	require.NoError(t, json.Unmarshal(schema, &m))
	return m
}

var articleSchema = object("outline", strings_, "title", aString, "slug", aString, "excerpt", aString, "meta_title", aString,
	"meta_description", `{"type":"string","maxLength":155}`, "markdown", aString, "tags", strings_,
	"faq", arrayOf(object("question", aString, "answer", aString)))

func respond(t *testing.T, c openaigo.Client, prompt string, schema json.RawMessage) (*responses.Response, error) {
	return c.Responses.New(t.Context(), responses.ResponseNewParams{
		Model:        "gpt-5.2-mini",
		Instructions: param.NewOpt("You write articles."),
		Input:        responses.ResponseNewParamsInputUnion{OfString: param.NewOpt(prompt)},
		Text: responses.ResponseTextConfigParam{Format: responses.ResponseFormatTextConfigUnionParam{
			OfJSONSchema: &responses.ResponseFormatTextJSONSchemaConfigParam{Name: "reply", Schema: schemaMap(t, schema), Strict: param.NewOpt(true)},
		}},
	})
}

func TestResponsesOfTheOfficialClient(t *testing.T) {
	t.Parallel()
	s, url := start(t, Options{})
	res, err := respond(t, client(url, "sk-any"), `Write this: {"title": "Burr grinders compared", "keywords": ["burr grinder", "coffee grinder for espresso"], "word_count": 1200}`, articleSchema)
	require.NoError(t, err)
	require.Equal(t, responses.ResponseStatusCompleted, res.Status)
	var a struct {
		Outline         []string
		Title, Slug     string
		Markdown        string
		MetaDescription string `json:"meta_description"`
		Tags            []string
		Faq             []struct{ Question, Answer string }
	}
	require.NoError(t, json.Unmarshal([]byte(res.OutputText()), &a))
	require.Equal(t, "Burr grinders compared", a.Title)
	require.Equal(t, "burr-grinders-compared", a.Slug)
	require.LessOrEqual(t, len([]rune(a.MetaDescription)), 155)
	require.NotEmpty(t, a.Faq)
	for _, h := range a.Outline {
		require.Contains(t, a.Markdown, "\n## "+h+"\n")
	}
	require.Equal(t, len(a.Outline), strings.Count("\n"+a.Markdown, "\n## "))
	require.Equal(t, int64(tokens(res.OutputText())), res.Usage.OutputTokens)
	require.Equal(t, res.Usage.InputTokens+res.Usage.OutputTokens, res.Usage.TotalTokens)
	e := s.Effects()
	require.Equal(t, 1, e.TextCalls)
	require.Equal(t, map[string]int{"article": 1}, e.Purposes)
	require.Equal(t, "article", s.Calls()[0].Purpose)
}

func TestChatOfTheOfficialClient(t *testing.T) {
	t.Parallel()
	_, url := start(t, Options{})
	c := client(url, "sk-any")
	res, err := c.Chat.Completions.New(t.Context(), openaigo.ChatCompletionNewParams{
		Model:    "gpt-4o-mini",
		Messages: []openaigo.ChatCompletionMessageParamUnion{openaigo.SystemMessage("Name things."), openaigo.UserMessage(`{"clusters":[{"id":7,"keywords":["burr grinder","best burr grinder"]},{"id":9,"keywords":["milk frother"]}]}`)},
		ResponseFormat: openaigo.ChatCompletionNewParamsResponseFormatUnion{OfJSONSchema: &shared.ResponseFormatJSONSchemaParam{
			JSONSchema: shared.ResponseFormatJSONSchemaJSONSchemaParam{Name: "names", Strict: param.NewOpt(true),
				Schema: schemaMap(t, object("clusters", arrayOf(object("id", aNumber, "name", aString, "description", aString))))},
		}},
	})
	require.NoError(t, err)
	require.Equal(t, "stop", res.Choices[0].FinishReason)
	var out struct {
		Clusters []struct {
			ID   int
			Name string
		}
	}
	require.NoError(t, json.Unmarshal([]byte(res.Choices[0].Message.Content), &out))
	require.Len(t, out.Clusters, 2)
	require.Equal(t, 7, out.Clusters[0].ID)
	require.Equal(t, "Burr grinder", out.Clusters[0].Name)
	require.Equal(t, 9, out.Clusters[1].ID)
}

func TestImagesOfTheOfficialClient(t *testing.T) {
	t.Parallel()
	s, url := start(t, Options{})
	c := client(url, "sk-any")
	for _, o := range []openaigo.ImageGenerateParams{
		{Model: "gpt-image-1", Prompt: "A burr grinder, close-up", Size: "1536x1024", OutputFormat: "jpeg"},
		{Model: "gpt-image-1-mini", Prompt: "A burr grinder, close-up"},
		{Model: "dall-e-3", Prompt: "A milk frother", Size: "1792x1024", ResponseFormat: "b64_json"},
	} {
		res, err := c.Images.Generate(t.Context(), o)
		require.NoError(t, err)
		data, err := base64.StdEncoding.DecodeString(res.Data[0].B64JSON)
		require.NoError(t, err)
		require.Less(t, len(data), 300_000)
		img, format, err := image.Decode(bytes.NewReader(data))
		require.NoError(t, err)
		require.Equal(t, o.OutputFormat == "jpeg", format == "jpeg")
		size := string(o.Size)
		if size == "" {
			size = "1024x1024"
		}
		require.Equal(t, size, fmt.Sprintf("%dx%d", img.Bounds().Dx(), img.Bounds().Dy()))
	}
	require.Equal(t, 3, s.Effects().Images)
	_, err := c.Images.Generate(t.Context(), openaigo.ImageGenerateParams{Model: "gpt-image-1", Prompt: "x", Size: "100x100"})
	requireAPIError(t, err, 400, "invalid_value")
}

func requireAPIError(t *testing.T, err error, status int, code string) {
	t.Helper()
	var e *openaigo.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, status, e.StatusCode)
	require.Equal(t, code, e.Code)
}

func TestOpenAIErrors(t *testing.T) {
	t.Parallel()
	s, url := start(t, Options{})
	const prompt = `{"keywords":["a keyword"]}`
	plain := object("a", aString)
	_, err := respond(t, client(url, "sk-bad-1"), prompt, plain)
	requireAPIError(t, err, 401, "invalid_api_key")
	_, err = respond(t, client(url, "sk-noquota-1"), prompt, plain)
	requireAPIError(t, err, 429, "insufficient_quota")
	_, err = respond(t, client(url, "sk-any"), prompt, json.RawMessage(`{"type":"object","properties":{"a":{"type":"string"}},"required":[],"additionalProperties":false}`))
	requireAPIError(t, err, 400, "invalid_json_schema")
	require.Zero(t, s.Effects().TextCalls, "what was refused was not paid for")
	c := client(url, "sk-any")
	list, err := c.Models.List(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, list.Data)
	_, err = c.Models.Get(t.Context(), "missing-model")
	requireAPIError(t, err, 404, "model_not_found")
	v, err := c.Embeddings.New(t.Context(), openaigo.EmbeddingNewParams{Model: "text-embedding-3-small", Dimensions: param.NewOpt(int64(64)),
		Input: openaigo.EmbeddingNewParamsInputUnion{OfArrayOfStrings: []string{"burr grinder", "burr grinder", "milk"}}})
	require.NoError(t, err)
	require.Equal(t, v.Data[0].Embedding, v.Data[1].Embedding)
	require.NotEqual(t, v.Data[0].Embedding, v.Data[2].Embedding)
}
