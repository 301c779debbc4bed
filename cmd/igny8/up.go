package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/igny8/igny8/config"
)

func upCommand() *cobra.Command {
	c := &cobra.Command{Use: "up", Short: "Run everything on this machine until Ctrl-C", Args: cobra.NoArgs, Long: `Run everything on this machine: the database and the workflow engine (unless
addresses of others are given), a worker, and the API with the web pages.

With --demo, the sandbox providers and a sandbox site are there too, with a demo
account whose first run begins by itself, once.`}
	demo := c.Flags().Bool("demo", false, "with the sandbox, a demo account and a first run")
	return configured(c, func(ctx context.Context, conf config.Config, cmd *cobra.Command, _ []string) error {
		conf.Sandbox = conf.Sandbox || *demo
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
		if *demo {
			if _, err := p.demonstrate(ctx, cmd.OutOrStdout(), address, false); err != nil && ctx.Err() == nil {
				return err // Ctrl-C meanwhile is none: the run goes on at the next start
			}
		}
		fmt.Fprintln(cmd.OutOrStdout(), "\nServing until Ctrl-C.")
		<-ctx.Done()
		fmt.Fprintln(cmd.OutOrStdout(), "\nStopping: what is under way is given 20 seconds, the rest goes on at the next start.")
		return nil
	})
}

// up opens every part and returns the address of the API.
func (p *platform) up(ctx context.Context, out io.Writer) (string, error) {
	if err := p.claim(); err != nil {
		return "", err
	}
	if err := p.bind(); err != nil {
		return "", err
	}
	p.codecAt = "http://" + p.listener.Addr().String() + "/codec"
	fmt.Fprint(out, starting(out, "database"))
	if err := p.openDatabase(ctx); err != nil {
		return "", err
	}
	return p.upFrom(ctx, out)
}

// upFrom opens every part but the database, which is open already.
func (p *platform) upFrom(ctx context.Context, out io.Writer) (string, error) {
	for _, part := range []struct {
		says string
		open func() error
	}{
		{"sandbox", func() error {
			if err := p.openSandbox(filepath.Join(p.config.Data, "sandbox")); err != nil {
				return err
			}
			return p.sandboxMoved(ctx)
		}},
		{"workflow engine", func() error { return p.openEngine(ctx) }},
		{"worker", p.work},
	} {
		fmt.Fprint(out, starting(out, part.says))
		if err := part.open(); err != nil {
			return "", err
		}
	}
	fmt.Fprint(out, starting(out, ""))
	address, err := p.serve(ctx)
	if err != nil {
		return "", err
	}
	return address, p.say(address)
}

// starting says at a terminal which part is being started, on one line.
func starting(out io.Writer, part string) string {
	switch {
	case !terminal(out):
		return ""
	case part == "":
		return "\r\033[K"
	}
	return "\r\033[KStarting: " + part + " …"
}

// announce says what was started and where.
func (p *platform) announce(out io.Writer, address string) {
	line := func(what, where string) {
		if where != "" {
			fmt.Fprintf(out, "  %-14s %s\n", what, where)
		}
	}
	fmt.Fprintf(out, "igny8 %s is up after %.1f s\n", version, time.Since(p.began).Seconds())
	line("API and pages", address)
	line("Temporal UI", p.uiAt)
	if p.sandbox != "" {
		line("Sandbox site", p.sandbox+"/wp/   (stand-in providers are on: what they make is marked)")
	}
	database := "private, in " + filepath.Join(p.config.Data, "postgres")
	if p.config.Database != "" {
		database = "as given"
	}
	line("Database", database)
	line("Data", p.config.Data)
}

// end closes the platform; what goes wrong then is said, and changes nothing.
func (p *platform) end(out io.Writer) {
	if err := p.close(); err != nil {
		fmt.Fprintln(out, "igny8: while stopping:", err)
	}
}

func apiCommand() *cobra.Command {
	return configured(&cobra.Command{Use: "api", Short: "Run the API and the web pages only", Args: cobra.NoArgs}, func(ctx context.Context, conf config.Config, cmd *cobra.Command, _ []string) error {
		return part(ctx, conf, cmd, func(p *platform) (string, error) {
			address, err := p.serve(ctx)
			return "The API answers at " + address, err
		})
	})
}

func workerCommand() *cobra.Command {
	return configured(&cobra.Command{Use: "worker", Short: "Run a worker only, beside any number of others", Args: cobra.NoArgs}, func(ctx context.Context, conf config.Config, cmd *cobra.Command, _ []string) error {
		return part(ctx, conf, cmd, func(p *platform) (string, error) {
			return "The worker takes tasks from " + conf.Temporal, p.work()
		})
	})
}

// part runs one part of the program on a database and an engine of others.
func part(ctx context.Context, conf config.Config, cmd *cobra.Command, start func(*platform) (string, error)) error {
	if conf.Database == "" || conf.Temporal == "" {
		return fmt.Errorf("a part alone needs DATABASE_URL and TEMPORAL_ADDRESS; `igny8 up` brings its own of both")
	}
	p, err := newPlatform(conf)
	if err != nil {
		return err
	}
	defer p.end(cmd.ErrOrStderr())
	if err := p.openDatabase(ctx); err != nil {
		return err
	}
	if err := p.openSandbox(filepath.Join(conf.Data, "sandbox")); err != nil {
		return err
	}
	if err := p.openEngine(ctx); err != nil {
		return err
	}
	says, err := start(p)
	if err != nil {
		return err
	}
	fmt.Fprintln(cmd.OutOrStdout(), says)
	<-ctx.Done()
	return nil
}
