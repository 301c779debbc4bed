package store

import (
	"context"
	"database/sql"
	"io/fs"

	_ "github.com/jackc/pgx/v5/stdlib" // goose speaks database/sql
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/igny8/igny8"
	migrations "github.com/igny8/igny8/sql"
)

// Migrate brings the schema up to this version's, as the owner that url names.
// It may run in several processes at once. It returns how many migrations it
// applied.
func Migrate(ctx context.Context, url string) (int, error) {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return 0, coded(err)
	}
	defer db.Close()
	files, err := fs.Sub(migrations.Migrations, "migrations")
	if err != nil {
		return 0, err
	}
	// The default asks every five seconds, for five minutes.
	one, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return 0, err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(one))
	if err != nil {
		return 0, err
	}
	done, err := p.Up(ctx)
	if err != nil {
		code := igny8.Internal
		if igny8.CodeOf(coded(err)) == igny8.Unavailable {
			code = igny8.Unavailable
		}
		return len(done), igny8.Wrap(code, err, "The database could not be brought up to date: %v", err)
	}
	return len(done), nil
}
