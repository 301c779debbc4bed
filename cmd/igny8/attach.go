package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"github.com/igny8/igny8"
)

// running is what a process that serves a data directory says of itself there.
type running struct {
	PID        int    `json:"pid"`
	API        string `json:"api"`
	Temporal   string `json:"temporal"` // host:port
	TemporalUI string `json:"temporal_ui,omitempty"`
	Sandbox    string `json:"sandbox,omitempty"`
}

// claim makes this process the one that serves the data directory. Another may
// use the same database beside it, but not run a second engine on it.
func (p *platform) claim() error {
	lock, err := os.OpenFile(filepath.Join(p.config.Data, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return igny8.Wrap(igny8.Invalid, err, "The data directory %s can't be written.", p.config.Data)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = lock.Close() // it was not ours
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return igny8.Errorf(igny8.Conflict, "Another igny8 serves %s already. Stop it, or choose another directory with --data.", p.config.Data)
		}
		return err
	}
	p.claimed = true
	p.later(lock.Close) // which gives it up
	return nil
}

// say writes down what other commands need to know of this process.
func (p *platform) say(address string) error {
	file := filepath.Join(p.config.Data, "running.json")
	b, err := json.Marshal(running{PID: os.Getpid(), API: address, Temporal: p.engineAt, TemporalUI: p.uiAt, Sandbox: p.sandbox})
	if err != nil {
		return err
	}
	p.later(func() error { return os.Remove(file) })
	return os.WriteFile(file, b, 0o600)
}

// attach reports whether another process serves this data directory, and takes
// over what it says of itself.
func (p *platform) attach() (bool, error) {
	err := p.claim()
	if err == nil {
		return false, nil
	}
	if igny8.CodeOf(err) != igny8.Conflict {
		return false, err
	}
	b, err := os.ReadFile(filepath.Join(p.config.Data, "running.json"))
	if err != nil {
		return false, igny8.Wrap(igny8.Unavailable, err, "Another igny8 is starting on this data. Try again in a moment.")
	}
	var r running
	if err := json.Unmarshal(b, &r); err != nil {
		return false, err
	}
	p.sandbox = r.Sandbox
	return true, nil
}
