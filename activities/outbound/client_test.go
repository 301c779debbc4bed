package outbound

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"code.dny.dev/ssrf"

	"github.com/igny8/igny8"
)

func get(t *testing.T, c *http.Client, url string) (Reply, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return Do(c, req, MaxBody, "the peer")
}

func post(t *testing.T, ctx context.Context, c *http.Client, url string) (Reply, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	return Do(c, req, MaxBody, "the peer")
}

func wantCode(t *testing.T, err error, want igny8.Code) {
	t.Helper()
	if got := igny8.CodeOf(err); got != want {
		t.Errorf("code %q, want %q (%v)", got, want, err)
	}
}

// serve starts a peer and a client that may talk to it.
func serve(t *testing.T, h http.HandlerFunc) (*httptest.Server, *http.Client) {
	t.Helper()
	s := httptest.NewServer(h)
	c := Client(Options{AllowLoopback: true})
	t.Cleanup(func() { c.CloseIdleConnections(); s.CloseClientConnections(); s.Close() })
	return s, c
}

func TestGuardedAddresses(t *testing.T) {
	t.Parallel()
	strict := guard{public: ssrf.New(ssrf.WithPorts(443))}
	loopback := guard{public: strict.public, open: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}}
	for _, c := range []struct {
		address                     string
		strict, loopback, loopPlain bool // permitted?
	}{
		{"93.184.216.34:443", true, true, false},
		{"[2606:2800:220:1:248:1893:25c8:1946]:443", true, true, false},
		{"93.184.216.34:80", false, false, false},
		{"93.184.216.34:5432", false, false, false},
		{"127.0.0.1:443", false, true, true},
		{"127.8.9.1:5432", false, true, true},
		{"[::1]:7233", false, true, true},
		{"[::ffff:127.0.0.1]:443", false, false, false},
		{"[::ffff:169.254.169.254]:443", false, false, false},
		{"[64:ff9b::7f00:1]:443", false, false, false},
		{"0.0.0.0:443", false, false, false},
		{"10.1.2.3:443", false, false, false},
		{"172.16.0.1:443", false, false, false},
		{"192.168.1.1:443", false, false, false},
		{"100.64.0.1:443", false, false, false},
		{"169.254.169.254:443", false, false, false},
		{"[fd00::1]:443", false, false, false},
		{"[fe80::1%eth0]:443", false, false, false},
		{"not an address", false, false, false},
	} {
		for _, check := range []struct {
			name string
			dial func(string, string, syscall.RawConn) error
			want bool
		}{{"strict", strict.secure, c.strict}, {"loopback", loopback.secure, c.loopback}, {"plain", loopback.plain, c.loopPlain}, {"strict plain", strict.plain, false}} {
			network := "tcp4"
			if strings.HasPrefix(c.address, "[") {
				network = "tcp6"
			}
			err := check.dial(network, c.address, nil)
			if (err == nil) != check.want {
				t.Errorf("%s %s: %v", check.name, c.address, err)
			}
			if err != nil {
				wantCode(t, err, igny8.Invalid)
			}
		}
	}
}

// The name is innocent and its address is not: what counts is the address that
// is dialled, whenever DNS came up with it.
func TestNamesThatLeadInside(t *testing.T) {
	t.Parallel()
	var hits atomic.Int32
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	defer s.Close()
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	c := Client(Options{})
	for _, url := range []string{
		s.URL, "https://localhost:" + port, "https://[::ffff:127.0.0.1]:" + port, "https://169.254.169.254/latest/meta-data/",
		"https://[fd00:ec2::254]/", "http://localhost:" + port, "http://10.0.0.1/",
	} {
		_, err := get(t, c, url)
		wantCode(t, err, igny8.Invalid)
		_, err = post(t, t.Context(), c, url)
		wantCode(t, err, igny8.Invalid)
	}
	if n := hits.Load(); n != 0 {
		t.Errorf("%d requests came through", n)
	}
}

