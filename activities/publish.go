package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/wordpress"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/temporal"
	"github.com/igny8/igny8/workflows"
)

// longestLease is how long one attempt may have a publication to itself at most.
// An attempt has it for as long as it may last, which is less in tests.
const longestLease = 2 * time.Minute

// A delivery is an article on its way to its site. It records each effect as it
// is made, and goes on from there when it is tried again.
type delivery struct {
	a       *Activities
	of      workflows.Publishing
	site    store.Site
	deliver string // publish, draft or pending: what the site wants
	content store.Content
	images  []store.Image
	known   known
	post    store.Publication
	closed  bool // in the transaction that said how it ended
	wp      *wordpress.Client
	notes   []string // where the site shows something else than was asked

	unreleased bool // the site has no more than a draft: no attempt may have changed that
	unfound    bool // a post may have been made of which we have no record yet
}

// publish sends an article to its site: pictures and terms first, the post as a
// draft, and its publication last; then it reads back what came of it. Where the
// outcome of an attempt is unknown, the next one looks before it acts.
func (a *Activities) publish(ctx context.Context, of workflows.Publishing) (post workflows.Post, err error) {
	d, err := a.open(ctx, of)
	if err != nil {
		return post, err
	}
	defer d.free(ctx)
	limited, cancel := temporal.HTTPContext(ctx)
	defer cancel()
	if err := d.welcome(limited); err != nil {
		return post, d.failed(ctx, err)
	}
	want, err := d.assemble(limited)
	if err != nil {
		return post, d.failed(ctx, err)
	}
	if err := d.draft(limited, want); err != nil {
		return post, d.failed(ctx, err)
	}
	if err := limited.Err(); err != nil {
		return post, d.failed(ctx, err)
	}
	// From here on nobody stops it: what the site shows is to be in our records.
	shownBy, done := undisturbed(limited)
	defer done()
	shown, err := d.release(shownBy, want)
	if err != nil {
		return post, d.failed(ctx, err)
	}
	recordedBy, done := undisturbed(ctx)
	defer done()
	return d.close(recordedBy, shown)
}

// undisturbed is a context that ends with the time of an attempt, but not when
// its run is cancelled or terminated.
func undisturbed(ctx context.Context) (context.Context, context.CancelFunc) {
	kept := context.WithoutCancel(ctx)
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(kept, deadline)
	}
	return context.WithCancel(kept)
}

// open loads what is to be published, and takes the publication for itself.
func (a *Activities) open(ctx context.Context, of workflows.Publishing) (*delivery, error) {
	d := &delivery{a: a, of: of, deliver: wordpress.Publish}
	err := d.note(ctx, func(q *store.Queries) error {
		if err := d.load(ctx, q); err != nil {
			return err
		}
		if err := a.mayReceive(d); err != nil {
			return err
		}
		if err := d.access(a); err != nil {
			return err
		}
		if err := q.TaskStatus(ctx, store.TaskStatusParams{ID: d.content.TaskID, Status: igny8.TaskPublishing}); err != nil {
			return err
		}
		return d.take(ctx, q)
	})
	return d, err
}

// load reads the article, its pictures and its site.
func (d *delivery) load(ctx context.Context, q *store.Queries) (err error) {
	if d.content, err = q.Content(ctx, d.of.Content); err != nil {
		return err
	}
	if d.images, err = q.ImagesOfContent(ctx, d.of.Content); err != nil {
		return err
	}
	if d.site, err = q.Site(ctx, d.content.SiteID); err != nil {
		return err
	}
	d.known, err = knownOf(ctx, q, d.content, d.images)
	return err
}

// take leases the publication for as long as this attempt may last. The error
// is Busy if another attempt has it.
func (d *delivery) take(ctx context.Context, q *store.Queries) (err error) {
	lease := longestLease
	if deadline, ok := ctx.Deadline(); ok {
		lease = min(lease, time.Until(deadline))
	}
	d.post, err = q.OpenPublication(ctx, store.OpenPublicationParams{
		SiteID: d.content.SiteID, SectorID: d.content.SectorID, ContentID: d.content.ID,
		Marker: "igny8ref" + strings.ReplaceAll(d.content.ID.String(), "-", ""), Slug: d.content.Slug, LeaseSeconds: int32(math.Ceil(lease.Seconds())),
	})
	if igny8.CodeOf(err) == igny8.NotFound {
		return &igny8.Error{Code: igny8.Busy, Message: "The article is being published by another attempt.", After: min(5*time.Second, lease)}
	}
	d.unfound = d.post.WpPostID == nil && (d.post.Status == igny8.PublicationCreating || d.post.Status == igny8.PublicationUnknown)
	return err
}

