package e2e

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

var answersAt = regexp.MustCompile(`The API answers at (http://\S+)`)

// parts are an API and workers apart from each other, on a database and an
// engine that others run: those of a server of ours, which has nothing to do
// with what happens there.
type parts struct {
	*server
	processes []*process
}

// apart starts an API in a database and a namespace of their own. The keys are
// shared as containers share them, by the environment.
func apart(t *testing.T, s *server, env ...string) *parts {
	t.Helper()
	s.exec(t, "create database parts")
	at, err := url.Parse(s.sql.Config().ConnString())
	require.NoError(t, err)
	at.Path, at.RawQuery = "/parts", "sslmode=disable"
	dir := newDirectory(t)
	env = append(env, "DATABASE_URL="+at.String(), "TEMPORAL_ADDRESS="+s.Temporal, "IGNY8_TEMPORAL_NAMESPACE=parts", "IGNY8_DATA="+dir)
	for line := range strings.Lines(s.command(t, nil, "keys")) {
		env = append(env, strings.TrimSpace(line))
	}
	p := &parts{server: &server{process: &process{dir: dir}, Temporal: s.Temporal, Sandbox: s.Sandbox, env: env, namespace: "parts"}}
	require.Contains(t, p.command(t, nil, "migrate"), "up to date")
	require.NoError(t, p.connect(t.Context(), at.String()))
	t.Cleanup(p.sql.Close)
	p.process = p.begin(t, "api", "answers at")
	p.API = answersAt.FindStringSubmatch(p.out.String())[1]
	return p
}

// begin starts a part and waits until it says that it works.
func (p *parts) begin(t *testing.T, verb, says string) *process {
	t.Helper()
	one, err := launch(p.dir, append(serving[:len(serving):len(serving)], p.env...), nil, verb)
	require.NoError(t, err)
	t.Cleanup(one.end)
	p.processes = append(p.processes, one)
	eventually(t, "the "+verb+" says that it "+says, func() bool {
		select {
		case <-one.ended:
			t.Fatalf("the %s has ended: %s", verb, one.err.tail())
		default:
		}
		return strings.Contains(one.out.String(), says)
	})
	return one
}

// An API and two workers, each a process, on somebody else's database and engine
// and a model server that speaks OpenAI's older protocol. Workers may come and
// go; the operator's key is found nowhere.
func TestPartsApart(t *testing.T) {
	t.Parallel()
	s := shared(t)
	const key = "sk-canary-5e7b0c1d9f"
	p := apart(t, s, "OPENAI_API_KEY="+key, "IGNY8_OPENAI_BASE_URL="+s.Sandbox+"/openai/v1", "IGNY8_ALLOW_LOOPBACK=true")
	first, second := p.begin(t, "worker", "takes tasks"), p.begin(t, "worker", "takes tasks")

	a := p.customer(t, 300)
	a.secrets = append(a.secrets, key)
	a.keywords(t)
	order := map[string]any{"mode": "auto", "articles": 4, "images": 0, "words": 600, "ideas_per_cluster": 2}
	r := a.begin(t, order)
	r.until(t, "has made an article", func(p progress) bool { return p.Meta.Items.Done >= 1 })
	require.NoError(t, first.interrupt())
	r.reaches(t, "SUCCESS")
	<-first.ended
	require.Zero(t, first.code, first.err.tail())
	require.Equal(t, 4, r.detail(t).Made.Posts)
	r.paidFor(t, 300, 600)

	// Without any worker a start is accepted, and who wants to change it is told
	// why that can't be done now.
	require.NoError(t, second.interrupt())
	<-second.ended
	require.Zero(t, second.code, second.err.tail())
	r = a.begin(t, order)
	var said answer
	eventually(t, "the engine has the run", func() bool { // until then: try again in a moment
		said = r.call(t, http.MethodPost, "automation/runs/"+r.ID+"/pause/", nil)
		return said.status != http.StatusConflict
	})
	f := said.refused(t, http.StatusServiceUnavailable, igny8.Unavailable)
	require.Contains(t, f.Message, "Nobody has answered")
	require.Equal(t, "PENDING", r.poll(t).State)
	r.tell(t, "cancel", nil).ok(t, nil)
	third := p.begin(t, "worker", "takes tasks")
	r.reaches(t, "CANCELLED")
	require.Zero(t, r.detail(t).Made.Articles)

	for _, one := range p.processes {
		require.NotContains(t, one.out.String()+one.err.String(), key)
	}
	p.keepsSecret(t, a, key)
	for _, one := range []*process{third, p.process} {
		require.NoError(t, one.interrupt())
		<-one.ended
		require.Zero(t, one.code, one.err.tail())
	}
}
