package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/igny8/igny8"
)

// figures are what a cluster says about its keywords.
type figures struct {
	Cluster    igny8.ClusterID
	Count      int64
	Volume     *int64
	Difficulty *int64
	Intent     *string
}

// figured computes the figures of every cluster of an account anew.
func (w *world) figured(t require.TestingT, account igny8.AccountID) []figures {
	var out []figures
	rows, err := w.root.Query(w.ctx, "select id from igny8_clusters where account_id = $1 order by id", account)
	require.NoError(t, err)
	for rows.Next() {
		var f figures
		require.NoError(t, rows.Scan(&f.Cluster))
		out = append(out, f)
	}
	require.NoError(t, rows.Err())
	for i := range out {
		out[i].add(t, w)
	}
	return out
}

// add reads a cluster's keywords and sums them up: the volume of those whose
// volume is known, the difficulty as a mean weighted by volume (one more than
// it, so that those nobody searches for count too), and the intent that has the
// greatest weight, the first by name of equals.
func (f *figures) add(t require.TestingT, w *world) {
	rows, err := w.root.Query(w.ctx, "select volume, difficulty, intent from igny8_keywords where cluster_id = $1", f.Cluster)
	require.NoError(t, err)
	var weighed, weight int64
	intents := map[string]int64{}
	for rows.Next() {
		var volume, difficulty *int64
		var intent *string
		require.NoError(t, rows.Scan(&volume, &difficulty, &intent))
		f.Count++
		one := int64(1)
		if volume != nil {
			if f.Volume == nil {
				f.Volume = new(int64)
			}
			*f.Volume += *volume
			one += *volume
		}
		if difficulty != nil {
			weighed, weight = weighed+one**difficulty, weight+one
		}
		if intent != nil {
			intents[*intent] += one
		}
	}
	require.NoError(t, rows.Err())
	if weight > 0 {
		rounded := (2*weighed + weight) / (2 * weight)
		f.Difficulty = &rounded
	}
	for name, n := range intents {
		if f.Intent == nil || n > intents[*f.Intent] || n == intents[*f.Intent] && name < *f.Intent {
			f.Intent = &name
		}
	}
}

// shown are the figures that the clusters have.
func (w *world) shown(t require.TestingT, account igny8.AccountID) []figures {
	rows, err := w.root.Query(w.ctx, "select id, keywords_count, volume, difficulty, intent from igny8_clusters where account_id = $1 order by id", account)
	require.NoError(t, err)
	var out []figures
	for rows.Next() {
		var f figures
		require.NoError(t, rows.Scan(&f.Cluster, &f.Count, &f.Volume, &f.Difficulty, &f.Intent))
		out = append(out, f)
	}
	require.NoError(t, rows.Err())
	return out
}

// gardener changes keywords and clusters at random.
type gardener struct {
	*world
	h household
	n int
}

// clusters makes clusters in the household's sector.
func (w *world) clusters(t require.TestingT, h household, n int) (ids []igny8.ClusterID) {
	for range n {
		ids = append(ids, igny8.New[igny8.ClusterID]())
		w.sql(t, "insert into igny8_clusters (account_id, site_id, sector_id, id, name) values ($1, $2, $3, $4, 'a cluster')", h.account, h.site, h.sector, ids[len(ids)-1])
	}
	return ids
}

const someCluster = "(select id from igny8_clusters where account_id = current_account() order by md5(id::text || '%d') limit 1)"

