package workflows_test

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/temporal"
	. "github.com/igny8/igny8/workflows"
)

// world is everything outside the workflows, in memory. When a test ends it
// checks that the books are closed: no hold is left open, and a run has written
// how it ended, once.
type world struct {
	t   *testing.T
	env *testsuite.TestWorkflowEnvironment

	// What there is, and what is wanted of it. Set before the run.
	in        RunInput
	articles  int // wanted of a pipeline
	clusters  []igny8.ClusterID
	tasks     []igny8.TaskID // chosen for a run of articles, or made by tasks.plan
	each      int            // ideas of a cluster
	images    int
	credits   int
	naming    int                         // clusters that a model is to name
	embedding int                         // keywords that are to be embedded first
	standing  func(igny8.TaskID) Standing // how far an article has come; nil is not begun

	mu       sync.Mutex
	version  int64
	steps    []string                   // every step taken, in order
	hooks    map[string]func(int) error // what else a step does; n counts from 1
	holds    map[string]igny8.HoldStatus
	amounts  map[string]int
	settled  map[igny8.Function]int
	items    map[uuid.UUID]string // of the run: asked, done, failed or skipped
	ideas    int
	revision map[igny8.TaskID]int
	contents map[igny8.ContentID]igny8.TaskID
	working  map[igny8.TaskID]bool // articles begun that don't wait
	busiest  int                   // the most there were of them
	halts    []Halt
	resumes  []ResumeOf
	reviews  []Reviewing
	parked   []string
	ended    []Ending
	ends     map[igny8.TaskID]ArticleEnding
	posts    map[igny8.TaskID]time.Time // when they were sent
	refunds  []Refund
}

func newWorld(t *testing.T) *world {
	t.Helper()
	suite := testsuite.WorkflowTestSuite{}
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	w := &world{
		t: t, env: suite.NewTestWorkflowEnvironment(),
		articles: 4, each: 2, images: 2, credits: 10_000,
		hooks: map[string]func(int) error{}, holds: map[string]igny8.HoldStatus{}, amounts: map[string]int{}, settled: map[igny8.Function]int{},
		items: map[uuid.UUID]string{}, revision: map[igny8.TaskID]int{}, contents: map[igny8.ContentID]igny8.TaskID{}, working: map[igny8.TaskID]bool{},
		ends: map[igny8.TaskID]ArticleEnding{}, posts: map[igny8.TaskID]time.Time{},
	}
	w.in = RunInput{
		Scope: igny8.Scope{Account: igny8.New[igny8.AccountID](), Site: igny8.New[igny8.SiteID](), Sector: igny8.New[igny8.SectorID]()},
		Run:   igny8.New[igny8.RunID](), Kind: igny8.KindPipeline, Mode: igny8.Auto, Width: 8,
	}
	for range 6 {
		w.clusters = append(w.clusters, igny8.New[igny8.ClusterID]())
	}
	w.env.SetTestTimeout(time.Minute)
	Register(w.env)
	w.bindRun()
	w.bindArticles()
	w.bindLedger()
	fake(w, Names, func(Call[igny8.RunID]) []igny8.ClusterID { return nil })
	fake(w, Embed, func(Call[igny8.RunID]) []int { return nil })
	fake(w, Ideas, func(c Call[igny8.ClusterID]) []igny8.IdeaID {
		w.ideas += w.each
		w.items[c.From.UUID] = "done"
		return make([]igny8.IdeaID, w.each)
	})
	text := func(c Call[igny8.TaskID]) []igny8.ContentID {
		id := igny8.ContentID(c.From) // one content a task
		w.contents[id] = c.From
		return []igny8.ContentID{id}
	}
	fake(w, Write, text)
	fake(w, Rewrite, text)
	fake(w, Prompts, func(Call[igny8.ContentID]) (ids []igny8.ImageID) {
		for range w.images {
			ids = append(ids, igny8.New[igny8.ImageID]())
		}
		return ids
	})
	fake(w, Illustrate, func(c Call[igny8.ImageID]) []igny8.ImageID { return []igny8.ImageID{c.From} })
	t.Cleanup(w.audit)
	return w
}

