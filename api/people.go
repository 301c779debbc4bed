package api

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// Person is a row of auth/users/.
type Person struct {
	ID          igny8.UserID   `json:"id"`
	Email       string         `json:"email"`
	Name        string         `json:"name"`
	Role        igny8.Role     `json:"role"`
	Active      bool           `json:"active"`
	Sites       []igny8.SiteID `json:"sites" sql:"array(select g.site_id from igny8_site_grants g where g.account_id = r.account_id and g.user_id = r.id)::uuid[]" doc:"Granted ones; owners and admins see all"`
	LastLoginAt *time.Time     `json:"last_login_at"`
	CreatedAt   time.Time      `json:"created_at"`
}

// human are the roles that can be given.
var human = []igny8.Role{igny8.Viewer, igny8.Editor, igny8.Admin, igny8.Owner}

var people = resource[Person, Person]{path: "auth/users/", id: "users", one: "user", reads: igny8.Manage, list: store.List{
	From: "igny8_users r", Search: []string{"r.email", "r.name"}, Default: "-created_at",
	Filters: map[string]store.Filter{"role": {SQL: "r.role", Type: "text", Values: words(human)}, "active": {SQL: "r.active", Type: "bool", Doc: "May sign in, or not"}},
	Orders:  map[string]store.Order{"created_at": byTime, "email": {SQL: "r.email", Type: "text"}},
}}

// Grant is a row of auth/grants/: somebody may work on a site.
type Grant struct {
	ID        uuid.UUID     `json:"id"`
	SiteID    igny8.SiteID  `json:"site_id"`
	UserID    igny8.UserID  `json:"user_id"`
	GrantedBy *igny8.UserID `json:"granted_by"`
	CreatedAt time.Time     `json:"created_at"`
}

// GrantFields are who may work on what.
type GrantFields struct {
	SiteID igny8.SiteID `json:"site_id" format:"uuid" change:"parent"`
	UserID igny8.UserID `json:"user_id" format:"uuid"`
}

var grants = resource[Grant, Grant]{path: "auth/grants/", id: "grants", one: "grant", reads: igny8.Manage, list: store.List{
	From: "igny8_site_grants r", Default: "-created_at",
	Filters: map[string]store.Filter{"site_id": bySite, "user_id": {SQL: "r.user_id", Type: "uuid", Doc: "Of this person"}},
	Orders:  map[string]store.Order{"created_at": byTime},
}}

var grantChanges = changes[Grant, Grant, GrantFields]{
	of: &grants, table: store.Table{Name: "igny8_site_grants", Belongs: store.OfSite}, power: igny8.Manage, noUpdate: true,
	prepare: func(ctx context.Context, _ *Server, q *store.Queries, c *change[GrantFields]) error {
		if _, err := q.UserRow(ctx, c.Fields.UserID); err != nil {
			return err
		}
		c.Put("granted_by", pointer(igny8.PrincipalOf(ctx).User))
		return nil
	},
}

type personChange struct {
	ByID
	Body struct {
		Name   *string     `json:"name,omitempty" maxLength:"200"`
		Role   *igny8.Role `json:"role,omitempty" enum:"viewer,editor,admin,owner"`
		Active *bool       `json:"active,omitempty"`
	}
}

func (s *Server) people() {
	listed(s, &people)
	route(s, post(people.path+"{id}/", "update-user", "Change what somebody may do", igny8.Manage).with(http.MethodPatch, http.StatusOK), s.changePerson)
	route(s, post(people.path+"{id}/", "delete-user", "Remove somebody", igny8.Manage).with(http.MethodDelete, http.StatusOK), s.dropPerson)
	listed(s, &grants)
	changeable(s, &grantChanges)
	s.invitations()
	s.apiKeys()
}

// above reports whether the caller may do something to somebody of a role: to
// nobody above themselves, and to an owner only as one.
func above(ctx context.Context, role igny8.Role) error {
	mine := igny8.PrincipalOf(ctx).Role
	if slices.Index(igny8.Roles, role) > slices.Index(igny8.Roles, mine) || role == igny8.Owner && mine != igny8.Owner && mine != igny8.Developer {
		return igny8.Errorf(igny8.Forbidden, "Your role (%s) does not reach as far as %s.", mine, role)
	}
	return nil
}

// keepOwner refuses a change after which nobody owns the account.
func keepOwner(ctx context.Context, q *store.Queries) error {
	n, err := q.CountOwners(ctx)
	if err == nil && n == 0 {
		err = igny8.Errorf(igny8.Conflict, "An account keeps at least one active owner. Make somebody else owner first.")
	}
	return err
}

