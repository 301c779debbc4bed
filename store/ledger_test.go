package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/igny8/igny8"
)

// Whatever is granted, reserved, settled and released in whatever order, with
// colliding keys and contradicting parameters, the ledger does what the model
// does, and ledger_check finds nothing.
func TestLedgerIsTheModel(t *testing.T) {
	t.Parallel()
	b := bank{world: newWorld(t)}
	rapid.Check(t, func(t *rapid.T) {
		require.NoError(t, b.replay(t, moves.Draw(t, "moves")))
	})
}

// mutating is a transaction whose queries go through a mutant.
type mutating struct {
	pgx.Tx
	*mutant
}

func (m mutating) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return m.Tx.Exec(ctx, m.rewrite(sql), args...)
}

func (m mutating) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return m.Tx.Query(ctx, m.rewrite(sql), args...)
}

func (m mutating) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return m.Tx.QueryRow(ctx, m.rewrite(sql), args...)
}

// The conditions that keep the books are each held by the property above: with
// one of them taken out of its query, some sequence of moves goes wrong, and the
// same sequence goes right when it is there.
func TestLedgerMutants(t *testing.T) {
	t.Parallel()
	for _, m := range []mutant{
		{query: "SettleHold", from: " and status = 'held'"},
		{query: "ReleaseHold", from: " and status = 'held'"},
		{query: "HoldInWallet", from: " and posted - held >= $1::bigint"},
		{query: "HoldOfRun", from: "credits_reserved + credits_settled + $1::bigint <= max_credits", to: "true"},
		{query: "PlaceHold", from: "\non conflict do nothing"},
		{query: "Tombstone", from: "\non conflict do nothing"},
		{query: "SettleInWallet", from: "held = held - $1::bigint", to: "held = held - $1::bigint * 0"},
		{query: "SettleInWallet", from: "seq = seq + ($2::bigint > 0)::int", to: "seq = seq + 1"},
		{query: "ReleaseInWallet", from: "held - $1::bigint", to: "held - $1::bigint * 0"},
		{query: "SettleInRun", from: "$3::bigint", to: "0 * $3::bigint"},
		{query: "SettleInRun", from: "$2::bigint", to: "0 * $2::bigint"},
		{query: "ReleaseInRun", from: "credits_released + $1::bigint", to: "credits_released"},
	} {
		t.Run(m.query, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			for seed := range 50 {
				sequence := moves.Example(seed)
				require.NoError(t, bank{world: w}.replay(t, sequence))
				if violation := (bank{w, &m}).replay(t, sequence); violation != nil {
					require.NotRegexp(t, "SQLSTATE 42|argument count", violation.Error(), "the rewritten query must still be one")
					require.Positive(t, m.hits, "the query was never rewritten")
					return
				}
			}
			t.Fatalf("nobody noticed that %s lacks %q; it was rewritten %d times", m.query, m.from, m.hits)
		})
	}
}

// Of ten reserves at once of which one can be paid, one succeeds. Of settles
// and releases at once of the same hold, one kind does.
func TestLedgerRaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 8 {
		h := w.settle(t)
		w.credit(t, h.account, "grant", 3)
		reserve := func(key string) error {
			return Do(w.ctx, w.Store, h.everything(), func(q *Queries) error {
				_, err := q.Reserve(w.ctx, Hold{Key: key, Function: igny8.Illustration, Units: 1})
				return err
			})
		}
		codes := at(10, func(i int) error { return reserve(fmt.Sprint(i)) })
		require.Equal(t, map[igny8.Code]int{"": 1, igny8.NoCredits: 9}, codes)

		key := value[string](t, w, "select key from igny8_credit_holds where account_id = $1", h.account)
		codes = at(10, func(int) error { return reserve(key) })
		require.Equal(t, map[igny8.Code]int{"": 10}, codes, "a repeat is answered as the first was")

		codes = at(8, func(i int) error {
			return Do(w.ctx, w.Store, h.everything(), func(q *Queries) error {
				if i%2 == 0 {
					_, err := q.Settle(w.ctx, Settlement{Key: key, Units: 1, Item: uuid.New()})
					return err
				}
				return q.Release(w.ctx, Hold{Key: key, Function: igny8.Illustration})
			})
		})
		switch status := value[igny8.HoldStatus](t, w, "select status from igny8_credit_holds where account_id = $1", h.account); status {
		case igny8.HoldSettled:
			require.Equal(t, map[igny8.Code]int{"": 1, igny8.Conflict: 7}, codes)
			require.Zero(t, value[int64](t, w, "select posted from igny8_wallets where account_id = $1", h.account))
		case igny8.HoldReleased: // and releasing again is harmless
			require.Equal(t, map[igny8.Code]int{"": 4, igny8.Conflict: 4}, codes)
			require.EqualValues(t, 3, value[int64](t, w, "select posted - held from igny8_wallets where account_id = $1", h.account))
		default:
			t.Fatalf("the hold is %s", status)
		}
	}
	w.balanced(t)
}

