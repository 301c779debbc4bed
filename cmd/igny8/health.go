package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/api/enums/v1"

	"github.com/igny8/igny8/config"
	"github.com/igny8/igny8/temporal"
	"github.com/igny8/igny8/temporal/client"
)

// healthCommand is what containers ask whether they work.
func healthCommand() *cobra.Command {
	c := &cobra.Command{Use: "health", Short: "Say whether the API, or with --worker a worker on this host, works", Hidden: true, Args: cobra.NoArgs}
	url := c.Flags().String("url", "", "what to ask; default is /healthz where the API listens")
	worker := c.Flags().Bool("worker", false, "ask Temporal whether a worker of this host takes tasks")
	return configured(c, func(ctx context.Context, conf config.Config, _ *cobra.Command, _ []string) error {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		if *worker {
			return workerHealth(ctx, conf)
		}
		if *url == "" {
			*url = "http://" + conf.Listen + "/healthz"
		}
		return apiHealth(ctx, *url)
	})
}

func apiHealth(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers %s", res.Status)
	}
	return nil
}

func workerHealth(ctx context.Context, conf config.Config) error {
	c, err := client.Dial(ctx, client.Options{Address: conf.Temporal, Namespace: conf.TemporalNamespace, APIKey: conf.TemporalAPIKey})
	if err != nil {
		return err
	}
	defer c.Close()
	host, err := os.Hostname()
	if err != nil {
		return err
	}
	queue, err := c.DescribeTaskQueue(ctx, temporal.MainQueue, enums.TASK_QUEUE_TYPE_WORKFLOW)
	if err != nil {
		return err
	}
	for _, p := range queue.GetPollers() {
		if strings.Contains(p.GetIdentity(), "@"+host+"@") && time.Since(p.GetLastAccessTime().AsTime()) < 2*time.Minute {
			return nil
		}
	}
	return fmt.Errorf("no worker of %s takes tasks", host)
}
