package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/api"
	"github.com/igny8/igny8/config"
	"github.com/igny8/igny8/keywordcsv"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/store/system"
)

// job is what `igny8 run` is asked for.
type job struct {
	file, site, account, sector, mode, wpUser string
	articles, images                          int
	maxCredits                                int64
	yes, json                                 bool
}

func runCommand() *cobra.Command {
	var j job
	c := &cobra.Command{Use: "run --csv FILE --site SITE", Short: "Turn a keyword export into published articles, from the terminal", Args: cobra.NoArgs, Long: `Turn a keyword export into published articles. The command shows what the file
holds and what the run can cost at most, and asks before it starts.

SITE is the short name, name or ID of a site of the account, or "sandbox" with
--sandbox. The https:// address of a WordPress site that the account doesn't
have yet adds it: give its user with --wp-user, and the application password in
the variable IGNY8_WP_PASSWORD.

While ` + "`igny8 up`" + ` is running on the same data, the run is handed to it and goes
on there, also when this command is stopped.`}
	f := c.Flags()
	f.StringVar(&j.file, "csv", "", "keyword export: CSV or TSV as downloaded, or a plain list")
	f.StringVar(&j.site, "site", "", "the site to publish to")
	f.StringVar(&j.account, "account", "", "name of the account; needed if there are several")
	f.StringVar(&j.sector, "sector", "", "the site's sector that the keywords are for; needed if it has several")
	f.StringVar(&j.wpUser, "wp-user", "", "user of a WordPress site that is added")
	f.IntVar(&j.articles, "articles", 12, "articles to make")
	f.IntVar(&j.images, "images", 2, "images per article")
	f.StringVar(&j.mode, "mode", "review", "auto, review (before images are bought), moderate (before publishing) or both")
	f.Int64Var(&j.maxCredits, "max-credits", 0, "the most the run may cost; default is its estimate")
	f.BoolVar(&j.yes, "yes", false, "don't ask")
	f.BoolVar(&j.json, "json", false, "print the summary as JSON")
	return configured(c, func(ctx context.Context, conf config.Config, cmd *cobra.Command, _ []string) error {
		if j.file == "" || j.site == "" {
			return errors.New("name the keyword export and the site: igny8 run --csv FILE --site SITE")
		}
		said := cmd.OutOrStdout() // what is said to a person
		if j.json {
			said = cmd.ErrOrStderr()
		}
		return j.run(ctx, conf, cmd.InOrStdin(), said, cmd.OutOrStdout())
	})
}

