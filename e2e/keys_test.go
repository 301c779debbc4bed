package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/proxy"
	sdk "go.temporal.io/sdk/client"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/sandbox"
	"github.com/igny8/igny8/temporal/client"
)

// Every key is rotated in the middle of a run: it goes on under the new ones, what
// was written under the old ones is still read, and who was signed in still is.
// None of the secrets that were in it is anywhere where it should not be.
func TestKeysRotatedInMidRun(t *testing.T) {
	t.Parallel()
	l := newLab(t, sandbox.Options{}, "IGNY8_LOG=debug") // its providers stay where they are
	s := l.server
	a := s.customer(t, 100)
	a.keywords(t)
	r := a.begin(t, map[string]any{"mode": "review", "articles": 2, "images": 1, "words": orderedWords, "ideas_per_cluster": 1})
	r.until(t, "waits for two decisions", func(p progress) bool { return p.Meta.Items.Waiting == 2 })

	drafts := r.drafts(t, igny8.ContentReview)
	require.Contains(t, s.command(t, nil, "keys", "rotate"), "Sealed with the newest key: 1.", "the site's password, while the server goes on")
	require.Contains(t, s.command(t, nil, "keys", "rotate", "--drop"), "its newest key only")
	r.decide(t, drafts[0], "approve", nil).ok(t, nil)
	r.until(t, "publishes with the password as it is sealed now", func(p progress) bool { return p.Meta.Items.Done == 1 })

	old := s.payloadKeys(t)
	rotated := strings.Fields(s.command(t, nil, "keys", "--renew"))
	require.Len(t, rotated, 3)
	require.NoError(t, s.stop())
	s = start(t, s.dir, append(rotated, l.env...))
	a.server = s

	mine := a.secretsOf(t)
	r.decide(t, drafts[1], "approve", nil).ok(t, nil)
	r.reaches(t, "SUCCESS")
	require.Equal(t, 2, r.detail(t).Made.Posts)
	r.paidFor(t, 100, orderedWords)

	engine, keys := s.engine(t)
	require.Equal(t, map[string]bool{"k1": true, "k2": true}, keysOf(t, engine.GetWorkflowHistory(t.Context(), r.workflow(), "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT), keys, nil))
	keysOf(t, engine.GetWorkflowHistory(t.Context(), r.workflow(), "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT), old, func(err error) {
		require.Equal(t, igny8.NotConfigured, igny8.CodeOf(err), "without the new key what it encrypted can't be read, and that is said")
		require.ErrorContains(t, err, `"k2"`)
	})
	s.keepsSecret(t, a, append(mine, regexp.MustCompile(`[A-Za-z0-9+/]{40,}=*`).FindAllString(strings.Join(rotated, " "), -1)...)...)
	require.NoError(t, s.stop())
}

// secretsOf gives the account whatever secret there is to have, and returns them
// all.
func (a *account) secretsOf(t *testing.T) []string {
	t.Helper()
	a.exec(t, "update igny8_subscriptions set plan_id = (select id from igny8_plans where name = 'Growth') where account_id = $1", a.ID)
	var session struct {
		Token   string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	a.post(t, "auth/login/", map[string]any{"email": a.Name + "@example.com", "password": password, "client": "native"}, &session)
	var key struct {
		Key string `json:"key"`
	}
	a.post(t, "auth/api-keys/", map[string]any{"name": "a test", "role": "viewer"}, &key)
	const runware = "canary-runware-4b7d0e9c2f"
	a.call(t, http.MethodPut, "system/settings/integrations/runware/", map[string]any{"secret": runware, "active": false}).ok(t, nil)
	all := []string{a.token, session.Token, session.Refresh, key.Key, runware, password, sandbox.DefaultPassword}
	for _, s := range all {
		require.NotEmpty(t, s)
	}
	require.Equal(t, http.StatusOK, a.call(t, http.MethodGet, "planner/keywords/", nil, "Authorization", "Bearer "+key.Key).status, "the key is one")
	return all
}

// keysOf reads a history and returns the IDs of the keys that it was encrypted
// with. refused is told of what the keys can't read; nil allows nothing.
func keysOf(t *testing.T, events sdk.HistoryEventIterator, keys *client.Keys, refused func(error)) map[string]bool {
	t.Helper()
	met, unread := map[string]bool{}, 0
	for events.HasNext() {
		e, err := events.Next()
		require.NoError(t, err)
		require.NoError(t, proxy.VisitPayloads(t.Context(), e, proxy.VisitPayloadsOptions{SkipSearchAttributes: true, Visitor: func(_ *proxy.VisitPayloadsContext, p []*commonpb.Payload) ([]*commonpb.Payload, error) {
			for _, one := range p {
				if id := one.GetMetadata()["encryption-key-id"]; id != nil {
					met[string(id)] = true
				}
			}
			if _, err := keys.Decode(p); err != nil {
				require.NotNil(t, refused, err)
				unread++
				refused(err)
			}
			return p, nil
		}}))
	}
	require.Equal(t, refused != nil, unread > 0)
	return met
}
