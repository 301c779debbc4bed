package api

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/keywordcsv/sample"
	"github.com/igny8/igny8/store"
)

// The samples are imported with a report of every line; the second time adds
// nothing, and what is better known is updated.
func TestImportSamples(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "editor@mine.test")
	for _, s := range []struct {
		name string
		file []byte
	}{{"../coffee.csv", sample.CSV}, {"coffee-utf16.csv", sample.Ahrefs}} {
		var out Import
		a := w.upload(t, token, "planner/keywords/import_csv/", s.name, s.file, map[string]string{"sector": w.mine.sector.String()})
		require.Equal(t, http.StatusOK, a.status, a.body)
		a.data(&out)
		require.Equal(t, 240, out.Added+out.Updated+out.Unchanged, a.body)
		require.Equal(t, 240, out.File.Rows)
		require.NotContains(t, out.Filename, "/")
		if s.name == "../coffee.csv" {
			require.Equal(t, 240, out.Added)
			require.Equal(t, 6, out.File.Duplicates)
			require.Equal(t, 1, out.File.Skipped)
			require.Equal(t, 3, out.File.Trailers)
		} else {
			require.Zero(t, out.Added, "the twin has the same keywords")
		}
		var again Import
		w.upload(t, token, "planner/keywords/import_csv/", s.name, s.file, map[string]string{"sector": w.mine.sector.String()}).data(&again)
		require.Equal(t, 240, again.Unchanged)
		require.Zero(t, again.Added+again.Updated)
	}
	var list Page[Keyword]
	w.get(t, token, "planner/keywords/").into(&list)
	require.Equal(t, int64(240), list.Count)
	require.Nil(t, list.CountExact)
	require.NotNil(t, list.Results[0].ImportLine)
	require.Equal(t, int64(4), value[int64](t, w, "select count(*) from igny8_imports where jsonb_array_length(report->'told') >= 0"))
}

// What is exported is what was imported: importing it again changes nothing.
func TestExportComesBackAsItWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "owner@mine.test")
	sector := map[string]string{"sector": w.mine.sector.String()}
	w.upload(t, token, "planner/keywords/import_csv/", "k.csv", sample.CSV, sector).data(&Import{})
	a := w.get(t, token, "planner/keywords/export_csv/?ordering=keyword")
	require.Equal(t, http.StatusOK, a.status, a.body)
	require.Contains(t, a.body, "\n'=", "a formula is guarded")
	var again Import
	w.upload(t, token, "planner/keywords/import_csv/", "k.csv", []byte(a.body), sector).data(&again)
	require.Equal(t, 240, again.Unchanged, "%+v", again)
	a = w.get(t, token, "planner/keywords/export_csv/?search=moka+pot")
	require.Less(t, strings.Count(a.body, "\n"), 60)
	w.get(t, token, "planner/keywords/export_csv/?colour=red").refused(http.StatusBadRequest, igny8.Invalid)
}

func TestImportKeepsWhatIsBetterKnown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "owner@mine.test")
	send := func(file string) (out Import) {
		w.upload(t, token, "planner/keywords/import_csv/", "k.csv", []byte(file), map[string]string{"sector": w.mine.sector.String()}).data(&out)
		return out
	}
	require.Equal(t, 2, send("Keyword,Volume,KD\nmoka pot,,20\nhand grinder,100,\n").Added)
	out := send("Keyword,Volume,KD\nmoka pot,90,\nhand grinder,,\n")
	require.Equal(t, []int{0, 1, 1}, []int{out.Added, out.Updated, out.Unchanged})
	var list Page[Keyword]
	w.get(t, token, "planner/keywords/?ordering=keyword").into(&list)
	require.Equal(t, int32(100), *list.Results[0].Volume)
	require.Equal(t, int32(90), *list.Results[1].Volume)
	require.Equal(t, int32(20), *list.Results[1].Difficulty, "what a file does not say stays")
	require.Equal(t, int64(1), list.Results[0].Version, "what is not changed keeps its version")

	// Figures that are older than ours tell only what we don't know, and an
	// estimate never takes the place of a count.
	send("Keyword,Volume,KD,Last Update\nfrench press,10-100,5,2026-05-01\n")
	send("Keyword,Volume,KD,CPC,Last Update\nfrench press,70,6,0.5,2026-04-01\n")
	send("Keyword,Volume,KD,CPC,Last Update\nfrench press,10-100,7,0.6,2026-04-30\n")
	w.get(t, token, "planner/keywords/?search=french").into(&list)
	k := list.Results[0]
	require.Equal(t, []any{int32(70), false, int32(5), int64(500_000)}, []any{*k.Volume, k.VolumeEstimated, *k.Difficulty, *k.CPCMicros})
	require.Equal(t, "2026-05-01", k.LastUpdate.UTC().Format(time.DateOnly))
}

