package pgdev

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

func TestChoosesTheNewestOfTheSystem(t *testing.T) {
	t.Parallel()
	v14, v15, v17, v18 := fake(t, "14.1", "", ""), fake(t, "15.18", "", ""), fake(t, "17.2 (Debian 17.2-1)", "", ""), fake(t, "18beta1", "", "")
	o := Options{system: []string{v14, v15, v17, "/nowhere/*"}, Binaries: []string{v18}}
	best, err := choose(o, "/nowhere")
	require.NoError(t, err)
	require.Equal(t, installation{dir: v17, major: 17}, best, "the system's before others")
	o.system = []string{v14}
	best, err = choose(o, "/nowhere")
	require.NoError(t, err)
	require.Equal(t, 18, best.major)
	o.Binaries = nil
	_, err = choose(o, "/nowhere")
	require.ErrorIs(t, err, ErrNoBinaries)
}

func TestClusterOfAnotherVersion(t *testing.T) {
	t.Parallel()
	data := home(t)
	require.NoError(t, os.WriteFile(filepath.Join(data, "PG_VERSION"), []byte("16\n"), 0o600))
	o := Options{system: []string{fake(t, "17.1", "", "")}, Binaries: []string{fake(t, "16.3", "", "")}}
	own, err := choose(o, data)
	require.NoError(t, err)
	require.Equal(t, 16, own.major, "its own version before a newer one")
	o.Binaries = nil
	_, err = choose(o, data)
	require.Equal(t, igny8.Invalid, igny8.CodeOf(err))
	require.ErrorContains(t, err, "made by PostgreSQL 16, and here is only version 17")
}

func TestInitdbFails(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"initdb: error: could not write: No space left on device": "the disk is full",
		"initdb: error: something else":                           "It said:\n  initdb: error: something else",
	} {
		dir := home(t)
		_, err := Start(t.Context(), Options{Dir: dir, system: []string{fake(t, "17.1", "echo '"+said+"' >&2; exit 1", "")}})
		require.Contains(t, igny8.MessageOf(err), want)
		require.NoDirExists(t, filepath.Join(dir, "data"), "a half-made cluster is never in place")
	}
}

func TestServerFailsToStart(t *testing.T) {
	t.Parallel()
	broken := fake(t, "17.1", `touch "$2/PG_VERSION"; echo 17 > "$2/PG_VERSION"`, `echo "FATAL:  this disk is made of cheese" >&2; exit 1`)
	dir := home(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "postgres.log"), []byte("FATAL:  an old story\n"), 0o600))
	_, err := Start(t.Context(), Options{Dir: dir, system: []string{broken}})
	require.Contains(t, igny8.MessageOf(err), "PostgreSQL did not start. It said:\n  FATAL:  this disk is made of cheese")
	require.NotContains(t, igny8.MessageOf(err), "old story")
}

func TestSomethingElseInThePlaceOfTheData(t *testing.T) {
	t.Parallel()
	dir := home(t)
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "data", "photos"), 0o755))
	_, err := Start(t.Context(), Options{Dir: dir, system: []string{fake(t, "17.1", `echo 17 > "$2/PG_VERSION"`, "")}})
	require.ErrorContains(t, err, "holds something that is no PostgreSQL cluster")
	require.DirExists(t, filepath.Join(dir, "data", "photos"))
}

// npm's package runs as well as the system's, with the extensions that our
// migrations create.
func TestNPM(t *testing.T) {
	t.Parallel()
	if _, ok := inspect(npm[0]); !ok {
		if os.Geteuid() != 0 && os.Getenv("PGDEV_TEST_NATIVE") != "" {
			t.Skip("the package is where this user can't read it; root has tested it")
		}
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is missing: run npm ci in tools/postgres", npm[0])
		}
		t.Skipf("npm's PostgreSQL is left out: %s is missing (npm ci in tools/postgres)", npm[0])
	}
	dir := home(t)
	o := Options{Dir: dir, system: []string{}, Binaries: npm, Fast: true}
	for range 2 { // the second time the copy is there
		c, err := Start(t.Context(), o)
		require.NoError(t, err)
		require.Contains(t, query(t, c.URL("postgres"), "show server_version"), "17.")
		exec1(t, c.URL("postgres"), "create extension if not exists pg_trgm; create extension if not exists btree_gin; create extension if not exists unaccent")
		require.Equal(t, "über: {Ü,Ä}", "über: "+query(t, c.URL("postgres"), "select array[upper('ü'), upper('ä')]::text"))
		require.NoError(t, c.Stop())
	}
}
