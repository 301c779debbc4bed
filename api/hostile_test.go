package api

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// A request that is broken off on its way is answered as one that may be sent
// again, if there is anybody who still reads: one may have closed only their
// side, and the program may be stopping.
func TestBrokenOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "owner@mine.test")
	ctx, leave := context.WithCancel(t.Context())
	leave()
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, root+"planner/keywords/", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	w.send(t, r).refused(http.StatusServiceUnavailable, igny8.Unavailable)
}

// Pages follow one another wherever the database thinks it is, and however it
// writes the day.
func TestPagingInAnyTimeZone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	at, err := url.Parse(w.url)
	require.NoError(t, err)
	name := strings.TrimPrefix(at.Path, "/")
	w.sql(t, fmt.Sprintf("alter database %s set timezone = 'Asia/Kolkata'", name))
	w.sql(t, fmt.Sprintf("alter database %s set datestyle = 'SQL, DMY'", name))
	db, err := store.Open(t.Context(), w.url, store.Options{MaxConns: 2})
	require.NoError(t, err)
	t.Cleanup(db.Close)
	w.Store = db
	token := w.signIn(t, "owner@mine.test")
	var p Page[Site]
	w.get(t, token, sites.path+"?page_size=1").into(&p)
	require.NotNil(t, p.Next)
	first := p.Results[0].ID
	w.get(t, token, *p.Next).into(&p)
	require.Len(t, p.Results, 1)
	require.NotEqual(t, first, p.Results[0].ID)
}
