package activities

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/wordpress"
	"github.com/igny8/igny8/activities/wordpress/wordpresstest"
	"github.com/igny8/igny8/workflows"
)

// A publisher is a house whose site is a real WordPress.
type publisher struct {
	*house
	site *wordpresstest.Site
	seen *wordpress.Client // as its administrator sees it
}

func newPublisher(t *testing.T, env ...string) *publisher {
	t.Helper()
	site := wordpresstest.Start(t, env...)
	p := &publisher{house: newHouse(t), site: site}
	p.seen = wordpress.New(wordpress.Site{URL: site.URL, Username: "admin", Password: igny8.Secret(site.Password("admin"))}, p.HTTP)
	p.as(site.URL, "editor")
	return p
}

// as has the site be published to under an address, as one of its users.
func (p *publisher) as(address, user string) {
	p.t.Helper()
	p.access(address, user, igny8.Secret(cmp.Or(p.site.Password(user), "nobody has none")))
}

// ready makes an article that might have been written by a real model: what the
// sandbox made may not leave it.
func (p *publisher) ready(title string) workflows.Publishing {
	p.t.Helper()
	task, content := p.illustrated(title)
	p.sql("update igny8_content set provenance = 'openai'")
	p.sql("update igny8_images set provenance = 'openai'")
	return p.publishing(task, content)
}

// publish publishes as a workflow does: what may pass is tried again.
func (p *publisher) publish(of workflows.Publishing) (post workflows.Post, err error) {
	for range 10 {
		if post, err = try(p.house, workflows.Publish, of); err == nil || igny8.CodeOf(err).Final() {
			return post, err
		}
	}
	return post, fmt.Errorf("after ten attempts: %w", err)
}

// things is how much a site has of everything.
type things struct{ posts, media, categories, tags int }

func (p *publisher) things() things {
	p.t.Helper()
	number := func(of wordpress.Taxonomy) int {
		found, err := p.seen.SearchTerms(p.t.Context(), of, "")
		require.NoError(p.t, err)
		names := map[string]bool{}
		for _, term := range found {
			require.False(p.t, names[term.Name], "%s is there twice", term.Name)
			names[term.Name] = true
		}
		return len(found)
	}
	return things{p.site.Count(p.t, "post"), p.site.Count(p.t, "attachment"), number(wordpress.Categories), number(wordpress.Tags)}
}

// whole checks that the site has everything of an article, as it was written.
func (p *publisher) whole(of workflows.Publishing, out workflows.Post, user string) {
	t, ctx := p.t, p.t.Context()
	t.Helper()
	column := func(name string) string {
		return one[string](p.house, "select "+name+"::text from igny8_content where id = $1", of.Content)
	}
	require.Equal(t, wordpress.Publish, out.Status)
	post, err := p.seen.Post(ctx, out.ID)
	require.NoError(t, err)
	require.Equal(t, wordpress.Publish, post.Status)
	require.Equal(t, column("slug"), post.Slug)
	// Of an author WordPress escapes them.
	require.Equal(t, column("excerpt"), html.UnescapeString(post.Excerpt))
	require.Equal(t, column("title"), html.UnescapeString(post.Title))
	require.Equal(t, p.site.UserID(user), post.Author)
	require.Len(t, post.Tags, int(one[int64](p.house, "select cardinality(tags) from igny8_content where id = $1", of.Content)))
	require.Len(t, post.Categories, 1, "the article's, or where it has none WordPress's own")
	images := func(what, kind string) string {
		return one[string](p.house, "select "+what+" from igny8_images where content_id = $1 and image_type = $2", of.Content, kind)
	}
	var pictures []wordpress.Media
	for _, kind := range []string{"featured", "in_article"} {
		media, err := p.seen.FindMedia(ctx, mediaSlug(images("sha256", kind)))
		require.NoError(t, err)
		require.Len(t, media, 1)
		require.Equal(t, images("alt_text", kind), media[0].Alt)
		pictures = append(pictures, media[0])
	}
	require.Equal(t, pictures[0].ID, post.FeaturedMedia)
	require.Equal(t, 1, strings.Count(post.Content, "<figure>"))
	require.Contains(t, post.Content, `<img src="`+pictures[1].URL+`" alt="`+images("alt_text", "in_article")+`">`)
	for part := range strings.SplitSeq(column("html_content"), "</h2>") { // what stands between the pictures
		require.Contains(t, post.Content, strings.TrimSpace(part))
	}

	page, err := http.Get(out.URL) //nolint:gosec,noctx // a visitor to the site that this test has started
	require.NoError(t, err)
	defer page.Body.Close()
	body, err := io.ReadAll(page.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, page.StatusCode)
	for _, shown := range pictures {
		require.Contains(t, string(body), shown.URL)
	}
}

