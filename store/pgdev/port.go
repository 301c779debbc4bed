package pgdev

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/igny8/igny8"
)

var errPortTaken = errors.New("the port is taken")

// A free port is looked for here: below those that Linux (from 32768) and macOS
// (from 49152) give to outgoing connections, one of which would otherwise take it
// while a server that was killed is started again on its port.
const firstPort, lastPort = 10_000, 19_999

// pickPort returns the wanted port of 127.0.0.1 if it is free, or any free one
// for 0.
func pickPort(wanted int) (int, error) {
	if wanted == 0 {
		for range 100 {
			port := firstPort + rand.IntN(lastPort-firstPort+1)
			if listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err == nil {
				return port, listener.Close()
			}
		}
	}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(wanted)))
	if err != nil {
		return 0, igny8.Wrap(igny8.Conflict, errors.Join(errPortTaken, err),
			"Port %d on 127.0.0.1 is taken%s. Stop that, or choose another port for PostgreSQL", wanted, holder(wanted))
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// holder names the process that listens on a port, as far as Linux lets us see
// it, as an addition to a sentence.
func holder(port int) string {
	inode := listeningInode(port)
	if inode == "" {
		return ""
	}
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, link := range links {
		if target, err := os.Readlink(link); err != nil || target != "socket:["+inode+"]" {
			continue
		}
		process := filepath.Dir(filepath.Dir(link))
		name, _ := os.ReadFile(filepath.Join(process, "comm"))
		return fmt.Sprintf(" by %s (process %s)", strings.TrimSpace(string(name)), filepath.Base(process))
	}
	return " by a process of another user"
}

// listeningInode finds the listening socket of a port in Linux's tables: the
// second column is the address, the fourth the state (0A listens), the tenth
// the inode (Documentation/networking/proc_net_tcp.rst).
func listeningInode(port int) string {
	suffix := fmt.Sprintf(":%04X", port)
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		file, err := os.Open(table)
		if err != nil {
			continue
		}
		defer file.Close()
		for lines := bufio.NewScanner(file); lines.Scan(); {
			columns := strings.Fields(lines.Text())
			if len(columns) > 9 && strings.HasSuffix(columns[1], suffix) && columns[3] == "0A" {
				return columns[9]
			}
		}
	}
	return ""
}
