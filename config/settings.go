package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/viper"

	"github.com/igny8/igny8"
)

// setting is one field of Config, as its tags describe it.
type setting struct {
	key, env, fallback, help string
	index                    int
	kind                     reflect.Kind
	secret                   bool
}

// variables are the environment variables that set it, the first one first.
func (s setting) variables() []string {
	own := "IGNY8_" + strings.ToUpper(s.key)
	if s.env == "" {
		return []string{own}
	}
	return []string{own, s.env}
}

func settings() []setting {
	t := reflect.TypeFor[Config]()
	var all []setting
	for i := range t.NumField() {
		f := t.Field(i)
		all = append(all, setting{
			key: f.Tag.Get("key"), env: f.Tag.Get("env"), fallback: f.Tag.Get("default"), help: f.Tag.Get("help"),
			index: i, kind: f.Type.Kind(), secret: f.Type == reflect.TypeFor[igny8.Secret](),
		})
	}
	return all
}

// fill sets every field from what viper found.
func fill(c *Config, v *viper.Viper) error {
	into := reflect.ValueOf(c).Elem()
	for _, s := range settings() {
		field, text := into.Field(s.index), strings.TrimSpace(v.GetString(s.key))
		if err := set(field, text); err != nil {
			return fmt.Errorf("%s can't be %q: %w", s.key, text, err)
		}
	}
	return nil
}

func set(field reflect.Value, text string) error {
	switch {
	case field.Kind() == reflect.String:
		field.SetString(text)
	case text == "":
	case field.Type() == reflect.TypeFor[time.Duration]():
		d, err := time.ParseDuration(text)
		if err != nil {
			return fmt.Errorf("it is a time such as 300ms or 2s")
		}
		field.SetInt(int64(d))
	case field.Kind() == reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("it is a whole number")
		}
		field.SetInt(int64(n))
	case field.Kind() == reflect.Float64:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return fmt.Errorf("it is a number")
		}
		field.SetFloat(n)
	case field.Kind() == reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("it is true or false")
		}
		field.SetBool(b)
	}
	return nil
}

// Example is .env.example: every setting, with its default, as a comment.
func Example() string {
	var b strings.Builder
	b.WriteString("# Every setting of igny8, as an environment variable. Made from the code by `make generate`.\n")
	b.WriteString("# A flag of the same name goes before, a file igny8.yaml after.\n")
	for _, s := range settings() {
		fmt.Fprintf(&b, "\n# %s", s.help)
		if s.env != "" {
			fmt.Fprintf(&b, " (also %s)", s.env)
		}
		fmt.Fprintf(&b, "\n# %s=%s\n", s.variables()[0], s.fallback)
	}
	return b.String()
}