func (j job) run(ctx context.Context, conf config.Config, in io.Reader, said, out io.Writer) error {
	file, err := os.Open(j.file)
	if err != nil {
		return fmt.Errorf("the keyword export can't be read: %w", err)
	}
	defer file.Close()
	preview, err := inspect(ctx, file)
	if err != nil {
		return err
	}
	settings := igny8.RunSettings{Articles: j.articles, Images: &j.images}
	if err := settings.Validate(); err != nil {
		return err
	}
	if !slices.Contains(igny8.Modes, igny8.Mode(j.mode)) {
		return fmt.Errorf("mode is auto, review, moderate or both, not %q", j.mode)
	}
	p, err := newPlatform(conf)
	if err != nil {
		return err
	}
	defer p.end(said)
	serving, err := p.serving(ctx, said)
	if err != nil {
		return err
	}
	at, err := j.place(ctx, p)
	if err != nil {
		return err
	}
	if err := j.agree(ctx, p, at, preview, settings, in, said); err != nil {
		return err
	}
	if at.site.ID.IsZero() {
		if at, err = j.addSite(ctx, p, at); err != nil {
			return err
		}
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	report, err := api.ImportKeywords(igny8.WithPrincipal(ctx, at.as()), p.store, store.Asker{User: at.as().User, Role: igny8.Owner}, at.sector.ID, filepath.Base(j.file), file, nil)
	if err != nil {
		return err
	}
	fmt.Fprintf(said, "Imported %d keywords: %d new, %d better known, %d as they were; %d lines left out.\n", report.Added+report.Updated+report.Unchanged, report.Added, report.Updated, report.Unchanged, report.File.Skipped)
	run, err := p.begin(ctx, at, store.Start{Kind: igny8.KindPipeline, Mode: igny8.Mode(j.mode), Settings: settings, MaxCredits: igny8.Credits(j.maxCredits)})
	if err != nil {
		return err
	}
	if run, err = p.watch(ctx, said, at, run.ID); err != nil {
		return err
	}
	return j.finish(ctx, p, at, run, serving, said, out)
}

// inspect looks at the beginning of a file. One without a keyword in sight is
// read to its end, for the reader's own words on what is wrong with it.
func inspect(ctx context.Context, file *os.File) (keywordcsv.Preview, error) {
	preview, err := keywordcsv.Inspect(file, nil)
	if err != nil || len(preview.Rows) > 0 {
		return preview, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return preview, err
	}
	report, err := keywordcsv.Read(ctx, file, nil, func(keywordcsv.Row) error { return nil })
	if err == nil && report.Rows == 0 {
		err = errors.New("the file holds no keywords")
	}
	return preview, err
}

// serving opens the database and, unless another process serves it already,
// everything else.
func (p *platform) serving(ctx context.Context, said io.Writer) (already bool, err error) {
	if err := p.openDatabase(ctx); err != nil {
		return false, err
	}
	if already, err = p.attach(); already || err != nil {
		return already, err
	}
	p.config.Listen = "127.0.0.1:0"
	_, err = p.upFrom(ctx, said)
	return false, err
}

// agree shows what the file holds and what the run can cost, and asks.
func (j job) agree(ctx context.Context, p *platform, at place, preview keywordcsv.Preview, settings igny8.RunSettings, in io.Reader, said io.Writer) error {
	kind := igny8.Illustration
	if p.config.ImageProvider == "openai" {
		kind = igny8.IllustrationX
	}
	estimate, err := store.As(ctx, p.store, at.as(), func(q *store.Queries) (igny8.Estimate, error) {
		return q.Estimate(ctx, igny8.KindPipeline, settings, 0, kind)
	})
	if err != nil {
		return err
	}
	wallet, err := store.As(ctx, p.store, at.as(), func(q *store.Queries) (store.Wallet, error) { return q.Wallet(ctx) })
	if err != nil {
		return err
	}
	fmt.Fprintf(said, "\n  %s: %s, %s\n", filepath.Base(j.file), preview.Layout, preview.Encoding)
	for i, row := range preview.Rows[:min(len(preview.Rows), 5)] {
		fmt.Fprintf(said, "  %4d  %s\n", i+1, row.Keyword)
	}
	for _, w := range preview.Warnings {
		fmt.Fprintln(said, "  Note: "+w)
	}
	fmt.Fprintf(said, "  For %s, %s, sector %s.\n\n", at.account.Name, at.site.Name, at.sector.Name)
	most := estimate.Total
	for _, l := range estimate.Lines {
		fmt.Fprintf(said, "  %-16s %5d × %2d = %6d credits\n", l.Function, l.Units, l.Price, l.Total)
	}
	if j.maxCredits > 0 {
		most = min(most, igny8.Credits(j.maxCredits))
	}
	left := wallet.Posted - wallet.Held
	fmt.Fprintf(said, "  At most %d credits; the account has %d. What is not delivered is not charged.\n\n", most, left)
	if left < most {
		fmt.Fprintf(said, "  That may not be enough: the run would pause. Add credits with: igny8 credits grant %s %d --reason …\n\n", at.account.Slug, most-left)
	}
	if j.yes {
		return nil
	}
	fmt.Fprint(said, "Start? [y/N] ")
	answer, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if a := strings.ToLower(strings.TrimSpace(answer)); a != "y" && a != "yes" {
		return errors.New("nothing was imported, and nothing was started; --yes starts without asking")
	}
	return nil
}

// finish says what the run came to, or what it waits for.
func (j job) finish(ctx context.Context, p *platform, at place, run store.Run, serving bool, said, out io.Writer) error {
	s, err := p.summarise(ctx, at, run)
	if err != nil {
		return err
	}
	if err := s.print(out, j.json); err != nil {
		return err
	}
	switch {
	case run.Status == igny8.RunWaitingReview && !serving:
		fmt.Fprintln(said, "  The articles wait for a review. `igny8 up` serves the pages to do it on; the run goes on there.")
	case run.Status == igny8.RunWaitingReview:
		fmt.Fprintln(said, "  The articles wait for a review. Open the pages of `igny8 up` to do it.")
	case run.Status == igny8.RunPaused:
		return fmt.Errorf("the run is paused: %s", run.ErrorMessage)
	case run.Status == igny8.RunFailed, run.Status == igny8.RunCancelled:
		return fmt.Errorf("the run has %s: %s", run.Status, run.Message)
	}
	return nil
}

// place finds the account, the site and the sector that the job is for. A site
// that is to be added has no ID yet.
func (j job) place(ctx context.Context, p *platform) (place, error) {
	return store.AsSystem(ctx, p.store, func(q *system.Queries) (at place, err error) {
		if j.site == "sandbox" && p.sandbox != "" && j.account == "" {
			return p.demoAccount(ctx, q)
		}
		if at.account, err = j.findAccount(ctx, q); err != nil {
			return at, err
		}
		if at.site, err = j.findSite(ctx, q, at.account); err != nil {
			return at, err
		}
		at.sector, err = j.findSector(ctx, q, at.site)
		return at, err
	})
}

func (j job) findAccount(ctx context.Context, q *system.Queries) (system.Account, error) {
	all, err := q.Accounts(ctx)
	if err != nil {
		return system.Account{}, err
	}
	for _, a := range all {
		if j.account == "" && len(all) == 1 || j.account == a.ID.String() || slug(j.account) == a.Slug || strings.EqualFold(j.account, a.Name) {
			return a, nil
		}
	}
	switch {
	case len(all) == 0:
		return system.Account{}, errors.New("there is no account yet. Make one: IGNY8_PASSWORD=… igny8 user create you@example.com --account \"My company\"")
	case j.account == "":
		return system.Account{}, errors.New("there are several accounts; say which with --account: " + names(all, func(a system.Account) string { return a.Slug }))
	}
	return system.Account{}, fmt.Errorf("there is no account %q; there are: %s", j.account, names(all, func(a system.Account) string { return a.Slug }))
}

func (j job) findSite(ctx context.Context, q *system.Queries, a system.Account) (system.Site, error) {
	all, err := q.SitesOfAccount(ctx, a.ID)
	if err != nil {
		return system.Site{}, err
	}
	for _, s := range all {
		if j.site == s.ID.String() || j.site == s.Slug || strings.EqualFold(j.site, s.Name) || s.WpURL != nil && strings.TrimRight(j.site, "/") == strings.TrimRight(*s.WpURL, "/") {
			return s, nil
		}
	}
	u, err := url.Parse(j.site)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return system.Site{}, fmt.Errorf("the account %s has no site %q; it has: %s. A WordPress address with --wp-user adds one", a.Name, j.site, names(all, func(s system.Site) string { return s.Slug }))
	}
	if j.wpUser == "" || os.Getenv("IGNY8_WP_PASSWORD") == "" {
		return system.Site{}, errors.New("to add the site, give its WordPress user with --wp-user and the application password in IGNY8_WP_PASSWORD")
	}
	return system.Site{AccountID: a.ID, Name: u.Host, Slug: slug(u.Host)}, nil // added once the person has agreed
}

