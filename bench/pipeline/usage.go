package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// cpu is what processes have used of the processors: ours, in which the engine
// is too, and the database's by whose rows they served.
type cpu struct {
	process  time.Duration
	database map[string]time.Duration // by the database's name; "" is the server's own work
}

func (c cpu) total() time.Duration {
	total := c.process
	for _, d := range c.database {
		total += d
	}
	return total
}

func (c cpu) minus(o cpu) cpu {
	d := cpu{process: c.process - o.process, database: map[string]time.Duration{}}
	for name := range c.database {
		d.database[name] = c.database[name] - o.database[name]
	}
	return d
}

// engine is what the database has done for Temporal.
func (c cpu) engine() time.Duration {
	return c.database["temporal"] + c.database["temporal_visibility"]
}

// tick is the unit of /proc/PID/stat: a hundredth of a second on every Linux
// that Go runs on.
const tick = 10 * time.Millisecond

// stat is what /proc says of a process.
type stat struct {
	pid, parent int
	used        time.Duration // by itself and by children that have ended
}

func readStat(pid int) (s stat, err error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return s, err
	}
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:])) // proc(5): from the third field on
	if len(f) < 15 {
		return s, fmt.Errorf("/proc/%d/stat has %d fields", pid, len(f))
	}
	s = stat{pid: pid}
	s.parent, _ = strconv.Atoi(f[1])
	for _, field := range f[11:15] { // utime, stime, cutime, cstime
		ticks, err := strconv.Atoi(field)
		if err != nil {
			return s, err
		}
		s.used += time.Duration(ticks) * tick
	}
	return s, nil
}

// family is a process with all that descend from it.
func family(root int) (members []stat) {
	children := map[int][]stat{}
	found, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range found {
		pid, _ := strconv.Atoi(filepath.Base(dir))
		s, err := readStat(pid)
		if err != nil {
			continue // it has ended
		}
		if pid == root {
			members = append(members, s)
		}
		children[s.parent] = append(children[s.parent], s)
	}
	for i := 0; i < len(members); i++ {
		members = append(members, children[members[i].pid]...)
	}
	return members
}

// usage is what the processes of a server have used so far.
func usage(root int) cpu {
	c := cpu{database: map[string]time.Duration{}}
	for _, m := range family(root) {
		if m.pid == root {
			c.process += m.used
			continue
		}
		c.database[served(m.pid)] += m.used
	}
	return c
}

// served is the database that a process of PostgreSQL works for. Its title says
// so: "postgres: role database 127.0.0.1(port) state".
func served(pid int) string {
	title, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)) // none once it has ended
	words := strings.Fields(strings.TrimRight(string(title), "\x00"))
	if len(words) < 4 || words[0] != "postgres:" || !strings.Contains(words[3], "(") {
		return ""
	}
	return words[2]
}

// memory is the proportional set size of a server's processes in bytes: memory
// that several share counts in each by its part (proc(5), smaps_rollup).
func memory(root int) (process, database int64) {
	for _, m := range family(root) {
		b := pss(m.pid)
		if m.pid == root {
			process += b
		} else {
			database += b
		}
	}
	return process, database
}

func pss(pid int) int64 {
	f, err := os.Open(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0 // it has ended
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if words := strings.Fields(lines.Text()); len(words) > 1 && words[0] == "Pss:" {
			kilobytes, _ := strconv.ParseInt(words[1], 10, 64)
			return kilobytes << 10
		}
	}
	return 0
}
