package api

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/igny8/igny8"
)

func (nobodyThere) DescribeTaskQueue(context.Context, string, enums.TaskQueueType) (*workflowservice.DescribeTaskQueueResponse, error) {
	return nil, context.DeadlineExceeded
}

// staffed is an engine with a worker that asks for work, and one that did.
type staffed struct{ nobodyThere }

func (staffed) DescribeTaskQueue(context.Context, string, enums.TaskQueueType) (*workflowservice.DescribeTaskQueueResponse, error) {
	return &workflowservice.DescribeTaskQueueResponse{Pollers: []*taskqueuepb.PollerInfo{
		{Identity: "one", LastAccessTime: timestamppb.Now()}, {Identity: "two", LastAccessTime: timestamppb.New(time.Now().Add(-3 * time.Minute))},
	}}, nil
}

// Each thing that must not be is made once, and seen by the account it happened
// to and by nobody else.
func TestStatusSeesWhatMustNotBe(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		wreck func(*testing.T, *world, igny8.RunID)
		want  Checks
	}{
		"nothing": {func(*testing.T, *world, igny8.RunID) {}, Checks{}},
		"credits held for a run that has ended": {func(t *testing.T, w *world, run igny8.RunID) {
			w.sql(t, "insert into igny8_credit_holds (account_id, key, run_id, function, units, amount, status, price, price_version) values ($1, 'k', $2, 'content', 1, 5, 'held', 5, 1)", w.mine.account, run)
		}, Checks{Lost: 1}},
		"a call that nobody closed": {func(t *testing.T, w *world, _ igny8.RunID) {
			w.sql(t, "insert into igny8_ai_requests (account_id, key, attempt, status, purpose, provider, created_at) values ($1, 'k', 1, 'sent', 'content', 'openai', now() - interval '1 hour')", w.mine.account)
		}, Checks{Lost: 1}},
		"a run that never started": {func(t *testing.T, w *world, _ igny8.RunID) {
			w.sql(t, "insert into igny8_runs (account_id, site_id, sector_id, kind, created_at) values ($1, $2, $3, 'pipeline', now() - interval '1 hour')", w.mine.account, w.mine.site, w.mine.sector)
		}, Checks{Lost: 1}},
		"an item of a run that has ended": {func(t *testing.T, w *world, run igny8.RunID) {
			w.sql(t, "insert into igny8_run_items (account_id, site_id, run_id, stage, n, item_id, status) values ($1, $2, $3, 'task', 1, $3, 'running')", w.mine.account, w.mine.site, run)
		}, Checks{Lost: 1}},
		"a reply that was charged twice": {func(t *testing.T, w *world, _ igny8.RunID) {
			for _, try := range []string{"1", "2"} {
				w.sql(t, "insert into igny8_credit_usage_logs (account_id, operation_type, credits_used, hold_key) values ($1, 'content', 5, 'item:content:1:' || $2)", w.mine.account, try)
			}
		}, Checks{ChargedTwice: 1}},
		"an article that a site has twice": {func(t *testing.T, w *world, _ igny8.RunID) {
			w.sql(t, "insert into igny8_audit_log (account_id, actor_role, action, target) values ($1, 'system_bot', 'publication.duplicate', 'publication/1')", w.mine.account)
		}, Checks{PostedTwice: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			run := igny8.New[igny8.RunID]()
			w.sql(t, "insert into igny8_runs (account_id, site_id, sector_id, id, kind, status, temporal_run_id, finished_at) values ($1, $2, $3, $4, 'pipeline', 'failed', 'r', now() - interval '1 hour')", w.mine.account, w.mine.site, w.mine.sector, run)
			c.wreck(t, w, run)
			require.Equal(t, c.want, w.statusOf(t, w.mine.account, igny8.Viewer).Checks)
			require.Equal(t, Checks{}, w.statusOf(t, w.theirs.account, igny8.Viewer).Checks)
			service := value[igny8.AccountID](t, w, "select id from igny8_accounts where is_system")
			require.Equal(t, c.want, w.statusOf(t, service, igny8.Developer).Checks)
		})
	}
}

func (w *world) statusOf(t *testing.T, account igny8.AccountID, role igny8.Role) Status {
	t.Helper()
	ctx := context.WithValue(t.Context(), callerKey{}, &caller{Principal: igny8.Principal{Account: account, Role: role, AllSites: true}})
	out, err := w.statusNow(ctx, nil)
	require.NoError(t, err)
	return out
}

func TestStatusTellsOfTheReconcilerAndTheWorkers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Version, w.Server.Sandbox = "1.2.3", true
	s := w.statusOf(t, w.mine.account, igny8.Viewer)
	require.Nil(t, s.CheckedAt)
	require.Nil(t, s.Ledger.CheckedAt)
	require.False(t, s.Engine)
	require.Len(t, s.Queues, 5)
	require.Zero(t, s.Queues[0].Workers)
	require.Equal(t, "1.2.3", s.Version)
	require.True(t, s.Sandbox)
	require.EqualValues(t, 1, s.Ledger.Entries) // of our account alone

	w.sql(t, `insert into igny8_reconciliations (report, mended, created_at) values ('{"ledger": {"wallets": 3, "holds": 0, "entries": 2, "violations": ["one"]}}', 2, now() - interval '30 minutes'), ('{}', 1, now() - interval '1 minute'), ('{}', 4, now() - interval '2 days')`)
	w.Temporal = staffed{}
	s = w.statusOf(t, w.mine.account, igny8.Viewer)
	require.WithinDuration(t, time.Now().Add(-time.Minute), *s.CheckedAt, 30*time.Second)
	require.WithinDuration(t, time.Now().Add(-30*time.Minute), *s.Ledger.CheckedAt, 30*time.Second)
	require.Equal(t, 1, s.Ledger.Violations)
	require.EqualValues(t, 3, s.MendedDay)
	require.True(t, s.Engine)
	for _, q := range s.Queues {
		require.Equal(t, 1, q.Workers)
		require.NotNil(t, q.SeenAt)
	}
}
