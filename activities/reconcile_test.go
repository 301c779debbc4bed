package activities

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/image"
	"github.com/igny8/igny8/activities/wordpress"
	"github.com/igny8/igny8/sandbox"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/workflows"
)

func TestWhatWasLeftBehindIsMendedOnce(t *testing.T) {
	t.Parallel()
	const balance = `select format('%s posted, %s held', posted, held) from igny8_wallets where account_id = $1`
	for name, c := range map[string]struct {
		wreck func(*ruin)
		found workflows.Reconciled
		check func(*testing.T, *ruin)
	}{
		"a run whose workflow was terminated": {
			func(r *ruin) {
				r.engine["live"] = enums.WORKFLOW_EXECUTION_STATUS_TERMINATED
				r.hold(r.task.String()+":content:1:1", r.live, igny8.Writing, 1)
				r.sql(`update igny8_runs set updated_at = now() - interval '1 hour' where id = $1`, r.live)
				r.sql(`insert into igny8_run_items (account_id, site_id, run_id, stage, n, item_id, status) values ($1, $2, $3, 'task', 1, $4, 'running')`, r.account, r.site, r.live, r.task)
				r.engine["article"] = enums.WORKFLOW_EXECUTION_STATUS_CANCELED
			},
			workflows.Reconciled{Runs: 1},
			func(t *testing.T, r *ruin) {
				require.Equal(t, "cancelled canceled f t", r.says(`select format('%s %s %s %s', status, error_code, planning, finished_at is not null) from igny8_runs where id = $1`, r.live))
				require.Equal(t, "skipped", r.says(`select status from igny8_run_items where run_id = $1`, r.live))
				require.Equal(t, "1000 posted, 0 held", r.says(balance, r.account))
			},
		},
		"a run that the engine does not know any more": {
			func(r *ruin) { delete(r.engine, "live") },
			workflows.Reconciled{Runs: 1},
			func(t *testing.T, r *ruin) {
				require.Equal(t, "failed", r.says(`select status from igny8_runs where id = $1`, r.live))
			},
		},
		"a terminated run whose article still gives back": {
			func(r *ruin) {
				r.engine["live"] = enums.WORKFLOW_EXECUTION_STATUS_TERMINATED
				r.sql(`insert into igny8_run_items (account_id, site_id, run_id, stage, n, item_id, status) values ($1, $2, $3, 'task', 1, $4, 'running')`, r.account, r.site, r.live, r.task)
				r.engine["article"] = enums.WORKFLOW_EXECUTION_STATUS_RUNNING
			},
			workflows.Reconciled{},
			func(t *testing.T, r *ruin) {
				require.Equal(t, "running", r.says(`select status from igny8_runs where id = $1`, r.live))
			},
		},
		"a run that waits to be started": {
			func(r *ruin) {
				delete(r.engine, "live")
				r.sql(`update igny8_runs set temporal_run_id = '', status = 'pending' where id = $1`, r.live)
			},
			workflows.Reconciled{},
			func(t *testing.T, r *ruin) {
				require.Equal(t, "pending", r.says(`select status from igny8_runs where id = $1`, r.live))
			},
		},
		"an item of a run that has ended": {
			func(r *ruin) {
				r.sql(`insert into igny8_run_items (account_id, site_id, run_id, stage, n, item_id, status, waiting_for) values ($1, $2, $3, 'task', 1, $4, 'waiting', 'review')`, r.account, r.site, r.run, r.task)
			},
			workflows.Reconciled{Items: 1},
			func(t *testing.T, r *ruin) {
				require.Equal(t, "skipped", r.says(`select status from igny8_run_items`))
			},
		},
		"a hold of a run that has ended": {
			func(r *ruin) { r.hold(r.task.String()+":content:1:1", r.run, igny8.Writing, 2) },
			workflows.Reconciled{HoldsReleased: 1},
			func(t *testing.T, r *ruin) { require.Equal(t, "1000 posted, 0 held", r.says(balance, r.account)) },
		},
		"an expired hold": {
			func(r *ruin) {
				r.hold(r.task.String()+":content:1:1", r.live, igny8.Writing, 2)
				r.sql(`update igny8_credit_holds set expires_at = now() - interval '1 minute'`)
			},
			workflows.Reconciled{HoldsReleased: 1},
			func(t *testing.T, r *ruin) { require.Equal(t, "1000 posted, 0 held", r.says(balance, r.account)) },
		},
		"a hold with a reply of which nothing was made": {
			func(r *ruin) {
				r.hold(r.task.String()+":content:1:1", r.run, igny8.Writing, 2)
				r.reply(r.task.String() + ":content:1")
			},
			workflows.Reconciled{HoldsReleased: 1},
			func(t *testing.T, r *ruin) { require.Equal(t, "1000 posted, 0 held", r.says(balance, r.account)) },
		},
		"a hold whose text was delivered": { // 2,000 words were ordered, 1,600 are there: three units
			func(r *ruin) {
				r.hold(r.task.String()+":content:1:1", r.run, igny8.Writing, igny8.WritingUnits(2000))
				r.sql(`update igny8_content set request_id = $1`, r.reply(r.task.String()+":content:1"))
			},
			workflows.Reconciled{HoldsSettled: 1},
			func(t *testing.T, r *ruin) {
				price := int(igny8.Writing.DefaultPrice()) * igny8.WrittenUnits(2000, 1600)
				require.Positive(t, price)
				require.Equal(t, text(1000-price)+" posted, 0 held", r.says(balance, r.account))
			},
		},
		"a hold whose text was delivered and paid for under another try": {
			func(r *ruin) {
				r.hold(r.task.String()+":content:1:1", r.run, igny8.Writing, 3)
				r.hold(r.task.String()+":content:1:2", r.run, igny8.Writing, 3)
				r.sql(`update igny8_content set request_id = $1`, r.reply(r.task.String()+":content:1"))
				require.NoError(r.t, store.Do(r.t.Context(), r.Store, igny8.Bot(igny8.Scope{Account: r.account}), func(q *store.Queries) error {
					_, err := q.Settle(r.t.Context(), store.Settlement{Key: r.task.String() + ":content:1:2", Units: 3, Result: []string{}})
					return err
				}))
			},
			workflows.Reconciled{HoldsReleased: 1},
			func(t *testing.T, r *ruin) {
				require.Equal(t, text(1000-3*int(igny8.Writing.DefaultPrice()))+" posted, 0 held", r.says(balance, r.account))
			},
		},
		"a hold whose picture was delivered": {
			func(r *ruin) {
				sha := r.file("a picture", 0)
				r.picture(sha)
				image := r.says(`select id::text from igny8_images`)
				r.hold(image+":images:1:1", r.run, igny8.Illustration, 1)
				r.sql(`update igny8_ai_requests set blob = $1 where id = $2`, sha, r.reply(image+":images:1"))
			},
			workflows.Reconciled{HoldsSettled: 1},
			func(t *testing.T, r *ruin) {
				require.Equal(t, text(1000-int(igny8.Illustration.DefaultPrice()))+" posted, 0 held", r.says(balance, r.account))
			},
		},
		"a call whose attempt has died": {
			func(r *ruin) {
				r.sql(`insert into igny8_ai_requests (account_id, key, attempt, status, purpose, provider, created_at) values ($1, 'k', 1, 'sent', 'content', 'openai', now() - interval '1 hour')`, r.account)
				r.sql(`insert into igny8_ai_requests (account_id, key, attempt, status, purpose, provider) values ($1, 'young', 1, 'sent', 'content', 'openai')`, r.account)
			},
			workflows.Reconciled{Replies: 1},
			func(t *testing.T, r *ruin) {
				require.Equal(t, "lost", r.says(`select status from igny8_ai_requests where key = 'k'`))
				require.Equal(t, "sent", r.says(`select status from igny8_ai_requests where key = 'young'`))
			},
		},
		"a task that nobody writes": {
			func(r *ruin) { r.sql(`update igny8_tasks set status = 'publishing'`) },
			workflows.Reconciled{Tasks: 1},
			func(t *testing.T, r *ruin) { require.Equal(t, "review", r.says(`select status from igny8_tasks`)) },
		},
		"a task that is being written": {
			func(r *ruin) {
				r.sql(`update igny8_tasks set status = 'writing'`)
				r.sql(`insert into igny8_run_items (account_id, site_id, run_id, stage, n, item_id, status) values ($1, $2, $3, 'task', 1, $4, 'running')`, r.account, r.site, r.live, r.task)
			},
			workflows.Reconciled{},
			func(t *testing.T, r *ruin) { require.Equal(t, "writing", r.says(`select status from igny8_tasks`)) },
		},
		"a post that is on the site": {
			func(r *ruin) {
				r.publication(igny8.PublicationCreating, "igny8refabc")
				r.post("title", "igny8refabc", wordpress.Draft)
			},
			workflows.Reconciled{Adopted: 1},
			func(t *testing.T, r *ruin) {
				require.Equal(t, "created t", r.says(`select format('%s %s', status, wp_post_id is not null) from igny8_publications`))
				require.Equal(t, 1, r.sandbox.Effects().Posts)
			},
		},
		"a post that is published, which nobody could say any more": {
			func(r *ruin) {
				r.sql(`update igny8_tasks set status = 'review'`)
				r.publication(igny8.PublicationUnknown, "igny8refabc")
				r.post("title", "igny8refabc", wordpress.Publish)
			},
			workflows.Reconciled{Adopted: 1},
			func(t *testing.T, r *ruin) {
				require.Equal(t, "published t t", r.says(`select format('%s %s %s', status, wp_post_id is not null, published_at is not null) from igny8_publications`))
				require.Equal(t, "published published", r.says(`select format('%s %s', t.status, c.status) from igny8_tasks t, igny8_content c`))
				require.Contains(t, r.says(`select differences::text from igny8_content`), "not compared")
			},
		},
		"a post that another slug was given to": {
			func(r *ruin) {
				r.post("title", "igny8refother", wordpress.Draft)
				r.publication(igny8.PublicationUnknown, "igny8refabc")
				r.post("title", "igny8refabc", wordpress.Draft)
			},
			workflows.Reconciled{Adopted: 1},
			func(t *testing.T, r *ruin) {
				require.Equal(t, "title-2", r.says(`select slug from igny8_publications`))
			},
		},
		"a post whose marker a person has taken away": {
			func(r *ruin) {
				r.publication(igny8.PublicationUnknown, "igny8refabc")
				r.number(r.post("title", "nothing", wordpress.Publish))
			},
			workflows.Reconciled{Adopted: 1},
			func(t *testing.T, r *ruin) {
				require.Equal(t, "published", r.says(`select status from igny8_publications`))
			},
		},
		"a post that a person has thrown away": {
			func(r *ruin) {
				r.publication(igny8.PublicationUnknown, "igny8refabc")
				number := r.post("title", "igny8refabc", wordpress.Draft)
				r.number(number)
				r.throwAway(number)
			},
			workflows.Reconciled{SetBack: 1},
			func(t *testing.T, r *ruin) {
				require.Equal(t, "none", r.says(`select status from igny8_publications`))
			},
		},
		"a post that is not on the site": {
			func(r *ruin) { r.publication(igny8.PublicationCreating, "igny8refabc") },
			workflows.Reconciled{SetBack: 1},
			func(t *testing.T, r *ruin) {
				require.Equal(t, "none", r.says(`select status from igny8_publications`))
				require.Zero(t, r.sandbox.Effects().Posts)
			},
		},
		"a post whose site does not answer": {
			func(r *ruin) {
				r.publication(igny8.PublicationCreating, "igny8refabc")
				require.NoError(r.t, r.sandbox.Break(sandbox.Fault{Kind: sandbox.Error502, Times: -1}))
			},
			workflows.Reconciled{PostsUnclear: 1},
			func(t *testing.T, r *ruin) {
				require.Equal(t, "creating", r.says(`select status from igny8_publications`))
			},
		},
		"files that nothing refers to": {
			func(r *ruin) {
				r.file("old", 25*time.Hour)
				r.file("young", time.Hour)
				r.picture(r.file("used", 25*time.Hour))
				kept := r.file("bought", 25*time.Hour)
				r.sql(`update igny8_ai_requests set blob = $1 where id = $2`, kept, r.reply("k"))
			},
			workflows.Reconciled{BlobsRemoved: 1},
			func(t *testing.T, r *ruin) {
				n := 0
				for list := r.Blobs.List(nil); ; n++ {
					if _, err := list.Next(t.Context()); err != nil {
						break
					}
				}
				require.Equal(t, 3, n)
			},
		},
		"a file that was nobody's and is being bought again": {
			func(r *ruin) {
				sha := r.file("again", 25*time.Hour)
				same, err := r.keepBlob(r.t.Context(), image.Picture{Bytes: []byte("again")})
				require.NoError(r.t, err)
				require.Equal(r.t, sha, same)
			},
			workflows.Reconciled{},
			func(*testing.T, *ruin) {},
		},
		"a picture whose file is gone": {
			func(r *ruin) { r.picture("00000000000000000000000000000000000000000000000000000000000000aa") },
			workflows.Reconciled{PicturesMissing: 1},
			func(*testing.T, *ruin) {},
		},
		"keys of old requests and counts": {
			func(r *ruin) {
				r.sql(`insert into igny8_idempotency (account_id, route, key, request_hash, task_id, created_at) values ($1, 'r', 'old', '', $2, now() - interval '31 days'), ($1, 'r', 'new', '', $2, now())`, r.account, r.task)
				for range foldAbove {
					r.sql(`insert into igny8_row_count_deltas (account_id, site_id, sector_id, kind, status, n) values ($1, $2, $3, 'keywords', 'new', 1)`, r.account, r.site, r.sector)
				}
			},
			workflows.Reconciled{KeysForgotten: 1, AccountsFolded: 1},
			func(t *testing.T, r *ruin) {
				require.Equal(t, "new", r.says(`select string_agg(key, ',') from igny8_idempotency`))
				require.Equal(t, "0", r.says(`select count(*)::text from igny8_row_count_deltas`))
				require.Equal(t, text(foldAbove), r.says(`select n::text from igny8_counts where kind = 'keywords'`))
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRuin(t)
			c.wreck(r)
			found := r.pass()
			require.Equal(t, c.found, found)
			c.check(t, r)
			var again workflows.Reconciled // what can't be mended is found again
			again.PicturesMissing = c.found.PicturesMissing
			require.Equal(t, again, r.pass(), "a second pass found something to mend")
			c.check(t, r)
			require.Equal(t, text(c.found.Mended()), r.says(`select sum(mended)::text from igny8_reconciliations`))
			require.Equal(t, "2", r.says(`select count(*)::text from igny8_reconciliations`))
		})
	}
}

