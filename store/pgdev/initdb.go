package pgdev

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"github.com/igny8/igny8"
)

// initialize sees to it that the programs, the password and the data are there.
func (c *Cluster) initialize(ctx context.Context) (err error) {
	if c.install.npm != "" {
		if c.install, err = stage(c.install, c.options.Dir); err != nil {
			return err
		}
		if err := c.account.canEnter(filepath.Join(c.install.dir, "bin")); err != nil {
			return err
		}
	}
	if _, err := os.Stat(filepath.Join(c.dataDir(), "PG_VERSION")); err == nil {
		return c.readPassword()
	}
	if err := c.makePassword(); err != nil {
		return err
	}
	return c.initdb(ctx)
}

// initdb makes the data beside its final place, so that what is in place is
// always whole.
func (c *Cluster) initdb(ctx context.Context) error {
	fresh := c.path("data.new")
	if err := os.RemoveAll(fresh); err != nil {
		return igny8.Wrap(igny8.Invalid, err, "What an earlier start left in %s can't be removed", fresh)
	}
	if err := makeDir(fresh, 0o700); err != nil {
		return err
	}
	if err := c.account.give(fresh); err != nil {
		return igny8.Wrap(igny8.Invalid, err, "The directory %s can't be given to %q", fresh, c.account.name)
	}
	secret, err := c.lend(c.path("password"))
	if err != nil {
		return err
	}
	defer os.Remove(secret)
	arguments := append([]string{"-D", fresh, "-U", superuser, "--pwfile=" + secret, "--auth=scram-sha-256",
		"--encoding=UTF8", "--no-instructions"}, locale()...)
	if c.options.Fast {
		arguments = append(arguments, "--no-sync")
	}
	out, err := c.command(ctx, "initdb", arguments...).CombinedOutput()
	if err != nil {
		return igny8.Wrap(igny8.Invalid, err, "PostgreSQL could not make its data directory %s%s", c.dataDir(), because(out))
	}
	if err := os.Rename(fresh, c.dataDir()); err != nil {
		return igny8.Wrap(igny8.Invalid, err, "The directory %s holds something that is no PostgreSQL cluster; move it away", c.dataDir())
	}
	return nil
}

// locale sorts by code point and knows all letters. macOS has no C.UTF-8.
func locale() []string {
	if runtime.GOOS == "darwin" {
		return []string{"--locale=C", "--lc-ctype=en_US.UTF-8"}
	}
	return []string{"--locale=C.UTF-8"}
}

// command prepares a program of the server to run as the account, in a process
// group of its own so that a Ctrl-C reaches us alone and we stop it in order.
func (c *Cluster) command(ctx context.Context, program string, arguments ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(c.install.dir, "bin", program), arguments...)
	cmd.Dir = c.options.Dir
	cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + c.options.Dir, "TZ=UTC", "LC_MESSAGES=C"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: c.account.credential()}
	return cmd
}

func (c *Cluster) makePassword() error {
	c.password = rand.Text()
	err := os.WriteFile(c.path("password"), []byte(c.password+"\n"), 0o600)
	if err != nil {
		return igny8.Wrap(igny8.Invalid, err, "The password file %s can't be written", c.path("password"))
	}
	return nil
}

func (c *Cluster) readPassword() error {
	file := c.path("password")
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return igny8.Wrap(igny8.Invalid, err, "The password file %s is gone, but its cluster is there. Put it back, or move %s away to begin anew", file, c.dataDir())
	}
	if err != nil {
		return igny8.Wrap(igny8.Invalid, err, "The password file %s can't be read", file)
	}
	if err := os.Chmod(file, 0o600); err != nil {
		return igny8.Wrap(igny8.Invalid, err, "The password file %s can't be closed to others", file)
	}
	c.password = strings.TrimSpace(string(text))
	return nil
}

// lend makes a copy of a file that only the account can read. The caller
// removes it.
func (c *Cluster) lend(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", igny8.Wrap(igny8.Invalid, err, "The file %s can't be read", path)
	}
	lent, err := os.CreateTemp(c.options.Dir, "lent-*") // mode 0600
	if err != nil {
		return "", igny8.Wrap(igny8.Invalid, err, "The directory %s can't be written to", c.options.Dir)
	}
	_, err = lent.Write(text)
	if err := errors.Join(err, lent.Close(), c.account.give(lent.Name())); err != nil {
		os.Remove(lent.Name())
		return "", igny8.Wrap(igny8.Invalid, err, "The directory %s can't be written to", c.options.Dir)
	}
	return lent.Name(), nil
}

// because puts the end of a program's output into a message. It was written by
// PostgreSQL, on this machine, for whoever runs it.
func because(output []byte) string {
	if bytes.Contains(output, []byte("No space left on device")) {
		return ": the disk is full"
	}
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	const most = 12
	if len(lines) > most {
		lines = lines[len(lines)-most:]
	}
	text := strings.Join(lines, "\n  ")
	if text == "" {
		return ""
	}
	return ". It said:\n  " + text
}