func (s *Server) changePerson(ctx context.Context, in *personChange) (Person, error) {
	id, err := igny8.Parse[igny8.UserID](in.ID)
	if err != nil {
		return Person{}, err
	}
	b := &in.Body
	return as(ctx, s, func(q *store.Queries) (out Person, err error) {
		if _, err := q.LockAccount(ctx); err != nil {
			return out, err
		}
		u, err := q.UserRow(ctx, id)
		if err != nil {
			return out, err
		}
		if err := above(ctx, u.Role); err != nil {
			return out, err
		}
		p := store.ChangeUserParams{ID: id, Name: b.Name, Active: b.Active}
		if b.Role != nil {
			if err := above(ctx, *b.Role); err != nil {
				return out, err
			}
			role := string(*b.Role)
			p.NewRole = &role
		}
		if _, err := q.ChangeUser(ctx, p); err != nil {
			return out, err
		}
		if err := keepOwner(ctx, q); err != nil {
			return out, err
		}
		if err := note(ctx, q, "user.update", "user/"+in.ID, map[string]any{"role": b.Role, "active": b.Active}); err != nil {
			return out, err
		}
		return store.Row[Person](ctx, q, &people.list, in.ID)
	})
}

func (s *Server) dropPerson(ctx context.Context, in *ByID) (Counted, error) {
	id, err := igny8.Parse[igny8.UserID](in.ID)
	if err != nil {
		return Counted{}, err
	}
	return as(ctx, s, func(q *store.Queries) (out Counted, err error) {
		if _, err := q.LockAccount(ctx); err != nil {
			return out, err
		}
		u, err := q.UserRow(ctx, id)
		if err != nil {
			return out, err
		}
		if err := above(ctx, u.Role); err != nil {
			return out, err
		}
		if id == igny8.PrincipalOf(ctx).User {
			return out, igny8.Errorf(igny8.Conflict, "Nobody removes themselves. Ask another owner or admin.")
		}
		if out.Done, err = q.DropUser(ctx, id); err != nil {
			return out, err
		}
		if err := keepOwner(ctx, q); err != nil {
			return out, err
		}
		return out, note(ctx, q, "user.delete", "user/"+in.ID, map[string]any{"role": u.Role})
	})
}

// Invitation is a row of auth/invitations/.
type Invitation struct {
	ID         uuid.UUID      `json:"id"`
	Email      string         `json:"email"`
	Role       igny8.Role     `json:"role"`
	Sites      []igny8.SiteID `json:"sites"`
	InvitedBy  *igny8.UserID  `json:"invited_by"`
	ExpiresAt  time.Time      `json:"expires_at"`
	AcceptedAt *time.Time     `json:"accepted_at"`
	CreatedAt  time.Time      `json:"created_at"`
}

var invitations = resource[Invitation, Invitation]{path: "auth/invitations/", id: "invitations", one: "invitation", reads: igny8.Manage, list: store.List{
	From: "igny8_invitations r", Search: []string{"r.email"}, Default: "-created_at",
	Filters: map[string]store.Filter{"open": {SQL: "(r.accepted_at is null) = %s", Type: "bool", Doc: "Not accepted yet, or accepted"}},
	Orders:  map[string]store.Order{"created_at": byTime},
}}

// InvitationFields are who is invited, and as what.
type InvitationFields struct {
	Email string         `json:"email" format:"email" maxLength:"254"`
	Role  igny8.Role     `json:"role" enum:"viewer,editor,admin,owner"`
	Sites []igny8.SiteID `json:"sites,omitempty" maxItems:"100" doc:"To be granted, for editors and viewers"`
	token string
}

const invitationLasts = 7 * 24 * time.Hour

var invitationChanges = changes[Invitation, Invitation, InvitationFields]{
	of: &invitations, table: store.Table{Name: "igny8_invitations"}, power: igny8.Manage, noUpdate: true,
	prepare: func(ctx context.Context, _ *Server, q *store.Queries, c *change[InvitationFields]) error {
		f := c.Fields
		if err := above(ctx, f.Role); err != nil {
			return err
		}
		f.Email = strings.ToLower(strings.TrimSpace(f.Email))
		n, err := q.CountSites(ctx, uuids(f.Sites))
		if err == nil && n != int64(len(f.Sites)) {
			err = igny8.FieldErrorf("sites", "One of the sites is not there.")
		}
		if err != nil {
			return err
		}
		f.token = rand.Text() + rand.Text()
		c.Put("email", f.Email)
		c.Put("hash", hashed(f.token))
		c.Put("invited_by", pointer(igny8.PrincipalOf(ctx).User))
		c.Put("expires_at", time.Now().Add(invitationLasts))
		return nil
	},
	after: func(ctx context.Context, s *Server, q *store.Queries, c *change[InvitationFields]) error {
		used, err := q.EmailInUse(ctx, c.Fields.Email)
		if err == nil && used {
			err = &igny8.Error{Code: igny8.Conflict, Field: "email", Message: "This person is a user of the account already."}
		}
		if err != nil {
			return err
		}
		if err := q.AtMost(ctx, "users", "users", "select (select count(*) from igny8_users where account_id = current_account()) + (select count(*) from igny8_invitations where account_id = current_account() and accepted_at is null and expires_at > now())"); err != nil {
			return err
		}
		return s.mail(ctx, c.Fields.Email, "You are invited to IGNY8", "To accept, open "+s.Public+"/invitation#"+c.Fields.token+" within 7 days and choose a password.")
	},
}

