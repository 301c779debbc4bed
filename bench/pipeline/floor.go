package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"gocloud.dev/blob/fileblob"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities"
	"github.com/igny8/igny8/activities/outbound"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/workflows"
)

// A floor makes articles with nothing between a goroutine and the calls, rows
// and commits: the activities are called one after the other, as the workflow
// does, with neither engine nor queue, and nothing is kept of what was called.
type floor struct {
	account *account
	hands   *activities.Activities
	desks   sync.Pool // of *testsuite.TestActivityEnvironment: activities ask it for their attempt
}

func newFloor(ctx context.Context, a *account, atOnce int) (f *floor, close func(), err error) {
	sealed, err := os.ReadFile(filepath.Join(a.dir, "keys", "vault.json"))
	if err != nil {
		return nil, nil, err
	}
	vault, err := store.NewVault(sealed)
	if err != nil {
		return nil, nil, err
	}
	s, err := store.Open(ctx, a.database, store.Options{})
	if err != nil {
		return nil, nil, err
	}
	dir := filepath.Join(a.dir, fmt.Sprintf("floor-%d", atOnce))
	blobs, err := fileblob.OpenBucket(dir, &fileblob.Options{CreateDir: true, NoTempDir: true, Metadata: fileblob.MetadataDontWrite})
	if err != nil {
		s.Close()
		return nil, nil, err
	}
	f = &floor{account: a, hands: &activities.Activities{
		Store: s, Vault: vault, Blobs: blobs, HTTP: outbound.Client(outbound.Options{AllowLoopback: true}), Providers: activities.Providers{Sandbox: a.peer.url, Images: "runware"},
	}}
	f.desks.New = func() any {
		var suite testsuite.WorkflowTestSuite
		suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
		desk := suite.NewTestActivityEnvironment()
		f.hands.Register(registry{desk})
		return desk
	}
	return f, func() { _ = blobs.Close(); s.Close() }, nil
}

// registry is how activities are bound to a desk.
type registry struct {
	*testsuite.TestActivityEnvironment
}

func (r registry) RegisterActivityWithOptions(fn any, o activity.RegisterOptions) {
	r.TestActivityEnvironment.RegisterActivityWithOptions(fn, o)
}

// perform does one step.
func perform[In, Out any](f *floor, step string, in In) (out Out, err error) {
	desk := f.desks.Get().(*testsuite.TestActivityEnvironment)
	defer f.desks.Put(desk)
	value, err := desk.ExecuteActivity(step, in)
	if err != nil {
		return out, fmt.Errorf("%s: %w", step, err)
	}
	if value != nil && value.HasValue() {
		err = value.Get(&out)
	}
	return out, err
}

// make makes the articles of a run that waits for them.
func (f *floor) make(ctx context.Context, l load) (m made, err error) {
	if m.run, err = f.prepare(ctx, l); err != nil {
		return m, err
	}
	a := f.account
	if err := a.peer.latency(ctx, l.latency); err != nil {
		return m, err
	}
	of := workflows.RunInput{Scope: a.scope, Run: m.run, Kind: igny8.KindPipeline, Mode: igny8.Auto, Width: l.atOnce}
	began, before, own := time.Now(), a.usage(), ownTime()
	items, err := perform[workflows.Range, []workflows.Item](f, workflows.BeginItems.Name, workflows.Range{Of: of, Stage: "task", From: 1, To: l.articles})
	if err != nil {
		return m, err
	}
	queue := make(chan workflows.Item)
	errs := make(chan error, l.atOnce)
	var all sync.WaitGroup
	for range l.atOnce {
		all.Go(func() {
			for item := range queue {
				if err := f.article(workflows.ArticleInput{Of: of, Item: item}); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	for _, item := range items {
		select {
		case queue <- item:
		case err := <-errs:
			close(queue)
			return m, err
		}
	}
	close(queue)
	all.Wait()
	select {
	case err := <-errs:
		return m, err
	default:
	}
	m.wall = time.Since(began)
	if _, err := perform[workflows.Ending, workflows.Ended](f, workflows.EndRun.Name, workflows.Ending{Of: of}); err != nil {
		return m, err
	}
	m.used = a.usage().minus(before)
	m.used.process = ownTime() - own // the product's process stands by
	return m, a.delivered(ctx, m.run, l.articles)
}

// article does what the workflow of an article has done.
func (f *floor) article(in workflows.ArticleInput) error {
	at, err := perform[workflows.ArticleInput, workflows.Standing](f, workflows.BeginArticle.Name, in)
	if err != nil {
		return err
	}
	task := in.Item.Task
	written, err := function(f, workflows.Write, in, task, igny8.WritingUnits(at.Words))
	if err != nil {
		return err
	}
	pictures, err := function(f, workflows.Prompts, in, written[0], 1)
	if err != nil {
		return err
	}
	errs := make(chan error, len(pictures))
	for _, picture := range pictures {
		go func() {
			_, err := function(f, workflows.Illustrate, in, picture, 1)
			errs <- err
		}()
	}
	for range pictures {
		if err := <-errs; err != nil {
			return err
		}
	}
	_, err = perform[workflows.Publishing, workflows.Post](f, workflows.Publish.Name, workflows.Publishing{Of: in, Content: written[0]})
	return err
}

// function uses a function of a model.
func function[From, To any](f *floor, of workflows.Function[From, To], in workflows.ArticleInput, from From, units int) ([]To, error) {
	c := workflows.Call[From]{From: from, Charge: workflows.Charge{
		Of: in.Of, Item: in.Item.Task.UUID, Function: of.Name, Units: units, Try: fmt.Sprint(in.Item.Try), Reply: fmt.Sprintf("%v:%s:%d", from, of.Name, in.Item.Revision),
	}}
	return perform[workflows.Call[From], []To](f, of.Make.Name, c)
}

// prepare makes a run with its tasks, at the point at which the product's own is
// measured from.
func (f *floor) prepare(ctx context.Context, l load) (run igny8.RunID, err error) {
	a := f.account
	err = a.sql.QueryRow(ctx, `
		with run as (
			insert into igny8_runs (account_id, site_id, sector_id, kind, mode, status, stage, temporal_run_id, params)
			values ($1, $2, $3, 'pipeline', 'auto', 'running', 'articles', 'none', jsonb_build_object('articles', $4::int, 'images', $5::int, 'words', $6::int)) returning *
		), task as (
			insert into igny8_tasks (account_id, site_id, sector_id, title, word_count, images, run_id)
			select account_id, site_id, sector_id, 'Question ' || n || ' about topics', $6, $5, id from run, generate_series(1, $4::int) n returning *
		), item as (
			insert into igny8_run_items (account_id, site_id, run_id, stage, n, item_id)
			select account_id, site_id, run_id, 'task', row_number() over (order by id), id from task
		)
		select id from run`, a.scope.Account, a.scope.Site, a.scope.Sector, l.articles, imagesEach, wordsEach).Scan(&run)
	return run, err
}

// ownTime is what this process has used of the processors.
func ownTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
