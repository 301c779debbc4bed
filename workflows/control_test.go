package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/temporal"
	. "github.com/igny8/igny8/workflows"
)

// Without credits nothing is asked: the run pauses and says so. When it is
// resumed it goes on at exactly that item.
func TestWithoutCreditsTheRunPauses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ credits, asked int }{
		"at the first idea": {0, 0},
		"at an article":     {2 + 3, 1},
		"at an image":       {2 + 4*2 + 4*1 + 3, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.in.Width = 1
			if name == "at an image" {
				w.in.Width = 4
			}
			w.credits = c.credits
			var before Progress
			w.later(time.Hour, func() {
				before = w.progress()
				require.NotEmpty(t, w.halts)
				require.Empty(t, w.refunds, "there is nothing to give back")
				w.credits = 10_000
				w.update(ResumeUpdate, Resume{})
			})

			tally, err := w.run()

			require.NoError(t, err)
			require.Equal(t, Tally{Done: 4}, tally)
			require.True(t, before.Paused)
			require.Equal(t, igny8.NoCredits, before.Code)
			require.Equal(t, "not enough credits", before.Reason)
			require.Equal(t, igny8.RunPaused, before.Status)
			require.Len(t, w.halts, 1, "the run pauses once, however many articles want credits")
			require.Equal(t, map[igny8.Function]int{igny8.Ideation: 2, igny8.Writing: 8, igny8.Prompting: 4, igny8.Illustration: 8}, w.settled)
			require.Equal(t, 4, w.taken("content.ask"), "what was paid for is not asked for again")
			require.Equal(t, 8, w.taken("images.ask"))
		})
	}
}

// A key or a password that is refused pauses the run; it is not the article's
// fault, and what was reserved is given back until somebody has seen to it.
func TestRefusedCredentialsPause(t *testing.T) {
	t.Parallel()
	for _, code := range []igny8.Code{igny8.Credentials, igny8.NotConfigured, igny8.NoQuota} {
		for _, step := range []string{"ideas.ask", "content.ask", "images.ask", "publish"} {
			t.Run(string(code)+" at "+step, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.fail(step, code)
				w.later(time.Hour, func() {
					p := w.progress()
					require.Equal(t, code, p.Code)
					require.Equal(t, step+" failed", p.Reason)
					for key, status := range w.holds {
						require.NotEqual(t, igny8.HoldHeld, status, "%s is held while the run waits", key)
					}
					delete(w.hooks, step)
					w.update(ResumeUpdate, Resume{})
				})

				tally, err := w.run()

				require.NoError(t, err)
				require.Equal(t, Tally{Done: 4}, tally)
				require.Len(t, w.halts, 1)
				require.Equal(t, code, w.halts[0].Code)
			})
		}
	}
}

// A cap that is raised with the resume reaches the row.
func TestResumeRaisesTheCap(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fail("credits.reserve", igny8.RunCap, 3)
	most := igny8.Credits(500)
	w.later(time.Hour, func() { w.update(ResumeUpdate, Resume{MaxCredits: &most}) })

	tally, err := w.run()

	require.NoError(t, err)
	require.Equal(t, Tally{Done: 4}, tally)
	require.Len(t, w.resumes, 1)
	require.Equal(t, most, *w.resumes[0].MaxCredits)
}

// A pause begins nothing new; what is under way is finished, and the rest is
// done when the run is resumed.
func TestPauseAndResume(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.articles, w.in.Width = 6, 2
	var paused, twice, resumed, again *answer
	begun, asked := 0, 0
	w.at("article.begin", 3, func() {
		w.soon(func() { paused = w.update(PauseUpdate); twice = w.update(PauseUpdate) })
		w.later(time.Hour, func() {
			begun, asked = w.taken("article.begin"), w.taken("images.ask")
			require.True(t, w.progress().Paused)
			require.Empty(t, w.progress().Code, "somebody asked for it")
		})
		w.later(2*time.Hour, func() {
			require.Equal(t, begun, w.taken("article.begin"), "nothing has begun meanwhile")
			require.Equal(t, asked, w.taken("images.ask"))
			resumed = w.update(ResumeUpdate, Resume{})
			again = w.update(ResumeUpdate, Resume{})
		})
	})

	tally, err := w.run()

	require.NoError(t, err)
	require.Equal(t, Tally{Done: 6}, tally)
	require.Less(t, begun, 6)
	require.NoError(t, paused.err)
	require.NoError(t, resumed.err)
	require.Equal(t, igny8.Conflict, twice.why())
	require.Equal(t, igny8.Conflict, again.why())
	require.Len(t, w.halts, 1)
	require.Len(t, w.resumes, 1)
}

