package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// Account is a row of auth/accounts/: the caller's own.
type Account struct {
	ID        igny8.AccountID `json:"id"`
	Name      string          `json:"name"`
	Slug      string          `json:"slug"`
	OwnerID   *igny8.UserID   `json:"owner_id"`
	Status    string          `json:"status" enum:"active,suspended,closed"`
	Settings  json.RawMessage `json:"settings" doc:"An object: what the account has chosen for itself"`
	Plan      *string         `json:"plan" sql:"(select p.name from igny8_subscriptions s join igny8_plans p on p.id = s.plan_id where s.account_id = r.id and s.status <> 'cancelled')"`
	PlanID    *igny8.PlanID   `json:"plan_id" sql:"(select s.plan_id from igny8_subscriptions s where s.account_id = r.id and s.status <> 'cancelled')"`
	PeriodEnd *time.Time      `json:"period_end" sql:"(select s.period_end from igny8_subscriptions s where s.account_id = r.id and s.status <> 'cancelled')"`
	Credits   *igny8.Credits  `json:"credits" sql:"(select w.posted - w.held from igny8_wallets w where w.account_id = r.id)" doc:"Available"`
	CreatedAt time.Time       `json:"created_at"`
	UpdatedAt time.Time       `json:"updated_at"`
}

var accounts = resource[Account, Account]{path: "auth/accounts/", id: "accounts", one: "account", list: store.List{
	From: "(select *, id account_id from igny8_accounts) r", Default: "-created_at", Orders: map[string]store.Order{"created_at": byTime},
}}

// PlanLimits is how many of each an account of a plan may have. What is null has
// no limit.
type PlanLimits struct {
	Sites          *int64         `json:"sites"`
	Users          *int64         `json:"users"`
	Keywords       *int64         `json:"keywords"`
	MonthlyCredits *igny8.Credits `json:"monthly_credits" doc:"Given with each month"`
}

// PlanFeatures is what an account of a plan may use.
type PlanFeatures struct {
	OperatorKeys bool `json:"operator_keys" doc:"The service's keys of the providers, where the account has none of its own"`
	Schedules    bool `json:"schedules"`
	APIKeys      bool `json:"api_keys"`
}

// Plan is a row of auth/plans/.
type Plan struct {
	ID       igny8.PlanID `json:"id"`
	Name     string       `json:"name"`
	Price    int64        `json:"price" doc:"US cents a month"`
	Limits   PlanLimits   `json:"limits"`
	Features PlanFeatures `json:"features"`
	Default  bool         `json:"is_default"`
	Current  bool         `json:"is_current" sql:"exists (select from igny8_subscriptions s where s.account_id = r.account_id and s.plan_id = r.id and s.status <> 'cancelled')"`
}

var plans = resource[Plan, Plan]{path: "auth/plans/", id: "plans", one: "plan", list: store.List{
	From: "(select *, current_account() account_id from igny8_plans where active) r", Default: "price", Orders: map[string]store.Order{"price": {SQL: "r.price", Type: "bigint"}},
}}

// Industry is a row of auth/industries/, with the sectors that a site of it
// begins with.
type Industry struct {
	ID          igny8.IndustryID `json:"id"`
	Name        string           `json:"name"`
	Slug        string           `json:"slug"`
	Description string           `json:"description"`
	Sectors     json.RawMessage  `json:"sectors" doc:"An array of objects with id, name, slug and description" sql:"(select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name, 'slug', s.slug, 'description', s.description) order by s.name), '[]') from igny8_industry_sectors s where s.industry_id = r.id)"`
}

var industries = resource[Industry, Industry]{path: "auth/industries/", id: "industries", one: "industry", list: store.List{
	From: "(select *, current_account() account_id from igny8_industries) r", Search: []string{"r.name"}, Default: "name", Orders: map[string]store.Order{"name": {SQL: "r.name", Type: "text"}},
}}

type accountChange struct {
	ByID
	Body struct {
		Name     *string          `json:"name,omitempty" minLength:"1" maxLength:"200"`
		Settings *json.RawMessage `json:"settings,omitempty"`
	}
}

type transferInput struct {
	ByID
	Body struct {
		UserID igny8.UserID `json:"user_id" format:"uuid" doc:"Who is to own the account"`
	}
}

// SessionRow is a row of auth/sessions/: one place where the caller is signed in.
type SessionRow struct {
	ID        uuid.UUID  `json:"id"`
	CreatedAt time.Time  `json:"created_at"`
	UsedAt    time.Time  `json:"used_at"`
	ExpiresAt time.Time  `json:"expires_at"`
	RevokedAt *time.Time `json:"revoked_at"`
	RevokedBy *string    `json:"revoked_by"`
	UserAgent string     `json:"user_agent"`
	IP        string     `json:"ip"`
	Current   bool       `json:"is_current" sql:"false" doc:"The one that asks"`
}

// mySessions are the caller's own; the user is put in by the route.
var mySessions = store.List{
	From: "igny8_sessions r", Default: "-used_at",
	Filters: map[string]store.Filter{"user_id": {SQL: "r.user_id", Type: "uuid", Doc: "Of this person"}},
	Orders:  map[string]store.Order{"used_at": {SQL: "r.used_at", Type: "timestamptz"}},
}

