package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/store/system"
)

// place is where a job works: whose sector.
type place struct {
	account system.Account
	site    system.Site
	sector  system.Sector
}

// as is who the terminal acts as: whoever can read the database's password can
// do what the account's owner may.
func (p place) as() igny8.Principal {
	as := igny8.Principal{Account: p.account.ID, Role: igny8.Owner, AllSites: true}
	if p.account.OwnerID != nil {
		as.User = *p.account.OwnerID
	}
	return as
}

// begin accepts a run. The dispatcher of whoever serves this database starts it.
func (p *platform) begin(ctx context.Context, at place, s store.Start) (store.Run, error) {
	s.Sector, s.Asker = at.sector.ID, store.Asker{User: at.as().User, Role: igny8.Owner}
	started, err := store.As(ctx, p.store, at.as(), func(q *store.Queries) (store.Started, error) { return q.Begin(ctx, s) })
	return started.Run, err
}

// watch shows how far a run has come until it ends, or until a person has to do
// something. The bar moves when the run's row has changed, and then only.
func (p *platform) watch(ctx context.Context, out io.Writer, at place, run igny8.RunID) (store.Run, error) {
	b := newBar(out)
	defer b.close()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	var last store.Run
	for {
		r, err := store.As(ctx, p.store, at.as(), func(q *store.Queries) (store.Run, error) { return q.Run(ctx, run) })
		switch code := igny8.CodeOf(err); {
		case code == igny8.Unavailable && ctx.Err() == nil && last.Version > 0:
			r = last // the database is away: the run goes on when it is back
		case err != nil:
			return last, err
		}
		if r.Version != last.Version {
			b.show(r)
			last = r
		}
		if !r.Status.Live() || r.Status == igny8.RunWaitingReview || r.Status == igny8.RunPaused && r.ErrorCode != "" {
			return r, nil
		}
		select {
		case <-ctx.Done():
			return r, ctx.Err()
		case <-tick.C:
		}
	}
}

// bar is a progress bar at a terminal, and a line for every step elsewhere.
type bar struct {
	out  io.Writer
	bar  *progressbar.ProgressBar
	last string
}

func newBar(out io.Writer) *bar {
	b := &bar{out: out}
	if terminal(out) {
		b.bar = progressbar.NewOptions(100, progressbar.OptionSetWriter(out), progressbar.OptionSetWidth(36), progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(false),
			progressbar.OptionSetDescription("Starting"), progressbar.OptionUseANSICodes(true), progressbar.OptionSetRenderBlankState(true), progressbar.OptionThrottle(0),
			progressbar.OptionSetTheme(progressbar.Theme{Saucer: "━", SaucerPadding: "─", BarStart: "", BarEnd: ""}))
	}
	return b
}

func (b *bar) show(r store.Run) {
	says := fmt.Sprintf("%-8s %s", r.Phase, describe(r))
	if b.bar != nil {
		b.bar.Describe(fmt.Sprintf("%-60.60s", says))
		_ = b.bar.Set(int(r.Percentage)) // a terminal that is gone
		return
	}
	if line := fmt.Sprintf("%3d %%  %s", r.Percentage, says); line != b.last {
		fmt.Fprintln(b.out, line)
		b.last = line
	}
}

func (b *bar) close() {
	if b.bar != nil {
		fmt.Fprintln(b.out)
	}
}

// describe says in a few words what a run is at.
func describe(r store.Run) string {
	if r.Stage == "articles" && r.Status.Live() && r.ItemsTotal > 0 && r.Status != igny8.RunPaused {
		s := fmt.Sprintf("%d of %d articles done", r.ItemsDone, r.ItemsTotal)
		if r.ItemsFailed > 0 {
			s += fmt.Sprintf(", %d failed", r.ItemsFailed)
		}
		if r.ItemsWaiting > 0 {
			s += fmt.Sprintf(", %d waiting", r.ItemsWaiting)
		}
		return s
	}
	return r.Message
}

