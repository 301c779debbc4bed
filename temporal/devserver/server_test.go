//go:build !noembed

package devserver_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	sdkclient "go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/proto"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store/storetest"
	"github.com/igny8/igny8/temporal"
	"github.com/igny8/igny8/temporal/client"
	"github.com/igny8/igny8/temporal/devserver"
)

func TestMain(m *testing.M) { storetest.Main(m, nil) }

// buffer collects a log that is written from many goroutines.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

var greet = temporal.Step[string, string]{Name: "greet", Policy: temporal.Local}

// twoGreetings greets, waits for a signal, and greets again.
func twoGreetings(ctx workflow.Context, name string) (string, error) {
	first, err := greet.Run(ctx, name)
	if err != nil {
		return "", temporal.Failure(err)
	}
	workflow.GetSignalChannel(ctx, "go on").Receive(ctx, nil)
	second, err := greet.RunLocal(ctx, name)
	return first + second, temporal.Failure(err)
}

// boot is a server with a client and a worker.
type boot struct {
	server *devserver.Server
	client sdkclient.Client
	worker worker.Worker
	calls  *atomic.Int64
}

func start(t *testing.T, o devserver.Options, keys *client.Keys) boot {
	b := boot{calls: new(atomic.Int64)}
	var err error
	b.server, err = devserver.Start(t.Context(), o)
	require.NoError(t, err)
	b.client, err = client.Dial(t.Context(), client.Options{Address: b.server.Address, Keys: keys})
	require.NoError(t, err)
	b.worker = worker.New(b.client, temporal.MainQueue, worker.Options{})
	b.worker.RegisterWorkflowWithOptions(twoGreetings, workflow.RegisterOptions{Name: "greetings"})
	b.worker.RegisterWorkflowWithOptions(func(workflow.Context) error {
		return temporal.Failure(igny8.Errorf(igny8.NoCredits, "the secret balance is 0"))
	}, workflow.RegisterOptions{Name: "broke"})
	greet.Bind(b.worker, func(_ context.Context, name string) (string, error) {
		b.calls.Add(1)
		return "hello " + name + "; ", nil
	})
	require.NoError(t, b.worker.Start())
	return b
}

func (b boot) stop(t *testing.T) {
	b.worker.Stop()
	b.client.Close()
	require.NoError(t, b.server.Stop())
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for tick := time.NewTicker(20 * time.Millisecond); !done(); {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("this never came true: " + what)
		}
	}
}

// One server and one test, since a boot costs a second and leaves goroutines
// behind: the parts below use it in turn.
func TestServer(t *testing.T) {
	keys, err := client.ParseKeys(igny8.Secret("k:" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))))
	require.NoError(t, err)
	var log buffer
	options := devserver.Options{
		Postgres:         storetest.Cluster(t).URL("postgres"),
		SearchAttributes: temporal.Attributes(),
		CodecEndpoint:    "http://127.0.0.1:8011/codec",
		Log:              slog.New(slog.NewTextHandler(&log, nil)),
	}
	first := start(t, options, keys)
	run, err := first.client.ExecuteWorkflow(t.Context(), sdkclient.StartWorkflowOptions{
		ID: "w", TaskQueue: temporal.MainQueue,
		TypedSearchAttributes: sdk.NewSearchAttributes(temporal.AccountAttribute.ValueSet("an-account"), temporal.StageAttribute.ValueSet("first")),
		Priority:              sdk.Priority{PriorityKey: 3, FairnessKey: "an-account", FairnessWeight: 2},
	}, "greetings", "secret guest")
	require.NoError(t, err)
	waitFor(t, "the first greeting", func() bool { return first.calls.Load() == 1 })

	t.Run("the namespace", func(t *testing.T) { checkNamespace(t, first) })
	t.Run("histories are encrypted", func(t *testing.T) { checkHistory(t, first.client, "w") })
	t.Run("the UI", func(t *testing.T) { checkUI(t, first.server) })
	t.Run("taken ports", func(t *testing.T) { checkPorts(t, options, first.server) })
	t.Run("failures keep their code", func(t *testing.T) { checkFailure(t, first.client) })
	t.Run("schedules", func(t *testing.T) { checkSchedules(t, first.client) })
	t.Run("another namespace", func(t *testing.T) { checkEnsure(t, first) })

	first.stop(t)
	require.NotContains(t, log.String(), "Failed to poll", "harmless at the end, and not worth a line")

	second := start(t, options, keys)
	defer second.stop(t)
	require.NoError(t, second.client.SignalWorkflow(t.Context(), run.GetID(), run.GetRunID(), "go on", nil))
	var greetings string
	require.NoError(t, second.client.GetWorkflow(t.Context(), run.GetID(), run.GetRunID()).Get(t.Context(), &greetings))
	require.Equal(t, "hello secret guest; hello secret guest; ", greetings)
	require.EqualValues(t, 1, second.calls.Load(), "the first greeting is not repeated")
	require.NotContains(t, log.String(), "level=INFO")
	require.NotContains(t, log.String(), "shard status unknown", "nor is this, at the start")
}

