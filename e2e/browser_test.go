package e2e

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/sandbox"
)

// pages is where the scripts are that visit the pages with a browser.
const pages = "../web"

// The pages in a real Chromium, on the demo's data: each script of web/e2e is a
// visitor, or several, on one server.
func TestPages(t *testing.T) {
	t.Parallel()
	browser(t)
	room(t)
	s := start(t, newDirectory(t), nil, "--demo")
	eventually(t, "the demo's run is over", func() bool { return strings.Contains(s.out.String(), "The ledger adds up") })

	const viewer = "viewer@igny8.example"
	s.command(t, []string{"IGNY8_PASSWORD=" + password}, "user", "create", viewer, "--account", "demo", "--role", "viewer")
	s.exec(t, `insert into igny8_site_grants (account_id, user_id, site_id)
		select u.account_id, u.id, s.id from igny8_users u join igny8_sites s using (account_id) where u.email = $1`, viewer)
	const developer = "developer@igny8.example"
	s.command(t, []string{"IGNY8_PASSWORD=" + password}, "user", "create", developer, "--developer")
	require.NotContains(t, s.out.String(), "are not there", "the demo has more than its run")
	many := s.customer(t, 0)
	many.fill(t, 100_000)
	s.visit(t, "propose") // while nothing else plans the sector

	visit := func(script string, env ...string) func(*testing.T) {
		return func(t *testing.T) {
			t.Parallel()
			s.visit(t, script, env...)
		}
	}
	t.Run("group", func(t *testing.T) { // what lasts longest begins first
		t.Run("every page", visit("pages", "IGNY8_DEVELOPER="+developer, "IGNY8_DEVELOPER_PASSWORD="+password))
		t.Run("first use", visit("journey", "IGNY8_SITE_PASSWORD="+sandbox.DefaultPassword))
		t.Run("viewer", visit("viewer", "IGNY8_VIEWER="+viewer, "IGNY8_VIEWER_PASSWORD="+password))
		t.Run("map and live", func(t *testing.T) { // a run that is watched changes the clusters
			t.Parallel()
			s.visit(t, "map")
			s.visit(t, "live")
		})
		t.Run("many keywords", visit("many", "IGNY8_MANY="+many.Name+"@example.com", "IGNY8_MANY_PASSWORD="+password))
	})
	require.NoError(t, s.stop())
}

// browser leaves the test out where there is no browser, or nothing to steer it
// with. In CI that is a failure.
func browser(t *testing.T) {
	t.Helper()
	program(t)
	cmd := exec.CommandContext(t.Context(), "node", "e2e/browser.mjs")
	cmd.Dir = pages
	if out, err := cmd.CombinedOutput(); err != nil {
		const told = "no browser for the tests of the pages: `make browser`"
		if os.Getenv("CI") != "" {
			t.Fatalf("%s\n%v\n%s", told, err, out)
		}
		t.Skip(told)
	}
}

// visit runs a script of web/e2e at the server.
func (s *server) visit(t *testing.T, script string, env ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join("e2e", script+".mjs"))
	cmd.Dir = pages
	cmd.Env = append(append(os.Environ(), "IGNY8_URL="+s.API, "IGNY8_SANDBOX="+s.Sandbox), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	t.Log("\n" + out.String())
	if err != nil {
		t.Log("its runs:\n" + value[string](t, s, `select string_agg(concat_ws(' ', id, kind, status, version, percentage, message, error_message, created_at, finished_at), e'\n' order by created_at) from igny8_runs`))
	}
	require.NoError(t, err)
}

// fill puts so many keywords into the account's sector.
func (a *account) fill(t *testing.T, n int) {
	t.Helper()
	intents := []string{"informational", "commercial", "transactional", "navigational"}
	_, err := a.sql.CopyFrom(t.Context(), pgx.Identifier{"igny8_keywords"},
		[]string{"account_id", "site_id", "sector_id", "id", "keyword", "normal", "volume", "difficulty", "intent"},
		pgx.CopyFromSlice(n, func(i int) ([]any, error) {
			word := fmt.Sprintf("keyword %05d", i)
			return []any{a.ID, a.Site, a.Sector, igny8.New[igny8.KeywordID](), word, word, i * 7919 % 100_000, i % 101, intents[i%len(intents)]}, nil
		}))
	require.NoError(t, err)
}
