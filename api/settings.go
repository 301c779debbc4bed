package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// AuthorProfile is a row of system/author-profiles/.
type AuthorProfile struct {
	ID          uuid.UUID `json:"id"`
	Name        string    `json:"name"`
	Description string    `json:"description"`
	Tone        string    `json:"tone"`
	Language    string    `json:"language"`
	Banned      []string  `json:"banned_words"`
	Example     string    `json:"example"`
	Default     bool      `json:"is_default"`
	Version     int64     `json:"version"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
}

// AuthorFields are what a person says of an author.
type AuthorFields struct {
	Name        string   `json:"name" minLength:"1" maxLength:"200"`
	Description string   `json:"description,omitempty" maxLength:"5000"`
	Tone        string   `json:"tone,omitempty" maxLength:"500"`
	Language    string   `json:"language,omitempty" pattern:"^[a-z]{2}(-[A-Za-z]{2,4})?$" change:"keep" doc:"Such as en or pt-BR"`
	Banned      []string `json:"banned_words,omitempty" maxItems:"200"`
	Example     string   `json:"example,omitempty" maxLength:"20000" doc:"A text in the author's manner"`
	Default     bool     `json:"is_default,omitempty" change:"keep" doc:"Of tasks that name no author; there is one"`
}

var authors = resource[AuthorProfile, AuthorProfile]{path: "system/author-profiles/", id: "author-profiles", one: "author-profile", list: store.List{
	From: "igny8_author_profiles r", Search: []string{"r.name"}, Default: "-created_at",
	Filters: map[string]store.Filter{"is_default": {SQL: "r.is_default", Type: "bool", Doc: "The one that tasks get, or another"}, "language": {SQL: "r.language", Type: "text", Doc: "That they write in, such as en"}},
	Orders:  map[string]store.Order{"created_at": byTime, "name": {SQL: "r.name", Type: "text"}},
}}

var authorChanges = changes[AuthorProfile, AuthorProfile, AuthorFields]{
	of: &authors, table: store.Table{Name: "igny8_author_profiles", Version: true}, power: igny8.Manage,
	prepare: func(ctx context.Context, _ *Server, q *store.Queries, c *change[AuthorFields]) error {
		if !c.Given("is_default") || !c.Fields.Default {
			return nil
		}
		if len(c.IDs) > 1 {
			return igny8.FieldErrorf("is_default", "One author is the default.")
		}
		return q.DropDefaultAuthor(ctx, c.one())
	},
}

// one is the row that is being changed, or none.
func (c *change[F]) one() uuid.UUID {
	if len(c.IDs) == 1 {
		return c.IDs[0]
	}
	return uuid.Nil
}

// Strategy is a row of system/strategies/.
type Strategy struct {
	ID          uuid.UUID      `json:"id"`
	SiteID      igny8.SiteID   `json:"site_id"`
	SectorID    igny8.SectorID `json:"sector_id"`
	Name        string         `json:"name"`
	Description string         `json:"description"`
	PromptTypes []string       `json:"prompt_types"`
	Active      bool           `json:"active"`
	Version     int64          `json:"version"`
	CreatedAt   time.Time      `json:"created_at"`
	UpdatedAt   time.Time      `json:"updated_at"`
}

// StrategyFields are what a person says of a strategy.
type StrategyFields struct {
	SectorID    igny8.SectorID `json:"sector_id" format:"uuid" change:"parent"`
	Name        string         `json:"name" minLength:"1" maxLength:"200"`
	Description string         `json:"description,omitempty" maxLength:"5000"`
	PromptTypes []string       `json:"prompt_types,omitempty" maxItems:"5" enum:"cluster_names,ideas,content,rewrite,image_prompts"`
	Active      bool           `json:"active,omitempty" change:"keep"`
}

var strategies = resource[Strategy, Strategy]{path: "system/strategies/", id: "strategies", one: "strategy", list: store.List{
	From: "igny8_strategies r", Search: []string{"r.name"}, Default: "-created_at",
	Filters: map[string]store.Filter{"site_id": bySite, "sector_id": bySector, "active": {SQL: "r.active", Type: "bool", Doc: "In use, or not"}},
	Orders:  map[string]store.Order{"created_at": byTime, "name": {SQL: "r.name", Type: "text"}},
}}

var strategyChanges = changes[Strategy, Strategy, StrategyFields]{
	of: &strategies, table: store.Table{Name: "igny8_strategies", Belongs: store.OfSector, Version: true}, power: igny8.Write,
}

// AuditEntry is a row of system/audit/: nobody can change or remove one.
type AuditEntry struct {
	ID        uuid.UUID     `json:"id"`
	ActorID   *igny8.UserID `json:"actor_id"`
	Actor     *string       `json:"actor" sql:"(select u.email from igny8_users u where u.account_id = r.account_id and u.id = r.actor_id)" doc:"The e-mail address of who did it; null where it was nobody of the account, or somebody who is no longer there"`
	ActorRole string        `json:"actor_role"`
	Action    string        `json:"action"`
	Target    string        `json:"target"`
	Outcome   string        `json:"outcome"`
	Detail    any           `json:"detail" doc:"An object: what more there is to say, by the kind of action"`
	RequestID string        `json:"request_id"`
	IP        string        `json:"ip"`
	CreatedAt time.Time     `json:"created_at"`
}

var audits = resource[AuditEntry, AuditEntry]{path: "system/audit/", id: "audit", one: "audit-entry", reads: igny8.Manage, list: store.List{
	From: "igny8_audit_log r", Default: "-created_at",
	Filters: map[string]store.Filter{
		"action":   {SQL: "r.action", Type: "text", Doc: "What was done, such as keyword.create"},
		"actor_id": {SQL: "r.actor_id", Type: "uuid", Doc: "By this person"},
		"target":   {SQL: "r.target", Type: "text", Doc: "What it was done to, such as keyword/ and its ID"},
		"outcome":  {SQL: "r.outcome", Type: "text", Values: []string{"done", "refused"}},
		"since":    {SQL: "r.created_at >= %s", Type: "timestamptz", Doc: "At this time or later"},
		"until":    {SQL: "r.created_at < %s", Type: "timestamptz", Doc: "Before this time"},
	},
	Orders: map[string]store.Order{"created_at": byTime},
}}

func (s *Server) settings() {
	listed(s, &authors)
	changeable(s, &authorChanges)
	listed(s, &strategies)
	changeable(s, &strategyChanges)
	listed(s, &audits)
	route(s, post(notifications.path+"{id}/read/", "read-notification", "Mark a notification as read", igny8.Read), func(ctx context.Context, in *ByID) (Notification, error) {
		id, err := igny8.Parse[igny8.RequestID](in.ID)
		if err != nil {
			return Notification{}, err
		}
		if _, err := s.readNotifications(ctx, false, id.UUID); err != nil {
			return Notification{}, err
		}
		return one(ctx, s, &notifications, in.ID)
	})
	route(s, post(notifications.path+"read_all/", "read-notifications", "Mark every notification as read", igny8.Read), func(ctx context.Context, _ *none) (Counted, error) {
		n, err := s.readNotifications(ctx, true)
		return Counted{Done: n}, err
	})
	s.prompts()
	s.integrations()
}

// Counted is how many rows something was done to.
type Counted struct {
	Done int64 `json:"done"`
}

func (s *Server) readNotifications(ctx context.Context, everything bool, ids ...uuid.UUID) (int64, error) {
	return as(ctx, s, func(q *store.Queries) (int64, error) {
		return q.ReadNotifications(ctx, store.ReadNotificationsParams{Everything: everything, IDs: ids})
	})
}

// Prompt is a row of system/prompts/: one version of what a function asks with.
type Prompt struct {
	ID        uuid.UUID     `json:"id"`
	Type      string        `json:"prompt_type" enum:"cluster_names,ideas,content,rewrite,image_prompts"`
	Value     string        `json:"prompt_value"`
	Version   int32         `json:"prompt_version"`
	Active    bool          `json:"active" doc:"It is the one that is used"`
	CreatedBy *igny8.UserID `json:"created_by"`
	CreatedAt time.Time     `json:"created_at"`
}

// CurrentPrompt is what a function asks with today.
type CurrentPrompt struct {
	Type    string     `json:"prompt_type"`
	Value   string     `json:"prompt_value"`
	Default bool       `json:"is_default" doc:"It is ours: the account has none of its own"`
	ID      *uuid.UUID `json:"id" nullable:"true"`
	Version *int32     `json:"prompt_version"`
	Ours    string     `json:"default_value"`
}

// PromptUse is a run that asked with a prompt.
type PromptUse struct {
	RunID    *igny8.RunID `json:"run_id"`
	Requests int64        `json:"requests"`
	LastAt   time.Time    `json:"last_at"`
}

var promptTypes = []string{"cluster_names", "ideas", "content", "rewrite", "image_prompts"}

var prompts = resource[Prompt, Prompt]{path: "system/prompts/", id: "prompts", one: "prompt", list: store.List{
	From: "igny8_ai_prompts r", Default: "-created_at",
	Filters: map[string]store.Filter{"prompt_type": {SQL: "r.prompt_type", Type: "text", Values: promptTypes}, "active": {SQL: "r.active", Type: "bool", Doc: "In use, or not"}},
	Orders:  map[string]store.Order{"created_at": byTime, "prompt_version": {SQL: "r.prompt_version", Type: "int"}},
}}

// PromptFields are a new version of a prompt.
type PromptFields struct {
	Type  string `json:"prompt_type" enum:"cluster_names,ideas,content,rewrite,image_prompts"`
	Value string `json:"prompt_value" minLength:"1" maxLength:"20000"`
}

// A new version becomes the active one; what a version says never changes, so
// that a request names what it was asked with.
var promptChanges = changes[Prompt, Prompt, PromptFields]{
	of: &prompts, table: store.Table{Name: "igny8_ai_prompts"}, power: igny8.Manage, noUpdate: true,
	prepare: func(ctx context.Context, _ *Server, q *store.Queries, c *change[PromptFields]) error {
		if _, err := q.LockAccount(ctx); err != nil {
			return err
		}
		last, err := q.LastPrompt(ctx, c.Fields.Type)
		if err != nil {
			return err
		}
		c.Put("prompt_version", last+1)
		c.Put("created_by", pointer(igny8.PrincipalOf(ctx).User))
		_, err = q.RetirePrompts(ctx, c.Fields.Type)
		return err
	},
}

type promptType struct {
	Type string `path:"type" enum:"cluster_names,ideas,content,rewrite,image_prompts"`
}

func (s *Server) prompts() {
	listed(s, &prompts)
	changeable(s, &promptChanges)
	route(s, get("system/prompts/current/", "current-prompts", "What each function asks with", igny8.Read), s.currentPrompts)
	route(s, post("system/prompts/{id}/activate/", "activate-prompt", "Use a version again", igny8.Manage), s.activatePrompt)
	route(s, get("system/prompts/{id}/used_in/", "prompt-uses", "Which runs asked with a version", igny8.Read), s.promptUses)
	route(s, post("system/prompts/reset/{type}/", "reset-prompt", "Back to our prompt", igny8.Manage), func(ctx context.Context, in *promptType) (Counted, error) {
		return as(ctx, s, func(q *store.Queries) (Counted, error) {
			n, err := q.RetirePrompts(ctx, in.Type)
			if err != nil {
				return Counted{}, err
			}
			return Counted{Done: n}, note(ctx, q, "prompt.reset", "prompt/"+in.Type, map[string]any{})
		})
	})
}

func (s *Server) currentPrompts(ctx context.Context, _ *none) ([]CurrentPrompt, error) {
	own, err := as(ctx, s, func(q *store.Queries) ([]store.ActivePromptsRow, error) { return q.ActivePrompts(ctx) })
	if err != nil {
		return nil, err
	}
	out := []CurrentPrompt{}
	for _, kind := range promptTypes {
		p := CurrentPrompt{Type: kind, Default: true}
		if s.Prompt != nil {
			if p.Ours, err = s.Prompt(igny8.Function(kind)); err != nil {
				return nil, err
			}
		}
		p.Value = p.Ours
		for _, o := range own {
			if o.PromptType == kind {
				p.Value, p.Default, p.ID, p.Version = o.PromptValue, false, &o.ID, &o.PromptVersion
			}
		}
		out = append(out, p)
	}
	return out, nil
}

func (s *Server) activatePrompt(ctx context.Context, in *ByID) (Prompt, error) {
	return as(ctx, s, func(q *store.Queries) (out Prompt, err error) {
		p, err := store.Row[Prompt](ctx, q, &prompts.list, in.ID)
		if err != nil {
			return out, err
		}
		if _, err := q.LockAccount(ctx); err != nil {
			return out, err
		}
		if _, err := q.RetirePrompts(ctx, p.Type); err != nil {
			return out, err
		}
		if _, err := q.ActivatePrompt(ctx, p.ID); err != nil {
			return out, err
		}
		if err := note(ctx, q, "prompt.activate", "prompt/"+in.ID, map[string]any{"prompt_version": p.Version}); err != nil {
			return out, err
		}
		return store.Row[Prompt](ctx, q, &prompts.list, in.ID)
	})
}

func (s *Server) promptUses(ctx context.Context, in *ByID) ([]PromptUse, error) {
	return as(ctx, s, func(q *store.Queries) ([]PromptUse, error) {
		p, err := store.Row[Prompt](ctx, q, &prompts.list, in.ID)
		if err != nil {
			return nil, err
		}
		rows, err := q.PromptUses(ctx, store.PromptUsesParams{Purpose: p.Type, PromptVersion: p.Version})
		out := []PromptUse{}
		for _, r := range rows {
			out = append(out, PromptUse{RunID: r.RunID, Requests: r.Requests, LastAt: r.LastAt})
		}
		return out, err
	})
}
