package e2e

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// An event is one of a stream.
type event struct {
	id, name string
	progress progress
}

// stream follows the run's events from behind the last one that was seen, until
// the stream ends. The returned function waits for that and returns them.
func (r *run) stream(t *testing.T, last string) func() []event {
	t.Helper()
	var header []string
	if last != "" {
		header = []string{"Last-Event-ID", last}
	}
	res := r.open(t, http.MethodGet, "system/settings/task_progress/"+r.ID+"/events/", nil, header...)
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Equal(t, "text/event-stream", res.Header.Get("Content-Type"))
	type ended struct {
		events []event
		err    error
	}
	all := make(chan ended, 1)
	go func() {
		defer res.Body.Close()
		events, err := read(bufio.NewScanner(res.Body))
		all <- ended{events, err}
	}()
	return func() []event {
		t.Helper()
		select {
		case e := <-all:
			require.NoError(t, e.err)
			return e.events
		case <-t.Context().Done():
			t.Fatal("the stream has not ended")
			return nil
		}
	}
}

func read(lines *bufio.Scanner) (events []event, err error) {
	var e event
	for lines.Scan() {
		key, text, _ := strings.Cut(lines.Text(), ": ")
		switch key {
		case "id":
			e.id = text
		case "event":
			e.name = text
		case "data":
			if e.name == "progress" {
				err = json.Unmarshal([]byte(text), &e.progress)
			}
		case "":
			if e.name == "progress" {
				events = append(events, e)
			}
			e = event{}
		}
		if err != nil {
			return events, err
		}
	}
	return events, lines.Err()
}

// sawAll holds what a stream of the run told against what polls may tell, and
// goes on from an event in its middle: what came after it comes again, or
// something later.
func (r *run) sawAll(t *testing.T, events []event) {
	t.Helper()
	require.Greater(t, len(events), 3, "a run of some articles changes more often than that")
	again := run{account: r.account, ID: r.ID}
	for _, e := range events {
		require.NotEmpty(t, e.id)
		again.follows(t, e.progress)
	}
	require.Equal(t, "SUCCESS", again.seen.State)

	middle := events[len(events)/2]
	rest := r.stream(t, middle.id)()
	require.NotEmpty(t, rest, "a resumed stream tells at least the end")
	for _, e := range rest {
		require.NotEqual(t, middle.id, e.id, "what was seen does not come again")
	}
	require.Equal(t, events[len(events)-1].id, rest[len(rest)-1].id)
	require.Equal(t, "SUCCESS", rest[len(rest)-1].progress.State)
}
