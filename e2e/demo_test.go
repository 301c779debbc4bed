package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8/sandbox"
)

// The demo makes what it says, checks it, cleans up after itself, and exits.
func TestDemo(t *testing.T) {
	t.Parallel()
	room(t)
	dir := newDirectory(t)
	r := command(t, dir, []string{"TMPDIR=" + dir}, "", "demo")
	require.Zero(t, r.code, "%s%s", r.out, r.err)
	for _, row := range []string{`Keywords +│ +240`, `→ articles +│ +12`, `→ images +│ +24`, `→ posts +│ +12`, `The ledger adds up: 2 wallets`, `Checked: every article`} {
		require.Regexp(t, row, r.out)
	}
	rising(t, r.out)
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left, "the demo's data are thrown away")
	require.Empty(t, processesOf(dir, -1), "it left processes behind")
}

// Ctrl-C in the middle of a run ends everything soon and well, also what hangs. The next start
// finds the data, starts nothing by itself, and finishes the run; nothing is
// done twice.
func TestCtrlCInTheMiddleAndOn(t *testing.T) {
	t.Parallel()
	room(t)
	dir := newDirectory(t)
	script := filepath.Join(newDirectory(t), "script.json")
	stuck, err := json.Marshal([]sandbox.Fault{
		{Kind: sandbox.Slow, Match: articles, After: 4, Times: -1, Delay: time.Hour},
		{Kind: sandbox.Slow, Match: sandbox.Match{Protocol: sandbox.Runware, Purpose: "imageInference"}, After: 4, Times: -1, Delay: time.Hour},
	})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(script, stuck, 0o600))
	s := start(t, dir, []string{"IGNY8_SANDBOX_SCRIPT=" + script}, "--demo")
	eventually(t, "calls hang that will not end by themselves, of two kinds", func() bool {
		hang := map[string]bool{}
		for _, c := range s.calls(t) {
			if c.Fault == sandbox.Slow && c.Status == 0 {
				hang[c.Protocol] = true
			}
		}
		return len(hang) == 2
	})
	require.NoError(t, s.stop())
	require.Contains(t, s.out.String(), "Stopping")

	s = start(t, dir, nil, "--demo")
	eventually(t, "the second start says so", func() bool {
		return strings.Contains(s.out.String(), "nothing was started")
	})
	a := &account{server: s, Name: "demo", address: "10.2.0.1"}
	a.signIn(t, "demo@igny8.example", "coffee-at-home")
	runs := list[struct {
		ID string `json:"id"`
	}](t, a, "automation/runs/")
	require.Equal(t, 1, runs.Count)
	r := &run{account: a, ID: runs.Results[0].ID, Kind: "pipeline"}
	r.reaches(t, "SUCCESS")
	d := r.detail(t)
	require.Equal(t, []int{12, 24, 12}, []int{d.Made.Articles, d.Made.Images, d.Made.Posts})
	r.paidFor(t, 1000, 1200)
	requireOnce(t, s.effects(t), 12, 2)
	r.record(t, "pipeline-restarted")
	require.NoError(t, s.stop())
}

// requireOnce holds what the sandbox was made to do against articles that were
// each made once.
func requireOnce(t *testing.T, e sandbox.Effects, articles, images int) {
	t.Helper()
	require.Equal(t, articles, e.Purposes["article"], "articles that were paid for")
	require.Equal(t, articles, e.Purposes["image_prompts"])
	require.Equal(t, articles*images, e.Images, "pictures that were paid for")
	require.Equal(t, articles*images, e.Media, "pictures on the site")
	require.Equal(t, articles, e.Posts, "posts that were created")
	require.Equal(t, articles, e.Published)
	for _, of := range []map[string]int{e.PostsBySlug, e.MediaByHash, e.ImagesByKey, e.TermsBySlug} {
		for key, n := range of {
			require.Equal(t, 1, n, "%s was made more than once", key)
		}
	}
}