// summary is what a run came to.
type summary struct {
	Run       igny8.RunID     `json:"run"`
	Status    igny8.RunStatus `json:"status"`
	Message   string          `json:"message"`
	Keywords  int64           `json:"keywords"`
	Clusters  int64           `json:"clusters"`
	Ideas     int64           `json:"ideas"`
	Tasks     int64           `json:"tasks"`
	Articles  int64           `json:"articles"`
	Images    int64           `json:"images"`
	Posts     int64           `json:"posts"`
	Reserved  igny8.Credits   `json:"credits_reserved"` // ever
	Settled   igny8.Credits   `json:"credits_settled"`
	Released  igny8.Credits   `json:"credits_released"`
	Left      igny8.Credits   `json:"credits_left"`
	Tokens    int64           `json:"tokens"`
	Calls     int64           `json:"provider_calls"`
	CostUSD   float64         `json:"cost_usd"`
	Seconds   float64         `json:"seconds"`
	Published []string        `json:"published"`
}

func (p *platform) summarise(ctx context.Context, at place, r store.Run) (summary, error) {
	return store.As(ctx, p.store, at.as(), func(q *store.Queries) (s summary, err error) {
		n, err := q.RunSummary(ctx, r.ID)
		if err != nil {
			return s, err
		}
		w, err := q.Wallet(ctx)
		if err != nil {
			return s, err
		}
		posts, err := q.PublishedOfRun(ctx, &r.ID)
		if err != nil {
			return s, err
		}
		ended := time.Now()
		if r.FinishedAt != nil {
			ended = *r.FinishedAt
		}
		s = summary{
			Run: r.ID, Status: r.Status, Message: r.Message, Keywords: n.Keywords, Clusters: n.Clusters, Ideas: n.Ideas, Tasks: n.Tasks, Articles: n.Articles, Images: n.Images, Posts: n.Posts,
			Reserved: r.CreditsReserved + r.CreditsSettled + r.CreditsReleased, Settled: r.CreditsSettled, Released: r.CreditsReleased, Left: w.Posted - w.Held,
			Tokens: r.Tokens, Calls: r.Calls, CostUSD: float64(r.CostMicros) / 1e6, Seconds: ended.Sub(r.CreatedAt).Seconds(),
		}
		for _, post := range posts {
			s.Published = append(s.Published, post.URL)
		}
		return s, nil
	})
}

// print writes the summary as a table, or as JSON.
func (s summary) print(out io.Writer, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(s)
	}
	row := func(what string, format string, args ...any) {
		fmt.Fprintf(out, "  │ %-22s │ %26s │\n", what, fmt.Sprintf(format, args...))
	}
	line := func(a, b, c string) {
		fmt.Fprintf(out, "  %s────────────────────────%s────────────────────────────%s\n", a, b, c)
	}
	fmt.Fprintln(out)
	line("┌", "┬", "┐")
	row("Keywords", "%d", s.Keywords)
	row("→ clusters", "%d", s.Clusters)
	row("→ ideas", "%d", s.Ideas)
	row("→ tasks", "%d", s.Tasks)
	row("→ articles", "%d", s.Articles)
	row("→ images", "%d", s.Images)
	row("→ posts", "%d", s.Posts)
	line("├", "┼", "┤")
	row("Credits reserved", "%d", s.Reserved)
	row("  settled", "%d", s.Settled)
	row("  released", "%d", s.Released)
	row("  left in the account", "%d", s.Left)
	line("├", "┼", "┤")
	row("Tokens", "%d", s.Tokens)
	row("Provider calls", "%d", s.Calls)
	row("Cost at the providers", "%.4f USD", s.CostUSD)
	row("Wall time", "%.1f s", s.Seconds)
	line("└", "┴", "┘")
	_, err := fmt.Fprintf(out, "  %s: %s\n", s.Status, s.Message)
	return err
}

// ledger reads every wallet, and says what is wrong with any.
func (p *platform) ledger(ctx context.Context, out io.Writer) error {
	c, err := store.AsSystem(ctx, p.store, func(q *system.Queries) (system.LedgerCheckRow, error) { return q.LedgerCheck(ctx) })
	if err != nil {
		return err
	}
	for _, v := range c.Violations {
		fmt.Fprintln(out, "  "+v)
	}
	if len(c.Violations) > 0 {
		return errors.New("the ledger does not add up")
	}
	_, err = fmt.Fprintf(out, "  The ledger adds up: %d wallets, %d holds and %d entries read.\n", c.Wallets, c.Holds, c.Entries)
	return err
}
