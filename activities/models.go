package activities

import (
	"cmp"
	"context"
	"encoding/json"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/image"
	"github.com/igny8/igny8/activities/llm"
	"github.com/igny8/igny8/store"
)

// What answers when nobody has chosen.
const (
	defaultModel      = "gpt-5-mini"
	defaultImageModel = "gpt-image-1"
)

// A brain is a language model to ask, and whose it is.
type brain struct {
	llm.Client
	provider   string // openai
	model      string
	provenance string     // of what it writes
	own        bool       // the account's own key pays for it
	at         llm.Config // where it answers
}

// A painter is an image model to ask, and whose it is.
type painter struct {
	image.Client
	provider   string // openai or runware
	model      string
	provenance string
	own        bool
}

// integration is what an account has configured for a provider.
type integration struct {
	key    igny8.Secret
	config struct {
		Model      string `json:"model"`
		ImageModel string `json:"image_model"`
		BaseURL    string `json:"base_url"`
		Compatible bool   `json:"compatible"`
		Images     bool   `json:"images"` // makes the account's pictures
	}
}

// integration returns what the account has configured, or nil.
func (a *Activities) integration(ctx context.Context, q *store.Queries, kind string) (*integration, error) {
	row, err := q.Integration(ctx, kind)
	if igny8.CodeOf(err) == igny8.NotFound || err == nil && len(row.Secret) == 0 {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var i integration
	if err := json.Unmarshal(row.Config, &i.config); err != nil {
		return nil, err
	}
	i.key, err = a.Vault.Open(row.Secret, store.ProviderSecret(row.AccountID, kind))
	return &i, err
}

// brain returns the model to ask: the account's own, or else the operator's if
// the plan allows it. The sandbox stands in for the operator's.
func (a *Activities) brain(ctx context.Context, q *store.Queries) (b brain, err error) {
	own, err := a.integration(ctx, q, "openai")
	if err != nil {
		return b, err
	}
	p := a.Providers
	config := llm.Config{BaseURL: p.OpenAI.BaseURL, Key: p.OpenAI.Key, HTTP: a.HTTP}
	b = brain{provider: "openai", model: cmp.Or(p.OpenAI.Model, defaultModel), provenance: "openai"}
	compatible := p.Compatible
	switch {
	case own != nil:
		config.BaseURL, config.Key = own.config.BaseURL, own.key
		b.model, b.own, compatible = cmp.Or(own.config.Model, defaultModel), true, own.config.Compatible
	case p.Sandbox != "":
		config.BaseURL, config.Key = p.Sandbox+"/openai/v1", "sandbox-key"
		b.provenance, compatible = "sandbox", false
	case p.OpenAI.Key == "":
		return b, igny8.Errorf(igny8.NotConfigured, "There is no key for a language model. Enter one under Settings, Integrations.")
	default:
		if err := operatorKeys(ctx, q); err != nil {
			return b, err
		}
	}
	b.Client, b.at = llm.Responses(config), config
	if compatible {
		b.Client, b.provenance = llm.Chat(config), "compatible"
	}
	return b, nil
}

// painter returns the image model to ask, chosen like the language model.
func (a *Activities) painter(ctx context.Context, q *store.Queries) (p painter, err error) {
	runware, err := a.integration(ctx, q, "runware")
	if err != nil {
		return p, err
	}
	openai, err := a.integration(ctx, q, "openai")
	if err != nil {
		return p, err
	}
	o := a.Providers
	switch {
	case runware != nil && (openai == nil || !openai.config.Images):
		return a.paintRunware(image.Config{BaseURL: runware.config.BaseURL, Key: runware.key, HTTP: a.HTTP}, painter{model: runware.config.ImageModel, provenance: "runware", own: true}), nil
	case openai != nil && openai.config.Images:
		return a.paintOpenAI(image.Config{BaseURL: openai.config.BaseURL, Key: openai.key, HTTP: a.HTTP}, painter{model: openai.config.ImageModel, provenance: "openai", own: true}), nil
	case o.Sandbox != "" && o.Images == "openai":
		return a.paintOpenAI(image.Config{BaseURL: o.Sandbox + "/openai/v1", Key: "sandbox-key", HTTP: a.HTTP}, painter{provenance: "sandbox"}), nil
	case o.Sandbox != "":
		return a.paintRunware(image.Config{BaseURL: o.Sandbox + "/runware/v1", Key: "sandbox-key", HTTP: a.HTTP, Poll: sandboxPoll}, painter{provenance: "sandbox"}), nil
	case o.Runware.Key == "" && o.OpenAI.Key == "":
		return p, igny8.Errorf(igny8.NotConfigured, "There is no key for an image model. Enter one under Settings, Integrations.")
	}
	if err := operatorKeys(ctx, q); err != nil {
		return p, err
	}
	if o.Runware.Key == "" || o.Images == "openai" && o.OpenAI.Key != "" {
		return a.paintOpenAI(image.Config{BaseURL: o.OpenAI.BaseURL, Key: o.OpenAI.Key, HTTP: a.HTTP}, painter{provenance: "openai"}), nil
	}
	return a.paintRunware(image.Config{BaseURL: o.Runware.BaseURL, Key: o.Runware.Key, HTTP: a.HTTP}, painter{model: o.Runware.Model, provenance: "runware"}), nil
}

func (a *Activities) paintRunware(c image.Config, p painter) painter {
	p.Client, p.provider = image.Runware(c), "runware"
	return p
}

func (a *Activities) paintOpenAI(c image.Config, p painter) painter {
	p.Client, p.provider, p.model = image.OpenAI(c), "openai", cmp.Or(p.model, defaultImageModel)
	return p
}

// operatorKeys reports an error if the account's plan does not come with the
// operator's keys.
func operatorKeys(ctx context.Context, q *store.Queries) error {
	plan, err := q.PlanFeatures(ctx)
	if err != nil {
		return err
	}
	var features struct {
		OperatorKeys bool `json:"operator_keys"`
	}
	if err := json.Unmarshal(plan.Features, &features); err != nil {
		return err
	}
	if !features.OperatorKeys {
		return igny8.Errorf(igny8.NotConfigured, "The plan %s does not come with our provider keys. Enter your own under Settings, Integrations.", plan.Name)
	}
	return nil
}
