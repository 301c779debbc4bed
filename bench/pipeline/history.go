package main

import (
	"context"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	sdk "go.temporal.io/sdk/client"

	"github.com/igny8/igny8/temporal/client"
)

// A story is what an average article leaves in the engine.
type story struct {
	events  float64
	regular float64 // activities that went over a queue
	local   float64 // that the worker did itself
	longest int     // events of the longest history of the run, article or not
}

// stories reads the histories of articles that an account has had made.
func (a *account) stories(ctx context.Context) (s story, err error) {
	c, err := client.Dial(ctx, client.Options{Address: a.Temporal, Namespace: "igny8"})
	if err != nil {
		return s, err
	}
	defer c.Close()
	articles := 0
	for token := []byte(nil); ; {
		list, err := c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
			PageSize: 200, NextPageToken: token, Query: "ExecutionStatus = 'Completed' AND WorkflowId STARTS_WITH '" + a.scope.Account.String() + "'",
		})
		if err != nil {
			return s, err
		}
		for _, w := range list.GetExecutions() {
			s.longest = max(s.longest, int(w.GetHistoryLength()))
			if w.GetType().GetName() != "Article" {
				continue
			}
			articles++
			if err := s.read(ctx, c, w.GetExecution().GetWorkflowId()); err != nil {
				return s, err
			}
		}
		if token = list.GetNextPageToken(); len(token) == 0 {
			break
		}
	}
	n := float64(max(articles, 1))
	s.events, s.regular, s.local = s.events/n, s.regular/n, s.local/n
	return s, nil
}

// read adds one article's history.
func (s *story) read(ctx context.Context, c sdk.Client, workflow string) error {
	events := c.GetWorkflowHistory(ctx, workflow, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		e, err := events.Next()
		if err != nil {
			return err
		}
		s.events++
		switch {
		case e.GetActivityTaskScheduledEventAttributes() != nil:
			s.regular++
		case e.GetMarkerRecordedEventAttributes().GetMarkerName() == "LocalActivity":
			s.local++
		}
	}
	return nil
}
