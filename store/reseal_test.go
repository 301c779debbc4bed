package store

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

// safe is a keyset that processes share, as a file is.
type safe struct{ keys []byte }

func (s *safe) vault(t *testing.T) *Vault {
	t.Helper()
	v, err := NewVault(s.keys)
	require.NoError(t, err)
	v.Again = func() ([]byte, error) { return s.keys, nil }
	return v
}

// by is how many secrets each key has sealed, the primary one's first.
func (w *world) by(t *testing.T, keys []byte) (primary, older, unknown int64) {
	t.Helper()
	all, err := w.VaultKeys(w.ctx, keys)
	require.NoError(t, err)
	for _, k := range all {
		switch {
		case k.Primary:
			primary += k.Sealed
		case k.Known:
			older += k.Sealed
		default:
			unknown += k.Sealed
		}
	}
	return primary, older, unknown
}

// Secrets are sealed anew in batches. Broken off in the middle, what was done is
// done, everything can still be opened, by those who read the keyset before too,
// and the next attempt does the rest.
func TestReseal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old, err := NewKeyset()
	require.NoError(t, err)
	shared := &safe{old}
	running := shared.vault(t)
	type sealedSite struct {
		h      household
		secret igny8.Secret
	}
	var all []sealedSite
	for n := range 7 {
		h, secret := w.settle(t), igny8.Secret(fmt.Sprintf("the password %d", n))
		sealed, err := running.Seal(secret, SiteSecret(h.account, h.site))
		require.NoError(t, err)
		w.sql(t, "update igny8_sites set wp_app_password = $2 where id = $1", h.site, sealed)
		sealed, err = running.Seal(secret, ProviderSecret(h.account, "openai"))
		require.NoError(t, err)
		w.sql(t, "insert into igny8_integration_settings (account_id, integration_type, secret) values ($1, 'openai', $2)", h.account, sealed)
		all = append(all, sealedSite{h, secret})
	}
	open := func(v *Vault) {
		t.Helper()
		for _, s := range all {
			got, err := v.Open(value[[]byte](t, w, "select wp_app_password from igny8_sites where id = $1", s.h.site), SiteSecret(s.h.account, s.h.site))
			require.NoError(t, err)
			require.Equal(t, s.secret, got)
			got, err = v.Open(value[[]byte](t, w, "select secret from igny8_integration_settings where account_id = $1", s.h.account), ProviderSecret(s.h.account, "openai"))
			require.NoError(t, err)
			require.Equal(t, s.secret, got)
		}
	}

	shared.keys, err = RotateKeyset(old)
	require.NoError(t, err)
	// The fifth account's row breaks it: of the batches of two, two are done.
	accounts := []string{}
	for _, s := range all {
		accounts = append(accounts, s.h.account.String())
	}
	slices.Sort(accounts)
	w.sql(t, fmt.Sprintf(`create function breaks() returns trigger language plpgsql as $$ begin if new.account_id = '%s' then raise exception 'the power is gone'; end if; return new; end $$`, accounts[4]))
	w.sql(t, "create trigger breaks before update on igny8_sites for each row execute function breaks()")
	_, err = w.Reseal(w.ctx, shared.vault(t), 2)
	require.Error(t, err)
	primary, older, unknown := w.by(t, shared.keys)
	require.Equal(t, []int64{4, 10, 0}, []int64{primary, older, unknown})
	open(running)

	w.sql(t, "drop trigger breaks on igny8_sites")
	done, err := w.Reseal(w.ctx, shared.vault(t), 2)
	require.NoError(t, err)
	require.Equal(t, Resealed{Done: 10}, done)
	done, err = w.Reseal(w.ctx, shared.vault(t), 2)
	require.NoError(t, err)
	require.Zero(t, done, "again is nothing")
	open(running)

	newest, err := NewestOnly(shared.keys)
	require.NoError(t, err)
	shared.keys = newest
	open(shared.vault(t))
	open(running)
	sealed, err := running.Seal("another", "here")
	require.NoError(t, err)
	_, err = shared.vault(t).Open(sealed, "here")
	require.NoError(t, err, "who was running seals with the newest too")
	_, err = (&safe{old}).vault(t).Open(sealed, "here")
	require.Equal(t, igny8.Credentials, igny8.CodeOf(err))
}

// What no key opens is left as it is, said, and keeps nothing from going on.
func TestResealWhatIsLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	foreign, err := NewKeyset()
	require.NoError(t, err)
	keys, err := NewKeyset()
	require.NoError(t, err)
	var sites []household
	for n := range 3 {
		h := w.settle(t)
		from := keys
		if n == 1 {
			from = foreign
		}
		sealed, err := (&safe{from}).vault(t).Seal("x", SiteSecret(h.account, h.site))
		require.NoError(t, err)
		w.sql(t, "update igny8_sites set wp_app_password = $2 where id = $1", h.site, sealed)
		sites = append(sites, h)
	}
	rotated, err := RotateKeyset(keys)
	require.NoError(t, err)
	before := value[[]byte](t, w, "select wp_app_password from igny8_sites where id = $1", sites[1].site)
	done, err := w.Reseal(w.ctx, (&safe{rotated}).vault(t), 1)
	require.NoError(t, err)
	require.Equal(t, Resealed{Done: 2, Lost: 1}, done)
	require.Equal(t, before, value[[]byte](t, w, "select wp_app_password from igny8_sites where id = $1", sites[1].site))
	primary, older, unknown := w.by(t, rotated)
	require.Equal(t, []int64{2, 0, 1}, []int64{primary, older, unknown})
}
