package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

// What the database refuses for a while is told from what is wrong with a value,
// and from a fault of ours.
func TestCodesOfTheDatabase(t *testing.T) {
	t.Parallel()
	for code, states := range map[igny8.Code]string{
		igny8.Unavailable: "08006 25006 25P03 40001 40P01 53300 53100 55P03 57014 57P01 57P03 58030 58P01",
		igny8.Invalid:     "22P02 22021 23503 23514 54000 54001",
		igny8.Conflict:    "23505 23P01",
		igny8.Internal:    "42P01 42501 25P02 XX000",
	} {
		for state := range strings.FieldsSeq(states) {
			require.Equal(t, code, igny8.CodeOf(coded(fmt.Errorf("asking: %w", &pgconn.PgError{Code: state}))), state)
		}
	}
	require.Equal(t, igny8.Internal, igny8.CodeOf(coded(&pgconn.PgError{})), "one that names no state")
}

// A process that stood still for too long in the midst of a transaction finds it
// given up: nothing has happened, and another try may do.
func TestATransactionThatWasGivenUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	err := Do(w.ctx, w.Store, w.settle(t).everything(), func(q *Queries) error {
		var backend int
		require.NoError(t, q.db.QueryRow(w.ctx, "select pg_backend_pid()").Scan(&backend))
		_, err := q.db.Exec(w.ctx, "set local idle_in_transaction_session_timeout = '1ms'")
		require.NoError(t, err)
		for value[bool](t, w, "select exists (select from pg_stat_activity where pid = $1)", backend) {
			require.NoError(t, w.ctx.Err())
		}
		_, err = q.Wallet(w.ctx)
		return err
	})
	require.Equal(t, igny8.Unavailable, igny8.CodeOf(err), "%v", err)
}

// That a database can't be entered is not told as a fault of the question.
func TestADatabaseThatIsAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := Open(w.ctx, strings.Replace(w.url, "/test_", "/away_", 1), Options{})
	require.Equal(t, igny8.Unavailable, igny8.CodeOf(err), "%v", err)

	for state, lacks := range map[string]bool{"22023": true, "42501": true, "57P01": false, "57014": false, "53300": false} {
		require.Equal(t, lacks, lacksRole(&pgconn.PgError{Code: state}), state)
	}
	require.False(t, lacksRole(nil))
	require.False(t, lacksRole(errors.New("conn closed")))
}