// Reserves of one run at once stay within its cap, though the account has more.
func TestLedgerRaceForTheCap(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.settle(t)
	w.credit(t, h.account, "grant", 1000)
	run := w.run(t, h, igny8.KindArticle)
	w.sql(t, "update igny8_runs set max_credits = 7 where id = $1", run)
	codes := at(10, func(i int) error {
		return Do(w.ctx, w.Store, h.everything(), func(q *Queries) error {
			_, err := q.Reserve(w.ctx, Hold{Key: fmt.Sprint(i), Run: run, Function: igny8.Illustration, Units: 1})
			return err
		})
	})
	require.Equal(t, map[igny8.Code]int{"": 2, igny8.RunCap: 8}, codes)
	w.balanced(t)
}

// Somebody who was refused for want of credits and tops up goes on with the same
// key: the refusal left nothing behind.
func TestLedgerAfterTopUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.settle(t)
	reserve := func() error {
		return Do(w.ctx, w.Store, h.everything(), func(q *Queries) error {
			_, err := q.Reserve(w.ctx, Hold{Key: "a", Function: igny8.Writing, Units: 2})
			return err
		})
	}
	require.Equal(t, igny8.NoCredits, igny8.CodeOf(reserve()))
	require.Zero(t, value[int64](t, w, "select count(*) from igny8_credit_holds"))
	w.credit(t, h.account, "grant", 10)
	require.NoError(t, reserve())
	w.balanced(t)
}

// A save that fails after its settle charges nothing.
func TestLedgerIsInTheTransaction(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.settle(t)
	w.credit(t, h.account, "grant", 10)
	hold := Hold{Key: "a", Function: igny8.Writing, Units: 2}
	require.NoError(t, Do(w.ctx, w.Store, h.everything(), func(q *Queries) error { _, err := q.Reserve(w.ctx, hold); return err }))
	failure := errors.New("the text could not be saved")
	err := Do(w.ctx, w.Store, h.everything(), func(q *Queries) error {
		if _, err := q.Settle(w.ctx, Settlement{Key: "a", Units: 2, Item: uuid.New()}); err != nil {
			return err
		}
		return failure
	})
	require.ErrorIs(t, err, failure)
	require.Equal(t, igny8.HoldHeld, value[igny8.HoldStatus](t, w, "select status from igny8_credit_holds"))
	require.EqualValues(t, 10, value[int64](t, w, "select posted from igny8_wallets where account_id = $1", h.account))
	require.NoError(t, Do(w.ctx, w.Store, h.everything(), func(q *Queries) error { return q.Release(w.ctx, hold) }))
	w.balanced(t)
}

// What a hold has bought is counted in its run with the calls that bought it, also
// in a run that has ended: how far that came stands all the same.
func TestLedgerCountsInTheRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.settle(t)
	w.credit(t, h.account, "grant", 100)
	run := w.run(t, h, igny8.KindArticle)
	settle := func(key string, units, calls int) {
		require.NoError(t, Do(w.ctx, w.Store, h.everything(), func(q *Queries) error {
			if _, err := q.Reserve(w.ctx, Hold{Key: key, Run: run, Function: igny8.Illustration, Units: 2}); err != nil {
				return err
			}
			_, err := q.Settle(w.ctx, Settlement{Key: key, Units: units, Item: uuid.New(), Tokens: 70, CostMicros: 9, Calls: calls})
			return err
		}))
	}
	price := igny8.Illustration.DefaultPrice()
	settle("a", 2, 1)
	settle("b", 1, 0) // its reply was counted when it came
	figures := func() string {
		return value[string](t, w, "select format('%s %s %s, %s %s %s, %s %s', credits_reserved, credits_settled, credits_released, calls, tokens, cost_micros, percentage, status) from igny8_runs where id = $1", run)
	}
	require.Equal(t, fmt.Sprintf("0 %d %d, 1 70 9, 10 pending", 3*price, price), figures())
	w.sql(t, "update igny8_runs set status = 'succeeded', percentage = 100, phase = 'DONE', finished_at = now() where id = $1", run)
	settle("c", 2, 1)
	require.Equal(t, fmt.Sprintf("0 %d %d, 2 140 18, 100 succeeded", 5*price, price), figures())
	w.balanced(t)
}

// at does something n times at once, and counts the codes of what it returned.
func at(n int, do func(i int) error) map[igny8.Code]int {
	var wait sync.WaitGroup
	answers := make(chan error, n)
	begin := make(chan struct{})
	for i := range n {
		wait.Go(func() {
			<-begin
			answers <- do(i)
		})
	}
	close(begin)
	wait.Wait()
	close(answers)
	codes := map[igny8.Code]int{}
	for err := range answers {
		codes[igny8.CodeOf(err)]++
	}
	return codes
}

// run makes a run of a household's sector, begun and not ended.
func (w *world) run(t require.TestingT, h household, kind igny8.RunKind) igny8.RunID {
	id := igny8.New[igny8.RunID]()
	w.sql(t, "insert into igny8_runs (account_id, site_id, sector_id, id, kind) values ($1, $2, $3, $4, $5)", h.account, h.site, h.sector, id, kind)
	return id
}
