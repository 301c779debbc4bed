// Package pgdev runs a private PostgreSQL cluster: it finds the server's
// binaries, makes the data directory, starts the server beside this process and
// stops it again. It works for root, who may not run PostgreSQL himself, and
// for everybody else. The server listens on 127.0.0.1 and nowhere else, so no
// path of a Unix socket can be too long.
package pgdev

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/igny8/igny8"
)

// superuser is the role that initdb makes. Everything else is up to migrations.
const superuser = "igny8"

// Options say where the cluster lives and how it is run. The zero value is a
// cluster in DefaultDir, on a free port.
type Options struct {
	Dir      string       // holds data, password and log of this cluster and nothing else; "" is DefaultDir
	Binaries []string     // where to look after the system's own places: directories with bin/postgres, or npm's "native" ones
	Port     int          // on 127.0.0.1; 0 is any free one
	User     string       // whom root runs the server as; "" is postgres, or nobody if there is none
	Fast     bool         // for tests: a crash of the machine loses everything
	Log      *slog.Logger // nil discards

	system []string // replaces the system's own places, for tests
}

// DefaultDir is /var/lib/igny8/postgres for root and below the user's data
// directory for others.
func DefaultDir() string {
	if os.Geteuid() == 0 {
		return "/var/lib/igny8/postgres"
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "igny8", "postgres")
	}
	home, _ := os.UserHomeDir()
	return filepath.Join(home, ".local", "share", "igny8", "postgres")
}

// A Cluster is a running PostgreSQL server.
type Cluster struct {
	options  Options
	account  *account // whom the server runs as; nil is ourselves
	install  installation
	log      *slog.Logger
	lock     *os.File // held while we are the one who stops the server; nil for a guest
	password string
	pid      int
	port     int
	done     chan struct{}
}

// Start starts the cluster, making it first if there is none, and returns when
// it accepts connections. A server of this cluster that outlived its process is
// adopted. One that belongs to another living process is used as a guest: Stop
// then leaves it running. An error is meant to be read by whoever ran us; it is
// ErrNoBinaries if there is no PostgreSQL of version 15 or later.
func Start(ctx context.Context, options Options) (*Cluster, error) {
	c, err := prepare(options)
	if err != nil {
		return nil, err
	}
	if err := c.start(ctx); err != nil {
		c.release()
		return nil, err
	}
	return c, nil
}

func prepare(options Options) (c *Cluster, err error) {
	if options.Dir == "" {
		options.Dir = DefaultDir()
	}
	if options.Dir, err = filepath.Abs(options.Dir); err != nil {
		return nil, igny8.Wrap(igny8.Invalid, err, "The data directory %s can't be found", options.Dir)
	}
	c = &Cluster{options: options, log: options.Log, done: make(chan struct{})}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.account, err = unprivileged(options.User); err != nil {
		return nil, err
	}
	if err := makeDir(options.Dir, 0o755); err != nil {
		return nil, err
	}
	if err := c.account.canEnter(options.Dir); err != nil {
		return nil, err
	}
	if c.lock, err = lockDir(options.Dir); err != nil {
		return nil, err
	}
	return c, nil
}

// start makes the cluster run, or finds it running.
func (c *Cluster) start(ctx context.Context) (err error) {
	if c.lock == nil {
		return c.visit(ctx)
	}
	if c.install, err = choose(c.options, c.dataDir()); err != nil {
		return err
	}
	if err := c.initialize(ctx); err != nil {
		return err
	}
	if at := c.running(); at != nil {
		c.log.Info("adopting the PostgreSQL server that is still running", "pid", at.pid, "port", at.port)
		return c.adopt(ctx, at)
	}
	return c.launch(ctx)
}

// URL returns how the superuser connects to a database. It holds the password.
func (c *Cluster) URL(database string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(superuser, c.password),
		Host:     net.JoinHostPort("127.0.0.1", strconv.Itoa(c.port)),
		Path:     "/" + database,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// Port is where the server listens on 127.0.0.1.
func (c *Cluster) Port() int { return c.port }

// Dir is the directory that holds the cluster.
func (c *Cluster) Dir() string { return c.options.Dir }

// Done is closed when the server has ended, whoever ended it.
func (c *Cluster) Done() <-chan struct{} { return c.done }

// CreateDatabase makes a database unless there is one of that name.
func (c *Cluster) CreateDatabase(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, c.URL("postgres"))
	if err != nil {
		return igny8.Wrap(igny8.Unavailable, err, "The local PostgreSQL server can't be reached")
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, "create database "+pgx.Identifier{name}.Sanitize())
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && (e.Code == "42P04" || e.Code == "23505") {
		return nil // it exists, or somebody makes it at this moment
	}
	if err != nil {
		return igny8.Wrap(igny8.Internal, err, "The database %s can't be created", name)
	}
	return nil
}

// Stop ends the server, at first politely, and returns when it has ended. Open
// transactions are rolled back. A guest just leaves.
func (c *Cluster) Stop() error {
	defer c.release()
	if c.lock == nil {
		return nil
	}
	return c.end(syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL)
}

// patience is how long a server has after each signal: it may have to write
// everything it holds in memory.
const patience = 20 * time.Second

// end sends each signal in turn until the server has ended.
func (c *Cluster) end(signals ...syscall.Signal) error {
	for _, signal := range signals {
		select {
		case <-c.done: // never signal a number that may belong to somebody else by now
			return nil
		default:
		}
		if err := syscall.Kill(c.pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return igny8.Wrap(igny8.Internal, err, "PostgreSQL (process %d) can't be stopped", c.pid)
		}
		select {
		case <-c.done:
			return nil
		case <-time.After(patience):
			c.log.Warn("PostgreSQL does not end", "pid", c.pid, "signal", signal.String())
		}
	}
	return igny8.Errorf(igny8.Internal, "PostgreSQL (process %d) would not end", c.pid)
}

// release gives up the directory.
func (c *Cluster) release() {
	if c.lock != nil {
		unlock(c.lock)
		c.lock = nil
	}
}

func (c *Cluster) path(name string) string { return filepath.Join(c.options.Dir, name) }
func (c *Cluster) dataDir() string         { return c.path("data") }
func (c *Cluster) logFile() string         { return c.path("postgres.log") }
