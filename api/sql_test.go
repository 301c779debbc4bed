package api

import (
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// sql does what no route does: as the database's owner.
func (w *world) sql(t *testing.T, statement string, args ...any) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), w.url)
	require.NoError(t, err)
	defer conn.Close(t.Context())
	_, err = conn.Exec(t.Context(), statement, args...)
	require.NoError(t, err)
}

// value reads one value as the database's owner.
func value[T any](t *testing.T, w *world, query string, args ...any) (v T) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), w.url)
	require.NoError(t, err)
	defer conn.Close(t.Context())
	require.NoError(t, conn.QueryRow(t.Context(), query, args...).Scan(&v))
	return v
}

// id reads one ID, such as that of a row it makes.
func (w *world) id(t *testing.T, query string, args ...any) uuid.UUID {
	t.Helper()
	return value[uuid.UUID](t, w, query, args...)
}