// pass has everything looked over and returns what is the same each time.
func (r *ruin) pass() workflows.Reconciled {
	r.t.Helper()
	found, err := r.sweep(r.t.Context(), workflows.Sweeping{Full: true})
	require.NoError(r.t, err)
	require.Empty(r.t, found.Errors)
	require.NotNil(r.t, found.Ledger)
	require.Empty(r.t, found.Ledger.Violations)
	require.EqualValues(r.t, 2, found.Ledger.Wallets)
	require.Len(r.t, found.MissingPictures, found.PicturesMissing)
	found.Ledger, found.Took, found.MissingPictures = nil, 0, nil
	return found
}

// A file that is stored again after the old ones were listed is not one of them.
func TestAFileThatIsYoungAgainStays(t *testing.T) {
	t.Parallel()
	r := newRuin(t)
	old, young := r.file("old", 25*time.Hour), r.file("young", time.Hour)
	s := sweeping{r.Activities, &workflows.Reconciled{}}
	require.NoError(t, s.removeUnused(t.Context(), []string{old, young}))
	require.Equal(t, 1, s.found.BlobsRemoved)
	there, err := r.Blobs.Exists(t.Context(), young)
	require.NoError(t, err)
	require.True(t, there)
}

// A part that fails is told of and keeps no other from being done.
func TestAPartThatFailsIsReported(t *testing.T) {
	t.Parallel()
	r := newRuin(t)
	r.hold(r.task.String()+":content:1:1", r.run, igny8.Writing, 2)
	r.Engine = silent{}
	found, err := r.sweep(t.Context(), workflows.Sweeping{})
	require.NoError(t, err)
	require.Len(t, found.Errors, 1)
	require.Contains(t, found.Errors[0], "runs: ")
	require.Equal(t, 1, found.HoldsReleased)
}

type silent struct{}

func (silent) DescribeWorkflowExecution(context.Context, string, string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	return nil, serviceerror.NewUnavailable("nobody there")
}

// The files and the ledger are read once an hour, and when somebody asks.
func TestAFullSweepIsRare(t *testing.T) {
	t.Parallel()
	r := newRuin(t)
	for _, want := range []bool{true, false} {
		found, err := r.sweep(t.Context(), workflows.Sweeping{})
		require.NoError(t, err)
		require.Equal(t, want, found.Ledger != nil)
	}
	r.sql(`update igny8_reconciliations set created_at = now() - interval '61 minutes'`)
	found, err := r.sweep(t.Context(), workflows.Sweeping{})
	require.NoError(t, err)
	require.NotNil(t, found.Ledger)
}
