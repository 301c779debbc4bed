package activities

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/workflows"
)

// A decision is written to the article, its run's item and the audit log; one
// for changes wants another revision, which is written from what was said.
func TestDecisions(t *testing.T) {
	t.Parallel()
	for verb, want := range map[workflows.Verb]struct{ content, text, item string }{
		workflows.Approve:        {"draft", "approved", "running"},
		workflows.Reject:         {"rejected", "draft", "running"},
		workflows.RequestChanges: {"changes_requested", "draft", "running"},
	} {
		t.Run(string(verb), func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			task, content := h.written("burr grinder")
			asked := workflows.Reviewing{Of: h.article(task), Content: content, Before: "images"}
			perform(h, workflows.AskReview, asked)
			require.Equal(t, "review review waiting review", one[string](h, "select concat_ws(' ', c.status, t.status, i.status, i.waiting_for) from igny8_content c, igny8_tasks t, igny8_run_items i"))

			out := perform(h, workflows.Decide, workflows.Deciding{Reviewing: asked, Decision: workflows.Decision{Content: content, Revision: 1, Verb: verb, Reason: "shorter", Role: igny8.Editor}})

			require.Equal(t, want.content+" "+want.text+" "+want.item, one[string](h, "select concat_ws(' ', c.status, c.text_status, i.status) from igny8_content c, igny8_run_items i"))
			require.Equal(t, "content."+string(verb), one[string](h, "select action from igny8_audit_log where action like 'content.%'"))
			if verb != workflows.RequestChanges {
				require.Equal(t, 1, out.Revision)
				return
			}
			require.Equal(t, 2, out.Revision)
			require.False(t, perform(h, workflows.BeginArticle, h.article(task)).Written, "the text that is wanted is not there yet")
			c := call(h, igny8.Rewriting, task.UUID, task, 1)
			_, err := use(h, workflows.Rewrite, c)
			require.NoError(t, err)
			require.Equal(t, "shorter", one[string](h, "select request->'data'->>'instruction' from igny8_ai_requests where purpose = 'rewrite'"))
			require.True(t, perform(h, workflows.BeginArticle, h.article(task)).Written)
		})
	}
}

// How the work on an article ended is in its row and in its run's.
func TestArticleEnds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for code, want := range map[igny8.Code]string{
		"":             "review done ",
		igny8.Canceled: "cancelled skipped canceled",
		igny8.Rejected: "cancelled skipped rejected",
		igny8.Expired:  "review skipped expired",
		igny8.Unusable: "failed failed unusable",
	} {
		task, _ := h.written("burr grinder")
		for range 2 { // the end is written until it is known to be
			perform(h, workflows.EndArticle, workflows.ArticleEnding{Of: h.article(task), Code: code, Message: "why"})
			require.Equal(t, want, one[string](h, "select t.status || ' ' || i.status || ' ' || i.error_code from igny8_tasks t join igny8_run_items i on i.item_id = t.id"), code)
		}
		h.fresh()
	}
}

// The end of a run closes its books, once: holds that were left open are given
// back, and items that nobody will come back to are closed.
func TestRunEnds(t *testing.T) {
	t.Parallel()
	for code, want := range map[igny8.Code]string{"": "partly_failed", igny8.Canceled: "cancelled", igny8.Internal: "partly_failed"} {
		t.Run("with "+string(code), func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			done, _ := h.written("burr grinder")
			perform(h, workflows.EndArticle, workflows.ArticleEnding{Of: h.article(done)})
			failed := h.task("espresso tamper")
			perform(h, workflows.EndArticle, workflows.ArticleEnding{Of: h.article(failed), Code: igny8.Refused, Message: "no"})
			open := h.task("french press")
			perform(h, workflows.Reserve, call(h, igny8.Writing, open.UUID, open, 2).Charge)
			require.Equal(t, books{credits - 10, 10, 10}, h.books())

			first := perform(h, workflows.EndRun, workflows.Ending{Of: h.run, Code: code, Message: "why"})
			require.Equal(t, first, perform(h, workflows.EndRun, workflows.Ending{Of: h.run, Code: igny8.Invalid, Message: "later"}))

			require.Equal(t, want, string(first.Status))
			require.Equal(t, books{credits - 10, 0, 10}, h.books())
			require.Equal(t, want+" 1 1 1", one[string](h, "select concat_ws(' ', status, items_done, items_failed, (select count(*) from igny8_run_items where status = 'skipped')) from igny8_runs"))
			require.Equal(t, int64(1), one[int64](h, "select count(*) from igny8_notifications"))
		})
	}
}
