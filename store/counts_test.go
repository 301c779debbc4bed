package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

// counted are the kinds that are counted; each is a table's name.
var counted = []string{"keywords", "clusters", "content_ideas", "tasks", "content", "images", "runs"}

// countsOf is what the counters say about an account.
func (w *world) countsOf(t require.TestingT, account igny8.AccountID) map[string]int64 {
	return w.numbers(t, "select kind || ' ' || status || ' ' || sector_id || ' ' || site_id, n from igny8_counts where account_id = $1 and n <> 0", account)
}

// countedRows counts the rows themselves.
func (w *world) countedRows(t require.TestingT, account igny8.AccountID) map[string]int64 {
	out := map[string]int64{}
	for _, kind := range counted {
		for name, n := range w.numbers(t, fmt.Sprintf("select '%s ' || status || ' ' || sector_id || ' ' || site_id, count(*) from igny8_%[1]s where account_id = $1 group by status, sector_id, site_id", kind), account) {
			out[name] = n
		}
	}
	return out
}

func (w *world) numbers(t require.TestingT, query string, args ...any) map[string]int64 {
	rows, err := w.root.Query(w.ctx, query, args...)
	require.NoError(t, err)
	out := map[string]int64{}
	for rows.Next() {
		var name string
		var n int64
		require.NoError(t, rows.Scan(&name, &n))
		out[name] = n
	}
	require.NoError(t, rows.Err())
	return out
}

// Every table with a status that lists are made of is counted.
func TestWhatIsCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	type trigger struct{ Table, Kind string }
	found := map[string]int{}
	for _, g := range read[trigger](t, w, `select tgrelid::regclass::text, trim(trailing '\000' from encode(tgargs, 'escape')) from pg_trigger where tgfoid in ('counted'::regproc, 'recounted'::regproc) and tgenabled = 'O'`) {
		require.Equal(t, "igny8_"+g.Kind, g.Table)
		found[g.Kind]++
	}
	want := map[string]int{}
	for _, kind := range counted {
		want[kind] = 3 // insert, update, delete
	}
	require.Equal(t, want, found)
}

// Four writers insert, change, move, delete, roll back and fold at once; the
// counts are those of the rows, nobody meets a deadlock, and folding changes
// nothing but how many rows hold them.
func TestCountsUnderWriters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.settle(t)
	w.fill(t, h)
	undone := errors.New("undone")
	codes := at(4, func(writer int) error {
		chance := rand.New(rand.NewPCG(7, uint64(writer)))
		for i := range 25 {
			err := Do(w.ctx, w.Store, h.everything(), func(q *Queries) error {
				for range 1 + chance.IntN(3) {
					if _, err := q.db.Exec(w.ctx, write(chance, h, writer, i)); err != nil {
						return err
					}
				}
				if chance.IntN(5) == 0 {
					return undone
				}
				return nil
			})
			if err != nil && !errors.Is(err, undone) {
				return err
			}
			if chance.IntN(3) == 0 {
				if _, err := w.exec(h.everything(), "select fold_counts()"); err != nil {
					return err
				}
			}
		}
		return nil
	})
	require.Equal(t, map[igny8.Code]int{"": 4}, codes)
	rows := w.countedRows(t, h.account)
	require.Greater(t, len(rows), 10)
	require.Equal(t, rows, w.countsOf(t, h.account))
	_, err := w.exec(h.everything(), "select fold_counts()")
	require.NoError(t, err)
	require.Zero(t, value[int](t, w, "select count(*) from igny8_row_count_deltas where account_id = $1", h.account))
	require.Equal(t, rows, w.countsOf(t, h.account))

	_, err = w.exec(h.everything(), "delete from igny8_sites where id = $1", h.site)
	require.NoError(t, err)
	require.Equal(t, w.countedRows(t, h.account), w.countsOf(t, h.account), "what goes with a site is counted too")
}

// write is a statement of one writer about rows that it alone has.
func write(chance *rand.Rand, h household, writer, i int) string {
	site, sector := h.site, h.sector
	if chance.IntN(2) == 0 {
		site, sector = h.closed, h.another
	}
	mine := fmt.Sprintf("title = 'writer %d'", writer)
	switch chance.IntN(6) {
	case 0, 1:
		return fmt.Sprintf("insert into igny8_tasks (account_id, site_id, sector_id, title, status) select current_account(), '%s', '%s', 'writer %d', (array['pending', 'review', 'failed'])[1 + n %% 3] from generate_series(1, %d) n",
			site, sector, writer, 1+chance.IntN(5))
	case 2:
		return "update igny8_tasks set status = 'writing' where status = 'pending' and " + mine
	case 3:
		return fmt.Sprintf("update igny8_tasks set site_id = '%s', sector_id = '%s' where status = 'review' and %s", site, sector, mine)
	case 4:
		return "delete from igny8_tasks where status = 'failed' and " + mine
	}
	return fmt.Sprintf("insert into igny8_keywords (account_id, site_id, sector_id, keyword, normal) values (current_account(), '%s', '%s', 'k', '%d.%d.%d')", site, sector, writer, i, chance.Int())
}

