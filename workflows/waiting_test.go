package workflows_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	. "github.com/igny8/igny8/workflows"
)

// An article that waits for its time follows it, to an earlier one as to a later.
func TestTheTimeIsMoved(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ by, want time.Duration }{
		"later":   {50 * time.Hour, 50 * time.Hour},
		"earlier": {5 * time.Hour, 5 * time.Hour},
		"at once": {-time.Hour, 2 * time.Hour}, // it is asked after two hours
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.of(igny8.KindArticle, 1)
			begin := w.env.Now().Truncate(time.Second)
			w.standing = func(igny8.TaskID) Standing {
				return Standing{Words: 1000, PublishAt: begin.Add(26 * time.Hour)}
			}
			w.later(2*time.Hour, func() {
				id := ArticleWorkflowID(w.in.Scope, w.tasks[0], 1, 1)
				require.NoError(t, w.env.SignalWorkflowByID(id, RescheduleSignal, Reschedule{At: begin.Add(c.by)}))
			})

			tally, err := w.run()

			require.NoError(t, err)
			require.Equal(t, Tally{Done: 1}, tally)
			require.Equal(t, []string{"time", ""}, w.parked)
			require.WithinDuration(t, begin.Add(c.want), w.posts[w.tasks[0]], time.Minute)
		})
	}
}

// redraw asks the one article for a picture anew. It is called between two steps.
func (w *world) redraw(image igny8.ImageID) *answer {
	a := &answer{done: make(chan struct{})}
	id := ArticleWorkflowID(w.in.Scope, w.tasks[0], 1, 1)
	require.NoError(w.t, w.env.UpdateWorkflowByID(id, RedrawUpdate, uuid.NewString(), a, image))
	return a
}

// Under review a picture is made anew, and the article still waits for its
// decision. One that can't be made fails alone.
func TestAPictureIsMadeAnewUnderReview(t *testing.T) {
	t.Parallel()
	for _, poor := range []bool{false, true} {
		w := newWorld(t)
		w.of(igny8.KindArticle, 1)
		w.in.Mode = igny8.Moderate
		image := igny8.New[igny8.ImageID]()
		var first *answer
		w.at("review.ask", 1, func() {
			w.later(time.Hour, func() {
				if poor {
					w.credits = 0
				}
				first = w.redraw(image)
			})
			w.later(2*time.Hour, func() { w.decide(w.reviews[0], Approve, 1) })
		})
		var late *answer
		w.at("publish", 1, func() {
			w.meanwhile(func() *answer { late = w.redraw(image); return late })
		})

		tally, err := w.run()

		require.NoError(t, err)
		require.Equal(t, Tally{Done: 1}, tally)
		require.True(t, first.accepted)
		require.Equal(t, igny8.Conflict, late.why())
		require.Equal(t, []string{"review"}, w.parked, "it is shown as what waits for a decision")
		if poor {
			require.Equal(t, igny8.NoCredits, first.why())
			require.Len(t, w.refunds, 1)
			require.True(t, w.refunds[0].Alone)
			require.Empty(t, w.halts, "the run goes on")
		} else {
			require.NoError(t, first.err)
			require.Equal(t, 3, w.taken("images.ask"), "two, and the one anew")
		}
	}
}

// What is approved while a picture is being made is published with it.
func TestPublishingWaitsForThePicture(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.of(igny8.KindArticle, 1)
	w.in.Mode, w.images = igny8.Moderate, 0
	w.at("review.ask", 1, func() {
		w.later(time.Hour, func() { w.redraw(igny8.New[igny8.ImageID]()) })
	})
	w.at("images.ask", 1, func() { w.meanwhile(func() *answer { return w.decide(w.reviews[0], Approve, 1) }) })

	_, err := w.run()

	require.NoError(t, err)
	saved, published := 0, 0
	for i, s := range w.steps {
		switch s {
		case "images.save":
			saved = i
		case "publish":
			published = i
		}
	}
	require.Positive(t, saved)
	require.Greater(t, published, saved)
}
