package igny8_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/igny8/igny8"

// embeddedServer is what only the binary and its devserver may link: it makes
// a program of 20 MB one of 150, and its tests too slow for the race detector.
const embeddedServer = "go.temporal.io/server"

// room is one line of the table "who may import whom" in ARCHITECTURE.md.
type room struct {
	// ours are the packages of this module it may import; "x/..." is x and all
	// below it, "..." is everything.
	ours []string
	// never are import paths from elsewhere it must not name, each with all below it.
	never []string
	// only, if set, are the import paths from outside the standard library it
	// is bound to, each with all below it.
	only []string
}

var (
	clock   = []string{"math/rand", "crypto/rand"}
	input   = []string{"os", "net", "database/sql", "io/fs", "os/exec", "syscall"}
	engine  = []string{"go.temporal.io"}
	clients = []string{"github.com/jackc/pgx", "net/http", "net", embeddedServer, "go.temporal.io/sdk/client"}
)

// rooms has a row for each package that isn't a test; a package without one
// fails, so that a new one is placed on purpose.
var rooms = map[string]room{
	".":               {only: []string{"github.com/google/uuid"}, never: slices.Concat(engine, input)},
	"temporal":        {ours: []string{"."}, never: clients},
	"temporal/client": {ours: []string{".", "temporal"}, never: []string{embeddedServer, "github.com/jackc/pgx"}},
	"temporal/devserver": {
		ours: []string{".", "temporal", "temporal/client"},
	},
	"workflows": {
		ours:  []string{".", "temporal"},
		never: slices.Concat(input, clock, []string{"go.temporal.io/sdk/temporal", "go.temporal.io/sdk/activity", "go.temporal.io/sdk/client", "github.com/jackc/pgx"}),
	},
	"activities":           {ours: []string{".", "temporal", "workflows", "store", "store/system", "cluster", "activities/..."}},
	"activities/llm":       provider,
	"activities/image":     provider,
	"activities/wordpress": provider,
	// A test's WordPress, for whatever publishes to it.
	"activities/wordpress/wordpresstest": {never: slices.Concat(engine, []string{"github.com/jackc/pgx"})},
	"activities/outbound":                {ours: []string{"."}, never: slices.Concat(engine, []string{"github.com/jackc/pgx"})},
	"cluster/score":                      {ours: []string{"cluster"}, never: engine},
	"cluster":                            {ours: []string{"cluster/internal/..."}, never: slices.Concat(engine, input, []string{"github.com/jackc/pgx"})},
	"cluster/internal/...":               {ours: []string{"cluster/internal/..."}, never: slices.Concat(engine, []string{"os", "net", "database/sql"})},
	// A developer's program that makes the tables which the package embeds.
	"cluster/internal/convert": {ours: []string{"cluster/internal/..."}, never: engine},
	"store":                    {ours: []string{".", "sql", "store/..."}, never: engine},
	"store/pgdev":              {ours: []string{"."}, never: engine},
	"store/storetest":          {ours: []string{".", "sql", "store/..."}, never: engine},
	"store/...":                {ours: []string{"."}, never: engine},
	"keywordcsv":               {ours: []string{"."}, never: slices.Concat(engine, []string{"github.com/jackc/pgx", "net/http"})},
	"keywordcsv/...":           {ours: []string{".", "keywordcsv"}, never: slices.Concat(engine, []string{"github.com/jackc/pgx", "net/http"})},
	"sandbox":                  {ours: []string{".", "sandbox/..."}, never: slices.Concat(engine, []string{"github.com/jackc/pgx"})},
	"sandbox/...":              {ours: []string{".", "sandbox/..."}, never: engine},
	"api":                      {ours: []string{".", "temporal", "temporal/client", "workflows", "store", "store/system", "keywordcsv/...", "web", "api/..."}, never: []string{embeddedServer}},
	"api/...":                  {ours: []string{".", "api/..."}, never: []string{embeddedServer}},
	"config":                   {ours: []string{"."}, never: engine},
	"sql":                      {never: engine},
	"web":                      {ours: []string{"."}, never: engine},
	"bench/...":                {ours: []string{".", "temporal", "temporal/client", "workflows", "activities/...", "store/...", "cluster/...", "keywordcsv", "sandbox", "api", "bench/..."}, never: []string{embeddedServer}},
	"deploy":                   {never: engine},
	"e2e":                      {never: []string{embeddedServer}},
	"e2e/...":                  {never: []string{embeddedServer}},
	"cmd/...":                  {ours: []string{"..."}},
}

// provider is the row of a client of somebody else's service: HTTP and the
// vocabulary, nothing of the engine and nothing of the database.
var provider = room{
	ours:  []string{".", "activities/outbound"},
	never: slices.Concat(engine, []string{"github.com/jackc/pgx"}),
}

// listed is what `go list -json` tells of a package.
type listed struct {
	ImportPath string
	Dir        string
	ForTest    string
	Imports    []string
	Deps       []string
}

// TestImports holds every package of the module, by its direct imports outside
// tests, to its row.
func TestImports(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, p := range list(t, "./...") {
		seen++
		name := ours(p.ImportPath)
		row, ok := rowOf(name)
		if !ok {
			t.Errorf("package %s has no row in the import table: add one in arch_test.go and in ARCHITECTURE.md", name)
			continue
		}
		for _, imported := range p.Imports {
			if why := refuse(row, imported); why != "" {
				t.Errorf("%s imports %s: %s", name, imported, why)
			}
		}
	}
	require.NotZero(t, seen, "no package was listed, so nothing was checked")
}

