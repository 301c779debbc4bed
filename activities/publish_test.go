package activities

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/wordpress"
	"github.com/igny8/igny8/sandbox"
	"github.com/igny8/igny8/workflows"
)

// wp is the site as its administrator sees it.
func (h *house) wp() *wordpress.Client {
	return wordpress.New(wordpress.Site{URL: h.peers + sandbox.SitePath, Username: "admin", Password: sandbox.DefaultPassword}, h.HTTP)
}

// post is the one post that the site has with an article's slug.
func (h *house) post(content igny8.ContentID) wordpress.Post {
	h.t.Helper()
	found, err := h.wp().FindPosts(h.t.Context(), one[string](h, "select slug from igny8_content where id = $1", content))
	require.NoError(h.t, err)
	require.Len(h.t, found, 1)
	return found[0]
}

func (h *house) publishing(task igny8.TaskID, content igny8.ContentID) workflows.Publishing {
	return workflows.Publishing{Of: h.article(task), Content: content}
}

// differences are what the site shows otherwise than asked, in one text.
func (h *house) differences() string {
	return one[string](h, "select differences::text from igny8_content")
}

func TestPublish(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task, content := h.painted("burr grinder")

	out := perform(h, workflows.Publish, h.publishing(task, content))

	require.Equal(t, wordpress.Publish, out.Status)
	p := h.post(content)
	require.Equal(t, out.ID, p.ID)
	require.Equal(t, out.URL, p.Link)
	require.Equal(t, wordpress.Publish, p.Status)
	require.Equal(t, one[string](h, "select title from igny8_content"), p.Title)
	require.Equal(t, one[string](h, "select excerpt from igny8_content"), p.Excerpt)
	require.NotEmpty(t, p.Excerpt)
	require.Len(t, p.Categories, 1)
	require.Len(t, p.Tags, int(one[int64](h, "select cardinality(tags) from igny8_content")))
	require.NotEmpty(t, p.Tags)
	require.Contains(t, p.Content, "igny8ref"+strings.ReplaceAll(content.String(), "-", ""))

	media, err := h.wp().FindMedia(t.Context(), mediaSlug(one[string](h, "select sha256 from igny8_images where image_type = 'featured'")))
	require.NoError(t, err)
	require.Len(t, media, 1)
	require.Equal(t, media[0].ID, p.FeaturedMedia)
	require.Equal(t, one[string](h, "select alt_text from igny8_images where image_type = 'featured'"), media[0].Alt)
	under := one[string](h, "select heading from igny8_images where image_type = 'in_article'")
	_, after, found := strings.Cut(p.Content, under+"</h2>")
	require.True(t, found, "the heading is in the text")
	require.True(t, strings.HasPrefix(strings.TrimSpace(after), "<figure><img src="), "the picture stands under its heading")
	require.Equal(t, 1, strings.Count(p.Content, "<figure>"), "the featured one does not stand in the text as well")

	status, err := h.wp().Reachable(t.Context(), out.URL)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "[]", h.differences())
	require.Equal(t, "published published done", one[string](h, "select concat_ws(' ', p.status, t.status, i.status) from igny8_publications p, igny8_tasks t, igny8_run_items i"))
	require.Equal(t, "published", one[string](h, "select status from igny8_content_ideas"))
}

