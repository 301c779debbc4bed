package api

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/store/system"
)

type registerInput struct {
	Body struct {
		Email    string            `json:"email" format:"email" maxLength:"254"`
		Password igny8.Secret      `json:"password" minLength:"8" maxLength:"128"`
		Name     string            `json:"name,omitempty" maxLength:"200"`
		Account  string            `json:"account_name" minLength:"1" maxLength:"200"`
		Site     string            `json:"site_name,omitempty" maxLength:"200" doc:"As the account if not given"`
		Industry *igny8.IndustryID `json:"industry_id,omitempty" format:"uuid" doc:"It gives the site its sectors"`
		Client   string            `json:"client,omitempty" enum:"browser,native"`
	}
	meta
}

type acceptInput struct {
	Body struct {
		Token    igny8.Secret `json:"token" maxLength:"200"`
		Name     string       `json:"name,omitempty" maxLength:"200"`
		Password igny8.Secret `json:"password" minLength:"8" maxLength:"128"`
		Client   string       `json:"client,omitempty" enum:"browser,native"`
	}
	meta
}

type resetInput struct {
	Body struct {
		Email string `json:"email" maxLength:"254"`
	}
	meta
}

type newPasswordInput struct {
	Body struct {
		Token    igny8.Secret `json:"token" maxLength:"200"`
		Password igny8.Secret `json:"password" minLength:"8" maxLength:"128"`
	}
	meta
}

type ownPassword struct {
	Body struct {
		Old igny8.Secret `json:"old_password" maxLength:"1000"`
		New igny8.Secret `json:"new_password" minLength:"8" maxLength:"128"`
	}
	meta
}

type ownProfile struct {
	Body struct {
		Name string `json:"name" maxLength:"200"`
	}
}

const resetLasts = time.Hour

func (s *Server) registration() {
	raw(s, post("auth/register/", "register", "Open an account", anyone).with(http.MethodPost, http.StatusCreated), s.signUp)
	route(s, post("auth/password-reset/", "reset-password", "Ask for a new password by mail", anyone), s.askReset)
	route(s, post("auth/password-reset/confirm/", "confirm-password-reset", "Choose a new password with the token that was mailed", anyone), s.reset)
	route(s, post("auth/me/password/", "change-password", "Change one's own password", igny8.Read), s.changeOwnPassword)
	route(s, post("auth/me/", "update-me", "Change one's own name", igny8.Read).with(http.MethodPatch, http.StatusOK), s.changeMe)
}

// signUp makes an account with all that it needs, in one transaction: either
// everything is there or nothing is.
func (s *Server) signUp(ctx context.Context, in *registerInput) (*sessionReply, error) {
	b := &in.Body
	if err := limited(s.throttle.address, in.meta, recordOf(ctx).IP); err != nil {
		return nil, err
	}
	hash, err := HashPassword(ctx, b.Password)
	if err != nil {
		return nil, err
	}
	email := strings.ToLower(strings.TrimSpace(b.Email))
	_, err = store.AsSystem(ctx, s.Store, func(q *system.Queries) (none, error) {
		return none{}, found(ctx, q, in, email, hash)
	})
	if err != nil {
		return nil, err
	}
	return s.enter(ctx, in.meta, email, b.Client)
}

// found founds an account.
func found(ctx context.Context, q *system.Queries, in *registerInput, email, hash string) error {
	b := &in.Body
	slug := slugOf(b.Account) + "-" + strings.ToLower(rand.Text())[:6]
	account, err := q.NewAccount(ctx, system.NewAccountParams{Name: b.Account, Slug: slug})
	if err != nil {
		return err
	}
	if err := q.NewWallet(ctx, account.ID); err != nil {
		return err
	}
	owner, err := q.NewUser(ctx, system.NewUserParams{AccountID: account.ID, Email: email, Name: b.Name, PasswordHash: &hash, Role: igny8.Owner})
	if err != nil {
		return err
	}
	if err := q.SetOwner(ctx, system.SetOwnerParams{ID: account.ID, OwnerID: &owner.ID}); err != nil {
		return err
	}
	if err := q.Subscribe(ctx, system.SubscribeParams{AccountID: account.ID}); err != nil {
		return err
	}
	plan, err := q.PlanOf(ctx, account.ID)
	if err != nil {
		return err
	}
	var limits struct {
		Monthly igny8.Credits `json:"monthly_credits"`
	}
	if err := json.Unmarshal(plan.Limits, &limits); err != nil {
		return err
	}
	if limits.Monthly > 0 {
		if _, err := q.Credit(ctx, system.CreditParams{AccountID: account.ID, OpKey: "plan:first", Amount: limits.Monthly, TransactionType: "grant", Reason: "The first month of the plan " + plan.Name, ActorID: &owner.ID}); err != nil {
			return err
		}
	}
	if err := firstSite(ctx, q, account.ID, in); err != nil {
		return err
	}
	rec := recordOf(ctx)
	return q.Audit(ctx, system.AuditParams{AccountID: account.ID, ActorID: &owner.ID, ActorRole: string(igny8.Owner), Action: "account.create", Target: "account/" + account.ID.String(), Outcome: "done",
		Detail: json.RawMessage("{}"), RequestID: rec.ID, IP: rec.IP})
}