// A guest folds what it sees, and the counts stay right for all.
func TestFoldingByGuests(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h, other := w.settle(t), w.settle(t)
	w.fill(t, h)
	w.fill(t, other)
	rows := w.countedRows(t, h.account)
	for _, p := range []igny8.Principal{h.guest(), {Account: h.account}, h.everything()} {
		_, err := w.exec(p, "select fold_counts()")
		require.NoError(t, err)
		require.Equal(t, rows, w.countsOf(t, h.account))
	}
	require.Zero(t, value[int](t, w, "select count(*) from igny8_row_count_deltas where account_id = $1", h.account))
	require.Positive(t, value[int](t, w, "select count(*) from igny8_row_count_deltas where account_id = $1", other.account), "the other account's are its own")
}

// sectorsOf makes sectors of a site, the first so many of them active.
func (w *world) sectorsOf(t require.TestingT, h household, active, all int) {
	w.sql(t, "insert into igny8_sectors (account_id, site_id, name, slug, status) select $1, $2, 's', 's' || n, case when n <= $3 then 'active' else 'inactive' end from generate_series(1, $4::int) n",
		h.account, h.site, active, all)
}

// A site has one to five active sectors, also when several are added, activated
// or deactivated at once; those that are refused are told why.
func TestActiveSectors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	active := func(h household) int {
		return value[int](t, w, "select count(*) from igny8_sectors where site_id = $1 and status = 'active'", h.site)
	}
	for range 5 {
		h := w.settle(t)
		w.sectorsOf(t, h, 2, 6) // three with the household's own
		codes := at(6, func(i int) error {
			if i%2 == 0 {
				_, err := w.exec(h.everything(), "insert into igny8_sectors (account_id, site_id, name, slug) values (current_account(), $1, 'new', $2)", h.site, fmt.Sprint("new", i))
				return err
			}
			_, err := w.exec(h.everything(), "update igny8_sectors set status = 'active' where site_id = $1 and slug = $2", h.site, fmt.Sprint("s", 3+i/2))
			return err
		})
		require.Equal(t, map[igny8.Code]int{"": 2, igny8.Invalid: 4}, codes)
		require.Equal(t, 5, active(h))

		slugs := read[struct{ Slug string }](t, w, "select slug from igny8_sectors where site_id = $1 and status = 'active'", h.site)
		codes = at(5, func(i int) error {
			statement := "update igny8_sectors set status = 'inactive' where site_id = $1 and slug = $2"
			if i%2 == 0 {
				statement = "delete from igny8_sectors where site_id = $1 and slug = $2"
			}
			_, err := w.exec(h.everything(), statement, h.site, slugs[i].Slug)
			return err
		})
		require.Equal(t, map[igny8.Code]int{"": 4, igny8.Invalid: 1}, codes)
		require.Equal(t, 1, active(h))
	}
}

// Two that have each added a sector before either is counted wait for one
// another in turn, and not each for the other.
func TestSectorsDoNotDeadlock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.settle(t)
	w.sectorsOf(t, h, 3, 3)
	var added sync.WaitGroup
	added.Add(2)
	codes := at(2, func(i int) error {
		return Do(w.ctx, w.Store, h.everything(), func(q *Queries) error {
			_, err := q.db.Exec(w.ctx, "set constraints sector_count deferred")
			if err == nil {
				_, err = q.db.Exec(w.ctx, "insert into igny8_sectors (account_id, site_id, name, slug) values (current_account(), $1, 'new', $2)", h.site, fmt.Sprint("new", i))
			}
			added.Done()
			added.Wait()
			return err
		})
	})
	require.Equal(t, map[igny8.Code]int{"": 1, igny8.Invalid: 1}, codes)
}

// The rule holds when a sector changes its site, and doesn't stop a site from
// going with all its sectors.
func TestSectorsMoveAndGo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.settle(t)
	w.sectorsOf(t, h, 4, 4)
	_, err := w.exec(h.everything(), "update igny8_sectors set site_id = $1 where id = $2", h.site, h.another)
	_, constraint := refusal(err)
	require.True(t, slices.Contains([]string{"at_most_five_active_sectors", "at_least_one_active_sector"}, constraint), "%v", err)
	_, err = w.exec(h.everything(), "update igny8_sectors set site_id = $1 where site_id = $2", h.closed, h.site)
	require.Equal(t, igny8.Invalid, igny8.CodeOf(err))
	n, err := w.exec(h.everything(), "delete from igny8_sites where id = $1", h.site)
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
	require.Zero(t, value[int](t, w, "select count(*) from igny8_sectors where site_id = $1", h.site))
}
