package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"sync"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/igny8/igny8"
)

// A Making is a row to be made and entered into the audit log, both or neither.
type Making struct {
	*Set
	Parent uuid.UUID
	If     string      // SQL that must hold, if any; $name is the value of a column
	Note   AuditParams // its target without the ID
}

// Make adds a row to a table and returns it as a row of its list, whose From is
// the table alone: who asks, the row, its entry in the audit log and the commit
// are one message to the database. Nothing is made where there is no such parent
// or If does not hold; whoever asks then finds out why.
func Make[T any](ctx context.Context, s *Store, p igny8.Principal, l *List, t *Table, m *Making) (out T, made bool, err error) {
	if p.Account.IsZero() {
		return out, false, igny8.Errorf(igny8.Unauthenticated, "sign in first")
	}
	sql, args := m.statement(reflect.TypeFor[T](), t), m.arguments(t)
	var batch pgx.Batch
	batch.Queue(whose, p.Account.String(), sitesOf(p))
	batch.Queue(sql, args...)
	tally(ctx)
	sent := s.app.SendBatch(ctx, &batch)
	defer func() { // when all of it has been committed
		if closed := sent.Close(); err == nil {
			err = coded(closed)
		}
	}()
	if _, err := sent.Exec(); err != nil {
		return out, false, coded(err)
	}
	into, row, _ := target[T]()
	err = sent.QueryRow().Scan(into[:len(into)-2]...)
	if errors.Is(err, pgx.ErrNoRows) {
		return out, false, nil
	}
	return *row, err == nil, coded(err)
}

// form is what the text of a Making's statement depends on.
type form struct {
	row                    reflect.Type
	table, columns, onlyIf string
}

// forms are the statements that were made, which are as few as the choices of
// fields that a request may give.
var forms sync.Map

// statement makes and notes a row, and returns it.
func (m *Making) statement(row reflect.Type, t *Table) string {
	f := form{row, t.Name, strings.Join(m.columns, ","), m.If}
	if text, made := forms.Load(f); made {
		return text.(string)
	}
	insert := insertion(t, m.Set)
	if m.If != "" {
		insert += " and (" + os.Expand(m.If, m.place) + ")"
	}
	noted := len(inserted(t, m.Parent, m.Set))
	places := make([]any, 8)
	for i := range places {
		places[i] = noted + i + 1
	}
	text := fmt.Sprintf(`with r as (%s returning *), noted as (
		insert into igny8_audit_log (account_id, actor_id, actor_role, action, target, outcome, detail, request_id, ip)
		select account_id, $%d, $%d, $%d, $%d || '/' || id, $%d, $%d, $%d, $%d from r)
		select %s from r`, append(append([]any{insert}, places...), columns(row))...)
	forms.Store(f, text)
	return text
}

// arguments are the statement's values.
func (m *Making) arguments(t *Table) []any {
	n := &m.Note
	return append(inserted(t, m.Parent, m.Set), n.ActorID, n.ActorRole, n.Action, n.Target, n.Outcome, n.Detail, n.RequestID, n.IP)
}

// place is where a column's value stands among the statement's parameters.
func (m *Making) place(column string) string {
	for i, c := range m.columns {
		if c == column {
			return fmt.Sprintf("$%d", i+1)
		}
	}
	return "null"
}

// insertion is the statement that adds a row, without its end.
func insertion(t *Table, s *Set) string {
	columns, places := []string{"account_id"}, []string{"current_account()"}
	from := ""
	switch t.Belongs {
	case OfSite:
		columns, places = append(columns, "site_id"), append(places, "p.id")
		from = "igny8_sites p"
	case OfSector:
		columns, places = append(columns, "site_id", "sector_id"), append(places, "p.site_id", "p.id")
		from = "igny8_sectors p"
	}
	for i, c := range s.columns {
		columns, places = append(columns, c), append(places, fmt.Sprintf("$%d", i+1))
	}
	sql := fmt.Sprintf("insert into %s (%s) select %s", t.Name, strings.Join(columns, ", "), strings.Join(places, ", "))
	if from == "" {
		return sql + " where true"
	}
	return sql + fmt.Sprintf(" from %s where p.account_id = current_account() and p.status = 'active' and p.id = $%d", from, len(s.columns)+1)
}

// inserted are the values of insertion, with room for some more.
func inserted(t *Table, parent uuid.UUID, s *Set) []any {
	args := append(make([]any, 0, len(s.values)+9), s.values...)
	if t.Belongs == OfAccount {
		return args
	}
	return append(args, parent)
}
