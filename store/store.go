// Package store is the memory: PostgreSQL, reached only through the queries in
// ../sql. Rows and query methods are generated; the files without that mark are
// the doors to them, and the few operations that take several statements.
package store

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store/system"
)

// Store hands out queries, and none without knowing whose rows they may see.
type Store struct {
	app    *pgxpool.Pool
	system *pgxpool.Pool
}

// Options bound what one process asks of the database.
type Options struct {
	MaxConns         int32         // of principals; default 16
	StatementTimeout time.Duration // default 1 min
}

// Open connects with the owner's URL and steps down: principals' connections
// become igny8_app, the system's igny8_system, and both are bound by row-level
// security. Open refuses a database where they would not be.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	if o.MaxConns == 0 {
		o.MaxConns = 16
	}
	if o.StatementTimeout == 0 {
		o.StatementTimeout = time.Minute
	}
	app, err := pool(ctx, url, "igny8_app", o.MaxConns, o.StatementTimeout)
	if err != nil {
		return nil, err
	}
	sys, err := pool(ctx, url, "igny8_system", 4, 10*o.StatementTimeout)
	if err != nil {
		app.Close()
		return nil, err
	}
	return &Store{app: app, system: sys}, nil
}

// pool opens connections that have stepped down to role.
func pool(ctx context.Context, url, role string, size int32, patience time.Duration) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, igny8.Errorf(igny8.Invalid, "the database address can't be read; it looks like postgres://user:password@host:5432/name")
	}
	config.MaxConns = size
	config.ConnConfig.RuntimeParams["application_name"] = role
	// Cursors hold times as the database writes them, whatever it is set to otherwise.
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	config.ConnConfig.RuntimeParams["datestyle"] = "ISO"
	config.ConnConfig.RuntimeParams["statement_timeout"] = milliseconds(patience)
	config.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = milliseconds(patience)
	config.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		readIDs(c)
		_, err := c.Exec(ctx, "set role "+role)
		if lacksRole(err) {
			return igny8.Wrap(igny8.Invalid, err, "The database has no role %s that this user may become. Run `igny8 migrate` with the owner's address first.", role)
		}
		if err != nil {
			return err
		}
		return bound(ctx, c)
	}
	p, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, coded(err)
	}
	if err := p.Ping(ctx); err != nil {
		p.Close()
		return nil, coded(err)
	}
	return p, nil
}

// lacksRole reports whether a role can't be taken on because there is none, or
// not for this user. A connection may break off at that moment as at any other.
func lacksRole(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pg.Code == "22023" || pg.Code == "42501")
}

// bound reports an error if row-level security does not bind the connection.
func bound(ctx context.Context, c *pgx.Conn) error {
	var free bool
	err := c.QueryRow(ctx, "select rolsuper or rolbypassrls from pg_roles where rolname = current_user").Scan(&free)
	if err == nil && free {
		err = igny8.Errorf(igny8.Internal, "the database role of the application is free of row-level security; it must be neither superuser nor BYPASSRLS")
	}
	return err
}

// Close waits for queries under way and closes every connection.
func (s *Store) Close() {
	s.app.Close()
	s.system.Close()
}

// As runs do in one transaction that sees what the principal may see, and
// commits if do succeeds. Every error it returns has a code.
func As[T any](ctx context.Context, s *Store, p igny8.Principal, do func(*Queries) (T, error)) (out T, err error) {
	if p.Account.IsZero() {
		return out, igny8.Errorf(igny8.Unauthenticated, "sign in first")
	}
	err = pgx.BeginTxFunc(ctx, s.app, pgx.TxOptions{BeginQuery: become(p)}, func(tx pgx.Tx) (err error) {
		out, err = do(New(wire{tx}))
		return err
	})
	return out, coded(err)
}

// Do is As for a do that has nothing to return but an error.
func Do(ctx context.Context, s *Store, p igny8.Principal, do func(*Queries) error) error {
	_, err := As(ctx, s, p, func(q *Queries) (struct{}, error) { return struct{}{}, do(q) })
	return err
}

// become says, in the statement that begins the transaction, who it works for.
// What is put into the text is typed IDs and nothing else. What a workflow asks
// goes by keys, whatever their values are: planning it anew for each of the first
// five values on every connection would cost more than doing it. And no plan that
// was made while a table was small is to read it from its beginning for ever.
func become(p igny8.Principal) string {
	plans := ""
	if p.Role == igny8.SystemBot {
		plans = "; set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off; set local jit = off"
	}
	return "begin; set local igny8.account = '" + p.Account.String() + "'; set local igny8.sites = '" + sitesOf(p) + "'" + plans
}

// Bulk has the statements of the transaction that follow planned for the values
// they get. Where these are thousands of rows, a plan for any number may compare
// each of them with every row there is.
func (q *Queries) Bulk(ctx context.Context) error {
	_, err := q.db.Exec(ctx, "set local plan_cache_mode = force_custom_plan")
	return err
}

// sitesOf are the sites that a principal may see, as the policies read them.
func sitesOf(p igny8.Principal) string {
	if p.AllSites {
		return "*"
	}
	ids := make([]string, len(p.Sites))
	for i, id := range p.Sites {
		ids[i] = id.String()
	}
	return "{" + strings.Join(ids, ",") + "}"
}

// AsSystem runs do in one transaction that sees every account. It hands out
// another type, whose queries name the accounts they are about.
func AsSystem[T any](ctx context.Context, s *Store, do func(*system.Queries) (T, error)) (out T, err error) {
	err = pgx.BeginFunc(ctx, s.system, func(tx pgx.Tx) (err error) {
		out, err = do(system.New(wire{tx}))
		return err
	})
	return out, coded(err)
}

// AskSystem is AsSystem for a single statement that reads: it needs no
// transaction of more.
func AskSystem[T any](ctx context.Context, s *Store, ask func(*system.Queries) (T, error)) (out T, err error) {
	tally(ctx)
	out, err = ask(system.New(s.system))
	return out, coded(err)
}

// Listen calls heard with the ID of every run that changes, until ctx ends or
// the connection does.
func (s *Store) Listen(ctx context.Context, heard func(run string)) error {
	c, err := s.system.Acquire(ctx)
	if err != nil {
		return coded(err)
	}
	// A connection that listens is not given back.
	conn := c.Hijack()
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "listen igny8_runs"); err != nil {
		return coded(err)
	}
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return coded(err)
		}
		heard(n.Payload)
	}
}
