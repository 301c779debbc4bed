package client

import (
	"context"
	"errors"
	"slices"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/igny8/igny8"
)

// Retention is how long a namespace of ours keeps the histories of closed
// workflows.
const Retention = 30 * 24 * time.Hour

// EnsureNamespace makes a namespace if the cluster has none of that name, and
// returns when it can be used. One that exists stays as its operator made it.
func EnsureNamespace(ctx context.Context, c client.Client, name string) error {
	service := c.WorkflowService()
	_, err := service.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: name})
	if err == nil {
		return nil
	}
	if _, missing := errors.AsType[*serviceerror.NamespaceNotFound](err); !missing {
		return igny8.Wrap(igny8.Unavailable, err, "The Temporal namespace %q can't be looked up", name)
	}
	_, err = service.RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace:                        name,
		WorkflowExecutionRetentionPeriod: durationpb.New(Retention),
	})
	if _, exists := errors.AsType[*serviceerror.NamespaceAlreadyExists](err); err != nil && !exists {
		return igny8.Wrap(igny8.Forbidden, err, "The Temporal namespace %q does not exist, and we may not make it. Ask the cluster's operator for it", name)
	}
	// Frontends learn of a new namespace after some seconds.
	return until(ctx, func() error {
		_, err := service.CountWorkflowExecutions(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: name})
		return err
	})
}

// EnsureSearchAttributes adds the keyword attributes that a namespace lacks,
// and returns when they can be used.
func EnsureSearchAttributes(ctx context.Context, c client.Client, namespace string, names ...string) error {
	missing, err := missingAttributes(ctx, c, namespace, names)
	if err != nil || len(missing) == 0 {
		return err
	}
	wanted := make(map[string]enumspb.IndexedValueType)
	for _, name := range missing {
		wanted[name] = enumspb.INDEXED_VALUE_TYPE_KEYWORD
	}
	_, err = c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: namespace, SearchAttributes: wanted,
	})
	if _, exists := errors.AsType[*serviceerror.AlreadyExists](err); err != nil && !exists {
		return igny8.Wrap(igny8.Forbidden, err, "The Temporal namespace %q lacks the search attributes %v, and we may not add them. "+
			"Ask the cluster's operator to add them as Keyword", namespace, missing)
	}
	return until(ctx, func() error {
		missing, err := missingAttributes(ctx, c, namespace, names)
		if err == nil && len(missing) > 0 {
			err = igny8.Errorf(igny8.Unavailable, "The Temporal namespace %q does not know the search attributes %v yet", namespace, missing)
		}
		if err != nil {
			return err
		}
		return usable(ctx, c, namespace, wanted)
	})
}

// usable reports an error while the frontend, which learns of it after some
// seconds, refuses one of the attributes.
func usable(ctx context.Context, c client.Client, namespace string, added map[string]enumspb.IndexedValueType) error {
	for name := range added {
		_, err := c.WorkflowService().CountWorkflowExecutions(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: namespace, Query: name + ` = "anything"`})
		if err != nil {
			return err
		}
	}
	return nil
}

func missingAttributes(ctx context.Context, c client.Client, namespace string, names []string) ([]string, error) {
	known, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return nil, igny8.Wrap(igny8.Unavailable, err, "The search attributes of the Temporal namespace %q can't be listed", namespace)
	}
	var missing []string
	for _, name := range names {
		switch kind, ok := known.GetCustomAttributes()[name]; {
		case !ok:
			missing = append(missing, name)
		case kind != enumspb.INDEXED_VALUE_TYPE_KEYWORD:
			return nil, igny8.Errorf(igny8.Conflict, "The search attribute %s of the Temporal namespace %q is a %s and must be a Keyword", name, namespace, kind)
		}
	}
	slices.Sort(missing)
	return missing, nil
}

// until repeats do until it succeeds or ctx ends, and then says why not.
func until(ctx context.Context, do func() error) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		err := do()
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return igny8.Wrap(igny8.Unavailable, err, "The Temporal server is not ready")
		}
	}
}