// A keyword is one of a market; where a file doesn't say which, it is the one
// that is known.
func TestImportKnowsMarkets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "owner@mine.test")
	send := func(file string) []int {
		var out Import
		w.upload(t, token, "planner/keywords/import_csv/", "k.csv", []byte(file), map[string]string{"sector": w.mine.sector.String()}).data(&out)
		require.Equal(t, out.File.Rows, out.Added+out.Updated+out.Unchanged)
		return []int{out.Added, out.Updated, out.Unchanged}
	}
	said := func() (all []string) {
		var list Page[Keyword]
		w.get(t, token, "planner/keywords/?ordering=volume").into(&list)
		for _, k := range list.Results {
			country := "?"
			if k.Country != nil {
				country = *k.Country
			}
			all = append(all, fmt.Sprint(country, " ", *k.Volume))
		}
		return all
	}
	require.Equal(t, []int{2, 0, 0}, send("Keyword,Country,Volume\ncold brew,us,50\ncold brew,de,60\n"))
	require.Equal(t, []int{0, 0, 2}, send("Keyword,Country,Volume\ncold brew,us,50\ncold brew,de,60\n"))
	require.Equal(t, []int{0, 1, 0}, send("Keyword,Volume\nCold Brew,70\n"), "of the first country")
	require.Equal(t, []string{"us 50", "de 70"}, said())
	require.Equal(t, []int{1, 0, 0}, send("Keyword,Volume\niced coffee,10\n"))
	require.Equal(t, []string{"? 10", "us 50", "de 70"}, said())
	require.Equal(t, []int{0, 1, 0}, send("Keyword,Country,Volume\niced coffee,fr,10\n"), "now its market is known")
	require.Equal(t, []int{1, 0, 2}, send("Keyword,Country,Volume,KD\niced coffee,,,\niced coffee,fr,,\niced coffee,it,90,\n"))
	require.Equal(t, []string{"fr 10", "us 50", "de 70", "it 90"}, said())
	w.post(t, token, "planner/keywords/", map[string]any{"sector_id": w.mine.sector, "keyword": "iced coffee"}).refused(http.StatusConflict, igny8.Conflict)
	w.post(t, token, "planner/keywords/", map[string]any{"sector_id": w.mine.sector, "keyword": "iced coffee", "country": "it"}).refused(http.StatusConflict, igny8.Conflict)
	w.post(t, token, "planner/keywords/", map[string]any{"sector_id": w.mine.sector, "keyword": "iced coffee", "country": "es", "volume": 95}).data(&Keyword{})
	require.Contains(t, said(), "es 95")
}

