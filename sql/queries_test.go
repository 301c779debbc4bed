package sql_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// query is one named statement of a file of queries.
type query struct {
	file, name, comment, text string
}

var (
	begins  = regexp.MustCompile(`(?m)^-- name: (\w+) :\w+\n`)
	comment = regexp.MustCompile(`(?m)^--.*\n?`)
	tables  = regexp.MustCompile(`\bigny8_\w+`)
	literal = regexp.MustCompile(`'[^']*'`)
)

// global are the tables and views that belong to no account.
var global = map[string]bool{
	"igny8_plans": true, "igny8_industries": true, "igny8_industry_sectors": true, "igny8_credit_prices": true, "igny8_reconciliations": true,
}

// read returns the queries of a folder.
func read(t *testing.T, folder string) []query {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.sql"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var all []query
	for _, file := range files {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		text := string(b)
		at := begins.FindAllStringSubmatchIndex(text, -1)
		require.NotEmpty(t, at, file)
		for i, m := range at {
			end := len(text)
			if i+1 < len(at) {
				end = at[i+1][0]
			}
			body := text[m[1]:end]
			all = append(all, query{file, text[m[2]:m[3]], strings.Join(comment.FindAllString(body, -1), ""), comment.ReplaceAllString(body, "")})
		}
	}
	return all
}

// tenants reports whether a query touches rows that belong to accounts.
func (q query) tenants() bool {
	for _, name := range tables.FindAllString(literal.ReplaceAllString(q.text, ""), -1) {
		if !global[name] {
			return true
		}
	}
	return false
}

// Row-level security decides what a principal sees. A query says it too, so that
// its plan begins with the account, and reads as what it does.
func TestQueriesBeginWithTheAccount(t *testing.T) {
	t.Parallel()
	for _, q := range read(t, "queries") {
		if q.tenants() {
			require.Contains(t, q.text, "current_account()", "%s in %s", q.name, q.file)
		}
		require.NotContains(t, q.text, "@account_id", "%s in %s: whose rows they are is not a parameter", q.name, q.file)
	}
}

// A query of the system sees all accounts, so it says which it is about: by
// account, by what only the owner has (a token's hash), in the rows it returns,
// or in its comment.
func TestSystemQueriesNameTheirAccounts(t *testing.T) {
	t.Parallel()
	own := regexp.MustCompile(`@(email|hash|id|slug|session_id)\b|is_system|insert into igny8_accounts`)
	for _, q := range read(t, "system") {
		if !q.tenants() {
			continue
		}
		require.NotRegexp(t, `= current_account\(\)`, q.text, "%s in %s: nobody is asking", q.name, q.file)
		if strings.Contains(q.text, "account_id") || own.MatchString(q.text) {
			continue
		}
		require.Regexp(t, `(?i)\baccounts?\b|\ball\b`, q.comment, "%s in %s does not say whose rows it is about", q.name, q.file)
	}
}

// What sqlc or row-level security gets wrong.
func TestQueriesAvoidTraps(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{"queries", "system"} {
		for _, q := range read(t, folder) {
			require.NotRegexp(t, `-\s*@\w`, q.text, "%s in %s: sqlc loses a parameter after a minus; write sqlc.arg(name)", q.name, q.file)
			require.NotRegexp(t, `(?i)\btruncate\b|\bset role\b|\breset role\b|session_replication_role`, q.text, "%s in %s", q.name, q.file)
			if folder == "queries" && !strings.Contains(q.text, "igny8_searched_") {
				require.NotRegexp(t, `(?i)\bilike\b|\blike\b|~\*|@@|@>`, literal.ReplaceAllString(q.text, ""), "%s in %s: under row-level security this uses no index", q.name, q.file)
			}
		}
	}
}

// A migration only goes up, has a number of its own, and says what it is for.
func TestMigrationsSayWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("migrations", "*.sql"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	last := 0
	for _, file := range files {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Regexp(t, `^\d{4}_\w+\.sql$`, filepath.Base(file))
		var n int
		for _, digit := range filepath.Base(file)[:4] {
			n = n*10 + int(digit-'0')
		}
		require.Greater(t, n, last, file)
		last = n
		require.Regexp(t, `^-- [A-Z]`, string(b), file)
		require.Contains(t, string(b), "-- +goose Up", file)
		require.NotContains(t, string(b), "-- +goose Down", file)
	}
}
