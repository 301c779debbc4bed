package e2e

import (
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

// One run at a time plans a sector: whoever comes second is told which.
func TestSecondPlanningIsToldOfTheFirst(t *testing.T) {
	t.Parallel()
	a := shared(t).customer(t, 0) // so that the first one waits, for credits
	a.keywords(t)
	first := a.begin(t, map[string]any{"mode": "auto", "articles": 1, "images": 0})
	first.reaches(t, "PAUSED")
	second := map[string]any{"sector": a.Sector, "articles": 1}
	f := a.call(t, http.MethodPost, "automation/pipelines/", second).refused(t, http.StatusConflict, igny8.RunLive)
	require.Equal(t, first.ID, f.TaskID)
	f = a.call(t, http.MethodPost, "planner/keywords/auto_cluster/", map[string]any{"sector": a.Sector}).refused(t, http.StatusConflict, igny8.RunLive)
	require.Equal(t, first.ID, f.TaskID)

	first.tell(t, "cancel", nil).ok(t, nil)
	first.reaches(t, "CANCELLED")
	next := a.accepted(t, a.call(t, http.MethodPost, "planner/keywords/auto_cluster/", map[string]any{"sector": a.Sector}), igny8.KindClusters)
	next.reaches(t, "SUCCESS")
	next.record(t, "clusters")
}

// The same start, sent again and again and at the same moment, is one run.
func TestTwentyEqualStartsAreOneRun(t *testing.T) {
	t.Parallel()
	a := shared(t).customer(t, 100)
	a.keywords(t)
	order := map[string]any{"sector": a.Sector, "mode": "auto", "articles": 1, "images": 0, "ideas_per_cluster": 1}
	const many = 20
	answers := make([]answer, many)
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() {
			answers[i] = a.call(t, http.MethodPost, "automation/pipelines/", order, "Idempotency-Key", "one-start")
		})
	}
	all.Wait()
	r := a.accepted(t, answers[0], igny8.KindPipeline)
	for _, answer := range answers {
		require.Equal(t, http.StatusAccepted, answer.status, "%s", answer.body)
		require.Equal(t, r.ID, a.accepted(t, answer, igny8.KindPipeline).ID)
	}
	r.reaches(t, "SUCCESS")
	late := a.call(t, http.MethodPost, "automation/pipelines/", order, "Idempotency-Key", "one-start")
	require.Equal(t, r.ID, a.accepted(t, late, igny8.KindPipeline).ID, "also when it has ended")
	require.Equal(t, 1, list[any](t, a, "automation/runs/").Count)

	order["articles"] = 2
	a.call(t, http.MethodPost, "automation/pipelines/", order, "Idempotency-Key", "one-start").refused(t, http.StatusUnprocessableEntity, igny8.Mismatch)

	// Without a key they are different requests: one is accepted, the others
	// learn of it.
	delete(order, "articles")
	order["max_credits"] = 1 // it pauses, and so stays in the others' way
	for i := range many {
		all.Go(func() { answers[i] = a.call(t, http.MethodPost, "automation/pipelines/", order) })
	}
	all.Wait()
	started := map[string]bool{}
	refused := 0
	for _, answer := range answers {
		if answer.status == http.StatusAccepted {
			started[a.accepted(t, answer, igny8.KindPipeline).ID] = true
		} else {
			started[answer.refused(t, http.StatusConflict, igny8.RunLive).TaskID] = true
			refused++
		}
	}
	require.Len(t, started, 1)
	require.Equal(t, many-1, refused)
	require.Equal(t, 2, list[any](t, a, "automation/runs/").Count)
	for id := range started {
		(&run{account: a, ID: id}).tell(t, "cancel", nil).ok(t, nil)
	}
}
