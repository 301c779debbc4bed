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
	return "$" + strconv.Itoa(len(s.args)) + "::text::" + typ
}

// Rows returns a page of a list, as T's fields: each is the column that its json
// name says, or the expression in its sql tag. Errors are Invalid with the field
// of the request, or NotFound for a page that there isn't.
func Rows[T any](ctx context.Context, q *Queries, l *List, a Ask) (p Page[T], err error) {
	if a.Size == 0 {
		a.Size = 50
	}
	if a.Size < 1 || a.Size > MaxPage {
		return p, igny8.FieldErrorf("page_size", "page_size must be from 1 to %d.", MaxPage)
	}
	l = l.asked(a)
	s := l.begin()
	if err := l.filter(&s, a); err != nil {
		return p, err
	}
	if p.Count, p.Exact, err = l.count(ctx, q, s, a); err != nil {
		return p, err
	}
	at, order, err := l.place(&s, a)
	if err != nil {
		return p, err
	}
	offset := 0
	if a.Cursor == "" && a.Page > 1 {
		if offset = (a.Page - 1) * a.Size; a.Page > MaxOffset || offset >= MaxOffset {
			return p, igny8.FieldErrorf("page", "Pages are numbered up to row %d. Go on from there by the address in next.", MaxOffset)
		}
	}
	rows, keys, err := fetch[T](ctx, q, l, s, order, at.Back, a.Size+1, offset)
	if err != nil {
		return p, err
	}
	if offset > 0 && len(rows) == 0 {
		return p, igny8.Errorf(igny8.NotFound, "There is no page %d.", a.Page)
	}
	more := len(rows) > a.Size
	if more {
		rows, keys = rows[:a.Size], keys[:a.Size]
	}
	if at.Back {
		slices.Reverse(rows)
		slices.Reverse(keys)
	}
	p.Rows = rows
	if n := len(keys); n > 0 {
		if more || at.Back {
			p.Next = cursor{Order: at.Order, Value: keys[n-1].value, ID: keys[n-1].id}.String()
		}
		if at.Back && more || !at.Back && (a.Cursor != "" || offset > 0) {
			p.Previous = cursor{Order: at.Order, Value: keys[0].value, ID: keys[0].id, Back: true}.String()
		}
	}
	return p, nil
}

// Row returns one row of a list by its ID, as T's fields.
func Row[T any](ctx context.Context, q *Queries, l *List, id string) (out T, err error) {
	s := l.begin()
	if err := (Filter{Type: l.idType()}).check("id", id); err != nil {
		return out, coded(pgx.ErrNoRows)
	}
	s.where = append(s.where, l.id()+" = "+s.param(id, l.idType()))
	rows, _, err := fetch[T](ctx, q, l, s, Order{SQL: l.id(), Type: l.idType()}, false, 1, 0)
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
	var places []string
	for _, v := range chosen {
		if !slices.Contains(f.Values, v) {
			return igny8.FieldErrorf(name, "%s must be one of %s.", name, strings.Join(f.Values, ", "))
		}
		places = append(places, s.param(v, "text"))
	}
	if len(places) == 1 {
		s.where = append(s.where, f.SQL+" = "+places[0])
	} else {
		s.where = append(s.where, f.SQL+" in ("+strings.Join(places, ", ")+")")
	}
	return nil
}

// count tells how many rows there are: by the counters the database keeps where
// they know, else by looking at no more than CountUntil.
func (l *List) count(ctx context.Context, q *Queries, s statement, a Ask) (n int64, exact bool, err error) {
	if l.Counted != "" && a.Search == "" {
		if n, ok, err := l.counted(ctx, q, a); ok || err != nil {
			return n, true, err
		}
	}
	sql := fmt.Sprintf("select count(*) from (select from %s where %s limit %d) x", l.From, strings.Join(s.where, " and "), CountUntil+1)
	if err := q.db.QueryRow(ctx, sql, s.arguments()...).Scan(&n); err != nil {
		return 0, false, err
	}
	return min(n, CountUntil), n <= CountUntil, nil
}

// counted asks the counters, unless something is asked for that they don't know.
func (l *List) counted(ctx context.Context, q *Queries, a Ask) (n int64, ok bool, err error) {
	c := statement{where: []string{"account_id = (select current_account())"}}
	c.where = append(c.where, "kind = "+c.param(l.Counted, "text"))
	for _, name := range sortedKeys(a.Filters) {
		value := a.Filters[name]
		switch name {
		case "status":
			c.where = append(c.where, "status = any(string_to_array("+c.param(value, "text")+", ','))")
		case "sector_id", "site_id":
			c.where = append(c.where, name+" = "+c.param(value, "uuid"))
		default:
			return 0, false, nil
		}
	}
	err = q.db.QueryRow(ctx, "select coalesce(sum(n), 0)::bigint from igny8_counts where "+strings.Join(c.where, " and "), c.args...).Scan(&n)
	return n, true, err
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
	way := "asc"
	if order.Flip != back {
		way = "desc"
	}
	return fmt.Sprintf("select %s, (%s)::text, (%s)::text from %s where %s order by %s %s, %s %s",
		columns(row), order.SQL, l.id(), l.From, strings.Join(s.where, " and "), order.SQL, way, l.id(), way)
}

// fetch runs the query of a page.
func fetch[T any](ctx context.Context, q *Queries, l *List, s statement, order Order, back bool, limit, offset int) ([]T, []key, error) {
	sql := l.statement(reflect.TypeFor[T](), s, order, back) + fmt.Sprintf(" limit %d offset %d", limit, offset)
	result, err := q.db.Query(ctx, sql, s.arguments()...)
	if err != nil {
		return nil, nil, err
	}
	defer result.Close()
	found, keys := []T{}, []key{}
	for result.Next() {
		t, k, err := scan[T](result)
		if err != nil {
			return nil, nil, err
		}
		found, keys = append(found, t), append(keys, k)
	}
	return found, keys, result.Err()
}

// scan reads a row into T's fields, in their order.
func scan[T any](result pgx.Rows) (t T, k key, err error) {
	v := reflect.ValueOf(&t).Elem()
	into := make([]any, 0, v.NumField()+2)
	for i := range v.NumField() {
		into = append(into, v.Field(i).Addr().Interface())
	}
	err = result.Scan(append(into, &k.value, &k.id)...)
	return t, k, err
}

// columns lists what is selected into the fields of a row.
func columns(t reflect.Type) string {
	all := make([]string, t.NumField())
	for i := range all {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if all[i] = f.Tag.Get("sql"); all[i] == "" {
			all[i] = "r." + name
		}
	}
	return strings.Join(all, ", ")
}

func sortedKeys[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
