package api

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/httprate"
	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/store/system"
)

// throttle bounds attempts at signing in. Nobody is locked out: whoever waits
// may try again.
type throttle struct{ address, user, refresh *httprate.RateLimiter }

func newThrottle() throttle {
	return throttle{
		address: httprate.NewRateLimiter(20, time.Minute),
		user:    httprate.NewRateLimiter(5, time.Minute),
		refresh: httprate.NewRateLimiter(60, time.Minute),
	}
}

type loginInput struct {
	Body struct {
		Email    string       `json:"email" maxLength:"254"`
		Password igny8.Secret `json:"password" maxLength:"1000"`
		Client   string       `json:"client,omitempty" enum:"browser,native" doc:"native is given the refresh token in the body; a browser has it in a cookie that no script can read"`
	}
	meta
}

type refreshInput struct {
	Body *struct {
		Token igny8.Secret `json:"refresh_token,omitempty" doc:"Of a native client"`
	}
	meta
}

// meta is what sign-in must know of the request beside its body.
type meta struct {
	agent   string
	request *http.Request
	writer  http.ResponseWriter
}

// Resolve is called by huma when the request has been read.
func (m *meta) Resolve(ctx huma.Context) []error {
	m.request, m.writer = humachi.Unwrap(ctx)
	m.agent = strings.ReplaceAll(strings.ToValidUTF8(m.request.UserAgent(), ""), "\x00", "")
	return nil
}

// sent is the refresh token that a browser has sent.
func (s *Server) sent(m meta) string {
	c, err := m.request.Cookie(s.cookie("", 0).Name)
	if err != nil {
		return ""
	}
	return c.Value
}

// Session is an access token, and whose it is.
type Session struct {
	AccessToken  string    `json:"access_token"`
	ExpiresAt    time.Time `json:"expires_at"`
	RefreshToken string    `json:"refresh_token,omitempty" doc:"For native clients only; it can be used once"`
	User         Me        `json:"user"`
}

// Me is who is signed in, and what they may do.
type Me struct {
	ID          igny8.UserID    `json:"id"`
	Email       string          `json:"email"`
	Name        string          `json:"name"`
	Role        igny8.Role      `json:"role"`
	Account     igny8.AccountID `json:"account"`
	AccountName string          `json:"account_name"`
	Suspended   bool            `json:"suspended"`
	InPlaceOf   bool            `json:"impersonating" doc:"A developer works in this account"`
	Powers      []igny8.Power   `json:"powers"`
	AllSites    bool            `json:"all_sites"`
	Sites       []igny8.SiteID  `json:"sites" doc:"The granted ones, unless all_sites"`
}

type sessionReply struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
	Body      OK[Session]
}

type loggedOut struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
	Body      OK[struct{}]
}

func (s *Server) authentication() {
	raw(s, post("auth/login/", "login", "Sign in", anyone), s.login)
	raw(s, post("auth/refresh/", "refresh", "Get a new access token", anyone), s.refresh)
	raw(s, post("auth/logout/", "logout", "Sign out", anyone), s.logout)
	route(s, get("auth/me/", "me", "Who is signed in", igny8.Read), func(ctx context.Context, _ *none) (Me, error) {
		return me(callerOf(ctx)), nil
	})
}

func me(c *caller) Me {
	m := Me{ID: c.User, Email: c.Email, Name: c.Name, Role: c.Role, Account: c.Account, AccountName: c.AccountName,
		Suspended: c.Suspended, InPlaceOf: !c.Actor.IsZero(), AllSites: c.AllSites, Sites: append([]igny8.SiteID{}, c.Sites...), Powers: []igny8.Power{}}
	for _, p := range []igny8.Power{igny8.Read, igny8.Write, igny8.Manage, igny8.Bill} {
		if c.Role.May(p) {
			m.Powers = append(m.Powers, p)
		}
	}
	return m
}

// limited answers Busy when a limiter has had enough.
func limited(l *httprate.RateLimiter, m meta, key string) error {
	if l.OnLimit(m.writer, m.request, key) {
		return &igny8.Error{Code: igny8.Busy, Message: "Too many attempts. Wait a minute and try again.", After: time.Minute}
	}
	return nil
}

var wrong = igny8.Errorf(igny8.Unauthenticated, "The e-mail address or the password is wrong.")

