package activities

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/workflows"
)

// searches are n different keywords: queries of people, with the words that are
// usually put before and after them.
func searches(t *testing.T, n int) []string {
	t.Helper()
	var plain []string
	for _, file := range []string{"uqv_dev.tsv", "clinc150_dev.tsv", "banking77_test.tsv"} {
		b, err := os.ReadFile(filepath.Join("..", "cluster", "testdata", file))
		require.NoError(t, err)
		for line := range strings.Lines(string(b)) {
			text, _, _ := strings.Cut(line, "\t")
			plain = append(plain, strings.ToLower(text))
		}
	}
	seen := map[string]bool{}
	var out []string
	for _, around := range []string{"%s", "best %s", "cheap %s", "%s near me", "%s online", "how to %s", "%s for beginners", "%s cost", "%s reviews", "free %s", "%s examples", "%s 2026", "top 10 %s", "%s guide"} {
		for _, text := range plain {
			if k := fmt.Sprintf(around, text); !seen[k] && len(k) <= 200 && len(out) < n {
				seen[k] = true
				out = append(out, k)
			}
		}
	}
	require.Len(t, out, n)
	return out
}

// sow is plant for many.
func (h *house) sow(keywords []string) {
	h.t.Helper()
	sc := h.run.Scope
	h.sql("insert into igny8_keywords (account_id, site_id, sector_id, keyword, normal, volume) select $1, $2, $3, k, k, n::int from unnest($4::text[]) with ordinality u(k, n)", sc.Account, sc.Site, sc.Sector, keywords)
}

// another is what a process needs to work in a house of this one.
type another struct {
	Database string
	Run      workflows.RunInput
}

// TestClusterInAnotherProcess is what the test below starts and kills.
func TestClusterInAnotherProcess(t *testing.T) {
	t.Parallel()
	told := os.Getenv("IGNY8_TEST_CLUSTERING")
	if told == "" {
		return // nothing is left out: TestAKilledClusteringGoesOn runs it
	}
	var of another
	require.NoError(t, json.Unmarshal([]byte(told), &of))
	db, err := store.Open(t.Context(), of.Database, store.Options{MaxConns: 4})
	require.NoError(t, err)
	t.Cleanup(db.Close)
	perform(&house{t: t, Activities: &Activities{Store: db}}, workflows.Cluster, workflows.Grouping{RunInput: of.Run})
}

// A clustering that is killed leaves what it has computed, and the next goes on
// from there: nothing is encoded twice.
func TestAKilledClusteringGoesOn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.begin("clusters")
	const n = 3 * encodedAtOnce
	h.sow(searches(t, n))
	of, err := json.Marshal(another{h.db.Config().ConnString(), h.run})
	require.NoError(t, err)
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestClusterInAnotherProcess$", "-test.timeout=5m")
	child.Env = append(os.Environ(), "IGNY8_TEST_CLUSTERING="+string(of))

	heard := make(chan struct{}, 1)
	listening, stop := context.WithCancel(t.Context())
	defer stop()
	go func() {
		_ = h.Store.Listen(listening, func(string) {
			select {
			case heard <- struct{}{}:
			default:
			}
		})
	}()
	require.NoError(t, child.Start())
	for kept := int64(0); kept < encodedAtOnce; kept = one[int64](h, "select count(*) from igny8_keyword_features") {
		select {
		case <-heard: // the run has come further
		case <-time.After(time.Second): // or had, before anybody listened
		}
	}
	require.NoError(t, child.Process.Kill())
	require.Error(t, child.Wait())
	require.Zero(t, one[int64](h, "select count(*) from igny8_clusters"))
	kept := one[int64](h, "select count(*) from igny8_keyword_features")
	require.GreaterOrEqual(t, kept, int64(encodedAtOnce))
	require.Less(t, kept, int64(n))

	out := perform(h, workflows.Cluster, workflows.Grouping{RunInput: h.run})

	require.EqualValues(t, n-kept, out.Encoded)
	require.EqualValues(t, n, one[int64](h, "select count(*) from igny8_keyword_features"))
	require.EqualValues(t, n-out.Left, one[int64](h, "select count(*) from igny8_keywords where cluster_id is not null"))
	require.GreaterOrEqual(t, one[int](h, "select percentage from igny8_runs where id = $1", h.run.Run), 90, "computing is most of such a run")

	h.begin("recluster")
	require.Zero(t, perform(h, workflows.Propose, workflows.Grouping{RunInput: h.run}).Encoded, "what is kept serves every run")
}

// A long list: IGNY8_CLUSTER_SCALE says how many keywords, for the largest of all
// `make cluster-scale`. It reports what it took and holds the memory of the process
// to its bound.
func TestClusteringAtScale(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("IGNY8_CLUSTER_SCALE"))
	if n == 0 {
		n = 300
	}
	h := newHouse(t)
	h.begin("clusters")
	h.sow(searches(t, n))
	began := time.Now()
	out := patiently(h)
	peak := peakMemory(t)
	t.Logf("%d keywords: %d topics, %d left out, %d encoded, %v, peak %d MB", n, out.Clusters, out.Left, out.Encoded, time.Since(began).Round(time.Second), peak>>20)
	require.EqualValues(t, n-out.Left, one[int64](h, "select count(*) from igny8_keywords where cluster_id is not null"))
	if n >= 10_000 { // of a short list the memory is that of the tests beside it
		require.LessOrEqual(t, peak, int64(700<<20))
	}
}

// patiently clusters with the patience that a workflow has, which a test of one
// step has not.
func patiently(h *house) (out workflows.Clustered) {
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(2 * time.Hour)
	h.Register(env)
	env.ExecuteWorkflow(func(ctx workflow.Context) (workflows.Clustered, error) {
		return workflows.Cluster.Run(ctx, workflows.Grouping{RunInput: h.run})
	})
	require.NoError(h.t, env.GetWorkflowError())
	require.NoError(h.t, env.GetWorkflowResult(&out))
	return out
}

// peakMemory is the most that this process has had in memory, in bytes.
func peakMemory(t *testing.T) int64 {
	t.Helper()
	f, err := os.Open("/proc/self/status")
	require.NoError(t, err)
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			require.NoError(t, err)
			return kb << 10
		}
	}
	t.Fatal("the system does not tell")
	return 0
}
