package pgdev

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// A postmaster is what postmaster.pid says of a server.
type postmaster struct {
	pid, port int
	data      string // as the server was told
}

// running returns the server that runs on our data, or nil. A file that a
// killed server left, and whose number has since gone to another process (common
// in containers), would keep PostgreSQL from starting: it is disowned.
func (c *Cluster) running() *postmaster {
	path := filepath.Join(c.dataDir(), "postmaster.pid")
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	// Lines: process, data directory, start, port, ... (PostgreSQL's miscadmin.h).
	lines := strings.Split(string(text), "\n")
	if len(lines) < 4 {
		return nil
	}
	var at postmaster
	at.pid, _ = strconv.Atoi(strings.TrimSpace(lines[0]))
	at.port, _ = strconv.Atoi(strings.TrimSpace(lines[3]))
	at.data = strings.TrimSpace(lines[1])
	if at.pid <= 1 || at.port <= 0 {
		return nil
	}
	if at.alive() {
		return &at
	}
	if c.lock != nil && exists(at.pid) {
		c.disown(path, lines)
	}
	return nil
}

// nobodysProcess is beyond the numbers that systems give out.
const nobodysProcess = "2147483647"

// disown puts a dead process in the place of the foreign one. The rest stays:
// by it PostgreSQL finds out whether processes of the old server live on.
func (c *Cluster) disown(path string, lines []string) {
	c.log.Warn("postmaster.pid names a process that is no server of ours", "pid", lines[0])
	lines[0] = nobodysProcess
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		c.log.Warn("postmaster.pid can't be corrected", "err", err)
	}
}

// alive reports whether the process is a PostgreSQL server on that data. A
// process that has ended and was not waited for has no command line.
func (p *postmaster) alive() bool {
	if !exists(p.pid) {
		return false
	}
	arguments := commandLine(p.pid)
	return bytes.Contains(arguments, []byte("postgres")) && bytes.Contains(arguments, []byte(p.data))
}

func exists(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}

// commandLine returns the arguments of a process, from /proc or, where there is
// none, from ps.
func commandLine(pid int) []byte {
	if arguments, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err == nil {
		return arguments
	}
	arguments, _ := exec.Command("ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return arguments
}