// free gives the publication up. If that fails, the lease runs out by itself.
func (d *delivery) free(ctx context.Context) {
	if d.closed {
		return
	}
	kept, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer done()
	_ = d.note(kept, func(q *store.Queries) error {
		return q.ClosePublication(kept, store.ClosePublicationParams{ID: d.post.ID, LeaseUntil: d.post.LeaseUntil})
	})
}

// note does something with the database on behalf of the account.
func (d *delivery) note(ctx context.Context, do func(*store.Queries) error) error {
	return store.Do(ctx, d.a.Store, bot(d.of.Of.Of), do)
}

// mayReceive reports an error if the article, or a picture of it, was made by
// the sandbox and the site is not the sandbox's own.
func (a *Activities) mayReceive(d *delivery) error {
	made := d.content.Provenance == "sandbox" || slices.ContainsFunc(d.images, func(i store.Image) bool { return i.Provenance == "sandbox" })
	if !made || a.sandboxSite(d.site) {
		return nil
	}
	return igny8.Errorf(igny8.Invalid, "The sandbox made this article, and what the sandbox makes is sent to its own site only, not to %s.", d.site.Name)
}

func (a *Activities) sandboxSite(s store.Site) bool {
	if a.Providers.Sandbox == "" || s.WpURL == nil {
		return false
	}
	ours, err := url.Parse(a.Providers.Sandbox)
	if err != nil {
		return false
	}
	theirs, err := url.Parse(*s.WpURL)
	return err == nil && theirs.Host == ours.Host
}

// access opens the site's password and reads how it wants its articles.
func (d *delivery) access(a *Activities) error {
	s := d.site
	if s.WpURL == nil || s.WpUsername == nil || len(s.WpAppPassword) == 0 {
		return igny8.Errorf(igny8.NotConfigured, "The site %s has no WordPress address, user and application password yet. Enter them under Settings, Sites.", s.Name)
	}
	password, err := a.Vault.Open(s.WpAppPassword, store.SiteSecret(s.AccountID, s.ID))
	if err != nil {
		return err
	}
	var settings struct {
		Delivery string `json:"delivery"`
		Plain    bool   `json:"plain_routes"`
	}
	if err := json.Unmarshal(s.Settings, &settings); err != nil {
		return err
	}
	if settings.Delivery == wordpress.Draft || settings.Delivery == wordpress.Pending {
		d.deliver = settings.Delivery
	}
	d.wp = wordpress.New(wordpress.Site{URL: *s.WpURL, Username: *s.WpUsername, Password: password, Plain: settings.Plain}, a.HTTP)
	return nil
}

// welcome asks, before the first thing is made on the site, whether the site's
// user may do all that is to come: a contributor could write a draft, and would
// be refused at its publication.
func (d *delivery) welcome(ctx context.Context) error {
	if d.post.WpPostID != nil {
		return nil
	}
	me, err := d.wp.Me(ctx)
	if err != nil {
		return err
	}
	pictures := slices.ContainsFunc(d.images, func(i store.Image) bool { return i.Status == igny8.ImageGenerated })
	return mayDeliver(d.site.Name, d.deliver, pictures, me)
}

// mayDeliver reports what a user's role at a site is too small for.
func mayDeliver(site, deliver string, pictures bool, me wordpress.User) error {
	what := ""
	switch {
	case pictures && !me.May("upload_files"):
		what = "upload pictures"
	case deliver == wordpress.Publish && !me.May("publish_posts"):
		what = "publish"
	case !me.May("edit_posts"):
		what = "write posts"
	default:
		return nil
	}
	return igny8.Errorf(igny8.Forbidden, "%s takes the password, but %s (%s) may not %s. Use a user with the role editor.", site, me.Username, strings.Join(me.Roles, ", "), what)
}

// assemble puts pictures and terms on the site and returns the post as it is
// wanted.
func (d *delivery) assemble(ctx context.Context) (want wordpress.Post, err error) {
	c := d.content
	want = wordpress.Post{Slug: c.Slug, Title: c.Title, Excerpt: c.Excerpt, Status: wordpress.Draft}
	var figures []figure
	for _, i := range d.images {
		if i.Status != igny8.ImageGenerated {
			d.notes = append(d.notes, fmt.Sprintf("Picture %d is missing: %s", i.N+1, i.ErrorMessage))
			continue
		}
		m, err := d.upload(ctx, i)
		if err != nil {
			return want, err
		}
		if i.ImageType == "featured" {
			want.FeaturedMedia = m.MediaID
		} else {
			figures = append(figures, figure{url: m.URL, alt: i.AltText, heading: i.Heading})
		}
	}
	if c.Category != "" {
		if want.Categories, err = d.terms(ctx, wordpress.Categories, c.Category); err != nil {
			return want, err
		}
	}
	if want.Tags, err = d.terms(ctx, wordpress.Tags, c.Tags...); err != nil {
		return want, err
	}
	want.Content = illustrated(Sanitize(c.HTML), figures) + "\n<!-- " + d.post.Marker + " -->"
	return want, nil
}

