package store

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"regexp"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store/storetest"
	"github.com/igny8/igny8/store/system"
)

func TestMain(m *testing.M) {
	// One check of a property is some dozen transactions here, so there are
	// fewer of them. The flag on the command line still has the last word.
	_ = flag.Set("rapid.checks", "25")
	storetest.Main(m, func(ctx context.Context, url string) error {
		_, err := Migrate(ctx, url)
		return err
	})
}

// world is a store on a database of its own, and the superuser's view of it.
type world struct {
	*Store
	url  string
	root *pgxpool.Pool
	ctx  context.Context
	made atomic.Int64
}

func newWorld(t *testing.T) *world {
	t.Helper()
	url := storetest.Database(t)
	return openWorld(t, url, url)
}

// openWorld is newWorld for a database that is there, with the owner's address
// and the superuser's.
func openWorld(t *testing.T, url, root string) *world {
	t.Helper()
	w := &world{url: url, ctx: t.Context()}
	var err error
	w.Store, err = Open(w.ctx, url, Options{MaxConns: 12})
	require.NoError(t, err)
	t.Cleanup(w.Close)
	w.root, err = pgxpool.New(w.ctx, root)
	require.NoError(t, err)
	t.Cleanup(w.root.Close)
	return w
}

// household is an account with two sites, each with one sector.
type household struct {
	account         igny8.AccountID
	site, closed    igny8.SiteID
	sector, another igny8.SectorID // of the one site and of the other
}

// everything is a principal that sees all sites of the account.
func (h household) everything() igny8.Principal {
	return igny8.Principal{Account: h.account, Role: igny8.Owner, AllSites: true}
}

// guest is a principal that was granted one site.
func (h household) guest() igny8.Principal {
	return igny8.Principal{Account: h.account, Role: igny8.Editor, Sites: []igny8.SiteID{h.site}}
}

// settle makes a household.
func (w *world) settle(t require.TestingT) household {
	ids := w.script(t, `
		insert into igny8_accounts (id, name, slug) values ('{account}', 'Account', 'account-{n}');
		insert into igny8_wallets (account_id) values ('{account}');
		insert into igny8_sites (account_id, id, name, slug) values ('{account}', '{site}', 'One', 'one'), ('{account}', '{closed}', 'Other', 'other');
		insert into igny8_sectors (account_id, site_id, id, name, slug) values ('{account}', '{site}', '{sector}', 'One', 'one'), ('{account}', '{closed}', '{another}', 'Other', 'other');
		insert into igny8_subscriptions (account_id, plan_id) select '{account}', id from igny8_plans where name = 'Scale'`, nil)
	return household{
		account: igny8.AccountID{UUID: ids["account"]}, site: igny8.SiteID{UUID: ids["site"]}, closed: igny8.SiteID{UUID: ids["closed"]},
		sector: igny8.SectorID{UUID: ids["sector"]}, another: igny8.SectorID{UUID: ids["another"]},
	}
}

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

// script executes statements as superuser. Each {name} in them becomes the UUID
// of that name, a fresh one unless known has it; {n} is a number that is new
// each time.
func (w *world) script(t require.TestingT, statements string, known map[string]uuid.UUID) map[string]uuid.UUID {
	ids := map[string]uuid.UUID{}
	for name, id := range known {
		ids[name] = id
	}
	n := w.made.Add(1)
	text := placeholder.ReplaceAllStringFunc(statements, func(s string) string {
		name := s[1 : len(s)-1]
		if name == "n" {
			return fmt.Sprint(n)
		}
		if _, there := ids[name]; !there {
			ids[name] = uuid.New()
		}
		return ids[name].String()
	})
	_, err := w.root.Exec(w.ctx, text)
	require.NoError(t, err)
	return ids
}

// sql executes one statement as superuser.
func (w *world) sql(t require.TestingT, statement string, args ...any) {
	_, err := w.root.Exec(w.ctx, statement, args...)
	require.NoError(t, err, statement)
}

// value reads one value as superuser.
func value[T any](t require.TestingT, w *world, query string, args ...any) (v T) {
	require.NoError(t, w.root.QueryRow(w.ctx, query, args...).Scan(&v), query)
	return v
}

// exec executes one statement as a principal and returns how many rows it
// touched.
func (w *world) exec(p igny8.Principal, statement string, args ...any) (int64, error) {
	return As(w.ctx, w.Store, p, func(q *Queries) (int64, error) {
		tag, err := q.db.Exec(w.ctx, statement, args...)
		return tag.RowsAffected(), err
	})
}

// credit gives an account credits.
func (w *world) credit(t require.TestingT, account igny8.AccountID, key string, amount igny8.Credits) {
	_, err := AsSystem(w.ctx, w.Store, func(q *system.Queries) (system.CreditTransaction, error) {
		return q.Credit(w.ctx, system.CreditParams{AccountID: account, OpKey: key, Amount: amount, TransactionType: "grant", Reason: "for a test"})
	})
	require.NoError(t, err)
}

// balanced fails the test if the ledger is not in order.
func (w *world) balanced(t require.TestingT) {
	found, err := AsSystem(w.ctx, w.Store, func(q *system.Queries) (system.LedgerCheckRow, error) { return q.LedgerCheck(w.ctx) })
	require.NoError(t, err)
	require.Empty(t, found.Violations)
	require.Equal(t, value[int64](t, w, "select count(*) from igny8_wallets"), found.Wallets)
}

// blocked waits until a connection waits for a lock.
func (w *world) blocked(t require.TestingT) {
	require.Eventually(t, func() bool {
		return value[bool](t, w, "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')")
	}, time.Minute, 2*time.Millisecond)
}

// refusal returns the SQLSTATE and the constraint behind an error.
func refusal(err error) (state, constraint string) {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code, pg.ConstraintName
	}
	return "", ""
}
