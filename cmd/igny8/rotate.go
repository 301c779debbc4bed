package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// resealed is how many secrets are sealed anew in one transaction.
const resealed = 100

func listKeysCommand() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "List the keys that seal stored secrets, and how many each has sealed", Args: cobra.NoArgs}
	return withDatabase(c, func(ctx context.Context, p *platform, cmd *cobra.Command, _ []string) error {
		t, err := readKeys(p.config)
		if err != nil {
			return err
		}
		all, err := p.store.VaultKeys(ctx, []byte(t.vault.Reveal()))
		if err != nil {
			return err
		}
		for _, k := range all {
			what := "opens"
			switch {
			case k.Primary:
				what = "seals and opens"
			case !k.Known:
				what = "is not in the keyset"
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%08x  %-20s  secrets: %d\n", k.ID, what, k.Sealed)
		}
		return nil
	})
}

func rotateCommand() *cobra.Command {
	c := &cobra.Command{Use: "rotate", Short: "Seal all stored secrets with a fresh key", Args: cobra.NoArgs, Long: `Seal all stored passwords and provider keys with a fresh key. It can be broken off
and begun again at any time: while secrets of an older key are left it goes on with
those, and makes no other key. Old keys stay in the keyset, and open what they
sealed, until --drop takes them out.

Where the keyset is in the data directory, processes that are running go on as they
are. Where it is given as IGNY8_VAULT_KEYS this prints the new one first; start every
process with it, then run this again.`}
	drop := c.Flags().Bool("drop", false, "take out the old keys, if nothing is sealed with them any more")
	return withDatabase(c, func(ctx context.Context, p *platform, cmd *cobra.Command, _ []string) error {
		r := rotation{platform: p, out: cmd.OutOrStdout()}
		if err := r.read(ctx); err != nil {
			return err
		}
		if *drop {
			return r.drop()
		}
		return r.rotate(ctx)
	})
}

// rotation brings all secrets to a fresh key.
type rotation struct {
	*platform
	out   io.Writer
	now   igny8.Secret
	older int64 // secrets that an older key of the keyset has sealed
}

func (r *rotation) read(ctx context.Context) error {
	t, err := readKeys(r.config)
	if err != nil {
		return err
	}
	r.now, r.older = t.vault, 0
	all, err := r.store.VaultKeys(ctx, []byte(r.now.Reveal()))
	for _, k := range all {
		if k.Known && !k.Primary {
			r.older += k.Sealed
		}
	}
	return err
}

func (r *rotation) rotate(ctx context.Context) error {
	if r.older == 0 {
		next, err := nextVaultKeys(r.now)
		if err != nil {
			return err
		}
		if given, err := r.keep(next); err != nil || given {
			return err
		}
	}
	done, err := r.store.Reseal(ctx, r.keys.vault, resealed)
	if err != nil {
		return igny8.Wrap(igny8.CodeOf(err), err, "It was broken off after %d secrets, which are sealed anew. Run it again: it goes on with the others. %s", done.Done, igny8.MessageOf(err))
	}
	fmt.Fprintf(r.out, "Sealed with the newest key: %d.\n", done.Done)
	if done.Lost > 0 {
		fmt.Fprintf(r.out, "Left, since no key that is here opens them: %d. They have to be entered again.\n", done.Lost)
	}
	fmt.Fprintln(r.out, "The old keys open what they sealed until you drop them: igny8 keys rotate --drop. Keep them as long as backups are sealed with them.")
	return nil
}

// drop leaves the keyset with its newest key.
func (r *rotation) drop() error {
	if r.older > 0 {
		return igny8.Errorf(igny8.Conflict, "%d secrets are still sealed with older keys. Run igny8 keys rotate first.", r.older)
	}
	next, err := store.NewestOnly([]byte(r.now.Reveal()))
	if err != nil {
		return err
	}
	if given, err := r.keep(compact(next)); err != nil || given {
		return err
	}
	fmt.Fprintln(r.out, "The keyset has its newest key only.")
	return nil
}

// keep puts another keyset in the place of the one there is. Where that is
// given by a setting it prints what to set instead, and says so.
func (r *rotation) keep(next string) (given bool, err error) {
	if r.config.VaultKeys != "" {
		fmt.Fprintf(r.out, "IGNY8_VAULT_KEYS=%s\n", next)
		fmt.Fprintln(os.Stderr, "Start every process with this keyset, then run igny8 keys rotate again.")
		return true, nil
	}
	return false, replace(vaultFile(r.config), next)
}

// replace writes a file that is either the old one or the new one, whoever reads
// it and whenever the power fails: what is sealed with its key must not outlive
// it.
func replace(file, text string) error {
	f, err := os.OpenFile(file+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err = f.WriteString(text); err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(file+".new", file); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(file))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
