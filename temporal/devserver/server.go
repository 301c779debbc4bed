//go:build !noembed

package devserver

import (
	"cmp"
	"context"
	"errors"
	"log/slog"

	uiserver "github.com/temporalio/ui-server/v2/server"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	uioptions "github.com/temporalio/ui-server/v2/server/server_options"
	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/temporal"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/temporal/client"
)

// A Server is a running Temporal server.
type Server struct {
	Address   string // host:port for clients
	UIAddress string // host:port of the Web UI, which is at http://host:port/

	temporal temporal.Server
	ui       *uiserver.Server
	log      *logger
}

// Start brings the databases up to date and starts the server. It returns when
// workflows can be started. The caller stops its clients and workers before it
// stops the server, and the server before PostgreSQL.
func Start(ctx context.Context, o Options) (*Server, error) {
	o.Namespace = cmp.Or(o.Namespace, client.DefaultNamespace)
	log := newLogger(cmp.Or(o.Log, slog.New(slog.DiscardHandler)))
	ports, release, err := reservePorts(o)
	if err != nil {
		return nil, err
	}
	stores, err := prepareStores(ctx, o, log)
	release()
	if err != nil {
		return nil, err
	}
	s := &Server{Address: address(ports.frontend), UIAddress: address(ports.ui), log: log}
	if s.temporal, err = newTemporal(settings(stores, ports), ports, log); err != nil {
		return nil, igny8.Wrap(igny8.Internal, err, "The embedded Temporal server can't be set up")
	}
	if err := s.temporal.Start(); err != nil {
		return nil, igny8.Wrap(igny8.Internal, err, "The embedded Temporal server can't be started")
	}
	s.ui = newUI(o, ports)
	go func() { _ = s.ui.Start() }() // returns when it is stopped
	if err := s.ready(ctx, o.Namespace); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func newTemporal(c *config.Config, p ports, log *logger) (temporal.Server, error) {
	authorizer, err := authorization.GetAuthorizerFromConfig(&c.Global.Authorization)
	if err != nil {
		return nil, err
	}
	claims, err := authorization.GetClaimMapperFromConfig(&c.Global.Authorization, log)
	if err != nil {
		return nil, err
	}
	return temporal.NewServer(
		temporal.WithConfig(c),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(p.hosts()),
		temporal.WithLogger(log),
		temporal.WithAuthorizer(authorizer),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return claims }),
		temporal.WithDynamicConfigClient(tuning()),
	)
}

func newUI(o Options, p ports) *uiserver.Server {
	return uiserver.NewServer(uioptions.WithConfigProvider(&uiconfig.Config{
		Host:                loopback,
		Port:                p.ui,
		TemporalGRPCAddress: address(p.frontend),
		EnableUI:            true,
		DefaultNamespace:    o.Namespace,
		Codec:               uiconfig.Codec{Endpoint: o.CodecEndpoint},
		CORS:                uiconfig.CORS{CookieInsecure: true}, // loopback has no TLS
		HideLogs:            true,
		DisableNewsFetch:    true,
	}))
}

// ready waits until the namespace answers.
func (s *Server) ready(ctx context.Context, namespace string) error {
	c, err := client.Dial(ctx, client.Options{Address: s.Address, Namespace: namespace})
	if err != nil {
		return err
	}
	defer c.Close()
	return client.EnsureNamespace(ctx, c, namespace)
}

// Stop stops the UI and then the server. The server's own workers complain while
// its services go one after the other; that is not logged.
func (s *Server) Stop() error {
	s.log.quiet()
	s.ui.Stop()
	if err := s.temporal.Stop(); err != nil {
		return igny8.Wrap(igny8.Internal, err, "The embedded Temporal server did not stop cleanly")
	}
	return nil
}