// Publishing again, from the beginning or after any lost answer, makes no second
// post and no second picture: what is unknown is looked up at once, or by the next
// attempt if the site does not answer that either.
func TestPublishedOnce(t *testing.T) {
	t.Parallel()
	find := func(purpose string, after int) sandbox.Fault {
		return sandbox.Fault{Kind: sandbox.Error503, Match: sandbox.Match{Purpose: purpose}, After: after}
	}
	for name, c := range map[string]struct{ fault, look sandbox.Fault }{
		"again":                            {},
		"the draft's answer is reset":      {sandbox.Fault{Kind: sandbox.ResetAfter, Match: sandbox.Match{Purpose: "post.create"}}, find("post.find", 0)},
		"the draft's answer is an error":   {sandbox.Fault{Kind: sandbox.ErrorAfter, Match: sandbox.Match{Purpose: "post.create"}}, find("post.find", 0)},
		"the draft's answer is cut":        {sandbox.Fault{Kind: sandbox.CutLength, Match: sandbox.Match{Purpose: "post.create"}}, find("post.find", 0)},
		"a warning before the answer":      {sandbox.Fault{Kind: sandbox.HTMLBeforeJSON, Match: sandbox.Match{Purpose: "post.create"}}, find("post.find", 0)},
		"inserted, and refused":            {sandbox.Fault{Kind: sandbox.AfterInsert, Match: sandbox.Match{Purpose: "post.create"}}, find("post.find", 0)},
		"a picture's answer is reset":      {sandbox.Fault{Kind: sandbox.ResetAfter, Match: sandbox.Match{Purpose: "media.create"}}, find("media.find", 1)},
		"a category's answer is reset":     {sandbox.Fault{Kind: sandbox.ResetAfter, Match: sandbox.Match{Purpose: "term.create"}}, find("term.find", 1)},
		"a tag's answer is reset":          {sandbox.Fault{Kind: sandbox.ResetAfter, Match: sandbox.Match{Purpose: "term.create"}, After: 1}, find("term.find", 2)},
		"the publication's answer is lost": {sandbox.Fault{Kind: sandbox.ResetAfter, Match: sandbox.Match{Purpose: "post.update"}}, find("post.read", 0)},
	} {
		for _, answers := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, looked up at once: %t", name, answers), func(t *testing.T) {
				t.Parallel()
				h := newHouse(t)
				task, content := h.illustrated("burr grinder")
				if c.fault.Kind != "" {
					require.NoError(t, h.sandbox.Break(c.fault))
					if !answers {
						require.NoError(t, h.sandbox.Break(c.look))
						_, err := try(h, workflows.Publish, h.publishing(task, content))
						require.Equal(t, igny8.Unknown, igny8.CodeOf(err), "%v", err)
						require.Equal(t, 1, h.sandbox.Effects().Faults[c.look.Kind])
						require.True(t, one[bool](h, "select lease_until is null from igny8_publications"), "the next attempt need not wait")
					}
				}
				first := perform(h, workflows.Publish, h.publishing(task, content))
				require.Equal(t, c.fault.Kind != "", h.sandbox.Effects().Faults[c.fault.Kind] == 1)
				again := perform(h, workflows.Publish, h.publishing(task, content))

				require.Equal(t, first.ID, again.ID)
				require.Equal(t, first.URL, again.URL)
				e := h.sandbox.Effects()
				require.Equal(t, 1, e.Posts)
				require.Equal(t, 1, e.Published)
				require.Equal(t, 2, e.Media)
				for term, n := range e.TermsBySlug {
					require.Equal(t, 1, n, term)
				}
				require.NotContains(t, first.URL, "-2")
			})
		}
	}
}

// The answer comes to nothing because nothing was done: the next attempt begins
// where this one ended.
func TestAnUnknownOutcomeThatWasNone(t *testing.T) {
	t.Parallel()
	for _, purpose := range []string{"media.create", "term.create", "post.create", "post.update"} {
		t.Run(purpose, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			task, content := h.illustrated("burr grinder")
			require.NoError(t, h.sandbox.Break(sandbox.Fault{Kind: sandbox.Error500, Match: sandbox.Match{Purpose: purpose}}))

			_, err := try(h, workflows.Publish, h.publishing(task, content))
			require.Equal(t, igny8.Unknown, igny8.CodeOf(err), "%v", err)

			perform(h, workflows.Publish, h.publishing(task, content))
			e := h.sandbox.Effects()
			require.Equal(t, []int{1, 1, 2}, []int{e.Posts, e.Published, e.Media})
		})
	}
}

// No attempt may follow, if the run is cancelled: then our records say no more than
// is known. A post whose release was never answered may be public, and is looked
// up by the reconciler; one that was refused is a draft.
func TestNoMoreIsSaidThanIsKnown(t *testing.T) {
	t.Parallel()
	for says, faults := range map[string][]sandbox.Fault{
		"unknown": {{Kind: sandbox.ResetAfter, Match: sandbox.Match{Purpose: "post.update"}}, {Kind: sandbox.Error503, Match: sandbox.Match{Purpose: "post.read"}}},
		"created": {{Kind: sandbox.Unauthorized, Match: sandbox.Match{Purpose: "post.update"}}},
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			task, content := h.illustrated("burr grinder")
			for _, f := range faults {
				require.NoError(t, h.sandbox.Break(f))
			}

			_, err := try(h, workflows.Publish, h.publishing(task, content))

			require.Error(t, err)
			require.Equal(t, says == "unknown", h.sandbox.Effects().Published == 1)
			require.Equal(t, says, one[string](h, "select status from igny8_publications"))
		})
	}
}

// A draft is left a draft, with everything in it.
func TestDraftDelivery(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.sql(`update igny8_sites set settings = '{"delivery": "draft"}'`)
	task, content := h.illustrated("burr grinder")

	out := perform(h, workflows.Publish, h.publishing(task, content))

	require.Equal(t, wordpress.Draft, out.Status)
	require.Equal(t, wordpress.Draft, h.post(content).Status)
	require.NotZero(t, h.post(content).FeaturedMedia)
	require.Zero(t, h.sandbox.Effects().Published)
	require.Equal(t, "created ready approved", one[string](h, "select concat_ws(' ', p.status, t.status, c.status) from igny8_publications p, igny8_tasks t, igny8_content c"))
}

