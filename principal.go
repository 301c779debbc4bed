package igny8

import "context"

// A Role is what a user is to an account.
type Role string

const (
	Viewer    Role = "viewer"     // reads granted sites
	Editor    Role = "editor"     // works on granted sites
	Admin     Role = "admin"      // works on every site of the account, manages users and settings
	Owner     Role = "owner"      // also plan, purchase, transfer and deletion
	Developer Role = "developer"  // works in any account, by impersonation
	SystemBot Role = "system_bot" // what automation acts as; can't sign in
)

// Roles lists every role, the least powerful first.
var Roles = []Role{Viewer, Editor, Admin, Owner, Developer, SystemBot}

// A Power is something a role may or may not do.
type Power string

const (
	Read   Power = "read"   // see rows of the sites one has been granted
	Write  Power = "write"  // change rows, spend credits, approve, publish
	Manage Power = "manage" // prompts, schedules, integrations, site credentials, users
	Bill   Power = "bill"   // plan, purchase, transfer, deletion
)

// May reports whether the role has the power.
func (r Role) May(p Power) bool {
	switch r {
	case Owner, Developer:
		return true
	case Admin:
		return p != Bill
	case Editor, SystemBot:
		return p == Read || p == Write
	case Viewer:
		return p == Read
	}
	return false
}

// SeesAllSites reports whether the role works on every site of its account.
// The others see the sites they were granted.
func (r Role) SeesAllSites() bool {
	return r == Admin || r == Owner || r == Developer
}

// A Principal is who is asking: a user, an API key or the bot. Its account is
// the one its token names, never one that a request names.
type Principal struct {
	Account   AccountID
	User      UserID
	Role      Role
	AllSites  bool
	Sites     []SiteID // the granted ones, unless AllSites
	Actor     UserID   // the developer behind an impersonation
	Suspended bool     // the account may only be read
}

// Bot is what workflows act as: one account and, where the scope names one, one
// site.
func Bot(s Scope) Principal {
	p := Principal{Account: s.Account, Role: SystemBot, AllSites: s.Site.IsZero()}
	if !p.AllSites {
		p.Sites = []SiteID{s.Site}
	}
	return p
}

type principalKey struct{}

// WithPrincipal returns a context in which p is asking.
func WithPrincipal(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// PrincipalOf returns who is asking: the zero Principal, which may do nothing,
// if nobody said.
func PrincipalOf(ctx context.Context) Principal {
	p, _ := ctx.Value(principalKey{}).(Principal)
	return p
}
