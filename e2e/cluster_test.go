package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// `igny8 cluster` needs nothing but the file: every keyword of it is in exactly
// one place, in the file's own words.
func TestClusterFromTheTerminal(t *testing.T) {
	t.Parallel()
	dir := newDirectory(t)
	// No data directory: nothing may be made there.
	env := []string{"IGNY8_DATA=/nonexistent", "DATABASE_URL=", "TEMPORAL_ADDRESS="}

	exported := command(t, dir, env, "", "cluster", "--format", "json", sampleFile(t))
	require.Zero(t, exported.code, exported.err)
	var found struct {
		Clusters []struct {
			Name     string
			Keywords []string
			Pages    [][]string
		}
		Unclustered []struct{ Keyword, Nearest string }
	}
	require.NoError(t, json.Unmarshal([]byte(exported.out), &found))
	seen := map[string]bool{}
	once := func(k string) {
		require.False(t, seen[k], k)
		seen[k] = true
	}
	for _, c := range found.Clusters {
		require.NotEmpty(t, c.Name)
		paged := 0
		for _, p := range c.Pages {
			paged += len(p)
		}
		require.Equal(t, len(c.Keywords), paged, "pages hold what their cluster holds")
		for _, k := range c.Keywords {
			once(k)
		}
	}
	for _, u := range found.Unclustered {
		once(u.Keyword)
	}
	require.Len(t, seen, 240)
	require.True(t, seen["=scoops to grams coffee scale"], "as it was in the file")

	listed := command(t, dir, env, "red shoes\nred shoe\n\"blue shoes\nbuy red shoes\n", "cluster", "--format", "csv", "-")
	require.Zero(t, listed.code, listed.err)
	require.Len(t, strings.Split(strings.TrimSpace(listed.out), "\n"), 5, listed.out)

	serp := filepath.Join(dir, "serp.csv")
	require.NoError(t, os.WriteFile(serp, []byte("keyword,rank,url\ntarmac cost,1,https://a.test\ntarmac cost,2,https://b.test\ntarmac cost,3,https://c.test\n"+
		"Driveway Quote,1,https://c.test/\nDriveway Quote,2,https://b.test\nDriveway Quote,3,https://a.test#top\n"), 0o600))
	joined := command(t, dir, env, "tarmac cost\ndriveway quote\nxylophone\n", "cluster", "--format", "csv", "--serp", serp, "-")
	require.Zero(t, joined.code, joined.err)
	require.Contains(t, joined.out, "driveway quote,Driveway Quote,1", "searches that find the same are about the same")
	require.Contains(t, joined.out, "tarmac cost,Driveway Quote,2")

	refused := command(t, dir, env, "", "cluster", "--format", "xml", sampleFile(t))
	require.NotZero(t, refused.code)
	require.Contains(t, refused.err, "text, json or csv")
}
