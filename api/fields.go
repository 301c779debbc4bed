package api

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// How a body gives fields.
type (
	creating  struct{} // those that are left out become what the database has for them
	replacing struct{} // ... become empty, but for those tagged keep
	patching  struct{} // ... stay
	several   struct{} // likewise, in each of several rows
)

// fields are what a body says of a row: F as it was read, and which of its
// fields were named. A field's tag change says what may be done with it: parent
// is the row that a new one belongs to, create is said of a new row only, keep
// stays as it is in a replacement that leaves it out. A column is named as its
// field, unless the tag column says otherwise; "-" is none.
type fields[F, M any] struct {
	change  change[F]
	version int64
}

// Schema tells huma what the body may have.
func (fields[F, M]) Schema(r huma.Registry) *huma.Schema {
	all := huma.SchemaFromType(r, reflect.TypeFor[F]())
	var mode any = *new(M)
	out := &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{}, AdditionalProperties: false}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[F]()) {
		name := jsonName(f)
		property := all.Properties[name]
		if property == nil {
			continue
		}
		about := f.Tag.Get("change")
		if mode != (creating{}) && (about == "parent" || about == "create") {
			continue
		}
		out.Properties[name] = property
		if (mode == creating{} || mode == replacing{}) && slices.Contains(all.Required, name) {
			out.Required = append(out.Required, name)
		}
	}
	if mode == (replacing{}) || mode == (patching{}) {
		out.Properties["version"] = &huma.Schema{Type: huma.TypeInteger, Format: "int64", Description: "Of the row as it was read; another one since is 409", Minimum: new(1.0)}
		out.Required = append(out.Required, "version")
	}
	out.PrecomputeMessages()
	return out
}

// UnmarshalJSON reads the body, which was held against the schema before.
func (f *fields[F, M]) UnmarshalJSON(b []byte) error {
	var given map[string]json.RawMessage
	if err := json.Unmarshal(b, &given); err != nil {
		return err
	}
	f.change = change[F]{Set: &store.Set{}, Fields: new(F), given: map[string]bool{}}
	if err := json.Unmarshal(b, f.change.Fields); err != nil {
		return err
	}
	for name := range given {
		f.change.given[name] = true
	}
	if raw, ok := given["version"]; ok {
		delete(f.change.given, "version")
		if err := json.Unmarshal(raw, &f.version); err != nil {
			return err
		}
	}
	_, replace := any(*new(M)).(replacing)
	f.change.fill(replace)
	return nil
}

// fill puts the fields that were given into the set, and if all are to be
// replaced the others too.
func (c *change[F]) fill(replace bool) {
	v := reflect.ValueOf(c.Fields).Elem()
	for _, f := range layoutOf(v.Type()) {
		if f.column != "-" && (c.given[f.name] || replace && f.about == "") {
			c.Put(f.column, valueOf(v.FieldByIndex(f.index)))
		}
	}
}

// field is one of F: its name in a body, what its tag change says, and its column.
type field struct {
	index               []int
	name, about, column string
}

var layouts sync.Map // the fields of each type

// layoutOf are the fields of F.
func layoutOf(t reflect.Type) (all []field) {
	if known, ok := layouts.Load(t); ok {
		return known.([]field)
	}
	for _, f := range reflect.VisibleFields(t) {
		one := field{index: f.Index, name: jsonName(f), about: f.Tag.Get("change"), column: f.Tag.Get("column")}
		if f.Anonymous || one.name == "-" || one.about == "parent" {
			one.column = "-"
		} else if one.column == "" {
			one.column = one.name
		}
		all = append(all, one)
	}
	layouts.Store(t, all)
	return all
}

// valueOf is a field as a column takes it: a list is empty rather than null.
func valueOf(v reflect.Value) any {
	if v.Kind() == reflect.Slice && v.IsNil() {
		if v.Type() == reflect.TypeFor[json.RawMessage]() {
			return json.RawMessage("{}")
		}
		return reflect.MakeSlice(v.Type(), 0, 0).Interface()
	}
	return v.Interface()
}

// dated refuses a time that could not be shown in every zone, as a list must.
func dated(field string, at *time.Time) error {
	if at == nil {
		return nil
	}
	if year := at.UTC().Year(); year < 1970 || year > 9998 {
		return igny8.FieldErrorf(field, "%s is in a year from 1970 to 9998.", field)
	}
	return nil
}

// parentOf is what a new row is to belong to.
func parentOf(of any) (id uuid.UUID) {
	v := reflect.ValueOf(of).Elem()
	for _, f := range layoutOf(v.Type()) {
		if f.about == "parent" {
			id, _ = v.FieldByIndex(f.index).FieldByName("UUID").Interface().(uuid.UUID)
		}
	}
	return id
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "" {
		return "-"
	}
	return name
}

func sorted(set map[string]bool) []string {
	names := make([]string, 0, len(set))
	for name := range set {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
