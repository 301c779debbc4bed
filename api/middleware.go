package api

import (
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/cors"

	"github.com/igny8/igny8"
)

// address finds out who is asking: the peer, or who a proxy of ours says it
// speaks for. The last address that is no proxy's counts; what a client wrote
// before it does not.
func (s *Server) address(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		peer := hostOf(r.RemoteAddr)
		if s.proxy(peer) {
			hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
			for _, hop := range slices.Backward(hops) {
				if hop = strings.TrimSpace(hop); hop == "" {
					continue
				}
				peer = hop
				if !s.proxy(hop) {
					break
				}
			}
		}
		if _, err := netip.ParseAddr(peer); err != nil {
			peer = hostOf(r.RemoteAddr)
		}
		recordOf(r.Context()).IP = peer
		next.ServeHTTP(w, r)
	})
}

func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}

func (s *Server) proxy(address string) bool {
	ip, err := netip.ParseAddr(address)
	return err == nil && slices.ContainsFunc(s.Proxies, func(p netip.Prefix) bool { return p.Contains(ip.Unmap()) })
}

// policy is what a browser may do with the pages: run and load what is ours.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; " +
	"manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-src 'self'; frame-ancestors 'none'; object-src 'none'"

// guarded is said with every answer. Whoever sets one of them anew puts another
// slice in its place.
var guarded = http.Header{
	"Content-Security-Policy":      {policy},
	"X-Content-Type-Options":       {"nosniff"},
	"X-Frame-Options":              {"DENY"},
	"Referrer-Policy":              {"no-referrer"},
	"Cross-Origin-Opener-Policy":   {"same-origin"},
	"Cross-Origin-Resource-Policy": {"same-origin"},
	"Permissions-Policy":           {"camera=(), geolocation=(), microphone=(), payment=()"},
}

func (s *Server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		maps.Copy(h, guarded)
		if s.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		if strings.HasPrefix(r.URL.Path, root) {
			h.Set("Cache-Control", "no-store")
		}
		next.ServeHTTP(w, r)
	})
}

// origins lets pages of the configured origins in, and none if none are.
func (s *Server) origins() func(http.Handler) http.Handler {
	if len(s.Origins) == 0 {
		return func(next http.Handler) http.Handler { return next }
	}
	return cors.Handler(cors.Options{
		AllowedOrigins: s.Origins, AllowCredentials: true, MaxAge: 600,
		AllowedMethods: []string{"GET", "POST", "PUT", "PATCH", "DELETE"},
		AllowedHeaders: []string{"Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID"},
		ExposedHeaders: []string{"X-Request-Id", "Retry-After"},
	})
}

// ownPages refuses what a page of another origin makes a browser send.
func (s *Server) ownPages() func(http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	for _, origin := range s.Origins {
		if err := guard.AddTrustedOrigin(origin); err != nil {
			s.log().Error("an origin is not of the form https://host", "origin", origin, "error", err)
		}
	}
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fail(w, r, igny8.Errorf(igny8.Forbidden, "Pages of another origin may not do this."))
	}))
	return guard.Handler
}

const (
	maxBody = 1 << 20
	maxFile = 51 << 20 // the 50 MB of a file, and what a form adds

	fileTime = 10 * time.Minute // for a file to come in, and as long to be stored
)

// bounded ends a body that is longer than its route takes.
func bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		most := int64(maxBody)
		if strings.HasPrefix(r.URL.Path, root+"planner/keywords/import_") {
			most = maxFile
			// A large file on a slow line takes longer than a request otherwise may.
			c := http.NewResponseController(w)
			_ = c.SetReadDeadline(time.Now().Add(fileTime)) // a recorder in a test has none
			_ = c.SetWriteDeadline(time.Now().Add(2 * fileTime))
		}
		if strings.HasPrefix(r.URL.Path, root+images.path) && strings.HasSuffix(r.URL.Path, "/replace/") {
			most = maxImage + 64<<10
		}
		if r.ContentLength > most {
			w.Header().Set("Connection", "close")
			fail(w, r, igny8.Errorf(igny8.TooLarge, "The request is larger than is allowed here: at most %d MB.", most>>20))
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		next.ServeHTTP(w, r)
	})
}
