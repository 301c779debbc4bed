package wordpresstest

import (
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
)

func get(t *testing.T, address string) (int, string) {
	t.Helper()
	reply, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	b, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply.StatusCode, string(b)
}

// Two sites have nothing to do with each other.
func TestStart(t *testing.T) {
	t.Parallel()
	s, other := Start(t), Start(t)
	if status, home := get(t, s.URL); status != http.StatusOK || !strings.Contains(home, s.URL) {
		t.Errorf("%d: %s", status, home)
	}
	s.Plugin(t, "shout", `header( 'X-Shout: ' . get_bloginfo( 'name' ) ); echo 'before';`)
	if _, home := get(t, s.URL); !strings.HasPrefix(home, "before") {
		t.Errorf("no plugin: %s", home)
	}
	s.Maintain(t, true)
	if status, _ := get(t, s.URL); status != http.StatusServiceUnavailable {
		t.Errorf("under maintenance it answers %d", status)
	}
	if status, home := get(t, other.URL); status != http.StatusOK || strings.HasPrefix(home, "before") {
		t.Errorf("%d: %s", status, home)
	}
	s.Maintain(t, false)
	if status, _ := get(t, s.URL); status != http.StatusOK {
		t.Errorf("after maintenance it answers %d", status)
	}
	s.Cron(t)
	if s.UserID("editor") == 0 || len(s.Password("editor")) < 24 {
		t.Errorf("%+v", s.users)
	}
}

// After a test nobody listens any more, and after the death of one neither.
func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	if os.Getenv("WORDPRESSTEST_DIE") != "" {
		s := Start(t)
		os.Stdout.WriteString("\nat " + strings.TrimPrefix(s.URL, "http://") + "\n")
		os.Exit(3)
	}
	var ended string
	t.Run("ends", func(t *testing.T) { ended = strings.TrimPrefix(Start(t).URL, "http://") })
	if c, err := net.Dial("tcp", ended); err == nil {
		c.Close()
		t.Error("the site is still there after its test")
	}
	installation(t)
	dying := exec.Command(os.Args[0], "-test.run", "^TestNothingIsLeft$") //nolint:gosec // this very program
	dying.Env = append(os.Environ(), "WORDPRESSTEST_DIE=1", "TMPDIR="+t.TempDir())
	said, _ := dying.Output()
	_, address, found := strings.Cut(string(said), "\nat ")
	address, _, _ = strings.Cut(address, "\n")
	if !found {
		t.Fatalf("it did not get as far as a site: %s", said)
	}
	for { // until the guardian has seen it; the test's own time limit ends this
		c, err := net.Dial("tcp", address)
		if err != nil {
			return
		}
		c.Close()
	}
}
