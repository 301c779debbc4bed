package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/igny8/igny8/sandbox"
)

// with starts the product, does something with it, and ends it.
func (b *bench) with(ctx context.Context, atOnce int, do func(*product) error) (err error) {
	p, err := launch(ctx, b.binary, b.dir, b.peer, atOnce)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	if err := p.connect(ctx); err != nil {
		return err
	}
	return do(p)
}

// load measures articles, the product's and then the floor's.
func (b *bench) load(ctx context.Context, l load, goal float64) error {
	return b.with(ctx, l.atOnce, func(p *product) error {
		product, err := b.counted(ctx, p, "product", l, func(a *account) (made, error) { return a.make(ctx, l) })
		if err != nil {
			return err
		}
		bare, err := b.counted(ctx, p, "floor", l, func(a *account) (made, error) {
			f, done, err := newFloor(ctx, a, l.atOnce)
			if err != nil {
				return made{}, err
			}
			defer done()
			return f.make(ctx, l)
		})
		if err != nil {
			return err
		}
		b.report(l, goal, product, bare)
		return nil
	})
}

// A counted run is one with what the engine keeps of it.
type counted struct {
	made
	story
}

// counted measures a run of a new account, and counts its calls.
func (b *bench) counted(ctx context.Context, p *product, who string, l load, run func(*account) (made, error)) (c counted, err error) {
	a, err := p.customer(ctx, fmt.Sprintf("%s-%d-%d-%d", who, l.articles, l.atOnce, time.Now().UnixMilli()))
	if err != nil {
		return c, err
	}
	before, err := b.peer.calls(ctx)
	if err != nil {
		return c, err
	}
	if c.made, err = run(a); err != nil {
		return c, err
	}
	after, err := b.peer.calls(ctx)
	if err != nil {
		return c, err
	}
	calls := articleCalls(after[len(before):])
	c.calls, c.waited = len(calls), spent(calls, l.latency)
	if who == "product" {
		c.story, err = a.stories(ctx)
	}
	return c, err
}

// articleCalls leaves out the calls that planning made.
func articleCalls(calls []sandbox.Call) (of []sandbox.Call) {
	for _, c := range calls {
		if c.Purpose != "ideas" {
			of = append(of, c)
		}
	}
	return of
}

// report writes the lines of one load.
func (b *bench) report(l load, goal float64, product, bare counted) {
	n := time.Duration(l.articles)
	processors := time.Duration(runtime.NumCPU())
	perArticle := product.waited / n
	chain := perArticle - (imagesEach-1)*l.latency.Image // the pictures of an article are made at the same time
	floorTime := bare.used.total() / processors
	bound := max(product.waited/time.Duration(l.atOnce), chain, floorTime)
	t := &b.table
	t.section("%s: %d articles with %d pictures, %d at once; model %v, picture %v, site %v", l.name, l.articles, imagesEach, l.atOnce, l.latency.Text, l.latency.Image, l.latency.Site)
	t.row("wall, against the bound", seconds(product.wall), fmt.Sprintf("≤ %.2f ×", goal), seconds(bound), ratio(product.wall, bound))
	t.row("  of which the peers' time / at once", seconds(product.waited/time.Duration(l.atOnce)), "", "", "")
	t.row("  of which the chain of one article", seconds(chain), "", "", "")
	t.row("  of which the floor's CPU / processors", seconds(floorTime), "", "", "")
	t.row("wall of the floor", seconds(bare.wall), "", seconds(bound), ratio(bare.wall, bound))
	t.row("calls to the peers per article", fmt.Sprintf("%.1f", float64(product.calls)/float64(l.articles)), "", fmt.Sprintf("%.1f", float64(bare.calls)/float64(l.articles)), ratio(time.Duration(product.calls), time.Duration(bare.calls)))
	used, floor := product.used, bare.used
	t.row("CPU per article, all processes", milli(used.total()/n), "≤ 100, then ≤ 60 ms", milli(floor.total()/n), ratio(used.total(), floor.total()))
	t.row("  our process: the app (as the floor's)", milli(floor.process/n), "", "", "")
	t.row("  our process: engine and worker", milli((used.process-floor.process)/n), "", "", "")
	t.row("  database: the app's rows", milli(used.database["igny8"]/n), "", milli(floor.database["igny8"]/n), ratio(used.database["igny8"], floor.database["igny8"]))
	t.row("  database: the engine's rows", milli(used.engine()/n), "", "", "")
	t.row("  database: writing to disk", milli(used.database[""]/n), "", milli(floor.database[""]/n), "")
	t.row("history of an article, events", fmt.Sprintf("%.1f", product.events), "", "", "")
	t.row("  regular activities", fmt.Sprintf("%.1f", product.regular), "", "", "")
	t.row("  local activities", fmt.Sprintf("%.1f", product.local), "", "", "")
	t.row("  longest history of the run, events", fmt.Sprint(product.longest), "≤ 2000", "", "")
}

