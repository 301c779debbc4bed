package pgdev

import (
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/igny8/igny8"
)

// errSurvivors is that processes of a server that was killed are still at work.
// They end by themselves as soon as they look up from it.
var errSurvivors = errors.New("processes of the server before it live on")

// launch starts the server as a child. A free port may be taken by somebody
// else before the server has it, so that is tried a few times; what a killed
// server left is waited for.
func (c *Cluster) launch(ctx context.Context) error {
	waited, enough := context.WithTimeout(ctx, patience)
	defer enough()
	for attempt := 1; ; {
		port, err := pickPort(c.options.Port)
		if err != nil {
			return err
		}
		err = c.launchOn(ctx, port)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, errSurvivors):
			select {
			case <-time.After(100 * time.Millisecond): // nobody tells when they end
			case <-waited.Done():
				return err
			}
		case c.options.Port != 0 || attempt == 5 || !errors.Is(err, errPortTaken):
			return err
		default:
			attempt++
		}
	}
}

func (c *Cluster) launchOn(ctx context.Context, port int) error {
	log, begin, err := c.openLog()
	if err != nil {
		return err
	}
	defer log.Close()
	// The server outlives ctx, which bounds the start only.
	cmd := c.command(context.WithoutCancel(ctx), "postgres", c.arguments(port)...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return igny8.Wrap(igny8.Internal, err, "PostgreSQL in %s can't be started", c.install.dir)
	}
	c.pid, c.port, c.done = cmd.Process.Pid, port, make(chan struct{})
	done := c.done
	go func() {
		_ = cmd.Wait() // why it ended is in its log
		close(done)
	}()
	if err := c.ready(ctx); err != nil {
		_ = c.end(syscall.SIGQUIT, syscall.SIGKILL)
		return c.explain(err, begin)
	}
	return nil
}

func (c *Cluster) arguments(port int) []string {
	settings := []string{
		"listen_addresses=127.0.0.1", "port=" + strconv.Itoa(port), "unix_socket_directories=",
		"max_connections=200", "shared_buffers=128MB", "timezone=UTC", "log_timezone=UTC",
		"logging_collector=off", "log_checkpoints=off", "jit=off",
	}
	if c.options.Fast {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off",
			"wal_level=minimal", "max_wal_senders=0", "shared_buffers=32MB", "autovacuum=off")
	}
	arguments := []string{"-D", c.dataDir()}
	for _, setting := range settings {
		arguments = append(arguments, "-c", setting)
	}
	return arguments
}

// adopt takes over a server of this cluster whose process is gone.
func (c *Cluster) adopt(ctx context.Context, at *postmaster) error {
	if err := c.readPassword(); err != nil {
		return err
	}
	if c.options.Port != 0 && c.options.Port != at.port {
		c.log.Info("the running PostgreSQL server is on another port, so it is started anew", "port", at.port)
		c.attach(at)
		if err := c.end(syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL); err != nil {
			return err
		}
		return c.launch(ctx)
	}
	c.attach(at)
	return c.ready(ctx)
}

// visit waits until the process that has the directory has started its server,
// and uses that.
func (c *Cluster) visit(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startup)
	defer cancel()
	for tick := time.NewTicker(50 * time.Millisecond); ; {
		if at := c.running(); at != nil && c.readPassword() == nil {
			tick.Stop()
			c.log.Info("using the PostgreSQL server of another igny8 process", "pid", at.pid, "port", at.port)
			c.attach(at)
			return c.ready(ctx)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			tick.Stop()
			return igny8.Wrap(igny8.Conflict, ctx.Err(), "Another process uses %s and runs no server in it. Stop that one, or choose another data directory", c.options.Dir)
		}
	}
}

// attach makes a server that is no child of ours the cluster's.
func (c *Cluster) attach(at *postmaster) {
	c.pid, c.port, c.done = at.pid, at.port, make(chan struct{})
	done := c.done
	go func() {
		for at.alive() {
			time.Sleep(100 * time.Millisecond) // a stranger's end can't be waited for
		}
		close(done)
	}()
}

// startup is how long a server may take to accept connections: after a crash it
// first replays its journal.
const startup = 3 * time.Minute

// ready returns when the server accepts our password.
func (c *Cluster) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startup)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := c.ping(ctx)
		if err == nil {
			return nil
		}
		if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == "28P01" {
			return igny8.Wrap(igny8.Credentials, err, "The password in %s is not that of the cluster", c.path("password"))
		}
		select {
		case <-tick.C:
		case <-c.done:
			return igny8.Errorf(igny8.Internal, "PostgreSQL ended as soon as it was started")
		case <-ctx.Done():
			return igny8.Wrap(igny8.Unavailable, ctx.Err(), "PostgreSQL does not accept connections on port %d", c.port)
		}
	}
}

func (c *Cluster) ping(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, c.URL("postgres"))
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

// largestLog is when a log is begun anew; the one before is kept.
const largestLog = 10 << 20

// openLog opens the server's log and returns where this start begins in it.
func (c *Cluster) openLog() (*os.File, int64, error) {
	path := c.logFile()
	if info, err := os.Stat(path); err == nil && info.Size() > largestLog {
		_ = os.Rename(path, path+".1")
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, 0, igny8.Wrap(igny8.Invalid, err, "PostgreSQL's log %s can't be written", path)
	}
	begin, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		file.Close()
		return nil, 0, igny8.Wrap(igny8.Internal, err, "PostgreSQL's log %s can't be read", path)
	}
	return file, begin, nil
}

// explain adds to err what the server has said since this start.
func (c *Cluster) explain(err error, begin int64) error {
	all, _ := os.ReadFile(c.logFile())
	said := all[min(begin, int64(len(all))):]
	if strings.Contains(string(said), "could not bind") {
		return igny8.Wrap(igny8.Conflict, errors.Join(err, errPortTaken), "PostgreSQL can't have port %d on 127.0.0.1", c.port)
	}
	if strings.Contains(string(said), "is still in use") {
		err = errors.Join(err, errSurvivors)
	}
	return igny8.Wrap(igny8.CodeOf(err), err, "PostgreSQL did not start%s", because(said))
}
