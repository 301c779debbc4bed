package store

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

var things = List{
	From: "things r", Default: "-created_at", Search: []string{"r.name"},
	Filters: map[string]Filter{
		"status": {SQL: "r.status", Type: "text", Values: []string{"new", "old"}},
		"owner":  {SQL: "r.owner", Type: "uuid"},
		"from":   {SQL: "r.n >= %s", Type: "int"},
	},
	Orders: map[string]Order{"created_at": {SQL: "r.created_at", Type: "timestamptz"}, "n": {SQL: "r.n_sort", Type: "int", Flip: true}},
}

// Whatever a request says, its words are parameters and never SQL.
func FuzzAskIsNeverSQL(f *testing.F) {
	f.Add("status", "new", "n", "x' or 1=1 --", cursor{Order: "n", Value: "1", ID: "00000000-0000-0000-0000-000000000000"}.String())
	f.Add("from", "1; drop table things", "-created_at", "%", "")
	f.Add("r.id = r.id or name", "1", "1; select 1", "\\", "bm90IGpzb24")
	f.Fuzz(func(t *testing.T, name, value, ordering, search, at string) {
		s := things.begin()
		a := Ask{Filters: map[string]string{name: value}, Ordering: ordering, Search: search, Cursor: at}
		err := things.filter(&s, a)
		if err == nil {
			_, _, err = things.place(&s, a)
		}
		if err != nil {
			require.Equal(t, igny8.Invalid, igny8.CodeOf(err))
			return
		}
		for _, condition := range s.where {
			require.Regexp(t, `^[a-z0-9_.,$:()=<> ]+$`, condition)
		}
		for _, arg := range s.args {
			require.IsType(t, "", arg)
		}
	})
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	const id = "00000000-0000-0000-0000-000000000001"
	for _, c := range []struct {
		at   cursor
		want string
	}{
		{cursor{Order: "n", Value: "3", ID: id}, "(r.n_sort, r.id) < ($1::text::int, $2::text::uuid)"},
		{cursor{Order: "n", Value: "3", ID: id, Back: true}, "(r.n_sort, r.id) > ($1::text::int, $2::text::uuid)"},
		{cursor{Order: "-n", Value: "3", ID: id}, "(r.n_sort, r.id) > ($1::text::int, $2::text::uuid)"},
	} {
		var s statement
		_, _, err := things.place(&s, Ask{Cursor: c.at.String()})
		require.NoError(t, err)
		require.Equal(t, []string{c.want}, s.where)
		_, _, err = things.place(&s, Ask{Cursor: c.at.String(), Ordering: "created_at"})
		require.Equal(t, igny8.Invalid, igny8.CodeOf(err), "a cursor is of one order")
	}
	for _, broken := range []cursor{{Order: "colour"}, {Order: "n", Value: "x", ID: id}, {Order: "n", Value: "3", ID: "x"}} {
		var s statement
		_, _, err := things.place(&s, Ask{Cursor: broken.String()})
		require.Equal(t, igny8.Invalid, igny8.CodeOf(err))
	}
}
