package activities

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/workflows"
)

// Who chooses again, since the answer was lost, chooses the same: more clusters
// would be more ideas than were wanted, and paid for.
func TestChoosingAgainChoosesNoMore(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.begin(igny8.KindPipeline)
	for _, c := range []string{"burr grinder", "espresso tamper", "french press", "coffee scale"} {
		h.cluster(c, c, c+" guide", "best "+c)
	}
	first := perform(h, workflows.Choose, h.run)
	require.Equal(t, workflows.Chosen{Upto: 2}, first)
	require.Equal(t, first, perform(h, workflows.Choose, h.run))

	// One of them fails: it is made up for.
	items := perform(h, workflows.BeginItems, workflows.Range{Of: h.run, Stage: "cluster", From: 1, To: 2})
	_, err := use(h, workflows.Ideas, call(h, igny8.Ideation, items[0].Cluster.UUID, items[0].Cluster, 0))
	require.NoError(t, err)
	h.sql("update igny8_run_items set status = 'failed' where item_id = $1", items[1].Cluster)
	require.Equal(t, workflows.Chosen{Upto: 3}, perform(h, workflows.Choose, h.run))
	require.Equal(t, workflows.Chosen{Upto: 3}, perform(h, workflows.Choose, h.run))
}

// Also when its ideas have become tasks since.
func TestChoosingAgainAfterPlanningChoosesNoMore(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.begin(igny8.KindPipeline)
	for _, c := range []string{"burr grinder", "espresso tamper", "french press", "coffee scale"} {
		h.cluster(c, c, c+" guide", "best "+c)
	}
	chosen := perform(h, workflows.Choose, h.run)
	for _, item := range perform(h, workflows.BeginItems, workflows.Range{Of: h.run, Stage: "cluster", From: 1, To: chosen.Upto}) {
		_, err := use(h, workflows.Ideas, call(h, igny8.Ideation, item.Cluster.UUID, item.Cluster, 0))
		require.NoError(t, err)
	}
	enough := perform(h, workflows.Choose, h.run)
	require.True(t, enough.Enough)
	require.Positive(t, perform(h, workflows.PlanTasks, h.run).Tasks)
	require.Equal(t, enough, perform(h, workflows.Choose, h.run))
}
