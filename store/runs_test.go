package store

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/igny8/igny8"
)

// journey is the stages that a run of a kind goes through, each with the stage of
// its items.
func journey(k igny8.RunKind) []struct{ at, items string } {
	switch k {
	case igny8.KindPipeline:
		return []struct{ at, items string }{{"clusters", ""}, {"ideas", "cluster"}, {"articles", "task"}}
	case igny8.KindClusters, igny8.KindRecluster:
		return []struct{ at, items string }{{"clusters", ""}}
	case igny8.KindIdeas:
		return []struct{ at, items string }{{"ideas", "cluster"}}
	}
	return []struct{ at, items string }{{"articles", "task"}}
}

// traveller is a run on its way, and how far it was seen to be.
type traveller struct {
	*world
	p      igny8.Principal
	id     igny8.RunID
	last   Run
	items  map[string][]uuid.UUID // by stage
	paused bool
}

// look reads the run's row, which never goes back and always lies in its band.
func (r *traveller) look(t *rapid.T) {
	now, err := As(r.ctx, r.Store, r.p, func(q *Queries) (Run, error) { return q.Run(r.ctx, r.id) })
	require.NoError(t, err)
	require.GreaterOrEqual(t, now.Percentage, r.last.Percentage, "the percentage went back")
	require.GreaterOrEqual(t, now.Version, r.last.Version)
	if now.Percentage != r.last.Percentage || now.Status != r.last.Status || now.ItemsDone != r.last.ItemsDone {
		require.Greater(t, now.Version, r.last.Version, "a change that nobody is told of")
	}
	from, to := now.Phase.Band()
	require.GreaterOrEqual(t, int(now.Percentage), from, now.Phase)
	require.LessOrEqual(t, int(now.Percentage), to, now.Phase)
	if now.Phase != igny8.PhaseSave && now.Phase != igny8.PhaseDone {
		require.Less(t, int(now.Percentage), to, now.Phase)
	}
	r.last = now
}

func (r *traveller) do(t *rapid.T, do func(q *Queries) error) {
	require.NoError(t, Do(r.ctx, r.Store, r.p, func(q *Queries) error {
		if err := do(q); err != nil {
			return err
		}
		_, err := q.RunProgress(r.ctx, r.id.UUID)
		return err
	}))
	r.look(t)
}

// step takes an item somewhere, perhaps back.
func (r *traveller) step(t *rapid.T, stage string) {
	item := rapid.SampledFrom(r.items[stage]).Draw(t, "item")
	status := rapid.SampledFrom(append([]igny8.ItemStatus{igny8.ItemRunning, igny8.ItemRunning, igny8.ItemWaiting}, igny8.ItemStatuses...)).Draw(t, "status")
	step := rapid.SampledFrom([]string{"", "asked", "written", "reviewed", "prompted", "illustrated", "moderated", "done"}).Draw(t, "step")
	waiting := ""
	if status == igny8.ItemWaiting {
		waiting = rapid.SampledFrom([]string{"review", "time", "credits", "credentials"}).Draw(t, "waiting for")
	}
	r.do(t, func(q *Queries) error {
		return q.ItemStep(r.ctx, ItemStepParams{RunID: r.id, Stage: stage, ItemID: item, Status: status, Step: step, WaitingFor: waiting})
	})
}

func (r *traveller) add(t *rapid.T, stage string) {
	fresh := make([]uuid.UUID, rapid.IntRange(1, 5).Draw(t, "more items"))
	for i := range fresh {
		fresh[i] = uuid.New()
	}
	r.items[stage] = append(r.items[stage], fresh...)
	r.do(t, func(q *Queries) error {
		n, err := q.AddRunItems(r.ctx, AddRunItemsParams{RunID: r.id, Stage: stage, Items: fresh})
		require.EqualValues(t, len(fresh), n)
		return err
	})
}

