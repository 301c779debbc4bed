package api

import (
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/igny8/igny8"
)

// Rates are how many requests a minute the API answers; 0 is any number. A
// quiet minute is made up for: so many may come at once.
type Rates struct {
	Address int // of one address, whoever it is
	Account int // of all of an account's people and keys
	Key     int // of one API key
}

// buckets give each key so many tokens a minute.
type buckets struct {
	mu       sync.Mutex
	perMin   int
	of       map[string]*rate.Limiter
	lookedAt time.Time
}

func newBuckets(perMinute int) *buckets {
	return &buckets{perMin: perMinute, of: map[string]*rate.Limiter{}}
}

// take takes a token, and says how long to wait if there is none.
func (b *buckets) take(key string, now time.Time) time.Duration {
	if b.perMin == 0 || key == "" {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Sub(b.lookedAt) > time.Minute { // a full bucket is as good as none
		for k, l := range b.of {
			if l.TokensAt(now) >= float64(b.perMin) {
				delete(b.of, k)
			}
		}
		b.lookedAt = now
	}
	l := b.of[key]
	if l == nil {
		l = rate.NewLimiter(rate.Limit(float64(b.perMin)/60), b.perMin)
		b.of[key] = l
	}
	r := l.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// perAddress bounds what one address asks of the API, before anybody looks at
// who it is.
func (s *Server) perAddress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if under(r.URL.Path, "/api") {
			if wait := s.rates.address.take(recordOf(r.Context()).IP, time.Now()); wait > 0 {
				fail(w, r, tooMany(wait, "from this address"))
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// perAccount bounds what an account and what each of its keys asks.
func (s *Server) perAccount(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := callerOf(r.Context())
		if c.Account.IsZero() {
			next.ServeHTTP(w, r)
			return
		}
		if wait := s.rates.key.take(c.key, time.Now()); wait > 0 {
			fail(w, r, tooMany(wait, "with this API key"))
			return
		}
		if wait := s.rates.account.take(c.Account.String(), time.Now()); wait > 0 {
			fail(w, r, tooMany(wait, "of this account"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

func tooMany(wait time.Duration, whose string) error {
	return &igny8.Error{Code: igny8.Busy, Message: "Too many requests " + whose + " within a minute. Wait as long as Retry-After says.", After: wait.Round(time.Second) + time.Second}
}
