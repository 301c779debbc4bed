package activities

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/llm"
)

// prompted are the functions that a model is prompted for.
var prompted = []igny8.Function{igny8.Naming, igny8.Ideation, igny8.Writing, igny8.Rewriting, igny8.Prompting}

func TestEveryFunctionHasAPrompt(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("prompts/*.md")
	require.NoError(t, err)
	require.Len(t, files, len(prompted), "a prompt that nobody uses, or a function without one")
	for _, f := range prompted {
		text, err := DefaultPrompt(f)
		require.NoError(t, err, f)
		onDisk, err := os.ReadFile("prompts/" + string(f) + ".md")
		require.NoError(t, err)
		require.Equal(t, strings.TrimSpace(string(onDisk)), text)
		require.Contains(t, text, "the data", "a prompt says that the data are material")
	}
	_, err = DefaultPrompt(igny8.Publishing)
	require.Error(t, err)
}

// What a model answers in keeps the strict rules, and an article's outline comes
// before its text.
func TestSchemas(t *testing.T) {
	t.Parallel()
	for name, schema := range map[string]json.RawMessage{
		"ideas": llm.StrictSchema[ideasDraft](), "content": llm.StrictSchema[articleDraft](), "image_prompts": llm.StrictSchema[promptsDraft](),
	} {
		require.NoError(t, llm.CheckStrict(schema), name)
	}
	var article struct{ Properties json.RawMessage }
	require.NoError(t, json.Unmarshal(llm.StrictSchema[articleDraft](), &article))
	keys := json.NewDecoder(bytes.NewReader(article.Properties))
	_, err := keys.Token()
	require.NoError(t, err)
	first, err := keys.Token()
	require.NoError(t, err)
	require.Equal(t, "outline", first)
	require.True(t, bytes.HasSuffix(bytes.TrimRight(article.Properties, "}"), []byte(`"description":"The whole text along the outline."`)), "the text comes last")
}

// An answer judges itself, and says what is wrong in words for the model.
func TestDraftsJudgeThemselves(t *testing.T) {
	t.Parallel()
	for text, message := range map[string]string{
		`{}`:                             "no ideas",
		`{"ideas":[]} {}`:                "something after",
		`{"ideas":[],"more":1}`:          "not the JSON object",
		`nonsense`:                       "not the JSON object",
		`{"ideas":[{"title":"&nbsp;"}]}`: "no title",
	} {
		_, err := read[ideasDraft](text)
		require.Equal(t, igny8.Malformed, igny8.CodeOf(err), text)
		require.Contains(t, igny8.MessageOf(err), message, text)
	}
}
