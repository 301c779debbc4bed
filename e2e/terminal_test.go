package e2e

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/keywordcsv/sample"
	"github.com/igny8/igny8/sandbox"
)

var percentage = regexp.MustCompile(`(?m)^ *(\d+) %`)

// rising holds the percentages that a command printed: they never go back.
func rising(t *testing.T, out string) {
	t.Helper()
	last := -1
	for _, m := range percentage.FindAllStringSubmatch(out, -1) {
		n, err := strconv.Atoi(m[1])
		require.NoError(t, err)
		require.GreaterOrEqual(t, n, last, "the percentage has gone back:\n%s", out)
		last = n
	}
	require.Equal(t, 100, last, "%s", out)
}

func sampleFile(t *testing.T) string {
	t.Helper()
	name := filepath.Join(newDirectory(t), "coffee.csv")
	require.NoError(t, os.WriteFile(name, sample.CSV, 0o600))
	return name
}

// `igny8 run` beside a server shows what the file holds and what it will cost,
// and asks; a no changes nothing, a yes is carried out by that server.
func TestRunFromTheTerminal(t *testing.T) {
	t.Parallel()
	s := shared(t)
	a := s.household(t, 300)
	site := s.Sandbox + sandbox.SitePath
	args := []string{"run", "--csv", sampleFile(t), "--site", site, "--wp-user", "editor", "--account", a.Name, "--articles", "2", "--images", "1", "--mode", "auto"}
	env := []string{"IGNY8_DATA=" + s.dir, "IGNY8_WP_PASSWORD=" + sandbox.DefaultPassword}

	asked := command(t, s.dir, env, "n\n", args...)
	require.NotZero(t, asked.code)
	for _, part := range []string{"coffee.csv", "At most 32 credits; the account has 300", "Start? [y/N]"} {
		require.Contains(t, asked.out, part)
	}
	require.Contains(t, asked.err, "nothing was started")
	require.Zero(t, list[any](t, a, "planner/keywords/").Count)
	require.Zero(t, list[any](t, a, "automation/runs/").Count)
	require.Equal(t, 1, list[any](t, a, "auth/sites/").Count, "the site is added only when the job is wanted")

	wrong := command(t, s.dir, env, "", append(args, "--yes", "--mode", "somehow")...)
	require.NotZero(t, wrong.code)
	require.Contains(t, wrong.err, "mode is auto, review, moderate or both")
	require.Zero(t, list[any](t, a, "planner/keywords/").Count)

	full := command(t, s.dir, env, "", append(args, "--yes")...)
	require.NotZero(t, full.code)
	require.Contains(t, full.err, "Choose a larger plan")
	require.Zero(t, list[any](t, a, "planner/keywords/").Count)
	s.exec(t, "update igny8_subscriptions set plan_id = (select id from igny8_plans order by price desc limit 1) where account_id = $1", a.ID)

	done := command(t, s.dir, env, "", append(args, "--yes", "--json")...)
	require.Zero(t, done.code, done.err)
	var summary struct {
		Run       string          `json:"run"`
		Status    igny8.RunStatus `json:"status"`
		Keywords  int             `json:"keywords"`
		Clusters  int             `json:"clusters"`
		Articles  int             `json:"articles"`
		Images    int             `json:"images"`
		Posts     int             `json:"posts"`
		Settled   int             `json:"credits_settled"`
		Left      int             `json:"credits_left"`
		Calls     int             `json:"provider_calls"`
		Published []string        `json:"published"`
	}
	require.NoError(t, json.Unmarshal([]byte(done.out), &summary), "what is printed is JSON and nothing else: %s", done.out)
	require.Equal(t, igny8.RunSucceeded, summary.Status)
	require.Equal(t, 240, summary.Keywords)
	require.Equal(t, []int{2, 2, 2}, []int{summary.Articles, summary.Images, summary.Posts})
	require.Equal(t, 300-summary.Settled, summary.Left)
	require.Len(t, summary.Published, 2)
	for _, url := range summary.Published {
		status, _ := page(t, url)
		require.Equal(t, 200, status, url)
	}
	rising(t, done.err)
	r := &run{account: a, ID: summary.Run}
	require.Equal(t, igny8.RunSucceeded, r.detail(t).Status)
	require.Equal(t, 2, list[any](t, a, "auth/sites/").Count)
}

