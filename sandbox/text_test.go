package sandbox

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestArticlesShareNoParagraph writes 60 articles, five of them about each of
// twelve subjects, and compares every paragraph, list item and row.
func TestArticlesShareNoParagraph(t *testing.T) {
	t.Parallel()
	subjects := []string{"burr grinder", "milk frother", "pour over coffee", "espresso machine", "cold brew", "tea kettle", "french press",
		"coffee scale", "moka pot", "water filter", "descaling", "decaf beans"}
	from := map[string]int{}
	for i := range 60 {
		subject := subjects[i%len(subjects)]
		prompt, err := json.Marshal(map[string]any{"title": fmt.Sprintf("%s guide %d", capital(subject), i/len(subjects)), "keywords": []string{"best " + subject, subject}})
		require.NoError(t, err)
		a := newBrief("Write the article. " + string(prompt)).article()
		require.GreaterOrEqual(t, a.words, 800)
		require.LessOrEqual(t, a.words, 1500)
		require.Contains(t, a.markdown, "| --- |")
		require.Contains(t, a.markdown, "\n- **")
		require.Contains(t, a.markdown, "\n1. **")
		lines := strings.Split(strings.TrimSpace(a.markdown), "\n")
		require.Contains(t, lines[len(lines)-1], "sandbox text")
		for _, line := range lines {
			if line == "" || strings.HasPrefix(line, "## ") || strings.HasPrefix(line, "| ---") || strings.Contains(line, "| Effort |") {
				continue
			}
			require.Contains(t, strings.ToLower(line), subject, "every paragraph is about its subject")
			other, shared := from[line]
			require.False(t, shared && other != i, "articles %d and %d share %q", i, other, line)
			from[line] = i
		}
	}
}

func TestArticleLengthIsWhatWasOrdered(t *testing.T) {
	t.Parallel()
	for _, ordered := range []int{500, 800, 1000, 1500, 2500} {
		for i := range 5 {
			a := newBrief(fmt.Sprintf(`{"n":"%d","keywords":["tea kettle"],"word_count":%d}`, i, ordered)).article()
			require.GreaterOrEqual(t, a.words, ordered*9/10)
			require.LessOrEqual(t, a.words, ordered*11/10)
		}
	}
}

func TestTheSamePromptGivesTheSameReply(t *testing.T) {
	t.Parallel()
	schema, err := parseNode(articleSchema)
	require.NoError(t, err)
	const prompt = `{"title":"Cold brew","keywords":["cold brew"]}`
	first := generate(schema, newBrief(prompt))
	require.Equal(t, first, generate(schema, newBrief(prompt)))
	require.NotEqual(t, generate(schema, newBrief(prompt)), generate(schema, newBrief(prompt+" ")))
}

// answerInto generates for a schema and decodes into out.
func answerInto(t *testing.T, schema json.RawMessage, prompt string, out any) {
	t.Helper()
	n, err := parseNode(schema)
	require.NoError(t, err)
	require.Empty(t, checkStrict(n))
	require.NoError(t, json.Unmarshal(generate(n, newBrief(prompt)), out))
}

func TestIdeasFollowTheirPages(t *testing.T) {
	t.Parallel()
	schema := object("ideas", arrayOf(object("page", aNumber, "title", aString, "description", aString, "target_keywords", strings_,
		"outline", strings_, "kind", `{"type":"string","enum":["guide","list","review"]}`)))
	var out struct {
		Ideas []struct {
			Page           int
			Title          string
			TargetKeywords []string `json:"target_keywords"`
			Outline        []string
			Kind           string
		}
	}
	answerInto(t, schema, `{"cluster":"Coffee","max_ideas":3,"pages":[{"page":4,"keywords":["cold brew","cold brew ratio"]},{"page":8,"keywords":["moka pot"]}]}`, &out)
	require.Len(t, out.Ideas, 2)
	require.Equal(t, 4, out.Ideas[0].Page)
	require.Contains(t, out.Ideas[0].Title, "Cold brew")
	require.Equal(t, []string{"cold brew", "cold brew ratio"}, out.Ideas[0].TargetKeywords)
	require.Equal(t, 8, out.Ideas[1].Page)
	require.Contains(t, out.Ideas[1].Title, "Moka pot")
	require.Len(t, out.Ideas[1].Outline, 6)
	require.Contains(t, []string{"guide", "list", "review"}, out.Ideas[1].Kind)

	answerInto(t, schema, `{"cluster":"Coffee","count":3,"keywords":[{"keyword":"cold brew","page":0},{"keyword":"moka pot","page":5},{"keyword":"moka pot size","page":5}]}`, &out)
	require.Len(t, out.Ideas, 3)
	require.Equal(t, []int{0, 5, 0}, []int{out.Ideas[0].Page, out.Ideas[1].Page, out.Ideas[2].Page})
	require.Equal(t, []string{"moka pot", "moka pot size"}, out.Ideas[1].TargetKeywords)
	require.NotEqual(t, out.Ideas[0].Title, out.Ideas[2].Title)

	answerInto(t, schema, `{"keywords":["cold brew","moka pot"],"count":7}`, &out)
	require.Len(t, out.Ideas, 7)
	titles := map[string]bool{}
	for _, i := range out.Ideas {
		titles[i.Title] = true
	}
	require.Len(t, titles, 7, "no two ideas have one title")
}

func TestImagePromptsAreFeaturedFirst(t *testing.T) {
	t.Parallel()
	var out struct {
		Prompts []struct{ Purpose, Prompt, Alt string }
	}
	answerInto(t, object("prompts", arrayOf(object("purpose", `{"type":"string","enum":["featured","in_article"]}`, "prompt", aString, "alt", aString))),
		`{"title":"Cold brew at home","keywords":["cold brew"],"images":3}`, &out)
	require.Len(t, out.Prompts, 3)
	require.Equal(t, "featured", out.Prompts[0].Purpose)
	require.Equal(t, "in_article", out.Prompts[1].Purpose)
	for _, p := range out.Prompts {
		require.Contains(t, p.Prompt, "Cold brew")
		require.NotEmpty(t, p.Alt)
	}
}

func TestOutlineOfThePromptIsFollowed(t *testing.T) {
	t.Parallel()
	a := newBrief(`{"title":"T","keywords":["moka pot"],"outline":["One thing","Another","A third","The last"]}`).article()
	require.Equal(t, []string{"One thing", "Another", "A third", "The last"}, a.outline)
	require.Contains(t, a.markdown, "## Another\n")
}

func TestNamesDiffer(t *testing.T) {
	t.Parallel()
	var out struct {
		Names []struct {
			Number int
			Name   string
		}
	}
	answerInto(t, object("names", arrayOf(object("number", aNumber, "name", aString, "description", aString))),
		`{"groups":[{"number":3,"queries":["tea kettle","tea kettle size"]},{"number":8,"queries":["tea kettle","best tea kettle"]}]}`, &out)
	require.Len(t, out.Names, 2)
	require.Equal(t, []int{3, 8}, []int{out.Names[0].Number, out.Names[1].Number})
	require.Equal(t, "Tea kettle", out.Names[0].Name)
	require.Equal(t, "Best tea kettle", out.Names[1].Name)
}
