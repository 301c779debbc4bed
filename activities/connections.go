package activities

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/image"
	"github.com/igny8/igny8/activities/llm"
	"github.com/igny8/igny8/activities/wordpress"
	"github.com/igny8/igny8/store"
)

// A Connection is what came of trying one.
type Connection struct {
	Code    igny8.Code // why it does not work; empty if it does
	Message string     // what was found, and what to do about it
	Detail  map[string]any
}

// works says that a connection does, and what was found.
func works(detail map[string]any, format string, args ...any) Connection {
	return Connection{Message: fmt.Sprintf(format, args...), Detail: detail}
}

// fails says why a connection does not work. What is our fault is an error.
func fails(err error) (Connection, error) {
	if code := igny8.CodeOf(err); code != igny8.Internal && code != igny8.Canceled {
		return Connection{Code: code, Message: igny8.MessageOf(err)}, nil
	}
	return Connection{}, err
}

// TryProvider asks openai or runware whether the key that would be used is taken
// and, of a language model, whether there is money to answer: that costs the
// provider's account a few tokens, and the account nothing.
func (a *Activities) TryProvider(ctx context.Context, p igny8.Principal, provider string) (Connection, error) {
	if provider == "runware" {
		r, err := a.runware(ctx, p)
		if err == nil {
			err = r.Ping(ctx)
		}
		if err != nil {
			return fails(err)
		}
		return works(nil, "Runware takes the key."), nil
	}
	b, err := store.As(ctx, a.Store, p, func(q *store.Queries) (brain, error) { return a.brain(ctx, q) })
	if err == nil {
		err = llm.Probe(ctx, b.Client, b.model)
	}
	if err != nil {
		return fails(err)
	}
	return works(map[string]any{"model": b.model, "own_key": b.own, "sandbox": b.provenance == "sandbox"}, "The model %s answers.", b.model), nil
}

// runware returns Runware's client with the key that would be used.
func (a *Activities) runware(ctx context.Context, p igny8.Principal) (*image.RunwareClient, error) {
	return store.As(ctx, a.Store, p, func(q *store.Queries) (*image.RunwareClient, error) {
		own, err := a.integration(ctx, q, "runware")
		if err != nil {
			return nil, err
		}
		o := a.Providers
		switch {
		case own != nil:
			return image.Runware(image.Config{BaseURL: own.config.BaseURL, Key: own.key, HTTP: a.HTTP}), nil
		case o.Sandbox != "":
			return image.Runware(image.Config{BaseURL: o.Sandbox + "/runware/v1", Key: "sandbox-key", HTTP: a.HTTP, Poll: sandboxPoll}), nil
		case o.Runware.Key == "":
			return nil, igny8.Errorf(igny8.NotConfigured, "There is no key for Runware. Enter one under Settings, Integrations.")
		}
		if err := operatorKeys(ctx, q); err != nil {
			return nil, err
		}
		return image.Runware(image.Config{BaseURL: o.Runware.BaseURL, Key: o.Runware.Key, HTTP: a.HTTP}), nil
	})
}

// TrySite asks a site's WordPress who we are there, and whether that is enough
// to publish.
func (a *Activities) TrySite(ctx context.Context, p igny8.Principal, id igny8.SiteID) (Connection, error) {
	d := &delivery{a: a, deliver: wordpress.Publish}
	err := store.Do(ctx, a.Store, p, func(q *store.Queries) (err error) {
		if d.site, err = q.Site(ctx, id); err != nil {
			return err
		}
		return d.access(a)
	})
	if igny8.CodeOf(err) == igny8.NotFound {
		return Connection{}, err
	} else if err != nil {
		return fails(err)
	}
	index, err := d.wp.Index(ctx)
	if err != nil && igny8.CodeOf(err) != igny8.Forbidden { // closed to visitors, and perhaps not to users
		return fails(err)
	}
	me, refused := d.wp.Me(ctx)
	switch {
	case igny8.CodeOf(refused) == igny8.Credentials && err == nil && !index.ApplicationPasswords:
		return fails(igny8.Wrap(igny8.Credentials, refused, "%s takes no application passwords at all: WordPress takes them over https only, and some plugins turn them off.", d.site.Name))
	case refused != nil:
		return fails(refused)
	}
	version, err := d.wp.Version(ctx)
	if err != nil {
		return fails(err)
	}
	return d.judge(index, me, version)
}

// judge says whether a user may do what publishing takes, and what it may not.
func (d *delivery) judge(index wordpress.Index, me wordpress.User, version string) (Connection, error) {
	detail := map[string]any{"name": index.Name, "version": version, "user": me.Username, "roles": me.Roles, "delivery": d.deliver}
	if err := mayDeliver(d.site.Name, d.deliver, true, me); err != nil {
		return Connection{Code: igny8.CodeOf(err), Message: igny8.MessageOf(err), Detail: detail}, nil
	}
	running := strings.TrimSpace("WordPress " + version)
	role := strings.Join(me.Roles, ", ")
	detail["adds_categories"] = me.May("manage_categories")
	if !me.May("manage_categories") {
		return works(detail, "%s works with %s. %s (%s) may not add categories; those that are missing are left out.", d.site.Name, running, me.Username, role), nil
	}
	return works(detail, "%s works with %s, as %s (%s).", d.site.Name, running, me.Username, role), nil
}

// freeTestImages is how many test images an account has free in a day.
const freeTestImages = 10

// TryImage has one picture made, to see whether it can be. The first ten of a day
// are free; a picture that is not made costs nothing.
func (a *Activities) TryImage(ctx context.Context, by igny8.Principal, prompt string) (url, provider, model string, err error) {
	key := "test:" + uuid.NewString()
	var p painter
	if err := store.Do(ctx, a.Store, by, func(q *store.Queries) (err error) {
		if p, err = a.painter(ctx, q); err != nil {
			return err
		}
		made, err := q.TestImagesToday(ctx)
		if err != nil {
			return err
		}
		_, err = q.Reserve(ctx, store.Hold{Key: key, Function: igny8.TestImage, Units: boolean(made >= freeTestImages), OwnKey: p.own})
		return err
	}); err != nil {
		return "", "", "", err
	}
	picture, err := p.Generate(ctx, image.Request{Key: key, Prompt: prompt, Width: imageWidth, Height: imageHeight, Model: p.model})
	sha := ""
	if err == nil {
		sha, err = a.keepBlob(ctx, picture)
	}
	kept := context.WithoutCancel(ctx)
	settled := store.Do(kept, a.Store, by, func(q *store.Queries) error {
		if err != nil {
			return q.Release(kept, store.Hold{Key: key, Function: igny8.TestImage})
		}
		hold, err := q.Hold(kept, key)
		if err != nil {
			return err
		}
		_, err = q.Settle(kept, store.Settlement{Key: key, Units: int(hold.Units), Result: []string{sha}, Model: picture.Model, CostMicros: picture.CostMicros})
		return err
	})
	if err != nil {
		return "", "", "", err
	}
	return "/api/v1/system/files/" + sha + "/", p.provider, picture.Model, settled
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}
