package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/store/system"
)

// caller is who is asking, as the database has them at this moment: what it
// says of role, activity and grants holds from the next request on.
type caller struct {
	igny8.Principal
	Session     uuid.UUID // of an access token
	Email, Name string
	AccountName string
	key         string          // ID of an API key
	version     int32           // of the tokens that hold
	turn        int32           // of the session, at working in other accounts
	home        igny8.AccountID // of who works in another one's
	err         error           // why they could not be recognised
	// anew recognises them once more: an answer that goes on for long asks whether
	// they still may.
	anew func(context.Context, *caller) error
}

type callerKey struct{}

func callerOf(ctx context.Context) *caller {
	if c, ok := ctx.Value(callerKey{}).(*caller); ok {
		return c
	}
	return &caller{}
}

// asker is the caller as the audit log has them.
func asker(ctx context.Context) store.Asker {
	c, rec := callerOf(ctx), recordOf(ctx)
	return store.Asker{User: c.User, Role: c.Role, Request: rec.ID, IP: rec.IP}
}

// recognise finds out who is asking. That it can't is told by the routes that
// must know.
func (s *Server) recognise(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if token == "" {
			next.ServeHTTP(w, r)
			return
		}
		c := &caller{}
		if c.anew, c.err = s.shown(scheme, token); c.err == nil {
			c.err = c.anew(r.Context(), c)
		}
		if c.err != nil {
			c.Principal = igny8.Principal{}
		}
		recordOf(r.Context()).caller = c
		ctx := context.WithValue(r.Context(), callerKey{}, c)
		next.ServeHTTP(w, r.WithContext(igny8.WithPrincipal(ctx, c.Principal)))
	})
}

// shown returns how the bearer of what a request has shown is recognised. The
// error is Unauthenticated for what is no token of ours.
func (s *Server) shown(scheme, token string) (func(context.Context, *caller) error, error) {
	switch {
	case !strings.EqualFold(scheme, "Bearer"):
		return nil, igny8.Errorf(igny8.Unauthenticated, "Send the access token or API key as: Authorization: Bearer …")
	case strings.HasPrefix(token, keyPrefix):
		return func(ctx context.Context, c *caller) error { return s.byKey(ctx, c, token) }, nil
	}
	said, user, err := s.Tokens.read(token)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, c *caller) error { return s.byToken(ctx, c, &said, user) }, nil
}

// keyPrefix is what API keys begin with.
const keyPrefix = "igny8_"

var over = igny8.Errorf(igny8.Unauthenticated, "The session is over. Sign in again.")

// byToken recognises the bearer of an access token by what it says.
func (s *Server) byToken(ctx context.Context, c *caller, said *claims, user igny8.UserID) error {
	u, err := store.AskSystem(ctx, s.Store, func(q *system.Queries) (system.AskerRow, error) {
		return q.Asker(ctx, system.AskerParams{SessionID: said.Session, AccountID: said.Account, UserID: user})
	})
	if igny8.CodeOf(err) == igny8.NotFound {
		return over
	}
	if err != nil {
		return err
	}
	if !u.Active || u.TokenVersion != said.Version || u.RevokedAt != nil || u.ExpiresAt.Before(time.Now()) || u.AccountStatus == "closed" {
		return over
	}
	c.Principal = principal(u.AccountID, u.ID, u.Role, u.Sites, u.AccountStatus)
	c.Session, c.Email, c.Name, c.AccountName, c.version, c.turn = said.Session, u.Email, u.Name, u.AccountName, u.TokenVersion, u.Turn
	if said.In.IsZero() {
		return nil
	}
	if u.Role != igny8.Developer || said.Act == nil || said.Turn != u.Turn {
		return over
	}
	a, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) (system.Account, error) { return q.Account(ctx, said.In) })
	if err != nil {
		return err
	}
	c.inPlaceOf(a.ID, a.Name, a.Status)
	return nil
}

// byKey recognises the bearer of an API key: never more than who made it, on the
// sites that they see.
func (s *Server) byKey(ctx context.Context, c *caller, key string) error {
	k, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) (system.KeyAskerRow, error) {
		k, err := q.KeyAsker(ctx, hashed(key))
		if err == nil && (k.LastUsedAt == nil || time.Since(*k.LastUsedAt) > time.Minute) {
			err = q.KeyUsed(ctx, system.KeyUsedParams{AccountID: k.AccountID, ID: k.KeyID})
		}
		return k, err
	})
	if igny8.CodeOf(err) == igny8.NotFound || err == nil && (!k.Active || k.AccountStatus == "closed") {
		return igny8.Errorf(igny8.Unauthenticated, "There is no such API key, or it was revoked.")
	}
	if err != nil {
		return err
	}
	role := k.KeyRole
	if slices.Index(igny8.Roles, k.Role) < slices.Index(igny8.Roles, role) {
		role = k.Role
	}
	c.Principal = principal(k.AccountID, k.ID, role, k.Sites, k.AccountStatus)
	c.AllSites = k.Role.SeesAllSites() // a key has no grants of its own: it sees what its maker sees
	c.key = k.KeyID.String()
	return nil
}

func principal(account igny8.AccountID, user igny8.UserID, role igny8.Role, grants []uuid.UUID, status string) igny8.Principal {
	p := igny8.Principal{Account: account, User: user, Role: role, AllSites: role.SeesAllSites(), Suspended: status == "suspended"}
	if !p.AllSites {
		for _, id := range grants {
			p.Sites = append(p.Sites, igny8.SiteID{UUID: id})
		}
	}
	return p
}

// as runs do with the caller's rights.
func as[T any](ctx context.Context, s *Server, do func(*store.Queries) (T, error)) (T, error) {
	return store.As(ctx, s.Store, igny8.PrincipalOf(ctx), do)
}