func checkNamespace(t *testing.T, b boot) {
	d, err := b.client.WorkflowService().DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: client.DefaultNamespace})
	require.NoError(t, err)
	require.Equal(t, 30*24*time.Hour, d.Config.WorkflowExecutionRetentionTtl.AsDuration())
	require.NoError(t, client.EnsureNamespace(t.Context(), b.client, client.DefaultNamespace))
	require.NoError(t, client.EnsureSearchAttributes(t.Context(), b.client, client.DefaultNamespace, temporal.Attributes()...))
	waitFor(t, "the workflow is found by its account", func() bool {
		found, err := b.client.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{Query: `AccountId = "an-account" and Stage = "first"`})
		require.NoError(t, err)
		return len(found.Executions) == 1
	})
}

func checkHistory(t *testing.T, c sdkclient.Client, id string) {
	events := 0
	for iter := c.GetWorkflowHistory(t.Context(), id, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); iter.HasNext(); events++ {
		event, err := iter.Next()
		require.NoError(t, err)
		wire, err := proto.Marshal(event)
		require.NoError(t, err)
		require.NotContains(t, string(wire), "secret", event.EventType)
	}
	require.Positive(t, events)
}

func checkUI(t *testing.T, s *devserver.Server) {
	get := func(path string) string {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.UIAddress+path, nil)
		require.NoError(t, err)
		reply, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer reply.Body.Close()
		body, err := io.ReadAll(reply.Body)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, reply.StatusCode, "%s: %s", path, body)
		return string(body)
	}
	require.Contains(t, get("/"), "<html")
	settings := get("/api/v1/settings")
	require.Contains(t, settings, "http://127.0.0.1:8011/codec")
	require.Contains(t, settings, client.DefaultNamespace)
	require.Contains(t, get("/api/v1/namespaces/"+client.DefaultNamespace+"/workflows/w"), `"greetings"`)
}

func checkPorts(t *testing.T, o devserver.Options, s *devserver.Server) {
	_, port, err := net.SplitHostPort(s.Address)
	require.NoError(t, err)
	o.FrontendPort, err = net.LookupPort("tcp", port)
	require.NoError(t, err)
	_, err = devserver.Start(t.Context(), o)
	require.Equal(t, igny8.Conflict, igny8.CodeOf(err))
	require.ErrorContains(t, err, "Port "+port)
	o.FrontendPort, o.Postgres = 0, "nonsense://"
	_, err = devserver.Start(t.Context(), o)
	require.Equal(t, igny8.Invalid, igny8.CodeOf(err))
}

