package pgdev

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/igny8/igny8"
)

// A Temporary cluster is fast, forgets everything, and goes with this process
// however that ends: also a panic, a timeout or a kill -9 leaves neither a
// server nor a directory.
type Temporary struct {
	*Cluster
	dir   string
	leash io.WriteCloser
	guard *exec.Cmd
}

// StartTemporary starts a cluster in a new directory. Of the options it uses
// Binaries, User and Log. An error is as Start's.
func StartTemporary(ctx context.Context, options Options) (t *Temporary, err error) {
	t = new(Temporary)
	if t.dir, err = temporaryDir(options.User); err != nil {
		return nil, err
	}
	options.Dir, options.Port, options.Fast = t.dir, 0, true
	if err := t.tie(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(t.dir))
	}
	if t.Cluster, err = Start(ctx, options); err != nil {
		return nil, errors.Join(err, t.remove())
	}
	return t, nil
}

// Stop ends the server at once and removes its directory.
func (t *Temporary) Stop() error {
	defer t.release()
	return errors.Join(t.end(syscall.SIGQUIT, syscall.SIGKILL), t.remove())
}

// guardian waits for a line. If the pipe ends without one, whoever held it has
// died: the server named in the directory is stopped and all of it removed.
const guardian = `read -r line && exit 0
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null) && kill -QUIT "$pid" 2>/dev/null
tries=0
while [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries+1)); done
rm -rf -- "$1"`

// tie starts the guardian, in a session of its own so that what is sent to us
// doesn't reach it.
func (t *Temporary) tie() (err error) {
	t.guard = exec.Command("/bin/sh", "-c", guardian, "pgdev", t.dir)
	t.guard.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if t.leash, err = t.guard.StdinPipe(); err == nil {
		err = t.guard.Start()
	}
	if err != nil {
		return igny8.Wrap(igny8.Internal, err, "The shell that cleans up after a test can't be started")
	}
	return nil
}

// remove removes the directory and dismisses the guardian.
func (t *Temporary) remove() error {
	err := os.RemoveAll(t.dir)
	_, err1 := io.WriteString(t.leash, "done\n")
	return errors.Join(err, err1, t.leash.Close(), t.guard.Wait())
}

// temporaryDir makes a directory that the server's user can enter: a TMPDIR may
// be private to root.
func temporaryDir(user string) (string, error) {
	who, err := unprivileged(user)
	if err != nil {
		return "", err
	}
	for _, base := range []string{os.TempDir(), "/tmp", "/var/tmp"} {
		dir, failed := os.MkdirTemp(base, "igny8-postgres-")
		if failed == nil {
			failed = errors.Join(os.Chmod(dir, 0o755), who.canEnter(dir))
		}
		if failed == nil {
			return filepath.EvalSymlinks(dir)
		}
		err = failed
		_ = os.RemoveAll(dir)
	}
	return "", igny8.Wrap(igny8.Invalid, err, "There is no temporary directory for a PostgreSQL server; set TMPDIR to one")
}
