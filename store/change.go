package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/igny8/igny8"
)

// A Table says how rows of a List are written. Like the List's, all names in it
// are ours.
type Table struct {
	Name    string
	Belongs Parent // what a new row belongs to
	Version bool   // its rows have one
}

// A Parent is what the rows of a table belong to beside their account.
type Parent string

const (
	OfAccount Parent = ""
	OfSite    Parent = "site_id"
	OfSector  Parent = "sector_id"
)

// A Set is what columns are to become, by their names: ours, never a request's.
type Set struct {
	columns []string
	values  []any
}

// Put sets a column, once: the last value counts.
func (s *Set) Put(column string, value any) {
	for i, c := range s.columns {
		if c == column {
			s.values[i] = value
			return
		}
	}
	s.columns, s.values = append(s.columns, column), append(s.values, value)
}

// Drop leaves a column as it is.
func (s *Set) Drop(column string) {
	for i, c := range s.columns {
		if c == column {
			s.columns = append(s.columns[:i:i], s.columns[i+1:]...)
			s.values = append(s.values[:i:i], s.values[i+1:]...)
			return
		}
	}
}

// Get returns what a column is to become, if it is to become something.
func (s *Set) Get(column string) (any, bool) {
	for i, c := range s.columns {
		if c == column {
			return s.values[i], true
		}
	}
	return nil, false
}

// Insert adds a row to a table, in the active sector or the site that parent
// names. NotFound means that there is no such parent, or not for the asker.
func Insert(ctx context.Context, q *Queries, t *Table, parent uuid.UUID, s *Set) (id uuid.UUID, err error) {
	err = q.db.QueryRow(ctx, insertion(t, s)+" returning id", inserted(t, parent, s)...).Scan(&id)
	return id, err
}

// Update changes the rows of a table that are among ids and, if version is not
// 0, still have it. It returns those it changed.
func Update(ctx context.Context, q *Queries, t *Table, ids []uuid.UUID, version int64, s *Set) ([]uuid.UUID, error) {
	var sets []string
	for i, c := range s.columns {
		sets = append(sets, fmt.Sprintf("%s = $%d", c, i+1))
	}
	args := append([]any{}, s.values...)
	where := "account_id = current_account() and id = any($" + fmt.Sprint(len(args)+1) + "::uuid[])"
	args = append(args, ids)
	if version != 0 && t.Version {
		args = append(args, version)
		where += fmt.Sprintf(" and version = $%d", len(args))
	}
	if len(sets) == 0 {
		return collected(ctx, q, fmt.Sprintf("select id from %s where %s for update", t.Name, where), args)
	}
	return collected(ctx, q, fmt.Sprintf("update %s set %s where %s returning id", t.Name, strings.Join(sets, ", "), where), args)
}

// Delete removes the rows of a table that are among ids, and returns those it
// removed.
func Delete(ctx context.Context, q *Queries, t *Table, ids []uuid.UUID) ([]uuid.UUID, error) {
	return collected(ctx, q, fmt.Sprintf("delete from %s where account_id = current_account() and id = any($1::uuid[]) returning id", t.Name), []any{ids})
}

func collected(ctx context.Context, q *Queries, sql string, args []any) ([]uuid.UUID, error) {
	rows, err := q.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	return ids, coded(err)
}

// MaxChosen is how many rows one action may be about.
const MaxChosen = 10_000

// Chosen returns the IDs of all rows that a list's filters and search leave, if
// there are as many as was expected. Conflict says that there are others by now.
func Chosen(ctx context.Context, q *Queries, l *List, a Ask, expected int) ([]uuid.UUID, error) {
	l = l.asked(a)
	s := l.begin()
	if err := l.filter(&s, a); err != nil {
		return nil, err
	}
	sql := fmt.Sprintf("select %s from %s where %s limit %d", l.id(), l.From, strings.Join(s.where, " and "), MaxChosen+1)
	ids, err := collected(ctx, q, sql, s.arguments())
	if err != nil {
		return nil, err
	}
	if len(ids) > MaxChosen {
		return nil, igny8.FieldErrorf("filter", "At most %d rows can be changed at once. Narrow the filter.", MaxChosen)
	}
	if len(ids) != expected {
		return nil, igny8.Errorf(igny8.Conflict, "There are %d such rows now, and you saw %d. Look again, then repeat it.", len(ids), expected)
	}
	return ids, nil
}

// HoldLimit takes the lock behind which one of the plan's limits is kept, if the
// plan has it, before rows are added that may be many, or that another waits for:
// who adds more waits here, and counts these with their own.
func (q *Queries) HoldLimit(ctx context.Context, limit string) error {
	plan, err := q.PlanFeatures(ctx)
	if err != nil {
		return unplanned(err)
	}
	if _, limited := limitOf(plan.Limits, limit); !limited {
		return nil
	}
	return q.lockLimit(ctx, limit)
}

// unplanned is err, but for an account that has no plan and so no limits.
func unplanned(err error) error {
	if igny8.CodeOf(err) == igny8.NotFound {
		return nil
	}
	return err
}

// lockLimit is has_room's lock, too.
func (q *Queries) lockLimit(ctx context.Context, limit string) error {
	_, err := q.db.Exec(ctx, "select pg_advisory_xact_lock(hashtextextended(current_account()::text || $1, 11))", limit)
	return err
}

// AtMost takes the lock behind which one of the plan's limits is kept, and
// refuses if the account has more of what count counts than the plan allows.
// Called after the row was added, so that of two at once one is refused.
func (q *Queries) AtMost(ctx context.Context, limit, what, count string) error {
	if err := q.lockLimit(ctx, limit); err != nil {
		return err
	}
	plan, err := q.PlanFeatures(ctx)
	if err != nil {
		return unplanned(err)
	}
	most, limited := limitOf(plan.Limits, limit)
	if !limited {
		return nil
	}
	var n int64
	if err := q.db.QueryRow(ctx, count).Scan(&n); err != nil {
		return err
	}
	if n > most {
		return igny8.Errorf(igny8.PlanLimit, "The plan %s allows %d %s, and the account has them. Choose a larger plan for more.", plan.Name, most, what)
	}
	return nil
}