// A file that can't be used changes nothing, and says why.
func TestBadImports(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "owner@mine.test")
	sector := map[string]string{"sector": w.mine.sector.String()}
	send := func(name string, file []byte, fields map[string]string) answer {
		return w.upload(t, token, "planner/keywords/import_csv/", name, file, fields)
	}
	send("empty.csv", nil, sector).refused(http.StatusBadRequest, igny8.Invalid)
	f := send("none.csv", []byte("Colour,Size\nred,3\nblue,4\n"), sector).refused(http.StatusBadRequest, igny8.Invalid)
	require.Contains(t, f.Errors, "file")
	send("zip.csv", []byte("PK\x03\x04\x14\x00\x00\x00"), sector).refused(http.StatusBadRequest, igny8.Invalid)
	send("cell.csv", []byte("Keyword,Volume\nfirst,1\n\""+strings.Repeat("x", 10<<20)+"\",1\n"), sector).refused(http.StatusRequestEntityTooLarge, igny8.TooLarge)
	send("k.csv", []byte("Keyword\none\n"), nil).refused(http.StatusBadRequest, igny8.Invalid)
	send("k.csv", []byte("Keyword\none\n"), map[string]string{"sector": w.theirs.sector.String()}).refused(http.StatusNotFound, igny8.NotFound)
	send("k.csv", []byte("Keyword\none\n"), map[string]string{"sector": "x"}).refused(http.StatusNotFound, igny8.NotFound)
	w.sql(t, `update igny8_plans set limits = '{"keywords": 1}' where name = 'Growth'`)
	send("k.csv", []byte("Keyword\none\ntwo\n"), sector).refused(http.StatusForbidden, igny8.PlanLimit)
	require.Zero(t, value[int64](t, w, "select count(*) from igny8_keywords"))
	require.Zero(t, value[int64](t, w, "select count(*) from igny8_imports"))

	a := w.upload(t, token, "planner/keywords/import_preview/", "k.csv", []byte("Keyword;Volume\none;1\n"), map[string]string{"mapping": `{"1": "keyword"}`})
	require.Equal(t, http.StatusOK, a.status, a.body)
}

func (w *world) plant(t *testing.T, h household, n int) {
	t.Helper()
	w.sql(t, `insert into igny8_keywords (account_id, site_id, sector_id, keyword, normal, volume, difficulty)
		select $1, $2, $3, 'keyword ' || i, 'keyword ' || lpad(i::text, 5, '0'), case when i % 5 > 0 then i % 7 * 10 end, i % 3 from generate_series(1, $4) i`, h.account, h.site, h.sector, n)
}

// Walking a list to its end and back meets every row once, whatever the order,
// and each address keeps the filters.
func TestPaging(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.plant(t, w.mine, 103)
	w.plant(t, w.theirs, 10)
	token := w.signIn(t, "viewer@mine.test")
	for _, ordering := range []string{"", "created_at", "volume", "-volume", "difficulty", "-keyword"} {
		query := url.Values{"page_size": {"10"}, "sector_id": {w.mine.sector.String()}, "ordering": {ordering}}
		var pages [][]igny8.KeywordID
		var last Page[Keyword]
		for address := root + "planner/keywords/?" + query.Encode(); ; address = *last.Next {
			last = Page[Keyword]{}
			w.get(t, token, address).into(&last)
			require.Equal(t, int64(103), last.Count)
			pages = append(pages, idsOf(last))
			if last.Next == nil {
				break
			}
			require.Contains(t, *last.Next, "sector_id="+w.mine.sector.String())
		}
		require.Len(t, pages, 11, ordering)
		seen := slices.Concat(pages...)
		require.Len(t, unique(seen), 103, ordering)
		for i := len(pages) - 2; i >= 0; i-- {
			require.NotNil(t, last.Previous, "%s page %d", ordering, i+1)
			previous := *last.Previous
			last = Page[Keyword]{}
			w.get(t, token, previous).into(&last)
			require.Equal(t, pages[i], idsOf(last), "%s page %d, backwards", ordering, i)
		}
		require.Nil(t, last.Previous, "before the first page there is none")
		var numbered Page[Keyword]
		w.get(t, token, root+"planner/keywords/?page=3&"+query.Encode()).into(&numbered)
		require.Equal(t, pages[2], idsOf(numbered), ordering)
	}
}

func idsOf(p Page[Keyword]) (ids []igny8.KeywordID) {
	for _, k := range p.Results {
		ids = append(ids, k.ID)
	}
	return ids
}