// Without a server `igny8 run` is one for as long as its run takes.
func TestRunAlone(t *testing.T) {
	t.Parallel()
	room(t)
	dir := newDirectory(t)
	env := append(serving[:len(serving):len(serving)], "IGNY8_DATA="+dir, "IGNY8_LOG=warn")
	r := command(t, dir, env, "y\n", "run", "--sandbox", "--csv", sampleFile(t), "--site", "sandbox", "--articles", "1", "--images", "1", "--mode", "auto")
	require.Zero(t, r.code, "%s%s", r.out, r.err)
	require.Contains(t, r.out, "Start? [y/N]")
	require.Regexp(t, `→ posts +│ +1 `, r.out)
	require.Contains(t, r.out, "succeeded: 1 of 1 done")
	rising(t, r.out)
	require.Empty(t, processesOf(dir, -1), "it left processes behind")
}

// Every command says what it is for, and a server says in ten lines what it
// started and where.
func TestCommandsExplainThemselves(t *testing.T) {
	t.Parallel()
	s := shared(t)
	require.LessOrEqual(t, strings.Count(s.out.String(), "\n"), 10, s.out.String())
	for _, at := range []string{s.API, s.TemporalUI, s.Sandbox, s.dir} {
		require.Contains(t, s.out.String(), at)
	}
	for _, c := range [][]string{{"up"}, {"api"}, {"worker"}, {"migrate"}, {"run"}, {"demo"}, {"user", "create"}, {"credits", "grant"}, {"keys"}, {"version"}} {
		says := s.command(t, nil, append(c, "--help")...)
		require.Contains(t, says, "Usage:\n  igny8 "+strings.Join(c, " "))
	}
	require.Regexp(t, `^igny8 \S+\n$`, s.command(t, nil, "version"))
	for _, c := range [][]string{{"fly"}, {"up", "--fast"}, {"credits", "grant", "nobody-there", "10", "--reason", "a test"}, {"credits", "grant", "nobody-there", "-5"}} {
		r := command(t, s.dir, s.env, "", c...)
		require.NotZero(t, r.code, c)
		require.Empty(t, r.out, c)
		require.NotEmpty(t, r.err, c)
	}
}

// What is in the way of a start is said in a sentence, and at once.
func TestWhatIsInTheWayIsSaid(t *testing.T) {
	t.Parallel()
	s := shared(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	_, port, err := net.SplitHostPort(taken.Addr().String())
	require.NoError(t, err)
	for _, c := range []struct {
		name, dir string
		args      []string
		says      []string
	}{
		{"port", newDirectory(t), []string{"--listen", taken.Addr().String()}, []string{taken.Addr().String(), "--listen"}},
		{"sandbox", newDirectory(t), []string{"--listen", "127.0.0.1:0", "--sandbox", "--sandbox-listen", taken.Addr().String()}, []string{taken.Addr().String(), "--sandbox-listen"}},
		{"pages", newDirectory(t), []string{"--listen", "127.0.0.1:0", "--temporal-ui-port", port}, []string{port, "--temporal-ui-port"}},
		{"data", s.dir, []string{"--listen", "127.0.0.1:0"}, []string{"Another igny8 serves " + s.dir, "--data"}},
		{"directory", "/proc/igny8", nil, []string{"/proc/igny8", "--data"}},
		{"part", newDirectory(t), nil, []string{"DATABASE_URL", "TEMPORAL_ADDRESS"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			verb := "up"
			if c.name == "part" {
				verb = "worker"
			}
			r := command(t, s.dir, []string{"IGNY8_TEMPORAL_UI_PORT=0"}, "", append([]string{verb, "--data", c.dir}, c.args...)...)
			require.NotZero(t, r.code)
			require.Empty(t, r.out)
			for _, part := range c.says {
				require.Contains(t, r.err, part)
			}
		})
	}
}
