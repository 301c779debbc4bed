package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	sdk "go.temporal.io/sdk/client"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/e2e/history"
	"github.com/igny8/igny8/temporal/client"
)

// A progress is what a poll says of a run.
type progress struct {
	State string `json:"state"`
	Meta  struct {
		Phase      igny8.Phase   `json:"phase"`
		Percentage int           `json:"percentage"`
		Message    string        `json:"message"`
		Kind       igny8.RunKind `json:"kind"`
		Stage      string        `json:"stage"`
		Code       igny8.Code    `json:"code"`
		Version    int64         `json:"version"`
		Tokens     int64         `json:"tokens"`
		Cost       float64       `json:"cost"`
		Items      struct{ Total, Done, Failed, Waiting int }
		Credits    struct{ Max, Reserved, Settled, Released int }
	} `json:"meta"`
}

// A run is one that was started, and how far it was seen to be.
type run struct {
	*account
	ID   string
	Kind igny8.RunKind
	seen progress
}

// begin starts a pipeline with these settings.
func (a *account) begin(t *testing.T, settings map[string]any) *run {
	t.Helper()
	settings["sector"] = a.Sector
	answer := a.call(t, http.MethodPost, "automation/pipelines/", settings)
	require.Equal(t, http.StatusAccepted, answer.status, "%s", answer.body)
	return a.accepted(t, answer, igny8.KindPipeline)
}

func (a *account) accepted(t *testing.T, answer answer, kind igny8.RunKind) *run {
	t.Helper()
	var started struct {
		ID string `json:"task_id"`
	}
	answer.ok(t, &started)
	return &run{account: a, ID: started.ID, Kind: kind}
}

// poll asks how far the run is. It never goes back, and is where its phase is.
func (r *run) poll(t *testing.T) progress {
	t.Helper()
	var p progress
	r.call(t, http.MethodGet, "system/settings/task_progress/"+r.ID+"/", nil).bare(t, &p)
	r.follows(t, p)
	return p
}

// follows holds a report of the run against the one before it.
func (r *run) follows(t *testing.T, p progress) {
	t.Helper()
	require.GreaterOrEqual(t, p.Meta.Percentage, r.seen.Meta.Percentage, "the percentage has gone back: %+v after %+v", p, r.seen)
	require.GreaterOrEqual(t, p.Meta.Version, r.seen.Meta.Version, "the version has gone back: %+v after %+v", p, r.seen)
	from, to := p.Meta.Phase.Band()
	require.True(t, from <= p.Meta.Percentage && p.Meta.Percentage <= to, "%d %% is not in %s", p.Meta.Percentage, p.Meta.Phase)
	r.seen = p
}

// until polls until the run is so. A run that has ended otherwise fails the test.
func (r *run) until(t *testing.T, what string, so func(progress) bool) progress {
	t.Helper()
	eventually(t, "run "+r.ID+" "+what, func() bool {
		p := r.poll(t)
		if so(p) {
			return true
		}
		require.NotContains(t, []string{"SUCCESS", "FAILURE", "CANCELLED"}, p.State, "the run has ended, but not %s: %+v", what, p)
		return false
	}, func() any { return r.seen }, func() any { return r.detail(t) })
	return r.seen
}

// reaches polls until the run is in one of the states.
func (r *run) reaches(t *testing.T, states ...string) progress {
	t.Helper()
	return r.until(t, "is "+states[0], func(p progress) bool { return slices.Contains(states, p.State) })
}

// tell sends the run a verb: pause, resume or cancel. Where nobody has answered in
// time, as on a busy machine, it is sent again; that it can't be any more means
// that it has taken effect.
func (r *run) tell(t *testing.T, verb string, body any) (said answer) {
	t.Helper()
	path := "automation/runs/" + r.ID + "/"
	unanswered := false
	eventually(t, "somebody answers", func() bool {
		said = r.call(t, http.MethodPost, path+verb+"/", body)
		unanswered = unanswered || said.status == http.StatusServiceUnavailable
		return said.status != http.StatusServiceUnavailable
	}, func() any { return string(said.body) })
	if unanswered && said.status == http.StatusConflict {
		return r.call(t, http.MethodGet, path, nil)
	}
	return said
}

