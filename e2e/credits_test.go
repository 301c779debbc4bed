package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

// A run without credits left pauses. After a top-up it goes on where it was,
// and in the end everything was made and paid for once.
func TestRunOutOfCreditsGoesOnAfterATopUp(t *testing.T) {
	t.Parallel()
	s := shared(t)
	const first, more = 22, 60 // enough for ideas and an article or so, of three
	a := s.customer(t, first)
	a.keywords(t)
	r := a.begin(t, map[string]any{"mode": "auto", "articles": 3, "images": 1, "words": 600, "ideas_per_cluster": 2})
	p := r.reaches(t, "PAUSED")
	require.Equal(t, igny8.NoCredits, p.Meta.Code)
	require.Contains(t, p.Meta.Message, "credits")
	require.Equal(t, igny8.RunPaused, r.detail(t).Status)

	// Nothing has changed since: it pauses again, and nothing is lost by that.
	var resumed struct {
		Version int64 `json:"version"`
	}
	r.tell(t, "resume", nil).ok(t, &resumed)
	r.until(t, "is paused again", func(p progress) bool {
		return p.State == "PAUSED" && p.Meta.Code == igny8.NoCredits && p.Meta.Version >= resumed.Version
	})
	a.grant(t, more)
	r.tell(t, "resume", nil).ok(t, nil)
	r.reaches(t, "SUCCESS")
	d := r.detail(t)
	require.Equal(t, 3, d.Made.Posts)
	require.Equal(t, 3, d.Made.Images)
	r.paidFor(t, first+more, 600)
	r.readable(t, 3, 1)
	r.record(t, "pipeline-no-credits")
}

// A run's own limit pauses it as well. With a larger one it goes on.
func TestRunAtItsLimitGoesOnWithALargerOne(t *testing.T) {
	t.Parallel()
	a := shared(t).customer(t, 200)
	a.keywords(t)
	r := a.begin(t, map[string]any{"mode": "auto", "articles": 3, "images": 0, "words": 600, "ideas_per_cluster": 2, "max_credits": 16})
	p := r.reaches(t, "PAUSED")
	require.Equal(t, igny8.RunCap, p.Meta.Code)
	require.Equal(t, 16, p.Meta.Credits.Max)
	require.LessOrEqual(t, p.Meta.Credits.Settled+p.Meta.Credits.Reserved, 16)

	r.tell(t, "resume", map[string]any{"max_credits": 0}).refused(t, http.StatusBadRequest, igny8.Invalid)
	r.tell(t, "resume", map[string]any{"max_credits": 60}).ok(t, nil)
	r.reaches(t, "SUCCESS")
	require.Equal(t, 3, r.detail(t).Made.Posts)
	r.paidFor(t, 200, 600)
	r.record(t, "pipeline-run-cap")
	r.tell(t, "resume", nil).refused(t, http.StatusConflict, igny8.Conflict)
}