func unique[T comparable](all []T) map[T]bool {
	m := map[T]bool{}
	for _, v := range all {
		m[v] = true
	}
	return m
}

// The rows of a site with several sectors come in one order, page by page and back,
// as they do among all of the account's.
func TestSitesOfSeveralSectors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.mine
	for _, name := range []string{"second", "third"} {
		w.sql(t, "insert into igny8_sectors (account_id, site_id, name, slug) values ($1, $2, $3, $3)", h.account, h.site, name)
	}
	w.sql(t, `insert into igny8_keywords (account_id, site_id, sector_id, keyword, normal, volume, difficulty, intent, created_at)
		select s.account_id, s.site_id, s.id, 'word ' || n, 'word ' || n, nullif(n % 5, 4), n % 3, case when n % 2 = 0 then 'commercial' end, now() - n % 7 * interval '1 second'
		from igny8_sectors s, generate_series(1, 20) n where s.account_id = $1`, h.account)
	token := w.signIn(t, "owner@mine.test")
	get := func(query string) (p Page[Keyword]) {
		a := w.get(t, token, "planner/keywords/?"+query)
		require.Equal(t, http.StatusOK, a.status, a.body)
		a.into(&p)
		return p
	}
	for _, more := range []string{"", "&status=new", "&intent=commercial", "&volume_min=1&status=new", "&sector_id=" + h.sector.String()} {
		for _, ordering := range []string{"created_at", "-created_at", "keyword", "-keyword", "volume", "-volume", "difficulty", "-difficulty"} {
			query := "ordering=" + ordering + more
			var want, got []Keyword
			for _, k := range get(query + "&page_size=500").Results {
				if k.SiteID == h.site {
					want = append(want, k)
				}
			}
			query += "&page_size=7&site_id=" + h.site.String()
			p := get(query)
			require.EqualValues(t, len(want), p.Count, query)
			require.Equal(t, want[7:min(14, len(want))], get(query+"&page=2").Results, query)
			for got = p.Results; p.Next != nil; got = append(got, p.Results...) {
				_, next, _ := strings.Cut(*p.Next, "?")
				p = get(next)
			}
			require.Equal(t, want, got, query)
			_, back, _ := strings.Cut(*p.Previous, "?")
			last := len(want) - len(p.Results)
			require.Equal(t, want[last-7:last], get(back).Results, query)
		}
	}
	require.Zero(t, get("site_id="+h.closed.String()+"&sector_id="+h.sector.String()).Count)
}

func TestVolumesUnknownComeLast(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.plant(t, w.mine, 20)
	token := w.signIn(t, "viewer@mine.test")
	var list Page[Keyword]
	w.get(t, token, "planner/keywords/?ordering=-volume").into(&list)
	require.Equal(t, int32(60), *list.Results[0].Volume)
	require.Nil(t, list.Results[19].Volume)
}

func TestFilters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.plant(t, w.mine, 30)
	token := w.signIn(t, "viewer@mine.test")
	count := func(query string) int64 {
		var list Page[Keyword]
		a := w.get(t, token, "planner/keywords/?"+query)
		require.Equal(t, http.StatusOK, a.status, a.body)
		a.into(&list)
		require.Len(t, list.Results, int(list.Count), query)
		return list.Count
	}
	require.Equal(t, int64(30), count("status=new"))
	require.Equal(t, int64(30), count("status=new,clustered"))
	require.Zero(t, count("status=archived"))
	require.Equal(t, int64(1), count("search=KEYWORD+2&volume_min=40&difficulty_max=1"), "27: 26 is too difficult, the others too rare")
	require.Equal(t, int64(30), count("site_id="+w.mine.site.String()))
	require.Zero(t, count("sector_id="+w.theirs.sector.String()))
	require.Zero(t, count("search=%25"), "a percent sign is a percent sign")
	for _, bad := range []string{"status=odd", "volume_min=many", "volume_min=99999999999", "cluster_id=1", "colour=red", "ordering=colour", "page_size=501", "page_size=0", "page=0", "page=x", "cursor=x", "status=new&status=new", "page=1001&page_size=10"} {
		f := w.get(t, token, "planner/keywords/?"+bad).refused(http.StatusBadRequest, igny8.Invalid)
		require.NotEmpty(t, f.Errors, bad)
	}
	w.get(t, token, "planner/keywords/?page=5").refused(http.StatusNotFound, igny8.NotFound)
}

