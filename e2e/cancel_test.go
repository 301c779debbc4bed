package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/sandbox"
)

var articles = sandbox.Match{Protocol: sandbox.OpenAI, Purpose: "article"}

// Cancelled in the middle of its work, a run gives back what it has not
// delivered; what it has delivered stays, and the rest can be made later.
func TestCancelInTheMiddleGivesTheRestBack(t *testing.T) {
	t.Parallel()
	s := alone(t)
	a := s.customer(t, 300)
	a.keywords(t)
	s.fail(t, sandbox.Fault{Kind: sandbox.Slow, Match: articles, After: 3, Times: -1, Delay: time.Hour})
	r := a.begin(t, map[string]any{"mode": "auto", "articles": 6, "images": 1, "words": 600, "ideas_per_cluster": 2})
	r.until(t, "has made three articles, and asks for three more", func(p progress) bool {
		return p.Meta.Items.Done == 3 && r.balance(t).Held == 3*10
	})

	r.tell(t, "cancel", nil).ok(t, nil)
	if again := r.tell(t, "cancel", nil); again.status != http.StatusOK { // it may have ended between
		again.refused(t, http.StatusConflict, igny8.Conflict)
	}
	r.reaches(t, "CANCELLED")
	r.tell(t, "cancel", nil).refused(t, http.StatusConflict, igny8.Conflict)
	r.tell(t, "pause", nil).refused(t, http.StatusConflict, igny8.Conflict)
	d := r.detail(t)
	require.Equal(t, igny8.RunCancelled, d.Status)
	require.Equal(t, []int{3, 3, 3}, []int{d.Made.Articles, d.Made.Images, d.Made.Posts})
	require.Equal(t, 3*10, d.Released, "%+v", d)
	r.paidFor(t, 300, 600)
	r.readable(t, 3, 1)
	r.record(t, "pipeline-cancelled")

	// The other three, later.
	s.mend(t)
	rest := a.accepted(t, r.tell(t, "retry", nil), igny8.KindArticle)
	rest.reaches(t, "SUCCESS")
	r.readable(t, 6, 1)
	require.Equal(t, 3, rest.seen.Meta.Items.Done)
	require.Zero(t, a.balance(t).Held)
	require.Equal(t, 300-d.Settled-3*(10+1+3), a.balance(t).Available)
	rest.record(t, "article-retried")
}

// Cancelled while its articles wait for a person, a run keeps their texts.
func TestCancelWhileArticlesWait(t *testing.T) {
	t.Parallel()
	a := shared(t).customer(t, 100)
	a.keywords(t)
	r := a.begin(t, map[string]any{"mode": "review", "articles": 2, "images": 2, "words": 600, "ideas_per_cluster": 2})
	r.until(t, "has two articles waiting", func(p progress) bool { return p.Meta.Items.Waiting == 2 })
	r.tell(t, "cancel", nil).ok(t, nil)
	r.reaches(t, "CANCELLED")
	require.Equal(t, 2, r.detail(t).Made.Articles)
	require.Zero(t, r.detail(t).Made.Images)
	r.paidFor(t, 100, 600)
	r.record(t, "pipeline-cancelled-waiting")

	// A text that is approved later goes its way after all.
	kept := list[draft](t, a, "writer/content/?status=review").Results
	require.Len(t, kept, 2)
	var decided struct {
		ID string `json:"task_id"`
	}
	r.decide(t, kept[0], "approve", nil).ok(t, &decided)
	later := &run{account: a, ID: decided.ID, Kind: igny8.KindArticle}
	later.reaches(t, "SUCCESS")
	later.record(t, "article-approved-later")
	require.Equal(t, 1, list[any](t, a, "writer/content/?status=published").Count)
}

// A paused run finishes what is under way and begins nothing more, until it is
// resumed; then it makes the rest, and nothing twice.
func TestPauseAndResume(t *testing.T) {
	t.Parallel()
	s := alone(t)
	s.latency(t, 200*time.Millisecond)
	a := s.customer(t, 300)
	a.keywords(t)
	before := s.effects(t)
	r := a.begin(t, map[string]any{"mode": "auto", "articles": 6, "images": 1, "words": 600, "ideas_per_cluster": 2, "width": 2})
	r.tell(t, "resume", nil).refused(t, http.StatusConflict, igny8.Conflict)
	r.until(t, "has made an article", func(p progress) bool { return p.Meta.Items.Done >= 1 })

	r.tell(t, "pause", nil).ok(t, nil)
	require.Equal(t, "PAUSED", r.poll(t).State)
	r.tell(t, "pause", nil).refused(t, http.StatusConflict, igny8.Conflict)
	// An article may begin a step before the word has reached it, but no more
	// after that. Whatever is begun sets credits aside first.
	quiet := 0
	eventually(t, "what was under way is finished, and nothing begins", func() bool {
		require.Equal(t, "PAUSED", r.poll(t).State)
		if quiet++; a.balance(t).Held > 0 {
			quiet = 0
		}
		return quiet == 30
	})
	paused := s.effects(t)
	require.Less(t, paused.Purposes["article"]-before.Purposes["article"], 6)
	require.Less(t, r.detail(t).Made.Posts, 6)

	r.tell(t, "resume", nil).ok(t, nil)
	r.reaches(t, "SUCCESS")
	after := s.effects(t)
	require.Equal(t, 6, after.Purposes["article"]-before.Purposes["article"])
	require.Equal(t, 6, after.Images-before.Images)
	require.Equal(t, 6, after.Posts-before.Posts)
	r.paidFor(t, 300, 600)
	r.record(t, "pipeline-paused")
}
