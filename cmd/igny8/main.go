// Command igny8 is the product: the API, the workers and, where nothing else is
// given, the database and the workflow engine, in one binary.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/api"
	"github.com/igny8/igny8/config"
)

// version is set when the program is linked.
var version = "unreleased"

func main() {
	boundGarbage()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "igny8: "+sentence(err))
		os.Exit(1)
	}
}

// sentence is what somebody at the terminal reads of an error.
func sentence(err error) string {
	if e, ok := errors.AsType[*igny8.Error](err); ok {
		text := e.Message
		if e.Field != "" {
			text = e.Field + ": " + text
		}
		if e.Code == igny8.Internal || e.Code == igny8.Unavailable {
			if e.Err != nil {
				text += " (" + e.Err.Error() + ")"
			}
		}
		return text
	}
	return err.Error()
}

func command() *cobra.Command {
	root := &cobra.Command{
		Use:           "igny8",
		Short:         "Turns a list of search keywords into published, illustrated articles",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().SortFlags = false
	root.AddCommand(upCommand(), demoCommand(), runCommand(), clusterCommand(), apiCommand(), workerCommand(), migrateCommand(), userCommand(), creditsCommand(), keysCommand(), healthCommand())
	root.AddCommand(&cobra.Command{
		Use: "version", Short: "Say which version this is", Args: cobra.NoArgs,
		Run: func(c *cobra.Command, _ []string) { fmt.Fprintln(c.OutOrStdout(), "igny8 "+version) },
	})
	root.AddCommand(&cobra.Command{
		Use: "openapi", Short: "Print the description of the API (OpenAPI 3.1)", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { _, err := c.OutOrStdout().Write(api.OpenAPI()); return err },
	})
	root.AddCommand(&cobra.Command{
		Use: "settings", Short: "Print every setting with its default, as .env.example", Args: cobra.NoArgs,
		Run: func(c *cobra.Command, _ []string) { fmt.Fprint(c.OutOrStdout(), config.Example()) },
	})
	return root
}

// configured makes a command that reads the settings first.
func configured(c *cobra.Command, do func(context.Context, config.Config, *cobra.Command, []string) error) *cobra.Command {
	config.Flags(c.Flags())
	c.RunE = func(cmd *cobra.Command, args []string) error {
		conf, err := config.Load(cmd.Flags())
		if err != nil {
			return err
		}
		return do(cmd.Context(), conf, cmd, args)
	}
	c.SetUsageTemplate(strings.Replace(c.UsageTemplate(), "Flags:", "Flags (each also a variable, IGNY8_… in capitals):", 1))
	return c
}
