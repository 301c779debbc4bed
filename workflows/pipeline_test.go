package workflows_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/temporal"
	. "github.com/igny8/igny8/workflows"
)

func TestPipelinePublishesEveryArticle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	tally, err := w.run()

	require.NoError(t, err)
	require.Equal(t, Tally{Done: 4}, tally)
	require.Len(t, w.posts, 4)
	require.Empty(t, w.ends, "publishing writes the end itself")
	require.Equal(t, map[igny8.Function]int{igny8.Ideation: 2, igny8.Writing: 8, igny8.Prompting: 4, igny8.Illustration: 8}, w.settled)
	require.Empty(t, w.refunds)
	require.Empty(t, w.reviews)
}

func TestOneBadArticleDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"article.begin", "content.ask", "content.save", "image_prompts.ask", "image_prompts.save", "publish"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.fail(step, igny8.Invalid, 2)

			tally, err := w.run()

			require.NoError(t, err)
			require.Equal(t, Tally{Done: 3, Failed: 1}, tally)
			require.Len(t, w.posts, 3)
			require.Len(t, w.ends, 1)
			for _, end := range w.ends {
				require.Equal(t, igny8.Invalid, end.Code)
				require.Equal(t, step+" failed", end.Message)
			}
		})
	}
}

// A cluster that fails is one less: the next in line takes its place.
func TestOneFailedClusterIsMadeUpFor(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"ideas.ask", "ideas.save"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.fail(step, igny8.Unusable, 1)

			tally, err := w.run()

			require.NoError(t, err)
			require.Equal(t, Tally{Done: 4}, tally)
			require.Equal(t, 3, w.taken("ideas.ask"), "two clusters were enough, had both been of use")
			require.Len(t, w.refunds, 1)
			require.Equal(t, igny8.Unusable, w.refunds[0].Code)
		})
	}
}

func TestWithoutIdeasThereIsNothingToWrite(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fail("ideas.ask", igny8.Refused)

	tally, err := w.run()

	require.NoError(t, err, "the run's row tells that nothing came of it")
	require.Zero(t, tally)
	require.Len(t, w.refunds, len(w.clusters))
}

func TestAnImageThatFailsIsLeftOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fail("images.ask", igny8.Refused, 1, 4)

	tally, err := w.run()

	require.NoError(t, err)
	require.Equal(t, Tally{Done: 4}, tally)
	require.Len(t, w.posts, 4)
	require.Equal(t, 6, w.settled[igny8.Illustration])
	require.Len(t, w.refunds, 2)
}

// steps are all that a pipeline takes on its way.
var steps = []string{
	"run.begin", "run.stage", "clusters.compute", "clusters.choose", "run.items", "ideas.ask", "ideas.save", "tasks.plan", "article.begin",
	"content.ask", "content.save", "image_prompts.ask", "image_prompts.save", "images.ask", "images.save", "publish", "credits.reserve", "run.end",
}

func TestTheseAreTheSteps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.run()
	require.NoError(t, err)
	require.Equal(t, slices.Sorted(slices.Values(steps)), w.distinct())
}

// Wherever a run fails, what was reserved is given back: the world looks when
// the test ends. Failures of the plan are the run's.
func TestFailureReleases(t *testing.T) {
	t.Parallel()
	plan := []string{"run.begin", "run.stage", "clusters.compute", "clusters.choose", "run.items", "tasks.plan"}
	for _, step := range steps[:len(steps)-1] {
		for _, always := range []bool{false, true} {
			t.Run(step, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.fail(step, igny8.Invalid, 1)
				if always {
					w.fail(step, igny8.Invalid)
				}

				tally, err := w.run()

				if slices.Contains(plan, step) {
					require.Equal(t, igny8.Invalid, temporal.CodeOf(err))
					require.Equal(t, step+" failed", temporal.ErrorOf(err).Message)
					return
				}
				require.NoError(t, err)
				if always && step != "images.ask" && step != "images.save" {
					require.Zero(t, tally.Done)
					require.Empty(t, w.posts)
				}
			})
		}
	}
}

// Closing the books is tried for as long as it takes.
func TestTheEndIsWrittenInTheEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fail("images.ask", igny8.Refused, 1)
	for _, step := range []string{"run.end", "credits.release"} {
		w.hooks[step] = func(n int) error {
			if n < 6 {
				return igny8.Errorf(igny8.Internal, "the database is away")
			}
			return nil
		}
	}

	_, err := w.run()

	require.NoError(t, err)
	require.Equal(t, 6, w.taken("run.end"))
	require.Equal(t, 6, w.taken("credits.release"))
}

// Wherever a run is cancelled, what was reserved is given back, and the run says
// so. The test environment does not wait for a step that is cancelled in its
// middle, as a server does: that is tested end to end.
func TestCancellationReleases(t *testing.T) {
	t.Parallel()
	for _, step := range steps[:len(steps)-1] {
		for _, turn := range []int{1, 2} {
			t.Run(step, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.at(step, turn, func() { w.env.CancelWorkflow() })

				_, err := w.run()

				if w.taken(step) < turn {
					require.NoError(t, err, "it takes the step once only")
					return
				}
				require.Equal(t, igny8.Canceled, temporal.CodeOf(err))
				for _, end := range w.ends {
					require.Equal(t, igny8.Canceled, end.Code)
				}
			})
		}
	}
}