// upload puts a picture into the site's library, once: it is looked for by the
// hash of its bytes, first in our own records and then on the site.
func (d *delivery) upload(ctx context.Context, i store.Image) (m store.SiteMedia, err error) {
	if m, ok := d.known.media[*i.Sha256]; ok {
		return m, nil
	}
	found, err := d.wp.FindMedia(ctx, mediaSlug(*i.Sha256))
	if err != nil {
		return m, err
	}
	if len(found) == 0 {
		b, err := d.a.blob(ctx, *i.Sha256)
		if err != nil {
			return m, err
		}
		made, err := d.wp.Upload(ctx, wordpress.Media{Slug: mediaSlug(*i.Sha256), Filename: fileName(*i.Sha256, *i.Mime), MIME: *i.Mime, Bytes: b, Alt: i.AltText, Title: i.AltText})
		if found, err = created(made, err, func() ([]wordpress.Media, error) { return d.wp.FindMedia(ctx, mediaSlug(*i.Sha256)) }); err != nil {
			return m, err
		}
	}
	m = store.SiteMedia{MediaID: found[0].ID, URL: found[0].URL}
	d.known.media[*i.Sha256] = m
	return m, d.note(ctx, func(q *store.Queries) error {
		return q.SaveSiteMedia(ctx, store.SaveSiteMediaParams{SiteID: d.site.ID, Sha256: *i.Sha256, MediaID: m.MediaID, URL: m.URL})
	})
}

// created is what a creation made, and where its outcome is unknown what the site
// has of it. A plugin that prints whenever something is saved leaves every outcome
// unknown: waiting for the next attempt would be waiting once for each thing. What
// isn't there yet may still be under way, and is left to the next attempt.
func created[T any](made T, err error, find func() ([]T, error)) ([]T, error) {
	if err == nil {
		return []T{made}, nil
	}
	if igny8.CodeOf(err) == igny8.Unknown {
		if found, failed := find(); failed == nil && len(found) > 0 {
			return found, nil
		}
	}
	return nil, err
}

// terms returns the site's numbers of categories or tags, and makes those that
// it doesn't have. A role that may not make them leaves them out.
func (d *delivery) terms(ctx context.Context, t wordpress.Taxonomy, names ...string) (ids []int64, err error) {
	for _, name := range names {
		id, ok := d.known.terms[term{t, name}]
		var err error
		if !ok {
			id, err = d.term(ctx, t, name)
		}
		if igny8.CodeOf(err) == igny8.Forbidden {
			d.notes = append(d.notes, fmt.Sprintf("“%s” is not among the %s: the site's user may not add it.", name, t))
			continue
		} else if err != nil {
			return ids, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// term finds or makes a term, and remembers its number.
func (d *delivery) term(ctx context.Context, t wordpress.Taxonomy, name string) (int64, error) {
	found, err := d.wp.FindTerms(ctx, t, slugOf(name))
	if err != nil {
		return 0, err
	}
	if len(found) == 0 {
		made, err := d.wp.CreateTerm(ctx, t, name, slugOf(name))
		if found, err = created(made, err, func() ([]wordpress.Term, error) { return d.wp.FindTerms(ctx, t, slugOf(name)) }); err != nil {
			return 0, err
		}
	}
	return found[0].ID, d.note(ctx, func(q *store.Queries) error {
		return q.SaveSiteTerm(ctx, store.SaveSiteTermParams{SiteID: d.site.ID, Taxonomy: string(t), Name: name, TermID: found[0].ID})
	})
}

// failed notes on the publication why it has not come further.
func (d *delivery) failed(ctx context.Context, err error) error {
	code := igny8.CodeOf(err)
	kept, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer done()
	status := d.post.Status
	if d.unreleased {
		status = igny8.PublicationCreated
	}
	if code.Final() && !code.NeedsPerson() && status != igny8.PublicationPublished && d.post.WpPostID == nil && !d.unfound {
		status = igny8.PublicationFailed
	}
	if noted := d.step(kept, store.PublicationStepParams{Status: status, ErrorCode: string(code), ErrorMessage: igny8.MessageOf(err)}); noted != nil {
		return noted
	}
	if code.NeedsPerson() {
		return &igny8.Error{Code: code, Message: fmt.Sprintf("%s: %s", d.site.Name, igny8.MessageOf(err)), Err: err}
	}
	return err
}
