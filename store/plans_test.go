package store

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// On 100,000 rows of three accounts, what the API lists by is read through an
// index that begins with the account, under row-level security too.
func TestListsUseIndexes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.settle(t)
	for i, house := range []household{h, w.settle(t), w.settle(t)} {
		// Neither triggers nor keys are what is looked at here.
		w.sql(t, fmt.Sprintf(`with off as (select set_config('session_replication_role', 'replica', true))
			insert into igny8_content_ideas (account_id, site_id, sector_id, id, idea_title, status, created_at)
			select '%s', case when i %% 3 = 0 then '%s'::uuid else '%s' end, case when i %% 3 = 0 then '%s'::uuid else '%s' end, gen_random_uuid(), 'an idea',
				case when i %% 50 = 0 then 'rejected' else 'new' end, now() - i * interval '1 second' from off, generate_series(1, %d) i`,
			house.account, house.closed, house.site, house.another, house.sector, []int{70000, 20000, 10000}[i]))
	}
	w.sql(t, "analyze igny8_content_ideas")
	for where, index := range map[string]string{
		"true order by created_at desc, id desc limit 50":                                                               "created_at",
		"status = 'rejected' order by created_at desc, id desc limit 50":                                                "status",
		fmt.Sprintf("sector_id = '%s' order by created_at desc, id desc limit 50", h.sector):                            "sector_id",
		fmt.Sprintf("site_id = '%s' and sector_id = '%s' and id > '%s' order by id limit 50", h.site, h.sector, h.site): "site_id, sector_id",
	} {
		plan, err := As(w.ctx, w.Store, h.everything(), func(q *Queries) (string, error) {
			rows, err := q.db.Query(w.ctx, "explain select id, idea_title from igny8_content_ideas where account_id = current_account() and "+where)
			if err != nil {
				return "", err
			}
			lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
			return strings.Join(lines, "\n"), err
		})
		require.NoError(t, err)
		require.NotContains(t, plan, "Seq Scan", where)
		name := value[string](t, w, `select string_agg(i.relname, ' ') from pg_index x join pg_class i on i.oid = x.indexrelid where x.indrelid = 'igny8_content_ideas'::regclass
			and position('(account_id, ' || $1 in pg_get_indexdef(i.oid)) > 0`, index)
		require.Regexp(t, "using ("+strings.ReplaceAll(name, " ", "|")+") on", plan, where)
	}
}
