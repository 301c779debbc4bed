package workflows

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/workflow"

	"github.com/igny8/igny8"
)

// Histories and callers know these names. Whoever changes one changes what runs
// under way are called: that is a migration, not a renaming.
func TestNames(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"Pipeline", "Plan", "Batch", "Article", "Tick", "Reconcile"}, registered())
	require.Equal(t, []string{"pause", "resume", "skip", "decide", "progress", "order", "news"},
		[]string{PauseUpdate, ResumeUpdate, SkipUpdate, DecideUpdate, ProgressQuery, orderSignal, newsSignal})

	require.Equal(t, []string{"cluster_names.make", "embeddings.make", "ideas.make", "content.make", "rewrite.make", "image_prompts.make", "images.make"},
		[]string{Names.Make.Name, Embed.Make.Name, Ideas.Make.Name, Write.Make.Name, Rewrite.Make.Name, Prompts.Make.Name, Illustrate.Make.Name})
	require.Equal(t, []string{
		"ideas.ask", "ideas.save", "content.ask", "content.save", "rewrite.ask", "rewrite.save", "image_prompts.ask", "image_prompts.save", "images.ask", "images.save",
	}, []string{
		Ideas.Ask.Name, Ideas.Save.Name, Write.Ask.Name, Write.Save.Name, Rewrite.Ask.Name, Rewrite.Save.Name,
		Prompts.Ask.Name, Prompts.Save.Name, Illustrate.Ask.Name, Illustrate.Save.Name,
	})
	require.Equal(t, []string{
		"run.begin", "run.stage", "run.pause", "run.resume", "run.end", "run.items", "clusters.compute", "clusters.propose", "clusters.choose", "tasks.plan",
		"article.begin", "article.end", "article.wait", "review.ask", "review.remind", "review.decide", "publish", "credits.reserve", "credits.release", "schedule.begin", "reconcile.sweep",
	}, []string{
		BeginRun.Name, SetStage.Name, PauseRun.Name, ResumeRun.Name, EndRun.Name, BeginItems.Name, Cluster.Name, Propose.Name, Choose.Name, PlanTasks.Name,
		BeginArticle.Name, EndArticle.Name, Park.Name, AskReview.Name, Remind.Name, Decide.Name, Publish.Name, Reserve.Name, Release.Name, BeginTick.Name, Sweep.Name,
	})
}

// The names of executions begin with the account, and so do those of children.
func TestExecutionNames(t *testing.T) {
	t.Parallel()
	s := igny8.Scope{Account: igny8.New[igny8.AccountID]()}
	run, task := igny8.New[igny8.RunID](), igny8.New[igny8.TaskID]()
	in := RunInput{Scope: s, Run: run, Kind: igny8.KindIdeas}
	require.Equal(t, s.Account.String()+"/ideas/"+run.String(), in.Kind.WorkflowID(s.Account, run))
	require.Equal(t, s.Account.String()+"/article/"+task.String()+"/2.3", ArticleWorkflowID(s, task, 2, 3))
	require.Equal(t, s.Account.String()+"/plan/"+run.String(), planID(in))
	require.Equal(t, s.Account.String()+"/batch/"+run.String()+"/101", batchID(in, 101))
}

// The keys under which credits are held and replies are kept: a new try meets
// no tombstone, and finds the reply that was paid for.
func TestKeys(t *testing.T) {
	t.Parallel()
	task := igny8.New[igny8.TaskID]()
	key := func(revision, try, again int) (reply, hold string) {
		c := Write.call(RunInput{}, task.UUID, task, revision, try, again, 2)
		return c.Reply, c.Hold()
	}
	reply, hold := key(1, 1, 0)
	require.Equal(t, task.String()+":content:1", reply)
	require.Equal(t, task.String()+":content:1:1", hold)
	again, resumed := key(1, 1, 1)
	require.Equal(t, reply, again)
	require.Equal(t, task.String()+":content:1:1.1", resumed)
	other, _ := key(2, 1, 0)
	require.NotEqual(t, reply, other)
}

type names struct{ list *[]string }

func (n names) RegisterWorkflowWithOptions(_ any, o workflow.RegisterOptions) {
	*n.list = append(*n.list, o.Name)
}

func registered() (list []string) {
	Register(names{&list})
	return list
}

// Whatever is added to a step's input or output later must be readable in
// histories from before: every field of them has a name in JSON.
func TestEveryFieldIsNamed(t *testing.T) {
	t.Parallel()
	seen := map[reflect.Type]bool{}
	var look func(t *testing.T, of reflect.Type)
	look = func(t *testing.T, of reflect.Type) {
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct || seen[of] || of.PkgPath() != reflect.TypeFor[RunInput]().PkgPath() {
			return
		}
		seen[of] = true
		for f := range fields(of) {
			if !f.Anonymous {
				require.NotEmpty(t, f.Tag.Get("json"), "%s.%s", of, f.Name)
			}
			look(t, f.Type)
		}
	}
	for _, v := range []any{
		PlanInput{}, BatchInput{}, ArticleEnd{}, Tally{}, Begun{}, StageChange{}, Halt{}, ResumeOf{}, Ending{}, Ended{}, Range{}, Item{}, Clustered{}, Chosen{}, Planned{},
		ArticleInput{}, Standing{}, ArticleEnding{}, Parking{}, Reviewing{}, Deciding{}, Decided{}, Publishing{}, Post{}, TickInput{}, Ticked{}, Charge{}, Refund{}, Answer{},
		Call[igny8.TaskID]{}, News{}, Order{}, Decision{}, Resume{}, Skip{}, Progress{},
	} {
		look(t, reflect.TypeOf(v))
	}
	require.Greater(t, len(seen), 30)
}

func fields(of reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range of.NumField() {
			if !yield(of.Field(i)) {
				return
			}
		}
	}
}
