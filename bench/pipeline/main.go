// Pipeline prints what making articles costs, each figure beside its goal, its
// bound and a floor, all measured in this run:
//
//	go run ./bench/pipeline                the whole of it, some minutes
//	go run ./bench/pipeline -only x1       a part: start, x1, x10, batch
//
// It runs the built program (bin/igny8) on a directory of its own, with the
// sandbox in a process of its own. The bound of a load is what no program could
// be faster than: the largest of all the peers' time divided by how much is
// done at once, the longest chain of calls of one article, and the processors'
// time of the floor divided by how many there are. The floor is bare goroutines
// that call the same activities, so with the same calls, rows and commits.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

func main() {
	asPeer := flag.Bool("peer", false, "be the peer: what the benchmark starts")
	binary := flag.String("bin", "bin/igny8", "the program to measure")
	only := flag.String("only", "start,x1,x10,batch", "what to measure, separated by commas")
	articles := flag.Int("articles", 100, "articles of a load")
	batch := flag.Int("batch", 1000, "articles of the batch, at most 1,000")
	flag.Parse()
	log.SetFlags(0)
	if *asPeer {
		if err := serve(); err != nil {
			log.Fatal(err)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	b := bench{articles: *articles, batch: *batch}
	if err := b.run(ctx, *binary, strings.Split(*only, ",")); err != nil {
		stop()
		log.Fatal("bench: ", err)
	}
}

// A bench is what is measured, and where.
type bench struct {
	binary          string
	dir             string
	peer            *peer
	articles, batch int
	table           table
}

func (b *bench) run(ctx context.Context, binary string, parts []string) (err error) {
	if b.binary, err = filepath.Abs(binary); err != nil {
		return err
	}
	if _, err := os.Stat(b.binary); err != nil {
		return fmt.Errorf("there is no program to measure; run `make build` first: %w", err)
	}
	if b.dir, err = os.MkdirTemp("", "igny8-bench-"); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(b.dir) }()
	if err := os.Chmod(b.dir, 0o755); err != nil { // the database's user must get through
		return err
	}
	if b.peer, err = startPeer(ctx); err != nil {
		return err
	}
	defer b.peer.stop()
	known := map[string]func(context.Context) error{
		"start": b.starts,
		"x1":    func(ctx context.Context) error { return b.load(ctx, load{"×1", b.articles, 8, latency(1)}, 1.5) },
		"x10": func(ctx context.Context) error {
			if err := b.load(ctx, load{"×10", b.articles, 16, latency(10)}, 1.10); err != nil {
				return err
			}
			return b.load(ctx, load{"×10", b.articles, 64, latency(10)}, 1.4)
		},
		"batch": b.flat,
	}
	for _, part := range parts {
		measure, ok := known[part]
		if !ok {
			return fmt.Errorf("there is no part %q: start, x1, x10, batch", part)
		}
		if err := measure(ctx); err != nil {
			return fmt.Errorf("%s: %w", part, err)
		}
		if err := b.table.write(os.Stdout); err != nil {
			return err
		}
		b.table = table{}
	}
	return nil
}
