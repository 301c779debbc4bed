package main

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities"
	"github.com/igny8/igny8/api"
	"github.com/igny8/igny8/api/mail"
	"github.com/igny8/igny8/config"
	"github.com/igny8/igny8/sandbox"
	"github.com/igny8/igny8/temporal/client"
	"github.com/igny8/igny8/web"
)

// quiet is how long something must not have changed for the reconciler to look
// at it.
const quiet = 5 * time.Minute

// drain is how long work under way is given to end when the program stops.
const drain = 20 * time.Second

// hands are what does the work: for the workers, and for the API where somebody
// tries a connection.
func (p *platform) hands() *activities.Activities {
	c := p.config
	return &activities.Activities{
		Store: p.store, Vault: p.keys.vault, Blobs: p.blobs, HTTP: p.ways(), Engine: p.engine, Quiet: time.Duration(c.TimeScale * float64(quiet)),
		Providers: activities.Providers{
			OpenAI:     activities.Provider{BaseURL: c.OpenAIBase, Key: c.OpenAIKey, Model: c.OpenAIModel},
			Compatible: c.OpenAIBase != "",
			Runware:    activities.Provider{Key: c.RunwareKey, Model: c.RunwareModel},
			Images:     c.ImageProvider,
			Sandbox:    p.sandbox,
		},
	}
}

// bind takes the API's address, unless it has it. `igny8 up` does so before
// anything else is started: that an address is taken is said at once.
func (p *platform) bind() error {
	if p.listener != nil {
		return nil
	}
	l, err := net.Listen("tcp", p.config.Listen)
	if err != nil {
		return igny8.Wrap(igny8.Conflict, err, "The API can't listen on %s: %v. Stop what is there, or choose another address with --listen.", p.config.Listen, errors.Unwrap(err))
	}
	p.listener = l
	p.later(func() error {
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil // the server that listened has closed it
	})
	return nil
}

// serve starts the API and what goes on beside it. It returns its address.
func (p *platform) serve(ctx context.Context) (string, error) {
	if err := p.bind(); err != nil {
		return "", err
	}
	s, err := p.server()
	if err != nil {
		return "", err
	}
	handler := s.Handler()
	if p.uiAt != "" { // operators read histories in the Temporal UI through this
		mux := http.NewServeMux()
		mux.Handle("/codec/", http.StripPrefix("/codec", client.CodecHandler(p.keys.payload, p.uiAt)))
		mux.Handle("/", handler)
		handler = mux
	}
	p.listen(p.listener, handler)
	if err := p.measure(s); err != nil {
		return "", err
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- s.Run(background) }()
	reconciling := make(chan struct{})
	go func() { defer close(reconciling); p.reconcile(background) }()
	p.later(func() error {
		stop()
		<-reconciling
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
		return nil
	})
	return "http://" + p.listener.Addr().String(), nil
}

// server is the API, with all it depends on.
func (p *platform) server() (*api.Server, error) {
	c := p.config
	public := c.Public
	if public == "" {
		public = "http://" + p.listener.Addr().String()
	}
	send, err := mailer(c)
	if err != nil {
		return nil, err
	}
	images := igny8.Illustration
	if c.ImageProvider == "openai" {
		images = igny8.IllustrationX
	}
	return &api.Server{
		Rates: api.Rates{Address: c.RatePerAddress, Account: c.RatePerAccount, Key: c.RatePerKey}, Mail: send,
		Store: p.store, Temporal: p.engine, Tokens: p.keys.tokens, Vault: p.keys.vault, Blobs: p.blobs, Sanitize: activities.Sanitize, Images: images, Log: p.log,
		Secure: strings.HasPrefix(c.Public, "https://"), Proxies: networks(c.Proxies), Origins: list(c.Origins), Version: version, Sandbox: p.sandbox != "",
		Public: public, Web: web.Handler(), Prompt: activities.DefaultPrompt, Connections: connections(p.hands()),
	}, nil
}

