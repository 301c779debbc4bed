package api

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

// A keyword is made in two statements: who is asking, and the row with its entry
// in the audit log. What is refused is refused with its reason, and leaves
// neither.
func TestKeywordsAreMadeAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "editor@mine.test")
	w.sql(t, `update igny8_plans set limits = '{"keywords": 3}' where name = 'Growth'`)
	send := func(fields map[string]any) answer {
		body := map[string]any{"sector_id": w.mine.sector, "keyword": "Moka  pot"}
		for name, v := range fields {
			body[name] = v
		}
		return w.post(t, token, keywords.path, body)
	}
	var made Keyword
	send(map[string]any{"country": "us", "volume": 90, "intents": []string{"commercial", "informational"}}).data(&made)
	require.Equal(t, "Moka  pot", made.Keyword)
	require.Equal(t, "commercial", *made.Intent)
	require.Equal(t, w.mine.site, made.SiteID)
	send(map[string]any{"country": "gb"}).data(&made)
	require.Contains(t, w.scrape(t), `igny8_http_request_queries_sum{method="POST",route="/api/v1/planner/keywords"} 4`+"\n")

	send(map[string]any{"country": "us"}).refused(http.StatusConflict, igny8.Conflict)
	send(nil).refused(http.StatusConflict, igny8.Conflict)
	send(map[string]any{"keyword": "Kettle", "sector_id": w.theirs.sector}).refused(http.StatusNotFound, igny8.NotFound)
	send(map[string]any{"keyword": "  "}).refused(http.StatusBadRequest, igny8.Invalid)
	send(map[string]any{"keyword": "Kettle"}).data(&made)
	f := send(map[string]any{"keyword": "Mug"}).refused(http.StatusForbidden, igny8.PlanLimit)
	require.Contains(t, f.Message, "Growth")

	require.EqualValues(t, 3, value[int64](t, w, "select count(*) from igny8_keywords where account_id = $1", w.mine.account))
	require.EqualValues(t, 3, value[int64](t, w, `select count(*) from igny8_audit_log l join igny8_keywords k on l.account_id = k.account_id and l.target = 'keyword/' || k.id
		where action = 'keyword.create' and actor_id = $1 and l.detail->>'rows' = '1' and l.detail->'fields' ? 'keyword' and l.ip <> '' and l.request_id <> ''`, w.mine.users[igny8.Editor]))
	require.EqualValues(t, 3, value[int64](t, w, "select count(*) from igny8_audit_log where action = 'keyword.create'"))
}

// Of keywords that are made at the same time no more are made than the plan
// allows.
func TestKeywordsAtOnceStayWithinThePlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "editor@mine.test")
	there := value[int64](t, w, "select count(*) from igny8_keywords where account_id = $1", w.mine.account)
	w.sql(t, `update igny8_plans set limits = jsonb_build_object('keywords', $1::int) where name = 'Growth'`, there+3)
	codes := make([]int, 16)
	var all sync.WaitGroup
	for i := range codes {
		all.Go(func() {
			codes[i] = w.post(t, token, keywords.path, map[string]any{"sector_id": w.mine.sector, "keyword": fmt.Sprint("kettle ", i)}).status
		})
	}
	all.Wait()
	slices.Sort(codes)
	require.Equal(t, slices.Concat(slices.Repeat([]int{http.StatusCreated}, 3), slices.Repeat([]int{http.StatusForbidden}, 13)), codes)
	require.Equal(t, there+3, value[int64](t, w, "select count(*) from igny8_keywords where account_id = $1", w.mine.account))
}
