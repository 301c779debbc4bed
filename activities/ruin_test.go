package activities

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
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

// post puts a post with a marker on the sandbox's site, and returns its number.
func (r *ruin) post(slug, marker, status string) int64 {
	r.t.Helper()
	wp := wordpress.New(wordpress.Site{URL: r.Providers.Sandbox + sandbox.SitePath, Username: "editor", Password: sandbox.DefaultPassword}, r.HTTP)
	made, err := wp.CreatePost(r.t.Context(), wordpress.Post{Slug: slug, Title: "Title", Content: "<p>Text</p>\n<!-- " + marker + " -->", Status: status})
	require.NoError(r.t, err)
	return made.ID
}

func (r *ruin) publication(status igny8.PublicationStatus, marker string) {
	r.t.Helper()
	r.sql(`insert into igny8_publications (account_id, site_id, sector_id, content_id, status, marker, slug, updated_at) values ($1, $2, $3, $4, $5, $6, 'title', now() - interval '1 hour')`, r.account, r.site, r.sector, r.content, status, marker)
}

// number says which post on the site the publication is, and leaves it as old.
func (r *ruin) number(post int64) {
	r.t.Helper()
	r.sql(`alter table igny8_publications disable trigger touched`)
	r.sql(`update igny8_publications set wp_post_id = $1`, post)
	r.sql(`alter table igny8_publications enable trigger touched`)
}

// throwAway puts a post into the site's trash.
func (r *ruin) throwAway(post int64) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodDelete, fmt.Sprintf("%s%s/wp-json/wp/v2/posts/%d", r.Providers.Sandbox, sandbox.SitePath, post), nil)
	require.NoError(r.t, err)
	req.SetBasicAuth("admin", sandbox.DefaultPassword)
	reply, err := r.HTTP.Do(req)
	require.NoError(r.t, err)
	require.NoError(r.t, reply.Body.Close())
	require.Equal(r.t, http.StatusOK, reply.StatusCode)
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
