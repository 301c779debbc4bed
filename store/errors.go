package store

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/igny8/igny8"
)

// wire is a transaction whose errors carry codes, and whose statements are
// counted.
type wire struct{ pgx.Tx }

func (w wire) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	tally(ctx)
	tag, err := w.Tx.Exec(ctx, sql, args...)
	return tag, coded(err)
}

func (w wire) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	tally(ctx)
	r, err := w.Tx.Query(ctx, sql, args...)
	return rows{r}, coded(err)
}

func (w wire) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	tally(ctx)
	return row{w.Tx.QueryRow(ctx, sql, args...)}
}

type row struct{ pgx.Row }

func (r row) Scan(dest ...any) error { return coded(r.Row.Scan(dest...)) }

type rows struct{ pgx.Rows }

func (r rows) Scan(dest ...any) error { return coded(r.Rows.Scan(dest...)) }
func (r rows) Err() error             { return coded(r.Rows.Err()) }

// refusals says what the constraints mean that a person can run into.
var refusals = map[string]*igny8.Error{
	"credits_not_negative":            {Code: igny8.NoCredits, Message: "The account has not enough credits."},
	"one_planning_per_sector":         {Code: igny8.RunLive, Message: "A run is planning this sector already. Wait for it, or cancel it."},
	"item_in_one_live_run":            {Code: igny8.RunLive, Message: "Another run is working on this article."},
	"keyword_exists":                  {Code: igny8.Conflict, Field: "keyword", Message: "This sector has the keyword already."},
	"email_belongs_to_one_user":       {Code: igny8.Conflict, Field: "email", Message: "This e-mail address belongs to a user already. An address can be used in one account only."},
	"at_most_five_active_sectors":     {Code: igny8.Invalid, Message: "A site has at most five active sectors. Deactivate one first."},
	"at_least_one_active_sector":      {Code: igny8.Invalid, Message: "A site keeps at least one active sector."},
	"one_active_subscription":         {Code: igny8.Conflict, Message: "The account has a subscription already."},
	"igny8_sites_account_id_slug_key": {Code: igny8.Conflict, Field: "slug", Message: "Another site of the account has this short name."},
}

// coded says in our words what PostgreSQL says in its own.
func coded(err error) error {
	if err == nil {
		return nil
	}
	if _, ours := errors.AsType[*igny8.Error](err); ours || errors.Is(err, context.Canceled) {
		return err
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return igny8.Errorf(igny8.NotFound, "There is no such thing, or it is not yours to see.")
	}
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	pg, ok := errors.AsType[*pgconn.PgError](err)
	if connecting || !ok {
		return igny8.Wrap(igny8.Unavailable, err, "The database can't be reached. Nothing was changed.")
	}
	if known := refusals[pg.ConstraintName]; known != nil {
		e := *known
		e.Err = err
		return &e
	}
	return igny8.Wrap(codeOf(pg.Code), err, "%s", sentences[codeOf(pg.Code)])
}

var sentences = map[igny8.Code]string{
	igny8.Conflict:    "Something with that name exists already.",
	igny8.Invalid:     "A value is not one that is allowed here.",
	igny8.Unavailable: "The database is busy or starting. Nothing was changed.",
	igny8.Internal:    "Something went wrong on our side.",
}

// codeOf reads a SQLSTATE: https://www.postgresql.org/docs/15/errcodes-appendix.html.
// What passes by itself is Unavailable: a standby in the place of the server, a
// session that was given up since this process stood still, a disk that is away.
func codeOf(state string) igny8.Code {
	switch state {
	case "23505", "23P01":
		return igny8.Conflict
	case "25006", "25P03", "55P03":
		return igny8.Unavailable
	}
	switch state[:min(2, len(state))] {
	case "22", "23", "54":
		return igny8.Invalid
	case "08", "40", "53", "57", "58":
		return igny8.Unavailable
	}
	return igny8.Internal
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
