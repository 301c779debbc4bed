package api

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// awkward is what a field is that is not what it should be.
var awkward = []any{
	nil, true, -1, 0, 1.5, 1e300, int64(1) << 62, "", " ", "\x00", "a\u0000b", "'; drop table igny8_keywords; --", "%", "\\", strings.Repeat("x", 5000), "\u202e\ufeff", "💥",
	[]any{}, []any{nil}, []any{"x"}, map[string]any{}, map[string]any{"a": []any{map[string]any{}}}, "00000000-0000-0000-0000-000000000000", "not-a-uuid", "2026-13-45T99:00:00Z", "9999999999999999999999",
	"http://[::1", "javascript:alert(1)", "../../etc/passwd", "{{.}}", "-infinity", "NaN", "infinity",
}

// No request gets an answer of 500 or more: half of them are valid but for one
// field, half are anything.
func TestNoRequestBreaksIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Temporal = &recorder{}
	ids := w.things(t, w.mine, w.mine.site, w.mine.sector)
	w.ownThings(t, w.mine, ids)
	w.sql(t, "update igny8_runs set status = 'failed', finished_at = now()")
	token := w.actors(t)["key"]
	w.sql(t, "update igny8_api_keys set role = 'owner', created_by = $1 where hash = $2", w.mine.users["owner"], hashed(token))
	ops := operations(t)
	slices.SortFunc(ops, func(a, b operation) int { return strings.Compare(a.id, b.id) })
	// What would take away that by which the rest is asked, or waits for events.
	ops = slices.DeleteFunc(ops, func(o operation) bool {
		return o.id == "follow-task-progress" || mayUse[o.id] == "anyone" && o.id != "login"
	})
	many := 20_000
	if testing.Short() {
		many = 2_000
	}
	random := rand.New(rand.NewPCG(1, 2))
	told := map[string]map[int]int{}
	for i := range many {
		op := ops[i%len(ops)]
		path, body := others(at(op.path, ids)), op.valid(ids)
		if i%2 == 0 {
			body = spoil(random, body)
		} else if random.IntN(3) > 0 {
			body = awkward[random.IntN(len(awkward))]
		}
		if op.method == http.MethodGet {
			if body = nil; i%2 == 0 {
				path += query(random, op)
			}
		}
		if op.method == http.MethodDelete {
			path = others(op.path)
		}
		a := w.request(t, token, op, path, body)
		if told[op.id] == nil {
			told[op.id] = map[int]int{}
		}
		told[op.id][a.status/100]++
		require.Less(t, a.status, 500, "%s %s %#v: %s", op.method, path, body, a.body)
		if a.status >= 400 {
			require.Contains(t, a.body, `"request_id"`, op.id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(told)) {
		t.Logf("%-28s 2xx %4d  4xx %4d", id, told[id][2], told[id][4])
	}
}

// spoil makes one field of a valid body what it should not be.
func spoil(random *rand.Rand, body any) any {
	fields, ok := body.(map[string]any)
	if !ok || len(fields) == 0 {
		return awkward[random.IntN(len(awkward))]
	}
	names := slices.Sorted(maps.Keys(fields))
	name := names[random.IntN(len(names))]
	if inner, ok := fields[name].(map[string]any); ok && random.IntN(2) == 0 {
		fields[name] = spoil(random, inner)
	} else {
		fields[name] = awkward[random.IntN(len(awkward))]
	}
	return fields
}

// query is what a list might be asked with.
func query(random *rand.Rand, _ operation) string {
	names := []string{"page", "page_size", "cursor", "ordering", "search", "status", "site_id", "sector_id", "volume_min", "cluster_id", "run_id", "since", "against", "colour"}
	value := fmt.Sprint(awkward[random.IntN(len(awkward))])
	escaped := strings.Builder{}
	for _, b := range []byte(value) {
		fmt.Fprintf(&escaped, "%%%02X", b)
	}
	return "?" + names[random.IntN(len(names))] + "=" + escaped.String()
}
