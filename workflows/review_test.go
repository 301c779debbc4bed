package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/temporal"
	. "github.com/igny8/igny8/workflows"
)

// With two places, ten articles all reach review before the first is decided;
// also over batches.
func TestAnArticleThatWaitsGivesItsPlaceAway(t *testing.T) {
	t.Parallel()
	for _, articles := range []int{10, 104} {
		w := newWorld(t)
		w.of(igny8.KindArticle, articles)
		w.in.Width, w.in.Mode, w.images = 2, igny8.Review, 0
		w.at("review.ask", articles, func() {
			require.Zero(t, w.taken("review.decide"))
			w.later(time.Hour, func() {
				for _, r := range w.reviews {
					w.decide(r, Approve, 1)
				}
			})
		})

		tally, err := w.run()

		require.NoError(t, err)
		require.Equal(t, Tally{Done: articles}, tally)
		require.Zero(t, w.taken("review.remind"))
	}
}

// Each mode asks where it says it does, and an approval goes on from there.
func TestModes(t *testing.T) {
	t.Parallel()
	for mode, before := range map[igny8.Mode][]string{
		igny8.Auto: nil, igny8.Review: {"images"}, igny8.Moderate: {"publishing"}, igny8.Both: {"images", "publishing"},
	} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.of(igny8.KindArticle, 1)
			w.in.Mode = mode
			w.hooks["review.ask"] = func(n int) error {
				w.later(time.Hour, func() { w.decide(w.reviews[n-1], Approve, 1) })
				return nil
			}

			tally, err := w.run()

			require.NoError(t, err)
			require.Equal(t, Tally{Done: 1}, tally)
			var asked []string
			for _, r := range w.reviews {
				asked = append(asked, r.Before)
				require.Equal(t, igny8.ContentID(w.tasks[0]), r.Content)
			}
			require.Equal(t, before, asked)
			bought := 0
			for _, s := range w.steps {
				if s == "images.ask" {
					bought++
				}
				if s == "review.ask" && len(before) > 0 && before[0] == "images" {
					require.Zero(t, bought, "no picture is bought before the text is approved")
					break
				}
			}
		})
	}
}

func TestRejection(t *testing.T) {
	t.Parallel()
	for _, mode := range []igny8.Mode{igny8.Review, igny8.Moderate} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.of(igny8.KindArticle, 2)
			w.in.Mode = mode
			w.at("review.ask", 2, func() {
				w.later(time.Hour, func() {
					w.decide(w.reviews[0], Reject, 1)
					w.decide(w.reviews[1], Approve, 1)
				})
			})

			tally, err := w.run()

			require.NoError(t, err)
			require.Equal(t, Tally{Done: 1, Skipped: 1}, tally)
			require.Len(t, w.posts, 1)
			require.Equal(t, igny8.Rejected, w.ends[w.reviews[0].Of.Item.Task].Code)
		})
	}
}

// Changes are another revision, written from the text that is there; the review
// begins anew, and its pictures stay.
func TestChangesAreAnotherRevision(t *testing.T) {
	t.Parallel()
	for _, mode := range []igny8.Mode{igny8.Review, igny8.Moderate} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.of(igny8.KindArticle, 1)
			w.in.Mode = mode
			w.hooks["review.ask"] = func(n int) error {
				w.later(time.Hour, func() {
					if n < 3 {
						w.decide(w.reviews[n-1], RequestChanges, n)
						return
					}
					w.decide(w.reviews[n-1], Approve, n)
				})
				return nil
			}

			tally, err := w.run()

			require.NoError(t, err)
			require.Equal(t, Tally{Done: 1}, tally)
			require.Equal(t, 1, w.taken("content.ask"))
			require.Equal(t, 2, w.taken("rewrite.ask"))
			require.Equal(t, 2, w.settled[igny8.Rewriting])
			require.Equal(t, 2, w.taken("images.ask"))
			require.Equal(t, 3, w.reviews[2].Of.Item.Revision)
		})
	}
}

// One is reminded after three days, and after two weeks the article is left as
// it is. A decision between the two is in time.
func TestExpiry(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.of(igny8.KindArticle, 2)
	w.in.Mode = igny8.Review
	begun := w.env.Now()
	var reminded []time.Duration
	w.hooks["review.remind"] = func(int) error {
		reminded = append(reminded, w.env.Now().Sub(begun).Round(time.Minute))
		return nil
	}
	w.later(13*24*time.Hour, func() {
		for _, r := range w.reviews {
			if r.Of.Item.Task == w.tasks[1] {
				w.decide(r, Approve, 1)
			}
		}
	})

	tally, err := w.run()

	require.NoError(t, err)
	require.Equal(t, Tally{Done: 1, Skipped: 1}, tally)
	require.Equal(t, []time.Duration{72 * time.Hour, 72 * time.Hour}, reminded)
	require.Equal(t, igny8.Expired, w.ends[w.tasks[0]].Code)
	require.Equal(t, 14*24*time.Hour, w.env.Now().Sub(begun).Round(time.Minute))
}

// A decision is about one text: what is not on the desk is refused, and so is
// the second of two.
func TestDecisionsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.of(igny8.KindArticle, 1)
	w.in.Mode = igny8.Review
	var refused map[string]*answer
	var first, second *answer
	w.at("review.ask", 1, func() {
		w.later(time.Hour, func() {
			r := w.reviews[0]
			other := r
			other.Content = igny8.New[igny8.ContentID]()
			refused = map[string]*answer{"old": w.decide(r, Approve, 2), "other": w.decide(other, Approve, 1), "verb": w.decide(r, "burn", 1)}
		})
		w.later(2*time.Hour, func() {
			first = w.decide(w.reviews[0], Approve, 1)
			second = w.decide(w.reviews[0], Reject, 1)
		})
	})

	tally, err := w.run()

	require.NoError(t, err)
	require.Equal(t, Tally{Done: 1}, tally)
	require.Equal(t, igny8.Conflict, refused["old"].why())
	require.Equal(t, igny8.Conflict, refused["other"].why())
	require.Equal(t, igny8.Invalid, refused["verb"].why())
	require.NoError(t, first.err)
	require.True(t, first.accepted)
	require.Equal(t, igny8.Conflict, second.why())
	require.Equal(t, 1, w.taken("review.decide"))
}

// A decision that can't be written leaves the article under review.
func TestADecisionThatIsNotWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.of(igny8.KindArticle, 1)
	w.in.Mode = igny8.Review
	w.fail("review.decide", igny8.Conflict, 1)
	var failed *answer
	w.at("review.ask", 1, func() {
		w.later(time.Hour, func() { failed = w.decide(w.reviews[0], Approve, 1) })
		w.later(2*time.Hour, func() { w.decide(w.reviews[0], Approve, 1) })
	})

	tally, err := w.run()

	require.NoError(t, err)
	require.Equal(t, Tally{Done: 1}, tally)
	require.Equal(t, igny8.Conflict, failed.why())
}

// A run that is cancelled cancels what lies under review.
func TestCancelUnderReview(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.of(igny8.KindArticle, 3)
	w.in.Mode = igny8.Both
	w.later(time.Hour, func() { w.env.CancelWorkflow() })

	_, err := w.run()

	require.Equal(t, igny8.Canceled, temporal.CodeOf(err))
	require.Len(t, w.ends, 3)
	require.Empty(t, w.posts)
}
