package activities

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/sandbox"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/workflows"
)

// A reply is bought once and kept; whoever asks again is given it. What it holds
// is saved once, and charged once.
func TestAReplyIsPaidForOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task := h.task("burr grinder")
	c := call(h, igny8.Writing, task.UUID, task, 2)
	for range 2 {
		require.Equal(t, igny8.Credits(10), perform(h, workflows.Reserve, c.Charge), "a repeated reserve is the same one")
	}
	require.Equal(t, books{credits, 10, 0}, h.books())

	first := perform(h, workflows.Write.Ask, c)
	again := perform(h, workflows.Write.Ask, c) // the worker died before it could say so
	require.False(t, first.Recalled)
	require.True(t, again.Recalled)
	require.Equal(t, first.Tokens, again.Tokens)
	require.Equal(t, 1, h.sandbox.Effects().TextCalls)

	made := perform(h, workflows.Write.Save, c)
	require.Equal(t, made, perform(h, workflows.Write.Save, c))
	require.Equal(t, books{credits - 10, 0, 10}, h.books())
	require.Equal(t, int64(1), one[int64](h, "select count(*) from igny8_content"))
	require.Equal(t, int64(1), one[int64](h, "select count(*) from igny8_content_revisions"))
	require.Equal(t, int64(1), one[int64](h, "select count(*) from igny8_credit_usage_logs"))
	require.Equal(t, int64(1), one[int64](h, "select calls from igny8_runs where id = $1", h.run.Run))

	_, err := try(h, workflows.Release, workflows.Refund{Charge: c.Charge, From: task.UUID, Code: igny8.Canceled})
	require.Equal(t, igny8.Conflict, igny8.CodeOf(err), "what was delivered is paid for")
}

// Another try finds the reply that was paid for, though the hold was given back.
func TestAnotherTryFindsTheReply(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task := h.task("burr grinder")
	c := call(h, igny8.Writing, task.UUID, task, 2)
	perform(h, workflows.Reserve, c.Charge)
	perform(h, workflows.Write.Ask, c)
	perform(h, workflows.Release, workflows.Refund{Charge: c.Charge, From: task.UUID, Code: igny8.Canceled})
	_, err := try(h, workflows.Write.Save, c)
	require.Equal(t, igny8.Conflict, igny8.CodeOf(err), "nothing is saved on credits that were given back")
	require.Zero(t, one[int64](h, "select count(*) from igny8_content"))
	_, err = try(h, workflows.Reserve, c.Charge)
	require.Equal(t, igny8.Conflict, igny8.CodeOf(err), "a late reserve meets the tombstone")

	c.Try = "2"
	made, err := use(h, workflows.Write, c)
	require.NoError(t, err)
	require.Len(t, made, 1)
	require.Equal(t, 1, h.sandbox.Effects().TextCalls)
	require.Equal(t, books{credits - 10, 0, 10}, h.books())
}

// An attempt of which nobody knows whether it was answered is written off as
// lost, and the next one says that it repeats it. The customer pays once.
func TestALostReplyIsAskedForOnceMore(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task := h.task("burr grinder")
	c := call(h, igny8.Writing, task.UUID, task, 2)
	h.sql(`insert into igny8_ai_requests (account_id, key, attempt, status, purpose, provider, provenance, model, request, site_id, run_id) values ($1, $2, 1, 'sent', 'content', 'openai', 'sandbox', 'm', '{}', $3, $4)`,
		h.account, c.Reply, h.run.Scope.Site, h.run.Run) // and there the process was killed

	_, err := use(h, workflows.Write, c)

	require.NoError(t, err)
	require.Equal(t, "lost", one[string](h, "select status from igny8_ai_requests where attempt = 1"))
	require.True(t, one[bool](h, "select status = 'answered' and usable and repeated and not repair from igny8_ai_requests where attempt = 2"))
	require.Equal(t, books{credits - 10, 0, 10}, h.books())
}

// A reply that is lost on its way may be tried again, and is counted as paid: the
// third is the last.
func TestThreePaidAttemptsAreTheLast(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	require.NoError(t, h.sandbox.Break(sandbox.Fault{Kind: sandbox.ResetAfter, Match: sandbox.Match{Purpose: "article"}, Times: -1}))
	task := h.task("burr grinder")
	c := call(h, igny8.Writing, task.UUID, task, 2)
	perform(h, workflows.Reserve, c.Charge)
	for range 3 {
		_, err := try(h, workflows.Write.Ask, c)
		require.Equal(t, igny8.Unknown, igny8.CodeOf(err))
		require.False(t, igny8.Unknown.Final(), "so the engine tries it again")
	}
	_, err := try(h, workflows.Write.Ask, c)
	require.Equal(t, igny8.Exhausted, igny8.CodeOf(err))
	require.True(t, igny8.Exhausted.Final())
	require.Equal(t, 3, h.sandbox.Effects().TextCalls)
	require.Equal(t, int64(3), one[int64](h, "select count(*) from igny8_ai_requests where status = 'lost'"))
	perform(h, workflows.Release, workflows.Refund{Charge: c.Charge, From: task.UUID, Code: igny8.Exhausted})
	require.Equal(t, books{credits, 0, 0}, h.books())
}

