package store

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
)

// maxText is how many bytes a value may have: a cursor has the longest title,
// whatever its characters.
const maxText = 4000

// check refuses a value that PostgreSQL would not read as the filter's type.
// What it lets through may still be out of range, which is refused there.
func (f Filter) check(name, value string) (err error) {
	want := ""
	switch f.Type {
	case "uuid":
		want = "an ID"
		_, err = uuid.Parse(value)
	case "int", "bigint":
		want = "a whole number"
		bits := 32
		if f.Type == "bigint" {
			bits = 64
		}
		_, err = strconv.ParseInt(value, 10, bits)
	case "bool":
		want = "true or false"
		_, err = strconv.ParseBool(value)
	case "timestamptz":
		want = "a time such as 2026-01-31T12:00:00Z"
		if _, err = time.Parse(time.RFC3339, value); err != nil {
			_, err = time.Parse("2006-01-02 15:04:05.999999999Z07", value) // as PostgreSQL writes it
		}
	default:
		want = "text"
		if strings.ContainsRune(value, 0) || len(value) > maxText {
			err = strconv.ErrSyntax
		}
	}
	if err != nil {
		return igny8.FieldErrorf(name, "%s must be %s.", name, want)
	}
	return nil
}

// limitOf reads one of a plan's limits; there may be none.
func limitOf(limits json.RawMessage, name string) (int64, bool) {
	var all map[string]int64
	if json.Unmarshal(limits, &all) != nil {
		return 0, false
	}
	n, ok := all[name]
	return n, ok
}

// asked is the list from where the question is answered: searched rows may come
// from elsewhere.
func (l *List) asked(a Ask) *List {
	if a.Search == "" || l.Searched == "" {
		return l
	}
	other := *l
	other.From = l.Searched
	return &other
}
