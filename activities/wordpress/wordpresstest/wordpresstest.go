// Package wordpresstest starts real WordPress sites for tests: each its own,
// from one installation that `make wordpress` sets up.
package wordpresstest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
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
		err = lay(s.dir, filepath.Join(installed, "site"))
	}
	if err != nil {
		t.Fatalf("the site can't be laid out: %v", err)
	}
	t.Cleanup(func() { // what PHP keeps compiled of the site's own files
		kept, _ := filepath.Glob(filepath.Join(installed, "compiled", "*", s.dir))
		for _, dir := range kept {
			_ = os.RemoveAll(dir)
		}
	})
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

// own are the directories whose files each site has for itself. PHP is told where
// WordPress is by the files at the top, and the rest is the same for all: linked,
// it is also compiled once for all.
var own = []string{".", "wp-content", "wp-content/database"}

// lay makes a site in the directory to.
func lay(to, from string) error {
	return fs.WalkDir(os.DirFS(from), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		there, here := filepath.Join(to, name), filepath.Join(from, name)
		switch {
		case slices.Contains(own, name):
			return os.MkdirAll(there, 0o755)
		case entry.IsDir():
			if err := os.Symlink(here, there); err != nil {
				return err
			}
			return fs.SkipDir
		case !entry.Type().IsRegular():
			return nil // Debian's links to what other packages have, which publishing never needs
		}
		content, err := os.ReadFile(here)
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

// serve starts PHP on a free port and waits until it listens. It looks at each
// request whether a file is another now: tests change plugins between them.
func (s *Site) serve(t testing.TB, php string, env []string) error {
	address, err := freeAddress()
	if err != nil {
		return err
	}
	s.URL = "http://" + address
	said := &startup{listens: make(chan struct{})}
	c := exec.Command("sh", "-c", guardian, "sh", php, "-d", "opcache.revalidate_freq=0", "-S", address, "-t", s.dir, filepath.Join(s.dir, "router.php"))
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
	} else if err := os.Remove(filepath.Join(s.dir, ".maintenance")); err != nil && !errors.Is(err, fs.ErrNotExist) {
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

// helper is a plugin of ours: ?pass=SECONDS brings everything that is to come so
// much nearer, ?count=KIND tells how many posts of a kind there are.
const helper = `
add_action( 'init', function () {
	if ( isset( $_GET['count'] ) ) {
		exit( "\n" . array_sum( (array) wp_count_posts( $_GET['count'] ) ) );
	}
	if ( ! isset( $_GET['pass'] ) ) {
		return;
	}
	global $wpdb;
	$seconds = (int) $_GET['pass'];
	foreach ( get_posts( [ 'post_status' => 'future', 'numberposts' => -1 ] ) as $post ) {
		$at = gmdate( 'Y-m-d H:i:s', strtotime( $post->post_date_gmt . ' UTC' ) - $seconds );
		$wpdb->update( $wpdb->posts, [ 'post_date' => $at, 'post_date_gmt' => $at ], [ 'ID' => $post->ID ] );
	}
	$earlier = [];
	foreach ( _get_cron_array() as $at => $events ) {
		$earlier[ $at - $seconds ] = $events;
	}
	_set_cron_array( $earlier );
	exit( 'passed' );
} );`

// Pass makes as if so much time had passed, for what the site is to do then.
func (s *Site) Pass(t testing.TB, d time.Duration) {
	t.Helper()
	s.help(t, fmt.Sprintf("pass=%d", int(d.Seconds())))
}

// Count returns how many posts of a kind, such as "post" or "attachment", the
// site has, in whatever state.
func (s *Site) Count(t testing.TB, kind string) int {
	t.Helper()
	said := s.help(t, "count="+kind) // after what other plugins may have said
	n, err := strconv.Atoi(said[strings.LastIndexByte(said, '\n')+1:])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (s *Site) help(t testing.TB, query string) string {
	t.Helper()
	s.Plugin(t, "helper", helper)
	return s.get(t, "/?"+query)
}

// Cron does what is due, which an ordinary site does when somebody visits it.
func (s *Site) Cron(t testing.TB) {
	t.Helper()
	s.get(t, "/wp-cron.php?doing_wp_cron")
}

func (s *Site) get(t testing.TB, path string) string {
	t.Helper()
	reply, err := http.Get(s.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	if err != nil || reply.StatusCode != http.StatusOK {
		t.Fatalf("%s answers %d, %v", path, reply.StatusCode, err)
	}
	return string(body)
}
