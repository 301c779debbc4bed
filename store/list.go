package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/igny8/igny8"
)

// A List says what may be asked of a table: by what its rows are filtered,
// ordered and searched. All names in it are ours; what a request says becomes a
// parameter, or chooses among these.
type List struct {
	From     string            // tables, as after "from"; the first has the alias r
	ID       string            // column that names a row, r.id if empty
	IDType   string            // its type, uuid if empty
	Where    string            // what holds for all its rows, if something does
	Filters  map[string]Filter // by their names in a request
	Orders   map[string]Order  // likewise; "-name" is the other way round
	Default  string            // the order unless another is asked for
	Search   []string          // columns that are searched
	Searched string            // From while searching, if that is another; it has the same columns
	BySector bool              // each row is of a sector, and each order has an index that begins with it
	Counted  string            // the kind under which igny8_counts has the rows, if it does
}

// A Filter keeps the rows in which SQL compares with the value asked for.
type Filter struct {
	SQL    string   // a column, or with a %s for the value a whole condition
	Type   string   // of the value in PostgreSQL: uuid, text, int, bool, timestamptz
	Values []string // all that are allowed, if they are few
	Doc    string
}

// An Order sorts by an expression that is never null and that an index has.
type Order struct {
	SQL  string
	Type string // of the expression in PostgreSQL
	Flip bool   // the expression grows as what it stands for shrinks
}

// Ask is one request for a page of a List.
type Ask struct {
	Filters  map[string]string
	Search   string
	Ordering string
	Cursor   string // from a page before; Page is then ignored
	Page     int    // from 1; 0 is 1
	Size     int    // rows in a page, 1 to MaxPage; 0 is 50
}

const (
	MaxPage    = 500    // rows in a page
	MaxOffset  = 10_000 // rows that a numbered page may begin after
	CountUntil = 1000   // rows that a filtered list is counted up to
)

// A Page is some rows of a List.
type Page[T any] struct {
	Rows           []T
	Count          int64
	Exact          bool   // there are no more than Count
	Next, Previous string // cursors; empty if there is no such page
}

// cursor is a place in an order: behind a row, or before it.
type cursor struct {
	Order string `json:"o"`
	Value string `json:"v"`
	ID    string `json:"i"`
	Back  bool   `json:"b,omitempty"` // the page that ends before the row
}

