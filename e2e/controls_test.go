package e2e

import (
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	sdk "go.temporal.io/sdk/client"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/sandbox"
	"github.com/igny8/igny8/temporal"
	"github.com/igny8/igny8/workflows"
)

// A control is what somebody does to a run under way, always twice.
type control struct {
	name string
	ends igny8.RunStatus // what the run comes to
	do   func(*testing.T, *fire)
	on   func(*testing.T, *fire) // once the run goes on, if it takes more to make it end
}

// A fire is a run under way and who may interfere with it.
type fire struct {
	*run
	lab    *lab
	engine sdk.Client // of an operator
}

var controls = []control{
	{"cancel", igny8.RunCancelled, func(t *testing.T, f *fire) { f.cancels(t); f.cancels(t) }, nil},
	{"pause", igny8.RunSucceeded, func(t *testing.T, f *fire) { f.pausesTwice(t) }, func(t *testing.T, f *fire) { f.resumesTwice(t) }},
	{"terminate", igny8.RunCancelled, func(t *testing.T, f *fire) { f.terminatesRun(t); f.terminates(t, f.workflow()) }, nil},
	{"terminate all of it", igny8.RunCancelled, func(t *testing.T, f *fire) { f.terminatesRun(t); f.terminatesAll(t); f.terminatesAll(t) }, nil},
}

// cancels asks for the end of the run; a run that has ended meanwhile says so.
func (f *fire) cancels(t *testing.T) {
	t.Helper()
	if a := f.tell(t, "cancel", nil); a.status != http.StatusOK {
		a.refused(t, http.StatusConflict, igny8.Conflict)
	}
}

func (f *fire) pausesTwice(t *testing.T) {
	t.Helper()
	var a answer
	eventually(t, "the engine has the run", func() bool { // until then: try again in a moment
		a = f.tell(t, "pause", nil)
		return a.status != http.StatusConflict
	})
	a.ok(t, nil)
	f.tell(t, "pause", nil).refused(t, http.StatusConflict, igny8.Conflict)
	require.Equal(t, igny8.RunPaused, f.detail(t).Status)
}

func (f *fire) resumesTwice(t *testing.T) {
	t.Helper()
	f.tell(t, "resume", nil).ok(t, nil)
	f.tell(t, "resume", nil).refused(t, http.StatusConflict, igny8.Conflict)
}

// terminates ends an execution as the Temporal UI does, if it is under way.
func (f *fire) terminates(t *testing.T, workflow string) (was bool) {
	t.Helper()
	err := f.engine.TerminateWorkflow(t.Context(), workflow, "", "a test")
	if gone := (*serviceerror.NotFound)(nil); err != nil {
		require.ErrorAs(t, err, &gone)
	}
	return err == nil
}

// terminatesRun ends the run's own execution, which may just be about to begin.
func (f *fire) terminatesRun(t *testing.T) {
	t.Helper()
	eventually(t, "the run is terminated", func() bool { return f.terminates(t, f.workflow()) })
}

// terminatesAll ends everything that works for the run too: there is nobody left
// who could give anything back.
func (f *fire) terminatesAll(t *testing.T) {
	t.Helper()
	of := f.account.ID.String()
	all := []string{of + "/plan/" + f.ID, of + "/batch/" + f.ID + "/1"}
	rows, err := f.sql.Query(t.Context(), "select workflow_id from igny8_tasks where run_id = $1 and workflow_id <> ''", f.ID)
	require.NoError(t, err)
	for rows.Next() {
		var article string
		require.NoError(t, rows.Scan(&article))
		all = append(all, article)
	}
	require.NoError(t, rows.Err())
	for _, w := range all {
		f.terminates(t, w)
	}
}

// approves has both texts go on.
func (f *fire) approves(t *testing.T) {
	t.Helper()
	for _, d := range f.drafts(t, igny8.ContentReview) {
		f.decide(t, d, "approve", nil).ok(t, nil)
	}
}

// sweeps has the reconciler look over everything now, and returns what it found.
func (f *fire) sweeps(t *testing.T) (found workflows.Reconciled) {
	t.Helper()
	w, err := f.engine.ExecuteWorkflow(t.Context(), sdk.StartWorkflowOptions{ID: "by-hand", TaskQueue: temporal.MainQueue}, "Reconcile")
	require.NoError(t, err)
	require.NoError(t, w.Get(t.Context(), &found))
	require.Empty(t, found.Errors)
	return found
}

