package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/store/system"
)

type impersonateInput struct {
	Body struct {
		Account igny8.AccountID `json:"account" format:"uuid"`
		Reason  string          `json:"reason" minLength:"3" maxLength:"500" doc:"It stands in the audit log of both accounts"`
	}
}

type accountsInput struct {
	Search string `query:"search" maxLength:"200"`
}

// OtherAccount is an account that a developer can work in.
type OtherAccount struct {
	ID     igny8.AccountID `json:"id"`
	Name   string          `json:"name"`
	Slug   string          `json:"slug"`
	Status string          `json:"status"`
}

// Impersonation is an access token for another account. It can't be refreshed.
type Impersonation struct {
	AccessToken string    `json:"access_token"`
	ExpiresAt   time.Time `json:"expires_at"`
	User        Me        `json:"user"`
}

func (s *Server) impersonation() {
	route(s, get("auth/impersonate/", "list-other-accounts", "Accounts that a developer can work in", igny8.Bill), func(ctx context.Context, in *accountsInput) ([]OtherAccount, error) {
		if _, err := developer(ctx); err != nil {
			return nil, err
		}
		rows, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) ([]system.AllAccountsRow, error) { return q.AllAccounts(ctx, "%"+in.Search+"%") })
		out := []OtherAccount{}
		for _, r := range rows {
			out = append(out, OtherAccount{ID: r.ID, Name: r.Name, Slug: r.Slug, Status: r.Status})
		}
		return out, err
	})
	route(s, post("auth/impersonate/", "impersonate", "Work in another account, for 15 minutes", igny8.Bill), s.impersonate)
	route(s, post("auth/impersonate/stop/", "stop-impersonating", "Stop working in another account", igny8.Read), s.leave)
}

// developer is the caller, if they are one who is signed in as themselves.
func developer(ctx context.Context) (*caller, error) {
	c, err := own(ctx)
	if err == nil && c.Role != igny8.Developer {
		err = igny8.Errorf(igny8.Forbidden, "Only developers work in other accounts.")
	}
	return c, err
}

func (s *Server) impersonate(ctx context.Context, in *impersonateInput) (Impersonation, error) {
	c, err := developer(ctx)
	if err != nil {
		return Impersonation{}, err
	}
	detail, err := json.Marshal(map[string]any{"account": in.Body.Account, "reason": in.Body.Reason})
	if err != nil {
		return Impersonation{}, err
	}
	account, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) (system.Account, error) {
		a, err := q.Account(ctx, in.Body.Account)
		if err != nil {
			return a, err
		}
		return a, inBoth(ctx, q, c.User, c.Account, a.ID, "auth.impersonate", detail)
	})
	if err != nil {
		return Impersonation{}, err
	}
	token, expires, err := s.Tokens.impersonation(c, account.ID, time.Now())
	if err != nil {
		return Impersonation{}, err
	}
	as := *c
	as.inPlaceOf(account.ID, account.Name, account.Status)
	return Impersonation{AccessToken: token, ExpiresAt: expires, User: me(&as)}, nil
}

// leave ends a developer's work in another account: the token that it was done
// with is over.
func (s *Server) leave(ctx context.Context, _ *none) (struct{}, error) {
	c := callerOf(ctx)
	if c.Actor.IsZero() {
		return struct{}{}, igny8.Errorf(igny8.Forbidden, "You work in your own account.")
	}
	_, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) (none, error) {
		if err := q.EndTurn(ctx, system.EndTurnParams{AccountID: c.home, ID: c.Session, Turn: c.turn}); err != nil {
			return none{}, err
		}
		return none{}, inBoth(ctx, q, c.User, c.home, c.Account, "auth.impersonate_stop", json.RawMessage("{}"))
	})
	return struct{}{}, err
}

// inBoth writes what a developer did into the audit logs of their own account
// and of the other.
func inBoth(ctx context.Context, q *system.Queries, user igny8.UserID, own, other igny8.AccountID, action string, detail json.RawMessage) error {
	rec := recordOf(ctx)
	for _, account := range []igny8.AccountID{own, other} {
		err := q.Audit(ctx, system.AuditParams{AccountID: account, ActorID: &user, ActorRole: string(igny8.Developer), Action: action, Target: "account/" + other.String(), Outcome: "done", Detail: detail, RequestID: rec.ID, IP: rec.IP})
		if err != nil {
			return err
		}
	}
	return nil
}

// inPlaceOf makes a developer one who works in another account.
func (c *caller) inPlaceOf(account igny8.AccountID, name, status string) {
	home := c.Account
	c.Principal = principal(account, c.User, igny8.Developer, nil, status)
	c.home, c.Actor, c.AccountName = home, c.User, name
}
