package store

import (
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store/system"
)

// move is one operation on the ledger, in numbers small enough that keys
// collide, credits run out and parameters contradict each other.
type move struct {
	Do       string // grant, reserve, settle or release
	Key      int
	Function igny8.Function
	Units    int
	OwnKey   bool
	Run      int // 0 is none, 1 has a cap, 2 has none
}

func (m move) key() string { return fmt.Sprintf("item:%d:1:1", m.Key) }

// capped is the cap of run 1.
const capped = 20

var moves = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) move {
	return move{
		Do:       rapid.SampledFrom([]string{"grant", "reserve", "reserve", "reserve", "settle", "settle", "release"}).Draw(t, "do"),
		Key:      rapid.IntRange(0, 5).Draw(t, "key"),
		Function: rapid.SampledFrom([]igny8.Function{igny8.Clustering, igny8.Ideation, igny8.Writing, igny8.Illustration}).Draw(t, "function"),
		Units:    rapid.IntRange(0, 4).Draw(t, "units"),
		OwnKey:   rapid.IntRange(0, 3).Draw(t, "own key") == 0,
		Run:      rapid.IntRange(0, 2).Draw(t, "run"),
	}
}), 10, 40)

// bank is a world whose ledger is held against a model of it.
type bank struct {
	*world
	mutant *mutant // if set, the queries go through it
}

// account is the model: what the ledger of one account should say.
type account struct {
	household
	posted, held igny8.Credits
	grants       map[string]bool
	holds        map[string]*CreditHold
	runs         [3]Run
}

// open makes an account with nothing in its wallet, and its runs.
func (b bank) open(t require.TestingT) *account {
	a := &account{household: b.settle(t), grants: map[string]bool{}, holds: map[string]*CreditHold{}}
	for i := 1; i < len(a.runs); i++ {
		a.runs[i].ID = igny8.New[igny8.RunID]()
		if i == 1 {
			most := igny8.Credits(capped)
			a.runs[i].MaxCredits = &most
		}
		b.sql(t, "insert into igny8_runs (account_id, site_id, sector_id, id, kind, max_credits) values ($1, $2, $3, $4, 'article', $5)",
			a.account, a.site, a.sector, a.runs[i].ID, a.runs[i].MaxCredits)
	}
	return a
}

// as is Do, through the mutant if there is one.
func (b bank) as(p igny8.Principal, do func(*Queries) error) error {
	if b.mutant == nil {
		return Do(b.ctx, b.Store, p, do)
	}
	return coded(pgx.BeginTxFunc(b.ctx, b.app, pgx.TxOptions{BeginQuery: become(p)}, func(tx pgx.Tx) error {
		return do(New(wire{mutating{tx, b.mutant}}))
	}))
}

// replay makes the moves on a fresh account and returns the first difference
// between what happens and what should.
func (b bank) replay(t require.TestingT, moves []move) error {
	a := b.open(t)
	for i, m := range moves {
		if err := b.make(a, m); err != nil {
			return fmt.Errorf("move %d, %+v: %w", i, m, err)
		}
	}
	found, err := AsSystem(b.ctx, b.Store, func(q *system.Queries) (system.LedgerCheckRow, error) { return q.LedgerCheck(b.ctx) })
	if err != nil {
		return err
	}
	if len(found.Violations) > 0 {
		return fmt.Errorf("ledger_check: %q", found.Violations)
	}
	return nil
}

// make does one move, and compares its answer and what the wallet and the runs
// say afterwards with the model.
func (b bank) make(a *account, m move) error {
	var want igny8.Code
	var got error
	switch m.Do {
	case "grant":
		want, got = a.grant(m), b.grant(a, m)
	case "reserve":
		hold := Hold{Key: m.key(), Site: a.site, Run: a.runs[m.Run].ID, Function: m.Function, Units: m.Units, OwnKey: m.OwnKey}
		var amount igny8.Credits
		want = a.reserve(m)
		got = b.as(a.everything(), func(q *Queries) (err error) { amount, err = q.Reserve(b.ctx, hold); return err })
		if got == nil && amount != a.holds[m.key()].Amount {
			return fmt.Errorf("reserved %d, should be %d", amount, a.holds[m.key()].Amount)
		}
	case "settle":
		var used igny8.Credits
		want = a.settleHold(m)
		got = b.as(a.everything(), func(q *Queries) (err error) {
			used, err = q.Settle(b.ctx, Settlement{Key: m.key(), Units: m.Units, Result: []int{1}, Item: uuid.New()})
			return err
		})
		if got == nil && used != a.holds[m.key()].Settled {
			return fmt.Errorf("charged %d, should be %d", used, a.holds[m.key()].Settled)
		}
	case "release":
		want = a.release(m)
		got = b.as(a.everything(), func(q *Queries) error {
			return q.Release(b.ctx, Hold{Key: m.key(), Site: a.site, Run: a.runs[m.Run].ID, Function: m.Function})
		})
	}
	if code := igny8.CodeOf(got); code != want {
		return errors.Join(fmt.Errorf("answered %q, should answer %q", code, want), got)
	}
	// The statements refuse by themselves; the tables' checks are the net below.
	if pg, fell := errors.AsType[*pgconn.PgError](got); fell {
		return fmt.Errorf("only the schema refused it: %w", pg)
	}
	return b.compare(a)
}

