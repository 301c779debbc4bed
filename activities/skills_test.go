package activities

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/workflows"
)

// say makes a model of the operator's say a text to everything, and counts how
// often it is asked. A picture model answers with the text as it is.
func (h *house) say(text string) *atomic.Int64 {
	h.t.Helper()
	asked := &atomic.Int64{}
	at := h.serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.Header().Set("Content-Type", "application/json")
		if strings.HasSuffix(r.URL.Path, "/images/generations") {
			_, _ = fmt.Fprint(w, text)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{
			"id": "resp_1", "object": "response", "status": "completed", "model": "said-model",
			"output": []any{map[string]any{"type": "message", "role": "assistant", "status": "completed", "content": []any{map[string]any{"type": "output_text", "text": text, "annotations": []any{}}}}},
			"usage":  map[string]any{"input_tokens": 100, "output_tokens": 200, "total_tokens": 300},
		})
	}))
	h.Providers = Providers{OpenAI: Provider{BaseURL: at + "/v1", Key: "operator-key"}, Images: "openai"}
	return asked
}

// replies are what models have said, good or bad, by the name of the file.
func replies(t *testing.T, skill, kind string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "replies", skill, kind+"-*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	out := map[string]string{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		out[strings.TrimSuffix(filepath.Base(file), ".json")] = string(b)
	}
	return out
}

// ability is a function with what it is used on, made ready.
type ability struct {
	skill    string
	table    string // that it fills
	reserved int64  // credits
	ready    func(h *house) (use func() error)
}

var abilities = []ability{
	{"cluster_names", "igny8_clusters where named_by = 'model'", 1, func(h *house) func() error {
		h.begin(igny8.KindClusters) // names are asked for once a run
		for _, c := range []igny8.ClusterID{h.cluster("Burr Grinder", "burr grinder", "burr grinder cleaning", "burr grinder settings"), h.cluster("Espresso Tamper", "espresso tamper", "best espresso tamper")} {
			h.item(workflows.NameStage, c.UUID)
		}
		return func() error {
			_, err := use(h, workflows.Names, call(h, igny8.Naming, h.run.Run.UUID, h.run.Run, 0))
			return err
		}
	}},
	{"ideas", "igny8_content_ideas", 3, func(h *house) func() error {
		cluster := h.cluster("Burr grinders", "burr grinder", "burr grinder cleaning", "burr grinder settings")
		h.item("cluster", cluster.UUID)
		return func() error {
			_, err := use(h, workflows.Ideas, call(h, igny8.Ideation, cluster.UUID, cluster, 0))
			return err
		}
	}},
	{"content", "igny8_content", 25, func(h *house) func() error {
		task := h.task("burr grinder")
		h.sql("update igny8_tasks set word_count = 3000")
		return func() error {
			_, err := use(h, workflows.Write, call(h, igny8.Writing, task.UUID, task, igny8.WritingUnits(3000)))
			return err
		}
	}},
	{"rewrite", "igny8_content where revision = 2", 5, func(h *house) func() error {
		task, content := h.written("burr grinder")
		h.sql("update igny8_content set status = 'changes_requested', reason = 'shorter' where id = $1", content)
		h.sql("update igny8_tasks set revision = 2 where id = $1", task)
		return func() error {
			_, err := use(h, workflows.Rewrite, call(h, igny8.Rewriting, task.UUID, task, 1))
			return err
		}
	}},
	{"image_prompts", "igny8_images", 1, func(h *house) func() error {
		task, content := h.written("burr grinder")
		h.sql("update igny8_content set html_content = '<h2>How it works</h2><p>a</p><h2>How to clean it</h2><p>b</p>' where id = $1", content)
		return func() error {
			_, err := use(h, workflows.Prompts, call(h, igny8.Prompting, task.UUID, content, 1))
			return err
		}
	}},
	{"images", "igny8_images where status = 'generated'", 5, func(h *house) func() error {
		task, content := h.written("burr grinder")
		made, err := use(h, workflows.Prompts, call(h, igny8.Prompting, task.UUID, content, 1))
		require.NoError(h.t, err)
		return func() error {
			_, err := use(h, workflows.Illustrate, call(h, igny8.Illustration, task.UUID, made[0], 1))
			return err
		}
	}},
}

