package e2e

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/igny8/igny8/e2e/history"
)

// keepsSecret looks for words in everything that the server has said, in every
// table of its databases, and in the account's histories, decrypted.
func (s *server) keepsSecret(t *testing.T, a *account, words ...string) {
	t.Helper()
	for _, w := range words {
		if bare := strings.ReplaceAll(w, " ", ""); bare != w {
			words = append(words, bare)
		}
	}
	hidden := func(where, text string) {
		for _, w := range words {
			require.NotContains(t, text, w, "a secret is in %s", where)
			require.NotContains(t, text, hex.EncodeToString([]byte(w)), "a secret is in %s, as bytes", where)
		}
	}
	hidden("what the server says", s.out.String())
	hidden("the server's log", s.err.String())
	s.everyRow(t, hidden)
	require.NotZero(t, s.everyHistory(t, a, hidden), "no history was read")
}

// everyRow shows every row of every table, ours and the engine's.
func (s *server) everyRow(t *testing.T, look func(where, text string)) {
	t.Helper()
	rows, err := s.sql.Query(t.Context(), `select quote_ident(n.nspname) || '.' || quote_ident(c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')`)
	require.NoError(t, err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Greater(t, len(tables), 40)
	for _, table := range tables {
		rows, err := s.sql.Query(t.Context(), "select x::text from "+table+" x")
		require.NoError(t, err)
		var row string
		_, err = pgx.ForEachRow(rows, []any{&row}, func() error { look("the table "+table, row); return nil })
		require.NoError(t, err)
	}
}

// everyHistory shows the account's histories, and returns how many there are.
func (s *server) everyHistory(t *testing.T, a *account, look func(where, text string)) int {
	t.Helper()
	c, keys := s.engine(t)
	found, err := c.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{PageSize: 1000, Namespace: s.namespace, Query: fmt.Sprintf("WorkflowId STARTS_WITH '%s/'", a.ID)})
	require.NoError(t, err)
	dir := t.TempDir()
	for i, w := range found.GetExecutions() {
		name := fmt.Sprint(i)
		require.NoError(t, history.Dump(t.Context(), c, keys, dir, w.GetExecution().GetWorkflowId(), name))
		b, err := os.ReadFile(filepath.Join(dir, name+".json"))
		require.NoError(t, err)
		look("the history of "+w.GetType().GetName(), string(b))
		look("what lists say of "+w.GetType().GetName(), protojson.Format(w))
	}
	return len(found.GetExecutions())
}
