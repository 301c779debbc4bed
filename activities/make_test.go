package activities

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/sandbox"
	"github.com/igny8/igny8/workflows"
)

// A function whose attempt was done without anybody hearing of it answers the
// next one as the first, and asks, saves and charges nothing again.
func TestWhatWasMadeIsMadeOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task := h.task("burr grinder")
	c := call(h, igny8.Writing, task.UUID, task, 2)
	made := perform(h, workflows.Write.Make, c)
	require.Len(t, made, 1)
	require.Equal(t, made, perform(h, workflows.Write.Make, c))
	require.Equal(t, 1, h.sandbox.Effects().TextCalls)
	require.Equal(t, books{credits - 10, 0, 10}, h.books())
	require.Equal(t, int64(1), one[int64](h, "select count(*) from igny8_content"))
	require.Equal(t, int64(1), one[int64](h, "select count(*) from igny8_credit_usage_logs"))
	require.Equal(t, int64(1), one[int64](h, "select calls from igny8_runs where id = $1", h.run.Run))
	_, err := try(h, workflows.Release, workflows.Refund{Charge: c.Charge, From: task.UUID, Code: igny8.Canceled})
	require.Equal(t, igny8.Conflict, igny8.CodeOf(err), "what was delivered is paid for")
}

// What can't be saved leaves its reply, and the next attempt saves that.
func TestAReplyOutlivesItsSaving(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task := h.task("burr grinder")
	c := call(h, igny8.Writing, task.UUID, task, 2)
	h.sql("alter table igny8_content add constraint full_disk check (false) not valid")
	_, err := try(h, workflows.Write.Make, c)
	require.Error(t, err)
	require.Zero(t, one[int64](h, "select count(*) from igny8_content"))
	require.True(t, one[bool](h, "select status = 'answered' and usable from igny8_ai_requests"))
	require.Equal(t, int64(1), one[int64](h, "select calls from igny8_runs where id = $1", h.run.Run))
	require.Equal(t, books{credits, 10, 0}, h.books())

	h.sql("alter table igny8_content drop constraint full_disk")
	require.Len(t, perform(h, workflows.Write.Make, c), 1)
	require.Equal(t, 1, h.sandbox.Effects().TextCalls)
	require.Equal(t, books{credits - 10, 0, 10}, h.books())
}

// A try whose credits were given back saves nothing any more; the next try has
// the reply that was paid for.
func TestWhatWasGivenBackIsNotMade(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task := h.task("burr grinder")
	c := call(h, igny8.Writing, task.UUID, task, 2)
	perform(h, workflows.Reserve, c.Charge)
	perform(h, workflows.Write.Ask, c)
	perform(h, workflows.Release, workflows.Refund{Charge: c.Charge, From: task.UUID, Code: igny8.Canceled})
	_, err := try(h, workflows.Write.Make, c)
	require.Equal(t, igny8.Conflict, igny8.CodeOf(err))
	require.Zero(t, one[int64](h, "select count(*) from igny8_content"))

	c.Try = "2"
	require.Len(t, perform(h, workflows.Write.Make, c), 1)
	require.Equal(t, 1, h.sandbox.Effects().TextCalls)
	require.Equal(t, books{credits - 10, 0, 10}, h.books())
}

// Without credits nobody is asked, and nothing says that somebody was.
func TestWithoutCreditsNobodyIsAsked(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task := h.task("burr grinder")
	c := call(h, igny8.Writing, task.UUID, task, 2)
	h.sql("update igny8_runs set max_credits = 9")
	_, err := try(h, workflows.Write.Make, c)
	require.Equal(t, igny8.RunCap, igny8.CodeOf(err))
	require.Zero(t, h.sandbox.Effects().TextCalls)
	require.Zero(t, one[int64](h, "select count(*) from igny8_ai_requests"))
	require.Zero(t, one[int64](h, "select count(*) from igny8_credit_holds"))
	require.Equal(t, books{credits, 0, 0}, h.books())
}

// A reply that is lost on its way is asked for again, three times in all; the
// customer's credits are held once, and given back.
func TestAFunctionIsPaidForThreeTimesAtMost(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	require.NoError(t, h.sandbox.Break(sandbox.Fault{Kind: sandbox.ResetAfter, Match: sandbox.Match{Purpose: "article"}, Times: -1}))
	task := h.task("burr grinder")
	c := call(h, igny8.Writing, task.UUID, task, 2)
	for range paidAttempts {
		_, err := try(h, workflows.Write.Make, c)
		require.Equal(t, igny8.Unknown, igny8.CodeOf(err))
		require.Equal(t, books{credits, 10, 0}, h.books())
	}
	_, err := try(h, workflows.Write.Make, c)
	require.Equal(t, igny8.Exhausted, igny8.CodeOf(err))
	require.Equal(t, paidAttempts, h.sandbox.Effects().TextCalls)
	perform(h, workflows.Release, workflows.Refund{Charge: c.Charge, From: task.UUID, Code: igny8.Exhausted})
	require.Equal(t, books{credits, 0, 0}, h.books())
}
