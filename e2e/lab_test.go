package e2e

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/api/workflowservice/v1"
	sdk "go.temporal.io/sdk/client"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/sandbox"
)

// A lab is a server whose providers live in the test: they outlive it when it is
// killed, and break as they are told.
type lab struct {
	*server
	peers   *sandbox.Sandbox
	options sandbox.Options
	answers atomic.Pointer[http.Handler] // of the providers
	dir     string
	env     []string
}

// renew gives the lab providers that have not been asked for anything yet, so
// that every run makes the same calls.
func (l *lab) renew(t *testing.T) {
	t.Helper()
	peers, err := sandbox.New(l.options)
	require.NoError(t, err)
	l.peers = peers
	h := peers.Handler()
	l.answers.Store(&h)
}

// hurried are the settings of a server in a lab: time-outs and pauses are a
// hundredth, and the log is of what matters.
func hurried(providers string) []string {
	return []string{"IGNY8_SANDBOX_URL=" + providers, "IGNY8_TIME_SCALE=0.01", "IGNY8_LOG=warn"}
}

// newLab starts a server with providers that answer within milliseconds, and with
// these settings over those of every lab. It takes the room of another server.
func newLab(t *testing.T, o sandbox.Options, settings ...string) *lab {
	t.Helper()
	room(t)
	o.Sketch = true // drawing takes more time under the race detector than all else
	o.Latency = sandbox.Latency{Text: 5 * time.Millisecond, Image: 10 * time.Millisecond, Site: 2 * time.Millisecond}
	l := &lab{options: o, dir: newDirectory(t)}
	l.renew(t)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*l.answers.Load()).ServeHTTP(w, r) }))
	t.Cleanup(web.Close)
	l.env = append(hurried(web.URL), settings...)
	l.server = start(t, l.dir, l.env)
	return l
}

// orderedWords is how long the articles of a lab are to be.
const orderedWords = 600

// makes starts a run of so many articles and pictures, so many at once, by a new
// list of keywords.
func (a *account) makes(t *testing.T, articles, images, width int) *run {
	t.Helper()
	a.keywords(t)
	return a.begin(t, orderOf(a, articles, images, width))
}

// orderOf asks for so many articles and pictures, so many at once.
func orderOf(a *account, articles, images, width int) map[string]any {
	return map[string]any{"sector": a.Sector, "mode": "auto", "articles": articles, "images": images, "words": orderedWords, "ideas_per_cluster": 1 + articles/12, "width": width}
}

// keepsItsPromise holds what there is of an account whose one run has ended
// against what the providers have done for it: nothing lost, nothing twice.
func (l *lab) keepsItsPromise(t *testing.T, r *run, granted int) {
	t.Helper()
	r.paidFor(t, granted, orderedWords)
	e := l.peers.Effects()
	for what, made := range map[string]map[string]int{"picture on the site": e.MediaByHash, "picture bought": e.ImagesByKey} {
		for key, n := range made {
			require.LessOrEqual(t, n, 1, "%s: %s", what, key)
		}
	}
	count := func(rows string) int {
		t.Helper()
		return value[int](t, l.server, "select count(*) from (select * from igny8_"+rows+") x where account_id = $1", r.account.ID)
	}
	require.Equal(t, count("publications where wp_post_id is not null"), e.Posts, "posts on the site, and those we know of")
	require.Zero(t, count("publications where status in ('creating', 'unknown')"), "posts of which nobody knows")
	require.Zero(t, count("runs where finished_at is null"), "runs under way")
	require.Zero(t, count("run_items where status in ('pending', 'running', 'waiting')"), "work under way in runs that have ended")
	require.Zero(t, count("ai_requests where status = 'sent'"), "calls that nobody closed")
	require.Zero(t, count("tasks where status in ('writing', 'publishing')"), "tasks that look as if somebody worked on them")
	require.Zero(t, count("keywords where status in ('clustered', 'in_use') and cluster_id is null"), "clustered keywords without a cluster")
	require.Equal(t, count("publications where status = 'published'"), e.Published, "published posts")

	// What was paid for is kept, or its reply was lost on the wire.
	answered, lost := count("ai_requests where provider = 'openai' and status = 'answered'"), count("ai_requests where provider = 'openai' and status = 'lost'")
	refused := count("ai_requests where provider = 'openai' and status = 'answered' and error_code = 'refused'") // moderation does so before there is a bill
	require.LessOrEqual(t, answered-refused, e.TextCalls, "more replies kept than paid for")
	require.LessOrEqual(t, e.TextCalls, answered+lost, "replies were paid for that are neither kept nor lost on the wire")
	require.LessOrEqual(t, count("ai_requests where repeated and status in ('answered', 'lost')"), count("ai_requests where status = 'lost'"), "calls made again without a loss")

	var status struct {
		Checks struct {
			Lost         int `json:"lost"`
			ChargedTwice int `json:"charged_twice"`
			PostedTwice  int `json:"posted_twice"`
		} `json:"checks"`
	}
	r.get(t, "system/status/", &status)
	require.Zero(t, status.Checks)
}

