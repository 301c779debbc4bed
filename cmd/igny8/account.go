package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/api"
	"github.com/igny8/igny8/config"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/store/system"
)

// withDatabase makes a command that needs the database and nothing else.
func withDatabase(c *cobra.Command, do func(context.Context, *platform, *cobra.Command, []string) error) *cobra.Command {
	return configured(c, func(ctx context.Context, conf config.Config, cmd *cobra.Command, args []string) error {
		p, err := newPlatform(conf)
		if err != nil {
			return err
		}
		defer p.end(cmd.ErrOrStderr())
		if err := p.openDatabase(ctx); err != nil {
			return err
		}
		return do(ctx, p, cmd, args)
	})
}

func migrateCommand() *cobra.Command {
	return withDatabase(&cobra.Command{Use: "migrate", Short: "Bring the database up to date", Args: cobra.NoArgs}, func(_ context.Context, _ *platform, cmd *cobra.Command, _ []string) error {
		fmt.Fprintln(cmd.OutOrStdout(), "The database is up to date.")
		return nil
	})
}

func userCommand() *cobra.Command {
	user := &cobra.Command{Use: "user", Short: "Make users from the terminal"}
	c := &cobra.Command{Use: "create EMAIL", Short: "Make a user, and the account if there is none of that name", Args: cobra.ExactArgs(1), Long: `Make a user. The password is asked for in the variable IGNY8_PASSWORD, so that it
is neither in the list of processes nor in the shell's history.

The first user of an account is its owner. A developer belongs to the account of
the service itself and may work in any account, by impersonation.`}
	account := c.Flags().String("account", "", "name of the account")
	name := c.Flags().String("name", "", "the user's name")
	role := c.Flags().String("role", "", "owner, admin, editor or viewer; owner for the first user, else editor")
	developer := c.Flags().Bool("developer", false, "make a developer")
	user.AddCommand(withDatabase(c, func(ctx context.Context, p *platform, cmd *cobra.Command, args []string) error {
		hash, err := api.HashPassword(ctx, igny8.Secret(os.Getenv("IGNY8_PASSWORD")))
		if err != nil {
			return fmt.Errorf("set IGNY8_PASSWORD: %w", err)
		}
		u, err := store.AsSystem(ctx, p.store, func(q *system.Queries) (system.User, error) {
			at, wanted, err := accountFor(ctx, q, *account, igny8.Role(*role), *developer)
			if err != nil {
				return system.User{}, err
			}
			return newUser(ctx, q, at, strings.ToLower(args[0]), *name, hash, wanted)
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s is %s.\n", u.Email, u.Role)
		return nil
	}))
	return user
}

// accountFor finds or makes the account that a new user is to belong to.
func accountFor(ctx context.Context, q *system.Queries, name string, role igny8.Role, developer bool) (system.Account, igny8.Role, error) {
	if developer {
		a, err := q.SystemAccount(ctx)
		return a, igny8.Developer, err
	}
	switch role {
	case "", igny8.Owner, igny8.Admin, igny8.Editor, igny8.Viewer:
	default:
		return system.Account{}, "", igny8.FieldErrorf("role", "A role is owner, admin, editor or viewer, not %q.", role)
	}
	if name == "" {
		return system.Account{}, "", igny8.FieldErrorf("account", "Name the account: --account \"My company\".")
	}
	a, err := q.AccountBySlug(ctx, slug(name))
	if err == nil {
		if role == "" {
			role = igny8.Editor
		}
		return a, role, nil
	} else if igny8.CodeOf(err) != igny8.NotFound {
		return a, "", err
	}
	a, err = newAccount(ctx, q, name, "")
	return a, igny8.Owner, err
}

// newAccount makes an account with its wallet and a plan: the default one if none
// is named.
func newAccount(ctx context.Context, q *system.Queries, name, plan string) (a system.Account, err error) {
	if a, err = q.NewAccount(ctx, system.NewAccountParams{Name: name, Slug: slug(name)}); err != nil {
		return a, err
	}
	if err := q.NewWallet(ctx, a.ID); err != nil {
		return a, err
	}
	return a, q.Subscribe(ctx, system.SubscribeParams{AccountID: a.ID, Plan: plan})
}

func newUser(ctx context.Context, q *system.Queries, a system.Account, email, name, hash string, role igny8.Role) (system.User, error) {
	u, err := q.NewUser(ctx, system.NewUserParams{AccountID: a.ID, Email: email, Name: name, PasswordHash: &hash, Role: role})
	if err == nil && role == igny8.Owner && a.OwnerID == nil {
		err = q.SetOwner(ctx, system.SetOwnerParams{ID: a.ID, OwnerID: &u.ID})
	}
	return u, err
}

func creditsCommand() *cobra.Command {
	credits := &cobra.Command{Use: "credits", Short: "Add credits to accounts"}
	c := &cobra.Command{Use: "grant ACCOUNT N", Short: "Add N credits to an account", Args: cobra.ExactArgs(2)}
	reason := c.Flags().String("reason", "", "why; it stands in the ledger (needed)")
	once := c.Flags().String("once", "", "a word that makes a repeated grant the same one")
	credits.AddCommand(withDatabase(c, func(ctx context.Context, p *platform, cmd *cobra.Command, args []string) error {
		n, err := strconv.ParseInt(args[1], 10, 64)
		if err != nil || n < 1 || n > 1e9 {
			return fmt.Errorf("%q is not a number of credits from 1 to 1,000,000,000", args[1])
		}
		if strings.TrimSpace(*reason) == "" {
			return fmt.Errorf("say why with --reason; it stands in the ledger")
		}
		key := *once
		if key == "" {
			key = strconv.FormatInt(time.Now().UnixNano(), 36)
		}
		after, err := store.AsSystem(ctx, p.store, func(q *system.Queries) (igny8.Credits, error) {
			a, err := q.AccountBySlug(ctx, slug(args[0]))
			if igny8.CodeOf(err) == igny8.NotFound {
				return 0, igny8.Errorf(igny8.NotFound, "There is no account %q.", args[0])
			} else if err != nil {
				return 0, err
			}
			return grant(ctx, q, a.ID, "grant:"+key, igny8.Credits(n), *reason)
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "The account has %d credits now.\n", after)
		return nil
	}))
	return credits
}

// grant adds credits once per key, and returns the balance after it.
func grant(ctx context.Context, q *system.Queries, account igny8.AccountID, key string, n igny8.Credits, reason string) (igny8.Credits, error) {
	entry, err := q.Credit(ctx, system.CreditParams{AccountID: account, OpKey: key, Amount: n, TransactionType: "grant", Reason: reason})
	if igny8.CodeOf(err) == igny8.NotFound {
		return 0, igny8.Errorf(igny8.Conflict, "That grant was made before. Nothing was added.")
	}
	return entry.BalanceAfter, err
}

// slug is a short name: lower-case letters, digits and hyphens.
func slug(name string) string {
	s := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(name))
	for strings.Contains(s, "--") {
		s = strings.ReplaceAll(s, "--", "-")
	}
	return strings.Trim(s, "-")
}
