package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8/store/pgdev"
)

// A server is `igny8 up` with the sandbox, on data and ports of its own.
type server struct {
	*process
	API        string `json:"api"`
	Temporal   string `json:"temporal"`
	TemporalUI string `json:"temporal_ui"`
	Sandbox    string `json:"sandbox"`

	sql       *pgxpool.Pool // as who may see everything
	env       []string      // that commands beside it need
	namespace string        // of the engine; "" is the default one
}

// servers bounds how many run at the same time: the two that tests share stay until
// the end and are soon idle, and the others wait for time-outs as often as they work.
var servers = make(chan struct{}, 5)

// serving are the settings of every server: ports that are free, models that
// answer soon, pauses between attempts that are short, and a log of everything,
// so that a secret that gets into it is found.
var serving = []string{
	"IGNY8_LISTEN=127.0.0.1:0", "IGNY8_SANDBOX_LISTEN=127.0.0.1:0", "IGNY8_TEMPORAL_UI_PORT=0",
	"IGNY8_SANDBOX_DELAY=20ms", "IGNY8_TIME_SCALE=0.2", "IGNY8_LOG=debug",
	"IGNY8_TRUSTED_PROXIES=127.0.0.1", // each user comes from an address of its own
}

// up starts a server on a directory and returns when it answers.
func up(dir string, env []string, args ...string) (*server, error) {
	p, err := launch(dir, append(append([]string{"IGNY8_DATA=" + dir}, serving...), env...), nil, append([]string{"up"}, args...)...)
	if err != nil {
		return nil, err
	}
	s := &server{process: p, env: append([]string{"IGNY8_DATA=" + dir}, env...)}
	if err := s.ready(); err != nil {
		p.end()
		return nil, fmt.Errorf("%w\n%s%s", err, p.out.tail(), p.err.tail())
	}
	return s, nil
}

// ready waits until the server says where it is, and connects to its database.
func (s *server) ready() error {
	ctx, cancel := context.WithTimeout(context.Background(), patient)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !s.answers(ctx) {
		select {
		case <-s.ended:
			return errors.New("the server has ended")
		case <-ctx.Done():
			return errors.New("the server does not answer")
		case <-tick.C:
		}
	}
	for _, v := range s.env {
		if given, ok := strings.CutPrefix(v, "DATABASE_URL="); ok {
			return s.connect(ctx, given)
		}
	}
	cluster, err := pgdev.Start(ctx, pgdev.Options{Dir: filepath.Join(s.dir, "postgres")}) // as a guest
	if err != nil {
		return err
	}
	return s.connect(ctx, cluster.URL("igny8"))
}

func (s *server) connect(ctx context.Context, database string) (err error) {
	s.sql, err = pgxpool.New(ctx, database+"&pool_max_conns=4")
	return err
}

func (s *server) answers(ctx context.Context) bool {
	b, err := os.ReadFile(filepath.Join(s.dir, "running.json"))
	if err != nil || json.Unmarshal(b, s) != nil {
		return false
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.API+"/healthz", nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	return res.Body.Close() == nil && res.StatusCode == http.StatusOK
}

// stop has the server end as Ctrl-C does, once its ledger has been read.
func (s *server) stop() error {
	defer s.end()
	err := s.addsUp()
	s.sql.Close()
	return errors.Join(err, s.process.stop())
}

// end ends the server without asking it.
func (s *server) end() {
	s.sql.Close()
	s.process.end()
}

// addsUp reads the whole ledger.
func (s *server) addsUp() error {
	ctx, cancel := context.WithTimeout(context.Background(), patient)
	defer cancel()
	var wallets, entries int64
	var violations []string
	if err := s.sql.QueryRow(ctx, "select wallets, entries, violations from ledger_check()").Scan(&wallets, &entries, &violations); err != nil {
		return err
	}
	if len(violations) > 0 {
		return fmt.Errorf("the ledger does not add up: %s", strings.Join(violations, "; "))
	}
	return nil
}

// start starts a server for one test, which ends it, well, or has it ended.
func start(t *testing.T, dir string, env []string, args ...string) *server {
	t.Helper()
	s, err := up(dir, env, args...)
	require.NoError(t, err)
	t.Cleanup(s.end)
	t.Cleanup(func() { s.tell(t) })
	return s
}

// tell adds to the report of a test that failed what the server said.
func (s *server) tell(t *testing.T) {
	if t.Failed() {
		t.Logf("the server said:\n%s%s", s.out.tail(), warnings(s.err.String()))
	}
}

// warnings are the lines of a log that are no chatter: the last of them, and every
// request that was answered with an error of ours.
func warnings(log string) string {
	var requests, kept []string
	for line := range strings.Lines(log) {
		switch {
		case strings.Contains(line, " ERR request "):
			requests = append(requests, line)
		case strings.Contains(line, " WRN "), strings.Contains(line, " ERR "), strings.Contains(line, "panic"):
			kept = append(kept, line)
		}
	}
	return strings.Join(append(requests, kept[max(0, len(kept)-40):]...), "")
}

// room takes the place of a server, until the test is over.
func room(t *testing.T) {
	t.Helper()
	program(t)
	select {
	case servers <- struct{}{}:
		t.Cleanup(func() { <-servers })
	case <-t.Context().Done():
		t.Fatal("there was no room for another server")
	}
}

// program leaves the test out where there is nothing to test.
func program(t *testing.T) {
	t.Helper()
	if binary == "" {
		t.Skip("there is no program to test: run `make build` first")
	}
}

// A once is a server that several tests share, each with an account of its own.
type once struct {
	mu     sync.Mutex
	server *server
	err    error
	turn   sync.Mutex
}

// common is for tests that let the sandbox work as it does. steered is for those
// that slow it down or break it: one at a time.
var common, steered = &once{}, &once{}

func (o *once) get(t *testing.T) *server {
	t.Helper()
	program(t)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.server == nil && o.err == nil {
		servers <- struct{}{}
		dir, err := directory()
		if err == nil {
			o.server, err = up(dir, nil, "--sandbox")
		}
		o.err = err
	}
	require.NoError(t, o.err)
	t.Cleanup(func() { o.server.tell(t) })
	return o.server
}

// shared returns the server of all tests that don't steer it.
func shared(t *testing.T) *server { return common.get(t) }

// alone returns a server that no other test uses until this one is over.
func alone(t *testing.T) *server {
	t.Helper()
	steered.turn.Lock()
	t.Cleanup(steered.turn.Unlock)
	s := steered.get(t)
	t.Cleanup(func() {
		s.mend(t)
		s.latency(t, 20*time.Millisecond)
	})
	return s
}

// end stops the server as Ctrl-C does.
func (o *once) end() error {
	if o.server == nil {
		return nil
	}
	defer func() { <-servers }()
	return errors.Join(o.server.stop(), os.RemoveAll(o.server.dir))
}
