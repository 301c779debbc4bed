package store

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/igny8/igny8"
)

// copyTime is how long a COPY may take: as long as a slow reader needs.
const copyTime = 10 * time.Minute

// Copy writes every row of a list that is asked for to w, in its order, as CSV
// without a header: of each row the columns, which are SQL. They come in
// bounded memory, one or more whole rows a Write. Cursor, Page and Size are not
// looked at. Errors are those of Rows, and w's.
func Copy(ctx context.Context, q *Queries, l *List, a Ask, columns []string, w io.Writer) error {
	l = l.asked(a)
	s := l.begin()
	s.settings = true
	if err := l.filter(&s, a); err != nil {
		return err
	}
	a.Cursor = ""
	_, order, err := l.place(&s, a)
	if err != nil {
		return err
	}
	settings := []string{"set_config('statement_timeout', '" + milliseconds(copyTime) + "', true)"}
	for i := range s.args {
		settings = append(settings, fmt.Sprintf("set_config('%s', $%d, true)", setting(i+1), i+1))
	}
	if _, err := q.db.Exec(ctx, "select "+strings.Join(settings, ", "), s.args...); err != nil {
		return err
	}
	tx, ok := q.db.(wire)
	if !ok {
		return igny8.Errorf(igny8.Internal, "COPY needs the transaction of As")
	}
	tally(ctx)
	_, err = tx.Conn().PgConn().CopyTo(ctx, w, "copy (select "+strings.Join(columns, ", ")+l.ordered(s, order, false)+") to stdout (format csv)")
	return coded(err)
}

// setting is where the n-th value of a COPY stands, which takes no parameters.
func setting(n int) string { return fmt.Sprintf("igny8.asked_%d", n) }
