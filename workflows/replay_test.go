package workflows_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/proto"

	"github.com/igny8/igny8"
	. "github.com/igny8/igny8/workflows"
)

// A recorded is an execution as a server kept it.
type recorded struct {
	name string
	kind string // the workflow's name
	*historypb.History
}

// histories are what `make histories` has recorded from the real program. Those
// of earlier versions stay as long as workflows begun under them may be under
// way.
func histories(t *testing.T) (all []recorded) {
	t.Helper()
	files, err := filepath.Glob("testdata/histories/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files, "there are no histories: make histories")
	for _, file := range files {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		h, err := client.HistoryFromJSON(bytes.NewReader(b), client.HistoryJSONOptions{})
		require.NoError(t, err, file)
		all = append(all, recorded{filepath.Base(file), h.Events[0].GetWorkflowExecutionStartedEventAttributes().GetWorkflowType().GetName(), h})
	}
	return all
}

var quiet = log.NewStructuredLogger(slog.New(slog.DiscardHandler))

// replay runs workflows over a history, and reports where they leave it.
func replay(t *testing.T, h recorded, register func(Registry)) error {
	t.Helper()
	r, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{DisableDeadlockDetection: true})
	require.NoError(t, err)
	register(r)
	return r.ReplayWorkflowHistory(quiet, proto.CloneOf(h.History))
}

// Today's code runs over yesterday's histories. If it doesn't, a deploy would
// strand what is under way: guard the change with workflow.GetVersion and keep
// these histories, or record anew if nothing can be under way.
func TestReplay(t *testing.T) {
	t.Parallel()
	kinds := map[string]int{}
	for _, h := range histories(t) {
		kinds[h.kind]++
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, replay(t, h, Register))
		})
	}
	for _, kind := range []string{"Pipeline", "Plan", "Batch", "Article", "Tick"} {
		require.NotZero(t, kinds[kind], "no history of a %s", kind)
	}
}

// edited registers each workflow with one step before the others that was not
// there when the histories were recorded.
func edited(r Registry) {
	for name, w := range map[string]any{
		"Pipeline": func(ctx workflow.Context, in RunInput) (Tally, error) {
			_, _ = SetStage.RunLocal(ctx, StageChange{Of: in})
			return Pipeline(ctx, in)
		},
		"Plan": func(ctx workflow.Context, in PlanInput) (int, error) {
			_, _ = PlanTasks.RunLocal(ctx, in.Of)
			return Plan(ctx, in)
		},
		"Batch": func(ctx workflow.Context, in BatchInput) (Tally, error) {
			_, _ = SetStage.RunLocal(ctx, StageChange{Of: in.Of})
			return Batch(ctx, in)
		},
		"Article": func(ctx workflow.Context, in ArticleInput) (ArticleEnd, error) {
			_, _ = Park.RunLocal(ctx, Parking{Of: in})
			return Article(ctx, in)
		},
		"Tick": func(ctx workflow.Context, in TickInput) (Ticked, error) {
			_, _ = Publish.Run(ctx, Publishing{})
			return Tick(ctx, in)
		},
		"Reconcile": func(ctx workflow.Context) (Reconciled, error) {
			_, _ = Publish.Run(ctx, Publishing{})
			return Reconcile(ctx)
		},
	} {
		r.RegisterWorkflowWithOptions(w, workflow.RegisterOptions{Name: name})
	}
}

// A replay that can't fail would guard nothing: with one step put in front of
// them, every workflow leaves every history.
func TestAnEditIsNoticed(t *testing.T) {
	t.Parallel()
	for _, h := range histories(t) {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			require.ErrorContains(t, replay(t, h, edited), "[TMPRL1100]", "the SDK's word for a workflow that is not deterministic")
		})
	}
}

// A swapped pair of steps is noticed as well, where both are taken.
func TestASwapIsNoticed(t *testing.T) {
	t.Parallel()
	swapped := func(r Registry) {
		r.RegisterWorkflowWithOptions(func(ctx workflow.Context, in PlanInput) (int, error) {
			if _, err := Cluster.Run(ctx, Grouping{RunInput: in.Of}); err != nil { // before the stage is shown
				return 0, err
			}
			_, err := SetStage.RunLocal(ctx, StageChange{Of: in.Of, Stage: "clusters"})
			return 0, err
		}, workflow.RegisterOptions{Name: "Plan"})
	}
	tried := 0
	for _, h := range histories(t) {
		if h.kind == "Plan" {
			tried++
			require.Error(t, replay(t, h, swapped), h.name)
		}
	}
	require.NotZero(t, tried)
}

const (
	longestPayload = 16 << 10 // bytes
	longestHistory = 2000     // events, of a run of up to 100 articles
)

// Histories hold names of things and not the things: no payload is long, no text
// of an article is in one, and no key or password.
func TestHistoriesStaySmallAndKeepNoSecrets(t *testing.T) {
	t.Parallel()
	canaries := []string{
		"sandboxxpassword", "sand boxx pass word", "sandbox-key", "sk-", // keys and passwords
		"<p>", "<h2", "\\u003cp\\u003e", "## ", "markdown", "meta_description", // what a model wrote
	}
	for _, h := range histories(t) {
		require.LessOrEqual(t, len(h.Events), longestHistory, h.name)
		look := func(p *commonpb.Payload) {
			require.LessOrEqual(t, proto.Size(p), longestPayload, h.name)
			for _, canary := range canaries {
				require.NotContains(t, string(p.GetData()), canary, h.name)
				require.NotContains(t, string(p.GetData()), base64.StdEncoding.EncodeToString([]byte(canary)), h.name)
			}
		}
		require.NoError(t, proxy.VisitPayloads(t.Context(), h.History, proxy.VisitPayloadsOptions{
			Visitor: func(_ *proxy.VisitPayloadsContext, all []*commonpb.Payload) ([]*commonpb.Payload, error) {
				for _, p := range all {
					look(p)
				}
				return all, nil
			},
		}))
	}
}

// A batch of a hundred articles that nobody has to look at stays far below the
// length at which a history is a burden.
func TestAHundredArticlesFitAHistory(t *testing.T) {
	t.Parallel()
	tried := 0
	for _, h := range histories(t) {
		articles := 0
		for _, e := range h.Events {
			if e.EventType == enums.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED {
				articles++
			}
		}
		if h.kind == "Batch" && strings.HasPrefix(h.name, "pipeline-auto") {
			tried++
			require.NotZero(t, articles)
			require.LessOrEqual(t, len(h.Events)*100/articles, longestHistory, "%s: %d events for %d articles", h.name, len(h.Events), articles)
		}
	}
	require.NotZero(t, tried)
}

// What a history is called by begins with the account, and says nothing else.
func TestNothingButIDsIsReadable(t *testing.T) {
	t.Parallel()
	for _, h := range histories(t) {
		if h.kind == "Reconcile" {
			continue // it is the operator's
		}
		started := h.Events[0].GetWorkflowExecutionStartedEventAttributes()
		account, _, ok := strings.Cut(started.GetWorkflowId(), "/")
		require.True(t, ok, h.name)
		_, err := igny8.Parse[igny8.AccountID](account)
		require.NoError(t, err, fmt.Sprint(h.name, started.GetWorkflowId()))
	}
}
