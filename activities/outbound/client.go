// Package outbound is the way out: HTTP clients that dial only addresses we
// meant to reach, take only as much as we can hold, and say of every failure
// whether the other side may have acted on the request.
package outbound

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"

	"github.com/igny8/igny8"
)

const (
	// MaxBody is the most a client takes of one reply, in bytes after
	// decompression.
	MaxBody = 10 << 20
	// MaxPicture is the same for replies that are, or hold, a picture.
	MaxPicture = 25 << 20

	maxHeader    = 64 << 10
	maxRedirects = 3
	dialTime     = 5 * time.Second
	wholeTime    = 15 * time.Minute
)

// Options say where a client may go. The zero value is the strict one: public
// addresses, HTTPS, port 443.
type Options struct {
	// AllowLoopback opens 127.0.0.0/8 and ::1, on any port and without TLS. It
	// is for development and tests.
	AllowLoopback bool
	// Allow opens further networks in the same way, such as the one in which an
	// operator runs a model server.
	Allow []netip.Prefix
	// HeaderTimeout is how long the first byte of a reply may take once the
	// request is sent; 0 leaves it to the request's context.
	HeaderTimeout time.Duration
	// RootCAs replaces the system's certificate authorities.
	RootCAs *x509.CertPool
}

// Client returns an HTTP client that
//   - dials only permitted addresses: the check is made on the address itself,
//     after DNS, so neither a redirect nor a name that changes its mind gets by;
//   - uses no proxy, since behind one the guard would see only the proxy;
//   - speaks plain HTTP only to the networks that the options open;
//   - follows at most three redirects, for reads only and on the same host;
//     any other redirect is the reply.
func Client(o Options) *http.Client {
	open := o.Allow
	if o.AllowLoopback {
		open = append([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}, open...)
	}
	g := guard{open: open, public: ssrf.New(ssrf.WithPorts(443))}
	return &http.Client{
		Transport:     byScheme{secure: o.transport(g.secure), plain: o.transport(g.plain)},
		CheckRedirect: redirect,
		Timeout:       wholeTime,
	}
}

func (o Options) transport(control func(string, string, syscall.RawConn) error) *http.Transport {
	dialer := &net.Dialer{Timeout: dialTime, KeepAlive: 30 * time.Second, Control: control}
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.RootCAs},
		TLSHandshakeTimeout:    dialTime,
		ResponseHeaderTimeout:  o.HeaderTimeout,
		MaxResponseHeaderBytes: maxHeader,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    16,
		IdleConnTimeout:        90 * time.Second,
	}
}

// A guard decides about an address that is about to be dialled.
type guard struct {
	open   []netip.Prefix
	public *ssrf.Guardian
}

func (g guard) opened(address string) bool {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return false
	}
	for _, p := range g.open {
		if p.Contains(at.Addr().WithZone("")) {
			return true
		}
	}
	return false
}

func (g guard) secure(network, address string, c syscall.RawConn) error {
	if g.opened(address) {
		return nil
	}
	if err := g.public.Safe(network, address, c); err != nil {
		return igny8.Wrap(igny8.Invalid, err, "the address leads into a private network or to an unusual port, which is not allowed")
	}
	return nil
}

func (g guard) plain(_, address string, _ syscall.RawConn) error {
	if g.opened(address) {
		return nil
	}
	return igny8.Errorf(igny8.Invalid, "the address must begin with https://")
}

// byScheme keeps connections that may be plain apart from those that may not.
type byScheme struct{ secure, plain *http.Transport }

func (b byScheme) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := CheckURL(r.URL); err != nil {
		return nil, err
	}
	if r.URL.Scheme == "https" {
		return b.secure.RoundTrip(r)
	}
	return b.plain.RoundTrip(r)
}

func (b byScheme) CloseIdleConnections() {
	b.secure.CloseIdleConnections()
	b.plain.CloseIdleConnections()
}

// CheckURL refuses an address that isn't HTTP or that carries a user and
// password. The code is Invalid.
func CheckURL(u *url.URL) error {
	switch {
	case u.Scheme != "https" && u.Scheme != "http", u.Host == "", u.Opaque != "":
		return igny8.Errorf(igny8.Invalid, "the address must begin with https:// and name a host")
	case u.User != nil:
		return igny8.Errorf(igny8.Invalid, "the address must not carry a user name or password")
	}
	return nil
}

// redirect follows what Client promises. ErrUseLastResponse makes the redirect
// itself the reply.
func redirect(next *http.Request, via []*http.Request) error {
	first, last := via[0], via[len(via)-1]
	read := first.Method == http.MethodGet || first.Method == http.MethodHead
	if !read || len(via) > maxRedirects || !sameHost(last.URL, next.URL) || CheckURL(next.URL) != nil {
		return http.ErrUseLastResponse
	}
	return nil
}

// sameHost reports whether b is on the host and port of a, or the same host's
// HTTPS after its HTTP.
func sameHost(a, b *url.URL) bool {
	if !strings.EqualFold(a.Hostname(), b.Hostname()) {
		return false
	}
	if a.Scheme == b.Scheme {
		return port(a) == port(b)
	}
	return a.Scheme == "http" && port(a) == "80" && b.Scheme == "https" && port(b) == "443"
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}
