package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"gocloud.dev/blob/memblob"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/api"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/store/pgdev"
)

const connections = 8

// keywords of each account. IGNY8_BENCH_KEYWORDS says another number, to see
// whether the benchmark itself works.
var keywords = func() int {
	if n, err := strconv.Atoi(os.Getenv("IGNY8_BENCH_KEYWORDS")); err == nil {
		return n
	}
	return 100_000
}()

// world is the API on a socket and a database whose commits reach the disk, and
// the superuser's way to it that row-level security does not concern.
type world struct {
	*store.Store
	root    *pgxpool.Pool
	address string
	client  *http.Client
	full    tenant // has 100,000 keywords, as others have; see imports
}

// tenant is an account with a site and a sector.
type tenant struct {
	token string
	igny8.Principal
	site   igny8.SiteID
	sector igny8.SectorID
}

func newWorld(b *testing.B) *world {
	b.Helper()
	ctx := b.Context()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300) // as the program has it while little is in use
	}
	dir, err := os.MkdirTemp("", "igny8-bench-") //nolint:usetesting // the database's user must be able to enter it
	must(b, err)
	b.Cleanup(func() { _ = os.RemoveAll(dir) })
	must(b, os.Chmod(dir, 0o755))
	cluster, err := pgdev.Start(ctx, pgdev.Options{Dir: dir + "/postgres"})
	must(b, err)
	b.Cleanup(func() { _ = cluster.Stop() })
	must(b, cluster.CreateDatabase(ctx, "bench"))
	url := cluster.URL("bench")
	_, err = store.Migrate(ctx, url)
	must(b, err)
	w := &world{client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}}
	w.Store, err = store.Open(ctx, url, store.Options{MaxConns: connections})
	must(b, err)
	b.Cleanup(w.Store.Close)
	config, err := pgxpool.ParseConfig(url)
	must(b, err)
	config.MaxConns = connections
	config.ConnConfig.RuntimeParams["statement_timeout"] = "0"
	w.root, err = pgxpool.NewWithConfig(ctx, config)
	must(b, err)
	b.Cleanup(w.root.Close)
	_, err = w.root.Exec(ctx, "update igny8_plans set limits = '{}'")
	must(b, err)

	tokens, err := api.NewTokens(bytes.Repeat([]byte{7}, 32))
	must(b, err)
	keys, err := store.NewKeyset()
	must(b, err)
	vault, err := store.NewVault(keys)
	must(b, err)
	const endless = 1 << 30
	server := &api.Server{
		Store: w.Store, Tokens: tokens, Vault: vault, Blobs: memblob.OpenBucket(nil), Log: slog.New(slog.DiscardHandler),
		Sanitize: func(s string) string { return s }, Rates: api.Rates{Address: endless, Account: endless, Key: endless},
	}
	listener := httptest.NewServer(server.Handler())
	b.Cleanup(listener.Close)
	w.address = listener.URL
	return w
}

// settle signs somebody up.
func (w *world) settle(b *testing.B) (t tenant) {
	b.Helper()
	name := uuid.NewString()[:8]
	var answer struct {
		Data struct {
			AccessToken string `json:"access_token"`
		} `json:"data"`
	}
	w.call(b, "", http.MethodPost, "/api/v1/auth/register/", map[string]any{"email": name + "@bench.test", "password": "correct horse battery", "account_name": name}, &answer)
	t.token = answer.Data.AccessToken
	t.Role, t.AllSites = igny8.Owner, true
	must(b, w.root.QueryRow(b.Context(), "select a.id, a.owner_id, s.site_id, s.id from igny8_accounts a join igny8_sectors s on s.account_id = a.id where a.name = $1 limit 1", name).
		Scan(&t.Account, &t.User, &t.site, &t.sector))
	return t
}

// call sends a request and reads its answer, which must be a success.
func (w *world) call(b *testing.B, token, method, path string, body, into any) {
	b.Helper()
	must(b, w.send(token, method, path, body, into))
}

func (w *world) send(token, method, path string, body, into any) error {
	var in io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		in = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(context.Background(), method, w.address+path, in)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := w.client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		text, _ := io.ReadAll(answer.Body)
		return fmt.Errorf("%s %s: %s %s", method, path, answer.Status, text)
	}
	if into == nil {
		_, err = io.Copy(io.Discard, answer.Body)
		return err
	}
	return json.NewDecoder(answer.Body).Decode(into)
}

// throughput is how many times a second do is done by all connections at once.
func throughput(b *testing.B, do func(n int64) error) float64 {
	b.Helper()
	const span = 3 * time.Second
	var n atomic.Int64
	var failed atomic.Value
	var all sync.WaitGroup
	begun := time.Now()
	for range connections {
		all.Go(func() {
			for time.Since(begun) < span {
				if err := do(n.Add(1)); err != nil {
					failed.Store(err)
					return
				}
			}
		})
	}
	all.Wait()
	if err, ok := failed.Load().(error); ok {
		b.Fatal(err)
	}
	return float64(n.Load()) / time.Since(begun).Seconds()
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