// statement is a random change of several keywords at once.
func (g *gardener) statement(t *rapid.T) string {
	g.n++
	pick := rapid.IntRange(0, 1<<20).Draw(t, "pick")
	some := fmt.Sprintf("abs(hashtext(id::text || '%d')) %% 3 = 0", pick)
	cluster := fmt.Sprintf(someCluster, pick)
	volume := rapid.SampledFrom([]string{"null", "0", "10", "900", "2147483647"}).Draw(t, "volume")
	difficulty := rapid.SampledFrom([]string{"null", "0", "33", "100"}).Draw(t, "difficulty")
	intent := rapid.SampledFrom([]string{"null", "'commercial'", "'informational'", "'navigational'"}).Draw(t, "intent")
	switch rapid.SampledFrom([]string{"add", "add", "move", "move", "leave", "figure", "delete", "dissolve", "archive"}).Draw(t, "what") {
	case "add":
		return fmt.Sprintf(`insert into igny8_keywords (account_id, site_id, sector_id, keyword, normal, status, cluster_id, volume, difficulty, intent)
			select current_account(), '%s', '%s', 'k', 'k%d ' || i, case when c.id is null then 'new' else 'clustered' end, c.id, %s, %s, %s
			from generate_series(1, %d) i left join (select %s id) c on i %% 3 > 0`,
			g.h.site, g.h.sector, g.n, volume, difficulty, intent, rapid.IntRange(1, 6).Draw(t, "many"), cluster)
	case "move":
		return "update igny8_keywords set status = case when " + cluster + " is null then 'orphaned' else 'clustered' end, cluster_id = " + cluster + " where " + some
	case "leave":
		return "update igny8_keywords set cluster_id = null where " + some
	case "figure":
		return fmt.Sprintf("update igny8_keywords set volume = %s, difficulty = %s, intent = %s where %s", volume, difficulty, intent, some)
	case "archive":
		return "update igny8_keywords set status = 'archived' where " + some
	case "dissolve":
		return "delete from igny8_clusters where id = " + cluster
	}
	return "delete from igny8_keywords where " + some
}

// A cluster's count, volume, difficulty and intent are those of its keywords
// after any change of keywords or clusters, by whatever statement.
func TestClusterFigures(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rapid.Check(t, func(t *rapid.T) {
		g := &gardener{world: w, h: w.settle(t)}
		w.clusters(t, g.h, 3)
		for range rapid.IntRange(1, 15).Draw(t, "changes") {
			statement := g.statement(t)
			_, err := w.exec(g.h.everything(), statement)
			require.NoError(t, err, statement)
			require.Equal(t, w.figured(t, g.h.account), w.shown(t, g.h.account), statement)
			require.Zero(t, value[int](t, w, "select count(*) from igny8_keywords where (status in ('clustered', 'in_use')) and cluster_id is null"))
		}
		require.Equal(t, w.countedRows(t, g.h.account), w.countsOf(t, g.h.account))
	})
}

// Four at once put keywords into the same clusters, and move and remove their
// own: the figures are right afterwards, and nobody is turned away.
func TestClusterFiguresUnderARace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.settle(t)
	ids := w.clusters(t, h, 3)
	at(4, func(writer int) error {
		for i := range 15 {
			mine := fmt.Sprintf("parent = '%d'", writer)
			for _, statement := range []string{
				fmt.Sprintf(`insert into igny8_keywords (account_id, site_id, sector_id, keyword, normal, parent, status, cluster_id, volume, difficulty)
					select current_account(), '%s', '%s', 'k', '%d.%d.' || n, '%[3]d', 'clustered', (array['%[5]s'::uuid, '%[6]s', '%[7]s'])[n], %[4]d, 50 from generate_series(1, 3) n`,
					h.site, h.sector, writer, i, ids[0], ids[1], ids[2]),
				fmt.Sprintf("update igny8_keywords set cluster_id = '%s' where %s and volume = %d", ids[i%3], mine, i-1),
				fmt.Sprintf("delete from igny8_keywords where %s and volume = %d", mine, i-5),
			} {
				if _, err := w.exec(h.everything(), statement); err != nil {
					t.Errorf("writer %d: %v", writer, err)
					return err
				}
			}
		}
		return nil
	})
	require.Equal(t, w.figured(t, h.account), w.shown(t, h.account))
	require.Equal(t, w.countedRows(t, h.account), w.countsOf(t, h.account))
}

