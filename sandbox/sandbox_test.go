package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// start serves a sandbox for the length of a test.
func start(t *testing.T, o Options) (*Sandbox, string) {
	t.Helper()
	s, err := New(o)
	require.NoError(t, err)
	server := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		server.Close()
		require.NoError(t, s.Close())
	})
	return s, server.URL
}

// An answer that was read to its end, or as far as it went.
type got struct {
	status int
	header http.Header
	body   []byte
	err    error
}

func (g got) object(t *testing.T) map[string]any {
	t.Helper()
	require.NoError(t, g.err)
	var m map[string]any
	require.NoError(t, json.Unmarshal(g.body, &m), "%s", g.body)
	return m
}

func (g got) list(t *testing.T) []map[string]any {
	t.Helper()
	require.NoError(t, g.err)
	var l []map[string]any
	require.NoError(t, json.Unmarshal(g.body, &l), "%s", g.body)
	return l
}

// call sends one request on a connection of its own. A body that is not bytes is
// sent as JSON.
func call(t *testing.T, method, url string, body any, headers ...string) got {
	t.Helper()
	var in io.Reader
	data, raw := body.([]byte)
	if body != nil && !raw {
		var err error
		data, err = json.Marshal(body)
		require.NoError(t, err)
	}
	if body != nil {
		in = bytes.NewReader(data)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, url, in)
	require.NoError(t, err)
	if body != nil && !raw {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := client.Do(r)
	if err != nil {
		return got{err: err}
	}
	defer res.Body.Close()
	out, err := io.ReadAll(res.Body)
	return got{res.StatusCode, res.Header, out, err}
}
