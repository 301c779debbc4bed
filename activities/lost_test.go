package activities

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/wordpress"
	"github.com/igny8/igny8/sandbox"
	"github.com/igny8/igny8/workflows"
)

// A post that was made perhaps is looked for, also when the next attempt is refused
// before it could look.
func TestAnUnknownPostIsNotForgotten(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task, content := h.illustrated("burr grinder")
	require.NoError(t, h.sandbox.Break(sandbox.Fault{Kind: sandbox.ResetAfter, Match: sandbox.Match{Purpose: "post.create"}}))
	require.NoError(t, h.sandbox.Break(sandbox.Fault{Kind: sandbox.Error503, Match: sandbox.Match{Purpose: "post.find"}}))
	_, err := try(h, workflows.Publish, h.publishing(task, content))
	require.Equal(t, igny8.Unknown, igny8.CodeOf(err))
	require.Equal(t, 1, h.sandbox.Effects().Posts)

	h.access(h.peers+sandbox.SitePath, "contributor", sandbox.DefaultPassword)
	_, err = try(h, workflows.Publish, h.publishing(task, content))

	require.Equal(t, igny8.Forbidden, igny8.CodeOf(err), "%v", err)
	require.Equal(t, "creating forbidden", one[string](h, "select concat_ws(' ', status, error_code) from igny8_publications"), "the reconciler looks for it")
}

// An attempt whose time is over, and whose place another has taken, changes nothing
// any more, and takes nobody's lease away.
func TestAnAttemptWhoseTimeIsOverSaysNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task, content := h.illustrated("burr grinder")
	late, err := h.open(t.Context(), h.publishing(task, content))
	require.NoError(t, err)
	h.sql("update igny8_publications set lease_until = now() - interval '1 second'")
	perform(h, workflows.Publish, h.publishing(task, content))

	err = late.failed(t.Context(), igny8.Errorf(igny8.Forbidden, "a firewall"))
	require.Equal(t, igny8.Busy, igny8.CodeOf(err))
	require.Equal(t, "published", one[string](h, "select concat_ws(' ', status, nullif(error_code, '')) from igny8_publications"))

	_, err = h.open(t.Context(), h.publishing(task, content))
	require.NoError(t, err)
	late.free(t.Context())
	require.True(t, one[bool](h, "select lease_until > now() from igny8_publications"))
}

// When a site's address leads to another WordPress, what is known of the numbers
// of the old one says nothing: nobody's post there is overwritten, and no article
// has another's picture or category.
func TestASiteThatHasMoved(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task, content := h.illustrated("burr grinder")
	next, another := h.illustrated("espresso tamper")
	old := perform(h, workflows.Publish, h.publishing(task, content))

	elsewhere, err := sandbox.New(sandbox.Options{})
	require.NoError(t, err)
	address := h.serve(elsewhere.Handler()) + sandbox.SitePath
	there := wordpress.New(wordpress.Site{URL: address, Username: "admin", Password: sandbox.DefaultPassword}, h.HTTP)
	h.sql("update igny8_content set provenance = 'openai'")
	h.sql("update igny8_images set provenance = 'openai'")
	h.access(address, "editor", sandbox.DefaultPassword)

	second := perform(h, workflows.Publish, h.publishing(next, another))
	h.sql("update igny8_publications set wp_post_id = $1 where content_id = $2", second.ID, content) // as both might number it
	stranger, err := there.CreatePost(t.Context(), wordpress.Post{Title: "Another's", Content: "By hand.", Status: wordpress.Publish})
	require.NoError(t, err)
	for _, c := range []struct {
		status igny8.PublicationStatus
		number int64
	}{{igny8.PublicationCreated, stranger.ID}, {igny8.PublicationPublished, second.ID}, {igny8.PublicationUnknown, 999_999}} {
		h.sql("update igny8_publications set wp_post_id = $1, status = $2, revision = (case $2 when 'published' then 1 else 0 end) where content_id = $3", c.number, c.status, content)
		out := perform(h, workflows.Publish, h.publishing(task, content))
		require.NotContains(t, []int64{stranger.ID, second.ID, 999_999}, out.ID)
		require.NotEqual(t, old.URL, out.URL)
	}

	left, err := there.Post(t.Context(), stranger.ID)
	require.NoError(t, err)
	require.Equal(t, "By hand.", left.Content)
	require.Equal(t, 2, elsewhere.Effects().Published-1)
	found, err := there.FindPosts(t.Context(), one[string](h, "select slug from igny8_content where id = $1", content))
	require.NoError(t, err)
	require.Len(t, found, 1)
	media, err := there.FindMedia(t.Context(), mediaSlug(one[string](h, "select sha256 from igny8_images where image_type = 'featured' and content_id = $1", content)))
	require.NoError(t, err)
	require.Len(t, media, 1, "the picture was uploaded there too")
	require.Equal(t, media[0].ID, found[0].FeaturedMedia)
	terms, err := there.FindTerms(t.Context(), wordpress.Categories, slugOf(one[string](h, "select category from igny8_content where id = $1", content)))
	require.NoError(t, err)
	require.Len(t, terms, 1)
	require.Equal(t, []int64{terms[0].ID}, found[0].Categories)
}

// A database that is away for a moment keeps no article from being published:
// the attempt says so, gives its lease up, and the next one goes on.
func TestADatabaseThatIsAwayForAMoment(t *testing.T) {
	t.Parallel()
	for step := 1; step <= 4; step++ { // creating, adopted, delivered; and once more than there are
		h := newHouse(t)
		task, content := h.illustrated("burr grinder")
		h.sql(`create sequence steps`)
		h.sql(`grant usage on sequence steps to igny8_app`)
		h.sql(fmt.Sprintf(`create function away() returns trigger language plpgsql as $$ begin
			if new.status <> old.status and nextval('steps') = %d then
				raise exception using errcode = 'admin_shutdown', message = 'the database is going away';
			end if;
			return new;
		end $$`, step))
		h.sql(`create trigger away before update on igny8_publications for each row execute function away()`)
		_, err := try(h, workflows.Publish, h.publishing(task, content))
		if step == 4 {
			require.NoError(t, err, "there are three steps")
			continue
		}
		require.Equal(t, igny8.Unavailable, igny8.CodeOf(err), "%v", err)
		require.True(t, one[bool](h, "select lease_until is null from igny8_publications"))

		perform(h, workflows.Publish, h.publishing(task, content))

		require.Equal(t, "published", one[string](h, "select status from igny8_publications"))
		e := h.sandbox.Effects()
		require.Equal(t, []int{1, 1, 2}, []int{e.Posts, e.Published, e.Media})
	}
}

// An edit that comes while the article is being published is not on the site, and
// is said not to be.
func TestAnEditWhileItIsPublished(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task, content := h.illustrated("burr grinder")
	d, err := h.open(t.Context(), h.publishing(task, content))
	require.NoError(t, err)
	h.sql("update igny8_content set html_content = '<p>By hand.</p>' where id = $1", content)

	_, err = d.close(t.Context(), wordpress.Post{ID: 7, Link: "https://site.test/burr", Status: wordpress.Publish})

	require.NoError(t, err)
	require.Contains(t, h.differences(), "edited while it was being published")
	require.Equal(t, "<p>By hand.</p>", one[string](h, "select html_content from igny8_content"))
}
