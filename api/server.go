// Package api is the door: HTTP in, JSON out, and nothing decided here that
// could be decided behind it.
package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"go.temporal.io/sdk/client"
	"gocloud.dev/blob"
	"golang.org/x/sync/errgroup"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/store/system"
)

// Server answers for the program. Its exported fields are its dependencies and
// what it is told of the world; they are set before the first use.
type Server struct {
	Store    *store.Store
	Temporal client.Client
	Tokens   *Tokens
	Vault    *store.Vault
	Blobs    *blob.Bucket        // files by the hash of their bytes
	Sanitize func(string) string // makes HTML that a person wrote fit to publish
	Images   igny8.Function      // by which images are charged; Illustration if empty
	Log      *slog.Logger        // nil is the default one

	Prompt      func(igny8.Function) (string, error) // our own prompts
	Connections Connections                          // how connections are tried
	// Mail sends a message to somebody. Without it, and unless Secure, the log
	// has the message, and developers see it in the service's status.
	Mail func(ctx context.Context, to, subject, body string) error
	Web  http.Handler // the pages, for every path that is not the API's; may be nil

	Secure  bool           // the service is reached over HTTPS
	Proxies []netip.Prefix // who may say for whom it speaks
	Origins []string       // whose pages may call, beside our own: https://host
	Public  string         // the address of the pages, for links in mails: https://host
	Version string
	Sandbox bool // stand-in providers are on
	Rates   Rates

	api       huma.API
	throttle  throttle
	rates     struct{ address, account, key *buckets }
	metrics   *metrics
	outbox    outbox
	behind    sync.WaitGroup // what goes on after an answer
	news      news
	pokes     chan struct{} // a run was accepted
	scheduled chan struct{} // a schedule has changed
	once      sync.Once
}

// Handler returns the whole of it: API, files, health and pages.
func (s *Server) Handler() http.Handler {
	s.prepare()
	r := chi.NewRouter()
	r.Use(s.middleware()...)
	r.NotFound(s.elsewhere)
	r.MethodNotAllowed(func(w http.ResponseWriter, req *http.Request) {
		for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			if r.Match(chi.NewRouteContext(), m, req.URL.Path) {
				w.Header().Add("Allow", m)
			}
		}
		fail(w, req, igny8.Errorf(methodNotAllowed, "This address does not take %s.", req.Method))
	})
	r.Get("/healthz", s.health)
	s.docs(r)
	s.register(r)
	document := s.document()
	r.Get(root+"openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(document) // the client may have gone
	})
	return r
}

// middleware is what each request goes through, from without inwards. Who is
// further out sees also what those further in refuse; what costs more comes
// later.
func (s *Server) middleware() chi.Middlewares {
	return chi.Middlewares{
		s.begin,      // number, log and metrics
		recovered,    // a panic is an answer
		s.address,    // who is asking, through proxies of ours
		s.headers,    // what browsers may do, on refusals too
		s.origins(),  // other origins' pages: preflights end here
		s.perAddress, // so many requests
		bounded,      // of so many bytes
		s.ownPages(), // not sent by another origin's page
		s.recognise,  // user and account, from the database
		s.perAccount, // so many of theirs
		middleware.GetHead,
	}
}

// OpenAPI returns the description of the API that is committed as openapi.json.
func OpenAPI() []byte {
	s := &Server{}
	s.register(chi.NewRouter())
	return s.document()
}

func (s *Server) document() []byte {
	out, err := json.MarshalIndent(s.api.OpenAPI(), "", "  ")
	if err != nil {
		panic(err) // a description that was made at start-up: the tests see it
	}
	return append(out, '\n')
}

// register makes every route.
func (s *Server) register(r chi.Router) {
	s.prepare()
	config := huma.DefaultConfig("IGNY8", "1")
	config.CreateHooks = nil // no $schema in bodies
	config.DocsPath, config.OpenAPIPath, config.SchemasPath = "", "", ""
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer", Description: "An access token, or an API key that begins with igny8_"},
	}
	s.api = humachi.New(r, config)

	s.authentication()
	s.registration()
	s.impersonation()
	s.accounts()
	s.people()
	s.sites()
	s.siteChanges()
	s.planner()
	s.imports()
	s.exports()
	s.writer()
	s.calendar()
	s.decisions()
	s.functions()
	s.runs()
	s.schedules()
	s.billing()
	s.system()
	s.settings()
	s.status()
	s.progress()
	s.files()
}

func (s *Server) prepare() {
	s.once.Do(func() {
		s.throttle, s.metrics = newThrottle(), newMetrics()
		s.rates.address, s.rates.account, s.rates.key = newBuckets(s.Rates.Address), newBuckets(s.Rates.Account), newBuckets(s.Rates.Key)
		s.pokes, s.scheduled = make(chan struct{}, 1), make(chan struct{}, 1)
	})
}

// Run does what goes on beside answering, until ctx ends: it starts accepted
// runs, keeps schedules in step, and listens for what changes.
func (s *Server) Run(ctx context.Context) error {
	s.prepare()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.listen(ctx) })
	g.Go(func() error { return s.dispatch(ctx) })
	g.Go(func() error { return s.syncSchedules(ctx) })
	defer s.behind.Wait()
	return g.Wait()
}

// elsewhere is every path that is not a route: a page, or nothing.
func (s *Server) elsewhere(w http.ResponseWriter, r *http.Request) {
	if s.Web != nil && (r.Method == http.MethodGet || r.Method == http.MethodHead) && !under(r.URL.Path, "/api") {
		s.Web.ServeHTTP(w, r)
		return
	}
	fail(w, r, igny8.Errorf(igny8.NotFound, "There is nothing at this address. Addresses of the API end with a slash."))
}

func under(path, parent string) bool {
	return path == parent || len(path) > len(parent) && path[:len(parent)+1] == parent+"/"
}

// health says whether the service can work: whether its database answers.
func (s *Server) health(w http.ResponseWriter, r *http.Request) {
	if _, err := store.AsSystem(r.Context(), s.Store, func(q *system.Queries) (system.Account, error) { return q.SystemAccount(r.Context()) }); err != nil {
		fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{"status": "ok", "version": s.Version}) // the client may have gone
}

func (s *Server) log() *slog.Logger {
	if s.Log == nil {
		return slog.Default()
	}
	return s.Log
}