// pause pauses the run or lets it go on.
func (r *traveller) pause(t *rapid.T) {
	r.do(t, func(q *Queries) (err error) {
		if r.paused = !r.paused; r.paused {
			_, err = q.RunPaused(r.ctx, RunPausedParams{ID: r.id, ErrorCode: "no_credits"})
		} else {
			_, err = q.RunResumed(r.ctx, RunResumedParams{ID: r.id})
		}
		return err
	})
	if r.paused {
		require.Equal(t, igny8.RunPaused, r.last.Status)
	}
}

// Over any sequence of items' steps, also back, of pauses and of items that come
// later, the percentage of a run of any kind only grows, in the band of its
// phase; with all items done it is 95, and 100 when the run has succeeded.
func TestProgressNeverGoesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.settle(t)
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(igny8.RunKinds).Draw(t, "kind")
		r := &traveller{world: w, p: h.everything(), id: w.run(t, h, kind), items: map[string][]uuid.UUID{}}
		r.look(t)
		require.Equal(t, igny8.PhaseInit, r.last.Phase)
		r.do(t, func(q *Queries) error { _, err := q.RunBegan(w.ctx, RunBeganParams{ID: r.id}); return err })
		for _, stage := range journey(kind) {
			r.do(t, func(q *Queries) error {
				return q.RunStage(w.ctx, RunStageParams{ID: r.id, Stage: stage.at, Clusters: 3, NewIdeas: 2})
			})
			if stage.items == "" { // computed, with progress that is told in any order
				for range rapid.IntRange(0, 5).Draw(t, "computed") {
					share := rapid.Float32Range(0, 1).Draw(t, "share")
					r.do(t, func(q *Queries) error { return q.RunComputed(w.ctx, RunComputedParams{ID: r.id, Share: share}) })
				}
				continue
			}
			r.add(t, stage.items)
			for range rapid.IntRange(0, 12).Draw(t, "steps") {
				switch rapid.IntRange(0, 9).Draw(t, "what") {
				case 0:
					r.pause(t)
				case 1:
					r.add(t, stage.items)
				default:
					r.step(t, stage.items)
				}
			}
			r.finish(t, stage.items)
		}
		r.end(t)
	})
}

// finish ends each item of a stage that has not ended, one after another.
func (r *traveller) finish(t *rapid.T, stage string) {
	for _, item := range r.items[stage] {
		r.do(t, func(q *Queries) error {
			return q.ItemStep(r.ctx, ItemStepParams{RunID: r.id, Stage: stage, ItemID: item, Status: igny8.ItemDone, Step: "done"})
		})
	}
	if r.last.Kind != igny8.KindPipeline || stage == "task" {
		require.EqualValues(t, 95, r.last.Percentage)
		require.EqualValues(t, len(r.items[stage]), r.last.ItemsTotal)
		require.Zero(t, r.last.ItemsWaiting)
	} else {
		require.EqualValues(t, 24, r.last.Percentage, "planned, and no article begun")
	}
}

// end ends the run, once.
func (r *traveller) end(t *rapid.T) {
	before := r.last
	status := rapid.SampledFrom([]igny8.RunStatus{igny8.RunSucceeded, igny8.RunPartlyFailed, igny8.RunFailed, igny8.RunCancelled}).Draw(t, "outcome")
	ended := RunEndedParams{ID: r.id, Status: status, Message: "It is over"}
	r.do(t, func(q *Queries) error { _, err := q.RunEnded(r.ctx, ended); return err })
	if status == igny8.RunSucceeded || status == igny8.RunPartlyFailed {
		require.EqualValues(t, 100, r.last.Percentage)
		require.Equal(t, igny8.PhaseDone, r.last.Phase)
	} else {
		require.Equal(t, before.Percentage, r.last.Percentage, "what was not carried through stays where it was")
		require.Equal(t, before.Phase, r.last.Phase)
	}
	require.NotNil(t, r.last.FinishedAt)
	err := Do(r.ctx, r.Store, r.p, func(q *Queries) error { _, err := q.RunEnded(r.ctx, ended); return err })
	require.Equal(t, igny8.NotFound, igny8.CodeOf(err), "a run ends once")
}

