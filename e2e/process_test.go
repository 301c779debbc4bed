package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	drained = 30 * time.Second // a server that is asked to stop must have ended after so long
	patient = 3 * time.Minute  // what has not come about by then never will, on the slowest machine
)

// A process is the program at work, in a process group of its own.
type process struct {
	cmd      *exec.Cmd
	out, err *output
	dir      string // its data, by which all that belongs to it is known
	ended    chan struct{}
	code     int // once it has ended
}

// output collects what a process writes.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// tail is the end of it, for the message of a test that failed.
func (o *output) tail() string {
	s := o.String()
	return s[max(0, len(s)-4000):]
}

// launch starts the program. Nobody's settings but those given reach it.
func launch(dir string, env []string, in io.Reader, args ...string) (*process, error) {
	p := &process{cmd: exec.Command(binary, args...), out: &output{}, err: &output{}, dir: dir, ended: make(chan struct{})}
	p.cmd.Dir = dir // where no file of settings is
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "LANG", "USER"} {
		if v, ok := os.LookupEnv(name); ok {
			p.cmd.Env = append(p.cmd.Env, name+"="+v)
		}
	}
	p.cmd.Env = append(p.cmd.Env, env...)
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = in, p.out, p.err
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.WaitDelay = time.Second // a child that inherited the pipes would keep them open
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait() // the exit code says it
		p.code = p.cmd.ProcessState.ExitCode()
		close(p.ended)
	}()
	return p, nil
}

// interrupt does what Ctrl-C at a terminal does: it reaches the whole group.
func (p *process) interrupt() error { return syscall.Kill(-p.cmd.Process.Pid, syscall.SIGINT) }

// stop interrupts the process and reports an error unless it ends well, soon,
// and leaves nobody behind.
func (p *process) stop() error {
	if err := p.interrupt(); err != nil {
		return err
	}
	select {
	case <-p.ended:
	case <-time.After(drained):
		return fmt.Errorf("it has not ended %v after Ctrl-C\n%s", drained, p.err.tail())
	}
	if p.code != 0 {
		return fmt.Errorf("it ended with exit code %d after Ctrl-C\n%s", p.code, p.err.tail())
	}
	if left := p.left(); len(left) > 0 {
		return fmt.Errorf("it left processes behind: %v", left)
	}
	return nil
}

// end makes sure that nothing of the process is left, however it went.
func (p *process) end() {
	select {
	case <-p.ended:
	default:
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) // it may end meanwhile
		<-p.ended
	}
	for pid := range p.left() {
		_ = syscall.Kill(pid, syscall.SIGKILL) // it may end meanwhile
	}
}

// left are the processes of ours that are still there.
func (p *process) left() map[int]string { return processesOf(p.dir, p.cmd.Process.Pid) }

// processesOf are the processes of a group, or with a data directory in their
// command line.
func processesOf(dir string, group int) map[int]string {
	left := map[int]string{}
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		line, err := os.ReadFile(filepath.Join("/proc", e.Name(), "cmdline"))
		if err != nil || len(line) == 0 { // it has ended
			continue
		}
		said := strings.TrimSpace(strings.ReplaceAll(string(line), "\x00", " "))
		if strings.Contains(said, dir) || groupOf(pid) == group {
			left[pid] = said
		}
	}
	return left
}

// groupOf is the process group of a process: the third word behind the name,
// which stands in parentheses.
func groupOf(pid int) int {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	words := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(words) < 3 {
		return 0
	}
	group, _ := strconv.Atoi(words[2])
	return group
}

// result is what a command came to.
type result struct {
	out, err string
	code     int
}

// command runs the program to its end, with no more on its input than given.
func command(t *testing.T, dir string, env []string, in string, args ...string) result {
	t.Helper()
	p, err := launch(dir, env, strings.NewReader(in), args...)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.ended:
	case <-time.After(patient):
		p.end()
		t.Fatalf("igny8 %s has not ended\n%s%s", strings.Join(args, " "), p.out.tail(), p.err.tail())
	}
	return result{p.out.String(), p.err.String(), p.code}
}

// directory makes a data directory that PostgreSQL may enter as another user,
// and removes it with the test.
func directory() (string, error) {
	dir, err := os.MkdirTemp("", "igny8-e2e-")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o755)
}

func newDirectory(t *testing.T) string {
	t.Helper()
	dir, err := directory()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
	})
	return dir
}

// eventually waits until something is so. It asks again and again: what it waits
// for comes from another process. seen says how things stood in the end.
func eventually(t *testing.T, what string, so func() bool, seen ...func() any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patient)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-ctx.Done():
			for _, s := range seen {
				t.Logf("seen last: %+v", s())
			}
			t.Fatalf("it has not come about that %s", what)
		case <-tick.C:
		}
	}
}