// A long list that is filtered is counted so far and no farther.
func TestCountsOfLongLists(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.plant(t, w.mine, store.CountUntil+50)
	token := w.signIn(t, "owner@mine.test")
	var list Page[Keyword]
	w.get(t, token, "planner/keywords/").into(&list)
	require.Equal(t, int64(store.CountUntil+50), list.Count)
	require.Nil(t, list.CountExact)
	w.get(t, token, "planner/keywords/?search=keyword").into(&list)
	require.Equal(t, int64(store.CountUntil), list.Count)
	require.False(t, *list.CountExact)
}

func TestKeywordsAreChangedByOneAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "owner@mine.test")
	var k Keyword
	w.post(t, token, "planner/keywords/", map[string]any{"sector_id": w.mine.sector, "keyword": " Moka  Pot ", "volume": 10, "intents": []string{"commercial"}}).data(&k)
	f := w.post(t, token, "planner/keywords/", map[string]any{"sector_id": w.mine.sector, "keyword": "moka pot"}).refused(http.StatusConflict, igny8.Conflict)
	require.Contains(t, f.Errors, "keyword")
	path := "planner/keywords/" + k.ID.String() + "/"
	change := map[string]any{"version": k.Version, "keyword": "Moka pot", "difficulty": 5}
	w.call(t, token, http.MethodPut, path, change).data(&k)
	require.Equal(t, int32(5), *k.Difficulty)
	require.Nil(t, k.Volume)
	w.call(t, token, http.MethodPut, path, change).refused(http.StatusConflict, igny8.Conflict)

	var done Bulk
	w.post(t, token, "planner/keywords/bulk_delete/", map[string]any{"ids": []uuid.UUID{k.ID.UUID, uuid.New()}}).data(&done)
	require.Equal(t, 1, done.Done)
	require.Equal(t, igny8.NotFound, done.Results[1].Code)
	w.call(t, token, http.MethodDelete, path, nil).refused(http.StatusNotFound, igny8.NotFound)
}

// Names of another account's things name nothing.
func TestForeignRows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.plant(t, w.theirs, 3)
	w.sql(t, `insert into igny8_keywords (account_id, site_id, sector_id, keyword, normal) values ($1, $2, $3, 'hidden', 'hidden')`, w.mine.account, w.mine.closed, w.mine.hidden)
	theirs := value[uuid.UUID](t, w, "select id from igny8_keywords where account_id = $1 limit 1", w.theirs.account)
	hidden := value[uuid.UUID](t, w, "select id from igny8_keywords where normal = 'hidden'")
	editor := w.signIn(t, "editor@mine.test")
	for _, id := range []uuid.UUID{theirs, hidden, uuid.New()} {
		path := fmt.Sprintf("planner/keywords/%s/", id)
		w.get(t, editor, path).refused(http.StatusNotFound, igny8.NotFound)
		w.call(t, editor, http.MethodDelete, path, nil).refused(http.StatusNotFound, igny8.NotFound)
		w.call(t, editor, http.MethodPut, path, map[string]any{"version": 1, "keyword": "mine now"}).refused(http.StatusNotFound, igny8.NotFound)
		w.post(t, editor, "planner/keywords/auto_cluster/", map[string]any{"ids": []uuid.UUID{id}}).refused(http.StatusNotFound, igny8.NotFound)
	}
	require.Equal(t, int64(4), value[int64](t, w, "select count(*) from igny8_keywords where keyword <> 'mine now'"))
	require.Equal(t, http.StatusOK, w.get(t, w.signIn(t, "admin@mine.test"), fmt.Sprintf("planner/keywords/%s/", hidden)).status)
}