// audit is the closing of the books.
func (w *world) audit() {
	for key, status := range w.holds {
		if status == igny8.HoldHeld {
			w.t.Errorf("the hold %s was left open", key)
		}
	}
}

// step notes that a step is taken, and does what the test wants done in it.
func (w *world) step(name string) error {
	w.mu.Lock()
	w.steps = append(w.steps, name)
	n := w.taken(name)
	hook := w.hooks[name]
	w.mu.Unlock()
	if hook == nil {
		return nil
	}
	return hook(n)
}

// taken is how often a step was taken so far. The caller holds the lock, or the
// run is over.
func (w *world) taken(name string) (n int) {
	for _, s := range w.steps {
		if s == name {
			n++
		}
	}
	return n
}

// fail has a step fail for good at these turns of it, or at every one.
func (w *world) fail(step string, code igny8.Code, turns ...int) {
	w.hooks[step] = func(n int) error {
		if len(turns) == 0 || slices.Contains(turns, n) {
			return igny8.Errorf(code, "%s failed", step)
		}
		return nil
	}
}

// at has something done at a step's n-th turn, while it is under way.
func (w *world) at(step string, turn int, do func()) {
	w.hooks[step] = func(n int) error {
		if n == turn {
			do()
		}
		return nil
	}
}

// bound binds a step: it is noted, may fail, and then does its work alone.
func bound[In, Out any](w *world, s temporal.Step[In, Out], do func(In) (Out, error)) {
	s.Bind(w.env, func(_ context.Context, in In) (out Out, err error) {
		if err := w.step(s.Name); err != nil {
			return out, err
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		return do(in)
	})
}

// fake binds a function, of which the parts are noted as steps too: each may fail
// by itself, also as a part of the whole.
func fake[From, To any](w *world, f Function[From, To], save func(Call[From]) []To) {
	f.Make.Bind(w.env, func(ctx context.Context, c Call[From]) ([]To, error) {
		if err := w.step(Reserve.Name); err != nil {
			return nil, err
		}
		if err := w.reserve(c.Charge); err != nil {
			return nil, err
		}
		if err := w.step(f.Ask.Name); err != nil {
			return nil, err
		}
		if err := w.step(f.Save.Name); err != nil {
			return nil, err
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.holds[c.Hold()] = igny8.HoldSettled
		w.settled[c.Function] += w.amounts[c.Hold()]
		return save(c), nil
	})
}

func (w *world) mark(status igny8.RunStatus) Mark {
	w.version++
	return Mark{Version: w.version, Status: status}
}

// reserve holds what a call costs.
func (w *world) reserve(c Charge) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	units := max(c.Units, 1)
	switch status, there := w.holds[c.Hold()]; {
	case there && status == igny8.HoldHeld:
		return nil
	case there:
		return igny8.Errorf(igny8.Conflict, "resolved before")
	case units > w.credits:
		return igny8.Errorf(igny8.NoCredits, "not enough credits")
	}
	w.credits -= units
	w.holds[c.Hold()], w.amounts[c.Hold()] = igny8.HoldHeld, units
	return nil
}

func (w *world) bindLedger() {
	bound(w, Release, func(r Refund) (Mark, error) {
		switch w.holds[r.Hold()] {
		case igny8.HoldSettled:
			return Mark{}, igny8.Errorf(igny8.Conflict, "delivered and paid for")
		case igny8.HoldHeld:
			w.credits += w.amounts[r.Hold()]
		}
		w.holds[r.Hold()] = igny8.HoldReleased
		w.refunds = append(w.refunds, r)
		if r.Function == igny8.Ideation && r.Code != igny8.Canceled && !r.Code.NeedsPerson() {
			w.items[r.Item] = "failed"
		}
		return w.mark(igny8.RunRunning), nil
	})
}

func (w *world) bindRun() {
	bound(w, BeginRun, func(RunInput) (Begun, error) {
		return Begun{Mark: w.mark(igny8.RunRunning), Tasks: len(w.tasks)}, nil
	})
	bound(w, SetStage, func(StageChange) (Mark, error) { return w.mark(igny8.RunRunning), nil })
	bound(w, PauseRun, func(h Halt) (Mark, error) {
		w.halts = append(w.halts, h)
		return w.mark(igny8.RunPaused), nil
	})
	bound(w, ResumeRun, func(r ResumeOf) (Mark, error) {
		w.resumes = append(w.resumes, r)
		return w.mark(igny8.RunRunning), nil
	})
	bound(w, EndRun, func(e Ending) (Ended, error) {
		w.ended = append(w.ended, e)
		return Ended{Status: igny8.RunSucceeded}, nil
	})
	bound(w, BeginItems, func(r Range) (items []Item, err error) {
		if r.To-r.From >= 100 {
			return nil, igny8.Errorf(igny8.TooLarge, "a range of %d items", r.To-r.From+1)
		}
		if r.Stage == "cluster" {
			for _, c := range w.clusters[r.From-1 : r.To] {
				items = append(items, Item{Cluster: c, Revision: 1, Try: 1})
			}
			return items, nil
		}
		for _, task := range w.tasks[r.From-1 : r.To] {
			w.revision[task] = 1
			items = append(items, Item{Task: task, Revision: 1, Try: 1})
		}
		return items, nil
	})
	bound(w, Cluster, func(g Grouping) (Clustered, error) {
		if w.embedding > 0 && !g.Anyway {
			return Clustered{Missing: w.embedding}, nil
		}
		return Clustered{Mark: w.mark(igny8.RunRunning), Clusters: len(w.clusters), Naming: w.naming}, nil
	})
	bound(w, Propose, func(g Grouping) (Proposed, error) {
		if w.embedding > 0 && !g.Anyway {
			return Proposed{Missing: w.embedding}, nil
		}
		return Proposed{Mark: w.mark(igny8.RunRunning)}, nil
	})
	bound(w, Choose, w.choose)
	bound(w, PlanTasks, func(RunInput) (Planned, error) {
		for range min(w.articles, w.ideas) {
			w.tasks = append(w.tasks, igny8.New[igny8.TaskID]())
		}
		return Planned{Mark: w.mark(igny8.RunRunning), Tasks: len(w.tasks)}, nil
	})
	bound(w, BeginTick, func(in TickInput) (Ticked, error) { return Ticked{Run: w.in}, nil })
}

// choose asks about as many more clusters as there are ideas missing.
func (w *world) choose(in RunInput) (Chosen, error) {
	asked := 0
	for _, c := range w.clusters {
		if w.items[c.UUID] != "" {
			asked++
		}
	}
	if in.Kind == igny8.KindIdeas {
		return Chosen{Upto: len(w.clusters)}, nil
	}
	missing := w.articles - w.ideas
	if missing <= 0 {
		return Chosen{Upto: asked, Enough: true}, nil
	}
	upto := min(asked+(missing+w.each-1)/w.each, len(w.clusters))
	for _, c := range w.clusters[asked:upto] {
		w.items[c.UUID] = "asked"
	}
	return Chosen{Upto: upto}, nil
}

func (w *world) bindArticles() {
	bound(w, BeginArticle, func(a ArticleInput) (Standing, error) {
		w.work(a.Item.Task)
		if w.standing != nil {
			return w.standing(a.Item.Task), nil
		}
		return Standing{Words: 1200, Wanted: w.images}, nil
	})
	bound(w, EndArticle, func(e ArticleEnding) (Mark, error) {
		delete(w.working, e.Of.Item.Task)
		w.ends[e.Of.Item.Task] = e
		return w.mark(igny8.RunRunning), nil
	})
	bound(w, Park, func(p Parking) (Mark, error) {
		w.parked = append(w.parked, p.For)
		if p.For == "" {
			w.work(p.Of.Item.Task)
		} else {
			delete(w.working, p.Of.Item.Task)
		}
		return w.mark(igny8.RunRunning), nil
	})
	bound(w, AskReview, func(r Reviewing) (Mark, error) {
		delete(w.working, r.Of.Item.Task)
		w.reviews = append(w.reviews, r)
		return w.mark(igny8.RunRunning), nil
	})
	bound(w, Remind, func(Reviewing) (Mark, error) { return Mark{}, nil })
	bound(w, Decide, func(d Deciding) (Decided, error) {
		task := d.Of.Item.Task
		if d.Decision.Verb == RequestChanges {
			w.revision[task]++
		}
		return Decided{Mark: w.mark(igny8.RunRunning), Revision: w.revision[task]}, nil
	})
	bound(w, Publish, func(p Publishing) (Post, error) {
		task := p.Of.Item.Task
		delete(w.working, task)
		w.posts[task] = w.env.Now()
		return Post{Mark: w.mark(igny8.RunRunning), ID: 1, URL: "https://site.example/" + task.String(), Status: "publish"}, nil
	})
}

func (w *world) work(task igny8.TaskID) {
	w.working[task] = true
	w.busiest = max(w.busiest, len(w.working))
}

// soon does something between two steps of the workflows, and later does it
// when so much time has passed there.
func (w *world) soon(do func())                   { w.later(0, do) }
func (w *world) later(d time.Duration, do func()) { w.env.RegisterDelayedCallback(do, d) }

// answer is what came of an update.
type answer struct {
	rejected, err error
	accepted      bool
	done          chan struct{}
}

func (a *answer) Accept()                   { a.accepted = true }
func (a *answer) Reject(err error)          { a.rejected = err; close(a.done) }
func (a *answer) Complete(_ any, err error) { a.err = err; close(a.done) }

// why is what the answer refuses with, by the validator or by the handler.
func (a *answer) why() igny8.Code { return temporal.CodeOf(cmp.Or(a.rejected, a.err)) }

// meanwhile asks for something from within a step, and waits for the answer.
func (w *world) meanwhile(ask func() *answer) {
	asked := make(chan *answer)
	w.soon(func() { a := ask(); go func() { asked <- a }() })
	<-(<-asked).done
}

// update asks something of the run. It is called between two steps.
func (w *world) update(name string, args ...any) *answer {
	a := &answer{done: make(chan struct{})}
	w.env.UpdateWorkflow(name, uuid.NewString(), a, args...)
	return a
}

// decide decides about an article under review. It is called between two steps.
func (w *world) decide(r Reviewing, verb Verb, revision int) *answer {
	a := &answer{done: make(chan struct{})}
	d := Decision{Content: r.Content, Revision: revision, Verb: verb, Reason: "shorter"}
	id := ArticleWorkflowID(w.in.Scope, r.Of.Item.Task, 1, 1)
	require.NoError(w.t, w.env.UpdateWorkflowByID(id, DecideUpdate, uuid.NewString(), a, d))
	return a
}

// progress asks the run how it stands. It is called between two steps.
func (w *world) progress() (p Progress) {
	v, err := w.env.QueryWorkflow(ProgressQuery)
	require.NoError(w.t, err)
	require.NoError(w.t, v.Get(&p))
	return p
}

// run runs the pipeline to its end, and checks that it wrote how it ended.
func (w *world) run() (tally Tally, err error) {
	w.t.Helper()
	w.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: w.in.Kind.WorkflowID(w.in.Scope.Account, w.in.Run), TaskQueue: temporal.MainQueue})
	w.env.ExecuteWorkflow(Pipeline, w.in)
	require.True(w.t, w.env.IsWorkflowCompleted())
	require.Len(w.t, w.ended, 1, "a run writes how it ended, once")
	if err := w.env.GetWorkflowError(); err != nil {
		require.Equal(w.t, temporal.CodeOf(err), w.ended[0].Code)
		return tally, err
	}
	require.Empty(w.t, w.ended[0].Code)
	require.NoError(w.t, w.env.GetWorkflowResult(&tally))
	return tally, nil
}

// of has the run work on so many tasks, as a run of another kind does.
func (w *world) of(kind igny8.RunKind, tasks int) {
	w.in.Kind = kind
	for range tasks {
		w.tasks = append(w.tasks, igny8.New[igny8.TaskID]())
	}
}

// distinct are the steps that were taken, each once, in alphabetical order.
func (w *world) distinct() []string {
	all := slices.Sorted(slices.Values(w.steps))
	return slices.Compact(all)
}
