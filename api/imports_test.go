package api

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/keywordcsv"
	"github.com/igny8/igny8/store"
)

// anything draws a keyword of which a file may tell anything.
var anything = rapid.Custom(func(t *rapid.T) keywordcsv.Row {
	count := rapid.Ptr(rapid.IntRange(0, 1<<31-1), true)
	percent := rapid.Ptr(rapid.IntRange(0, 100), true)
	text := rapid.SampledFrom([]string{"", `a "quoted", cell`, "=1+1", "'=1", "-5", "кофе ☕", "https://a.example/?a=1,2"})
	row := keywordcsv.Row{
		Keyword: rapid.StringMatching(`[=+@'-]?[A-Za-zé]{1,3}( [a-z0-9]{1,3})?`).Draw(t, "keyword"), Country: rapid.SampledFrom([]string{"us", "gb"}).Draw(t, "country"),
		Volume: count.Draw(t, "volume"), Difficulty: percent.Draw(t, "difficulty"), CPCMicros: rapid.Ptr(rapid.Int64Range(0, keywordcsv.MaxMicros), true).Draw(t, "cpc"),
		Intents: rapid.SliceOfNDistinct(rapid.SampledFrom(keywordcsv.IntentNames), 0, 4, rapid.ID).Draw(t, "intents"), Parent: text.Draw(t, "parent"),
		SERPFeatures: rapid.SliceOfN(rapid.SampledFrom([]string{"Video", "=Image pack", "People also ask"}), 0, 3).Draw(t, "features"), Competition: percent.Draw(t, "competition"),
		Trend: rapid.SliceOfN(rapid.IntRange(0, 100), 0, 12).Draw(t, "trend"), Position: rapid.Ptr(rapid.Float64Range(0.01, 1000), true).Draw(t, "position"),
		URL: text.Draw(t, "url"), Clicks: count.Draw(t, "clicks"), Impressions: count.Draw(t, "impressions"),
	}
	row.VolumeEstimated = row.Volume != nil && rapid.Bool().Draw(t, "estimated")
	if row.CPCMicros != nil {
		row.Currency = rapid.SampledFrom([]string{"", "EUR"}).Draw(t, "currency")
	}
	if rapid.Bool().Draw(t, "dated") {
		at := time.Unix(rapid.Int64Range(1e9, 2e9).Draw(t, "at"), 0).UTC()
		row.LastUpdate = &at
	}
	return row
})

// What is exported is what was imported, to the byte: imported again it changes
// nothing, and in another sector it makes the same keywords.
func TestExportsComeBackExactly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "owner@mine.test")
	send := func(file []byte, sector igny8.SectorID) (out Import) {
		w.upload(t, token, "planner/keywords/import_csv/", "k.csv", file, map[string]string{"sector": sector.String()}).data(&out)
		return out
	}
	export := func(sector igny8.SectorID) []byte {
		a := w.get(t, token, "planner/keywords/export_csv/?ordering=keyword&sector_id="+sector.String())
		require.Equal(t, http.StatusOK, a.status, a.body)
		return []byte(a.body)
	}
	checks := 0
	rapid.Check(t, func(rt *rapid.T) {
		if checks++; checks > 25 { // each is some dozen transactions
			return
		}
		w.sql(t, "delete from igny8_keywords where account_id = $1", w.mine.account)
		rows := map[string]keywordcsv.Row{}
		for _, row := range rapid.SliceOfN(anything, 1, 12).Draw(rt, "rows") {
			rows[keywordcsv.Normal(row.Keyword)] = row // one market each: their order in the export is by the keyword
		}
		var file bytes.Buffer
		require.NoError(rt, keywordcsv.Write(&file, false, keywordcsv.Exported, func(yield func(keywordcsv.Row, error) bool) {
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
		}))
		first := send(file.Bytes(), w.mine.sector)
		require.Equal(rt, len(rows), first.Added, "%s", file.Bytes())
		sent := strings.Split(strings.TrimSpace(file.String()), "\n")
		exported := export(w.mine.sector)
		back := strings.Split(strings.TrimSpace(strings.TrimPrefix(string(exported), "\ufeff")), "\n")
		slices.Sort(sent[1:])
		slices.Sort(back[1:])
		require.Equal(rt, sent, back)

		again := send(exported, w.mine.sector)
		require.Equal(rt, []int{0, 0, len(rows)}, []int{again.Added, again.Updated, again.Unchanged})
		require.Equal(rt, len(rows), send(exported, w.mine.hidden).Added)
		require.Equal(rt, string(exported), string(export(w.mine.hidden)))
		require.Zero(rt, value[int64](t, w, fmt.Sprintf(`select count(*) from (
			select %[1]s from igny8_keywords where sector_id = $1 except select %[1]s from igny8_keywords where sector_id = $2) x`,
			`keyword, normal, country, volume, volume_estimated, difficulty, cpc_micros, currency, intent, intents, parent, serp_features, competition, trend, position, url, clicks, impressions, last_update`),
			w.mine.sector, w.mine.hidden))
	})
}

// The largest file is imported in memory that does not grow with it.
func TestImportIsStreamed(t *testing.T) { // alone, since it measures the heap
	w := newWorld(t)
	p := igny8.Principal{Account: w.mine.account, Role: igny8.Owner, AllSites: true}
	ctx := igny8.WithPrincipal(t.Context(), p)
	live := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	const lines = 6000
	line := "," + strings.Repeat("x", 8600) + "," + "\n"
	var most atomic.Int64
	r, send := io.Pipe()
	before := live()
	go func() {
		_, err := io.WriteString(send, "Keyword,Notes,Volume\n")
		for i := 0; i < lines && err == nil; i++ {
			if i%1000 == 999 {
				most.Store(max(most.Load(), live()-before))
			}
			_, err = fmt.Fprintf(send, "keyword %d%s", i, line)
		}
		send.CloseWithError(err)
	}()
	out, err := ImportKeywords(ctx, w.Store, store.Asker{Role: igny8.Owner}, w.mine.sector, "large.csv", r, nil)
	require.NoError(t, err)
	require.Equal(t, lines, out.Added)
	require.Greater(t, lines*len(line), 49<<20)
	require.LessOrEqual(t, most.Load(), int64(12<<20), "bytes of heap")
}
