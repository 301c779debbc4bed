package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/sandbox"
)

// What every article of a measured run is like.
const (
	imagesEach      = 2
	wordsEach       = 1500
	ideasPerCluster = 10
)

// A load is how many articles are made, how many at once, and how long the
// peers take.
type load struct {
	name     string
	articles int
	atOnce   int
	latency  sandbox.Latency
}

// latency is that of the issue, times so much.
func latency(times int) sandbox.Latency {
	ms := func(n int) time.Duration { return time.Duration(n*times) * time.Millisecond }
	return sandbox.Latency{Text: ms(50), Image: ms(100), Site: ms(20)}
}

// A made is what a run of articles took, from the end of its planning on.
type made struct {
	run    igny8.RunID
	wall   time.Duration
	used   cpu
	waited time.Duration // for the peers, all calls one after the other
	calls  int
	peak   int64 // bytes of our process, of samples every second
}

// topics gives the account clusters with keywords enough for so many articles,
// as if they had been grouped before.
func (a *account) topics(ctx context.Context, articles int) error {
	clusters := articles/ideasPerCluster + 2
	_, err := a.sql.Exec(ctx, `
		with cluster as (
			insert into igny8_clusters (account_id, site_id, sector_id, name)
			select $1, $2, $3, 'topic ' || n from generate_series(1, $4::int) n returning id, name
		)
		insert into igny8_keywords (account_id, site_id, sector_id, keyword, normal, status, cluster_id, volume)
		select $1, $2, $3, k, k, 'clustered', id, 100 from cluster, generate_series(1, 12) n, lateral (select name || ' for question ' || n k) x`,
		a.scope.Account, a.scope.Site, a.scope.Sector, clusters)
	return err
}

// make has the product make the articles, and measures from the moment at which
// it is known what to write.
func (a *account) make(ctx context.Context, l load) (m made, err error) {
	if err := a.topics(ctx, l.articles); err != nil {
		return m, err
	}
	if err := a.peer.latency(ctx, latency(0)); err != nil { // planning is not what is measured
		return m, err
	}
	var started struct {
		ID igny8.RunID `json:"task_id"`
	}
	if err := a.call(ctx, http.MethodPost, "automation/pipelines/", map[string]any{
		"sector": a.scope.Sector, "mode": "auto", "articles": l.articles, "images": imagesEach, "words": wordsEach, "ideas_per_cluster": ideasPerCluster, "width": l.atOnce,
	}, &started); err != nil {
		return m, err
	}
	m.run = started.ID
	if err := a.until(ctx, m.run, 5*time.Millisecond, "stage = 'articles' or finished_at is not null", nil); err != nil {
		return m, err
	}
	if err := a.peer.latency(ctx, l.latency); err != nil {
		return m, err
	}
	began, before := time.Now(), a.usage()
	sample := time.Now()
	if err := a.until(ctx, m.run, 50*time.Millisecond, "finished_at is not null", func() {
		if time.Since(sample) > time.Second {
			sample = time.Now()
			process := pss(a.cmd.Process.Pid)
			m.peak = max(m.peak, process)
		}
	}); err != nil {
		return m, err
	}
	m.used = a.usage().minus(before)
	var finished time.Time
	if err := a.sql.QueryRow(ctx, "select finished_at from igny8_runs where id = $1", m.run).Scan(&finished); err != nil {
		return m, err
	}
	m.wall = finished.Sub(began)
	return m, a.delivered(ctx, m.run, l.articles)
}

// until waits until a run is so, and does something between looks.
func (a *account) until(ctx context.Context, run igny8.RunID, every time.Duration, so string, meanwhile func()) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		var is bool
		if err := a.sql.QueryRow(ctx, "select "+so+" from igny8_runs where id = $1", run).Scan(&is); err != nil || is {
			return err
		}
		if meanwhile != nil {
			meanwhile()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// delivered reports an error unless the run has made every article with its
// pictures, on the site, and the ledger adds up.
func (a *account) delivered(ctx context.Context, run igny8.RunID, articles int) error {
	var posts, pictures, violations int
	if err := a.sql.QueryRow(ctx, `
		select (select count(*) from igny8_publications p where p.account_id = r.account_id and p.status = 'published'),
			(select count(*) from igny8_images i where i.account_id = r.account_id and i.status = 'generated'),
			(select cardinality(violations) from ledger_check())
		from igny8_runs r where r.id = $1`, run).Scan(&posts, &pictures, &violations); err != nil {
		return err
	}
	if posts != articles || pictures != articles*imagesEach || violations != 0 {
		return fmt.Errorf("of %d articles %d are published, with %d pictures, and the ledger has %d faults", articles, posts, pictures, violations)
	}
	return nil
}