func (s *Server) login(ctx context.Context, in *loginInput) (*sessionReply, error) {
	email := strings.ToLower(strings.TrimSpace(in.Body.Email))
	ip := recordOf(ctx).IP
	if err := limited(s.throttle.address, in.meta, ip); err != nil {
		return nil, err
	}
	if err := limited(s.throttle.user, in.meta, email+" "+ip); err != nil {
		return nil, err
	}
	u, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) (system.UserByEmailRow, error) {
		return q.UserByEmail(ctx, email)
	})
	if err != nil && igny8.CodeOf(err) != igny8.NotFound {
		return nil, err
	}
	known := err == nil
	ok, old, err := matches(ctx, in.Body.Password, u.PasswordHash)
	if err != nil {
		return nil, err
	}
	if !known || !ok || !u.Active || u.Role == igny8.SystemBot || u.AccountStatus == "closed" {
		if known {
			s.audit(ctx, u.AccountID, u.ID, u.Role, "auth.login", "refused")
		}
		return nil, wrong
	}
	if old {
		if err := s.rehash(ctx, u, in.Body.Password); err != nil {
			return nil, err
		}
	}
	return s.open(ctx, u, in)
}

// rehash keeps a password at today's cost.
func (s *Server) rehash(ctx context.Context, u system.UserByEmailRow, password igny8.Secret) error {
	hash, err := HashPassword(ctx, password)
	if err != nil {
		return err
	}
	_, err = store.AsSystem(ctx, s.Store, func(q *system.Queries) (none, error) {
		return none{}, q.RehashPassword(ctx, system.RehashPasswordParams{AccountID: u.AccountID, ID: u.ID, PasswordHash: &hash, Before: u.PasswordHash})
	})
	return err
}

// open begins a session.
func (s *Server) open(ctx context.Context, u system.UserByEmailRow, in *loginInput) (*sessionReply, error) {
	token := rand.Text() + rand.Text() // 260 bits
	session, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) (id uuid.UUID, err error) {
		session, err := q.NewSession(ctx, system.NewSessionParams{AccountID: u.AccountID, UserID: u.ID, ExpiresAt: time.Now().Add(sessionLength), UserAgent: clip(in.agent, 200), IP: recordOf(ctx).IP})
		if err != nil {
			return id, err
		}
		if err := q.NewRefreshToken(ctx, system.NewRefreshTokenParams{AccountID: u.AccountID, Hash: hashed(token), SessionID: session.ID}); err != nil {
			return id, err
		}
		return session.ID, q.SignedIn(ctx, system.SignedInParams{AccountID: u.AccountID, ID: u.ID})
	})
	if err != nil {
		return nil, err
	}
	s.audit(ctx, u.AccountID, u.ID, u.Role, "auth.login", "done")
	return s.grant(ctx, u.AccountID, u.ID, session, token, in.Body.Client == "native")
}

// grant answers with a fresh access token and the refresh token that belongs
// beside it.
func (s *Server) grant(ctx context.Context, account igny8.AccountID, user igny8.UserID, session uuid.UUID, refresh string, native bool) (*sessionReply, error) {
	u, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) (system.AskerRow, error) {
		return q.Asker(ctx, system.AskerParams{SessionID: session, AccountID: account, UserID: user})
	})
	if err != nil {
		return nil, err
	}
	if !u.Active || u.AccountStatus == "closed" {
		return nil, over
	}
	token, expires, err := s.Tokens.access(user, account, session, u.TokenVersion, time.Now())
	if err != nil {
		return nil, err
	}
	c := &caller{Principal: principal(u.AccountID, u.ID, u.Role, u.Sites, u.AccountStatus), Email: u.Email, Name: u.Name, AccountName: u.AccountName}
	out := &sessionReply{Body: OK[Session]{Success: true, Data: Session{AccessToken: token, ExpiresAt: expires, User: me(c)}}}
	if native {
		out.Body.Data.RefreshToken = refresh
	} else {
		out.SetCookie = []http.Cookie{s.cookie(refresh, int(refreshIdle.Seconds()))}
	}
	return out, nil
}

