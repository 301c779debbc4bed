// Package wordpresstest starts real WordPress sites for tests: each its own,
// from one installation that `make wordpress` sets up.
package wordpresstest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// A Site is a WordPress on a loopback address. It has the users admin, editor,
// author, contributor and subscriber, pretty permalinks, and no posts.
type Site struct {
	URL   string
	dir   string
	users map[string]user
}

type user struct {
	ID       int64  `json:"id"`
	Password string `json:"password"`
}

// Start starts a site that is gone when the test ends. Its environment is env
// and nothing else. Where WordPress is not set up the test is skipped, and with
// CI set it fails.
func Start(t testing.TB, env ...string) *Site {
	t.Helper()
	installed := installation(t)
	s := &Site{dir: t.TempDir()}
	written, err := os.ReadFile(filepath.Join(installed, "users.json"))
	if err == nil {
		err = json.Unmarshal(written, &s.users)
	}
	if err == nil {
		err = copyTree(s.dir, filepath.Join(installed, "site"))
	}
	if err != nil {
		t.Fatalf("the site can't be copied: %v", err)
	}
	for range 5 { // somebody else may take the port before PHP does
		if err = s.serve(t, filepath.Join(installed, "php"), env); err == nil {
			return s
		}
	}
	t.Fatalf("the site does not start: %v", err)
	return nil
}

// installation finds what `make wordpress` has made.
func installation(t testing.TB) string {
	t.Helper()
	for dir, _ := os.Getwd(); ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			found := filepath.Join(dir, ".deps", "wordpress")
			if _, err := os.Stat(filepath.Join(found, "users.json")); err == nil {
				return found
			}
		} else if dir != filepath.Dir(dir) {
			continue
		}
		const missing = "there is no WordPress to publish to (make wordpress sets one up, or says why not)"
		if os.Getenv("CI") != "" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
}

// copyTree makes the tree from in the directory to. WordPress only reads its
// programs: links to them will do, and take a tenth of the time. The database is
// written, and so is a copy.
func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		there := filepath.Join(to, relative)
		switch {
		case entry.IsDir():
			return os.MkdirAll(there, 0o755)
		case !entry.Type().IsRegular():
			return nil // Debian's links to what other packages have, which publishing never needs
		case filepath.Base(filepath.Dir(name)) != "database" && os.Link(name, there) == nil:
			return nil
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(there, content, 0o644)
	})
}

// guardian starts a server in its process group and kills the whole of it when
// the server, the test or the test's process is gone: PHP's workers outlive their
// parent otherwise.
const guardian = `{ "$@"; kill -9 0; } & read _; kill -9 0`

// serve starts PHP on a free port and waits until it listens.
func (s *Site) serve(t testing.TB, php string, env []string) error {
	address, err := freeAddress()
	if err != nil {
		return err
	}
	s.URL = "http://" + address
	said := &startup{listens: make(chan struct{})}
	c := exec.Command("sh", "-c", guardian, "sh", php, "-S", address, "-t", s.dir, filepath.Join(s.dir, "router.php"))
	c.Env = append([]string{"PATH=" + os.Getenv("PATH"), "PHP_CLI_SERVER_WORKERS=2", "WP_SITE=" + s.URL}, env...)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Stderr = said
	life, err := c.StdinPipe() // which the guardian reads until it is closed
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_ = c.Wait() // for the last that could write to it; always "killed"
	}()
	t.Cleanup(func() {
		_ = life.Close()
		<-gone
	})
	select {
	case <-said.listens:
		return nil
	case <-gone:
		return errors.New(said.text.String())
	}
}

// startup reads what PHP says until it says that it listens.
type startup struct {
	text    bytes.Buffer
	listens chan struct{}
	done    bool
}

func (s *startup) Write(b []byte) (int, error) {
	if !s.done {
		s.text.Write(b)
		if s.done = bytes.Contains(s.text.Bytes(), []byte(") started")); s.done {
			close(s.listens)
		}
	}
	return len(b), nil
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// Password is a user's application password, with its spaces.
func (s *Site) Password(name string) string { return s.users[name].Password }

// UserID is a user's number.
func (s *Site) UserID(name string) int64 { return s.users[name].ID }

// Plugin makes PHP code a plugin of the site, in place of the one that had the
// name before.
func (s *Site) Plugin(t testing.TB, name, code string) {
	t.Helper()
	s.write(t, filepath.Join("wp-content", "mu-plugins", name+".php"), "<?php\n"+code)
}

// Maintain puts the site under maintenance, as an update of WordPress does, or
// ends it.
func (s *Site) Maintain(t testing.TB, on bool) {
	t.Helper()
	if on {
		s.write(t, ".maintenance", "<?php $upgrading = time();")
	} else if err := os.Remove(filepath.Join(s.dir, ".maintenance")); err != nil {
		t.Fatal(err)
	}
}

// write puts a file in its place at once, so that no request sees half of it.
func (s *Site) write(t testing.TB, name, content string) {
	t.Helper()
	name = filepath.Join(s.dir, name)
	err := os.MkdirAll(filepath.Dir(name), 0o755)
	if err == nil {
		err = os.WriteFile(name+".new", []byte(content), 0o644)
	}
	if err == nil {
		err = os.Rename(name+".new", name)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Cron does what is due, which an ordinary site does when somebody visits it.
func (s *Site) Cron(t testing.TB) {
	t.Helper()
	reply, err := http.Get(s.URL + "/wp-cron.php?doing_wp_cron")
	if err == nil {
		defer reply.Body.Close()
		if reply.StatusCode != http.StatusOK {
			err = fmt.Errorf("status %d", reply.StatusCode)
		}
	}
	if err != nil {
		t.Fatalf("the site's cron: %v", err)
	}
}