func (s *Server) invitations() {
	listed(s, &invitations)
	changeable(s, &invitationChanges)
	raw(s, post("auth/invitations/accept/", "accept-invitation", "Become a user of the account that invited you", anyone), s.acceptInvitation)
}

// APIKey is a row of auth/api-keys/. The key itself is shown once.
type APIKey struct {
	ID         uuid.UUID    `json:"id"`
	Name       string       `json:"name"`
	Hint       string       `json:"hint" doc:"Its last four characters"`
	Role       igny8.Role   `json:"role"`
	CreatedBy  igny8.UserID `json:"created_by"`
	CreatedAt  time.Time    `json:"created_at"`
	LastUsedAt *time.Time   `json:"last_used_at"`
	RevokedAt  *time.Time   `json:"revoked_at"`
}

var apiKeys = resource[APIKey, APIKey]{path: "auth/api-keys/", id: "api-keys", one: "api-key", reads: igny8.Manage, list: store.List{
	From: "igny8_api_keys r", Default: "-created_at",
	Filters: map[string]store.Filter{"revoked": {SQL: "(r.revoked_at is not null) = %s", Type: "bool", Doc: "Revoked, or in force"}},
	Orders:  map[string]store.Order{"created_at": byTime},
}}

type newKey struct {
	Body struct {
		Name string     `json:"name" minLength:"1" maxLength:"100"`
		Role igny8.Role `json:"role" enum:"viewer,editor,admin,owner" doc:"At most your own; the key sees the sites that you see"`
	}
}

// NewKey is a key that was just made.
type NewKey struct {
	APIKey
	Key string `json:"key" doc:"Keep it: it is shown this once"`
}

func (s *Server) apiKeys() {
	listed(s, &apiKeys)
	route(s, post(apiKeys.path, "create-api-key", "Make an API key", igny8.Manage).with(http.MethodPost, http.StatusCreated), s.createKey)
	route(s, post(apiKeys.path+"{id}/", "revoke-api-key", "Revoke an API key", igny8.Manage).with(http.MethodDelete, http.StatusOK), s.revokeKey)
}

func (s *Server) createKey(ctx context.Context, in *newKey) (NewKey, error) {
	b := &in.Body
	p := igny8.PrincipalOf(ctx)
	if err := above(ctx, b.Role); err != nil {
		return NewKey{}, err
	}
	if callerOf(ctx).Session == uuid.Nil || p.Role == igny8.Developer {
		return NewKey{}, igny8.Errorf(igny8.Forbidden, "A key is made by somebody who is signed in to their own account.")
	}
	key := keyPrefix + strings.ToLower(rand.Text()+rand.Text())
	return as(ctx, s, func(q *store.Queries) (out NewKey, err error) {
		if err := hasFeature(ctx, q, "api_keys", "API keys"); err != nil {
			return out, err
		}
		id, err := q.NewAPIKey(ctx, store.NewAPIKeyParams{Name: b.Name, Hash: hashed(key), Hint: key[len(key)-4:], Role: b.Role, CreatedBy: p.User})
		if err != nil {
			return out, err
		}
		if err := note(ctx, q, "api_key.create", "api-key/"+id.String(), map[string]any{"role": b.Role}); err != nil {
			return out, err
		}
		out.Key = key
		out.APIKey, err = store.Row[APIKey](ctx, q, &apiKeys.list, id.String())
		return out, err
	})
}

func (s *Server) revokeKey(ctx context.Context, in *ByID) (APIKey, error) {
	return as(ctx, s, func(q *store.Queries) (out APIKey, err error) {
		if out, err = store.Row[APIKey](ctx, q, &apiKeys.list, in.ID); err != nil {
			return out, err
		}
		if err := above(ctx, out.Role); err != nil {
			return out, err
		}
		if _, err := q.RevokeAPIKey(ctx, out.ID); err != nil {
			return out, err
		}
		if err := note(ctx, q, "api_key.revoke", "api-key/"+in.ID, map[string]any{}); err != nil {
			return out, err
		}
		return store.Row[APIKey](ctx, q, &apiKeys.list, in.ID)
	})
}
