//go:build noembed

package devserver

import (
	"context"

	"github.com/igny8/igny8"
)

// A Server is never made by this build.
type Server struct {
	Address   string
	UIAddress string
}

// Start always fails: this build was made without the server.
func Start(context.Context, Options) (*Server, error) {
	return nil, igny8.Errorf(igny8.NotConfigured, "This build of igny8 has no Temporal server in it. Set TEMPORAL_ADDRESS to one, or use a full build")
}

// Stop does nothing.
func (*Server) Stop() error { return nil }