func (b bank) grant(a *account, m move) error {
	_, err := AsSystem(b.ctx, b.Store, func(q *system.Queries) (system.CreditTransaction, error) {
		return q.Credit(b.ctx, system.CreditParams{AccountID: a.account, OpKey: "grant:" + m.key(), Amount: igny8.Credits(m.Units*5 + 1), TransactionType: "grant"})
	})
	return err
}

// compare holds the wallet, the runs and the holds against the model.
func (b bank) compare(a *account) error {
	return b.as(a.everything(), func(q *Queries) error {
		w, err := q.Wallet(b.ctx)
		if err != nil {
			return err
		}
		if w.Posted != a.posted || w.Held != a.held {
			return fmt.Errorf("the wallet says %d posted, %d held; should be %d, %d", w.Posted, w.Held, a.posted, a.held)
		}
		for _, want := range a.runs[1:] {
			r, err := q.Run(b.ctx, want.ID)
			if err != nil {
				return err
			}
			if r.CreditsReserved != want.CreditsReserved || r.CreditsSettled != want.CreditsSettled || r.CreditsReleased != want.CreditsReleased {
				return fmt.Errorf("the run says %d reserved, %d settled, %d released; should be %d, %d, %d",
					r.CreditsReserved, r.CreditsSettled, r.CreditsReleased, want.CreditsReserved, want.CreditsSettled, want.CreditsReleased)
			}
		}
		for key, want := range a.holds {
			h, err := q.Hold(b.ctx, key)
			if err != nil {
				return err
			}
			if h.Status != want.Status || h.Amount != want.Amount || h.Settled != want.Settled {
				return fmt.Errorf("the hold %s is %s, %d of %d; should be %s, %d of %d", key, h.Status, h.Settled, h.Amount, want.Status, want.Settled, want.Amount)
			}
		}
		return nil
	})
}

func (a *account) grant(m move) igny8.Code {
	if a.grants[m.key()] {
		return igny8.NotFound // it was done before
	}
	a.grants[m.key()] = true
	a.posted += igny8.Credits(m.Units*5 + 1)
	return ""
}

func charge(m move) igny8.Credits {
	p := m.Function.DefaultPrice() * igny8.Credits(m.Units)
	if m.OwnKey {
		p = igny8.OwnKeyPrice(p)
	}
	return p
}

func (a *account) reserve(m move) igny8.Code {
	if h := a.holds[m.key()]; h != nil {
		switch {
		case h.Status != igny8.HoldHeld:
			return igny8.Conflict
		case h.Function != m.Function || int(h.Units) != m.Units || h.OwnKey != m.OwnKey || *h.RunID != a.runs[m.Run].ID:
			return igny8.Mismatch
		}
		return ""
	}
	amount, run := charge(m), &a.runs[m.Run]
	switch {
	case run.MaxCredits != nil && run.CreditsReserved+run.CreditsSettled+amount > *run.MaxCredits:
		return igny8.RunCap
	case a.posted-a.held < amount:
		return igny8.NoCredits
	}
	a.held += amount
	run.CreditsReserved += amount
	a.holds[m.key()] = &CreditHold{Status: igny8.HoldHeld, Function: m.Function, Units: int32(m.Units), OwnKey: m.OwnKey, RunID: &run.ID, Amount: amount}
	return ""
}

func (a *account) settleHold(m move) igny8.Code {
	h := a.holds[m.key()]
	switch {
	case h == nil:
		return igny8.NotFound
	case m.Units > int(h.Units):
		return igny8.Invalid
	case h.Status != igny8.HoldHeld:
		return igny8.Conflict
	}
	h.Status = igny8.HoldSettled
	h.Settled = charge(move{Function: h.Function, Units: m.Units, OwnKey: h.OwnKey})
	a.posted -= h.Settled
	a.resolve(h)
	return ""
}

func (a *account) release(m move) igny8.Code {
	h := a.holds[m.key()]
	switch {
	case h == nil:
		a.holds[m.key()] = &CreditHold{Status: igny8.HoldReleased, RunID: &a.runs[m.Run].ID}
	case h.Status == igny8.HoldSettled:
		return igny8.Conflict
	case h.Status == igny8.HoldHeld:
		h.Status = igny8.HoldReleased
		a.resolve(h)
	}
	return ""
}

// resolve takes a hold out of the wallet and its run.
func (a *account) resolve(h *CreditHold) {
	a.held -= h.Amount
	for i := range a.runs {
		if r := &a.runs[i]; r.ID == *h.RunID {
			r.CreditsReserved -= h.Amount
			r.CreditsSettled += h.Settled
			r.CreditsReleased += h.Amount - h.Settled
		}
	}
}

// mutant rewrites one query, as a hasty edit of it would.
type mutant struct {
	query, from, to string
	hits            int // how often the query was rewritten
}

func (m *mutant) rewrite(sql string) string {
	if !strings.HasPrefix(sql, "-- name: "+m.query+" ") {
		return sql
	}
	if strings.Contains(sql, m.from) {
		m.hits++
	}
	return strings.Replace(sql, m.from, m.to, 1)
}
