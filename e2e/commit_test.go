package e2e

import (
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/sandbox"
	"github.com/igny8/igny8/store/pgdev"
)

// A wired lab is one whose database is the test's, at the end of a wire.
type wired struct {
	*lab
	cluster *pgdev.Cluster
	options pgdev.Options
	wire    *wire
	snare   *trap
}

// newWired starts the database and the lab.
func newWired(t *testing.T) *wired {
	t.Helper()
	program(t)
	w := &wired{snare: &trap{}, options: pgdev.Options{
		Dir: filepath.Join(newDirectory(t), "postgres"), Binaries: []string{pgdev.NativeDir(filepath.Join("..", "tools", "postgres", "node_modules"))},
	}}
	w.begin(t)
	t.Cleanup(func() { require.NoError(t, w.cluster.Stop()) })
	require.NoError(t, w.cluster.CreateDatabase(t.Context(), "igny8"))
	w.wire = newWire(t, w.at(), w.snare.observe)
	at, err := url.Parse(w.cluster.URL("igny8"))
	require.NoError(t, err)
	at.Host = w.wire.listener.Addr().String()
	w.lab = newLab(t, sandbox.Options{Observe: w.snare.observe}, "DATABASE_URL="+at.String())
	return w
}

// begin starts the database, if it must once what a killed one has left has ended.
func (w *wired) begin(t *testing.T) {
	t.Helper()
	var err error
	eventually(t, "there is a database", func() bool {
		w.cluster, err = pgdev.Start(t.Context(), w.options)
		return err == nil
	}, func() any { return err })
}

func (w *wired) at() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(w.cluster.Port())) }

// commits makes a run and returns the names of its commits, in order, until its end.
func (w *wired) commits(t *testing.T) (names []string) {
	t.Helper()
	var mu sync.Mutex
	w.renew(t)
	a := w.customer(t, 100)
	a.keywords(t)
	w.snare.seen.Store(ptr(func(c sandbox.Call, m sandbox.Moment) {
		if mu.Lock(); c.Protocol == "postgresql" && m == sandbox.Before {
			names = append(names, c.Purpose)
		}
		mu.Unlock()
	}))
	r := a.tries(t)
	require.NotNil(t, r)
	r.ends(t)
	w.snare.seen.Store(nil) // what the test reads is no part of the run
	require.Equal(t, igny8.RunSucceeded, r.detail(t).Status)
	w.keepsItsPromise(t, r, 100)
	mu.Lock()
	defer mu.Unlock()
	return names
}

// points lists the commits of a run, both moments of each. Of those that a second
// run makes less often only so many count, and of those that tell how far the
// computing has come only the first: how many there are depends on the clock.
func (w *wired) points(t *testing.T) (points []point) {
	t.Helper()
	names, again := w.commits(t), map[string]int{}
	for _, n := range w.commits(t) {
		again[n]++
	}
	seen := map[string]int{}
	for _, n := range names {
		if strings.HasPrefix(n, "commit RunComputed") {
			again[n] = 1
		}
		if seen[n]++; seen[n] <= again[n] {
			points = append(points, point{n, seen[n], sandbox.Before}, point{n, seen[n], sandbox.After})
		}
	}
	require.Greater(t, len(points), 100)
	t.Logf("%d points: %v", len(points), points)
	return points
}

// Everything is killed, or the database alone, or the connection to it is cut,
// before and after each commit of a run: what was not committed is done again,
// and what was committed and not answered is found.
func TestCrashAtACommit(t *testing.T) {
	t.Parallel()
	w := newWired(t)
	ways := w.ways()
	telling := []point{ // an article saved and charged, a post adopted, a run accepted
		{"commit AttemptAnswered…SettleInWallet", 3, sandbox.After}, {"commit PublicationStep", 2, sandbox.Before}, {"commit Remembered…Audit", 1, sandbox.After},
	}
	for i, at := range sampled(t, w.points(t), telling, 4) {
		for j, way := range ways {
			if os.Getenv("IGNY8_FAULTS") != "all" && i%len(ways) != j {
				continue
			}
			t.Run(way.name+" "+at.String(), func(t *testing.T) { way.disturb(t, at) })
			if t.Failed() {
				break
			}
		}
	}
	t.Cleanup(w.end)
	w.nobodyPanicked(t)
	require.NoError(t, w.stop())
}

// A way is how a run is disturbed at a point.
type way struct {
	name    string
	disturb func(*testing.T, point)
}

func (w *wired) ways() []way {
	return []way{
		{"program killed", func(t *testing.T, at point) {
			dying := w.server
			w.crash(t, w.snare, at, func() {
				_ = syscall.Kill(dying.cmd.Process.Pid, syscall.SIGKILL)
				w.wire.cut()
			}, func() {
				<-dying.ended
				dying.sql.Close()
				again, err := up(w.dir, w.env)
				require.NoError(t, err)
				w.server = again
			})
		}},
		{"database killed", func(t *testing.T, at point) { w.crash(t, w.snare, at, w.lose, func() { w.bring(t) }) }},
		{"connection cut", func(t *testing.T, at point) { w.crash(t, w.snare, at, w.wire.cut, func() {}) }},
	}
}

// lose kills the database, which is the test's.
func (w *wired) lose() {
	_ = syscall.Kill(postmasterIn(w.options.Dir), syscall.SIGKILL)
	w.wire.cut()
}

// bring brings it back.
func (w *wired) bring(t *testing.T) {
	t.Helper()
	<-w.cluster.Done()
	require.NoError(t, w.cluster.Stop())
	w.begin(t)
	w.wire.to.Store(ptr(w.at()))
}

// The database is away for a while in the middle of a run, which goes on when it is
// back: with all faults for longer than two minutes, after which workers give up an
// engine that says it doesn't know their namespace.
func TestCrashOfTheDatabaseForLong(t *testing.T) {
	t.Parallel()
	w := newWired(t)
	away := time.Second
	if os.Getenv("IGNY8_FAULTS") == "all" {
		away = 3 * time.Minute
	}
	w.crash(t, w.snare, point{"article", 1, sandbox.After}, w.lose, func() {
		time.Sleep(away)
		w.bring(t)
	})
	t.Cleanup(w.end)
	w.nobodyPanicked(t)
	require.NoError(t, w.stop())
}

func ptr[T any](v T) *T { return &v }