// firstSite gives a new account its site, with the sectors of its industry.
func firstSite(ctx context.Context, q *system.Queries, account igny8.AccountID, in *registerInput) error {
	b := &in.Body
	name := b.Site
	if name == "" {
		name = b.Account
	}
	site, err := q.NewSite(ctx, system.NewSiteParams{AccountID: account, ID: igny8.New[igny8.SiteID](), Name: name, Slug: slugOf(name), IndustryID: b.Industry, Settings: json.RawMessage("{}")})
	if err != nil {
		return err
	}
	var sectors []system.SectorsOfIndustryRow
	if b.Industry != nil {
		if sectors, err = q.SectorsOfIndustry(ctx, *b.Industry); err != nil {
			return err
		}
	}
	if len(sectors) == 0 {
		sectors = []system.SectorsOfIndustryRow{{Name: "General", Slug: "general"}}
	}
	for _, t := range sectors {
		if err := q.NewSectorOf(ctx, system.NewSectorOfParams{AccountID: account, SiteID: site.ID, Name: t.Name, Slug: t.Slug, Description: t.Description}); err != nil {
			return err
		}
	}
	return nil
}

// enter signs in a user who has just proved who they are.
func (s *Server) enter(ctx context.Context, m meta, email, client string) (*sessionReply, error) {
	u, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) (system.UserByEmailRow, error) { return q.UserByEmail(ctx, email) })
	if err != nil {
		return nil, err
	}
	in := &loginInput{meta: m}
	in.Body.Client = client
	return s.open(ctx, u, in)
}

var spent = igny8.Errorf(igny8.Invalid, "This link has expired or was used before. Ask for a new one.")

func (s *Server) acceptInvitation(ctx context.Context, in *acceptInput) (*sessionReply, error) {
	b := &in.Body
	if err := limited(s.throttle.address, in.meta, recordOf(ctx).IP); err != nil {
		return nil, err
	}
	hash, err := HashPassword(ctx, b.Password)
	if err != nil {
		return nil, err
	}
	email, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) (string, error) {
		i, err := q.UseInvitation(ctx, hashed(b.Token.Reveal()))
		if err != nil {
			return "", expired(err)
		}
		u, err := q.NewUser(ctx, system.NewUserParams{AccountID: i.AccountID, Email: i.Email, Name: b.Name, PasswordHash: &hash, Role: i.Role})
		if err != nil {
			return "", err
		}
		if err := q.GrantSitesOf(ctx, system.GrantSitesOfParams{AccountID: i.AccountID, UserID: u.ID, GrantedBy: i.InvitedBy, Sites: i.Sites}); err != nil {
			return "", err
		}
		rec := recordOf(ctx)
		return i.Email, q.Audit(ctx, system.AuditParams{AccountID: i.AccountID, ActorID: &u.ID, ActorRole: string(i.Role), Action: "invitation.accept", Target: "user/" + u.ID.String(), Outcome: "done",
			Detail: json.RawMessage("{}"), RequestID: rec.ID, IP: rec.IP})
	})
	if err != nil {
		return nil, err
	}
	return s.enter(ctx, in.meta, email, b.Client)
}

func expired(err error) error {
	if igny8.CodeOf(err) == igny8.NotFound {
		return spent
	}
	return err
}

