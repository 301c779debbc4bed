package store

import (
	"context"
	"iter"
	"reflect"
)

// Each returns every row of a list that is asked for, in its order, one at a
// time as they come from the database: Cursor, Page and Size are not looked at.
// It is used inside the transaction of q.
func Each[T any](ctx context.Context, q *Queries, l *List, a Ask) (iter.Seq2[T, error], error) {
	s := l.begin()
	if err := l.filter(&s, a); err != nil {
		return nil, err
	}
	a.Cursor = ""
	_, order, err := l.place(&s, a)
	if err != nil {
		return nil, err
	}
	rows, err := q.db.Query(ctx, l.statement(reflect.TypeFor[T](), s, order, false), s.arguments()...)
	if err != nil {
		return nil, err
	}
	return func(yield func(T, error) bool) {
		defer rows.Close()
		into, t, _ := target[T]()
		for rows.Next() {
			err := rows.Scan(into...)
			if !yield(*t, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			var none T
			yield(none, err)
		}
	}, nil
}