// flat measures whether an article of a large batch costs more than one of a
// small one.
func (b *bench) flat(ctx context.Context) error {
	var small, large counted
	for _, of := range []struct {
		articles int
		into     *counted
	}{{b.articles, &small}, {b.batch, &large}} {
		if err := b.with(ctx, 16, func(p *product) (err error) { // each in a process of its own
			l := load{"batch", of.articles, 16, latency(1)}
			*of.into, err = b.counted(ctx, p, "product", l, func(a *account) (made, error) { return a.make(ctx, l) })
			return err
		}); err != nil {
			return err
		}
	}
	n, m := time.Duration(b.articles), time.Duration(b.batch)
	t := &b.table
	t.section("A batch of %d against one of %d, 16 at once", b.batch, b.articles)
	t.row("CPU per article", milli(large.used.total()/m), "≤ 1.10 ×", milli(small.used.total()/n), ratio(large.used.total()/m, small.used.total()/n))
	t.row("  our process", milli(large.used.process/m), "", milli(small.used.process/n), ratio(large.used.process/m, small.used.process/n))
	t.row("  database", milli((large.used.total()-large.used.process)/m), "", milli((small.used.total()-small.used.process)/n), ratio((large.used.total()-large.used.process)/m, (small.used.total()-small.used.process)/n))
	t.row("memory of our process at most (PSS)", megabytes(large.peak), "≤ 1.10 ×", megabytes(small.peak), ratio(time.Duration(large.peak), time.Duration(small.peak)))
	t.row("wall per article", milli(large.wall/m), "", milli(small.wall/n), ratio(large.wall/m, small.wall/n))
	t.row("longest history, events", fmt.Sprint(large.longest), "≤ 2000", fmt.Sprint(small.longest), "")
	return nil
}

// settle is how long the product is left alone before its memory is read: as
// long as Go takes to give back what it no longer needs, and more.
const settle = 20 * time.Second

// starts measures an empty directory's start, and the next one, and then what
// the product needs when it has nothing to do.
func (b *bench) starts(ctx context.Context) error {
	cold, token, err := b.start(ctx, "", nil)
	if err != nil {
		return err
	}
	t := &b.table
	warm, _, err := b.start(ctx, token, func(p *product) error {
		before := p.usage()
		select {
		case <-time.After(settle):
		case <-ctx.Done():
			return ctx.Err()
		}
		idle := p.usage().minus(before)
		ours, database := memory(p.cmd.Process.Pid)
		t.section("At rest, %v after its start", settle)
		t.row("memory (PSS), all processes", megabytes(ours+database), "", "", "")
		t.row("  our process", megabytes(ours), "", "", "")
		t.row("  database", megabytes(database), "", "", "")
		t.row("CPU, of one processor", fmt.Sprintf("%.1f %%", 100*idle.total().Seconds()/settle.Seconds()), "", "", "")
		return nil
	})
	if err != nil {
		return err
	}
	t.section("From the start of the process: on an empty directory, and (as baseline) on one that was used before")
	line := func(what string, cold, warm time.Duration) {
		t.row(what, seconds(cold), "", seconds(warm), ratio(cold, warm))
	}
	line("the database accepts connections", cold.database, warm.database)
	line("everything is up", cold.up, warm.up)
	line("first 200 for somebody signed in", cold.answer, warm.answer)
	line("first workflow task", cold.task, warm.task)
	line("CPU until then", cold.used.total(), warm.used.total())
	return nil
}

func (b *bench) start(ctx context.Context, token string, then func(*product) error) (s start, signed string, err error) {
	p, s, signed, err := startUp(ctx, b.binary, b.dir, b.peer, token)
	if p != nil {
		defer func() { err = errors.Join(err, p.stop()) }()
	}
	if err == nil && then != nil {
		err = then(p)
	}
	return s, signed, err
}