// Five articles at once, of which one is then written anew.
func TestArticlesOnWordPress(t *testing.T) {
	t.Parallel()
	p := newPublisher(t)
	var articles []workflows.Publishing
	for _, title := range []string{"tea", "burr grinder", "kettle", "milk & foam", "espresso machine"} {
		articles = append(articles, p.ready(title))
	}
	posts, errs := make([]workflows.Post, len(articles)), make([]error, len(articles))
	var all sync.WaitGroup
	for i, of := range articles {
		all.Go(func() { posts[i], errs[i] = p.publish(of) })
	}
	all.Wait()
	for i, of := range articles {
		require.NoError(t, errs[i])
		p.whole(of, posts[i], "editor")
	}
	require.Equal(t, "[]", one[string](p.house, "select string_agg(distinct differences::text, ' ') from igny8_content"))
	made := p.things()
	require.Equal(t, 5, made.posts)
	require.Equal(t, 10, made.media)

	p.sql("update igny8_content set title = 'Kettles & cups', html_content = html_content || '<p>What is new.</p>', revision = revision + 1 where id = $1", articles[2].Content)
	again := perform(p.house, workflows.Publish, articles[2])

	require.Equal(t, posts[2].ID, again.ID)
	require.Equal(t, posts[2].URL, again.URL)
	p.whole(articles[2], again, "editor")
	require.Equal(t, made, p.things())
}

// Administrators, editors and authors publish. A contributor, who could write a
// draft, and a subscriber are told so before there is anything of the article.
func TestRolesOnWordPress(t *testing.T) {
	t.Parallel()
	p := newPublisher(t)
	for _, user := range []string{"admin", "editor", "author"} {
		p.as(p.site.URL, user)
		of := p.ready("for " + user)
		out, err := p.publish(of)
		require.NoError(t, err, user)
		p.whole(of, out, user)
	}
	before := p.things()
	for _, user := range []string{"contributor", "subscriber"} {
		for _, pictures := range []bool{true, false} {
			p.as(p.site.URL, user)
			of := p.ready(fmt.Sprintf("%s with pictures %t", user, pictures))
			if !pictures {
				p.sql("delete from igny8_images where content_id = $1", of.Content)
			}
			_, err := p.publish(of)
			require.Equal(t, igny8.Forbidden, igny8.CodeOf(err), "%v", err)
			require.Contains(t, igny8.MessageOf(err), fmt.Sprintf("%s (%s) may not", user, user))
			require.Contains(t, igny8.MessageOf(err), "Coffee at home")
			require.Contains(t, igny8.MessageOf(err), "role editor")
			require.Equal(t, before, p.things())
		}
	}
}

// The first answer of each kind is lost on its way, and the site can then be asked
// or not: there is one of each in the end.
func TestLostAnswersOfWordPress(t *testing.T) {
	t.Parallel()
	kind := regexp.MustCompile(`/wp/v2/(media|categories|tags|posts/?)`)
	for _, silent := range []bool{false, true} {
		t.Run(fmt.Sprintf("silent afterwards: %t", silent), func(t *testing.T) {
			t.Parallel()
			p := newPublisher(t)
			var mu sync.Mutex
			mute, lost := false, map[string]int{}
			p.as(p.site.Behind(t, func(r *http.Request) bool {
				mu.Lock()
				defer mu.Unlock()
				if what := kind.FindString(r.URL.Path); r.Method == http.MethodPost && lost[what] == 0 {
					lost[what]++
					mute = silent
					return false
				}
				passes := !mute
				mute = false
				return passes
			}), "editor")
			of := p.ready("kettle")

			first, err := p.publish(of)

			require.NoError(t, err)
			mu.Lock()
			require.Len(t, lost, 5, "media, categories, tags, the post made and the post changed: %v", lost)
			mu.Unlock()
			p.whole(of, first, "editor")
			made := p.things()
			require.Equal(t, []int{1, 2}, []int{made.posts, made.media})
			again := perform(p.house, workflows.Publish, of)
			require.Equal(t, first.ID, again.ID)
			require.Equal(t, first.URL, again.URL)
			require.Equal(t, made, p.things())
		})
	}
}

