package activities

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"gocloud.dev/blob"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/image"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/workflows"
)

// Pictures are ordered in the wide format that themes show best. Each provider
// takes the nearest it can make.
const (
	imageWidth  = 1344
	imageHeight = 768

	sandboxPoll = 50 * time.Millisecond
)

// prompting describes an article's pictures.
func prompting() skill[igny8.ContentID, igny8.ImageID] {
	return skill[igny8.ContentID, igny8.ImageID]{prepare: preparePrompts, save: savePrompts}
}

// illustration makes one picture.
func illustration() skill[igny8.ImageID, igny8.ImageID] {
	return skill[igny8.ImageID, igny8.ImageID]{prepare: prepareImage, save: saveImage}
}

// promptsDraft is what a model answers.
type promptsDraft struct {
	Prompts []promptDraft `json:"prompts"`
}

type promptDraft struct {
	Kind    string `json:"kind" jsonschema:"enum=featured,enum=in_article"`
	Prompt  string `json:"prompt" jsonschema:"description=One scene in 30 to 70 words."`
	AltText string `json:"alt_text" jsonschema:"description=What is to be seen. At most 120 characters."`
	Heading string `json:"heading" jsonschema:"description=The section that it belongs under; empty for the featured one."`
}

func (d promptsDraft) Validate() error {
	if len(d.Prompts) == 0 {
		return malformed("It has no prompts.")
	}
	for i, p := range d.Prompts {
		if strings.TrimSpace(p.Prompt) == "" {
			return malformed("Prompt %d is empty.", i+1)
		}
	}
	return nil
}

var heading = regexp.MustCompile(`(?s)<h2[^>]*>(.*?)</h2>`)

// headings returns the section headings of an article.
func headings(html string) []string {
	out := []string{}
	for _, m := range heading.FindAllStringSubmatch(html, -1) {
		out = append(out, plain(m[1]))
	}
	return out
}

func preparePrompts(ctx context.Context, a *Activities, q *store.Queries, c workflows.Call[igny8.ContentID]) (order, error) {
	content, err := q.Content(ctx, c.From)
	if err != nil {
		return order{}, err
	}
	task, err := q.TaskBrief(ctx, content.TaskID)
	if err != nil {
		return order{}, err
	}
	full, err := q.Task(ctx, content.TaskID)
	if err != nil {
		return order{}, err
	}
	return question[promptsDraft](ctx, a, q, igny8.Prompting, struct {
		Title    string   `json:"title"`
		Keyword  string   `json:"keyword"`
		Language string   `json:"language"`
		Count    int32    `json:"count"`
		Headings []string `json:"headings"`
		Text     string   `json:"text"`
	}{content.Title, content.FocusKeyword, task.Language, full.Images, headings(content.HTML), clip(plain(content.HTML), 6000)})
}

// savePrompts keeps as many pictures' descriptions as were ordered. The first
// is the featured one.
func savePrompts(ctx context.Context, _ *Activities, q *store.Queries, c workflows.Call[igny8.ContentID], answer store.AIRequest) (out saved[igny8.ImageID], err error) {
	d, err := read[promptsDraft](*answer.Reply)
	if err != nil {
		return out, err
	}
	content, err := q.Content(ctx, c.From)
	if err != nil {
		return out, err
	}
	task, err := q.Task(ctx, content.TaskID)
	if err != nil {
		return out, err
	}
	kept := d.Prompts[:min(len(d.Prompts), int(task.Images))]
	for n, p := range kept {
		kind := "in_article"
		if n == 0 {
			kind, p.Heading = "featured", ""
		}
		id, err := q.SaveImagePrompt(ctx, store.SaveImagePromptParams{
			SiteID: content.SiteID, SectorID: content.SectorID, TaskID: content.TaskID, ContentID: content.ID, ImageType: kind, N: int32(n),
			Prompt: clip(p.Prompt, 2000), AltText: line(p.AltText, 200), Heading: line(p.Heading, 200), Revision: content.Revision,
		})
		if err != nil {
			return out, err
		}
		out.ids = append(out.ids, id)
	}
	if err := q.DropImagesFrom(ctx, store.DropImagesFromParams{ContentID: content.ID, N: int32(len(kept))}); err != nil {
		return out, err
	}
	if err := q.TaskStatus(ctx, store.TaskStatusParams{ID: content.TaskID, Status: igny8.TaskIllustrating}); err != nil {
		return out, err
	}
	out.units, out.step, out.status = 1, "prompted", igny8.ItemRunning
	return out, nil
}