// ended returns what became of the run. One that was terminated is ended by the
// reconciler, as soon as nobody gives anything back any more.
func (f *fire) ended(t *testing.T) detail {
	t.Helper()
	eventually(t, "the run has ended", func() bool {
		if !f.detail(t).Status.Live() {
			return true
		}
		f.sweeps(t)
		return false
	}, func() any { return f.detail(t) })
	return f.detail(t)
}

// rests waits until the reconciler may look at whatever the run left behind, has
// it looked over, and returns what was found; a second look finds nothing.
func (f *fire) rests(t *testing.T) workflows.Reconciled {
	t.Helper()
	eventually(t, "nothing has changed for a while", func() bool {
		return value[bool](t, f.server, `select finished_at < now() - interval '1 s' and not exists (select from igny8_publications p where p.account_id = r.account_id and lease_until > now())
			from igny8_runs r where id = $1`, f.ID)
	})
	found := f.sweeps(t)
	again := f.sweeps(t)
	require.Zero(t, again.Mended(), "a second look found more: %+v", again)
	return found
}

// A burning is one case: a control at a stage, or while what an earlier one set
// off is being given back.
type burning struct {
	stage
	control
	compensating bool
}

func (b burning) String() string {
	if b.compensating {
		return b.control.name + " while credits are given back"
	}
	return b.control.name + ", " + b.stage.name
}

// burnings are all cases, or a sample that is the same each time: so many of each
// control.
func burnings(each int) (all []burning) {
	writing := stages[slices.IndexFunc(stages, func(s stage) bool { return s.name == "writing" })]
	for _, c := range controls {
		mine := make([]burning, 0, len(stages)+1)
		for _, s := range stages {
			mine = append(mine, burning{stage: s, control: c})
		}
		if c.name != "pause" { // what is cancelled can't be paused
			mine = append(mine, burning{writing, c, true})
		}
		if os.Getenv("IGNY8_FAULTS") != "all" {
			rand.New(rand.NewPCG(13, uint64(len(all)))).Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] })
			mine = mine[:each]
		}
		all = append(all, mine...)
	}
	return all
}

// Cancelled, paused and terminated at every stage, twice each, and while credits
// are given back: the run ends, and it is as if it had been done at leisure.
func TestFaultsOfPeople(t *testing.T) {
	t.Parallel()
	snare := &trap{}
	l := newLab(t, sandbox.Options{Observe: snare.observe}, "IGNY8_TIME_SCALE=0.002")
	engine, _ := l.engine(t)
	for _, b := range burnings(2) {
		t.Run(b.String(), func(t *testing.T) { b.burn(t, l, snare, engine) })
	}
	l.nobodyPanicked(t)
}

func (b burning) burn(t *testing.T, l *lab, snare *trap, engine sdk.Client) {
	const granted = 100
	l.renew(t)
	a := l.customer(t, granted)
	g := free
	a.keywords(t)
	if b.hold != nil {
		g = b.hold(t, l, snare)
	}
	f := &fire{lab: l, engine: engine, run: a.begin(t, map[string]any{"mode": b.mode, "articles": 2, "images": 1, "words": orderedWords, "ideas_per_cluster": 1, "width": 2})}
	g.await(t, b.stage.name)
	if b.mode == "review" {
		f.until(t, "waits for two decisions", func(p progress) bool { return p.Meta.Items.Waiting == 2 })
	}
	if b.compensating {
		first := g
		g = holdRows(t, l.server, "select from igny8_credit_holds where account_id = $1 and status = 'held' for update", a.ID)
		f.cancels(t)
		first.open()
		g.await(t, "giving back")
	}
	b.do(t, f)
	g.open()
	if b.on != nil {
		b.on(t, f)
	}
	if b.mode == "review" && b.ends == igny8.RunSucceeded {
		f.approves(t)
	}
	d := f.ended(t)
	require.Equal(t, b.ends, d.Status, "%s: %+v", d.Message, d.Tasks)
	require.False(t, d.Planning, "it still has its sector to itself")
	if b.ends == igny8.RunSucceeded {
		require.Equal(t, []int{2, 2, 2}, []int{d.Made.Articles, d.Made.Images, d.Made.Posts})
	}
	found := f.rests(t)
	if !strings.HasPrefix(b.control.name, "terminate") {
		// A post is looked up by nobody else, if an attempt ran out of time and none followed.
		require.Equal(t, found.Adopted, found.Mended(), "something was left to the reconciler: %+v", found)
	}
	l.keepsItsPromise(t, f.run, granted)
}
