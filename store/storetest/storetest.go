// Package storetest gives each test a migrated PostgreSQL database of its own,
// on a cluster of its own that is gone when the tests are.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/igny8/igny8/store/pgdev"
)

// template is the database that Main's function migrates and that every test's
// is a copy of.
const template = "template_test"

// server is the one cluster of this test process. It starts with the first test
// that wants a database.
var server struct {
	migrate func(ctx context.Context, ownerURL string) error
	once    sync.Once
	err     error
	cluster *pgdev.Temporary
	made    atomic.Int64
}

// Main runs a package's tests and removes what they needed: a TestMain calls
// it, and nothing after it. migrate brings a fresh database, whose URL is the
// superuser's, to where tests want it; it is called once, and must close its
// connections. It may be nil.
func Main(m *testing.M, migrate func(ctx context.Context, ownerURL string) error, after ...func() error) {
	server.migrate = migrate
	code := m.Run()
	for _, check := range after {
		if err := check(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	if server.cluster != nil {
		if err := server.cluster.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "storetest:", err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

// Database returns the superuser's URL of a fresh copy of the migrated
// database, which is dropped when the test ends. Roles belong to the cluster:
// tests share them. Where no PostgreSQL can be had the test is skipped, and with
// CI set it fails.
func Database(t testing.TB) (ownerURL string) {
	t.Helper()
	name := fmt.Sprintf("test_%d", server.made.Add(1))
	admin(t, fmt.Sprintf("create database %s template %s strategy file_copy", name, template))
	t.Cleanup(func() { admin(t, fmt.Sprintf("drop database %s with (force)", name)) })
	return server.cluster.URL(name)
}

// Cluster returns the running cluster, for tests that need more than a database
// of it. It skips and fails as Database does.
func Cluster(t testing.TB) *pgdev.Cluster {
	t.Helper()
	server.once.Do(func() { server.err = start(context.Background()) }) //nolint:usetesting // it outlives the test that starts it
	switch {
	case server.err == nil:
		return server.cluster.Cluster
	case errors.Is(server.err, pgdev.ErrNoBinaries) && os.Getenv("CI") == "":
		t.Skip(server.err)
	}
	t.Fatal(server.err)
	return nil
}

// admin executes one statement as superuser. It outlives the test's context,
// which ends before clean-ups begin.
func admin(t testing.TB, statement string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	conn, err := pgx.Connect(ctx, Cluster(t).URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func start(ctx context.Context) (err error) {
	if server.cluster, err = pgdev.StartTemporary(ctx, pgdev.Options{Binaries: npm()}); err != nil {
		server.cluster = nil
		return err
	}
	if err := server.cluster.CreateDatabase(ctx, template); err != nil {
		return err
	}
	if server.migrate == nil {
		return nil
	}
	if err := server.migrate(ctx, server.cluster.URL(template)); err != nil {
		return fmt.Errorf("migrate the template database: %w", err)
	}
	return nil
}

// npm returns where the module's own copy of PostgreSQL would be.
func npm() []string {
	for dir, _ := os.Getwd(); ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return []string{pgdev.NativeDir(filepath.Join(dir, "tools", "postgres", "node_modules"))}
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}

// As returns ownerURL with another user and password, for tests that sign in as
// a role they have made.
func As(t testing.TB, ownerURL, user, password string) string {
	t.Helper()
	u, err := url.Parse(ownerURL)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(user, password)
	return u.String()
}
