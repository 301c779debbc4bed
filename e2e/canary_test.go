package e2e

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
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

// keepsSecret looks for words in everything that the server has said, in a dump of
// every database of its cluster, in every file that it keeps but its keys, and in
// the account's histories, decrypted.
func (s *server) keepsSecret(t *testing.T, a *account, words ...string) {
	t.Helper()
	var wanted [][]byte
	for _, w := range words {
		wanted = append(wanted, []byte(w), []byte(hex.EncodeToString([]byte(w))))
		if bare := strings.ReplaceAll(w, " ", ""); bare != w {
			wanted = append(wanted, []byte(bare), []byte(hex.EncodeToString([]byte(bare))))
		}
	}
	hidden := func(where string, text []byte) {
		for _, w := range wanted {
			require.False(t, bytes.Contains(text, w), "a secret is in %s", where)
		}
	}
	hidden("what the server says", []byte(s.out.String()))
	hidden("the server's log", []byte(s.err.String()))
	s.everyTable(t, hidden)
	s.everyFile(t, hidden)
	require.NotZero(t, s.everyHistory(t, a, hidden), "no history was read")
}

// everyTable shows every table of every database, ours and the engine's, as COPY
// writes it.
func (s *server) everyTable(t *testing.T, look func(where string, text []byte)) {
	t.Helper()
	databases := texts(t, s.sql.Config().ConnConfig, "select datname::text from pg_database where datallowconn and not datistemplate")
	require.GreaterOrEqual(t, len(databases), 4, "postgres, ours and two of the engine's")
	tables := 0
	for _, database := range databases {
		at := s.sql.Config().ConnConfig.Copy()
		at.Database = database
		for _, table := range texts(t, at, `select quote_ident(n.nspname) || '.' || quote_ident(c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
			where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')`) {
			tables++
			look("the table "+table+" of "+database, copied(t, at, table))
		}
	}
	require.Greater(t, tables, 80)
}

// texts are the texts that a query returns.
func texts(t *testing.T, at *pgx.ConnConfig, sql string) []string {
	t.Helper()
	c, err := pgx.ConnectConfig(t.Context(), at)
	require.NoError(t, err)
	defer c.Close(t.Context())
	rows, err := c.Query(t.Context(), sql)
	require.NoError(t, err)
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return list
}

func copied(t *testing.T, at *pgx.ConnConfig, table string) []byte {
	t.Helper()
	c, err := pgx.ConnectConfig(t.Context(), at)
	require.NoError(t, err)
	defer c.Close(t.Context())
	var b bytes.Buffer
	_, err = c.PgConn().CopyTo(t.Context(), &b, "copy "+table+" to stdout")
	require.NoError(t, err)
	return b.Bytes()
}

// everyFile shows what the server keeps beside its keys, the database's own files
// and its journal among it.
func (s *server) everyFile(t *testing.T, look func(where string, text []byte)) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // it was there a moment ago
			return nil
		}
		if err != nil || d.IsDir() {
			if err == nil && path == filepath.Join(s.dir, "keys") {
				return fs.SkipDir
			}
			return err
		}
		text, err := os.ReadFile(path)
		if err == nil {
			look("the file "+path, text)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}))
}

// everyHistory shows the account's histories, and returns how many there are.
func (s *server) everyHistory(t *testing.T, a *account, look func(where string, text []byte)) int {
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
		look("the history of "+w.GetType().GetName(), b)
		look("what lists say of "+w.GetType().GetName(), []byte(protojson.Format(w)))
	}
	return len(found.GetExecutions())
}
