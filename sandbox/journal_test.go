package sandbox

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// TestEverythingSurvivesACrash never closes the first sandbox, tears the last
// line of its journal, and asks the second one.
func TestEverythingSurvivesACrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, url := start(t, Options{Dir: dir, Script: []Fault{{Kind: Error500, Match: Match{Purpose: "user.find"}}}})
	png := (&picture{Prompt: "x", Width: 640, Height: 512, Format: "png"}).draw(0)
	media := call(t, "POST", url+SitePath+"/wp-json/wp/v2/media?alt_text=An+x", png, "Content-Type", "image/png", "Content-Disposition", `attachment; filename="x.png"`, "Authorization", siteUser).object(t)
	tag := call(t, "POST", url+SitePath+"/wp-json/wp/v2/tags", map[string]any{"name": "Tea"}, "Authorization", siteUser).object(t)
	post := call(t, "POST", url+SitePath+"/wp-json/wp/v2/posts", map[string]any{"title": "T", "content": "<p>x</p><!-- igny8:1 -->", "slug": "t", "status": "publish",
		"featured_media": media["id"], "tags": []any{tag["id"]}}, "Authorization", siteUser).object(t)
	id := uuid.NewString()
	require.Equal(t, 200, call(t, "POST", url+RunwarePath, order(id, "deliveryMethod", "async"), "Authorization", runwareKey).status)
	require.Equal(t, 200, askText(t, url).status)
	require.Equal(t, 500, call(t, "GET", url+SitePath+"/wp-json/wp/v2/users", nil).status)

	f, err := os.OpenFile(filepath.Join(dir, "journal.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString(`{"post":{"id":99,"slug":"half`)
	require.NoError(t, err)
	require.NoError(t, f.Close())

	for range 2 { // the second time, after writing behind the line that was cut off
		second, url := start(t, Options{Dir: dir})
		want, have := first.Effects(), second.Effects()
		want.Terms, want.TermsBySlug = have.Terms, have.TermsBySlug
		require.Equal(t, want, have)
		found := call(t, "GET", url+SitePath+"/wp-json/wp/v2/posts?slug=t&status=any&context=edit", nil, "Authorization", siteUser).list(t)
		require.Len(t, found, 1)
		require.Equal(t, post["id"], found[0]["id"])
		require.Equal(t, media["id"], found[0]["featured_media"])
		image := call(t, "GET", url+SitePath+"/wp-content/uploads/"+second.mediaList()[0].File, nil)
		require.Equal(t, png, image.body)
		require.Equal(t, 400, call(t, "POST", url+RunwarePath, order(id), "Authorization", runwareKey).status, "the task is still known")
		require.Equal(t, 201, call(t, "POST", url+SitePath+"/wp-json/wp/v2/tags", map[string]any{"name": uuid.NewString()}, "Authorization", siteUser).status)
	}
}

func TestReaderSeesWhatIsPublished(t *testing.T) {
	t.Parallel()
	s, url := start(t, Options{})
	draft := call(t, "POST", url+SitePath+"/wp-json/wp/v2/posts", map[string]any{"title": "Tea & <em>milk</em>", "content": "<p>Steep it.</p>", "slug": "tea", "status": "draft"}, "Authorization", siteUser).object(t)
	require.Equal(t, 404, call(t, "GET", url+"/wp/?p=2", nil).status)
	require.Equal(t, 404, call(t, "GET", url+"/wp/tea/", nil).status)
	require.NotContains(t, string(call(t, "GET", url+"/wp/", nil).body), "Tea")
	self := url + SitePath + "/wp-json/wp/v2/posts/1"
	require.EqualValues(t, 1, draft["id"])
	published := call(t, "POST", self, map[string]any{"status": "publish"}, "Authorization", siteUser).object(t)
	require.Equal(t, url+"/wp/tea/", published["link"])
	page := call(t, "GET", url+"/wp/tea/", nil)
	require.Equal(t, 200, page.status)
	require.Contains(t, string(page.body), "<p>Steep it.</p>")
	require.NotContains(t, string(page.body), "<script")
	require.Contains(t, string(call(t, "GET", url+"/wp/", nil).body), "/wp/tea/")
	require.Equal(t, "/wp/tea/", call(t, "GET", url+"/wp/?p=1", nil).header.Get("Location"))
	require.Equal(t, 1, s.Effects().Published)
	require.Equal(t, 200, call(t, "GET", url+"/", nil).status)
}
