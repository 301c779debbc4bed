package store

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

// Each thing that can be wrong with the books is done to them once, by somebody
// whom no check or trigger stops, and ledger_check says so.
func TestLedgerCheckSees(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.settle(t)
	run := w.run(t, h, igny8.KindArticle)
	w.credit(t, h.account, "grant", 100)
	require.NoError(t, Do(w.ctx, w.Store, h.everything(), func(q *Queries) error {
		for _, key := range []string{"settled", "held", "released"} {
			if _, err := q.Reserve(w.ctx, Hold{Key: key, Run: run, Function: igny8.Writing, Units: 2}); err != nil {
				return err
			}
		}
		if _, err := q.Settle(w.ctx, Settlement{Key: "settled", Units: 1, Item: uuid.New()}); err != nil {
			return err
		}
		return q.Release(w.ctx, Hold{Key: "released"})
	}))
	w.balanced(t)

	const entry = "insert into igny8_credit_transactions (account_id, seq, op_key, transaction_type, amount, balance_after, hold_key) select account_id, seq + 1, 'forged', %s from igny8_wallets where account_id = $1"
	const follow = "; update igny8_wallets set seq = seq + 1, posted = posted + %d where account_id = $1"
	for name, wrong := range map[string]struct{ do, says string }{
		"a wallet with more than its entries": {"update igny8_wallets set posted = posted + 1 where account_id = $1", "its entries sum to"},
		"a wallet with less than its holds":   {"update igny8_wallets set held = held - 1 where account_id = $1", "its open holds sum to"},
		"a wallet below nothing":              {"update igny8_wallets set held = posted + 1 where account_id = $1", "wallet .*: posted 95, held 96"},
		"a wallet that counts further":        {"update igny8_wallets set seq = seq + 1 where account_id = $1", "wallet says 3"},
		"an entry that is gone":               {"delete from igny8_credit_transactions where account_id = $1 and seq = 1", "last entry 2, wallet says 2|balance after it"},
		"an entry that was changed":           {"update igny8_credit_transactions set balance_after = balance_after + 1 where account_id = $1 and seq = 2", "entry .*: balance after it is 96, the sum is 95"},
		"a wallet that is gone":               {"delete from igny8_wallets where account_id = $1", "has entries or holds and no wallet"},
		"an account without a wallet":         {"delete from igny8_wallets where account_id <> $1", "account .* has no wallet"},
		"a hold that charged more":            {"update igny8_credit_holds set settled = 6 where account_id = $1 and key = 'settled'", "is settled with 6, its entries sum to 5"},
		"a charge for a hold that is open":    {"update igny8_credit_transactions set hold_key = 'held' where account_id = $1 and seq = 2", "is for the hold held, which is not settled"},
		"a charge for nothing":                {fmt.Sprintf(entry, "'usage', -1, posted - 1, null") + fmt.Sprintf(follow, -1), "is for the hold .*, which is not settled"},
		"a refund of a hold nobody knows":     {fmt.Sprintf(entry, "'refund', 5, posted + 5, 'nobody'") + fmt.Sprintf(follow, 5), "is for the hold nobody, which is not settled"},
		"a refund of more than was charged":   {fmt.Sprintf(entry, "'refund', 6, posted + 6, 'settled'") + fmt.Sprintf(follow, 6), "refunds of the hold settled exceed"},
		"a usage log that says otherwise":     {"update igny8_credit_usage_logs set credits_used = 4 where account_id = $1", "usage log of settled says 4, the hold 5"},
		"a usage log that is gone":            {"delete from igny8_credit_usage_logs where account_id = $1", "is settled and no usage log says so"},
		"a run that has settled more":         {"update igny8_runs set credits_settled = 6 where account_id = $1", "run .* has settled 6, its holds say 10 and 5"},
		"a run that holds less":               {"update igny8_runs set credits_reserved = 0 where account_id = $1", "says it holds 0 .* its holds say 10 and 5"},
	} {
		t.Run(name, func(t *testing.T) {
			found := w.tamper(t, h, wrong.do)
			require.NotEmpty(t, found)
			require.Regexp(t, wrong.says, fmt.Sprint(found))
		})
	}
	w.balanced(t) // nothing of it was kept
}

// tamper does what is wrong as superuser, without checks and triggers, asks
// ledger_check about it, and takes it back.
func (w *world) tamper(t *testing.T, h household, statement string) (violations []string) {
	tx, err := w.root.Begin(w.ctx)
	require.NoError(t, err)
	defer func() { require.NoError(t, tx.Rollback(w.ctx)) }()
	_, err = tx.Exec(w.ctx, "set local session_replication_role = replica; alter table igny8_wallets drop constraint credits_not_negative")
	require.NoError(t, err)
	_, err = tx.Exec(w.ctx, strings.ReplaceAll(statement, "$1", "'"+h.account.String()+"'"))
	require.NoError(t, err)
	require.NoError(t, tx.QueryRow(w.ctx, "select violations from ledger_check()").Scan(&violations))
	return violations
}
