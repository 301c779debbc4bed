package storetest_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8/store/storetest"
)

func TestMain(m *testing.M) {
	storetest.Main(m, func(ctx context.Context, ownerURL string) error {
		return run(ctx, ownerURL, "create table things (name text); insert into things values ('from the template')")
	})
}

func run(ctx context.Context, url, statement string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}

func count(t *testing.T, url string) (n int) {
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer conn.Close(t.Context())
	require.NoError(t, conn.QueryRow(t.Context(), "select count(*) from things").Scan(&n))
	return n
}

// Eight tests at once each find the template's row and nobody else's.
func TestEachTestHasItsOwnDatabase(t *testing.T) {
	t.Parallel()
	for range 8 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			url := storetest.Database(t)
			require.Equal(t, 1, count(t, url))
			require.NoError(t, run(t.Context(), url, "insert into things values ('mine')"))
			require.Equal(t, 2, count(t, url))
		})
	}
}

func TestDatabaseIsDroppedThoughConnectionsAreOpen(t *testing.T) {
	t.Parallel()
	var url string
	t.Run("", func(t *testing.T) {
		url = storetest.Database(t)
		_, err := pgx.Connect(t.Context(), url)
		require.NoError(t, err)
	})
	_, err := pgx.Connect(t.Context(), url)
	require.ErrorContains(t, err, "does not exist")
}

func TestAs(t *testing.T) {
	t.Parallel()
	require.Equal(t, "postgres://reader:pass@127.0.0.1:1/db?sslmode=disable",
		storetest.As(t, "postgres://igny8:x@127.0.0.1:1/db?sslmode=disable", "reader", "pass"))
}

// A test binary that panics removes its cluster, too.
func TestNothingIsLeftByAPanic(t *testing.T) {
	t.Parallel()
	if os.Getenv("STORETEST_PANIC") != "" {
		storetest.Database(t)
		panic("left: " + storetest.Cluster(t).Dir())
	}
	storetest.Database(t) // where there is no server, this is skipped here
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self, "-test.run=^TestNothingIsLeftByAPanic$")
	cmd.Env = append(os.Environ(), "STORETEST_PANIC=1")
	out, err := cmd.CombinedOutput()
	require.Error(t, err)
	_, dir, found := strings.Cut(string(out), "left: ")
	require.True(t, found, "%s", out)
	dir, _, _ = strings.Cut(dir, "\n")
	dir = strings.Fields(dir)[0]
	require.True(t, strings.HasPrefix(dir, "/"), dir)
	for {
		if _, err := os.Stat(dir); os.IsNotExist(err) {
			return
		}
		time.Sleep(20 * time.Millisecond) // another process removes it
	}
}