func checkFailure(t *testing.T, c sdkclient.Client) {
	run, err := c.ExecuteWorkflow(t.Context(), sdkclient.StartWorkflowOptions{ID: "broke", TaskQueue: temporal.MainQueue}, "broke")
	require.NoError(t, err)
	failure := temporal.ErrorOf(run.Get(t.Context(), nil))
	require.Equal(t, igny8.NoCredits, failure.Code)
	require.Equal(t, "the secret balance is 0", failure.Message)
	checkHistory(t, c, "broke")
	_, err = c.QueryWorkflow(t.Context(), "nobody", "", "q")
	require.Equal(t, igny8.NotFound, temporal.CodeOf(err))
}

func checkSchedules(t *testing.T, c sdkclient.Client) {
	schedule := client.Schedule{
		ID: "nightly", Cron: []string{"30 2 * * *"}, TimeZone: "Europe/Berlin", Jitter: time.Minute, Paused: true, Note: "not yet",
		WorkflowType: "greetings", WorkflowID: "tick", TaskQueue: temporal.MainQueue, Args: []any{"x"},
		Priority: sdk.Priority{PriorityKey: 5, FairnessKey: "an-account"},
	}
	require.NoError(t, client.SyncSchedule(t.Context(), c, schedule))
	state, err := client.DescribeSchedule(t.Context(), c, "nightly")
	require.NoError(t, err)
	require.True(t, state.Paused)
	require.Equal(t, "not yet", state.Note)

	schedule.Paused, schedule.Note, schedule.Jitter = false, "", 0
	require.NoError(t, client.SyncSchedule(t.Context(), c, schedule))
	state, err = client.DescribeSchedule(t.Context(), c, "nightly")
	require.NoError(t, err)
	require.False(t, state.Paused)
	require.NotEmpty(t, state.Next)
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	require.Equal(t, "02:30", state.Next[0].In(berlin).Format("15:04"))
	d, err := c.ScheduleClient().GetHandle(t.Context(), "nightly").Describe(t.Context())
	require.NoError(t, err)
	require.Equal(t, enumspb.SCHEDULE_OVERLAP_POLICY_SKIP, d.Schedule.Policy.Overlap)
	require.Equal(t, time.Hour, d.Schedule.Policy.CatchupWindow)
	require.True(t, d.Schedule.Policy.PauseOnFailure)

	for field, change := range map[string]func(*client.Schedule){
		"timezone": func(s *client.Schedule) { s.TimeZone = "Mars/Olympus" },
		"cron":     func(s *client.Schedule) { s.Cron = []string{"at noon"} },
	} {
		bad := schedule
		change(&bad)
		err := client.SyncSchedule(t.Context(), c, bad)
		require.Equal(t, field, temporal.ErrorOf(err).Field, "%v", err)
	}
	require.NoError(t, client.DeleteSchedule(t.Context(), c, "nightly"))
	require.NoError(t, client.DeleteSchedule(t.Context(), c, "nightly"))
	waitFor(t, "the schedule is gone", func() bool {
		_, err := client.DescribeSchedule(t.Context(), c, "nightly")
		return igny8.CodeOf(err) == igny8.NotFound
	})
}

func checkEnsure(t *testing.T, b boot) {
	const name = "another"
	require.NoError(t, client.EnsureNamespace(t.Context(), b.client, name))
	require.NoError(t, client.EnsureSearchAttributes(t.Context(), b.client, name, temporal.Attributes()...))
	c, err := client.Dial(t.Context(), client.Options{Address: b.server.Address, Namespace: name})
	require.NoError(t, err)
	defer c.Close()
	_, err = c.ExecuteWorkflow(t.Context(), sdkclient.StartWorkflowOptions{
		ID: "w", TaskQueue: "nobody", TypedSearchAttributes: sdk.NewSearchAttributes(temporal.SiteAttribute.ValueSet("s")),
	}, "greetings", "plain")
	require.NoError(t, err)
	err = client.EnsureSearchAttributes(t.Context(), b.client, name, strings.Repeat("x", 3), "CustomIntField")
	require.NoError(t, err, "what is missing is added")
}