// mailer sends mail by SMTP, if that is set up.
func mailer(c config.Config) (func(ctx context.Context, to, subject, body string) error, error) {
	if c.SMTP == "" {
		return nil, nil
	}
	s := mail.Server{Address: c.SMTP, Username: c.SMTPUsername, Password: c.SMTPPassword, From: c.SMTPFrom, Security: mail.Security(c.SMTPSecurity)}
	return s.Send, s.Check()
}

// measure shows Prometheus what the API counts, where operators want it.
func (p *platform) measure(s *api.Server) error {
	at := p.config.Metrics
	if at == "" {
		return nil
	}
	l, err := net.Listen("tcp", at)
	if err != nil {
		return igny8.Wrap(igny8.Conflict, err, "The metrics can't be shown on %s: %v. Choose another address with --metrics-listen.", at, errors.Unwrap(err))
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", s.Metrics())
	p.listen(l, mux)
	return nil
}

// connections lets the API try what the activities use.
func connections(a *activities.Activities) api.Connections {
	checked := func(c activities.Connection, err error) (api.Checked, error) {
		return api.Checked{OK: c.Code == "", Code: c.Code, Message: c.Message, Detail: c.Detail}, err
	}
	return api.Connections{
		Provider: func(ctx context.Context, by igny8.Principal, provider string) (api.Checked, error) {
			return checked(a.TryProvider(ctx, by, provider))
		},
		Site: func(ctx context.Context, by igny8.Principal, site igny8.SiteID) (api.Checked, error) {
			return checked(a.TrySite(ctx, by, site))
		},
		Image: func(ctx context.Context, by igny8.Principal, _, prompt string) (api.TestImage, error) {
			url, provider, model, err := a.TryImage(ctx, by, prompt)
			return api.TestImage{URL: url, Provider: provider, Model: model}, err
		},
	}
}

// listen answers requests until the platform is closed.
func (p *platform) listen(l net.Listener, h http.Handler) {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10}
	go func() {
		if err := server.Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) {
			p.log.Error("no longer listening", "address", l.Addr().String(), "error", err)
		}
	}()
	p.later(func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			return server.Close() // streams don't end by themselves
		}
		return nil
	})
}

// openSandbox starts the stand-in providers, if they are wanted.
func (p *platform) openSandbox(dir string) error {
	if p.config.SandboxURL != "" {
		p.sandbox = p.config.SandboxURL
		return nil
	}
	if !p.config.Sandbox {
		return nil
	}
	listener, err := net.Listen("tcp", p.config.SandboxListen)
	if err != nil {
		return igny8.Wrap(igny8.Conflict, err, "The sandbox can't listen on %s: %v. Stop what is there, or choose another address with --sandbox-listen.", p.config.SandboxListen, errors.Unwrap(err))
	}
	p.sandbox = "http://" + listener.Addr().String()
	script, err := faults(p.config.SandboxScript)
	if err != nil {
		return err
	}
	delay := p.config.SandboxDelay
	s, err := sandbox.New(sandbox.Options{Dir: dir, Script: script, PublicURL: p.sandbox, SiteName: "The sandbox site", Latency: sandbox.Latency{Text: delay, Image: 2 * delay, Site: delay / 10}})
	if err != nil {
		return err
	}
	p.later(s.Close)
	p.listen(listener, s.Handler())
	return nil
}

// faults reads the file of what is to go wrong at the sandbox: a JSON list.
func faults(file string) (script []sandbox.Fault, err error) {
	if file == "" {
		return nil, nil
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, igny8.Wrap(igny8.Invalid, err, "The sandbox's script %s can't be read.", file)
	}
	if err := json.Unmarshal(b, &script); err != nil {
		return nil, igny8.Wrap(igny8.Invalid, err, "The sandbox's script %s is no JSON list of faults.", file)
	}
	return script, nil
}

func list(s string) (out []string) {
	for x := range strings.SplitSeq(s, ",") {
		if x = strings.TrimSpace(x); x != "" {
			out = append(out, x)
		}
	}
	return out
}

func networks(s string) (out []netip.Prefix) {
	for _, x := range list(s) {
		if n, err := netip.ParsePrefix(x); err == nil {
			out = append(out, n)
		} else if a, err := netip.ParseAddr(x); err == nil {
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
		}
	}
	return out
}
