package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/lmittmann/tint"
	sdk "go.temporal.io/sdk/client"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/outbound"
	"github.com/igny8/igny8/config"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/store/pgdev"
	"github.com/igny8/igny8/temporal"
	"github.com/igny8/igny8/temporal/client"
	"github.com/igny8/igny8/temporal/devserver"
)

// A platform is what the parts of the program stand on. Its parts are opened in
// the order in which they need each other, and closed in the reverse.
type platform struct {
	config   config.Config
	log      *slog.Logger
	keys     keys
	store    *store.Store
	engine   sdk.Client
	blobs    *blob.Bucket
	http     *http.Client
	sandbox  string // its address, or ""
	url      string // of the database
	engineAt string // host:port of Temporal
	uiAt     string // of the Temporal Web UI, if it is ours
	codecAt  string
	listener net.Listener // of the API, once its address is taken
	claimed  bool         // the data directory is ours alone
	began    time.Time
	closers  []func() error
}

func newPlatform(c config.Config) (*platform, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Log)); err != nil {
		return nil, errors.New("log is debug, info, warn or error")
	}
	p := &platform{config: c, began: time.Now(), log: slog.New(logTo(os.Stderr, level, c.Production()))}
	slog.SetDefault(p.log)
	temporal.SetTiming(temporal.Timing{Scale: c.TimeScale, Least: 2 * time.Second})
	if err := os.MkdirAll(c.Data, 0o755); err != nil {
		return nil, igny8.Wrap(igny8.Invalid, err, "The data directory %s can't be made. Choose another with --data, or make it and give it to this user.", c.Data)
	}
	var err error
	p.keys, err = loadKeys(c)
	return p, err
}

// logTo writes a log for people, or in production one JSON object a line.
func logTo(w io.Writer, level slog.Level, production bool) slog.Handler {
	if production {
		return slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level})
	}
	return tint.NewTextHandler(w, &tint.Options{Level: level, TimeFormat: time.TimeOnly, NoColor: !terminal(w)})
}

// later has something closed when the platform is.
func (p *platform) later(close func() error) { p.closers = append(p.closers, close) }

// close ends every part, the last one first, and returns what went wrong.
func (p *platform) close() error {
	var errs []error
	for i := len(p.closers) - 1; i >= 0; i-- {
		errs = append(errs, p.closers[i]())
	}
	p.closers = nil
	return errors.Join(errs...)
}

// openDatabase connects to the database, runs a private one if none is given,
// and brings it up to date.
func (p *platform) openDatabase(ctx context.Context) error {
	p.url = p.config.Database.Reveal()
	if p.url == "" {
		cluster, err := p.privateDatabase(ctx)
		if err != nil {
			return err
		}
		if err := cluster.CreateDatabase(ctx, "igny8"); err != nil {
			return err
		}
		p.url = cluster.URL("igny8")
	}
	if _, err := store.Migrate(ctx, p.url); err != nil {
		return err
	}
	s, err := store.Open(ctx, p.url, store.Options{})
	if err != nil {
		return err
	}
	p.store = s
	p.later(func() error { s.Close(); return nil })
	return p.openBlobs()
}

// npmPostgres are the places where npm may have put PostgreSQL: beside the
// binary's source, and here.
func npmPostgres() []string {
	var dirs []string
	if self, err := os.Executable(); err == nil {
		dirs = append(dirs, pgdev.NativeDir(filepath.Join(filepath.Dir(self), "..", "tools", "postgres", "node_modules")))
	}
	return append(dirs, pgdev.NativeDir(filepath.Join("tools", "postgres", "node_modules")))
}

func (p *platform) openBlobs() error {
	dir := filepath.Join(p.config.Data, "blobs")
	// What a file is stands in its row, and its name is its hash: no other file need say so.
	bucket, err := fileblob.OpenBucket(dir, &fileblob.Options{CreateDir: true, NoTempDir: true, Metadata: fileblob.MetadataDontWrite})
	if err != nil {
		return igny8.Wrap(igny8.Invalid, err, "The directory of pictures, %s, can't be used.", dir)
	}
	p.blobs = bucket
	p.later(bucket.Close)
	return nil
}

// openEngine connects to Temporal, and runs it inside if none is given.
func (p *platform) openEngine(ctx context.Context) error {
	address := p.config.Temporal
	if address == "" {
		server, err := devserver.Start(ctx, devserver.Options{
			Postgres: p.url, FrontendPort: p.config.TemporalPort, UIPort: p.config.TemporalUI, Namespace: p.config.TemporalNamespace,
			SearchAttributes: temporal.Attributes(), CodecEndpoint: p.codecAt, Log: p.log,
		})
		if igny8.CodeOf(err) == igny8.Conflict { // a port is taken
			return igny8.Errorf(igny8.Conflict, "%s with --temporal-port and --temporal-ui-port.", igny8.MessageOf(err))
		} else if err != nil {
			return err
		}
		p.later(server.Stop)
		address, p.uiAt = server.Address, "http://"+server.UIAddress
	}
	limited, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	options := client.Options{Address: address, Namespace: p.config.TemporalNamespace, Keys: p.keys.payload, APIKey: p.config.TemporalAPIKey, Log: p.log}
	c, err := client.Dial(limited, options)
	if err != nil {
		return err
	}
	p.engine, p.engineAt = c, address
	p.later(func() error { c.Close(); return nil })
	if p.config.Temporal == "" {
		return nil
	}
	if err := client.EnsureNamespace(limited, c, p.config.TemporalNamespace); err != nil {
		return err
	}
	return client.EnsureSearchAttributes(limited, c, p.config.TemporalNamespace, temporal.Attributes()...)
}

// ways is the HTTP client of everything that goes out.
func (p *platform) ways() *http.Client {
	if p.http == nil {
		p.http = outbound.Client(outbound.Options{AllowLoopback: p.config.AllowLoopback || p.sandbox != "" || strings.HasPrefix(p.config.OpenAIBase, "http://127.")})
	}
	return p.http
}

// terminal reports whether a stream is a person's terminal.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}
