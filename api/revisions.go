package api

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"time"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// RevisionRow is a row of writer/content/{id}/revisions/.
type RevisionRow struct {
	N         int32         `json:"n" doc:"Counts edits and rewrites alike"`
	Revision  int32         `json:"revision" doc:"Of the text, which grows when it is written anew"`
	Title     string        `json:"title"`
	WordCount int32         `json:"word_count"`
	Reason    string        `json:"reason"`
	CreatedBy *igny8.UserID `json:"created_by" doc:"Null is a run"`
	CreatedAt time.Time     `json:"created_at"`
}

// Revision is what a content once was.
type Revision struct {
	RevisionRow
	HTML     string          `json:"html_content"`
	Snapshot json.RawMessage `json:"snapshot" doc:"An object: the other fields, as they were"`
}

var revisions = store.List{
	From: "igny8_content_revisions r", ID: "r.n", IDType: "int", Default: "-n",
	Filters: map[string]store.Filter{"content_id": {SQL: "r.content_id", Type: "uuid"}},
	Orders:  map[string]store.Order{"n": {SQL: "r.n", Type: "int"}},
}

// RevisionPath is the input of a route about one revision.
type RevisionPath struct {
	ByID
	N int32 `path:"n" minimum:"1"`
}

type diffInput struct {
	RevisionPath
	Against int32 `query:"against" minimum:"0" doc:"Another revision's n; 0 or nothing is the content as it is"`
}

type restoreInput struct {
	RevisionPath
	Body struct {
		Version int64 `json:"version" doc:"Of the content as it was read; another one since is 409"`
	}
}

type revisionsInput struct {
	ByID
	listInput
}

// Diff is how one text became another, block by block.
type Diff struct {
	From   int32   `json:"from"`
	To     int32   `json:"to" doc:"0 is the content as it is"`
	Title  Change  `json:"title"`
	Blocks []Block `json:"blocks"`
}

// Change is what a field was and is.
type Change struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Block is a paragraph, heading, list item or the like.
type Block struct {
	Op   string `json:"op" enum:"same,removed,added"`
	HTML string `json:"html"`
}

func (s *Server) revisions() {
	path := contents.path + "{id}/revisions/"
	e := get(path, "list-content-revisions", "List what a content was before", igny8.Read)
	e.parameters = parameters(&store.List{Default: revisions.Default, Orders: revisions.Orders})
	raw(s, e, s.listRevisions)
	route(s, get(path+"{n}/", "get-content-revision", "Get what a content was", igny8.Read), func(ctx context.Context, in *RevisionPath) (Revision, error) {
		return as(ctx, s, func(q *store.Queries) (Revision, error) { return revisionOf(ctx, q, in.ID, in.N) })
	})
	route(s, get(path+"{n}/diff/", "diff-content-revision", "What has changed since", igny8.Read), s.diff)
	route(s, post(path+"{n}/restore/", "restore-content-revision", "Make a content what it was", igny8.Write), s.restore)
}

func (s *Server) listRevisions(ctx context.Context, in *revisionsInput) (*reply[Page[RevisionRow]], error) {
	ask, err := in.ask()
	if err != nil {
		return nil, err
	}
	if len(ask.Filters) > 0 {
		return nil, igny8.Errorf(igny8.Invalid, "The revisions of a content are not filtered.")
	}
	ask.Filters["content_id"] = in.ID
	page, err := as(ctx, s, func(q *store.Queries) (store.Page[RevisionRow], error) {
		if _, err := store.Row[ContentRow](ctx, q, &contents.list, in.ID); err != nil {
			return store.Page[RevisionRow]{}, err
		}
		return store.Rows[RevisionRow](ctx, q, &revisions, ask)
	})
	if err != nil {
		return nil, err
	}
	return &reply[Page[RevisionRow]]{Status: http.StatusOK, Body: Page[RevisionRow]{Count: page.Count, Next: in.link(page.Next), Previous: in.link(page.Previous), Results: page.Rows}}, nil
}

func revisionOf(ctx context.Context, q *store.Queries, id string, n int32) (Revision, error) {
	content, err := igny8.Parse[igny8.ContentID](id)
	if err != nil {
		return Revision{}, err
	}
	r, err := q.Revision(ctx, store.RevisionParams{ContentID: content, N: n})
	return Revision{RevisionRow: RevisionRow{N: r.N, Revision: r.Revision, Title: r.Title, WordCount: r.WordCount, Reason: r.Reason, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt},
		HTML: r.HTML, Snapshot: r.Snapshot}, err
}