// A reply that is not what was asked for is asked for once more, and if that is
// no better nothing is saved and nothing charged, whatever is wrong with it.
func TestBadReplies(t *testing.T) {
	t.Parallel()
	for _, a := range abilities {
		t.Run(a.skill, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			for name, text := range replies(t, a.skill, "bad") {
				h.Providers.Sandbox = h.peers
				using := a.ready(h)
				before, rows := h.books(), one[int64](h, "select count(*) from "+a.table)
				asked := h.say(text)

				err := using()

				require.Equal(t, igny8.Unusable, igny8.CodeOf(err), name)
				require.Equal(t, int64(2), asked.Load(), name)
				require.Equal(t, before, h.books(), name)
				require.Equal(t, rows, one[int64](h, "select count(*) from "+a.table), name)
				h.fresh()
			}
		})
	}
}

// What a good reply holds is saved, and charged as delivered: never more than was
// reserved.
func TestGoodReplies(t *testing.T) {
	t.Parallel()
	type expected struct {
		rows, charged int64
		also          func(t *testing.T, h *house)
	}
	names := func(want ...string) func(t *testing.T, h *house) {
		return func(t *testing.T, h *house) {
			require.Equal(t, want, one[[]string](h, "select array_agg(name order by id) from igny8_clusters"))
			require.Equal(t, int64(5), one[int64](h, "select count(*) from igny8_keywords where cluster_id is not null"), "a name moves no keyword")
			require.Zero(t, one[int64](h, "select count(*) from igny8_proposals where status = 'pending'"))
		}
	}
	want := map[string]map[string]expected{
		"cluster_names": {
			"good-two":                  {2, 1, names("Grinding Coffee", "Tampers")},
			"good-missing-one":          {1, 1, names("Burr Grinder", "Tampers")},
			"good-doubled-and-invented": {2, 1, names("Grinding Coffee", "Tampers")},
			"good-one-name-twice":       {1, 1, names("Coffee", "Espresso Tamper")},
			"good-hostile":              {1, 1, names("alert(1) Grinders", "Espresso Tamper")},
			"good-same": {2, 1, func(t *testing.T, h *house) {
				require.Equal(t, []string{"Grinders", "Tampers"}, one[[]string](h, "select array_agg(c.name order by u.n) from igny8_proposals p, unnest(p.cluster_ids) with ordinality u(id, n) join igny8_clusters c on c.id = u.id where p.kind = 'merge' and p.status = 'pending'"),
					"proposed once, the larger one to stay")
			}},
		},
		"ideas": {
			"good-three":             {3, 3, nil},
			"good-more-than-ordered": {3, 3, nil},
			"good-one":               {1, 1, nil},
			"good-invented-keywords": {3, 3, func(t *testing.T, h *house) {
				require.Equal(t, []string{"burr grinder", "burr grinder", "burr grinder"}, one[[]string](h, "select array_agg(keyword order by keyword) from igny8_idea_keywords join igny8_keywords on id = keyword_id"),
					"each idea has a query that exists: the most searched of its page")
			}},
			"good-hostile": {1, 1, func(t *testing.T, h *house) {
				require.Equal(t, "alert(1) Grinding fine | Say it. | a guide", one[string](h, "select idea_title || ' | ' || description || ' | ' || angle from igny8_content_ideas"))
			}},
		},
		"content": {
			"good-article": {1, 10, nil},
			"good-short":   {1, 10, nil},
			"good-hostile": {1, 10, func(t *testing.T, h *house) {
				text := one[string](h, "select html_content from igny8_content")
				harmless(t, text)
				require.Contains(t, text, "<h2>How it works</h2>")
				require.Contains(t, text, "<table>")
				require.Equal(t, "Burr alert(1) grinders", one[string](h, "select title from igny8_content"))
				require.Equal(t, "wp-admin-x-script", one[string](h, "select slug from igny8_content"))
				require.Equal(t, "What it does.", one[string](h, "select regexp_replace(excerpt, '^x ', '') from igny8_content"))
				require.Equal(t, []string{"coffee", "a", "b", "c", "d"}, one[[]string](h, "select tags from igny8_content"))
			}},
		},
		"rewrite": {"good-article": {1, 5, func(t *testing.T, h *house) {
			require.Equal(t, "Burr grinders, explained again", one[string](h, "select title from igny8_content"))
			require.NotEqual(t, "another-address", one[string](h, "select slug from igny8_content"), "an address doesn't change")
			require.Equal(t, int64(2), one[int64](h, "select count(*) from igny8_content_revisions"))
		}}},
		"image_prompts": {
			"good-two":  {2, 1, nil},
			"good-five": {2, 1, nil},
			"good-one": {1, 1, func(t *testing.T, h *house) {
				require.Equal(t, "featured", one[string](h, "select image_type || heading from igny8_images"), "the first is the featured one")
			}},
			"good-hostile": {2, 1, func(t *testing.T, h *house) {
				for _, alt := range one[[]string](h, "select array_agg(alt_text) from igny8_images") {
					require.NotContains(t, alt, "<script")
					require.NotContains(t, alt, "[gallery")
				}
				require.Equal(t, "How it works", one[string](h, "select heading from igny8_images where n = 1"))
			}},
		},
		"images": {"good-png": {1, 5, func(t *testing.T, h *house) {
			require.Equal(t, "image/png 48 32 openai gpt-image-1", one[string](h, "select concat_ws(' ', mime, width, height, provider, model) from igny8_images where status = 'generated'"))
		}}},
	}
	for _, a := range abilities {
		t.Run(a.skill, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			good := replies(t, a.skill, "good")
			require.Len(t, good, len(want[a.skill]), "each file is expected to do something")
			for name, text := range good {
				h.Providers.Sandbox = h.peers
				using := a.ready(h)
				before := h.books()
				asked := h.say(text)
				expect := want[a.skill][name]

				require.NoError(t, using(), name)

				require.Equal(t, int64(1), asked.Load(), name)
				require.Equal(t, expect.rows, one[int64](h, "select count(*) from "+a.table), name)
				after := h.books()
				require.Equal(t, expect.charged, after.charged-before.charged, name)
				require.LessOrEqual(t, expect.charged, a.reserved)
				require.Zero(t, after.held, name)
				if expect.also != nil {
					expect.also(t, h)
				}
				h.fresh()
			}
		})
	}
}

