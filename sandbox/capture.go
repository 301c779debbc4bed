package sandbox

import (
	"bytes"
	"net/http"
	"time"
)

// captured makes a provider of an ordinary handler, so that a picture's download
// or a visit to a page is a call like any other: counted, observed, and broken
// when a fault says so.
func captured(purpose string, h http.Handler) func() provider {
	return func() provider {
		return provider{
			classify: func(r *request) (string, string) { return r.URL.Path, purpose },
			latency:  func(*request) time.Duration { return 0 },
			refuse:   refuseWordPress,
			answer: func(r *request) reply {
				c := &capture{header: http.Header{}, status: http.StatusOK}
				h.ServeHTTP(c, r.Request)
				return reply{c.status, c.header, c.Bytes()}
			},
		}
	}
}

// A capture is a reply being written.
type capture struct {
	bytes.Buffer
	header http.Header
	status int
}

func (c *capture) Header() http.Header { return c.header }
func (c *capture) WriteHeader(s int)   { c.status = s }
