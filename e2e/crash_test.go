package e2e

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/sandbox"
)

// A point is a moment at which something is killed: before or after the nth call
// of its kind has had its effect.
type point struct {
	purpose string
	nth     int
	moment  sandbox.Moment
}

func (p point) String() string { return fmt.Sprintf("%s %s %d", p.moment, p.purpose, p.nth) }

// A trap waits for a point and springs once. While it is not set, it counts.
type trap struct {
	set  atomic.Pointer[spring]
	seen atomic.Pointer[func(sandbox.Call, sandbox.Moment)] // is told of everything
}

type spring struct {
	point
	met    atomic.Int64
	call   atomic.Int64 // that it springs at
	sprung chan struct{}
	do     func()
}

// observe is told of every call by the providers.
func (t *trap) observe(c sandbox.Call, m sandbox.Moment) {
	if seen := t.seen.Load(); seen != nil {
		(*seen)(c, m)
	}
	s := t.set.Load()
	if s == nil || s.purpose != c.Purpose {
		return
	}
	if m == sandbox.Before && s.met.Add(1) == int64(s.nth) {
		s.call.Store(int64(c.N))
	}
	if s.call.Load() == int64(c.N) && m == s.moment && t.set.CompareAndSwap(s, nil) {
		s.do()
		close(s.sprung)
	}
}

// at sets the trap.
func (t *trap) at(p point, do func()) *spring {
	s := &spring{point: p, sprung: make(chan struct{}), do: do}
	t.set.Store(s)
	return s
}

// The run that is killed: two articles with one picture each, one at a time.
const crashArticles = 2

// pointsOf lists the calls of a run, both moments of each. How often a picture
// is asked after depends on the clock, so of those calls only the first counts.
func pointsOf(calls []sandbox.Call) (points []point) {
	seen := map[string]int{}
	for _, c := range calls {
		seen[c.Purpose]++
		if c.Purpose == "getResponse" && seen[c.Purpose] > 1 {
			continue
		}
		points = append(points, point{c.Purpose, seen[c.Purpose], sandbox.Before}, point{c.Purpose, seen[c.Purpose], sandbox.After})
	}
	return points
}

// dear are the calls that cost most if they are made twice.
var dear = []point{{"post.create", 1, sandbox.After}, {"media.create", 1, sandbox.After}, {"article", 1, sandbox.After}, {"imageInference", 1, sandbox.After}}

// sampled are the points that are tried: all of them, or a sample that is the
// same each time and has the dear ones in it.
func sampled(t *testing.T, all, dear []point, sample int) []point {
	t.Helper()
	if os.Getenv("IGNY8_FAULTS") == "all" {
		return all
	}
	rest := slices.DeleteFunc(slices.Clone(all), func(p point) bool { return slices.Contains(dear, p) })
	rand.New(rand.NewPCG(11, 7)).Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
	for _, p := range dear {
		require.Contains(t, all, p)
	}
	return append(dear, rest[:min(len(rest), sample-len(dear))]...)
}

// crashLab is a lab with a trap, and the points of a run in it that are tried: all,
// or the sample.
func crashLab(t *testing.T, sample ...point) (*lab, *trap, []point) {
	t.Helper()
	snare := &trap{}
	l := newLab(t, sandbox.Options{Observe: snare.observe})
	if len(sample) > 0 && os.Getenv("IGNY8_FAULTS") != "all" {
		return l, snare, sample
	}
	a := l.customer(t, 100)
	r := a.makes(t, crashArticles, 1, 1)
	require.Equal(t, igny8.RunSucceeded, r.finishes(t).Status)
	l.keepsItsPromise(t, r, 100)
	points := pointsOf(l.peers.Calls())
	require.Greater(t, len(points), 40)
	t.Logf("%d points: %v", len(points), points)
	return l, snare, points
}

// crash begins a run, has something killed at a point of it, and mends what was
// killed; then the run must end as if nothing had been.
func (l *lab) crash(t *testing.T, snare *trap, at point, kill func(), mend func()) {
	t.Helper()
	const granted = 100
	l.renew(t)
	a := l.customer(t, granted)
	a.keywords(t)
	s := snare.at(at, kill)
	r := a.tries(t)
	eventually(t, "the run reaches "+at.String(), func() bool { return closed(s.sprung) })
	mend()
	a.server = l.server // another one, if it was killed
	if r == nil {
		r = a.tries(t)
		require.NotNil(t, r, "the start was refused when it was repeated")
	}
	d := r.finishes(t)
	require.Equal(t, igny8.RunSucceeded, d.Status, "%s: %+v", d.Message, d.Tasks)
	require.Equal(t, crashArticles, d.Made.Posts)
	require.Equal(t, crashArticles, d.Made.Images)
	l.keepsItsPromise(t, r, granted)
}

