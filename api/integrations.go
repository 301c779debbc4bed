package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// Integration is a row of system/integrations/, without its secret.
type Integration struct {
	ID            uuid.UUID       `json:"id"`
	Type          string          `json:"integration_type" enum:"openai,runware"`
	Config        json.RawMessage `json:"config" doc:"An object: models and addresses, as they are set"`
	HasSecret     bool            `json:"has_secret" sql:"r.secret is not null"`
	Secret        string          `json:"secret" sql:"case when r.secret is null then '' else '••••' || r.secret_hint end" doc:"Masked: what is sent back as it is changes nothing"`
	Active        bool            `json:"active"`
	Status        string          `json:"status" enum:"untested,working,failing"`
	StatusMessage string          `json:"status_message"`
	CheckedAt     *time.Time      `json:"checked_at"`
	Version       int64           `json:"version"`
	CreatedAt     time.Time       `json:"created_at"`
	UpdatedAt     time.Time       `json:"updated_at"`
}

var integrations = resource[Integration, Integration]{path: "system/integrations/", id: "integrations", one: "integration", reads: igny8.Manage, list: store.List{
	From: "igny8_integration_settings r", Default: "-created_at",
	Filters: map[string]store.Filter{"integration_type": {SQL: "r.integration_type", Type: "text", Values: []string{"openai", "runware"}}, "active": {SQL: "r.active", Type: "bool", Doc: "In use, or not"}},
	Orders:  map[string]store.Order{"created_at": byTime},
}}

// IntegrationConfig is what a provider is used with.
type IntegrationConfig struct {
	Model      string `json:"model,omitempty" maxLength:"100"`
	ImageModel string `json:"image_model,omitempty" maxLength:"100"`
	BaseURL    string `json:"base_url,omitempty" maxLength:"500" format:"uri" doc:"Of a compatible server; the provider's own if empty"`
	Compatible bool   `json:"compatible,omitempty" doc:"base_url speaks Chat Completions, not Responses"`
	Images     bool   `json:"images,omitempty" doc:"This one makes the account's images"`
}

// IntegrationPath is the input of a route about one integration.
type IntegrationPath struct {
	ID string `path:"id" maxLength:"36" doc:"Its ID, or the word: openai or runware"`
}

type integrationChange struct {
	IntegrationPath
	Body struct {
		Config *IntegrationConfig `json:"config,omitempty"`
		Secret *igny8.Secret      `json:"secret,omitempty" maxLength:"500" writeOnly:"true" doc:"The provider's key; empty takes it away, the masked one sent back changes nothing"`
		Active *bool              `json:"active,omitempty"`
	}
}

type testImageInput struct {
	IntegrationPath
	Body struct {
		Prompt string `json:"prompt" minLength:"1" maxLength:"2000"`
	}
}

// Checked is what came of trying a connection.
type Checked struct {
	OK      bool           `json:"ok"`
	Code    igny8.Code     `json:"code,omitempty" doc:"credentials, no_quota, unavailable, not_configured and so on"`
	Message string         `json:"message" doc:"What was found, and what to do about it"`
	Detail  map[string]any `json:"detail,omitempty" doc:"Such as models, version, role, limits"`
}

// TestImage is an image that was made to see whether it can be.
type TestImage struct {
	URL      string `json:"image_url"`
	Provider string `json:"provider"`
	Model    string `json:"model"`
}

// Checks are how connections are tried. They are the activities' clients; each
// acts for the principal alone.
type Connections struct {
	// Provider asks openai or runware whether the account's key, or the
	// operator's, is taken. What is wrong is in the answer; an error is ours.
	Provider func(ctx context.Context, p igny8.Principal, provider string) (Checked, error)
	// Site asks a site's WordPress who we are there and what we may do.
	Site func(ctx context.Context, p igny8.Principal, site igny8.SiteID) (Checked, error)
	// Image makes one image, and charges for it as a test.
	Image func(ctx context.Context, p igny8.Principal, provider, prompt string) (TestImage, error)
}

func (s *Server) integrations() {
	listed(s, &integrations)
	const path = "system/settings/integrations/{id}/"
	route(s, get(path, "get-integration-settings", "How a provider is set up", igny8.Manage), func(ctx context.Context, in *IntegrationPath) (Integration, error) {
		return as(ctx, s, func(q *store.Queries) (Integration, error) { return integrationOf(ctx, q, in.ID) })
	})
	route(s, post(path, "put-integration-settings", "Set up a provider", igny8.Manage).with(http.MethodPut, http.StatusOK), s.saveIntegration)
	for _, provider := range []string{"openai", "runware"} {
		route(s, post(path+"test_"+provider+"/", "test-"+provider, "Try the connection", igny8.Manage), func(ctx context.Context, in *IntegrationPath) (Checked, error) {
			return s.testProvider(ctx, in.ID, provider)
		})
	}
	route(s, post(path+"generate_image/", "test-image", "Make an image to try a provider", igny8.Manage), s.testImage)
}

