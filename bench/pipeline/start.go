package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.temporal.io/api/enums/v1"
	sdk "go.temporal.io/sdk/client"

	"github.com/igny8/igny8/temporal"
	"github.com/igny8/igny8/temporal/client"
	"github.com/igny8/igny8/workflows"
)

// A start is how long after its process began the product did something first.
type start struct {
	database time.Duration // its private PostgreSQL accepts connections
	up       time.Duration // it says that it is there
	answer   time.Duration // 200 for somebody who has signed in
	task     time.Duration // a workflow's first task is done
	used     cpu           // until then
}

// startUp starts the product and measures how long that takes. On an empty
// directory somebody opens an account first; on another their token is good yet.
func startUp(ctx context.Context, binary, dir string, peer *peer, token string) (p *product, s start, signed string, err error) {
	watched, done := context.WithCancel(ctx)
	defer done()
	began := time.Now()
	database := make(chan time.Duration, 1)
	go func() { database <- databaseUp(watched, dir, began) }()
	if p, err = launch(ctx, binary, dir, peer, 8); err != nil {
		return nil, s, "", err
	}
	s.up = time.Since(began)
	a := &account{product: p, token: token}
	if token == "" {
		if a, err = p.register(ctx, "first"); err != nil {
			return p, s, "", err
		}
	}
	if err = a.call(ctx, http.MethodGet, "auth/me/", nil, nil); err != nil {
		return p, s, "", err
	}
	s.answer = time.Since(began)
	s.task, err = firstTask(ctx, p.Temporal, began)
	s.used, s.database = p.usage(), <-database
	return p, s, a.token, err
}

// databaseUp waits for the line in PostgreSQL's postmaster.pid that says it is
// ready.
func databaseUp(ctx context.Context, dir string, began time.Time) time.Duration {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		if pidfileReady(dir, began) {
			return time.Since(began)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return 0
		}
	}
}

// firstTask starts a workflow that has nothing to do, and returns when its first
// task was completed.
func firstTask(ctx context.Context, address string, began time.Time) (time.Duration, error) {
	c, err := client.Dial(ctx, client.Options{Address: address, Namespace: "igny8"})
	if err != nil {
		return 0, err
	}
	defer c.Close()
	id := fmt.Sprintf("benchmark/%d", os.Getpid())
	run, err := c.ExecuteWorkflow(ctx, sdk.StartWorkflowOptions{ID: id, TaskQueue: temporal.MainQueue, WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE}, "Batch", workflows.BatchInput{From: 1})
	if err != nil {
		return 0, err
	}
	defer func() { _ = c.TerminateWorkflow(ctx, id, run.GetRunID(), "it has served its purpose") }() // unless it has ended
	events := c.GetWorkflowHistory(ctx, id, run.GetRunID(), true, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		e, err := events.Next()
		if err != nil {
			return 0, err
		}
		if e.GetEventType() == enums.EVENT_TYPE_WORKFLOW_TASK_STARTED {
			return e.GetEventTime().AsTime().Sub(began), nil
		}
	}
	return 0, fmt.Errorf("no task of the workflow %s was begun", id)
}

// pidfileReady reports whether the eighth line of postmaster.pid, which is
// PostgreSQL's state (miscadmin.h, LOCK_FILE_LINE_PM_STATUS), says ready, and
// is of this start.
func pidfileReady(dir string, began time.Time) bool {
	name := filepath.Join(dir, "postgres", "data", "postmaster.pid")
	info, err := os.Stat(name)
	if err != nil || info.ModTime().Before(began) {
		return false
	}
	b, err := os.ReadFile(name)
	lines := strings.Split(string(b), "\n")
	return err == nil && len(lines) > 7 && strings.TrimSpace(lines[7]) == "ready"
}
