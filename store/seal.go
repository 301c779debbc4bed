package store

import (
	"bytes"
	"strings"
	"sync"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/igny8/igny8"
)

// A Vault seals the secrets that the database keeps: keys of providers,
// passwords of sites. A sealed secret opens only for the row it was sealed for,
// so it can't be moved to another account's.
type Vault struct {
	mu      sync.RWMutex
	aead    tink.AEAD
	primary []byte // what its key's secrets begin with
	// Again reads the keyset anew, where another process may have rotated it. It
	// may be nil, and is set before the first use.
	Again func() ([]byte, error)
}

// NewKeyset returns a fresh keyset for a Vault, as JSON. It is the one thing
// that opens what was sealed with it: keep it, and keep it secret.
func NewKeyset() ([]byte, error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&out))
	return out.Bytes(), err
}

// RotateKeyset returns a keyset with a fresh primary key before those of another:
// what they sealed opens still. The error is NotConfigured if they can't be read.
func RotateKeyset(keys []byte) ([]byte, error) {
	handle, err := readKeyset(keys)
	if err != nil {
		return nil, err
	}
	m := keyset.NewManagerFromHandle(handle)
	id, err := m.Add(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	if err := m.SetPrimary(id); err != nil {
		return nil, err
	}
	if handle, err = m.Handle(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&out))
	return out.Bytes(), err
}

func readKeyset(keys []byte) (*keyset.Handle, error) {
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(keys)))
	if err != nil {
		return nil, igny8.Errorf(igny8.NotConfigured, "The keyset that seals stored secrets can't be read. Restore it from where it was kept; without it stored passwords must be entered again.")
	}
	return handle, nil
}

// NewVault reads a keyset as NewKeyset writes it. It may hold several keys: the
// primary one seals, each opens what it sealed.
func NewVault(keys []byte) (*Vault, error) {
	v := &Vault{}
	return v, v.use(keys)
}

func (v *Vault) use(keys []byte) error {
	handle, err := readKeyset(keys)
	if err != nil {
		return err
	}
	primitive, err := aead.New(handle)
	if err != nil {
		return igny8.Wrap(igny8.NotConfigured, err, "The keyset that seals stored secrets is of another kind.")
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.aead, v.primary = primitive, prefixOf(handle.KeysetInfo().GetPrimaryKeyId())
	return nil
}

// again takes the keyset as it is now, if it can be read anew.
func (v *Vault) again() error {
	if v.Again == nil {
		return nil
	}
	keys, err := v.Again()
	if err != nil {
		return igny8.Wrap(igny8.NotConfigured, err, "The keyset that seals stored secrets can't be read.")
	}
	return v.use(keys)
}

func (v *Vault) now() tink.AEAD {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.aead
}

// SiteSecret names where a site's application password is kept.
func SiteSecret(account igny8.AccountID, site igny8.SiteID) string {
	return strings.Join([]string{"igny8_sites", account.String(), site.String(), "wp_app_password"}, "|")
}

// ProviderSecret names where an account's key for a provider is kept.
func ProviderSecret(account igny8.AccountID, provider string) string {
	return strings.Join([]string{"igny8_integration_settings", account.String(), provider, "secret"}, "|")
}

// Seal seals a secret for the row that where names, with the primary key of this
// moment: a secret is seldom sealed.
func (v *Vault) Seal(secret igny8.Secret, where string) ([]byte, error) {
	if err := v.again(); err != nil {
		return nil, err
	}
	return v.now().Encrypt([]byte(secret.Reveal()), []byte(where))
}

// Open opens what was sealed for the same row. The error is Credentials: whoever
// meets it must enter the secret again.
func (v *Vault) Open(sealed []byte, where string) (igny8.Secret, error) {
	plain, err := v.now().Decrypt(sealed, []byte(where))
	if err != nil && v.Again != nil { // perhaps with a key that came since
		if err := v.again(); err != nil {
			return "", err
		}
		plain, err = v.now().Decrypt(sealed, []byte(where))
	}
	if err != nil {
		return "", igny8.Errorf(igny8.Credentials, "A stored password can't be opened with the keys of this installation. Enter it again.")
	}
	return igny8.Secret(plain), nil
}
