package main

import (
	"context"
	"path/filepath"
	"sync"
	"time"

	"github.com/igny8/igny8/store/pgdev"
)

// privateDatabase runs PostgreSQL in the data directory until the platform is
// closed. If it ends before, by the hand of an operator or for want of memory, it
// is started again on its port: connections come back, and what was not
// committed is done again by the steps that were at it.
func (p *platform) privateDatabase(ctx context.Context) (*pgdev.Cluster, error) {
	options := pgdev.Options{Dir: filepath.Join(p.config.Data, "postgres"), Port: p.config.DatabasePort, Binaries: npmPostgres(), Log: p.log}
	cluster, err := pgdev.Start(ctx, options)
	if err != nil {
		return nil, err
	}
	if !p.claimed { // another process looks after it, or nobody does for long
		p.later(cluster.Stop)
		return cluster, nil
	}
	options.Port = cluster.Port()
	closing, closed := context.WithCancel(context.Background())
	var ended sync.WaitGroup
	now := cluster
	ended.Go(func() { now = p.revive(closing, cluster, options) })
	p.later(func() error {
		closed()
		ended.Wait()
		return now.Stop()
	})
	return cluster, nil
}

// revive starts the database again whenever it has ended, until ctx ends. It
// returns the cluster that is the last one.
func (p *platform) revive(ctx context.Context, cluster *pgdev.Cluster, options pgdev.Options) *pgdev.Cluster {
	for {
		select {
		case <-ctx.Done():
			return cluster
		case <-cluster.Done():
		}
		p.log.Error("the database has ended; it is started again")
		_ = cluster.Stop() // which gives the directory up
		for pause := 100 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
			again, err := pgdev.Start(ctx, options)
			if err == nil {
				p.log.Warn("the database is back")
				cluster = again
				break
			}
			p.log.Warn("the database could not be started again yet", "error", err)
			select {
			case <-ctx.Done():
				return cluster
			case <-time.After(pause):
			}
		}
	}
}
