package api

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	listed "github.com/igny8/igny8/api"
)

const list = "/api/v1/planner/keywords/"

// page is a page of the list as the API's own statement reads it, without the
// API and without row-level security.
const page = `select r.id, r.site_id, r.sector_id, r.keyword, r.status, r.volume, r.volume_estimated, r.difficulty, r.cpc_micros, r.currency, r.intent, r.intents, r.country, r.parent,
	r.serp_features, r.competition, r.trend, r.position, r.url, r.clicks, r.impressions, r.last_update, r.cluster_id,
	(select c.name from igny8_clusters c where c.account_id = r.account_id and c.id = r.cluster_id), r.page_id, r.fit, r.nearest_id, r.pinned, r.import_id, r.import_line, r.version, r.created_at, r.updated_at
	from igny8_keywords r where r.account_id = $1 order by r.created_at desc, r.id desc limit 51`

func (w *world) plainPage(t tenant) error {
	rows, err := w.root.Query(context.Background(), page, t.Account)
	if err != nil {
		return err
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[listed.Keyword])
	if err == nil && len(all) != 51 {
		err = fmt.Errorf("%d rows", len(all))
	}
	return err
}

// lists: the first page over HTTP beside its query alone, one after the other and
// by all connections at once, and a page that is reached by next alone.
func lists(b *testing.B, w *world) []line {
	t := w.full
	first := func() error { return w.send(t.token, http.MethodGet, list, nil, nil) }
	plain := func() error { return w.plainPage(t) }
	warm(b, first, plain)
	ours, raw := beside(b, 500, first, plain)
	many := throughput(b, func(int64) error { return first() })
	rawMany := throughput(b, func(int64) error { return plain() })
	deep := w.deep(b, t, keywords/50*9/10)
	far, near := beside(b, 300, func() error { return w.send(t.token, http.MethodGet, deep, nil, nil) }, first)
	return []line{
		{what: "list page 1, p50", ours: ms(ours), plain: ms(raw) + " pgx", ratio: ours.Seconds() / raw.Seconds(), bound: 2.5},
		{what: "list page 1 at 8 connections", ours: perSecond(many), plain: "1000/s", ratio: many / 1000, bound: 1, least: true},
		{what: "… beside pgx", ours: perSecond(many), plain: perSecond(rawMany) + " pgx", ratio: many / rawMany},
		{what: "list page 1800 by next, p50", ours: ms(far), plain: ms(near) + " page 1", ratio: far.Seconds() / near.Seconds(), bound: 1.2},
	}
}

func warm(b *testing.B, all ...func() error) {
	b.Helper()
	for range 50 {
		for _, do := range all {
			must(b, do())
		}
	}
}

// deep is the address of the n-th page, found as a reader finds it.
func (w *world) deep(b *testing.B, t tenant, n int) string {
	b.Helper()
	address := list
	for range n - 1 {
		var p struct {
			Next *string `json:"next"`
		}
		w.call(b, t.token, http.MethodGet, address, nil, &p)
		if p.Next == nil {
			b.Fatal("there are too few pages")
		}
		address = *p.Next
	}
	return address
}

// creates: keywords that are made one by one by all connections at once, beside
// an insert with its commit into the same table.
func creates(b *testing.B, w *world) []line {
	t := w.full
	at := time.Now().UnixNano()
	name := func(of string, n int64) string { return fmt.Sprintf("%s %d %d", of, at, n) }
	ours := func(n int64) error {
		return w.send(t.token, http.MethodPost, list, map[string]any{"sector_id": t.sector, "keyword": name("made", n), "volume": 90}, nil)
	}
	raw := func(n int64) error {
		_, err := w.root.Exec(b.Context(), "insert into igny8_keywords (account_id, site_id, sector_id, keyword, normal, volume) values ($1, $2, $3, $4, $4, 90)", t.Account, t.site, t.sector, name("plain", n))
		return err
	}
	warm(b, func() error { at++; return ours(0) }, func() error { at++; return raw(0) })
	at++
	a, c := throughput(b, ours), throughput(b, raw)
	at++
	a, c = (a+throughput(b, ours))/2, (c+throughput(b, raw))/2
	return []line{{what: "create at 8 connections", ours: perSecond(a), plain: perSecond(c) + " insert", ratio: a / c, bound: 0.7, least: true}}
}
