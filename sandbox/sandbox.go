// Package sandbox is a peer that speaks the wire protocols of OpenAI, Runware
// and WordPress, so that the whole product runs before anybody has a key or a
// site, and so that its tests can make a provider slow, busy, broken or
// dishonest. It answers over HTTP, counts every effect it was made to have, and
// marks what it writes as sandbox text.
package sandbox

import (
	"net/http"
	"sync"
	"time"

	"github.com/igny8/igny8"
)

// The key paths of the sandbox's addresses, relative to where its Handler is
// mounted. OpenAIPath is what an OpenAI client takes as its base URL,
// RunwarePath is the one address of Runware, SitePath is a WordPress site.
const (
	OpenAIPath  = "/openai/v1"
	RunwarePath = "/runware/v1"
	SitePath    = "/wp"
)

// Options say how a sandbox behaves. The zero value answers at once, keeps
// everything in memory and has the users of DefaultUsers.
type Options struct {
	Seed      int64     // of faults that come by chance
	Latency   Latency   // how long each kind of call takes
	Script    []Fault   // what goes wrong, and when
	PublicURL string    // scheme and host in the addresses it gives out; "" takes those of each request
	Dir       string    // where what was made survives a crash; "" is memory alone
	Users     Users     // who may sign in to the site; nil is DefaultUsers
	SEO       SEOPlugin // the SEO plug-in the site pretends to have
	SiteName  string    // "" is "Sandbox site"
	Sketch    bool      // pictures look alike and take no time, but no two have the same bytes
	AllowKill bool      // whether POST /_sandbox/kill may end processes

	// Observe is told of every call: Before anything has happened, and After
	// its effect took place but before the reply is sent. Whatever it does
	// meanwhile, a process killed included, happens at exactly that point.
	Observe func(Call, Moment)
}

// Latency is how long calls take. A Runware image is accepted at once and
// ready after Image.
type Latency struct {
	Text  time.Duration `json:"text"`
	Image time.Duration `json:"image"`
	Site  time.Duration `json:"site"`
}

// Users are the people of the site by login name.
type Users map[string]User

// A User signs in with an application password; spaces in it don't matter.
type User struct {
	Password igny8.Secret
	Role     SiteRole
}

// A SEOPlugin is one that the site pretends to have.
type SEOPlugin string

const (
	NoSEO    SEOPlugin = ""
	Yoast    SEOPlugin = "yoast"    // its meta keys are registered for posts
	RankMath SEOPlugin = "rankmath" // POST rankmath/v1/updateMeta
)

// Who may sign in to the site unless Options say otherwise, all with
// DefaultPassword: it opens nothing but a sandbox.
const DefaultPassword = "sand boxx pass word 0000 0001"

// DefaultUsers has one user of each role, named like the role; the
// administrator is "admin".
func DefaultUsers() Users {
	users := Users{}
	for name, role := range map[string]SiteRole{
		"admin": Administrator, "editor": SiteEditor, "author": Author,
		"contributor": Contributor, "subscriber": Subscriber,
	} {
		users[name] = User{Password: DefaultPassword, Role: role}
	}
	return users
}

// A Sandbox is the three providers and what they remember.
type Sandbox struct {
	options Options
	people  []person

	mu      sync.Mutex // guards what follows
	world   world
	journal *journal
	faults  []*armed
	kills   []*kill
	calls   []Call
	seen    map[string]int // how often each call was made, for seeded chance
}

// New returns a sandbox that remembers what Options.Dir holds. The error is
// Unavailable if the directory can't be used. Close it to let the directory go.
func New(o Options) (*Sandbox, error) {
	if o.Users == nil {
		o.Users = DefaultUsers()
	}
	if o.SiteName == "" {
		o.SiteName = "Sandbox site"
	}
	s := &Sandbox{options: o, people: peopleOf(o.Users), world: newWorld(), seen: map[string]int{}}
	for _, f := range o.Script {
		if err := s.Break(f); err != nil {
			return nil, err
		}
	}
	if o.Dir != "" {
		j, err := openJournal(o.Dir, s.world.apply)
		if err != nil {
			return nil, igny8.Wrap(igny8.Unavailable, err, "the sandbox can't keep its data in %s: choose a directory that can be written", o.Dir)
		}
		s.journal = j
	}
	return s, nil
}

// Close lets go of the directory. Calls that come later are answered from
// memory and are not kept.
func (s *Sandbox) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.journal == nil {
		return nil
	}
	j := s.journal
	s.journal = nil
	return j.close()
}

// Handler serves the providers, the reader's page of the site and the control
// under /_sandbox/.
func (s *Sandbox) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/openai/", s.peer(OpenAI, s.openai))
	mux.Handle("POST /runware/v1", s.peer(Runware, s.runware))
	mux.Handle("GET /runware/im/{file}", s.peer(Runware, captured("image.download", http.HandlerFunc(s.runwareImage))))
	mux.Handle("GET /openai/im/{file}", s.peer(OpenAI, captured("image.download", http.HandlerFunc(s.openaiImage))))
	mux.Handle("/wp/", s.site())
	mux.HandleFunc("GET /{$}", s.home)
	s.control(mux)
	return mux
}

// record makes an event part of the world, and of the journal if there is one.
// The caller holds s.mu.
func (s *Sandbox) record(e event) {
	if s.journal != nil {
		s.journal.append(e)
	}
	s.world.apply(e)
}