// A run waits for review when all that is left of it does, and runs again when
// something was decided.
func TestRunWaitsForReview(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.settle(t)
	id := w.run(t, h, igny8.KindArticle)
	items := []uuid.UUID{uuid.New(), uuid.New()}
	status := func(do func(q *Queries) error) igny8.RunStatus {
		p, err := As(w.ctx, w.Store, h.everything(), func(q *Queries) (RunProgressRow, error) {
			if err := do(q); err != nil {
				return RunProgressRow{}, err
			}
			return q.RunProgress(w.ctx, id.UUID)
		})
		require.NoError(t, err)
		return igny8.RunStatus(p.Status)
	}
	step := func(item int, s igny8.ItemStatus, waiting string) igny8.RunStatus {
		return status(func(q *Queries) error {
			return q.ItemStep(w.ctx, ItemStepParams{RunID: id, Stage: "task", ItemID: items[item], Status: s, WaitingFor: waiting})
		})
	}
	require.Equal(t, igny8.RunRunning, status(func(q *Queries) error {
		if _, err := q.RunBegan(w.ctx, RunBeganParams{ID: id}); err != nil {
			return err
		}
		_, err := q.AddRunItems(w.ctx, AddRunItemsParams{RunID: id, Stage: "task", Items: items})
		return err
	}))
	require.Equal(t, igny8.RunRunning, step(0, igny8.ItemWaiting, "review"), "the other is under way")
	require.Equal(t, igny8.RunWaitingReview, step(1, igny8.ItemWaiting, "time"))
	require.Equal(t, igny8.RunRunning, step(0, igny8.ItemRunning, ""))
	require.Equal(t, igny8.RunRunning, step(0, igny8.ItemDone, ""))
}

// The exclusive part of a sector is one run's at a time, also when ten begin at
// once, and free when that run has gone on or ended.
func TestOnePlanningPerSector(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.settle(t)
	start := func(sector igny8.SectorID) error {
		return Do(w.ctx, w.Store, h.everything(), func(q *Queries) error {
			_, err := q.StartRun(w.ctx, StartRunParams{ID: igny8.New[igny8.RunID](), Kind: igny8.KindPipeline, Mode: igny8.Auto, Params: []byte("{}"), Planning: true, SectorID: sector})
			return err
		})
	}
	require.Equal(t, map[igny8.Code]int{"": 1, igny8.RunLive: 9}, at(10, func(int) error { return start(h.sector) }))
	require.NoError(t, start(h.another), "another sector is another's")
	holder, err := As(w.ctx, w.Store, h.everything(), func(q *Queries) (Run, error) { return q.PlanningRun(w.ctx, h.sector) })
	require.NoError(t, err)
	require.NoError(t, Do(w.ctx, w.Store, h.everything(), func(q *Queries) error {
		return q.RunStage(w.ctx, RunStageParams{ID: holder.ID, Stage: "articles"})
	}))
	require.NoError(t, start(h.sector), "the first has gone on to its articles")
	holder, err = As(w.ctx, w.Store, h.everything(), func(q *Queries) (Run, error) { return q.PlanningRun(w.ctx, h.sector) })
	require.NoError(t, err)
	require.NoError(t, Do(w.ctx, w.Store, h.everything(), func(q *Queries) error {
		_, err := q.RunEnded(w.ctx, RunEndedParams{ID: holder.ID, Status: igny8.RunCancelled})
		return err
	}))
	require.NoError(t, start(h.sector), "and the second has ended")
}

