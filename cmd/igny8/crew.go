package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"go.temporal.io/sdk/worker"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/temporal"
	"github.com/igny8/igny8/workflows"
)

// work starts a worker on every queue, and keeps one there. A task that finds a
// poller waiting is handed to it; the server writes down one that doesn't, and reads
// it again. Of the pollers for workflows some ask for those that are in memory here.
func (p *platform) work() error {
	c, a := p.config, p.hands()
	slots := map[string]int{temporal.MainQueue: 16, temporal.ModelQueue: c.ModelSlots, temporal.ImageQueue: c.ImageSlots, temporal.SiteQueue: c.SiteSlots, temporal.ComputeQueue: 1}
	worker.SetStickyWorkflowCacheSize(1000)
	staying, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	p.later(func() error {
		stop()
		all.Wait() // together: each may wait for as long as drain
		return nil
	})
	for _, queue := range temporal.Queues {
		post := post{log: p.log.With("queue", queue), pause: 5 * time.Second, hire: func(lost func(error)) hand {
			w := worker.New(p.engine, queue, worker.Options{
				WorkerStopTimeout:                  drain,
				MaxConcurrentActivityExecutionSize: slots[queue],
				MaxConcurrentActivityTaskPollers:   4,
				MaxConcurrentWorkflowTaskPollers:   10,
				DisableWorkflowWorker:              queue != temporal.MainQueue,
				DisableRegistrationAliasing:        true,
				OnFatalError:                       lost,
			})
			if queue == temporal.MainQueue {
				workflows.Register(w)
			}
			a.Register(w)
			return w
		}}
		h, lost, err := post.fill()
		if err != nil {
			return igny8.Wrap(igny8.Unavailable, err, "The worker on the queue %s can't be started.", queue)
		}
		all.Go(func() { post.keep(staying, h, lost) })
	}
	return nil
}

// A hand is a worker on a queue.
type hand interface {
	Start() error
	Stop()
}

// A post is where a hand has to be. The SDK gives a worker up when the engine has
// said for two minutes that it doesn't know the namespace, which the engine also
// says while its database is away: another then takes the place.
type post struct {
	log   *slog.Logger
	pause time.Duration // between attempts to find another
	hire  func(lost func(error)) hand
}

// fill puts a hand there. What it is lost by is told once.
func (p post) fill() (hand, <-chan error, error) {
	lost := make(chan error, 1)
	h := p.hire(func(err error) { lost <- err })
	return h, lost, h.Start()
}

// keep sees to it that somebody is there, until ctx ends; it then stops whoever
// it is.
func (p post) keep(ctx context.Context, h hand, lost <-chan error) {
	for {
		select {
		case <-ctx.Done():
			h.Stop()
			return
		case err := <-lost:
			p.log.Warn("a worker was given up; another takes its place", "error", err)
		}
		h.Stop()
		for {
			var err error
			if h, lost, err = p.fill(); err == nil {
				break
			}
			h.Stop()
			p.log.Warn("no worker can be started yet", "error", err)
			select {
			case <-ctx.Done():
				return
			case <-time.After(p.pause):
			}
		}
	}
}
