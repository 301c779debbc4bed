package e2e

import (
	"bytes"
	endian "encoding/binary"
	"io"
	"net"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8/sandbox"
)

// A wire lies between a server and its PostgreSQL and sees every transaction of
// ours commit. It speaks as much of the protocol (PostgreSQL's "Frontend/Backend
// Protocol", version 3) as that takes: the frames, and of them Query, Parse, Bind
// and CommandComplete.
//
// A commit is reported as a call whose purpose is the names of the first and the
// last statement of its transaction: Before it is passed on, and After the database has done it but
// before its answer is passed back.
type wire struct {
	listener net.Listener
	to       atomic.Pointer[string] // the database's host:port
	observe  func(sandbox.Call, sandbox.Moment)
	seen     atomic.Int64
	lines    sync.Map // *line → nothing: connections of ours
}

// newWire opens a wire to a database.
func newWire(t *testing.T, to string, observe func(sandbox.Call, sandbox.Moment)) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	w := &wire{listener: l, observe: observe}
	w.to.Store(&to)
	t.Cleanup(func() {
		_ = l.Close() // which ends the loop
		w.cut()
	})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(c)
		}
	}()
	return w
}

// cut tears every connection of ours. What is about to be passed on is lost.
func (w *wire) cut() {
	w.lines.Range(func(l, _ any) bool {
		l.(*line).tear()
		return true
	})
}

// carry passes everything between one connection and the database, until either
// ends.
func (w *wire) carry(server net.Conn) {
	database, err := net.Dial("tcp", *w.to.Load())
	if err != nil {
		_ = server.Close()
		return
	}
	l := &line{wire: w, server: server, database: database, named: map[string]string{}}
	defer l.tear()
	if err := l.begin(); err != nil {
		return
	}
	if !l.ours {
		go func() {
			defer l.tear() // whichever ends first ends both
			_, _ = io.Copy(database, server)
		}()
		_, _ = io.Copy(server, database)
		return
	}
	w.lines.Store(l, nil)
	defer w.lines.Delete(l)
	go func() {
		defer l.tear()
		_ = l.up()
	}()
	_ = l.down()
}

// A line is one connection of ours.
type line struct {
	*wire
	server, database net.Conn
	ours             bool

	named map[string]string // prepared statement → its name in ../sql
	does  []string          // names of what the transaction has done so far

	mu         sync.Mutex
	committing *sandbox.Call // passed on, and not yet answered
}

func (l *line) tear() {
	_ = l.server.Close() // they may be torn already
	_ = l.database.Close()
}

// begin passes on how the server introduces itself: a length, then the version,
// then names and values. What has another version asks to cancel something.
func (l *line) begin() error {
	var head [4]byte
	if _, err := io.ReadFull(l.server, head[:]); err != nil {
		return err
	}
	body := make([]byte, endian.BigEndian.Uint32(head[:])-4)
	if _, err := io.ReadFull(l.server, body); err != nil {
		return err
	}
	l.ours = bytes.Contains(body, []byte("application_name\x00igny8_app\x00"))
	_, err := l.database.Write(append(head[:], body...))
	return err
}

// frame reads one message: its kind, its length and what it says.
func frame(from io.Reader) (kind byte, whole []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return 0, nil, err
	}
	whole = make([]byte, 1+endian.BigEndian.Uint32(head[1:]))
	copy(whole, head[:])
	_, err = io.ReadFull(from, whole[5:])
	return head[0], whole, err
}

// statement finds the name that a statement of ../sql begins with.
var statement = regexp.MustCompile(`^-- name: (\w+)`)

// up passes on what the server says.
func (l *line) up() error {
	for {
		kind, whole, err := frame(l.server)
		if err != nil {
			return err
		}
		words := strings.SplitN(string(whole[5:]), "\x00", 3)
		switch kind {
		case 'P': // Parse: a name, the statement
			if m := statement.FindStringSubmatch(words[1]); m != nil {
				l.named[words[0]] = m[1]
			}
		case 'B': // Bind: a portal, the name
			if name := l.named[words[1]]; name != "" {
				l.does = append(l.does, name)
			}
		case 'Q':
			if strings.HasPrefix(words[0], "begin") || words[0] == "rollback" {
				l.does = nil
			} else if words[0] == "commit" && len(l.does) > 0 {
				l.commits()
			}
		}
		if _, err := l.database.Write(whole); err != nil {
			return err
		}
	}
}

// commits reports a commit that is about to be passed on, unless the connection
// is torn meanwhile.
func (l *line) commits() {
	what := l.does[0]
	if last := l.does[len(l.does)-1]; last != what {
		what += "…" + last
	}
	c := sandbox.Call{N: int(l.seen.Add(1)), Protocol: "postgresql", Purpose: "commit " + what}
	l.does = nil
	l.observe(c, sandbox.Before)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.committing = &c
}

// down passes on what the database says.
func (l *line) down() error {
	for {
		kind, whole, err := frame(l.database)
		if err != nil {
			return err
		}
		if kind == 'C' && string(whole[5:]) == "COMMIT\x00" {
			l.mu.Lock()
			c := l.committing
			l.committing = nil
			l.mu.Unlock()
			if c != nil {
				l.observe(*c, sandbox.After)
			}
		}
		if _, err := l.server.Write(whole); err != nil {
			return err
		}
	}
}
