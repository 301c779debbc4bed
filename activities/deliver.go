package activities

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	stdhtml "html"
	"net/http"
	"slices"
	"strings"

	"go.temporal.io/sdk/activity"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/wordpress"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/workflows"
)

// draft makes sure that the site has the post, exactly once. A post of ours is
// found by its number; by its slug and its marker, if an attempt was made whose
// outcome is unknown, or if the number is of another post by now.
func (d *delivery) draft(ctx context.Context, want wordpress.Post) error {
	if d.post.WpPostID != nil {
		there, ours, err := d.there(ctx)
		switch {
		case err != nil:
			return err
		case ours && d.delivered():
			return d.untouched(there)
		case ours:
			d.unreleased = d.post.Status == igny8.PublicationCreated
			return nil // an attempt of ours is behind whatever changed there
		}
	}
	if d.post.Status != igny8.PublicationNone {
		found, err := d.find(ctx)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			return d.adopt(ctx, found[0])
		}
		d.unfound = false
	}
	if err := d.step(ctx, store.PublicationStepParams{Status: igny8.PublicationCreating}); err != nil {
		return err
	}
	made, err := d.wp.CreatePost(ctx, want)
	ours, err := created(made, err, func() ([]wordpress.Post, error) { return d.find(ctx) })
	if err != nil {
		return err
	}
	return d.adopt(ctx, ours[0])
}

// find looks for posts of ours that were made perhaps: by the slug that was asked
// for, and by the marker if the site gave another. The first is the one that counts.
func (d *delivery) find(ctx context.Context) ([]wordpress.Post, error) {
	bySlug, err := d.wp.FindPosts(ctx, d.post.Slug)
	if err != nil {
		return nil, err
	}
	byMarker, err := d.wp.SearchPosts(ctx, d.post.Marker)
	if err != nil {
		return nil, err
	}
	var ours []wordpress.Post
	for _, p := range append(bySlug, byMarker...) {
		if strings.Contains(p.Content, d.post.Marker) && !slices.ContainsFunc(ours, func(o wordpress.Post) bool { return o.ID == p.ID }) {
			ours = append(ours, p)
		}
	}
	slices.SortFunc(ours, func(a, b wordpress.Post) int { return cmp.Compare(a.ID, b.ID) })
	if len(ours) > 1 {
		return ours, d.twice(ctx, ours)
	}
	return ours, nil
}

// twice notes that the site has more than one post of the article. The first is
// the one that counts; a person has to see to the others.
func (d *delivery) twice(ctx context.Context, posts []wordpress.Post) error {
	var ids []int64
	for _, p := range posts {
		ids = append(ids, p.ID)
	}
	d.notes = append(d.notes, fmt.Sprintf("The site has %d posts of this article, %v; the first one is used.", len(posts), ids))
	detail, err := json.Marshal(map[string]any{"posts": ids})
	if err != nil {
		return err
	}
	return d.note(ctx, func(q *store.Queries) error {
		return q.Audit(ctx, store.AuditParams{ActorRole: string(igny8.SystemBot), Action: "publication.duplicate", Target: "publication/" + d.post.ID.String(), Outcome: "found", Detail: detail})
	})
}

// adopt records which post on the site is ours, and that nobody knows what of it a
// visitor sees: its release is next, and who does that may not come back to say.
func (d *delivery) adopt(ctx context.Context, p wordpress.Post) error {
	d.unfound = true // unless it can be recorded
	err := d.step(ctx, store.PublicationStepParams{Status: igny8.PublicationUnknown, WpPostID: &p.ID, URL: p.Link, Slug: p.Slug, ModifiedGmt: stamp(p)})
	d.unreleased = err == nil
	return err
}

// delivered reports whether the post was brought to its end once, and no attempt
// to change it has begun since.
func (d *delivery) delivered() bool {
	return d.post.Revision > 0 && (d.post.Status == igny8.PublicationPublished || d.post.Status == igny8.PublicationCreated)
}