// Ten articles with two places: never more than two at once.
func TestWidth(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.articles, w.in.Width = 10, 2

	tally, err := w.run()

	require.NoError(t, err)
	require.Equal(t, Tally{Done: 10}, tally)
	require.Equal(t, 2, w.busiest)
}

// The bound holds over the batches of one run, and none of them is too long for
// a payload.
func TestTwoBatches(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.of(igny8.KindArticle, 130)
	w.in.Width, w.images = 3, 0
	w.fail("publish", igny8.Invalid, 7, 120)

	tally, err := w.run()

	require.NoError(t, err)
	require.Equal(t, Tally{Done: 128, Failed: 2}, tally)
	require.Equal(t, 3, w.busiest)
	require.Equal(t, 2, w.taken("run.items"))
}

// An article for later gives its place away, and is sent at its time.
func TestPublishTimeWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.of(igny8.KindArticle, 5)
	w.in.Width = 1
	tomorrow := w.env.Now().Add(26 * time.Hour).Truncate(time.Second)
	w.standing = func(task igny8.TaskID) Standing {
		s := Standing{Words: 1000, Wanted: 2}
		if task == w.tasks[0] {
			s.PublishAt = tomorrow
		}
		return s
	}

	tally, err := w.run()

	require.NoError(t, err)
	require.Equal(t, Tally{Done: 5}, tally)
	require.Equal(t, []string{"time", ""}, w.parked)
	require.Equal(t, 1, w.busiest)
	require.False(t, w.posts[w.tasks[0]].Before(tomorrow))
	for _, task := range w.tasks[1:] {
		require.True(t, w.posts[task].Before(tomorrow))
	}
}

// What was done before is not done again.
func TestAnArticleGoesOnWhereItStands(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.of(igny8.KindArticle, 1)
	content := igny8.New[igny8.ContentID]()
	missing := []igny8.ImageID{igny8.New[igny8.ImageID]()}
	w.standing = func(igny8.TaskID) Standing {
		return Standing{Content: content, Written: true, Prompted: true, Images: missing, Words: 900, Wanted: 2}
	}

	_, err := w.run()

	require.NoError(t, err)
	require.Equal(t, map[igny8.Function]int{igny8.Illustration: 1}, w.settled)
	require.Len(t, w.posts, 1)
}

// A run of one function takes the steps of that function and no others.
func TestKinds(t *testing.T) {
	t.Parallel()
	always := []string{"run.begin", "run.end"}
	article := append(slices.Clone(always), "run.items", "article.begin")
	paid := func(fs ...string) (out []string) {
		out = []string{"credits.reserve"}
		for _, f := range fs {
			out = append(out, f+".ask", f+".save")
		}
		return out
	}
	for kind, want := range map[igny8.RunKind][]string{
		igny8.KindClusters:  append(slices.Clone(always), "run.stage", "clusters.compute"),
		igny8.KindRecluster: append(slices.Clone(always), "run.stage", "clusters.propose"),
		igny8.KindIdeas:     slices.Concat(always, []string{"run.stage", "run.items", "clusters.choose"}, paid("ideas")),
		igny8.KindContent:   slices.Concat(article, paid("content"), []string{"article.end"}),
		igny8.KindPrompts:   slices.Concat(article, paid("image_prompts"), []string{"article.end"}),
		igny8.KindImages:    slices.Concat(article, paid("image_prompts", "images"), []string{"article.end"}),
		igny8.KindPublish:   append(slices.Clone(article), "publish"),
		igny8.KindArticle:   slices.Concat(article, paid("content", "image_prompts", "images"), []string{"publish"}),
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.in.Kind = kind
			if !kind.Plans() {
				w.of(kind, 3)
			}
			w.standing = func(task igny8.TaskID) Standing {
				s := Standing{Words: 1000, Wanted: 2}
				if kind != igny8.KindArticle && kind != igny8.KindContent {
					s.Content, s.Written = igny8.ContentID(task), true
				}
				return s
			}

			tally, err := w.run()

			require.NoError(t, err)
			require.Equal(t, slices.Sorted(slices.Values(want)), w.distinct())
			if !kind.Plans() {
				require.Equal(t, Tally{Done: 3}, tally)
			}
			if kind == igny8.KindIdeas {
				require.Equal(t, len(w.clusters), w.taken("ideas.ask"))
			}
			for _, end := range w.ends {
				require.Empty(t, end.Code)
			}
		})
	}
}

// A function that needs a text says so where there is none.
func TestWithoutText(t *testing.T) {
	t.Parallel()
	for _, kind := range []igny8.RunKind{igny8.KindPrompts, igny8.KindImages, igny8.KindPublish} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.of(kind, 1)

			tally, err := w.run()

			require.NoError(t, err)
			require.Equal(t, Tally{Failed: 1}, tally)
			require.Equal(t, igny8.Invalid, w.ends[w.tasks[0]].Code)
			require.Contains(t, w.ends[w.tasks[0]].Message, "no text")
		})
	}
}
