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
	rec := recordOf(ctx)
	account, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) (system.Account, error) {
		a, err := q.Account(ctx, in.Body.Account)
		if err != nil {
			return a, err
		}
		for _, in := range []igny8.AccountID{c.Account, a.ID} {
			err := q.Audit(ctx, system.AuditParams{AccountID: in, ActorID: &c.User, ActorRole: string(igny8.Developer), Action: "auth.impersonate", Target: "account/" + a.ID.String(), Outcome: "done", Detail: detail, RequestID: rec.ID, IP: rec.IP})
			if err != nil {
				return a, err
			}
		}
		return a, nil
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

// inPlaceOf makes a developer one who works in another account.
func (c *caller) inPlaceOf(account igny8.AccountID, name, status string) {
	c.Principal = principal(account, c.User, igny8.Developer, nil, status)
	c.Actor, c.AccountName = c.User, name
}
