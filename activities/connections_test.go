package activities

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/wordpress/wordpresstest"
	"github.com/igny8/igny8/sandbox"
	"github.com/igny8/igny8/store"
)

// own gives the account a key of its own for a provider.
func (h *house) own(provider string, key igny8.Secret, base string) {
	h.t.Helper()
	sealed, err := h.Vault.Seal(key, store.ProviderSecret(h.account, provider))
	require.NoError(h.t, err)
	h.sql(`insert into igny8_integration_settings (account_id, integration_type, config, secret) values ($1, $2, jsonb_build_object('base_url', $3::text), $4)
		on conflict (account_id, integration_type) do update set config = excluded.config, secret = excluded.secret`, h.account, provider, base, sealed)
}

func (h *house) owner() igny8.Principal {
	return igny8.Principal{Account: h.account, Role: igny8.Owner, AllSites: true}
}

func TestTryingAProviderTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const nobody = "http://127.0.0.1:1"
	says := func(status int, body string) string {
		return h.serve(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}))
	}
	told := map[string]map[string]bool{"openai": {}, "runware": {}}
	for _, c := range []struct {
		provider, base string
		key            igny8.Secret
		code           igny8.Code
	}{
		{"openai", h.peers + sandbox.OpenAIPath, "sk-good", ""},
		{"openai", h.peers + sandbox.OpenAIPath, "sk-bad-CANARY", igny8.Credentials},
		{"openai", h.peers + sandbox.OpenAIPath, "sk-noquota", igny8.NoQuota},
		{"openai", nobody, "sk-good", igny8.Unavailable},
		{"runware", h.peers + sandbox.RunwarePath, "good", ""},
		{"runware", h.peers + sandbox.RunwarePath, "bad-CANARY", igny8.Credentials},
		{"runware", nobody, "good", igny8.Unavailable},
		{"runware", says(402, `{"errors": [{"code": "insufficientCredits", "message": "Insufficient credits.", "taskType": "authentication"}]}`), "good", igny8.NoQuota},
		{"runware", says(429, `{"errors": [{"code": "rateLimitExceeded", "message": "Too many requests.", "taskType": "authentication"}]}`), "good", igny8.Busy},
		{"runware", says(200, `{"data": [{"taskType": "something"}]}`), "good", igny8.Malformed},
	} {
		h.own(c.provider, c.key, c.base)
		found, err := h.TryProvider(t.Context(), h.owner(), c.provider)
		require.NoError(t, err)
		require.Equal(t, c.code, found.Code, "%s with %s: %s", c.provider, c.base, found.Message)
		require.NotEmpty(t, found.Message)
		require.NotContains(t, found.Message, "CANARY")
		told[c.provider][found.Message] = true
	}
	require.Len(t, told["openai"], 4)
	require.Len(t, told["runware"], 6)
}

func TestTryingASiteSaysWhatItsUserMayNot(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, c := range []struct {
		user string
		code igny8.Code
		says string
	}{
		{"editor", "", "works with WordPress, as editor"},
		{"author", "", "may not add categories"},
		{"contributor", igny8.Forbidden, "may not upload"},
		{"nobody", igny8.Credentials, ""},
	} {
		h.access(h.peers+sandbox.SitePath, c.user, sandbox.DefaultPassword)
		found, err := h.TrySite(t.Context(), h.owner(), h.run.Scope.Site)
		require.NoError(t, err)
		require.Equal(t, c.code, found.Code, found.Message)
		require.Contains(t, found.Message, c.says)
	}
}

// What is found at a real WordPress, and what to do about it.
func TestTryingAWordPress(t *testing.T) {
	t.Parallel()
	p := newPublisher(t)
	address := map[string]string{
		"":          p.site.URL,
		"plain":     wordpresstest.Start(t, "WP_ENVIRONMENT_TYPE=production").URL,
		"stripping": p.site.Behind(t, func(r *http.Request) bool { r.Header.Del("Authorization"); return true }),
		"a page":    p.serve(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>A page.</html>") })),
		"nobody":    "http://127.0.0.1:1",
	}
	for _, c := range []struct {
		at, user, plugin string
		code             igny8.Code
		says             []string
	}{
		{user: "editor", says: []string{"Coffee at home works with WordPress 6.", "as editor (editor)"}},
		{user: "author", says: []string{"works with WordPress 6.", "may not add categories"}},
		{user: "editor", plugin: closed("! is_user_logged_in()"), says: []string{"works with WordPress 6."}},
		{user: "editor", plugin: closed("true"), code: igny8.Forbidden, says: []string{"a plugin there closes its REST API"}},
		{user: "contributor", code: igny8.Forbidden, says: []string{"contributor (contributor) may not upload pictures", "role editor"}},
		{user: "subscriber", code: igny8.Forbidden, says: []string{"subscriber (subscriber) may not"}},
		{user: "nobody", code: igny8.Credentials, says: []string{"make a new application password"}},
		{user: "editor", plugin: `add_filter( 'wp_is_application_passwords_available', '__return_false' );`, code: igny8.Credentials, says: []string{"no application passwords at all", "some plugins turn them off"}},
		{user: "editor", at: "plain", code: igny8.Credentials, says: []string{"no application passwords at all", "over https only"}},
		{user: "editor", at: "stripping", code: igny8.Credentials, says: []string{"drops the Authorization header"}},
		{user: "editor", plugin: `echo '<b>Warning</b>';`, code: igny8.Unavailable, says: []string{"warning that a plugin prints"}},
		{user: "editor", at: "a page", code: igny8.Invalid, says: []string{"no WordPress REST API"}},
		{user: "editor", at: "nobody", code: igny8.Unavailable},
	} {
		p.site.Plugin(t, "trouble", c.plugin)
		p.as(address[c.at], c.user)

		found, err := p.TrySite(t.Context(), p.owner(), p.run.Scope.Site)

		require.NoError(t, err)
		require.Equal(t, c.code, found.Code, "%+v: %s", c, found.Message)
		for _, part := range c.says {
			require.Contains(t, found.Message, part)
		}
		if c.code == "" {
			require.Regexp(t, `^6\.[0-9.]+$`, found.Detail["version"])
			require.Equal(t, []string{c.user}, found.Detail["roles"])
			require.Equal(t, c.user != "author", found.Detail["adds_categories"])
		}
	}
}

func TestTestImagesAreFreeAtFirst(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for n := range freeTestImages + 1 {
		url, provider, _, err := h.TryImage(t.Context(), h.owner(), "a burr grinder on a table")
		require.NoError(t, err)
		require.Contains(t, url, "/api/v1/system/files/")
		require.Equal(t, "runware", provider)
		want := int64(0)
		if n == freeTestImages {
			want = int64(igny8.TestImage.DefaultPrice())
		}
		require.Equal(t, want, one[int64](h, "select coalesce(sum(credits_used), 0)::bigint from igny8_credit_usage_logs where operation_type = 'test_image'"))
	}
}
