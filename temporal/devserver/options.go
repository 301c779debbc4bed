// Package devserver runs a whole Temporal server and its Web UI inside this
// process, on loopback, with its data in PostgreSQL. It is complete and durable
// (a kill -9 loses nothing), only not made to be scaled out: that is what a
// Temporal cluster of one's own is for. The build tag noembed leaves it out.
package devserver

import (
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"strconv"
	"syscall"

	"github.com/igny8/igny8"
)

// Options say where the server keeps its data and where it listens.
type Options struct {
	Postgres         string       // URL of a role that may create databases, and of one to connect to at first
	FrontendPort     int          // on 127.0.0.1; 0 is any free one
	UIPort           int          // on 127.0.0.1; 0 is any free one
	Namespace        string       // made at the first start; "" is client.DefaultNamespace
	SearchAttributes []string     // keywords that the namespace knows from its first start on
	CodecEndpoint    string       // URL at which a browser finds client.CodecHandler; "" is none
	Log              *slog.Logger // nil discards
}

// loopback is the only address we listen on: nobody has to sign in.
const loopback = "127.0.0.1"

func address(port int) string { return net.JoinHostPort(loopback, strconv.Itoa(port)) }

// Free ports are looked for here: below those that Linux (from 32768) and macOS
// (from 49152) give to outgoing connections, one of which would otherwise take
// a port of ours between our looking and the server's listening.
const firstPort, lastPort = 20_000, 32_767

// reserve listens on the wanted port, or on any free one for 0, until the
// server is about to listen there itself: it would end our process if it found
// its port taken.
func reserve(wanted int, what string) (net.Listener, error) {
	if wanted == 0 {
		return reserveAny(what)
	}
	listener, err := net.Listen("tcp", address(wanted))
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, igny8.Wrap(igny8.Conflict, err, "Port %d on %s, where %s should listen, is taken. Stop what is there, or choose another port", wanted, loopback, what)
	}
	if err != nil {
		return nil, igny8.Wrap(igny8.Invalid, err, "%s can't listen on port %d of %s", what, wanted, loopback)
	}
	return listener, nil
}

func reserveAny(what string) (listener net.Listener, err error) {
	for range 100 {
		if listener, err = net.Listen("tcp", address(firstPort+rand.IntN(lastPort-firstPort+1))); err == nil {
			return listener, nil
		}
	}
	return nil, igny8.Wrap(igny8.Unavailable, err, "No port of %s between %d and %d is free for %s", loopback, firstPort, lastPort, what)
}
