package e2e

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

// A draft is a content that waits for a decision.
type draft struct {
	ID       string              `json:"id"`
	Title    string              `json:"title"`
	Status   igny8.ContentStatus `json:"status"`
	Text     string              `json:"text_status"`
	Revision int                 `json:"revision"`
	Images   int                 `json:"images_count"`
	URL      *string             `json:"url"`
}

func (r *run) drafts(t *testing.T, status igny8.ContentStatus) []draft {
	t.Helper()
	return list[draft](t, r.account, "writer/content/?ordering=created_at&run_id="+r.ID+"&status="+string(status)).Results
}

func (r *run) decide(t *testing.T, d draft, verb string, more map[string]any) answer {
	t.Helper()
	body := map[string]any{"revision": d.Revision}
	for k, v := range more {
		body[k] = v
	}
	return r.call(t, http.MethodPost, "writer/content/"+d.ID+"/"+verb+"/", body)
}

// Articles wait for a person before images are bought, however few may be under
// way at once; each verb does what it says, and the run ends.
func TestArticlesWaitForAReview(t *testing.T) {
	t.Parallel()
	s := shared(t)
	a := s.customer(t, 400)
	a.keywords(t)
	// Review is what a run does unless told otherwise. The estimate is no limit
	// here: it doesn't know of texts that are wanted anew.
	r := a.begin(t, map[string]any{"articles": 10, "images": 1, "words": 600, "width": 2, "max_credits": 300})
	p := r.until(t, "has ten articles waiting", func(p progress) bool { return p.Meta.Items.Waiting == 10 })
	require.Equal(t, "WAITING_REVIEW", p.State)
	waiting := r.drafts(t, igny8.ContentReview)
	require.Len(t, waiting, 10, "with a bound of 2, all reach review before the first is decided")
	require.Zero(t, r.detail(t).Made.Images, "no image is bought before the text is approved")
	require.Zero(t, r.detail(t).Made.Posts)

	// The exclusive part is over: another plan may begin while people read.
	require.False(t, r.detail(t).Planning)

	stale := waiting[0]
	stale.Revision++
	r.decide(t, stale, "approve", nil).refused(t, http.StatusConflict, igny8.Conflict)
	r.decide(t, waiting[1], "request_changes", map[string]any{"instruction": ""}).refused(t, http.StatusBadRequest, igny8.Invalid)
	r.decide(t, waiting[0], "reject", map[string]any{"reason": "Not for us."}).ok(t, nil)
	r.decide(t, waiting[0], "approve", nil).refused(t, http.StatusConflict, igny8.Conflict)
	r.decide(t, waiting[1], "request_changes", map[string]any{"instruction": "Shorter sentences."}).ok(t, nil)
	for _, d := range waiting[2:] {
		r.decide(t, d, "approve", nil).ok(t, nil)
	}
	r.until(t, "waits for the changed article only", func(p progress) bool { return p.Meta.Items.Done == 8 && p.Meta.Items.Waiting == 1 })
	changed := r.drafts(t, igny8.ContentReview)
	require.Len(t, changed, 1)
	require.Equal(t, waiting[1].ID, changed[0].ID)
	require.Equal(t, waiting[1].Revision+1, changed[0].Revision)
	r.decide(t, waiting[1], "approve", nil).refused(t, http.StatusConflict, igny8.Conflict) // the text before
	r.decide(t, changed[0], "approve", nil).ok(t, nil)

	r.reaches(t, "SUCCESS")
	require.Len(t, r.drafts(t, igny8.ContentPublished), 9)
	rejected := r.drafts(t, igny8.ContentRejected)
	require.Len(t, rejected, 1)
	require.Equal(t, waiting[0].ID, rejected[0].ID)
	require.Nil(t, rejected[0].URL)
	require.Equal(t, 9, r.detail(t).Made.Images, "nothing more is bought for what was rejected")
	r.paidFor(t, 400, 600)
	r.record(t, "pipeline-review")
}

// In the mode both, a person sees the text first, and then the whole.
func TestBothReviews(t *testing.T) {
	t.Parallel()
	a := shared(t).customer(t, 100)
	a.keywords(t)
	r := a.begin(t, map[string]any{"mode": "both", "articles": 1, "images": 1, "words": 600, "ideas_per_cluster": 1})
	for _, stage := range []struct {
		text   string
		images int
	}{{"draft", 0}, {"approved", 1}} {
		r.until(t, fmt.Sprintf("shows the text as %s", stage.text), func(progress) bool {
			drafts := r.drafts(t, igny8.ContentReview)
			return len(drafts) == 1 && drafts[0].Text == stage.text
		})
		d := r.drafts(t, igny8.ContentReview)[0]
		require.Equal(t, stage.images, d.Images)
		require.Nil(t, d.URL)
		r.decide(t, d, "approve", nil).ok(t, nil)
	}
	r.reaches(t, "SUCCESS")
	r.readable(t, 1, 1)
	r.paidFor(t, 100, 600)
	r.record(t, "pipeline-both")
}