// addSite adds the site that the account doesn't have yet, with a sector.
func (j job) addSite(ctx context.Context, p *platform, at place) (place, error) {
	if _, err := store.As(ctx, p.store, at.as(), func(q *store.Queries) (struct{}, error) {
		return struct{}{}, q.AtMost(ctx, "sites", "sites", "select count(*) + 1 from igny8_sites where account_id = current_account()")
	}); err != nil {
		return at, err
	}
	return store.AsSystem(ctx, p.store, func(q *system.Queries) (_ place, err error) {
		at.site, err = q.NewSite(ctx, system.NewSiteParams{AccountID: at.account.ID, ID: igny8.New[igny8.SiteID](), Name: at.site.Name, Slug: at.site.Slug, Settings: []byte("{}")})
		if err != nil {
			return at, err
		}
		at.sector, err = q.NewSector(ctx, system.NewSectorParams{AccountID: at.account.ID, SiteID: at.site.ID, Name: at.sector.Name, Slug: at.sector.Slug})
		if err != nil {
			return at, err
		}
		return at, p.siteAccess(ctx, q, at.account.ID, at.site.ID, strings.TrimRight(j.site, "/"), j.wpUser, igny8.Secret(os.Getenv("IGNY8_WP_PASSWORD")))
	})
}

func (j job) findSector(ctx context.Context, q *system.Queries, s system.Site) (system.Sector, error) {
	if s.ID.IsZero() {
		return system.Sector{Name: "General", Slug: "general"}, nil
	}
	all, err := q.SectorsOfSite(ctx, system.SectorsOfSiteParams{AccountID: s.AccountID, SiteID: s.ID})
	if err != nil {
		return system.Sector{}, err
	}
	for _, sector := range all {
		if j.sector == "" && len(all) == 1 || j.sector == sector.ID.String() || slug(j.sector) == sector.Slug || strings.EqualFold(j.sector, sector.Name) {
			return sector, nil
		}
	}
	return system.Sector{}, fmt.Errorf("say which sector of %s with --sector: %s", s.Name, names(all, func(x system.Sector) string { return x.Slug }))
}

func names[T any](all []T, name func(T) string) string {
	out := make([]string, len(all))
	for i, x := range all {
		out[i] = name(x)
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, ", ")
}
