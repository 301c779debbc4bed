package main

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
)

// standIn is a hand that tells what becomes of it.
type standIn struct {
	start error
	said  chan<- string
}

func (s *standIn) Start() error {
	if s.start != nil {
		s.said <- "refused"
		return s.start
	}
	s.said <- "started"
	return nil
}

func (s *standIn) Stop() { s.said <- "stopped" }

// A worker that the SDK gives up has another in its place as soon as one can be
// started, and whoever is there at the end is stopped.
func TestAPostIsKept(t *testing.T) {
	t.Parallel()
	said := make(chan string, 100)
	var losing func(error)
	refusals := []error{nil, errors.New("the database is away"), errors.New("still away"), nil}
	p := post{log: slog.New(slog.DiscardHandler), hire: func(lost func(error)) hand {
		losing = lost
		s := &standIn{said: said, start: refusals[0]}
		refusals = refusals[1:]
		return s
	}}
	h, lost, err := p.fill()
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); p.keep(ctx, h, lost) }()
	losing(errors.New("namespace not found"))
	for _, want := range []string{"started", "stopped", "refused", "stopped", "refused", "stopped", "started"} {
		require.Equal(t, want, <-said)
	}
	cancel()
	<-ended
	require.Equal(t, "stopped", <-said)
	require.Empty(t, said)
}

// Who ends while nobody can be found does not wait for somebody.
func TestAPostThatCannotBeFilledIsLeft(t *testing.T) {
	t.Parallel()
	said := make(chan string, 100)
	var losing func(error)
	started := false
	p := post{log: slog.New(slog.DiscardHandler), pause: 1 << 60, hire: func(lost func(error)) hand {
		losing = lost
		s := &standIn{said: said}
		if started {
			s.start = errors.New("gone for good")
		}
		started = true
		return s
	}}
	h, lost, err := p.fill()
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); p.keep(ctx, h, lost) }()
	losing(errors.New("namespace not found"))
	for _, want := range []string{"started", "stopped", "refused", "stopped"} {
		require.Equal(t, want, <-said)
	}
	cancel()
	<-ended
}
