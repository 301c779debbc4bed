package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/api"
	"github.com/igny8/igny8/config"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/temporal/client"
)

// keys are what the installation keeps secret.
type keys struct {
	vault   *store.Vault
	tokens  *api.Tokens
	payload *client.Keys
}

// keyTexts are the keys as they are written down.
type keyTexts struct{ vault, tokens, payload igny8.Secret }

// readKeys takes the keys from the settings, or from the data directory, where
// they are made once.
func readKeys(c config.Config) (t keyTexts, err error) {
	dir := filepath.Join(c.Data, "keys")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return t, igny8.Wrap(igny8.Invalid, err, "The directory of the keys, %s, can't be made.", dir)
	}
	if t.vault, err = orKept(c.VaultKeys, vaultFile(c), nextVaultKeys); err != nil {
		return t, err
	}
	if t.tokens, err = orKept(c.TokenSeed, filepath.Join(dir, "tokens"), nextSeeds); err != nil {
		return t, err
	}
	t.payload, err = orKept(c.PayloadKeys, filepath.Join(dir, "payload"), nextPayloadKeys)
	return t, err
}

// vaultFile is where the vault's keyset is kept, unless it is given.
func vaultFile(c config.Config) string { return filepath.Join(c.Data, "keys", "vault.json") }

func loadKeys(c config.Config) (k keys, err error) {
	t, err := readKeys(c)
	if err != nil {
		return k, err
	}
	if k.vault, err = store.NewVault([]byte(t.vault.Reveal())); err != nil {
		return k, err
	}
	if c.VaultKeys == "" { // another process may rotate them
		k.vault.Again = func() ([]byte, error) { return os.ReadFile(vaultFile(c)) }
	}
	if k.tokens, err = tokensOf(t.tokens); err != nil {
		return k, err
	}
	k.payload, err = client.ParseKeys(t.payload)
	return k, err
}

func tokensOf(seeds igny8.Secret) (*api.Tokens, error) {
	var raw [][]byte
	for s := range strings.SplitSeq(seeds.Reveal(), ",") {
		b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(s))
		if err != nil {
			return nil, errors.New("token_seed is 32 bytes in base64; `igny8 keys` makes one")
		}
		raw = append(raw, b)
	}
	return api.NewTokens(raw...)
}

// orKept returns what was given, or else what the file holds; a file that is not
// there is made.
func orKept(given igny8.Secret, file string, next func(igny8.Secret) (string, error)) (igny8.Secret, error) {
	if given != "" {
		return given, nil
	}
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		text, err := next("")
		if err != nil {
			return "", err
		}
		return igny8.Secret(text), os.WriteFile(file, []byte(text), 0o600)
	}
	return igny8.Secret(strings.TrimSpace(string(b))), err
}

// nextVaultKeys is a keyset whose primary key is fresh, with those of now if
// there are any.
func nextVaultKeys(now igny8.Secret) (string, error) {
	if now == "" {
		b, err := store.NewKeyset()
		return compact(b), err
	}
	b, err := store.RotateKeyset([]byte(now.Reveal()))
	return compact(b), err
}

func compact(json []byte) string { return strings.Join(strings.Fields(string(json)), "") }

// nextSeeds is a fresh seed before those of now.
func nextSeeds(now igny8.Secret) (string, error) {
	b := make([]byte, 32)
	_, err := rand.Read(b)
	return before(base64.StdEncoding.EncodeToString(b), now), err
}

// nextPayloadKeys is a fresh key, with an ID that none of those of now has,
// before them.
func nextPayloadKeys(now igny8.Secret) (string, error) {
	n := 1
	for strings.Contains(","+now.Reveal(), fmt.Sprintf(",k%d:", n)) {
		n++
	}
	seed, err := nextSeeds("")
	return before(fmt.Sprintf("k%d:%s", n, seed), now), err
}

func before(first string, now igny8.Secret) string {
	if now == "" {
		return first
	}
	return first + "," + now.Reveal()
}

func keysCommand() *cobra.Command {
	c := &cobra.Command{Use: "keys", Short: "Print fresh keys, as an environment file for several processes to share", Args: cobra.NoArgs, Long: `Print fresh keys, as an environment file for several processes to share.

With --renew they are this installation's keys with a fresh one before each: start
every process anew with them. What was sealed, signed or encrypted before is still
read. The old ones can be dropped when nothing of theirs is left; for payload keys
that is when the retention of the workflows has passed.`}
	c.AddCommand(listKeysCommand(), rotateCommand())
	config.Flags(c.Flags())
	renew := c.Flags().Bool("renew", false, "put fresh keys before those of this installation")
	c.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		var now keyTexts
		if *renew { // without it nothing is needed, and production has no keys yet
			conf, err := config.Load(cmd.Flags())
			if err != nil {
				return err
			}
			if now, err = readKeys(conf); err != nil {
				return err
			}
		}
		for _, k := range []struct {
			name string
			next func(igny8.Secret) (string, error)
			now  igny8.Secret
		}{{"IGNY8_VAULT_KEYS", nextVaultKeys, now.vault}, {"IGNY8_TOKEN_SEED", nextSeeds, now.tokens}, {"IGNY8_PAYLOAD_KEYS", nextPayloadKeys, now.payload}} {
			text, err := k.next(k.now)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s=%s\n", k.name, text)
		}
		return nil
	}
	return c
}