func (s *Server) diff(ctx context.Context, in *diffInput) (Diff, error) {
	return as(ctx, s, func(q *store.Queries) (out Diff, err error) {
		from, err := revisionOf(ctx, q, in.ID, in.N)
		if err != nil {
			return out, err
		}
		out = Diff{From: in.N, To: in.Against, Title: Change{From: from.Title}}
		var html string
		if in.Against == 0 {
			c, err := store.Row[Content](ctx, q, &contents.list, in.ID)
			if err != nil {
				return out, err
			}
			out.Title.To, html = c.Title, c.HTML
		} else {
			to, err := revisionOf(ctx, q, in.ID, in.Against)
			if err != nil {
				return out, err
			}
			out.Title.To, html = to.Title, to.HTML
		}
		out.Blocks = differences(blocks(from.HTML), blocks(html))
		return out, nil
	})
}

// restore makes the text what a revision says; what it was until then is kept
// as another one.
func (s *Server) restore(ctx context.Context, in *restoreInput) (Content, error) {
	edit := &contentEdit{ByID: in.ByID}
	old, err := as(ctx, s, func(q *store.Queries) (Revision, error) { return revisionOf(ctx, q, in.ID, in.N) })
	if err != nil {
		return Content{}, err
	}
	b := &edit.Body
	if err := json.Unmarshal(old.Snapshot, b); err != nil {
		return Content{}, err
	}
	b.Version, b.Title, b.HTML = in.Body.Version, &old.Title, &old.HTML
	return s.edit(ctx, edit)
}

var ends = regexp.MustCompile(`(?i)</(p|h[1-6]|li|blockquote|tr|pre|figure|table|ul|ol)>\s*`)

// blocks cuts HTML after each paragraph and the like.
func blocks(html string) []string {
	var out []string
	at := 0
	for _, end := range ends.FindAllStringIndex(html, -1) {
		out = append(out, html[at:end[1]])
		at = end[1]
	}
	if at < len(html) {
		out = append(out, html[at:])
	}
	return out
}

// most is how large the table of differences may become: beyond it what lies
// between the common beginning and end counts as replaced.
const most = 4 << 20

// differences is the shortest way from one text to the other, by the longest
// sequence that they have in common.
func differences(a, b []string) []Block {
	out := []Block{}
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		out = append(out, Block{"same", a[0]})
		a, b = a[1:], b[1:]
	}
	var tail []Block
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		tail = append([]Block{{"same", a[len(a)-1]}}, tail...)
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	common := table(a, b)
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && common != nil && a[i] == b[j]:
			out = append(out, Block{"same", a[i]})
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || common == nil || common[i+1][j] >= common[i][j+1]):
			out = append(out, Block{"removed", a[i]})
			i++
		default:
			out = append(out, Block{"added", b[j]})
			j++
		}
	}
	return append(out, tail...)
}

// table holds how many blocks the ends of two texts have in common.
func table(a, b []string) [][]int32 {
	if (len(a)+1)*(len(b)+1) > most {
		return nil
	}
	t := make([][]int32, len(a)+1)
	for i := range t {
		t[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				t[i][j] = t[i+1][j+1] + 1
			} else {
				t[i][j] = max(t[i+1][j], t[i][j+1])
			}
		}
	}
	return t
}

// ContentFields are what the deletion of content asks for: a content is written
// by a run, and edited by its own route.
type ContentFields struct{}

var contentChanges = changes[ContentRow, Content, ContentFields]{
	of: &contents, table: store.Table{Name: "igny8_content", Version: true}, power: igny8.Write, noCreate: true, noUpdate: true,
	guard: func(ctx context.Context, q *store.Queries, ids []uuid.UUID) (map[uuid.UUID]igny8.Code, error) {
		rows, err := q.TasksOfContent(ctx, ids)
		if err != nil {
			return nil, err
		}
		tasks, content := []uuid.UUID{}, map[uuid.UUID]uuid.UUID{}
		for _, r := range rows {
			tasks, content[r.TaskID.UUID] = append(tasks, r.TaskID.UUID), r.ID.UUID
		}
		live, err := liveTasks(ctx, q, tasks)
		kept := map[uuid.UUID]igny8.Code{}
		for task, code := range live {
			kept[content[task]] = code
		}
		for _, r := range rows {
			if r.Status == igny8.ContentPublished {
				kept[r.ID.UUID] = igny8.Conflict
			}
		}
		return kept, err
	},
}
