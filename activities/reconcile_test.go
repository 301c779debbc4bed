package activities

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"gocloud.dev/blob/fileblob"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/outbound"
	"github.com/igny8/igny8/activities/wordpress"
	"github.com/igny8/igny8/sandbox"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/store/storetest"
	"github.com/igny8/igny8/store/system"
	"github.com/igny8/igny8/workflows"
)

// An engineRoom knows the executions it was told of, and no others.
type engineRoom map[string]enums.WorkflowExecutionStatus

func (e engineRoom) DescribeWorkflowExecution(_ context.Context, id, _ string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	status, ok := e[id]
	if !ok {
		return nil, serviceerror.NewNotFound("no such execution")
	}
	return &workflowservice.DescribeWorkflowExecutionResponse{WorkflowExecutionInfo: &workflowpb.WorkflowExecutionInfo{Status: status}}, nil
}

// A ruin is an account on a database of its own, in which something was left
// behind.
type ruin struct {
	*Activities
	t       *testing.T
	db      *pgxpool.Pool // as who may do everything
	engine  engineRoom
	sandbox *sandbox.Sandbox
	dir     string // of the files
	account igny8.AccountID
	site    igny8.SiteID
	sector  igny8.SectorID
	run     igny8.RunID // ended
	live    igny8.RunID // under way, and has been for a while
	task    igny8.TaskID
	content igny8.ContentID
}

func newRuin(t *testing.T) *ruin {
	t.Helper()
	url := storetest.Database(t)
	db, err := store.Open(t.Context(), url, store.Options{MaxConns: 3})
	require.NoError(t, err)
	t.Cleanup(db.Close)
	pool, err := pgxpool.New(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	keys, err := store.NewKeyset()
	require.NoError(t, err)
	vault, err := store.NewVault(keys)
	require.NoError(t, err)
	dir := t.TempDir()
	files, err := fileblob.OpenBucket(dir, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, files.Close()) })
	s, err := sandbox.New(sandbox.Options{})
	require.NoError(t, err)
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	engine := engineRoom{}
	r := &ruin{t: t, db: pool, engine: engine, sandbox: s, dir: dir, Activities: &Activities{
		Store: db, Vault: vault, Blobs: files, Engine: engine, HTTP: outbound.Client(outbound.Options{AllowLoopback: true}), Providers: Providers{Sandbox: server.URL},
	}}
	r.settle(server.URL)
	return r
}

// settle makes an account with a site, a run that has ended and one that has
// not, and an article of the former.
func (r *ruin) settle(sandboxURL string) {
	r.t.Helper()
	ctx := r.t.Context()
	_, err := store.AsSystem(ctx, r.Store, func(q *system.Queries) (nothing, error) {
		a, err := q.NewAccount(ctx, system.NewAccountParams{Name: "Ruin", Slug: "ruin"})
		require.NoError(r.t, err)
		r.account = a.ID
		require.NoError(r.t, q.NewWallet(ctx, a.ID))
		require.NoError(r.t, q.Subscribe(ctx, system.SubscribeParams{AccountID: a.ID}))
		_, err = q.Credit(ctx, system.CreditParams{AccountID: a.ID, OpKey: "grant:1", TransactionType: "grant", Amount: 1000, Reason: "a test"})
		require.NoError(r.t, err)
		r.site = igny8.New[igny8.SiteID]()
		_, err = q.NewSite(ctx, system.NewSiteParams{AccountID: a.ID, ID: r.site, Name: "Site", Slug: "site", Settings: json.RawMessage("{}")})
		require.NoError(r.t, err)
		sealed, err := r.Vault.Seal(sandbox.DefaultPassword, store.SiteSecret(a.ID, r.site))
		require.NoError(r.t, err)
		require.NoError(r.t, q.SetSiteAccess(ctx, system.SetSiteAccessParams{AccountID: a.ID, ID: r.site, WpURL: ptr(sandboxURL + sandbox.SitePath), WpUsername: ptr("editor"), WpAppPassword: sealed}))
		s, err := q.NewSector(ctx, system.NewSectorParams{AccountID: a.ID, SiteID: r.site, Name: "Sector", Slug: "sector"})
		r.sector = s.ID
		return nothing{}, err
	})
	require.NoError(r.t, err)
	r.run, r.live, r.task, r.content = igny8.New[igny8.RunID](), igny8.New[igny8.RunID](), igny8.New[igny8.TaskID](), igny8.New[igny8.ContentID]()
	const insert = `insert into igny8_runs (account_id, site_id, sector_id, id, kind, status, mode, planning, workflow_id, temporal_run_id, finished_at, updated_at) values ($1, $2, $3, $4, 'pipeline', $5, 'auto', $6, $7, 'r1', $8, now() - interval '1 hour')`
	r.sql(insert, r.account, r.site, r.sector, r.run, "failed", false, "over", time.Now().Add(-time.Hour))
	r.sql(insert, r.account, r.site, r.sector, r.live, "running", true, "live", nil)
	r.engine["live"] = enums.WORKFLOW_EXECUTION_STATUS_RUNNING
	r.sql(`insert into igny8_tasks (account_id, site_id, sector_id, id, title, status, word_count, workflow_id, run_id, updated_at) values ($1, $2, $3, $4, 'Task', 'ready', 2000, 'article', $5, now() - interval '1 hour')`, r.account, r.site, r.sector, r.task, r.run)
	r.sql(`insert into igny8_content (account_id, site_id, sector_id, id, task_id, title, slug, html_content, word_count) values ($1, $2, $3, $4, $5, 'Title', 'title', '<p>Text</p>', 1600)`, r.account, r.site, r.sector, r.content, r.task)
}