func (s *Server) accounts() {
	listed(s, &accounts)
	listed(s, &plans)
	listed(s, &industries)
	route(s, post(accounts.path+"{id}/", "update-account", "Change the account", igny8.Manage).with(http.MethodPatch, http.StatusOK), s.changeAccount)
	route(s, post(accounts.path+"{id}/transfer/", "transfer-account", "Give the account to another of its users", igny8.Bill), s.transfer)

	e := get("auth/sessions/", "list-sessions", "Where one is signed in", igny8.Read)
	e.parameters = parameters(&store.List{Default: mySessions.Default, Orders: mySessions.Orders})
	raw(s, e, s.listSessions)
	route(s, post("auth/sessions/{id}/", "revoke-session", "Sign out there", igny8.Read).with(http.MethodDelete, http.StatusOK), func(ctx context.Context, in *ByID) (Counted, error) {
		return s.revoke(ctx, in.ID)
	})
	route(s, post("auth/sessions/revoke_others/", "revoke-sessions", "Sign out everywhere else", igny8.Read), func(ctx context.Context, _ *none) (Counted, error) {
		c, err := own(ctx)
		if err != nil {
			return Counted{}, err
		}
		return as(ctx, s, func(q *store.Queries) (Counted, error) {
			n, err := q.RevokeOtherSessions(ctx, store.RevokeOtherSessionsParams{UserID: c.User, ID: c.Session})
			return Counted{Done: n}, err
		})
	})
}

func (s *Server) changeAccount(ctx context.Context, in *accountChange) (Account, error) {
	b := &in.Body
	p := store.ChangeAccountParams{Name: b.Name}
	if b.Settings != nil {
		if err := checkSettings(*b.Settings); err != nil {
			return Account{}, err
		}
		p.Settings = *b.Settings
	}
	return as(ctx, s, func(q *store.Queries) (out Account, err error) {
		if _, err := store.Row[Account](ctx, q, &accounts.list, in.ID); err != nil {
			return out, err
		}
		if _, err := q.ChangeAccount(ctx, p); err != nil {
			return out, err
		}
		if err := note(ctx, q, "account.update", "account/"+in.ID, map[string]any{"name": b.Name != nil, "settings": b.Settings != nil}); err != nil {
			return out, err
		}
		return store.Row[Account](ctx, q, &accounts.list, in.ID)
	})
}

// transfer makes another user the account's owner. Who owned it stays an owner
// by role.
func (s *Server) transfer(ctx context.Context, in *transferInput) (Account, error) {
	return as(ctx, s, func(q *store.Queries) (out Account, err error) {
		if _, err := store.Row[Account](ctx, q, &accounts.list, in.ID); err != nil {
			return out, err
		}
		if _, err := q.LockAccount(ctx); err != nil {
			return out, err
		}
		n, err := q.TransferAccount(ctx, in.Body.UserID)
		if err == nil && n == 0 {
			err = igny8.FieldErrorf("user_id", "There is no such active user in the account.")
		}
		if err != nil {
			return out, err
		}
		role := string(igny8.Owner)
		if _, err := q.ChangeUser(ctx, store.ChangeUserParams{ID: in.Body.UserID, NewRole: &role}); err != nil {
			return out, err
		}
		if err := note(ctx, q, "account.transfer", "user/"+in.Body.UserID.String(), map[string]any{}); err != nil {
			return out, err
		}
		return store.Row[Account](ctx, q, &accounts.list, in.ID)
	})
}

func (s *Server) listSessions(ctx context.Context, in *listInput) (*reply[Page[SessionRow]], error) {
	ask, err := in.ask()
	if err != nil {
		return nil, err
	}
	if len(ask.Filters) > 0 {
		return nil, igny8.Errorf(igny8.Invalid, "Sessions are not filtered: they are your own.")
	}
	ask.Filters["user_id"] = igny8.PrincipalOf(ctx).User.String()
	page, err := as(ctx, s, func(q *store.Queries) (store.Page[SessionRow], error) {
		return store.Rows[SessionRow](ctx, q, &mySessions, ask)
	})
	if err != nil {
		return nil, err
	}
	here := callerOf(ctx).Session
	for i := range page.Rows {
		page.Rows[i].Current = page.Rows[i].ID == here
	}
	return &reply[Page[SessionRow]]{Status: http.StatusOK, Body: Page[SessionRow]{Count: page.Count, Next: in.link(page.Next), Previous: in.link(page.Previous), Results: page.Rows}}, nil
}

func (s *Server) revoke(ctx context.Context, id string) (Counted, error) {
	session, err := igny8.Parse[igny8.RequestID](id)
	if err != nil {
		return Counted{}, err
	}
	c, err := own(ctx)
	if err != nil {
		return Counted{}, err
	}
	return as(ctx, s, func(q *store.Queries) (Counted, error) {
		n, err := q.RevokeOwnSession(ctx, store.RevokeOwnSessionParams{UserID: c.User, ID: session.UUID})
		if err == nil && n == 0 {
			err = igny8.Errorf(igny8.NotFound, "There is no such session of yours.")
		}
		return Counted{Done: n}, err
	})
}
