package api

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/api"
	"github.com/igny8/igny8/keywordcsv"
	"github.com/igny8/igny8/store"
)

// export is a file as Keyword Magic would write it.
func export(n int) []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_ = w.Write([]string{"Keyword", "Intent", "Volume", "Trend", "Keyword Difficulty", "CPC (USD)", "Competitive Density", "SERP Features"})
	for i := range n {
		_ = w.Write([]string{phrase(i), "Informational, Commercial", strconv.Itoa(i * 7919 % 30000), "0.36,0.44,0.36,0.54,0.66,0.66,0.81,0.81,0.66,0.54,0.44,1.00",
			strconv.Itoa(i % 101), fmt.Sprintf("%.2f", float64(i%500)/100), "0.99", "Sitelinks, Reviews, Image pack"})
	}
	w.Flush()
	return out.Bytes()
}

var words = []string{"espresso", "grinder", "burr", "filter", "kettle", "beans", "roast", "brew", "press", "scale", "mug", "travel", "steel", "cheap", "best", "review", "manual", "electric", "dark", "light"}

func phrase(i int) string {
	return fmt.Sprintf("%s %s %s %d", words[i%20], words[i/20%20], words[i/400%20], i)
}

// The columns that an import of export fills, and COPY beside it.
const copied = "account_id, site_id, sector_id, keyword, normal, volume, volume_estimated, difficulty, cpc_micros, currency, intent, intents, serp_features, competition, trend, import_line"

// rowsFor are the same keywords as COPY takes them.
func rowsFor(t tenant, file []byte) []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_, _ = keywordcsv.Read(context.Background(), bytes.NewReader(file), nil, func(r keywordcsv.Row) error {
		return w.Write([]string{t.Account.String(), t.site.String(), t.sector.String(), r.Keyword, r.Normal, r.Cell(keywordcsv.Volume), "false", r.Cell(keywordcsv.Difficulty),
			strconv.FormatInt(*r.CPCMicros, 10), r.Currency, r.Intents[0], "{" + r.Cell(keywordcsv.Intents) + "}", "{" + r.Cell(keywordcsv.SERPFeatures) + "}",
			r.Cell(keywordcsv.Competition), "{" + r.Cell(keywordcsv.Trend)[1:len(r.Cell(keywordcsv.Trend))-1] + "}", strconv.Itoa(r.Line)})
	})
	w.Flush()
	return out.Bytes()
}

// imports: a file of 100,000 rows, read, checked and merged as the API does,
// beside COPY of the finished rows by a superuser into the same table with its
// indexes, keys and triggers.
func imports(b *testing.B, w *world) []line {
	ctx := b.Context()
	file := export(keywords)
	var t tenant
	send := func() error {
		_, err := api.ImportKeywords(igny8.WithPrincipal(ctx, t.Principal), w.Store, store.Asker{User: t.User, Role: t.Role}, t.sector, "bench.csv", bytes.NewReader(file), nil)
		return err
	}
	ours, plain := beside(b, 2, func() error {
		t = w.settle(b)
		return send()
	}, func() error {
		other := w.settle(b)
		conn, err := w.root.Acquire(ctx)
		if err != nil {
			return err
		}
		defer conn.Release()
		_, err = conn.Conn().PgConn().CopyFrom(ctx, bytes.NewReader(rowsFor(other, file)), "copy igny8_keywords ("+copied+") from stdin (format csv)")
		return err
	})
	begun := time.Now()
	must(b, send())
	again := time.Since(begun)
	// Keywords come over time: an import's have all the same.
	_, err := w.root.Exec(ctx, "update igny8_keywords set created_at = created_at - import_line * interval '1 second' where account_id = $1", t.Account)
	must(b, err)
	_, err = w.root.Exec(ctx, "vacuum analyze")
	must(b, err)
	w.full = t
	return []line{
		{what: "import of 100,000 rows", ours: seconds(ours), plain: seconds(plain) + " COPY", ratio: ours.Seconds() / plain.Seconds(), bound: 2},
		{what: "the same file again", ours: seconds(again), plain: seconds(ours) + " at first", ratio: again.Seconds() / ours.Seconds()},
	}
}

// exports: all keywords of an account as CSV, beside COPY of the same columns.
func exports(b *testing.B, w *world) []line {
	ctx := b.Context()
	t := w.full
	sql := `copy (select keyword, country, volume, volume_estimated, difficulty, cpc_micros / 1e6, currency, intents, parent, serp_features, competition, trend, position, url, clicks, impressions, last_update
		from igny8_keywords where account_id = '` + t.Account.String() + `' order by created_at desc, id desc) to stdout (format csv)`
	ours, plain := beside(b, 5, func() error {
		return w.send(t.token, http.MethodGet, "/api/v1/planner/keywords/export_csv/", nil, nil)
	}, func() error {
		conn, err := w.root.Acquire(ctx)
		if err != nil {
			return err
		}
		defer conn.Release()
		_, err = conn.Conn().PgConn().CopyTo(ctx, io.Discard, sql)
		return err
	})
	return []line{{what: "export of 100,000 rows", ours: seconds(ours), plain: seconds(plain) + " COPY", ratio: ours.Seconds() / plain.Seconds(), bound: 1.3}}
}
