package activities

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	picture "image"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"gocloud.dev/blob/memblob"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/image"
	"github.com/igny8/igny8/activities/outbound"
	"github.com/igny8/igny8/sandbox"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/store/storetest"
	"github.com/igny8/igny8/store/system"
	"github.com/igny8/igny8/temporal"
	"github.com/igny8/igny8/workflows"
)

// A house is an account with a site and a sector on a database of its own, a run
// under way, and the sandbox to buy from and to publish to. When a test ends the
// ledger is checked.
type house struct {
	*Activities
	t       *testing.T
	db      *pgxpool.Pool // as who may do everything
	sandbox *sandbox.Sandbox
	peers   string // the sandbox's address
	account igny8.AccountID
	run     workflows.RunInput
}

// credits is what the account begins with.
const credits = 1000

func newHouse(t *testing.T) *house {
	t.Helper()
	url := storetest.Database(t)
	db, err := store.Open(t.Context(), url, store.Options{MaxConns: 4})
	require.NoError(t, err)
	t.Cleanup(db.Close)
	pool, err := pgxpool.New(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	keys, err := store.NewKeyset()
	require.NoError(t, err)
	vault, err := store.NewVault(keys)
	require.NoError(t, err)
	blobs := memblob.OpenBucket(nil)
	t.Cleanup(func() { require.NoError(t, blobs.Close()) })
	s, err := sandbox.New(sandbox.Options{})
	require.NoError(t, err)
	out := outbound.Client(outbound.Options{AllowLoopback: true})
	h := &house{t: t, db: pool, sandbox: s, Activities: &Activities{Store: db, Vault: vault, Blobs: blobs, HTTP: out}}
	h.peers = h.serve(s.Handler())
	h.Providers.Sandbox = h.peers
	t.Cleanup(out.CloseIdleConnections)
	h.settle()
	h.begin(igny8.KindArticle)
	t.Cleanup(h.audit)
	return h
}

// serve answers requests until the test ends, and returns where.
func (h *house) serve(handler http.Handler) string {
	server := httptest.NewServer(handler)
	h.t.Cleanup(server.Close)
	return server.URL
}

func (h *house) settle() {
	h.t.Helper()
	ctx := h.t.Context()
	_, err := store.AsSystem(ctx, h.Store, func(q *system.Queries) (struct{}, error) {
		account, err := q.NewAccount(ctx, system.NewAccountParams{Name: "House", Slug: "house"})
		require.NoError(h.t, err)
		h.account = account.ID
		require.NoError(h.t, q.NewWallet(ctx, h.account))
		require.NoError(h.t, q.Subscribe(ctx, system.SubscribeParams{AccountID: h.account, Plan: "Growth"}))
		_, err = q.Credit(ctx, system.CreditParams{AccountID: h.account, OpKey: "grant:1", TransactionType: "grant", Amount: credits, Reason: "a test"})
		require.NoError(h.t, err)
		site, err := q.NewSite(ctx, system.NewSiteParams{AccountID: h.account, ID: igny8.New[igny8.SiteID](), Name: "Coffee at home", Slug: "coffee", Settings: json.RawMessage("{}")})
		require.NoError(h.t, err)
		sector, err := q.NewSector(ctx, system.NewSectorParams{AccountID: h.account, SiteID: site.ID, Name: "Coffee", Slug: "coffee"})
		require.NoError(h.t, err)
		h.run.Scope = igny8.Scope{Account: h.account, Site: site.ID, Sector: sector.ID}
		return struct{}{}, nil
	})
	require.NoError(h.t, err)
	h.access(h.Providers.Sandbox+sandbox.SitePath, "editor", sandbox.DefaultPassword)
}

// access says how the site is reached.
func (h *house) access(url, user string, password igny8.Secret) {
	h.t.Helper()
	sealed, err := h.Vault.Seal(password, store.SiteSecret(h.account, h.run.Scope.Site))
	require.NoError(h.t, err)
	h.sql("update igny8_sites set wp_url = $2, wp_username = $3, wp_app_password = $4 where id = $1", h.run.Scope.Site, url, user, sealed)
}

// begin makes a run of a kind and has it be under way.
func (h *house) begin(kind igny8.RunKind) {
	h.t.Helper()
	h.run.Run, h.run.Kind, h.run.Mode, h.run.Width = igny8.New[igny8.RunID](), kind, igny8.Auto, 8
	h.sql(`insert into igny8_runs (account_id, site_id, sector_id, id, kind, mode, params, planning, workflow_id, max_credits) values ($1, $2, $3, $4, $5, 'auto', '{"ideas_per_cluster": 3, "articles": 4}', false, 'w' || $4::uuid, 900)`,
		h.account, h.run.Scope.Site, h.run.Scope.Sector, h.run.Run, kind)
	perform(h, workflows.BeginRun, h.run)
}

// audit reads the books: nothing in them may be wrong.
func (h *house) audit() {
	var violations []string
	ctx := context.WithoutCancel(h.t.Context()) // which ends before clean-ups begin
	require.NoError(h.t, h.db.QueryRow(ctx, "select violations::text[] from ledger_check()").Scan(&violations))
	require.Empty(h.t, violations)
}

func (h *house) sql(statement string, args ...any) {
	h.t.Helper()
	_, err := h.db.Exec(h.t.Context(), statement, args...)
	require.NoError(h.t, err)
}

// one is the one value that a query returns.
func one[T any](h *house, query string, args ...any) (v T) {
	h.t.Helper()
	require.NoError(h.t, h.db.QueryRow(h.t.Context(), query, args...).Scan(&v), query)
	return v
}

// try performs a step once, as a worker does, and returns what a workflow sees.
func try[In, Out any](h *house, s temporal.Step[In, Out], in In) (out Out, err error) {
	h.t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestActivityEnvironment()
	h.Register(env)
	v, err := env.ExecuteActivity(s.Name, in)
	if err != nil {
		return out, temporal.ErrorOf(err)
	}
	if v.HasValue() {
		require.NoError(h.t, v.Get(&out))
	}
	return out, nil
}

// perform is try for a step that must succeed.
func perform[In, Out any](h *house, s temporal.Step[In, Out], in In) Out {
	h.t.Helper()
	out, err := try(h, s, in)
	require.NoError(h.t, err)
	return out
}

// task makes a task with its cluster, idea and keywords, and has the run work on
// it.
func (h *house) task(title string) igny8.TaskID {
	h.t.Helper()
	cluster, idea, task := h.cluster(title, title, title+" guide"), uuid.New(), igny8.New[igny8.TaskID]()
	sc := h.run.Scope
	h.sql("insert into igny8_content_ideas (account_id, site_id, sector_id, id, cluster_id, idea_title, angle) values ($1, $2, $3, $4, $5, $6, 'a guide')", sc.Account, sc.Site, sc.Sector, idea, cluster, title)
	h.sql("insert into igny8_idea_keywords (account_id, site_id, sector_id, idea_id, keyword_id, n) select account_id, site_id, sector_id, $1, id, row_number() over (order by normal) - 1 from igny8_keywords where cluster_id = $2", idea, cluster)
	h.sql("insert into igny8_tasks (account_id, site_id, sector_id, id, title, idea_id, cluster_id, word_count, images, try) values ($1, $2, $3, $4, $5, $6, $7, 1000, 2, 1)", sc.Account, sc.Site, sc.Sector, task, title, idea, cluster)
	h.item("task", task.UUID)
	return task
}

// cluster makes a cluster with a page and keywords.
func (h *house) cluster(name string, keywords ...string) igny8.ClusterID {
	h.t.Helper()
	sc := h.run.Scope
	cluster, page := igny8.New[igny8.ClusterID](), uuid.New()
	h.sql("insert into igny8_clusters (account_id, site_id, sector_id, id, name) values ($1, $2, $3, $4, $5)", sc.Account, sc.Site, sc.Sector, cluster, name)
	h.sql("insert into igny8_cluster_pages (account_id, site_id, sector_id, cluster_id, id, n, name) values ($1, $2, $3, $4, $5, 1, $6)", sc.Account, sc.Site, sc.Sector, cluster, page, name)
	for i, k := range keywords {
		h.sql("insert into igny8_keywords (account_id, site_id, sector_id, keyword, normal, volume, cluster_id, page_id, status) values ($1, $2, $3, $4, $4, $5, $6, $7, 'clustered')", sc.Account, sc.Site, sc.Sector, k, 1000-i, cluster, page)
	}
	return cluster
}

// item has the run work on a thing.
func (h *house) item(stage string, id uuid.UUID) {
	h.t.Helper()
	h.sql("insert into igny8_run_items (account_id, site_id, run_id, stage, n, item_id) select $1, $2, $3, $4, coalesce(max(n), 0) + 1, $5 from igny8_run_items where run_id = $3 and stage = $4", h.account, h.run.Scope.Site, h.run.Run, stage, id)
}

// article is the input of the steps of a task.
func (h *house) article(task igny8.TaskID) workflows.ArticleInput {
	return workflows.ArticleInput{Of: h.run, Item: workflows.Item{Task: task, Revision: 1, Try: 1}}
}

// fresh takes away what a case has made, so that another can be tried in the
// same house.
func (h *house) fresh() {
	h.t.Helper()
	h.sql("delete from igny8_clusters")
	h.sql("delete from igny8_content_ideas")
	h.sql("delete from igny8_tasks")
	h.sql("delete from igny8_keywords")
	h.sql("delete from igny8_run_items")
	h.sql("update igny8_runs set max_credits = null")
	h.Providers = Providers{Sandbox: h.peers}
}

// call is one use of a function, in the form in which a workflow makes it.
func call[From fmt.Stringer](h *house, f igny8.Function, item uuid.UUID, from From, units int) workflows.Call[From] {
	return workflows.Call[From]{From: from, Charge: workflows.Charge{
		Of: h.run, Item: item, Function: f, Units: units, Try: "1", Reply: fmt.Sprintf("%v:%s:1", from, f),
	}}
}

// use goes the whole way of a function, and gives the hold back if it fails, as
// a workflow does.
func use[From fmt.Stringer, To any](h *house, f workflows.Function[From, To], c workflows.Call[From]) (to []To, err error) {
	h.t.Helper()
	if to, err = try(h, f.Make, c); err != nil {
		perform(h, workflows.Release, workflows.Refund{Charge: c.Charge, From: uuid.MustParse(c.From.String()), Code: igny8.CodeOf(err), Message: igny8.MessageOf(err)})
	}
	return to, err
}

// books are what the account has, what of it is held, and what it was charged.
type books struct{ left, held, charged int64 }

func (h *house) books() (b books) {
	h.t.Helper()
	require.NoError(h.t, h.db.QueryRow(h.t.Context(), "select posted, held, $2 - posted from igny8_wallets where account_id = $1", h.account, credits).Scan(&b.left, &b.held, &b.charged))
	return b
}

// written makes a text of a task by having it written.
func (h *house) written(title string) (igny8.TaskID, igny8.ContentID) {
	h.t.Helper()
	task := h.task(title)
	made, err := use(h, workflows.Write, call(h, igny8.Writing, task.UUID, task, 2))
	require.NoError(h.t, err)
	require.Len(h.t, made, 1)
	return task, made[0]
}

// painted makes a text with its pictures, all as a run does.
func (h *house) painted(title string) (igny8.TaskID, igny8.ContentID) {
	h.t.Helper()
	task, content := h.written(title)
	images, err := use(h, workflows.Prompts, call(h, igny8.Prompting, task.UUID, content, 1))
	require.NoError(h.t, err)
	require.Len(h.t, images, 2)
	for _, id := range images {
		_, err := use(h, workflows.Illustrate, call(h, igny8.Illustration, task.UUID, id, 1))
		require.NoError(h.t, err)
	}
	return task, content
}

// illustrated makes a text with two pictures that cost nothing to draw.
func (h *house) illustrated(title string) (igny8.TaskID, igny8.ContentID) {
	h.t.Helper()
	task, content := h.written(title)
	sc := h.run.Scope
	for n, kind := range []string{"featured", "in_article"} {
		var b bytes.Buffer
		require.NoError(h.t, png.Encode(&b, picture.NewGray(picture.Rect(0, 0, 8+n, 8+len(title))))) // no two articles' alike
		sha, err := h.keepBlob(h.t.Context(), image.Picture{Bytes: b.Bytes(), MIME: "image/png"})
		require.NoError(h.t, err)
		h.sql(`insert into igny8_images (account_id, site_id, sector_id, task_id, content_id, image_type, n, prompt, alt_text, status, sha256, mime, provenance) values ($1, $2, $3, $4, $5, $6, $7, 'a scene', 'a picture', 'generated', $8, 'image/png', 'sandbox')`,
			sc.Account, sc.Site, sc.Sector, task, content, kind, n, sha)
	}
	return task, content
}
