package store

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/igny8/igny8"
)

// What is sealed opens for its own row and with its own keys, unchanged, and
// for nothing else.
func TestSealedSecrets(t *testing.T) {
	t.Parallel()
	vault := func() *Vault {
		keys, err := NewKeyset()
		require.NoError(t, err)
		v, err := NewVault(keys)
		require.NoError(t, err)
		return v
	}
	mine, other := vault(), vault()
	rapid.Check(t, func(t *rapid.T) {
		secret := igny8.Secret(rapid.String().Draw(t, "secret"))
		where := rapid.String().Draw(t, "where")
		elsewhere := rapid.String().Filter(func(s string) bool { return s != where }).Draw(t, "elsewhere")
		sealed, err := mine.Seal(secret, where)
		require.NoError(t, err)
		opened, err := mine.Open(sealed, where)
		require.NoError(t, err)
		require.Equal(t, secret.Reveal(), opened.Reveal())

		_, err = mine.Open(sealed, elsewhere)
		require.Equal(t, igny8.Credentials, igny8.CodeOf(err))
		_, err = other.Open(sealed, where)
		require.Equal(t, igny8.Credentials, igny8.CodeOf(err))
		sealed[rapid.IntRange(0, len(sealed)-1).Draw(t, "byte")] ^= 1
		_, err = mine.Open(sealed, where)
		require.Equal(t, igny8.Credentials, igny8.CodeOf(err))
	})
	_, err := NewVault([]byte("{}"))
	require.Equal(t, igny8.NotConfigured, igny8.CodeOf(err))
}

// A rotated keyset opens what the one before it sealed, and seals with a key that
// that one has not.
func TestRotatedKeyset(t *testing.T) {
	t.Parallel()
	old, err := NewKeyset()
	require.NoError(t, err)
	next, err := RotateKeyset(old)
	require.NoError(t, err)
	before, err := NewVault(old)
	require.NoError(t, err)
	after, err := NewVault(next)
	require.NoError(t, err)
	sealed, err := before.Seal("a password", "here")
	require.NoError(t, err)
	opened, err := after.Open(sealed, "here")
	require.NoError(t, err)
	require.Equal(t, "a password", opened.Reveal())
	sealed, err = after.Seal("another", "here")
	require.NoError(t, err)
	_, err = before.Open(sealed, "here")
	require.Equal(t, igny8.Credentials, igny8.CodeOf(err))
	_, err = RotateKeyset([]byte("{}"))
	require.Equal(t, igny8.NotConfigured, igny8.CodeOf(err))
}