// A run that was paused and resumed before its plan began still notices when the
// plan needs somebody.
func TestPlanKnowsTheOrderItBeginsUnder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.credits = 0
	w.at("run.begin", 1, func() {
		w.meanwhile(func() *answer { return w.update(PauseUpdate) })
		w.meanwhile(func() *answer { return w.update(ResumeUpdate, Resume{}) })
	})
	w.later(time.Hour, func() {
		require.Equal(t, igny8.NoCredits, w.progress().Code)
		w.credits = 1000
		w.update(ResumeUpdate, Resume{})
	})

	tally, err := w.run()

	require.NoError(t, err)
	require.Equal(t, Tally{Done: 4}, tally)
}

// A pause before anything has begun holds the plan.
func TestPauseAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.at("run.begin", 1, func() { w.meanwhile(func() *answer { return w.update(PauseUpdate) }) })
	w.later(time.Hour, func() {
		require.Zero(t, w.taken("clusters.compute"))
		w.update(ResumeUpdate, Resume{})
	})

	tally, err := w.run()

	require.NoError(t, err)
	require.Equal(t, Tally{Done: 4}, tally)
}

// A paused run can be cancelled.
func TestCancelWhilePaused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.credits = 4
	w.later(time.Hour, func() { w.env.CancelWorkflow() })

	_, err := w.run()

	require.Equal(t, igny8.Canceled, temporal.CodeOf(err))
	require.Len(t, w.halts, 1)
}

// One article is left out, before it has begun or in its middle; the others are
// made.
func TestSkip(t *testing.T) {
	t.Parallel()
	for name, which := range map[string]int{"under way": 0, "not begun": 3} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.of(igny8.KindArticle, 4)
			w.in.Width, w.in.Mode = 1, igny8.Review
			w.at("article.begin", 1, func() {
				w.soon(func() { w.update(SkipUpdate, Skip{Task: w.tasks[which]}) })
			})
			w.later(time.Hour, func() {
				for _, r := range w.reviews {
					if r.Of.Item.Task != w.tasks[which] {
						w.decide(r, Approve, 1)
					}
				}
			})

			tally, err := w.run()

			require.NoError(t, err)
			require.Equal(t, Tally{Done: 3, Skipped: 1}, tally)
			require.NotContains(t, w.posts, w.tasks[which])
		})
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var seen []Progress
	for _, step := range []string{"clusters.compute", "ideas.ask", "content.ask", "publish"} {
		w.at(step, 1, func() { w.soon(func() { seen = append(seen, w.progress()) }) })
	}

	_, err := w.run()

	require.NoError(t, err)
	require.Len(t, seen, 4)
	for i, p := range seen {
		require.Equal(t, igny8.RunRunning, p.Status)
		require.Positive(t, p.Version)
		if i > 0 {
			require.GreaterOrEqual(t, p.Version, seen[i-1].Version)
		}
	}
	last := w.progress()
	require.Equal(t, igny8.RunSucceeded, last.Status)
	require.Equal(t, Tally{Done: 4}, last.Tally)
}

// tick runs what a schedule starts.
func (w *world) tick(id string) (out Ticked, err error) {
	w.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: id, TaskQueue: temporal.MainQueue})
	w.env.ExecuteWorkflow(Tick, TickInput{Scope: w.in.Scope, Schedule: igny8.New[igny8.ScheduleID]()})
	require.True(w.t, w.env.IsWorkflowCompleted())
	if err := w.env.GetWorkflowError(); err != nil {
		return out, err
	}
	return out, w.env.GetWorkflowResult(&out)
}

func TestTickStartsTheRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env.SetDetachedChildWait(true)

	out, err := w.tick("tick")

	require.NoError(t, err)
	require.Equal(t, w.in, out.Run)
	require.Len(t, w.posts, 4, "the run goes on by itself")
	require.Len(t, w.ended, 1)
}

func TestTickSkipsWhileARunIsLive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.in = RunInput{}
	bound(w, BeginTick, func(TickInput) (Ticked, error) { return Ticked{Skipped: igny8.RunLive}, nil })

	out, err := w.tick("tick")

	require.NoError(t, err)
	require.Equal(t, igny8.RunLive, out.Skipped)
	require.Zero(t, w.taken("run.begin"))
}

// The dispatcher may be faster than the tick: the run is under way, and that is
// what the tick is for.
func TestTickFindsTheRunStarted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	out, err := w.tick(w.in.Kind.WorkflowID(w.in.Scope.Account, w.in.Run)) // the name is taken

	require.NoError(t, err)
	require.Equal(t, w.in, out.Run)
	require.Zero(t, w.taken("run.begin"))
}
