package api

import (
	"fmt"
	"maps"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

// written are the resources that people write, with what a new one is made of
// and what of it is then changed. PUT says all that a new one needs.
func (h household) written() map[string]struct{ create, change map[string]any } {
	in := func(fields map[string]any) map[string]any {
		fields["sector_id"] = h.sector
		return fields
	}
	return map[string]struct{ create, change map[string]any }{
		"planner/keywords/":       {in(map[string]any{"keyword": "flat white %d", "volume": 10}), map[string]any{"volume": 20}},
		"planner/clusters/":       {in(map[string]any{"name": "Espresso %d"}), map[string]any{"locked": true}},
		"planner/ideas/":          {in(map[string]any{"idea_title": "How to froth %d"}), map[string]any{"description": "Slowly"}},
		"writer/tasks/":           {in(map[string]any{"title": "Frothing %d", "word_count": 900}), map[string]any{"images": 1}},
		"system/strategies/":      {in(map[string]any{"name": "Depth %d", "prompt_types": []string{"ideas"}}), map[string]any{"active": false}},
		"system/author-profiles/": {map[string]any{"name": "Voice %d", "language": "en"}, map[string]any{"tone": "dry"}},
		"auth/sectors/":           {map[string]any{"site_id": h.site, "name": "Tea %d"}, map[string]any{"description": "Leaves"}},
	}
}

// Each is made, read, changed by PATCH and PUT for who has read its last
// version, changed and deleted in numbers with a result for each, and gone.
func TestWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.signIn(t, "admin@mine.test")
	for path, of := range w.mine.written() {
		t.Run(path, func(t *testing.T) {
			var ids []string
			for n := range 4 {
				a := w.post(t, admin, path, numbered(of.create, n))
				require.Equal(t, http.StatusCreated, a.status, a.body)
				row := a.row()
				ids = append(ids, row["id"].(string))
				require.EqualValues(t, 1, row["version"])
			}
			one := path + ids[0] + "/"
			require.Equal(t, ids[0], w.get(t, admin, one).row()["id"])
			patch := func(version int) answer {
				return w.call(t, admin, http.MethodPatch, one, with(of.change, "version", version))
			}
			row := patch(1).row()
			require.EqualValues(t, 2, row["version"])
			for field, value := range of.change {
				require.EqualValues(t, value, row[field], field)
			}
			patch(1).refused(http.StatusConflict, igny8.Conflict)
			w.call(t, admin, http.MethodPatch, one, of.change).refused(http.StatusBadRequest, igny8.Invalid)

			whole := numbered(of.create, 9)
			delete(whole, "sector_id")
			delete(whole, "site_id")
			put := func(body map[string]any) answer { return w.call(t, admin, http.MethodPut, one, body) }
			put(map[string]any{"version": 2}).refused(http.StatusBadRequest, igny8.Invalid)
			row = put(with(whole, "version", 2)).row()
			require.EqualValues(t, 3, row["version"])
			put(with(whole, "version", 2)).refused(http.StatusConflict, igny8.Conflict)

			stranger := uuid.NewString()
			require.Equal(t, []bool{true, true, false}, w.post(t, admin, path+"bulk_update/", map[string]any{"ids": []string{ids[1], ids[2], stranger}, "set": of.change}).each())
			for field, value := range of.change {
				require.EqualValues(t, value, w.get(t, admin, path+ids[2]+"/").row()[field], field)
			}
			require.Equal(t, []bool{true, false}, w.post(t, admin, path+"bulk_delete/", map[string]any{"ids": []string{ids[1], stranger}}).each())
			w.get(t, admin, path+ids[1]+"/").refused(http.StatusNotFound, igny8.NotFound)
			require.Equal(t, []bool{true}, w.call(t, admin, http.MethodDelete, one, nil).each())
			w.call(t, admin, http.MethodDelete, one, nil).refused(http.StatusNotFound, igny8.NotFound)
			var p Page[map[string]any]
			w.get(t, admin, path+"?page_size=1").into(&p)
			require.Len(t, p.Results, 1)
		})
	}
}

func numbered(fields map[string]any, n int) map[string]any {
	out := maps.Clone(fields)
	for name, value := range out {
		if text, ok := value.(string); ok {
			out[name] = replaceNumber(text, n)
		}
	}
	return out
}

func replaceNumber(text string, n int) string {
	if len(text) > 2 && text[len(text)-2:] == "%d" {
		return fmt.Sprintf(text, n)
	}
	return text
}

func with(fields map[string]any, name string, value any) map[string]any {
	out := maps.Clone(fields)
	out[name] = value
	return out
}

// row is the answer's one thing.
func (a answer) row() (out map[string]any) {
	a.t.Helper()
	require.Less(a.t, a.status, 300, a.body)
	a.data(&out)
	return out
}

// each says of each of several whether it was done; one that was not says why.
func (a answer) each() (out []bool) {
	a.t.Helper()
	require.Less(a.t, a.status, 300, a.body)
	var b Bulk
	a.data(&b)
	n := 0
	for _, r := range b.Results {
		out = append(out, r.OK)
		require.Equal(a.t, r.OK, r.Code == "", "%+v", r)
		if r.OK {
			n++
		}
	}
	require.Equal(a.t, n, b.Done)
	return out
}

// several are chosen by what the list is filtered with as well; where their
// number is not what was seen nothing happens.
func TestSeveralByFilter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	editor := w.signIn(t, "editor@mine.test")
	for n := range 3 {
		w.post(t, editor, "planner/keywords/", map[string]any{"sector_id": w.mine.sector, "keyword": fmt.Sprintf("latte %d", n), "volume": n * 100}).row()
	}
	drop := func(expected int) answer {
		return w.post(t, editor, "planner/keywords/bulk_delete/", map[string]any{"filter": map[string]string{"volume_min": "100"}, "expected": expected})
	}
	drop(3).refused(http.StatusConflict, igny8.Conflict)
	require.Equal(t, []bool{true, true}, drop(2).each())
	w.post(t, editor, "planner/keywords/bulk_delete/", map[string]any{"filter": map[string]string{"colour": "red"}, "expected": 0}).refused(http.StatusBadRequest, igny8.Invalid)
	w.post(t, editor, "planner/keywords/bulk_delete/", map[string]any{}).refused(http.StatusBadRequest, igny8.Invalid)
	require.EqualValues(t, 1, value[int64](t, w, "select count(*) from igny8_keywords"))
}