// askReset mails a token to whom the address belongs. The answer is the same if
// it belongs to nobody.
func (s *Server) askReset(ctx context.Context, in *resetInput) (struct{}, error) {
	email := strings.ToLower(strings.TrimSpace(in.Body.Email))
	if err := limited(s.throttle.address, in.meta, recordOf(ctx).IP); err != nil {
		return struct{}{}, err
	}
	if err := limited(s.throttle.user, in.meta, "reset "+email); err != nil {
		return struct{}{}, err
	}
	if s.Mail == nil && s.Secure {
		return struct{}{}, igny8.Errorf(igny8.NotConfigured, "Mail is not set up here. Ask the operator for a new password.")
	}
	token := rand.Text() + rand.Text()
	known, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) (bool, error) {
		u, err := q.UserByEmail(ctx, email)
		if err != nil || !u.Active || u.Role == igny8.SystemBot || u.AccountStatus == "closed" {
			return false, unless(err, igny8.NotFound)
		}
		return true, q.NewPasswordReset(ctx, system.NewPasswordResetParams{AccountID: u.AccountID, UserID: u.ID, Hash: hashed(token), ExpiresAt: time.Now().Add(resetLasts)})
	})
	if err != nil || !known {
		return struct{}{}, err
	}
	// Behind the answer, which else would take longer for an address that is known.
	s.behind.Go(func() {
		ctx, done := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer done()
		if err := s.mail(ctx, email, "A new password for IGNY8", "To choose a new password, open "+s.Public+"/password-reset#"+token+" within an hour. If you did not ask for this, do nothing."); err != nil {
			s.log().ErrorContext(ctx, "a mail was not sent", "error", err)
		}
	})
	return struct{}{}, nil
}

// reset sets a new password and ends every session.
func (s *Server) reset(ctx context.Context, in *newPasswordInput) (struct{}, error) {
	if err := limited(s.throttle.address, in.meta, recordOf(ctx).IP); err != nil {
		return struct{}{}, err
	}
	hash, err := HashPassword(ctx, in.Body.Password)
	if err != nil {
		return struct{}{}, err
	}
	_, err = store.AsSystem(ctx, s.Store, func(q *system.Queries) (none, error) {
		r, err := q.UsePasswordReset(ctx, hashed(in.Body.Token.Reveal()))
		if err != nil {
			return none{}, expired(err)
		}
		return none{}, s.setPassword(ctx, q, r.AccountID, r.UserID, hash, "auth.password_reset")
	})
	return struct{}{}, err
}

// setPassword sets a password, ends every session of the user, and writes that
// down.
func (s *Server) setPassword(ctx context.Context, q *system.Queries, account igny8.AccountID, user igny8.UserID, hash, action string) error {
	if err := q.SetPassword(ctx, system.SetPasswordParams{AccountID: account, ID: user, PasswordHash: &hash}); err != nil {
		return err
	}
	if err := q.RevokeSessions(ctx, system.RevokeSessionsParams{AccountID: account, UserID: user, RevokedBy: text("password")}); err != nil {
		return err
	}
	rec := recordOf(ctx)
	return q.Audit(ctx, system.AuditParams{AccountID: account, ActorID: &user, ActorRole: "", Action: action, Target: "user/" + user.String(), Outcome: "done", Detail: json.RawMessage("{}"), RequestID: rec.ID, IP: rec.IP})
}

// own is the user behind the request, if it is one who is signed in themselves.
func own(ctx context.Context) (*caller, error) {
	c := callerOf(ctx)
	if c.Session == uuid.Nil || !c.Actor.IsZero() {
		return nil, igny8.Errorf(igny8.Forbidden, "Only who is signed in themselves can do this: no API key, and nobody in their place.")
	}
	return c, nil
}

func (s *Server) changeOwnPassword(ctx context.Context, in *ownPassword) (struct{}, error) {
	c, err := own(ctx)
	if err != nil {
		return struct{}{}, err
	}
	if err := limited(s.throttle.user, in.meta, "password "+c.User.String()); err != nil {
		return struct{}{}, err
	}
	u, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) (system.UserOfRow, error) {
		return q.UserOf(ctx, system.UserOfParams{AccountID: c.Account, ID: c.User})
	})
	if err != nil {
		return struct{}{}, err
	}
	ok, _, err := matches(ctx, in.Body.Old, u.PasswordHash)
	if err == nil && !ok {
		err = igny8.FieldErrorf("old_password", "This is not your password.")
	}
	if err != nil {
		return struct{}{}, err
	}
	hash, err := HashPassword(ctx, in.Body.New)
	if err != nil {
		return struct{}{}, err
	}
	_, err = store.AsSystem(ctx, s.Store, func(q *system.Queries) (none, error) {
		return none{}, s.setPassword(ctx, q, c.Account, c.User, hash, "auth.password_change")
	})
	return struct{}{}, err
}

func (s *Server) changeMe(ctx context.Context, in *ownProfile) (Me, error) {
	c, err := own(ctx)
	if err != nil {
		return Me{}, err
	}
	_, err = store.AsSystem(ctx, s.Store, func(q *system.Queries) (none, error) {
		return none{}, q.RenameUser(ctx, system.RenameUserParams{AccountID: c.Account, ID: c.User, Name: in.Body.Name})
	})
	out := me(c)
	out.Name = in.Body.Name
	return out, err
}