func (r *ruin) sql(statement string, args ...any) {
	r.t.Helper()
	_, err := r.db.Exec(r.t.Context(), statement, args...)
	require.NoError(r.t, err)
}

// says is the one text that a query returns.
func (r *ruin) says(query string, args ...any) (s string) {
	r.t.Helper()
	require.NoError(r.t, r.db.QueryRow(r.t.Context(), query, args...).Scan(&s))
	return s
}

// hold makes an open hold of a run, as a reserve does.
func (r *ruin) hold(key string, run igny8.RunID, f igny8.Function, units int) {
	r.t.Helper()
	require.NoError(r.t, store.Do(r.t.Context(), r.Store, igny8.Bot(igny8.Scope{Account: r.account}), func(q *store.Queries) error {
		_, err := q.Reserve(r.t.Context(), store.Hold{Key: key, Site: r.site, Run: run, Function: f, Units: units})
		return err
	}))
}

// reply makes a reply that was paid for and kept.
func (r *ruin) reply(key string) (id igny8.RequestID) {
	r.t.Helper()
	id = igny8.New[igny8.RequestID]()
	r.sql(`insert into igny8_ai_requests (account_id, id, key, attempt, status, purpose, provider, usable, reply) values ($1, $2, $3, 1, 'answered', 'content', 'openai', true, '{}')`, r.account, id, key)
	return id
}

// post puts a post with a marker on the sandbox's site.
func (r *ruin) post(slug, marker string) {
	r.t.Helper()
	wp := wordpress.New(wordpress.Site{URL: r.Providers.Sandbox + sandbox.SitePath, Username: "editor", Password: sandbox.DefaultPassword}, r.HTTP)
	_, err := wp.CreatePost(r.t.Context(), wordpress.Post{Slug: slug, Title: "Title", Content: "<p>Text</p>\n<!-- " + marker + " -->", Status: wordpress.Draft})
	require.NoError(r.t, err)
}

func (r *ruin) publication(status igny8.PublicationStatus, marker string) {
	r.t.Helper()
	r.sql(`insert into igny8_publications (account_id, site_id, sector_id, content_id, status, marker, slug, updated_at) values ($1, $2, $3, $4, $5, $6, 'title', now() - interval '1 hour')`, r.account, r.site, r.sector, r.content, status, marker)
}

// file puts a file among the pictures, as old as that.
func (r *ruin) file(content string, age time.Duration) (sha string) {
	r.t.Helper()
	sum := sha256.Sum256([]byte(content))
	sha = hex.EncodeToString(sum[:])
	require.NoError(r.t, r.Blobs.WriteAll(r.t.Context(), sha, []byte(content), nil))
	then := time.Now().Add(-age)
	require.NoError(r.t, os.Chtimes(filepath.Join(r.dir, sha), then, then))
	return sha
}

func (r *ruin) picture(sha string) {
	r.t.Helper()
	r.sql(`insert into igny8_images (account_id, site_id, sector_id, task_id, content_id, image_type, n, prompt, status, sha256) values ($1, $2, $3, $4, $5, 'featured', 0, 'p', 'generated', $6)`, r.account, r.site, r.sector, r.task, r.content, sha)
}

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
				r.post("title", "igny8refabc")
			},
			workflows.Reconciled{Adopted: 1},
			func(t *testing.T, r *ruin) {
				require.Equal(t, "created t", r.says(`select format('%s %s', status, wp_post_id is not null) from igny8_publications`))
				require.Equal(t, 1, r.sandbox.Effects().Posts)
			},
		},
		"a post that another slug was given to": {
			func(r *ruin) {
				r.post("title", "igny8refother")
				r.publication(igny8.PublicationUnknown, "igny8refabc")
				r.post("title", "igny8refabc")
			},
			workflows.Reconciled{Adopted: 1},
			func(t *testing.T, r *ruin) {
				require.Equal(t, "title-2", r.says(`select slug from igny8_publications`))
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
