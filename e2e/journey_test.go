package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8/keywordcsv/sample"
)

// imported is the report of an import.
type imported struct {
	Added     int `json:"added"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
	File      struct {
		Lines      int `json:"lines"`
		Rows       int `json:"rows"`
		Duplicates int `json:"duplicates"`
		Skipped    int `json:"skipped"`
		Trailers   int `json:"trailers"`
	} `json:"file"`
}

// From a keyword export to articles on a site, as a user of the API goes.
func TestFromAnExportToArticlesOnTheSite(t *testing.T) {
	t.Parallel()
	s := shared(t)
	a := s.customer(t, 400)

	var report imported
	a.upload(t, "planner/keywords/import_csv/", "coffee.csv", sample.CSV).ok(t, &report)
	require.Equal(t, []int{240, 240, 6, 1, 3}, []int{report.Added, report.File.Rows, report.File.Duplicates, report.File.Skipped, report.File.Trailers}, "%+v", report)
	var twin imported
	a.upload(t, "planner/keywords/import_csv/", "coffee-ahrefs.csv", sample.Ahrefs).ok(t, &twin)
	require.Zero(t, twin.Added, "the same keywords in another layout are no new ones: %+v", twin)
	require.Equal(t, 240, list[any](t, a, "planner/keywords/").Count)

	order := map[string]any{"mode": "auto", "articles": 5, "images": 1, "words": 600, "ideas_per_cluster": 2}
	var quote struct {
		Total     int  `json:"total"`
		Remaining int  `json:"remaining"`
		Enough    bool `json:"enough"`
	}
	a.post(t, "billing/estimate/", map[string]any{"articles": 5, "images": 1, "words": 600, "ideas_per_cluster": 2}, &quote)
	require.Equal(t, 6*1+5*10+5*1+5*3, quote.Total)
	require.Equal(t, 400-quote.Total, quote.Remaining)
	require.True(t, quote.Enough)
	require.Equal(t, 400, a.balance(t).Available, "an estimate takes nothing")

	r := a.begin(t, order)
	streamed := r.stream(t, "")
	end := r.reaches(t, "SUCCESS")
	require.Equal(t, 100, end.Meta.Percentage)
	require.Equal(t, 5, end.Meta.Items.Done)
	require.Equal(t, quote.Total, end.Meta.Credits.Max)
	require.LessOrEqual(t, end.Meta.Credits.Settled, quote.Total)
	r.paidFor(t, 400, 600)
	r.sawAll(t, streamed())
	r.listed(t)
	r.readable(t, 5, 1)
	r.traced(t, sample.CSV)
	r.record(t, "pipeline-auto")
}

// traced follows rows of the file that was imported to the addresses of the
// articles they came to.
func (r *run) traced(t *testing.T, file []byte) {
	t.Helper()
	lines, addresses := strings.Split(string(file), "\n"), map[string]bool{}
	for _, k := range list[struct {
		Keyword string  `json:"keyword"`
		Cluster *string `json:"cluster_id"`
		Import  *string `json:"import_id"`
		Line    int     `json:"import_line"`
	}](t, r.account, "planner/keywords/?page_size=500").Results {
		require.NotNil(t, k.Import, k.Keyword)
		require.Contains(t, strings.ToLower(lines[k.Line-1]), k.Keyword, "line %d", k.Line)
		if k.Cluster == nil || len(addresses) == 5 {
			continue
		}
		for _, task := range list[struct {
			URL *string `json:"url"`
		}](t, r.account, "writer/tasks/?status=published&cluster_id="+*k.Cluster).Results {
			require.NotNil(t, task.URL, k.Keyword)
			addresses[*task.URL] = true
		}
	}
	require.Len(t, addresses, 5, "each article is found from a line of the file")
}

// listed looks at everything that the run made, in the lists.
func (r *run) listed(t *testing.T) {
	t.Helper()
	a, of := r.account, "?run_id="+r.ID
	d := r.detail(t)
	require.Equal(t, d.Made.Clusters, list[any](t, a, "planner/clusters/"+of).Count)
	require.Equal(t, d.Made.Ideas, list[any](t, a, "planner/ideas/"+of).Count)
	require.Equal(t, d.Made.Tasks, list[any](t, a, "writer/tasks/"+of+"&status=published").Count)
	require.Equal(t, d.Made.Articles, list[any](t, a, "writer/content/"+of+"&status=published").Count)
	require.Equal(t, d.Made.Images, list[any](t, a, "writer/images/?status=generated").Count)
	require.Equal(t, d.Made.Posts, d.Made.Articles)
	type entry struct{ Amount int }
	total := 0
	for _, e := range list[entry](t, a, "billing/transactions/"+of+"&page_size=500").Results {
		total += e.Amount
	}
	require.Equal(t, -d.Settled, total, "the ledger's lines are what the run says it cost")
	used := 0
	for _, u := range list[struct {
		Credits int `json:"credits_used"`
	}](t, a, "billing/usage/"+of+"&page_size=500").Results {
		used += u.Credits
	}
	require.Equal(t, d.Settled, used)
}

// readable reads the run's posts as a visitor of the site does.
func (r *run) readable(t *testing.T, posts, images int) {
	t.Helper()
	type content struct {
		Title string  `json:"title"`
		URL   *string `json:"url"`
	}
	found := list[content](t, r.account, "writer/content/?run_id="+r.ID).Results
	require.Len(t, found, posts)
	for _, c := range found {
		require.NotNil(t, c.URL, c.Title)
		status, html := page(t, *c.URL)
		require.Equal(t, http.StatusOK, status, *c.URL)
		require.GreaterOrEqual(t, strings.Count(html, "<img "), images, *c.URL)
		require.Contains(t, html, "sandbox", "what the sandbox wrote says so")
	}
}
