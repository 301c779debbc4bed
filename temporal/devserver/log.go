//go:build !noembed

package devserver

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync/atomic"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// logger passes the server's warnings and errors to slog and drops the rest,
// which is some 260 lines a start.
type logger struct {
	slog     *slog.Logger
	tags     []tag.Tag    // of every line; the server asks for them with each call, and hardly ever writes one
	stopping *atomic.Bool // shared with what With returns
}

var _ log.WithLogger = (*logger)(nil)

func newLogger(l *slog.Logger) *logger {
	return &logger{slog: l.With("from", "temporal"), stopping: new(atomic.Bool)}
}

// quiet drops everything from now on but what ends the process.
func (l *logger) quiet() { l.stopping.Store(true) }

func (l *logger) log(level slog.Level, message string, tags []tag.Tag) {
	ctx := context.Background()
	if !l.stopping.Load() && l.slog.Enabled(ctx, level) && !harmless(message, tags) {
		l.write(ctx, level, message, tags)
	}
}

func (l *logger) write(ctx context.Context, level slog.Level, message string, tags []tag.Tag) {
	l.slog.LogAttrs(ctx, level, message, append(attributes(l.tags), attributes(tags)...)...) //nolint:sloglint // the message is the server's
}

// harmless recognizes what the queues say at a start, until their shard is
// theirs again and they try anew by themselves; and what is said of every page
// of a history that the Web UI asks for.
func harmless(message string, tags []tag.Tag) bool {
	return strings.HasPrefix(message, "GetHistory page size") || slices.ContainsFunc(tags, func(t tag.Tag) bool {
		return t.Key() == "error" && strings.Contains(fmt.Sprint(t.Value()), "shard status unknown")
	})
}

func attributes(tags []tag.Tag) []slog.Attr {
	all := make([]slog.Attr, len(tags))
	for i, t := range tags {
		all[i] = slog.Any(t.Key(), t.Value())
	}
	return all
}

func (l *logger) Debug(string, ...tag.Tag)               {}
func (l *logger) Info(string, ...tag.Tag)                {}
func (l *logger) Warn(message string, tags ...tag.Tag)   { l.log(slog.LevelWarn, message, tags) }
func (l *logger) Error(message string, tags ...tag.Tag)  { l.log(slog.LevelError, message, tags) }
func (l *logger) DPanic(message string, tags ...tag.Tag) { l.log(slog.LevelError, message, tags) }

// Panic and Fatal end the process, as the server relies on. What is durable is
// in PostgreSQL.
func (l *logger) Panic(message string, tags ...tag.Tag) {
	l.write(context.Background(), slog.LevelError, message, tags)
	panic(message)
}

func (l *logger) Fatal(message string, tags ...tag.Tag) {
	l.write(context.Background(), slog.LevelError, message, tags)
	os.Exit(1)
}

// With returns a logger that adds the tags to every line.
func (l *logger) With(tags ...tag.Tag) log.Logger {
	return &logger{slog: l.slog, tags: slices.Concat(l.tags, tags), stopping: l.stopping}
}