func TestWrongPassword(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task, content := h.illustrated("burr grinder")
	h.access(h.peers+sandbox.SitePath, "editor", "CANARY wrong")

	_, err := try(h, workflows.Publish, h.publishing(task, content))

	require.Equal(t, igny8.Credentials, igny8.CodeOf(err))
	require.True(t, igny8.Credentials.NeedsPerson())
	require.Contains(t, igny8.MessageOf(err), "Coffee at home", "it says which site")
	require.NotContains(t, err.Error(), "CANARY")
	require.Equal(t, "credentials", one[string](h, "select error_code from igny8_publications"))
	require.Zero(t, h.sandbox.Effects().Posts)

	h.access(h.peers+sandbox.SitePath, "editor", sandbox.DefaultPassword)
	perform(h, workflows.Publish, h.publishing(task, content))
	require.Equal(t, 1, h.sandbox.Effects().Published)
	require.Empty(t, one[string](h, "select error_code from igny8_publications"))
}

func TestASiteWithoutAccess(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task, content := h.illustrated("burr grinder")
	h.sql("update igny8_sites set wp_url = null, wp_username = null, wp_app_password = null")
	h.sql("update igny8_content set provenance = 'user'")
	h.sql("update igny8_images set provenance = 'user'")

	_, err := try(h, workflows.Publish, h.publishing(task, content))

	require.Equal(t, igny8.NotConfigured, igny8.CodeOf(err))
	require.Contains(t, igny8.MessageOf(err), "Coffee at home")
}

// What the sandbox made is sent to the sandbox's site and to no other, be it the
// text or only a picture.
func TestSandboxTextStaysInTheSandbox(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task, content := h.illustrated("burr grinder")
	asked := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer other.Close()
	h.access(other.URL, "editor", "secret")
	for _, made := range []string{"igny8_content", "igny8_images"} {
		h.sql("update igny8_content set provenance = 'openai'")
		h.sql("update igny8_images set provenance = 'openai'")
		h.sql("update " + made + " set provenance = 'sandbox'")

		_, err := try(h, workflows.Publish, h.publishing(task, content))

		require.Equal(t, igny8.Invalid, igny8.CodeOf(err), made)
		require.Contains(t, igny8.MessageOf(err), "sandbox")
	}
	require.False(t, asked)
	require.Zero(t, h.sandbox.Effects().Posts)
}

// WordPress drops without a word what it can't use: that is noted on the article.
func TestDifferencesAreNoted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task, content := h.illustrated("burr grinder")
	require.NoError(t, h.sandbox.Break(sandbox.Fault{Kind: sandbox.DroppedMeta, Match: sandbox.Match{Purpose: "post.*"}, Times: -1}))

	perform(h, workflows.Publish, h.publishing(task, content))

	for _, what := range []string{"featured picture", "categories", "tags"} {
		require.Contains(t, h.differences(), what)
	}
	require.Equal(t, "published", one[string](h, "select status from igny8_content"))
}

// A user who may not make categories publishes without; a picture that could not
// be made is missing. Both are noted.
func TestWhatIsLeftOutIsNoted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task, content := h.illustrated("burr grinder")
	h.access(h.peers+sandbox.SitePath, "author", sandbox.DefaultPassword)
	h.sql("update igny8_images set status = 'failed', sha256 = null, error_message = 'The model declined.' where n = 1")

	out := perform(h, workflows.Publish, h.publishing(task, content))

	require.Equal(t, wordpress.Publish, out.Status)
	require.Contains(t, h.differences(), "Picture 2 is missing: The model declined.")
	require.Contains(t, h.differences(), "may not add it")
	require.Equal(t, 1, h.sandbox.Effects().Media)
}

// One attempt at a time has a publication to itself.
func TestLease(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task, content := h.illustrated("burr grinder")
	perform(h, workflows.Publish, h.publishing(task, content))
	updates := h.sandbox.Effects().PostUpdates
	h.sql("update igny8_publications set lease_until = now() + interval '1 minute'")

	_, err := try(h, workflows.Publish, h.publishing(task, content))
	require.Equal(t, igny8.Busy, igny8.CodeOf(err))
	require.Equal(t, updates, h.sandbox.Effects().PostUpdates)
	require.True(t, one[bool](h, "select lease_until > now() from igny8_publications"), "another's lease is not taken away")

	h.sql("update igny8_publications set lease_until = now() - interval '1 second'")
	perform(h, workflows.Publish, h.publishing(task, content))
}

// Somebody's work on the site is not overwritten.
func TestAHandEditedPostIsLeftAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task, content := h.illustrated("burr grinder")
	out := perform(h, workflows.Publish, h.publishing(task, content))
	_, err := h.wp().UpdatePost(t.Context(), out.ID, wordpress.Post{Content: "By hand."})
	require.NoError(t, err)
	h.sql("update igny8_publications set modified_gmt = '2026-01-01T00:00:00'") // the site's clock shows seconds only

	_, err = try(h, workflows.Publish, h.publishing(task, content))

	require.Equal(t, igny8.Conflict, igny8.CodeOf(err))
	require.Equal(t, "By hand.", h.post(content).Content)
	require.Equal(t, "published", one[string](h, "select status from igny8_publications"))
}