// cookie is where a browser keeps its refresh token. Without TLS, on one's own
// machine, the prefix that demands it is left out.
func (s *Server) cookie(token string, age int) http.Cookie {
	c := http.Cookie{Name: "igny8", Value: token, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteStrictMode}
	if s.Secure {
		c.Name, c.Secure = "__Host-igny8", true
	}
	return c
}

// refresh gives a new access token for a refresh token, which is replaced. One
// that was replaced before has been copied: the session ends, unless it is two
// requests at the same moment.
func (s *Server) refresh(ctx context.Context, in *refreshInput) (*sessionReply, error) {
	if err := limited(s.throttle.refresh, in.meta, recordOf(ctx).IP); err != nil {
		return nil, err
	}
	token, native := s.sent(in.meta), false
	if in.Body != nil && in.Body.Token != "" {
		token, native = in.Body.Token.Reveal(), true
	}
	if token == "" {
		return nil, igny8.Errorf(igny8.Unauthenticated, "Sign in first.")
	}
	next := s.Tokens.successor(token)
	reused := false
	row, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) (system.RefreshTokenRow, error) {
		row, err := q.RefreshToken(ctx, hashed(token))
		if err != nil {
			return row, err
		}
		now := time.Now()
		switch {
		case row.RevokedAt != nil || row.ExpiresAt.Before(now) || row.UsedAt.Add(refreshIdle).Before(now):
			return row, over
		case row.ReplacedAt != nil && now.Sub(*row.ReplacedAt) > refreshGrace:
			reused = true
			return row, q.RevokeSession(ctx, system.RevokeSessionParams{AccountID: row.AccountID, ID: row.SessionID, RevokedBy: text("reuse")})
		}
		if _, err := q.ReplaceRefreshToken(ctx, system.ReplaceRefreshTokenParams{AccountID: row.AccountID, Hash: hashed(token)}); err != nil {
			return row, err
		}
		if err := q.KeepRefreshToken(ctx, system.KeepRefreshTokenParams{AccountID: row.AccountID, Hash: hashed(next), SessionID: row.SessionID}); err != nil {
			return row, err
		}
		return row, q.UseSession(ctx, system.UseSessionParams{AccountID: row.AccountID, ID: row.SessionID})
	})
	if igny8.CodeOf(err) == igny8.NotFound {
		return nil, over
	}
	if err != nil {
		return nil, err
	}
	if reused {
		s.audit(ctx, row.AccountID, row.UserID, "", "auth.refresh_reused", "refused")
		return nil, over
	}
	return s.grant(ctx, row.AccountID, row.UserID, row.SessionID, next, native)
}

// logout ends the session, whichever of its tokens is shown.
func (s *Server) logout(ctx context.Context, in *refreshInput) (*loggedOut, error) {
	token := s.sent(in.meta)
	if in.Body != nil && in.Body.Token != "" {
		token = in.Body.Token.Reveal()
	}
	c := callerOf(ctx)
	account, session := c.Account, c.Session
	_, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) (none, error) {
		if token != "" {
			row, err := q.RefreshToken(ctx, hashed(token))
			if err == nil {
				account, session = row.AccountID, row.SessionID
			} else if igny8.CodeOf(err) != igny8.NotFound {
				return none{}, err
			}
		}
		if session == uuid.Nil {
			return none{}, nil
		}
		return none{}, q.RevokeSession(ctx, system.RevokeSessionParams{AccountID: account, ID: session, RevokedBy: text("logout")})
	})
	if err != nil {
		return nil, err
	}
	return &loggedOut{SetCookie: []http.Cookie{s.cookie("", -1)}, Body: OK[struct{}]{Success: true, Message: "You are signed out."}}, nil
}

// audit writes down what happened at the door. That it can't is logged, and
// keeps nobody out.
func (s *Server) audit(ctx context.Context, account igny8.AccountID, user igny8.UserID, role igny8.Role, action, outcome string) {
	rec := recordOf(ctx)
	_, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) (none, error) {
		return none{}, q.Audit(ctx, system.AuditParams{AccountID: account, ActorID: &user, ActorRole: string(role), Action: action, Outcome: outcome, Detail: json.RawMessage("{}"), RequestID: rec.ID, IP: rec.IP})
	})
	if err != nil {
		s.log().ErrorContext(ctx, "the audit log has not been written", "action", action, "error", err)
	}
}

func text(s string) *string { return &s }

// clip is the beginning of a text, of at most n characters.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
