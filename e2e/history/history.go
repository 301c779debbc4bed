// Package history takes workflow histories out of a Temporal server, as the
// replay tests read them: decrypted, in JSON, one file an execution.
package history

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
)

// Dump writes the history of a workflow's latest execution, as far as it has
// come, to <dir>/<name>.json. codec decrypts it; nil leaves it as it is.
func Dump(ctx context.Context, c client.Client, codec converter.PayloadCodec, dir, workflowID, name string) error {
	h, err := fetch(ctx, c, codec, workflowID)
	if err != nil {
		return err
	}
	return write(h, dir, name)
}

// DumpRun is Dump for a workflow and everything that it started, below it under
// <name>-<type>-<n>. At most many of the children of one parent and type are
// taken, so that a run of a hundred articles doesn't fill the repository.
func DumpRun(ctx context.Context, c client.Client, codec converter.PayloadCodec, dir, workflowID, name string, many int) error {
	h, err := fetch(ctx, c, codec, workflowID)
	if err != nil {
		return err
	}
	if err := write(h, dir, name); err != nil {
		return err
	}
	seen := map[string]int{}
	for _, e := range h.GetEvents() {
		child := e.GetChildWorkflowExecutionStartedEventAttributes()
		if child == nil {
			continue
		}
		kind := strings.ToLower(child.GetWorkflowType().GetName())
		if seen[kind]++; seen[kind] > many {
			continue
		}
		if err := DumpRun(ctx, c, codec, dir, child.GetWorkflowExecution().GetWorkflowId(), fmt.Sprintf("%s-%s-%d", name, kind, seen[kind]), many); err != nil {
			return err
		}
	}
	return nil
}

func fetch(ctx context.Context, c client.Client, codec converter.PayloadCodec, workflowID string) (*historypb.History, error) {
	h := &historypb.History{}
	events := c.GetWorkflowHistory(ctx, workflowID, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		e, err := events.Next()
		if err != nil {
			return nil, fmt.Errorf("history of %s: %w", workflowID, err)
		}
		h.Events = append(h.Events, e)
	}
	if codec == nil {
		return h, nil
	}
	if err := decrypt(ctx, codec, h); err != nil {
		return nil, fmt.Errorf("history of %s: %w", workflowID, err)
	}
	return h, nil
}

// decrypt replaces every payload by what it was before it was encrypted, and
// every failure by what it said.
func decrypt(ctx context.Context, codec converter.PayloadCodec, h *historypb.History) error {
	if err := proxy.VisitPayloads(ctx, h, proxy.VisitPayloadsOptions{
		SkipSearchAttributes: true,
		Visitor: func(_ *proxy.VisitPayloadsContext, p []*commonpb.Payload) ([]*commonpb.Payload, error) {
			return codec.Decode(p)
		},
	}); err != nil {
		return err
	}
	plain := converter.GetDefaultDataConverter()
	return proxy.VisitFailures(ctx, h, proxy.VisitFailuresOptions{
		Visitor: func(_ *proxy.VisitFailuresContext, f *failurepb.Failure) error {
			for ; f != nil; f = f.GetCause() {
				converter.DecodeCommonFailureAttributes(plain, f)
				f.EncodedAttributes = nil
			}
			return nil
		},
	})
}

// write puts each event on a line of its own.
func write(h *historypb.History, dir, name string) error {
	var b bytes.Buffer
	b.WriteString(`{"events":[`)
	for i, e := range h.GetEvents() {
		line, err := temporalproto.CustomJSONMarshalOptions{}.Marshal(e)
		if err != nil {
			return err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		if err := json.Compact(&b, line); err != nil {
			return err
		}
	}
	b.WriteString("\n]}\n")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name+".json"), b.Bytes(), 0o644)
}