// A task is in one live run: another run is given the others, numbered without
// gaps, and this one when the first has ended.
func TestItemInOneLiveRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.settle(t)
	rapid.Check(t, func(t *rapid.T) {
		items := make([]uuid.UUID, rapid.IntRange(1, 200).Draw(t, "items"))
		var taken []uuid.UUID
		for i := range items {
			if items[i] = uuid.New(); rapid.Bool().Draw(t, "taken") {
				taken = append(taken, items[i])
			}
		}
		first, second := w.run(t, h, igny8.KindArticle), w.run(t, h, igny8.KindArticle)
		w.give(t, h, first, taken)
		w.give(t, h, second, items)
		require.Equal(t, without(items, taken), w.itemsOf(t, h, second))
		require.NoError(t, Do(w.ctx, w.Store, h.everything(), func(q *Queries) error {
			_, err := q.RunEnded(w.ctx, RunEndedParams{ID: first, Status: igny8.RunFailed})
			return err
		}))
		third := w.run(t, h, igny8.KindArticle)
		w.give(t, h, third, items)
		require.Len(t, w.itemsOf(t, h, third), len(taken))
	})
	items := []uuid.UUID{uuid.New()}
	w.give(t, h, w.run(t, h, igny8.KindArticle), items)
	_, err := w.exec(h.everything(), "insert into igny8_run_items (account_id, site_id, run_id, stage, n, item_id) select account_id, site_id, id, 'task', 1, $1 from igny8_runs where id = $2",
		items[0], w.run(t, h, igny8.KindArticle))
	require.Equal(t, igny8.RunLive, igny8.CodeOf(err))
}

// give adds tasks to a run, as its start does.
func (w *world) give(t require.TestingT, h household, run igny8.RunID, items []uuid.UUID) {
	require.NoError(t, Do(w.ctx, w.Store, h.everything(), func(q *Queries) error {
		if _, err := q.AddRunItems(w.ctx, AddRunItemsParams{RunID: run, Stage: "task", Items: items}); err != nil {
			return err
		}
		return q.RenumberRunItems(w.ctx, RenumberRunItemsParams{RunID: run, Stage: "task"})
	}))
}

// itemsOf are a run's tasks by their numbers, which count from 1.
func (w *world) itemsOf(t require.TestingT, h household, run igny8.RunID) []uuid.UUID {
	all, err := As(w.ctx, w.Store, h.everything(), func(q *Queries) ([]uuid.UUID, error) {
		return q.RunItems(w.ctx, RunItemsParams{RunID: run, Stage: "task", FromN: 1, ToN: 1000})
	})
	require.NoError(t, err)
	require.Equal(t, len(all), value[int](t, w, "select coalesce(max(n), 0) from igny8_run_items where run_id = $1", run), "no gaps")
	if len(all) == 0 {
		return nil
	}
	return all
}

// Whoever listens is told of a run that is new and of each change of one, when
// it is committed.
func TestListen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.settle(t)
	ctx, stop := context.WithCancel(w.ctx)
	heard := make(chan string, 100)
	var wait sync.WaitGroup
	wait.Go(func() {
		if err := w.Listen(ctx, func(run string) { heard <- run }); ctx.Err() == nil {
			t.Errorf("listening ended: %v", err)
		}
	})
	defer wait.Wait()
	defer stop()
	require.Eventually(t, func() bool {
		return value[bool](t, w, "select exists (select from pg_stat_activity where datname = current_database() and query = 'listen igny8_runs' and state = 'idle')")
	}, time.Minute, 5*time.Millisecond)

	id := w.run(t, h, igny8.KindArticle)
	require.Equal(t, id.String(), <-heard)
	rolledBack := fmt.Errorf("not this one")
	require.ErrorIs(t, Do(w.ctx, w.Store, h.everything(), func(q *Queries) error {
		if _, err := q.RunBegan(w.ctx, RunBeganParams{ID: w.run(t, h, igny8.KindArticle)}); err != nil {
			return err
		}
		return rolledBack
	}), rolledBack)
	second := <-heard // its row was made by another transaction
	require.NotEqual(t, id.String(), second)
	require.NoError(t, Do(w.ctx, w.Store, h.everything(), func(q *Queries) error {
		_, err := q.RunProgress(w.ctx, id.UUID)
		return err
	}))
	require.Equal(t, id.String(), <-heard, "what was rolled back was told to nobody")
}

// A run that is not there, or another's, has no progress.
func TestProgressOfNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine, theirs := w.settle(t), w.settle(t)
	for _, id := range []igny8.RunID{igny8.New[igny8.RunID](), w.run(t, theirs, igny8.KindArticle)} {
		err := Do(w.ctx, w.Store, mine.everything(), func(q *Queries) error { _, err := q.RunProgress(w.ctx, id.UUID); return err })
		require.Equal(t, igny8.NotFound, igny8.CodeOf(err))
	}
}
