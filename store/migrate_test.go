package store

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	migrations "github.com/igny8/igny8/sql"
	"github.com/igny8/igny8/store/pgdev"
	"github.com/igny8/igny8/store/storetest"
)

// files is how many migrations there are.
func files(t *testing.T) int {
	all, err := fs.Glob(migrations.Migrations, "migrations/*.sql")
	require.NoError(t, err)
	require.NotEmpty(t, all)
	return len(all)
}

// empty makes a database with nothing in it, on the tests' cluster.
func empty(t *testing.T, name string) (url string) {
	cluster := storetest.Cluster(t)
	require.NoError(t, cluster.CreateDatabase(t.Context(), name))
	t.Cleanup(func() { execute(t, cluster.URL("postgres"), "drop database "+name+" with (force)") })
	return cluster.URL(name)
}

// execute executes statements on a connection of their own.
func execute(t *testing.T, url string, statements ...string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context()) // it may be cleaning up
	c, err := pgx.Connect(ctx, url)
	require.NoError(t, err)
	defer c.Close(ctx)
	for _, s := range statements {
		_, err := c.Exec(ctx, s)
		require.NoError(t, err, s)
	}
}

// Migrating what is migrated does nothing.
func TestMigrateAgain(t *testing.T) {
	t.Parallel()
	n, err := Migrate(t.Context(), storetest.Database(t))
	require.NoError(t, err)
	require.Zero(t, n)
}

// Three processes that migrate the same database at once apply each migration
// once among them, and all find it done.
func TestMigrateAtOnce(t *testing.T) {
	t.Parallel()
	url := empty(t, "at_once")
	applied := make(chan int, 3)
	codes := at(3, func(int) error {
		n, err := Migrate(t.Context(), url)
		applied <- n
		return err
	})
	require.Equal(t, map[igny8.Code]int{"": 3}, codes)
	require.Equal(t, files(t), <-applied+<-applied+<-applied)
}

// Two databases of one cluster can be migrated at the same moment, though the
// roles that they make are the same.
func TestMigrateTwoDatabasesAtOnce(t *testing.T) {
	t.Parallel()
	urls := []string{empty(t, "one_of_two"), empty(t, "two_of_two")}
	codes := at(2, func(i int) error { _, err := Migrate(t.Context(), urls[i]); return err })
	require.Equal(t, map[igny8.Code]int{"": 2}, codes)
}

func TestMigrateCannotReach(t *testing.T) {
	t.Parallel()
	_, err := Migrate(t.Context(), "postgres://nobody@127.0.0.1:1/none?connect_timeout=2")
	require.Equal(t, igny8.Unavailable, igny8.CodeOf(err), "%v", err)
}

// On a server that is not ours the owner of the database is no superuser: the
// roles are made, rows are kept apart, and what a cascade touches is counted.
// It has a cluster of its own, since roles belong to the cluster.
func TestOwnerIsNoSuperuser(t *testing.T) {
	t.Parallel()
	storetest.Cluster(t) // skips where there is no server
	ctx := t.Context()
	cluster, err := pgdev.StartTemporary(ctx, pgdev.Options{Binaries: []string{pgdev.NativeDir(filepath.Join("..", "tools", "postgres", "node_modules"))}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, cluster.Stop()) })
	execute(t, cluster.URL("postgres"), "create role customer login createrole createdb password 'p'")
	execute(t, storetest.As(t, cluster.URL("postgres"), "customer", "p"), "create database bought")
	url := storetest.As(t, cluster.URL("bought"), "customer", "p")

	_, err = Open(ctx, url, Options{})
	require.Equal(t, igny8.Invalid, igny8.CodeOf(err))
	require.ErrorContains(t, err, "igny8 migrate")

	n, err := Migrate(ctx, url)
	require.NoError(t, err)
	require.Equal(t, files(t), n)
	n, err = Migrate(ctx, url)
	require.NoError(t, err)
	require.Zero(t, n)

	t.Run("rows are kept apart", func(t *testing.T) {
		w := openWorld(t, url, cluster.URL("bought"))
		mine, theirs := w.settle(t), w.settle(t)
		w.fill(t, mine)
		w.fill(t, theirs)
		require.EqualValues(t, 2, w.count(t, mine.everything(), "select * from igny8_keywords"))
		require.EqualValues(t, 1, w.count(t, mine.guest(), "select * from igny8_keywords"))
		for _, statement := range []string{"delete from igny8_clusters", "delete from igny8_content_ideas", "delete from igny8_sites"} {
			_, err := w.exec(mine.guest(), statement)
			require.NoError(t, err, statement)
			require.Equal(t, w.countedRows(t, mine.account), w.countsOf(t, mine.account), statement)
			require.Equal(t, w.figured(t, mine.account), w.shown(t, mine.account), statement)
		}
		require.EqualValues(t, 2, w.count(t, theirs.everything(), "select * from igny8_keywords"))
		w.balanced(t)
	})

	// A role that row-level security doesn't bind is refused at the door.
	for _, role := range []string{"igny8_app", "igny8_system"} {
		for _, power := range []string{"bypassrls", "superuser"} {
			execute(t, cluster.URL("postgres"), fmt.Sprintf("alter role %s %s", role, power))
			_, err := Open(ctx, url, Options{})
			require.ErrorContains(t, err, "neither superuser nor BYPASSRLS", "%s is %s", role, power)
			execute(t, cluster.URL("postgres"), fmt.Sprintf("alter role %s no%s", role, power))
		}
	}
	s, err := Open(ctx, url, Options{})
	require.NoError(t, err)
	s.Close()
}