// A statement that has waited for another transaction's figures counts what that
// one has put in.
func TestClusterFiguresAfterWaiting(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.settle(t)
	cluster := w.clusters(t, h, 1)[0]
	add := func(q *Queries, name string) error {
		_, err := q.db.Exec(w.ctx, `insert into igny8_keywords (account_id, site_id, sector_id, keyword, normal, status, cluster_id, volume)
			values (current_account(), $1, $2, $3::text, $3, 'clustered', $4, 10)`, h.site, h.sector, name, cluster)
		return err
	}
	second := make(chan error, 1)
	require.NoError(t, Do(w.ctx, w.Store, h.everything(), func(q *Queries) error {
		if err := add(q, "first"); err != nil {
			return err
		}
		go func() {
			second <- Do(w.ctx, w.Store, h.everything(), func(q *Queries) error { return add(q, "second") })
		}()
		w.blocked(t)
		return nil
	}))
	require.NoError(t, <-second)
	require.Equal(t, w.figured(t, h.account), w.shown(t, h.account))
	require.EqualValues(t, 2, w.shown(t, h.account)[0].Count)
}

// When a cluster goes its keywords stay: those that had work to do are orphans,
// one that was archived is still, and its ideas and tasks belong to no cluster.
func TestClusterGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.settle(t)
	w.fill(t, h)
	cluster := value[igny8.ClusterID](t, w, "select id from igny8_clusters where site_id = $1", h.site)
	w.sql(t, `insert into igny8_keywords (account_id, site_id, sector_id, keyword, normal, status, cluster_id)
		select $1, $2, $3, s, s, s, $4 from unnest(array['clustered', 'archived']) s`, h.account, h.site, h.sector, cluster)
	n, err := w.exec(h.guest(), "delete from igny8_clusters where id = $1", cluster)
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
	type keyword struct {
		Normal        string
		Status        igny8.KeywordStatus
		Cluster, Page bool
	}
	require.Equal(t, []keyword{{"archived", igny8.KeywordArchived, false, false}, {"clustered", igny8.KeywordOrphaned, false, false}, {"coffee", igny8.KeywordOrphaned, false, false}},
		read[keyword](t, w, "select normal, status, cluster_id is not null, page_id is not null from igny8_keywords where site_id = $1 order by 1", h.site))
	for _, name := range []string{"igny8_content_ideas", "igny8_tasks"} {
		require.Equal(t, 1, value[int](t, w, "select count(*) from "+name+" where site_id = $1 and cluster_id is null", h.site), name)
	}
	require.Zero(t, value[int](t, w, "select count(*) from igny8_cluster_pages where site_id = $1", h.site))
	require.Equal(t, w.countedRows(t, h.account), w.countsOf(t, h.account))
}

// IDs made by the database are version 7, and in the order of their time.
func TestUUID7(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	type made struct {
		ID     string
		Millis int64 // since 1970, by the clock just after
	}
	all := read[made](t, w, "select u::text, (extract(epoch from clock_timestamp()) * 1000)::bigint from (select uuid7() u from generate_series(1, 5000) offset 0) x")
	seen := map[string]bool{}
	last := ""
	for _, m := range all {
		require.Equal(t, byte('7'), m.ID[14], m.ID)
		require.Contains(t, "89ab", string(m.ID[19]), m.ID)
		require.False(t, seen[m.ID], "the same ID twice")
		seen[m.ID] = true
		stamp := strings.ReplaceAll(m.ID[:13], "-", "")
		require.GreaterOrEqual(t, stamp, last, "time goes on")
		last = stamp
		var millis int64
		_, err := fmt.Sscanf(stamp, "%x", &millis)
		require.NoError(t, err)
		require.InDelta(t, m.Millis, millis, 60_000)
	}
	ids := make([]string, len(all))
	for i, m := range all {
		ids[i] = m.ID[:13]
	}
	require.True(t, slices.IsSorted(ids))
	require.NotEqual(t, ids[0], ids[len(ids)-1], "so many take more than a millisecond")
}