// What a provider turned away before it did anything was not paid for, and does
// not count.
func TestWhatWasTurnedAwayDoesNotCount(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	require.NoError(t, h.sandbox.Break(sandbox.Fault{Kind: sandbox.RateLimited, Match: sandbox.Match{Purpose: "article"}, Times: 5, RetryAfter: "7"}))
	task := h.task("burr grinder")
	c := call(h, igny8.Writing, task.UUID, task, 2)
	perform(h, workflows.Reserve, c.Charge)
	for range 5 {
		_, err := try(h, workflows.Write.Ask, c)
		require.Equal(t, igny8.Busy, igny8.CodeOf(err))
	}
	perform(h, workflows.Write.Ask, c)
	perform(h, workflows.Write.Save, c)
	require.Equal(t, int64(5), one[int64](h, "select count(*) from igny8_ai_requests where status = 'failed'"))
	require.Equal(t, int64(1), one[int64](h, "select calls from igny8_runs where id = $1", h.run.Run))
	require.Equal(t, books{credits - 10, 0, 10}, h.books())
}

// A reply that breaks its schema is kept and asked for once more, with what was
// wrong; if that is no better the work is given up and nothing charged.
func TestARepairIsTriedOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		times int
		code  igny8.Code
	}{"and helps": {1, ""}, "and doesn't": {2, igny8.Unusable}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			require.NoError(t, h.sandbox.Break(sandbox.Fault{Kind: sandbox.WrongSchema, Match: sandbox.Match{Purpose: "article"}, Times: c.times}))
			task := h.task("burr grinder")

			_, err := use(h, workflows.Write, call(h, igny8.Writing, task.UUID, task, 2))

			require.Equal(t, c.code, igny8.CodeOf(err))
			require.Equal(t, 2, h.sandbox.Effects().TextCalls)
			require.Equal(t, []string{"1 answered false false malformed", "2 answered true " + map[bool]string{true: "true ", false: "false malformed"}[err == nil]},
				one[[]string](h, "select array_agg(concat_ws(' ', attempt, status, case when repair then 'true' else 'false' end, case when usable then 'true' else 'false' end, error_code) order by attempt) from igny8_ai_requests"))
			want := books{credits - 10, 0, 10}
			if err != nil {
				want = books{credits, 0, 0}
			}
			require.Equal(t, want, h.books())
		})
	}
}

// A model that declines has been paid for and is not asked again; the customer
// is not charged.
func TestRefusal(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	require.NoError(t, h.sandbox.Break(sandbox.Fault{Kind: sandbox.Refusal, Match: sandbox.Match{Purpose: "article"}}))
	task := h.task("burr grinder")

	_, err := use(h, workflows.Write, call(h, igny8.Writing, task.UUID, task, 2))

	require.Equal(t, igny8.Refused, igny8.CodeOf(err))
	require.Equal(t, 1, h.sandbox.Effects().TextCalls)
	require.Equal(t, books{credits, 0, 0}, h.books())
	require.Equal(t, int64(1), one[int64](h, "select calls from igny8_runs where id = $1", h.run.Run))
}

// What the account can't pay for is not asked for, and neither is what would
// pass the run's own limit.
func TestWithoutCreditsNothingIsHeld(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task, other := h.task("burr grinder"), h.task("espresso tamper")
	next := call(h, igny8.Writing, task.UUID, task, 2).Charge

	h.sql("update igny8_runs set max_credits = 9")
	_, err := try(h, workflows.Reserve, next)
	require.Equal(t, igny8.RunCap, igny8.CodeOf(err))

	h.sql("update igny8_runs set max_credits = null")
	perform(h, workflows.Reserve, call(h, igny8.Writing, other.UUID, other, 199).Charge)
	_, err = try(h, workflows.Reserve, next)
	require.Equal(t, igny8.NoCredits, igny8.CodeOf(err))
	require.Equal(t, int64(1), one[int64](h, "select count(*) from igny8_credit_holds"))
	require.Zero(t, h.sandbox.Effects().TextCalls)
}

// Another price is another function: pictures of the dearer provider, and work
// done with the account's own key.
func TestPrices(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task, content := h.written("burr grinder")
	images, err := use(h, workflows.Prompts, call(h, igny8.Prompting, task.UUID, content, 1))
	require.NoError(t, err)
	require.Equal(t, igny8.Credits(3), perform(h, workflows.Reserve, call(h, igny8.Illustration, task.UUID, images[0], 1).Charge))
	h.Providers.Images = "openai"
	require.Equal(t, igny8.Credits(5), perform(h, workflows.Reserve, call(h, igny8.Illustration, task.UUID, images[1], 1).Charge))

	sealed, err := h.Vault.Seal("sk-own", store.ProviderSecret(h.account, "openai"))
	require.NoError(t, err)
	h.sql("insert into igny8_integration_settings (account_id, integration_type, config, secret) values ($1, 'openai', $2, $3)", h.account, `{"base_url": "`+h.Providers.Sandbox+sandbox.OpenAIPath+`"}`, sealed)
	other := h.task("espresso tamper")
	require.Equal(t, igny8.Credits(2), perform(h, workflows.Reserve, call(h, igny8.Writing, other.UUID, other, 2).Charge), "20 % of 10")
	c := call(h, igny8.Writing, other.UUID, other, 2)
	perform(h, workflows.Write.Ask, c)
	perform(h, workflows.Write.Save, c)
	require.Equal(t, "openai", one[string](h, "select provenance from igny8_content where task_id = $1", other))
}
