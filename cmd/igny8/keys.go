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

// loadKeys takes the keys from the settings, or from the data directory, where
// they are made once.
func loadKeys(c config.Config) (k keys, err error) {
	dir := filepath.Join(c.Data, "keys")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return k, igny8.Wrap(igny8.Invalid, err, "The directory of the keys, %s, can't be made.", dir)
	}
	vault, err := orKept(c.VaultKeys, filepath.Join(dir, "vault.json"), newVaultKeys)
	if err != nil {
		return k, err
	}
	if k.vault, err = store.NewVault([]byte(vault.Reveal())); err != nil {
		return k, err
	}
	seeds, err := orKept(c.TokenSeed, filepath.Join(dir, "tokens"), newSeed)
	if err != nil {
		return k, err
	}
	if k.tokens, err = tokensOf(seeds); err != nil {
		return k, err
	}
	payload, err := orKept(c.PayloadKeys, filepath.Join(dir, "payload"), newPayloadKey)
	if err != nil {
		return k, err
	}
	k.payload, err = client.ParseKeys(payload)
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
func orKept(given igny8.Secret, file string, fresh func() (string, error)) (igny8.Secret, error) {
	if given != "" {
		return given, nil
	}
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		text, err := fresh()
		if err != nil {
			return "", err
		}
		return igny8.Secret(text), os.WriteFile(file, []byte(text), 0o600)
	}
	return igny8.Secret(strings.TrimSpace(string(b))), err
}

func newVaultKeys() (string, error) {
	b, err := store.NewKeyset()
	return string(b), err
}

func newSeed() (string, error) {
	b := make([]byte, 32)
	_, err := rand.Read(b)
	return base64.StdEncoding.EncodeToString(b), err
}

func newPayloadKey() (string, error) {
	seed, err := newSeed()
	return "k1:" + seed, err
}

func keysCommand() *cobra.Command {
	return &cobra.Command{
		Use: "keys", Short: "Print fresh keys, as an environment file for several processes to share", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			for _, k := range []struct {
				name  string
				fresh func() (string, error)
			}{{"IGNY8_VAULT_KEYS", newVaultKeys}, {"IGNY8_TOKEN_SEED", newSeed}, {"IGNY8_PAYLOAD_KEYS", newPayloadKey}} {
				text, err := k.fresh()
				if err != nil {
					return err
				}
				fmt.Fprintf(c.OutOrStdout(), "%s=%s\n", k.name, strings.Join(strings.Fields(text), ""))
			}
			return nil
		},
	}
}
