package temporal

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// Task queues, one for each kind of peer, so that the slots waiting for a slow
// one are not missed elsewhere. Workflows run on Main.
const (
	MainQueue  = "main"
	ModelQueue = "model"
	ImageQueue = "image"
	SiteQueue  = "site"

	// ComputeQueue is of work that takes all processors for minutes: a worker
	// does one such thing at a time, and accounts take turns.
	ComputeQueue = "compute"
)

// Queues lists every task queue.
var Queues = []string{MainQueue, ModelQueue, ImageQueue, SiteQueue, ComputeQueue}

// A Policy says where a step runs and how patiently. Both Attempt and Patience
// are set: with only the former, a task that is lost before it starts would
// stay pending for ever (temporalio/temporal#11402). The one exception is
// Compensation.
type Policy struct {
	Queue      string
	Attempt    time.Duration // the most that one attempt may take
	Patience   time.Duration // the most that all attempts, pauses and waits for a slot may take; 0 is no limit
	Heartbeat  time.Duration // silence after which an attempt is given up; 0 is none
	Backoff    time.Duration // the first pause between attempts
	Growth     float64       // by which each pause exceeds the one before
	MaxBackoff time.Duration // the longest pause
	Attempts   int32         // the most attempts; 0 is no limit
	Await      bool          // a canceled step is waited for: its effect must be known before it is compensated
}

// The policies, each named by what is called. If none fits a new step, add one
// here and say why.
var (
	// Local is our own database: quick, and every step is keyed, so it may be
	// tried as often as it takes to outlast a failover or a restart.
	Local = Policy{Queue: MainQueue, Attempt: 10 * time.Second, Patience: time.Hour,
		Backoff: 200 * time.Millisecond, Growth: 2, MaxBackoff: 10 * time.Second}

	// Compute is our own processor: clustering a large sector takes minutes, and
	// those of others wait their turn, so Patience is long. It is deterministic:
	// what failed often fails for ever; but a worker that is replaced counts too,
	// and the next one goes on with what was kept.
	Compute = Policy{Queue: ComputeQueue, Attempt: time.Hour, Patience: 24 * time.Hour, Heartbeat: 30 * time.Second,
		Backoff: time.Second, Growth: 2, MaxBackoff: time.Minute, Attempts: 6}

	// Model is a language model: a long article takes minutes, and a provider
	// that limits us says "later" many times. Each "later" would use up an
	// attempt, so Patience bounds them; paid attempts are counted in the
	// database, which makes the error final.
	Model = Policy{Queue: ModelQueue, Attempt: 10 * time.Minute, Patience: 6 * time.Hour, Heartbeat: 30 * time.Second,
		Backoff: 5 * time.Second, Growth: 2, MaxBackoff: 2 * time.Minute, Await: true}

	// Image is an image model: asked for once under a key, then polled and
	// downloaded. Attempts are bounded as a model's are.
	Image = Policy{Queue: ImageQueue, Attempt: 5 * time.Minute, Patience: 2 * time.Hour, Heartbeat: 20 * time.Second,
		Backoff: 2 * time.Second, Growth: 2, MaxBackoff: time.Minute, Await: true}

	// SiteRead asks a customer's site something. Somebody usually waits for the
	// answer, so a site that is down is soon reported as such.
	SiteRead = Policy{Queue: SiteQueue, Attempt: 30 * time.Second, Patience: 15 * time.Minute,
		Backoff: 2 * time.Second, Growth: 2, MaxBackoff: 2 * time.Minute, Attempts: 6}

	// SiteWrite changes a customer's site: an upload takes a while, shared hosts
	// are down for hours at night, and a repetition looks up first what the
	// attempt before it did. Pauses grow fast, to be gentle with a weak host.
	SiteWrite = Policy{Queue: SiteQueue, Attempt: 2 * time.Minute, Patience: 6 * time.Hour, Heartbeat: 20 * time.Second,
		Backoff: 5 * time.Second, Growth: 3, MaxBackoff: 15 * time.Minute, Await: true}

	// Sweep looks over everything that was left behind. The next one comes in a
	// minute and does what this one could not, so it is tried once.
	Sweep = Policy{Queue: MainQueue, Attempt: 10 * time.Minute, Patience: 10 * time.Minute, Heartbeat: time.Minute,
		Backoff: time.Second, Growth: 2, MaxBackoff: time.Minute, Attempts: 1}

	// Compensation gives back what was taken: it is never given up, however
	// long the database is away, and its steps are harmless to repeat.
	Compensation = Policy{Queue: MainQueue, Attempt: 10 * time.Second,
		Backoff: time.Second, Growth: 2, MaxBackoff: 5 * time.Minute}
)

func (p Policy) options(name string) workflow.ActivityOptions {
	t := pace()
	return workflow.ActivityOptions{
		TaskQueue:              p.Queue,
		StartToCloseTimeout:    t.shrink(p.Attempt),
		ScheduleToCloseTimeout: t.shrink(p.Patience),
		HeartbeatTimeout:       t.shrink(p.Heartbeat),
		WaitForCancellation:    p.Await,
		RetryPolicy:            p.retry(t),
		Summary:                name,
	}
}

func (p Policy) localOptions(name string) workflow.LocalActivityOptions {
	t := pace()
	return workflow.LocalActivityOptions{
		StartToCloseTimeout:    t.shrink(p.Attempt),
		ScheduleToCloseTimeout: t.shrink(p.Patience),
		RetryPolicy:            p.retry(t),
		Summary:                name,
	}
}

func (p Policy) retry(t Timing) *temporal.RetryPolicy {
	return &temporal.RetryPolicy{
		InitialInterval:    t.pause(p.Backoff),
		BackoffCoefficient: p.Growth,
		MaximumInterval:    t.pause(p.MaxBackoff),
		MaximumAttempts:    p.Attempts,
	}
}
