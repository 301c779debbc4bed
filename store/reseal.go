package store

import (
	"bytes"
	"context"
	"encoding/binary"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store/system"
)

// A VaultKey is one key of a keyset, and how many secrets are sealed with it.
type VaultKey struct {
	ID      uint32
	Primary bool // it seals; the others only open
	Known   bool // it is in the keyset
	Sealed  int64
}

// prefixOf is what a secret begins with that a key has sealed (Tink's output
// prefix: 1, then the key's ID, big-endian).
func prefixOf(id uint32) []byte { return binary.BigEndian.AppendUint32([]byte{1}, id) }

// VaultKeys lists the keys of a keyset, and those that secrets are sealed with
// and that it has not.
func (s *Store) VaultKeys(ctx context.Context, keys []byte) ([]VaultKey, error) {
	handle, err := readKeyset(keys)
	if err != nil {
		return nil, err
	}
	rows, err := AsSystem(ctx, s, func(q *system.Queries) ([]system.SealedByRow, error) { return q.SealedBy(ctx) })
	if err != nil {
		return nil, err
	}
	sealed := map[uint32]int64{}
	for _, r := range rows {
		if len(r.Prefix) == 5 && r.Prefix[0] == 1 {
			sealed[binary.BigEndian.Uint32(r.Prefix[1:])] += r.Count
		} else {
			sealed[0] += r.Count // by nothing of ours
		}
	}
	info := handle.KeysetInfo()
	var out []VaultKey
	for _, k := range info.GetKeyInfo() {
		out = append(out, VaultKey{ID: k.GetKeyId(), Primary: k.GetKeyId() == info.GetPrimaryKeyId(), Known: true, Sealed: sealed[k.GetKeyId()]})
		delete(sealed, k.GetKeyId())
	}
	for id, n := range sealed {
		out = append(out, VaultKey{ID: id, Sealed: n})
	}
	return out, nil
}

// NewestOnly returns a keyset that has the primary key of another and no more.
// What the others sealed can't be opened with it.
func NewestOnly(keys []byte) ([]byte, error) {
	handle, err := readKeyset(keys)
	if err != nil {
		return nil, err
	}
	m, info := keyset.NewManagerFromHandle(handle), handle.KeysetInfo()
	for _, k := range info.GetKeyInfo() {
		if k.GetKeyId() != info.GetPrimaryKeyId() {
			if err := m.Delete(k.GetKeyId()); err != nil {
				return nil, err
			}
		}
	}
	if handle, err = m.Handle(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&out))
	return out.Bytes(), err
}

// Resealed is what became of secrets that an older key had sealed.
type Resealed struct {
	Done int64
	// Lost can't be opened with any key of the vault, and are left as they are.
	Lost int64
}

// place is where a walk over rows has come.
type place struct{ account, id uuid.UUID }

// Reseal seals every secret of every account with the vault's primary key, batch
// secrets in a transaction. What is sealed so already is not touched: broken off
// anywhere, it goes on where it was when it is begun again.
func (s *Store) Reseal(ctx context.Context, v *Vault, batch int) (out Resealed, err error) {
	if err := v.again(); err != nil {
		return out, err
	}
	for _, walk := range []func(context.Context, *system.Queries, *Vault, place, int32, *Resealed) (place, int, error){resealSites, resealProviders} {
		var at place
		for many := batch; many == batch; {
			var done Resealed
			at, err = AsSystem(ctx, s, func(q *system.Queries) (next place, err error) {
				next, many, err = walk(ctx, q, v, at, int32(batch), &done)
				return next, err
			})
			if err != nil {
				return out, err
			}
			out.Done, out.Lost = out.Done+done.Done, out.Lost+done.Lost
		}
	}
	return out, nil
}

func resealSites(ctx context.Context, q *system.Queries, v *Vault, at place, batch int32, out *Resealed) (place, int, error) {
	rows, err := q.SitesToReseal(ctx, system.SitesToResealParams{Prefix: v.prefix(), AfterAccount: at.account, AfterID: at.id, Many: batch})
	for _, r := range rows {
		at = place{r.AccountID.UUID, r.ID.UUID}
		sealed, err := v.anew(r.Sealed, SiteSecret(r.AccountID, r.ID), out)
		if err == nil && sealed != nil {
			err = q.ResealSite(ctx, system.ResealSiteParams{AccountID: r.AccountID, ID: r.ID, Sealed: sealed})
		}
		if err != nil {
			return at, 0, err
		}
	}
	return at, len(rows), err
}

func resealProviders(ctx context.Context, q *system.Queries, v *Vault, at place, batch int32, out *Resealed) (place, int, error) {
	rows, err := q.ProvidersToReseal(ctx, system.ProvidersToResealParams{Prefix: v.prefix(), AfterAccount: at.account, AfterID: at.id, Many: batch})
	for _, r := range rows {
		at = place{r.AccountID.UUID, r.ID}
		sealed, err := v.anew(r.Sealed, ProviderSecret(r.AccountID, r.IntegrationType), out)
		if err == nil && sealed != nil {
			err = q.ResealProvider(ctx, system.ResealProviderParams{AccountID: r.AccountID, ID: r.ID, Sealed: sealed})
		}
		if err != nil {
			return at, 0, err
		}
	}
	return at, len(rows), err
}

func (v *Vault) prefix() []byte {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.primary
}

// anew seals with the primary key what another has sealed; nil is what none can
// open.
func (v *Vault) anew(sealed []byte, where string, out *Resealed) ([]byte, error) {
	secret, err := v.Open(sealed, where)
	if igny8.CodeOf(err) == igny8.Credentials {
		out.Lost++
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out.Done++
	return v.Seal(secret, where)
}