// TestEngineVocabulary keeps Temporal's options and errors in one place: who
// needs a retry policy or an application error asks our package temporal.
func TestEngineVocabulary(t *testing.T) {
	t.Parallel()
	for _, p := range list(t, "./...") {
		name := ours(p.ImportPath)
		if under(name, "temporal") {
			continue
		}
		for _, imported := range p.Imports {
			require.False(t, under(imported, "go.temporal.io/sdk/temporal"), "%s imports %s; only temporal/ may", name, imported)
		}
	}
}

// TestEmbeddedServer looks at everything that is linked, tests included: only
// the binary and the devserver carry the embedded server, and the binary built
// with the tag noembed, which the container image has, doesn't.
func TestEmbeddedServer(t *testing.T) {
	t.Parallel()
	for _, p := range list(t, "-test", "./...") {
		name := ours(strings.TrimSuffix(p.ImportPath, ".test"))
		if p.ForTest != "" || under(name, "cmd") || under(name, "temporal/devserver") {
			continue
		}
		require.False(t, links(p), "%s links the embedded server; only cmd and temporal/devserver may", p.ImportPath)
	}
	for _, p := range list(t, "-tags=noembed", "./...") {
		if under(ours(p.ImportPath), "cmd") {
			require.False(t, links(p), "%s links the embedded server although it is built with noembed", p.ImportPath)
		}
	}
}

// TestImportRules tries the rules on imports that must be refused and on some
// that must not, so that a rule that lets all through is seen.
func TestImportRules(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, imports string
		refused       bool
	}{
		{"workflows", module + "/store", true},
		{"workflows", module + "/temporal/client", true},
		{"workflows", "net/http", true},
		{"workflows", "go.temporal.io/sdk/temporal", true},
		{"workflows", "go.temporal.io/sdk/workflow", false},
		{"workflows", module, false},
		{"store", "go.temporal.io/sdk/client", true},
		{"store", module + "/sql", false},
		{"api", module + "/activities", true},
		{"api", module + "/temporal/client", false},
		{"activities/llm", module + "/store", true},
		{"cluster", module, true},
		{"cluster/internal/leiden", module + "/store", true},
		{".", "github.com/jackc/pgx/v5", true},
		{".", "github.com/google/uuid", false},
		{"cmd/igny8", module + "/temporal/devserver", false},
	} {
		row, ok := rowOf(c.name)
		require.True(t, ok, c.name)
		require.Equal(t, c.refused, refuse(row, c.imports) != "", "%s imports %s", c.name, c.imports)
	}
	_, ok := rowOf("common")
	require.False(t, ok, "a package nobody placed has a row")
}

// refuse says why a room may not have an import, or "".
func refuse(r room, imported string) string {
	if under(imported, module) {
		if !slices.ContainsFunc(r.ours, func(pattern string) bool { return matches(pattern, ours(imported)) }) {
			return "it may import of ours only " + strings.Join(r.ours, ", ")
		}
		return ""
	}
	for _, n := range r.never {
		if under(imported, n) {
			return "it must not know " + n
		}
	}
	if r.only != nil && strings.Contains(strings.Split(imported, "/")[0], ".") &&
		!slices.ContainsFunc(r.only, func(o string) bool { return under(imported, o) }) {
		return "it may import only the standard library and " + strings.Join(r.only, ", ")
	}
	return ""
}

// rowOf finds the row of a package: its own, or that of the nearest parent
// whose row is for all below it.
func rowOf(name string) (room, bool) {
	if r, ok := rooms[name]; ok {
		return r, true
	}
	for dir := name; dir != "."; dir = path.Dir(dir) {
		if r, ok := rooms[dir+"/..."]; ok {
			return r, true
		}
	}
	return room{}, false
}

// matches reports whether a package of ours is meant by a pattern of the table.
func matches(pattern, name string) bool {
	if pattern == "..." {
		return true
	}
	if above, ok := strings.CutSuffix(pattern, "/..."); ok {
		return under(name, above)
	}
	return pattern == name
}

// ours is the path of a package inside the module, "." for the root.
func ours(importPath string) string {
	if importPath == module {
		return "."
	}
	return strings.TrimPrefix(importPath, module+"/")
}

// under reports whether an import path is parent or lies below it.
func under(importPath, parent string) bool {
	return importPath == parent || strings.HasPrefix(importPath, parent+"/")
}

func links(p listed) bool {
	return slices.ContainsFunc(p.Deps, func(d string) bool { return under(d, embeddedServer) })
}

// list runs `go list` on the module. A package that doesn't compile is listed
// too: its imports are what counts here. The test cache sees what a test reads,
// not what its children do, so each directory is read here too.
func list(t *testing.T, args ...string) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-e", "-json=ImportPath,Dir,ForTest,Imports,Deps"}, args...)...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	require.NoError(t, err, complaint.String())
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			require.NoError(t, err)
		}
		if _, err := os.ReadDir(p.Dir); p.Dir != "" && err != nil {
			t.Error(err)
		}
		all = append(all, p)
	}
}