func (c cursor) String() string {
	b, _ := json.Marshal(c) // strings and a bool: never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

func parseCursor(s string) (c cursor, err error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil {
		return c, igny8.FieldErrorf("cursor", "This cursor is not one of ours. Begin again at the first page.")
	}
	return c, nil
}

// statement collects SQL and its parameters.
type statement struct {
	where    []string
	args     []any
	filtered bool
	settings bool // values are read from settings: see Copy
}

// arguments are what the statement is sent with. What a list is filtered by
// decides about its plan, so that one which was made for any value is of no use.
func (s *statement) arguments() []any {
	if !s.filtered {
		return s.args
	}
	return append([]any{pgx.QueryExecModeCacheDescribe}, s.args...)
}

// param adds a value and returns its place. Values travel as text, which
// PostgreSQL reads as the type.
func (s *statement) param(value, typ string) string {
	s.args = append(s.args, value)
	if s.settings {
		return "current_setting('" + setting(len(s.args)) + "')::" + typ
	}
	return "$" + strconv.Itoa(len(s.args)) + "::text::" + typ
}

// Row returns one row of a list by its ID, as T's fields.
func Row[T any](ctx context.Context, q *Queries, l *List, id string) (out T, err error) {
	s := l.begin()
	if err := (Filter{Type: l.idType()}).check("id", id); err != nil {
		return out, coded(pgx.ErrNoRows)
	}
	s.where = append(s.where, l.id()+" = "+s.param(id, l.idType()))
	rows, _, err := fetch[T](ctx, q, l.statement(reflect.TypeFor[T](), s, Order{SQL: l.id(), Type: l.idType()}, false)+" limit 1", s.args, 1)
	if err == nil && len(rows) == 0 {
		err = coded(pgx.ErrNoRows)
	}
	if err != nil {
		return out, err
	}
	return rows[0], nil
}

// begin is what every statement about the list's rows begins with.
func (l *List) begin() (s statement) {
	s.where = []string{"r.account_id = (select current_account())"}
	if l.Where != "" {
		s.where = append(s.where, l.Where)
	}
	return s
}

func (l *List) id() string {
	if l.ID == "" {
		return "r.id"
	}
	return l.ID
}

func (l *List) idType() string {
	if l.IDType == "" {
		return "uuid"
	}
	return l.IDType
}

// filter adds what the request asks for to the statement.
func (l *List) filter(s *statement, a Ask) error {
	s.filtered = len(a.Filters) > 0 || a.Search != ""
	for _, name := range sortedKeys(a.Filters) {
		f, ok := l.Filters[name]
		if !ok {
			return igny8.FieldErrorf(name, "This list can't be filtered by %q; it can be by %s.", name, strings.Join(sortedKeys(l.Filters), ", "))
		}
		value := a.Filters[name]
		if f.Type == "text" && len(f.Values) > 0 {
			if err := f.choose(s, name, value); err != nil {
				return err
			}
			continue
		}
		if err := f.check(name, value); err != nil {
			return err
		}
		condition := f.SQL
		if !strings.Contains(condition, "%s") {
			condition += " = %s"
		}
		s.where = append(s.where, fmt.Sprintf(condition, s.param(value, f.Type)))
	}
	if a.Search != "" && len(l.Search) == 0 {
		return igny8.FieldErrorf("search", "This list can't be searched.")
	}
	if a.Search != "" {
		if strings.ContainsRune(a.Search, 0) {
			return igny8.FieldErrorf("search", "What is searched for must be text.")
		}
		pattern := s.param("%"+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(a.Search)+"%", "text")
		var any []string
		for _, column := range l.Search {
			any = append(any, column+" ilike "+pattern)
		}
		s.where = append(s.where, "("+strings.Join(any, " or ")+")")
	}
	return nil
}

// choose adds a filter by one or more of few values, separated by commas.
func (f Filter) choose(s *statement, name, value string) error {
	chosen := strings.Split(value, ",")
	var seen, places []string
	for _, v := range chosen {
		if !slices.Contains(f.Values, v) {
			return igny8.FieldErrorf(name, "%s must be one of %s.", name, strings.Join(f.Values, ", "))
		}
		if !slices.Contains(seen, v) {
			seen, places = append(seen, v), append(places, s.param(v, "text"))
		}
	}
	if len(places) == 1 {
		s.where = append(s.where, f.SQL+" = "+places[0])
	} else {
		s.where = append(s.where, f.SQL+" in ("+strings.Join(places, ", ")+")")
	}
	return nil
}

// place finds where the page begins, and adds that to the statement.
func (l *List) place(s *statement, a Ask) (cursor, Order, error) {
	at := cursor{Order: a.Ordering}
	if at.Order == "" {
		at.Order = l.Default
	}
	if a.Cursor != "" {
		c, err := parseCursor(a.Cursor)
		if err == nil && a.Ordering != "" && a.Ordering != c.Order {
			err = igny8.FieldErrorf("ordering", "A cursor goes on in its own order. To change the order, begin at the first page.")
		}
		if err != nil {
			return at, Order{}, err
		}
		at = c
	}
	name, down := strings.CutPrefix(at.Order, "-")
	order, ok := l.Orders[name]
	if !ok {
		return at, order, igny8.FieldErrorf("ordering", "This list can be ordered by %s, or the other way round with a minus sign before it.", strings.Join(sortedKeys(l.Orders), ", "))
	}
	order.Flip = order.Flip != down // from here on: whether it goes down
	if a.Cursor != "" {
		if err := (Filter{Type: order.Type}).check("cursor", at.Value); err != nil {
			return at, order, err
		}
		if err := (Filter{Type: l.idType()}).check("cursor", at.ID); err != nil {
			return at, order, err
		}
		op := ">"
		if order.Flip != at.Back {
			op = "<"
		}
		s.where = append(s.where, fmt.Sprintf("(%s, %s) %s (%s, %s)", order.SQL, l.id(), op, s.param(at.Value, order.Type), s.param(at.ID, l.idType())))
	}
	return at, order, nil
}

// key is where a row stands in its order.
type key struct{ value, id string }

// statement is the query of the list's rows. back turns the order round.
func (l *List) statement(row reflect.Type, s statement, order Order, back bool) string {
	return fmt.Sprintf("select %s, (%s)::text, (%s)::text", columns(row), order.SQL, l.id()) + l.ordered(s, order, back)
}

// ordered is the rest of such a query: from where, which rows, in which order.
func (l *List) ordered(s statement, order Order, back bool) string {
	return fmt.Sprintf(" from %s where %s", l.From, strings.Join(s.where, " and ")) + l.orderBy(order, back)
}

func (l *List) orderBy(order Order, back bool) string {
	way := "asc"
	if order.Flip != back {
		way = "desc"
	}
	return fmt.Sprintf(" order by %s %s, %s %s", order.SQL, way, l.id(), way)
}

// fetch runs a query of a list's rows.
func fetch[T any](ctx context.Context, q *Queries, sql string, args []any, some int) ([]T, []key, error) {
	result, err := q.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, nil, err
	}
	return gather[T](result, some)
}

// gather reads all rows of a result, of which there may be some.
func gather[T any](result pgx.Rows, some int) ([]T, []key, error) {
	defer result.Close()
	found, keys := make([]T, 0, some), make([]key, 0, some)
	into, t, k := target[T]()
	for result.Next() {
		if err := result.Scan(into...); err != nil {
			return nil, nil, err
		}
		found, keys = append(found, *t), append(keys, *k)
	}
	return found, keys, result.Err()
}

// target is what rows are scanned into, one after the other: T's fields in their
// order, and the key. A row that was copied shares nothing with the next.
func target[T any]() (into []any, t *T, k *key) {
	t, k = new(T), new(key)
	v := reflect.ValueOf(t).Elem()
	into = make([]any, 0, v.NumField()+2)
	for i := range v.NumField() {
		into = append(into, v.Field(i).Addr().Interface())
	}
	return append(into, &k.value, &k.id), t, k
}

// selected are the columns of the types that were asked for.
var selected sync.Map

// columns lists what is selected into the fields of a row.
func columns(t reflect.Type) string {
	if known, ok := selected.Load(t); ok {
		return known.(string)
	}
	all := make([]string, t.NumField())
	for i := range all {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if all[i] = f.Tag.Get("sql"); all[i] == "" {
			all[i] = "r." + name
		}
	}
	text := strings.Join(all, ", ")
	selected.Store(t, text)
	return text
}

func sortedKeys[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
