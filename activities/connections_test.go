package activities

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
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

func TestTryingAProviderTellsFourThingsApart(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const nobody = "http://127.0.0.1:1"
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
	} {
		h.own(c.provider, c.key, c.base)
		found, err := h.TryProvider(t.Context(), h.owner(), c.provider)
		require.NoError(t, err)
		require.Equal(t, c.code, found.Code, "%s with %s: %s", c.provider, c.base, found.Message)
		require.NotEmpty(t, found.Message)
		require.NotContains(t, found.Message, "CANARY")
	}
}

func TestTryingASiteSaysWhatItsUserMayNot(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, c := range []struct {
		user string
		code igny8.Code
		says string
	}{
		{"editor", "", "works, as editor"},
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
