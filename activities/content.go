package activities

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/workflows"
)

// writing turns a task into a text.
func writing() skill[igny8.TaskID, igny8.ContentID] {
	return skill[igny8.TaskID, igny8.ContentID]{
		prepare: func(ctx context.Context, a *Activities, q *store.Queries, c workflows.Call[igny8.TaskID]) (order, error) {
			b, err := briefOf(ctx, q, c.From)
			if err != nil {
				return order{}, err
			}
			return question[articleDraft](ctx, a, q, igny8.Writing, b)
		},
		save: func(ctx context.Context, _ *Activities, q *store.Queries, c workflows.Call[igny8.TaskID], answer store.AIRequest) (saved[igny8.ContentID], error) {
			out, ordered, written, err := saveText(ctx, q, c, answer)
			out.units = igny8.WrittenUnits(ordered, written)
			return out, err
		},
	}
}

// rewriting turns a task's text into another, as an editor wants it.
func rewriting() skill[igny8.TaskID, igny8.ContentID] {
	return skill[igny8.TaskID, igny8.ContentID]{
		prepare: func(ctx context.Context, a *Activities, q *store.Queries, c workflows.Call[igny8.TaskID]) (order, error) {
			b, err := briefOf(ctx, q, c.From)
			if err != nil {
				return order{}, err
			}
			text, err := q.ContentOfTask(ctx, c.From)
			if err != nil {
				return order{}, err
			}
			return question[articleDraft](ctx, a, q, igny8.Rewriting, struct {
				brief
				Instruction string          `json:"instruction"`
				Slug        string          `json:"slug"`
				Outline     json.RawMessage `json:"outline"`
				Article     string          `json:"article"`
			}{b, text.Reason, text.Slug, text.Outline, text.HTML})
		},
		save: func(ctx context.Context, _ *Activities, q *store.Queries, c workflows.Call[igny8.TaskID], answer store.AIRequest) (saved[igny8.ContentID], error) {
			if err := keepEdits(ctx, q, c.From); err != nil {
				return saved[igny8.ContentID]{}, err
			}
			out, _, _, err := saveText(ctx, q, c, answer)
			out.units = 1
			return out, err
		},
	}
}

// keepEdits puts what a person has made of a task's text among its revisions,
// before another text takes its place.
func keepEdits(ctx context.Context, q *store.Queries, task igny8.TaskID) error {
	text, err := q.ContentOfTask(ctx, task)
	if err != nil {
		return err
	}
	if _, err := q.LockContent(ctx, text.ID); err != nil { // no more edits from here on
		return err
	}
	return q.KeepEdits(ctx, text.ID)
}

// articleDraft is what a model answers. The outline comes first, so that the
// text is written along it.
type articleDraft struct {
	Outline         []string `json:"outline" jsonschema:"description=The section headings in order."`
	Title           string   `json:"title"`
	Slug            string   `json:"slug"`
	Excerpt         string   `json:"excerpt"`
	MetaTitle       string   `json:"meta_title"`
	MetaDescription string   `json:"meta_description"`
	FocusKeyword    string   `json:"focus_keyword"`
	Category        string   `json:"category"`
	Tags            []string `json:"tags"`
	Markdown        string   `json:"markdown" jsonschema:"description=The whole text along the outline."`
}

// leastWords is the fewest words that are an article at all.
const leastWords = 150

func (d articleDraft) Validate() error {
	switch {
	case len(d.Outline) < 2:
		return malformed("The outline has fewer than two headings.")
	case line(d.Title, 200) == "":
		return malformed("It has no title.")
	case words(render(d.Markdown)) < leastWords:
		return malformed("The text has fewer than %d words.", leastWords)
	}
	return nil
}