// A skill whose words are an account's own says so on what it makes (S9).
func TestAnAccountsOwnPrompt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.sql("insert into igny8_ai_prompts (account_id, prompt_type, prompt_value, prompt_version) values ($1, 'content', 'Write like a pirate.', 7)", h.account)
	h.written("burr grinder")
	require.Equal(t, "Write like a pirate. 7", one[string](h, "select (request->>'system') || ' ' || prompt_version from igny8_ai_requests"))
	require.Equal(t, int32(7), one[int32](h, "select prompt_version from igny8_content"))

	h.sql("update igny8_ai_prompts set active = false")
	task, _ := h.written("espresso tamper")
	standard, err := DefaultPrompt(igny8.Writing)
	require.NoError(t, err)
	require.Equal(t, standard, one[string](h, "select request->>'system' from igny8_ai_requests where item_id = $1", task))
	require.True(t, one[bool](h, "select prompt_version is null from igny8_content where task_id = $1", task))
}

// Without a key nothing is asked, and the message says where to enter one.
func TestWithoutAKey(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task := h.task("burr grinder")
	h.Providers = Providers{}
	_, err := try(h, workflows.Reserve, call(h, igny8.Writing, task.UUID, task, 2).Charge)
	require.Equal(t, igny8.NotConfigured, igny8.CodeOf(err))
	require.Contains(t, igny8.MessageOf(err), "Settings")
	h.Providers.OpenAI.Key = "k"
	h.sql("update igny8_plans set features = '{}'")
	_, err = try(h, workflows.Reserve, call(h, igny8.Writing, task.UUID, task, 2).Charge)
	require.Equal(t, igny8.NotConfigured, igny8.CodeOf(err), "the plan doesn't come with the operator's keys")
}