// integrationOf finds an integration by its ID or its type. One that was never
// set up is answered as what it is, empty.
func integrationOf(ctx context.Context, q *store.Queries, which string) (Integration, error) {
	row, err := q.IntegrationRow(ctx, which)
	if igny8.CodeOf(err) == igny8.NotFound && (which == "openai" || which == "runware") {
		return Integration{Type: which, Config: json.RawMessage("{}"), Status: "untested"}, nil
	}
	if err != nil {
		return Integration{}, err
	}
	return store.Row[Integration](ctx, q, &integrations.list, row.ID.String())
}

func (s *Server) saveIntegration(ctx context.Context, in *integrationChange) (Integration, error) {
	b := &in.Body
	if b.Config != nil && b.Config.BaseURL != "" {
		if err := checkURL(b.Config.BaseURL); err != nil {
			return Integration{}, igny8.FieldErrorf("config.base_url", "This is not the address of a server, such as https://api.example.com/v1.")
		}
	}
	return as(ctx, s, func(q *store.Queries) (out Integration, err error) {
		if _, err := q.LockAccount(ctx); err != nil {
			return out, err
		}
		kind := in.ID
		p := store.SaveIntegrationParams{Config: json.RawMessage("{}"), Active: true}
		row, err := q.IntegrationRow(ctx, in.ID)
		switch {
		case err == nil:
			kind = row.IntegrationType
			p.Config, p.Secret, p.SecretHint, p.Active = row.Config, row.Secret, row.SecretHint, row.Active
		case igny8.CodeOf(err) != igny8.NotFound || kind != "openai" && kind != "runware":
			return out, err
		}
		p.IntegrationType = kind
		if b.Config != nil {
			if p.Config, err = json.Marshal(b.Config); err != nil {
				return out, err
			}
		}
		if b.Active != nil {
			p.Active = *b.Active
		}
		if err := s.newSecret(ctx, &p, b.Secret); err != nil {
			return out, err
		}
		if _, err := q.SaveIntegration(ctx, p); err != nil {
			return out, err
		}
		if err := note(ctx, q, "integration.update", "integration/"+kind, map[string]any{"secret": b.Secret != nil}); err != nil {
			return out, err
		}
		return integrationOf(ctx, q, kind)
	})
}

// newSecret seals a key that was sent, unless it is the mask of the one that is
// there.
func (s *Server) newSecret(ctx context.Context, p *store.SaveIntegrationParams, sent *igny8.Secret) (err error) {
	switch {
	case sent == nil || strings.HasPrefix(sent.Reveal(), "••••"):
		return nil
	case sent.Reveal() == "":
		p.Secret, p.SecretHint = nil, ""
		return nil
	}
	p.SecretHint = sent.Hint()
	p.Secret, err = s.Vault.Seal(*sent, store.ProviderSecret(igny8.PrincipalOf(ctx).Account, p.IntegrationType))
	return err
}

var notHere = igny8.Errorf(igny8.NotConfigured, "Connections can't be tried from this process.")

func (s *Server) testProvider(ctx context.Context, which, provider string) (Checked, error) {
	i, err := as(ctx, s, func(q *store.Queries) (Integration, error) { return integrationOf(ctx, q, which) })
	if err != nil {
		return Checked{}, err
	}
	if i.Type != provider {
		return Checked{}, igny8.Errorf(igny8.NotFound, "This integration is of another provider.")
	}
	if s.Connections.Provider == nil {
		return Checked{}, notHere
	}
	found, err := s.Connections.Provider(ctx, igny8.PrincipalOf(ctx), provider)
	if err != nil {
		return found, err
	}
	status := "failing"
	if found.OK {
		status = "working"
	}
	_, err = as(ctx, s, func(q *store.Queries) (none, error) {
		if err := q.IntegrationChecked(ctx, store.IntegrationCheckedParams{IntegrationType: provider, Status: status, StatusMessage: clip(found.Message, 500)}); err != nil {
			return none{}, err
		}
		return none{}, note(ctx, q, "integration.test", "integration/"+provider, map[string]any{"ok": found.OK, "code": found.Code})
	})
	return found, err
}

func (s *Server) testImage(ctx context.Context, in *testImageInput) (TestImage, error) {
	i, err := as(ctx, s, func(q *store.Queries) (Integration, error) { return integrationOf(ctx, q, in.ID) })
	if err != nil {
		return TestImage{}, err
	}
	if s.Connections.Image == nil {
		return TestImage{}, notHere
	}
	return s.Connections.Image(ctx, igny8.PrincipalOf(ctx), i.Type, in.Body.Prompt)
}