// A site of which no answer to a change ever arrives in one piece is published to
// all the same, in one attempt: everything can be looked up.
func TestWordPressThatNeverAnswersAChange(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		user   string
		worsen func(p *publisher) string
	}{
		"the answers are cut": {"editor", func(p *publisher) string {
			return p.site.Behind(p.t, func(r *http.Request) bool { return r.Method == http.MethodGet })
		}},
		"a plugin prints whenever something is saved": {"author", func(p *publisher) string { // whose texts WordPress filters
			p.site.Plugin(p.t, "chatty", `foreach ( [ 'save_post', 'add_attachment', 'created_term' ] as $event ) { add_action( $event, function () { echo '<br /><b>Notice</b>: Undefined index in chatty.php'; } ); }`)
			return p.site.URL
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPublisher(t)
			p.as(c.worsen(p), c.user)
			of := p.ready("milk & foam")

			out := perform(p.house, workflows.Publish, of)

			p.whole(of, out, c.user)
			made := p.things()
			require.Equal(t, []int{1, 2}, []int{made.posts, made.media})
		})
	}
}

// What is in the way is said, nothing is made meanwhile, and once it is out of the
// way the article is published.
func TestTroubleWithWordPress(t *testing.T) {
	t.Parallel()
	p := newPublisher(t)
	stripped := p.site.Behind(t, func(r *http.Request) bool { r.Header.Del("Authorization"); return true })
	of := p.ready("kettle")
	before := p.things()
	for name, c := range map[string]struct {
		code          igny8.Code
		says          string
		trouble, mend func()
	}{
		"wrong password": {
			igny8.Credentials, "make a new application password",
			func() { p.access(p.site.URL, "editor", "abcd efgh ijkl mnop qrst uvwx") }, func() { p.as(p.site.URL, "editor") },
		},
		"header stripped": {
			igny8.Credentials, "drops the Authorization header",
			func() { p.as(stripped, "editor") }, func() { p.as(p.site.URL, "editor") },
		},
		"a plugin prints before every answer": {
			igny8.Unavailable, "a warning that a plugin prints",
			func() { p.site.Plugin(t, "chatty", `echo '<b>Warning</b>: something';`) }, func() { p.site.Plugin(t, "chatty", "") },
		},
		"a plugin closes the API": {
			igny8.Forbidden, "a plugin there closes its REST API",
			func() { p.site.Plugin(t, "closed", closed("true")) }, func() { p.site.Plugin(t, "closed", "") },
		},
		"maintenance": {
			igny8.Busy, "under maintenance",
			func() { p.site.Maintain(t, true) }, func() { p.site.Maintain(t, false) },
		},
	} {
		c.trouble()
		_, err := try(p.house, workflows.Publish, of)
		require.Equal(t, c.code, igny8.CodeOf(err), "%s: %v", name, err)
		require.Contains(t, igny8.MessageOf(err), c.says, name)
		c.mend()
		require.Equal(t, before, p.things(), name)
	}
	out, err := p.publish(of)
	require.NoError(t, err)
	p.whole(of, out, "editor")
}

// closed is a plugin that closes the API where a condition holds.
func closed(where string) string {
	return `add_filter( 'rest_authentication_errors', fn( $e ) => $e ?? ( ` + where + ` ? new WP_Error( 'rest_disabled', 'Off.', [ 'status' => rest_authorization_required_code() ] ) : null ) );`
}