// there returns the post that has our post's number, and whether it is ours: it
// may be gone, or the site's address lead to another WordPress, which has given the
// number to a post of somebody else.
func (d *delivery) there(ctx context.Context) (there wordpress.Post, ours bool, err error) {
	there, err = d.wp.Post(ctx, *d.post.WpPostID)
	if igny8.CodeOf(err) == igny8.NotFound {
		return there, false, nil
	}
	return there, err == nil && (strings.Contains(there.Content, d.post.Marker) || there.Slug == d.post.Slug), err
}

// untouched reports a conflict if somebody has edited our post on the site since
// we last wrote it: their work is not overwritten.
func (d *delivery) untouched(there wordpress.Post) error {
	if d.post.ModifiedGmt != "" && stamp(there) != d.post.ModifiedGmt {
		return igny8.Errorf(igny8.Conflict, "Somebody has edited the post on %s by hand. It was left as it is.", d.site.Name)
	}
	return nil
}

// release gives the post the state that the site wants, and reads back what it
// shows.
func (d *delivery) release(ctx context.Context, want wordpress.Post) (wordpress.Post, error) {
	want.Status, want.Slug = d.deliver, d.post.Slug
	unreleased := d.unreleased
	if d.post.Status != igny8.PublicationUnknown { // what changes there from now on is our doing
		if err := d.step(ctx, store.PublicationStepParams{Status: igny8.PublicationUnknown}); err != nil {
			return want, err
		}
	}
	d.unreleased = false
	_, unsure := d.wp.UpdatePost(ctx, *d.post.WpPostID, want)
	if unsure != nil && igny8.CodeOf(unsure) != igny8.Unknown {
		d.unreleased = unreleased // nothing has come of this
		return want, unsure
	}
	shown, err := d.wp.Post(ctx, *d.post.WpPostID)
	if err != nil {
		return want, cmp.Or(unsure, err)
	}
	if unsure != nil && (shown.Status != d.deliver || !titled(shown, want.Title) || shown.Content != want.Content) {
		return shown, unsure
	}
	if shown.Status != d.deliver {
		return shown, igny8.Errorf(igny8.Unknown, "The site says the post is %s and not %s.", shown.Status, d.deliver)
	}
	d.compare(want, shown)
	if d.deliver != wordpress.Publish {
		return shown, nil
	}
	status, err := d.wp.Reachable(ctx, shown.Link)
	if err == nil && status != http.StatusOK && activity.GetInfo(ctx).Attempt < 4 {
		err = igny8.Errorf(igny8.Unavailable, "The post's address answers %d.", status)
	} else if err == nil && status != http.StatusOK {
		d.notes = append(d.notes, fmt.Sprintf("The post's address answers %d to a visitor.", status))
	}
	return shown, err
}

// compare notes where the site shows something else than was asked. WordPress
// drops without a word what it can't use.
func (d *delivery) compare(want, shown wordpress.Post) {
	for _, c := range []struct {
		what string
		same bool
	}{
		{"the featured picture", want.FeaturedMedia == 0 || want.FeaturedMedia == shown.FeaturedMedia},
		{"the categories", within(want.Categories, shown.Categories)},
		{"the tags", within(want.Tags, shown.Tags)},
		{"the address", want.Slug == shown.Slug},
		{"the title", titled(shown, want.Title)},
	} {
		if !c.same {
			d.notes = append(d.notes, "The site shows otherwise than asked: "+c.what+".")
		}
	}
}

// titled reports whether a post has a title. WordPress escapes it for some roles.
func titled(p wordpress.Post, title string) bool {
	return strings.TrimSpace(stdhtml.UnescapeString(p.Title)) == strings.TrimSpace(title)
}

func within(some, all []int64) bool {
	for _, x := range some {
		if !slices.Contains(all, x) {
			return false
		}
	}
	return true
}

// close writes that the article was delivered, with what differs.
func (d *delivery) close(ctx context.Context, shown wordpress.Post) (post workflows.Post, err error) {
	post = workflows.Post{ID: shown.ID, URL: shown.Link, Status: shown.Status}
	err = d.note(ctx, func(q *store.Queries) (err error) {
		if err := d.reached(ctx, q, shown, d.deliver == wordpress.Publish, d.content.Revision); err != nil {
			return err
		}
		if err := q.ItemStep(ctx, step(d.of.Of, igny8.ItemDone, "done", "")); err != nil {
			return err
		}
		if err := q.ClosePublication(ctx, store.ClosePublicationParams{ID: d.post.ID, LeaseUntil: d.post.LeaseUntil}); err != nil {
			return err
		}
		post.Mark, err = progress(ctx, q, d.of.Of.Of.Run)
		return err
	})
	d.closed = err == nil
	return post, err
}

