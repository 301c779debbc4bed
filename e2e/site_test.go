package e2e

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/sandbox"
)

// A site that refuses its password pauses the run, which says which site and
// why. With the right one it goes on; and neither password is found anywhere.
func TestRefusedPasswordPausesAndIsFoundNowhere(t *testing.T) {
	t.Parallel()
	s := shared(t)
	a := s.customer(t, 200)
	wrong := "cana rywr ongp assw " + strings.ToLower(a.Site.String()[:4]) + " zzzz"
	a.secrets = append(a.secrets, wrong, strings.ReplaceAll(wrong, " ", ""))
	a.setSite(t, map[string]any{"wp_app_password": wrong})
	a.keywords(t)
	r := a.begin(t, map[string]any{"mode": "auto", "articles": 2, "images": 1, "words": 600, "ideas_per_cluster": 2})
	p := r.reaches(t, "PAUSED")
	require.Equal(t, igny8.Credentials, p.Meta.Code)
	require.Contains(t, p.Meta.Message, "site-of-"+a.Name, "it says which site")
	require.Contains(t, p.Meta.Message, "password", "it says why")
	require.Zero(t, r.detail(t).Made.Posts)
	for _, task := range r.detail(t).Tasks {
		require.Empty(t, task.Code, "an article whose site refuses it waits, and has not failed")
	}

	a.setSite(t, map[string]any{"wp_app_password": sandbox.DefaultPassword})
	r.tell(t, "resume", nil).ok(t, nil)
	r.reaches(t, "SUCCESS")
	r.paidFor(t, 200, 600)
	r.readable(t, 2, 1)
	r.record(t, "pipeline-credentials")
	s.keepsSecret(t, a, wrong, sandbox.DefaultPassword, password)
}