// A detail is what the list of runs says of one, with what it made.
type detail struct {
	Status   igny8.RunStatus `json:"status"`
	Message  string          `json:"message"`
	Planning bool            `json:"planning"`
	Max      int             `json:"max_credits"`
	Reserved int             `json:"credits_reserved"`
	Settled  int             `json:"credits_settled"`
	Released int             `json:"credits_released"`
	Code     igny8.Code      `json:"error_code"`
	Why      string          `json:"error_message"`
	Schedule *string         `json:"schedule_id"`
	Created  time.Time       `json:"created_at"`
	Made     struct{ Clusters, Ideas, Tasks, Articles, Images, Posts int }
	Tasks    []struct {
		ID     string           `json:"id"`
		Status igny8.ItemStatus `json:"status"`
		Wait   string           `json:"waiting_for"`
		Code   igny8.Code       `json:"error_code"`
	} `json:"tasks"`
}

func (r *run) detail(t *testing.T) (d detail) {
	t.Helper()
	r.get(t, "automation/runs/"+r.ID+"/", &d)
	return d
}

// price is what the things cost that the run has made and saved.
func (r *run) price(t *testing.T, words int) int {
	t.Helper()
	m := r.detail(t).Made
	prompted := value[int](t, r.server, "select count(distinct i.content_id) from igny8_images i join igny8_tasks t on t.id = i.task_id where t.run_id = $1", r.ID)
	rewritten := value[int](t, r.server, "select coalesce(sum(c.revision - 1), 0)::int from igny8_content c join igny8_tasks t on t.id = c.task_id where t.run_id = $1", r.ID)
	article := 10 + 5*((max(words, 1500)-1500+499)/500)
	return m.Ideas + m.Articles*article + rewritten*5 + prompted + m.Images*3
}

// paidFor holds the run's credits against what it has delivered: nothing is set
// aside any more, and the account is poorer by exactly that.
func (r *run) paidFor(t *testing.T, granted, words int) {
	t.Helper()
	d, b := r.detail(t), r.balance(t)
	require.Zero(t, b.Held, "credits are still set aside")
	require.Zero(t, value[int](t, r.server, "select count(*) from igny8_credit_holds where account_id = $1 and status = 'held'", r.account.ID))
	require.Equal(t, r.price(t, words), d.Settled, "charged otherwise than delivered: %+v", d.Made)
	require.Equal(t, granted-d.Settled, b.Available)
	require.NoError(t, r.addsUp())
}

// record keeps the histories of the run where the replay tests read them, if
// that was asked for.
func (r *run) record(t *testing.T, name string) {
	t.Helper()
	dir := os.Getenv("IGNY8_HISTORIES")
	if dir == "" {
		return
	}
	c, keys := r.engine(t)
	require.NoError(t, history.DumpRun(t.Context(), c, keys, dir, r.workflow(), name, 2))
}

// workflow is the name of the run's execution.
func (r *run) workflow() string { return r.account.ID.String() + "/" + string(r.Kind) + "/" + r.ID }

// engine connects to the server's Temporal, as an operator with its keys.
func (s *server) engine(t *testing.T) (sdk.Client, *client.Keys) {
	t.Helper()
	keys := s.payloadKeys(t)
	c, err := client.Dial(t.Context(), client.Options{Address: s.Temporal, Namespace: s.namespace, Keys: keys})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c, keys
}

// payloadKeys are what the histories of the server are encrypted with.
func (s *server) payloadKeys(t *testing.T) *client.Keys {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "keys", "payload"))
	for _, v := range s.env {
		if given, ok := strings.CutPrefix(v, "IGNY8_PAYLOAD_KEYS="); ok {
			text, err = []byte(given), nil
		}
	}
	require.NoError(t, err)
	keys, err := client.ParseKeys(igny8.Secret(text))
	require.NoError(t, err)
	return keys
}
