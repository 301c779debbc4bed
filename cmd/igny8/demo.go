package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/api"
	"github.com/igny8/igny8/config"
	"github.com/igny8/igny8/keywordcsv/sample"
	"github.com/igny8/igny8/sandbox"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/store/system"
)

// The demo: a thousand credits, twelve articles with two images each.
const (
	demoCredits  = 1000
	demoArticles = 12
	demoImages   = 2
	demoClusters = 5 // at least so many the articles must be about
	demoEmail    = "demo@igny8.example"
	demoPassword = "coffee-at-home"
)

func demoCommand() *cobra.Command {
	c := &cobra.Command{Use: "demo", Short: "Run the demo on throw-away data and free ports, check what it made, and exit", Args: cobra.NoArgs}
	return configured(c, func(ctx context.Context, conf config.Config, cmd *cobra.Command, _ []string) (err error) {
		if conf.Data, err = os.MkdirTemp("", "igny8-demo-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(conf.Data)) }()
		// PostgreSQL may run as another user than we do.
		if err := os.Chmod(conf.Data, 0o755); err != nil {
			return err
		}
		conf.Sandbox, conf.Listen, conf.SandboxListen, conf.TemporalUI = true, "127.0.0.1:0", "127.0.0.1:0", 0
		p, err := newPlatform(conf)
		if err != nil {
			return err
		}
		defer p.end(cmd.ErrOrStderr())
		address, err := p.up(ctx, cmd.OutOrStdout())
		if err != nil {
			return err
		}
		p.announce(cmd.OutOrStdout(), address)
		_, err = p.demonstrate(ctx, cmd.OutOrStdout(), address, true)
		return err
	})
}

// demonstrate makes the demo account if there is none and runs its first run. An
// account that has had a run starts nothing by itself.
func (p *platform) demonstrate(ctx context.Context, out io.Writer, address string, check bool) (at place, err error) {
	at, err = store.AsSystem(ctx, p.store, func(q *system.Queries) (place, error) { return p.demoAccount(ctx, q) })
	if err != nil {
		return at, err
	}
	runs, err := store.As(ctx, p.store, at.as(), func(q *store.Queries) (int64, error) { return q.CountRuns(ctx) })
	if err != nil {
		return at, err
	}
	if runs > 0 {
		fmt.Fprintf(out, "\nThe demo's data are there; nothing was started. Sign in as %s with %s.\n", demoEmail, demoPassword)
		return at, nil
	}
	report, err := api.ImportKeywords(igny8.WithPrincipal(ctx, at.as()), p.store, store.Asker{User: at.as().User, Role: igny8.Owner}, at.sector.ID, "coffee-gear_broad-match_us.csv", bytes.NewReader(sample.CSV), nil)
	if err != nil {
		return at, err
	}
	fmt.Fprintf(out, "\nImported the sample export: %d keywords from %d lines.\n", report.Added, report.File.Lines)
	two := demoImages
	run, err := p.begin(ctx, at, store.Start{Kind: igny8.KindPipeline, Mode: igny8.Auto, Settings: igny8.RunSettings{Articles: demoArticles, Images: &two, Words: 1200, IdeasPerCluster: 2}})
	if err != nil {
		return at, err
	}
	fmt.Fprintf(out, "Started a run of %d articles with %d images each. It may cost up to %d of %d credits.\n", demoArticles, demoImages, *run.MaxCredits, demoCredits)
	if run, err = p.watch(ctx, out, at, run.ID); err != nil {
		return at, err
	}
	if !check { // else nobody sees it
		if err := p.furnish(ctx, at, address); err != nil {
			fmt.Fprintf(out, "The demo's author, strategy and schedule are not there: %v\n", err)
		}
	}
	s, err := p.summarise(ctx, at, run)
	if err != nil {
		return at, err
	}
	if err := s.print(out, false); err != nil {
		return at, err
	}
	if err := p.ledger(ctx, out); err != nil {
		return at, err
	}
	if check {
		if err := p.verify(ctx, at, run); err != nil {
			return at, err
		}
		fmt.Fprintf(out, "  Checked: every article is at its address with its images, from at least %d topics, and no two share a paragraph.\n", demoClusters)
	}
	fmt.Fprintf(out, "\n  Sign in        %s   as %s with %s\n  Articles       %s/wp/\n", address, demoEmail, demoPassword, p.sandbox)
	if p.uiAt != "" {
		fmt.Fprintf(out, "  The run        %s/namespaces/%s/workflows\n", p.uiAt, p.config.TemporalNamespace)
	}
	return at, nil
}

// demoAccount finds or makes the demo's account, with its owner, credits, site
// and sector. The site is the sandbox's own.
func (p *platform) demoAccount(ctx context.Context, q *system.Queries) (at place, err error) {
	at.account, err = q.AccountBySlug(ctx, "demo")
	if igny8.CodeOf(err) == igny8.NotFound {
		return p.newDemoAccount(ctx, q)
	} else if err != nil {
		return at, err
	}
	sites, err := q.SitesOfAccount(ctx, at.account.ID)
	if err != nil || len(sites) == 0 {
		return at, errors.Join(err, errors.New("the demo account has no site"))
	}
	at.site = sites[0]
	sectors, err := q.SectorsOfSite(ctx, system.SectorsOfSiteParams{AccountID: at.account.ID, SiteID: at.site.ID})
	if err == nil && len(sectors) > 0 {
		at.sector = sectors[0]
	}
	return at, err
}

// sandboxMoved tells the demo's site where the sandbox answers now, before a
// worker goes on with what was begun for it.
func (p *platform) sandboxMoved(ctx context.Context) error {
	if p.sandbox == "" {
		return nil
	}
	_, err := store.AsSystem(ctx, p.store, func(q *system.Queries) (none struct{}, err error) {
		demo, err := q.AccountBySlug(ctx, "demo")
		if igny8.CodeOf(err) == igny8.NotFound {
			return none, nil
		} else if err != nil {
			return none, err
		}
		sites, err := q.SitesOfAccount(ctx, demo.ID)
		for _, s := range sites {
			if err == nil && s.WpURL != nil && strings.HasSuffix(*s.WpURL, sandbox.SitePath) && *s.WpURL != p.sandbox+sandbox.SitePath {
				err = p.sandboxSite(ctx, q, demo.ID, s.ID)
			}
		}
		return none, err
	})
	return err
}

func (p *platform) newDemoAccount(ctx context.Context, q *system.Queries) (at place, err error) {
	if at.account, err = newAccount(ctx, q, "Demo", "Growth"); err != nil {
		return at, err
	}
	hash, err := api.HashPassword(ctx, demoPassword)
	if err != nil {
		return at, err
	}
	owner, err := newUser(ctx, q, at.account, demoEmail, "Demo", hash, igny8.Owner)
	if err != nil {
		return at, err
	}
	at.account.OwnerID = &owner.ID
	if _, err := grant(ctx, q, at.account.ID, "grant:demo", demoCredits, "The demo's credits"); err != nil {
		return at, err
	}
	at.site, err = q.NewSite(ctx, system.NewSiteParams{AccountID: at.account.ID, ID: igny8.New[igny8.SiteID](), Name: "The sandbox site", Slug: "sandbox", Settings: []byte("{}")})
	if err != nil {
		return at, err
	}
	if err := p.sandboxSite(ctx, q, at.account.ID, at.site.ID); err != nil {
		return at, err
	}
	at.sector, err = q.NewSector(ctx, system.NewSectorParams{AccountID: at.account.ID, SiteID: at.site.ID, Name: "Coffee at home", Slug: "coffee-at-home"})
	return at, err
}

// sandboxSite gives a site the address and the password of the sandbox's.
func (p *platform) sandboxSite(ctx context.Context, q *system.Queries, account igny8.AccountID, site igny8.SiteID) error {
	return p.siteAccess(ctx, q, account, site, p.sandbox+sandbox.SitePath, "editor", sandbox.DefaultPassword)
}

// siteAccess keeps how a site is reached; the password is sealed.
func (p *platform) siteAccess(ctx context.Context, q *system.Queries, account igny8.AccountID, site igny8.SiteID, url, user string, password igny8.Secret) error {
	sealed, err := p.keys.vault.Seal(password, store.SiteSecret(account, site))
	if err != nil {
		return err
	}
	hint := password.Hint()
	return q.SetSiteAccess(ctx, system.SetSiteAccessParams{AccountID: account, ID: site, WpURL: &url, WpUsername: &user, WpAppPassword: sealed, WpPasswordHint: &hint})
}