// What a history may hold: Temporal warns of larger payloads and longer histories
// long before it refuses them, and both make every replay slower.
const (
	longestPayload = 16 << 10 // bytes, as they are kept
	longestHistory = 2000     // events, for up to a hundred articles
)

// nobodyPanicked looks through every history for workflow tasks that failed: for a
// panic, or because a replay went another way. On the way it holds their sizes
// against what they may be, with runs of so many articles in them.
func (l *lab) nobodyPanicked(t *testing.T, articles ...int) {
	t.Helper()
	c, _ := l.engine(t)
	seen, longest := 0, 0
	for token := []byte(nil); ; {
		var list *workflowservice.ListWorkflowExecutionsResponse
		eventually(t, "the engine lists what it has", func() bool { // its database may have been away
			var err error
			list, err = c.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{PageSize: 200, NextPageToken: token})
			return err == nil
		})
		for _, w := range list.GetExecutions() {
			seen++
			events := c.GetWorkflowHistory(t.Context(), w.GetExecution().GetWorkflowId(), w.GetExecution().GetRunId(), false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
			longest = max(longest, sound(t, w.GetExecution().GetWorkflowId(), events))
		}
		if token = list.GetNextPageToken(); len(token) == 0 {
			break
		}
	}
	require.NotZero(t, seen)
	require.LessOrEqual(t, longest, longestHistory)
	for _, n := range articles { // a history grows with the articles of its run, and not faster
		require.LessOrEqual(t, longest*100/n, longestHistory, "%d events in a run of %d articles", longest, n)
	}
}

// sound reads a history and returns how long it is.
func sound(t *testing.T, name string, events sdk.HistoryEventIterator) (n int) {
	t.Helper()
	for ; events.HasNext(); n++ {
		e, err := events.Next()
		require.NoError(t, err)
		failed := e.GetWorkflowTaskFailedEventAttributes()
		if failed.GetFailure().GetApplicationFailureInfo().GetType() == "workflowTaskHeartbeatError" {
			continue // the engine was away, and nobody could be told that the worker was still at it
		}
		require.NotContains(t, []enums.WorkflowTaskFailedCause{
			enums.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR, enums.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE,
		}, failed.GetCause(), "%s: %v", name, failed.GetFailure())
		require.NoError(t, proxy.VisitPayloads(t.Context(), e, proxy.VisitPayloadsOptions{SkipSearchAttributes: true, Visitor: func(_ *proxy.VisitPayloadsContext, p []*commonpb.Payload) ([]*commonpb.Payload, error) {
			for _, one := range p {
				require.LessOrEqual(t, len(one.GetData()), longestPayload, "%s: %s", name, e.GetEventType())
			}
			return p, nil
		}}))
	}
	return n
}

// finishes waits for the end of a run, whatever that is.
func (r *run) finishes(t *testing.T) detail {
	t.Helper()
	r.ends(t)
	eventually(t, "the program answers", func() bool { // its database may have gone with the last commit
		return r.call(t, http.MethodGet, "automation/runs/"+r.ID+"/", nil).status < 500
	})
	return r.detail(t)
}

// ends waits for the end of a run by asking the database, which may be away.
func (r *run) ends(t *testing.T) {
	t.Helper()
	eventually(t, "run "+r.ID+" has ended", func() bool {
		var status igny8.RunStatus
		err := r.server.sql.QueryRow(t.Context(), "select status from igny8_runs where id = $1", r.ID).Scan(&status)
		return err == nil && !status.Live()
	}, func() any { return r.detail(t) })
}