// tries starts the run that is killed. It returns nil if there was no answer, or
// none that helps: who asks then does so again, and means the same run.
func (a *account) tries(t *testing.T) *run {
	t.Helper()
	order, err := json.Marshal(orderOf(a, crashArticles, 1, 1))
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.API+"/api/v1/automation/pipelines/", bytes.NewReader(order))
	require.NoError(t, err)
	for name, v := range map[string]string{"Content-Type": "application/json", "Authorization": "Bearer " + a.token, "X-Forwarded-For": a.address, "Idempotency-Key": "the one"} {
		req.Header.Set(name, v)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 500 {
		return nil
	}
	return a.accepted(t, answer{"start", res.StatusCode, res.Header, body}, igny8.KindPipeline)
}

// kill -9 of the whole program, the private database with it, before and after
// each call that it makes: it goes on where it was.
func TestCrashOfEverything(t *testing.T) {
	t.Parallel()
	l, snare, all := crashLab(t)
	for i, at := range sampled(t, all, dear, 8) {
		t.Run(at.String(), func(t *testing.T) {
			withDatabase := i%2 == 0 // the other half of the times it lives on, and is taken over
			dying := l.server
			l.crash(t, snare, at, func() {
				if withDatabase {
					_ = syscall.Kill(l.postmaster(), syscall.SIGKILL) // a database that is gone is gone
				}
				_ = syscall.Kill(dying.cmd.Process.Pid, syscall.SIGKILL)
			}, func() {
				<-dying.ended
				dying.sql.Close()
				again, err := up(l.dir, l.env)
				require.NoError(t, err)
				l.server = again
			})
		})
		if t.Failed() {
			break
		}
	}
	t.Cleanup(l.server.end)
	l.nobodyPanicked(t)
	require.NoError(t, l.stop())
}

// postmaster is the process of the private database.
func (l *lab) postmaster() int { return postmasterIn(filepath.Join(l.dir, "postgres")) }

func postmasterIn(dir string) int {
	b, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if err != nil {
		return 0
	}
	pid, _ := strconv.Atoi(strings.TrimSpace(strings.SplitN(string(b), "\n", 2)[0]))
	return cmp.Or(pid, -1<<30) // nobody
}

// kill -9 of the database alone: the program starts it again and goes on.
func TestCrashOfTheDatabase(t *testing.T) {
	t.Parallel()
	l, snare, points := crashLab(t, point{"article", 2, sandbox.After}, point{"post.create", 1, sandbox.After})
	for _, at := range points {
		t.Run(at.String(), func(t *testing.T) {
			before := l.postmaster()
			l.crash(t, snare, at, func() { _ = syscall.Kill(before, syscall.SIGKILL) }, func() {
				eventually(t, "there is a database again", func() bool {
					now := l.postmaster()
					return now != before && now > 0 && l.sql.Ping(t.Context()) == nil
				})
			})
		})
	}
	l.nobodyPanicked(t)
	require.NoError(t, l.stop())
}

// kill -9 of a worker beside a second one: the other does what it had begun.
func TestCrashOfAWorker(t *testing.T) {
	t.Parallel()
	l, snare, points := crashLab(t, point{"article", 1, sandbox.Before}, point{"post.create", 2, sandbox.After})
	for _, at := range points {
		t.Run(at.String(), func(t *testing.T) {
			w := l.worker(t)
			l.crash(t, snare, at, func() { _ = syscall.Kill(w.cmd.Process.Pid, syscall.SIGKILL) }, func() { <-w.ended })
		})
	}
	l.nobodyPanicked(t)
	require.NoError(t, l.stop())
}

// worker starts a worker beside the server, on its data, and returns when it
// asks for work.
func (l *lab) worker(t *testing.T) *process {
	t.Helper()
	env := slices.Concat(serving, l.env, []string{"IGNY8_DATA=" + l.dir, "DATABASE_URL=" + strings.TrimSuffix(l.sql.Config().ConnString(), "&pool_max_conns=4"), "TEMPORAL_ADDRESS=" + l.Temporal})
	p, err := launch(newDirectory(t), env, nil, "worker") // what has the name of the data in it is the server's
	require.NoError(t, err)
	t.Cleanup(p.end)
	eventually(t, "the second worker takes tasks", func() bool {
		select {
		case <-p.ended:
			t.Fatalf("the worker has ended: %s", p.err.tail())
		default:
		}
		return strings.Contains(p.out.String(), "takes tasks")
	})
	return p
}