const editedMeanwhile = "The article was edited while it was being published, and the site has it as it was before. Publish it again."

// reached writes that the site has the article, for all to read or as a draft, in
// a revision that 0 leaves open.
func (d *delivery) reached(ctx context.Context, q *store.Queries, shown wordpress.Post, public bool, revision int32) (err error) {
	status, task, content := igny8.PublicationCreated, igny8.TaskReady, igny8.ContentApproved
	if public {
		status, task, content = igny8.PublicationPublished, igny8.TaskPublished, igny8.ContentPublished
	}
	notes, err := json.Marshal(append([]string{}, d.notes...)) // [] rather than null
	if err != nil {
		return err
	}
	if err := d.put(ctx, q, store.PublicationStepParams{Status: status, WpPostID: &shown.ID, URL: shown.Link, Slug: shown.Slug, Revision: revision, ModifiedGmt: stamp(shown)}); err != nil {
		return err
	}
	if err := q.ContentDelivered(ctx, store.ContentDeliveredParams{ID: d.content.ID, Status: content, Differences: notes, Version: d.content.Version, Edited: editedMeanwhile}); err != nil {
		return err
	}
	if err := q.TaskPublished(ctx, store.TaskPublishedParams{ID: d.content.TaskID, Status: task}); err != nil || !public {
		return err
	}
	return q.IdeaPublished(ctx, d.content.TaskID)
}

// step records how far the publication has come.
func (d *delivery) step(ctx context.Context, p store.PublicationStepParams) error {
	return d.note(ctx, func(q *store.Queries) error { return d.put(ctx, q, p) })
}

// put is step in a transaction that does other things too. The error is Busy for
// an attempt whose time was over, and whose place another has taken: it has no more
// to say.
func (d *delivery) put(ctx context.Context, q *store.Queries, p store.PublicationStepParams) error {
	p.ID, p.LeaseUntil = d.post.ID, d.post.LeaseUntil
	now, err := q.PublicationStep(ctx, p)
	if igny8.CodeOf(err) == igny8.NotFound {
		return igny8.Errorf(igny8.Busy, "Another attempt publishes the article since.")
	} else if err == nil {
		d.post = now
	}
	return err
}

// stamp is when the site last changed a post, as it tells it.
func stamp(p wordpress.Post) string {
	if p.Modified.IsZero() {
		return ""
	}
	return p.Modified.UTC().Format("2006-01-02T15:04:05")
}

// A figure is a picture that stands inside an article.
type figure struct{ url, alt, heading string }

// illustrated puts each figure under its heading, and those whose heading is not
// there under the headings that have none, from the top.
func illustrated(html string, figures []figure) string {
	places := heading.FindAllStringSubmatchIndex(html, -1)
	at := make(map[int]string, len(figures)) // by the heading's place
	var homeless []figure
	for _, f := range figures {
		i := slices.IndexFunc(places, func(p []int) bool { return f.heading != "" && plain(html[p[2]:p[3]]) == f.heading })
		if i < 0 || at[i] != "" {
			homeless = append(homeless, f)
			continue
		}
		at[i] = f.html()
	}
	for i := range places {
		if at[i] == "" && len(homeless) > 0 {
			at[i], homeless = homeless[0].html(), homeless[1:]
		}
	}
	var b strings.Builder
	last := 0
	for i, p := range places {
		b.WriteString(html[last:p[1]])
		b.WriteString(at[i])
		last = p[1]
	}
	b.WriteString(html[last:])
	for _, f := range homeless {
		b.WriteString(f.html())
	}
	return b.String()
}

func (f figure) html() string {
	return "\n<figure><img src=\"" + stdhtml.EscapeString(f.url) + "\" alt=\"" + stdhtml.EscapeString(line(f.alt, 200)) + "\"></figure>\n"
}