func TestRefusedURLs(t *testing.T) {
	t.Parallel()
	s, c := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("a request came through") })
	at := strings.TrimPrefix(s.URL, "http://")
	for _, url := range []string{"http://user:secret@" + at, "https://user@" + at, "ftp://" + at, "file:///etc/passwd"} {
		_, err := get(t, c, url)
		wantCode(t, err, igny8.Invalid)
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the error tells the password: %v", err)
		}
	}
}

func TestNoProxy(t *testing.T) {
	t.Parallel()
	b := Client(Options{}).Transport.(byScheme)
	if b.plain.Proxy != nil || b.secure.Proxy != nil {
		t.Error("a proxy would be asked, and the guard would see only the proxy")
	}
}

func TestHTTPSOnLoopback(t *testing.T) {
	t.Parallel()
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "secure") }))
	defer s.Close()
	roots := s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	r, err := get(t, Client(Options{AllowLoopback: true, RootCAs: roots}), s.URL)
	if err != nil || string(r.Body) != "secure" {
		t.Errorf("%q, %v", r.Body, err)
	}
	_, err = post(t, t.Context(), Client(Options{AllowLoopback: true}), s.URL)
	wantCode(t, err, igny8.Unavailable) // nobody vouches for it; nothing was sent
	var unknown *tls.CertificateVerificationError
	if !errors.As(err, &unknown) {
		t.Errorf("the cause is %v", err)
	}
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	var seen []string // handlers run one at a time here
	s, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization"))
		switch to := r.URL.Query().Get("to"); {
		case r.URL.Path == "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case to != "":
			http.Redirect(w, r, to, http.StatusTemporaryRedirect)
		default:
			io.WriteString(w, "here")
		}
	})
	ask := func(method, path string) Reply {
		t.Helper()
		seen = nil
		req, _ := http.NewRequestWithContext(t.Context(), method, s.URL+path, nil)
		req.Header.Set("Authorization", "Bearer k")
		r, err := Do(c, req, MaxBody, "the peer")
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := ask("GET", "/?to=/there"); r.Status != 200 || len(seen) != 2 || seen[1] != "GET /there Bearer k" {
		t.Errorf("on the same host: %d %q", r.Status, seen)
	}
	if r := ask("GET", "/loop"); r.Status != 302 || len(seen) != 1+maxRedirects {
		t.Errorf("a loop: %d after %d requests", r.Status, len(seen))
	}
	for _, to := range []string{other.URL, "http://169.254.169.254/latest/meta-data/", "https://example.com/", "http://u:p@" + s.Listener.Addr().String(), "ftp://x/"} {
		if r := ask("GET", "/?to="+to); r.Status != 307 || len(seen) != 1 {
			t.Errorf("to %s: %d %q", to, r.Status, seen)
		}
	}
	if r := ask("POST", "/?to=/there"); r.Status != 307 || len(seen) != 1 {
		t.Errorf("a write: %d %q", r.Status, seen)
	}
	if n := elsewhere.Load(); n != 0 {
		t.Errorf("%d requests went to another host", n)
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	s, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/bomb": // 64 MiB in 64 kB
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			for range 64 {
				z.Write(make([]byte, 1<<20))
			}
			z.Close()
		case "/header":
			w.Header().Set("X-Long", strings.Repeat("x", 80<<10))
		case "/exact":
			w.Write(make([]byte, MaxBody))
		}
	})
	r, err := get(t, c, s.URL+"/bomb")
	wantCode(t, err, igny8.TooLarge)
	if r.Status != 200 {
		t.Errorf("status %d", r.Status)
	}
	_, err = get(t, c, s.URL+"/header")
	wantCode(t, err, igny8.Unavailable)
	if r, err := get(t, c, s.URL+"/exact"); err != nil || len(r.Body) != MaxBody {
		t.Errorf("%d bytes, %v", len(r.Body), err)
	}
}