// brief is what an article is written from, as the model gets it.
type brief struct {
	Site        string   `json:"site"`
	Sector      string   `json:"sector"`
	Title       string   `json:"title"`
	Description string   `json:"description,omitempty"`
	Angle       string   `json:"angle,omitempty"`
	Intent      string   `json:"intent,omitempty"`
	Topic       string   `json:"cluster,omitempty"`
	Keywords    []string `json:"keywords"`
	WordCount   int      `json:"word_count"`
	Language    string   `json:"language"`
	Author      *author  `json:"author,omitempty"`
}

type author struct {
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	Tone        string   `json:"tone,omitempty"`
	NeverSay    []string `json:"never_say,omitempty"`
	Example     string   `json:"example,omitempty"`
}

func briefOf(ctx context.Context, q *store.Queries, task igny8.TaskID) (b brief, err error) {
	t, err := q.TaskBrief(ctx, task)
	if err != nil {
		return b, err
	}
	keywords, err := q.TaskKeywords(ctx, task)
	if err != nil {
		return b, err
	}
	b = brief{
		Site: t.Site, Sector: t.Sector, Title: t.Title, Description: t.Description, Angle: t.Angle, Intent: t.Intent, Topic: t.Cluster,
		WordCount: int(t.WordCount), Language: t.Language, Keywords: []string{},
	}
	for _, k := range keywords {
		b.Keywords = append(b.Keywords, k.Keyword)
	}
	if len(b.Keywords) == 0 {
		b.Keywords = append(b.Keywords, t.Title)
	}
	if t.Author != "" {
		b.Author = &author{t.Author, t.AuthorDescription, t.Tone, t.BannedWords, t.Example}
	}
	return b, nil
}

// saveText keeps a text, as the task's first or over the one before, which
// stays among the revisions. It returns how many words were ordered and how
// many there are.
func saveText(ctx context.Context, q *store.Queries, c workflows.Call[igny8.TaskID], answer store.AIRequest) (out saved[igny8.ContentID], ordered, written int, err error) {
	d, err := decode[articleDraft](*answer.Reply) // judging it would be making its HTML once more
	if err != nil {
		return out, 0, 0, err
	}
	task, err := q.Task(ctx, c.From)
	if err != nil {
		return out, 0, 0, err
	}
	slug, err := q.FreeSlug(ctx, store.FreeSlugParams{Slug: slugOf(d.Slug, d.Title), SiteID: task.SiteID, TaskID: task.ID})
	if err != nil {
		return out, 0, 0, err
	}
	outline, err := json.Marshal(d.Outline)
	if err != nil {
		return out, 0, 0, err
	}
	html := render(d.Markdown)
	written = words(html)
	id, err := q.SaveContent(ctx, store.SaveContentParams{
		SiteID: task.SiteID, SectorID: task.SectorID, TaskID: task.ID, Title: line(d.Title, 200), Slug: slug, Excerpt: line(d.Excerpt, 500),
		MetaTitle: line(d.MetaTitle, 100), MetaDescription: line(d.MetaDescription, 300), FocusKeyword: line(d.FocusKeyword, 100), Category: line(d.Category, 60), Tags: tags(d.Tags),
		Outline: outline, HTML: html, WordCount: int32(written), Revision: task.Revision, Provenance: answer.Provenance, Model: answer.Model, PromptVersion: answer.PromptVersion, RequestID: &answer.ID,
	})
	if err != nil {
		return out, 0, 0, err
	}
	if err := q.KeepRevision(ctx, store.KeepRevisionParams{ID: id, Reason: "written"}); err != nil {
		return out, 0, 0, err
	}
	if err := q.TaskStatus(ctx, store.TaskStatusParams{ID: task.ID, Status: igny8.TaskWriting}); err != nil {
		return out, 0, 0, err
	}
	out = saved[igny8.ContentID]{ids: []igny8.ContentID{id}, step: "written", status: igny8.ItemRunning}
	return out, int(task.WordCount), written, nil
}

// tags are at most five, each once and not empty.
func tags(given []string) []string {
	out := []string{}
	for _, t := range given {
		if t = line(t, 60); t != "" && len(out) < 5 && !contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if strings.EqualFold(x, s) {
			return true
		}
	}
	return false
}