func prepareImage(ctx context.Context, a *Activities, q *store.Queries, c workflows.Call[igny8.ImageID]) (order, error) {
	picture, err := q.Image(ctx, c.From)
	if err != nil {
		return order{}, err
	}
	p, err := a.painter(ctx, q)
	if err != nil {
		return order{}, err
	}
	request := image.Request{Key: c.Reply, Prompt: picture.Prompt, NegativePrompt: "text, letters, watermark, logo", Width: imageWidth, Height: imageHeight, Model: p.model}
	return order{
		maker: maker{p.provider, p.own}, model: p.model, provenance: p.provenance, request: map[string]any{"prompt": request.Prompt, "width": imageWidth, "height": imageHeight},
		buy: func(ctx context.Context, _ string) (bought, error) {
			made, err := p.Generate(ctx, request)
			if err != nil {
				return bought{model: made.Model, costMicro: made.CostMicros}, err
			}
			sha, err := a.keepBlob(ctx, made)
			return bought{blob: sha, mime: made.MIME, model: made.Model, costMicro: made.CostMicros}, err
		},
		check: func(bought) error { return nil }, // the client has decoded it
	}, nil
}

// keepBlob stores a picture under the hash of its bytes. What is there already
// is the same, and as young again: nobody clears it away before its row is there.
func (a *Activities) keepBlob(ctx context.Context, p image.Picture) (sha string, err error) {
	sum := sha256.Sum256(p.Bytes)
	sha = hex.EncodeToString(sum[:])
	return sha, unavailable(a.Blobs.WriteAll(ctx, sha, p.Bytes, &blob.WriterOptions{ContentType: p.MIME}))
}

// blob returns what is stored under a name, in memory of just its size.
func (a *Activities) blob(ctx context.Context, name string) ([]byte, error) {
	r, err := a.Blobs.NewReader(ctx, name, nil)
	if err != nil {
		return nil, unavailable(err)
	}
	defer r.Close()
	b := make([]byte, r.Size())
	_, err = io.ReadFull(r, b)
	return b, unavailable(err)
}

func unavailable(err error) error {
	if err == nil {
		return nil
	}
	return igny8.Wrap(igny8.Unavailable, err, "The picture could not be stored. It will be tried again.")
}

func saveImage(ctx context.Context, a *Activities, q *store.Queries, c workflows.Call[igny8.ImageID], answer store.AIRequest) (out saved[igny8.ImageID], err error) {
	b, err := a.blob(ctx, *answer.Blob)
	if err != nil {
		return out, err
	}
	p, err := image.Measure(b) // it was decoded when it came, and its name is its hash
	if err != nil {
		return out, err
	}
	content, err := q.SaveImage(ctx, store.SaveImageParams{
		ID: c.From, Sha256: answer.Blob, Mime: &p.MIME, Width: ptr(int32(p.Width)), Height: ptr(int32(p.Height)), Bytes: ptr(int32(len(b))),
		ImageURL: "/api/v1/system/files/" + *answer.Blob + "/", Provider: answer.Provider, Model: answer.Model, Provenance: answer.Provenance,
	})
	out = saved[igny8.ImageID]{ids: []igny8.ImageID{c.From}, units: 1}
	if igny8.CodeOf(err) == igny8.NotFound { // a person has put another in its place, which stays
		var theirs store.Image
		theirs, err = q.Image(ctx, c.From)
		content, out.units = theirs.ContentID, 0
	}
	if err != nil {
		return out, err
	}
	all, err := q.ImagesOfContent(ctx, content)
	if err != nil {
		return out, err
	}
	for _, other := range all {
		if other.Status == igny8.ImagePending {
			return out, nil
		}
	}
	out.step, out.status = "illustrated", igny8.ItemRunning
	return out, nil
}

// fileName is what a picture is called on a site: its slug there follows from
// its bytes, so that it is found again.
func fileName(sha, mime string) string {
	ending := map[string]string{"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}[mime]
	return fmt.Sprintf("%s.%s", mediaSlug(sha), ending)
}

func mediaSlug(sha string) string { return "igny8-" + sha[:20] }
