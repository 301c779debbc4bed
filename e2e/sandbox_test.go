package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8/sandbox"
)

// effects are what the sandbox was made to do so far.
func (s *server) effects(t *testing.T) (e sandbox.Effects) {
	t.Helper()
	s.control(t, http.MethodGet, "effects", nil, &e)
	return e
}

// calls are the requests that the sandbox has received so far.
func (s *server) calls(t *testing.T) (calls []sandbox.Call) {
	t.Helper()
	s.control(t, http.MethodGet, "calls", nil, &calls)
	return calls
}

// fail has calls to the sandbox fail.
func (s *server) fail(t *testing.T, faults ...sandbox.Fault) {
	t.Helper()
	s.control(t, http.MethodPost, "faults", faults, nil)
}

// mend takes every fault away.
func (s *server) mend(t *testing.T) {
	t.Helper()
	s.control(t, http.MethodDelete, "faults", nil, nil)
}

// latency is how long a model takes to answer, from now on.
func (s *server) latency(t *testing.T, d time.Duration) {
	t.Helper()
	s.control(t, http.MethodPut, "latency", sandbox.Latency{Text: d, Image: 2 * d, Site: d / 10}, nil)
}

func (s *server) control(t *testing.T, method, what string, body, into any) {
	t.Helper()
	b, err := json.Marshal(body)
	require.NoError(t, err)
	req, err := http.NewRequest(method, s.Sandbox+"/_sandbox/"+what, bytes.NewReader(b)) // also when the test is over
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Less(t, res.StatusCode, 300, string(answer))
	if into != nil {
		require.NoError(t, json.Unmarshal(answer, into))
	}
}

// page is what a reader of the web gets at an address, and the status.
func page(t *testing.T, url string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, string(b)
}
