package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"image"
	_ "image/gif" // decoders of what may be uploaded
	_ "image/jpeg"
	_ "image/png"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	_ "golang.org/x/image/webp" // as the others

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// ImageFields are what a person may say of an image.
type ImageFields struct {
	AltText string `json:"alt_text,omitempty" maxLength:"500"`
	Caption string `json:"caption,omitempty" maxLength:"1000"`
	Prompt  string `json:"prompt,omitempty" minLength:"1" maxLength:"4000" change:"keep" doc:"It counts when the image is next made"`
}

var imageChanges = changes[Image, Image, ImageFields]{
	of: &images, table: store.Table{Name: "igny8_images", Version: true}, power: igny8.Write, noCreate: true,
	guard: func(ctx context.Context, q *store.Queries, ids []uuid.UUID) (map[uuid.UUID]igny8.Code, error) {
		rows, err := q.TasksOfImages(ctx, ids)
		if err != nil {
			return nil, err
		}
		var tasks []uuid.UUID
		for _, r := range rows {
			tasks = append(tasks, r.TaskID.UUID)
		}
		live, err := liveTasks(ctx, q, tasks)
		kept := map[uuid.UUID]igny8.Code{}
		for _, r := range rows {
			if code := live[r.TaskID.UUID]; code != "" {
				kept[r.ID.UUID] = code
			}
		}
		return kept, err
	},
}

const (
	maxImage  = 10 << 20 // bytes
	maxPixels = 50 << 20
)

type imageUpload struct {
	ByID
	RawBody huma.MultipartFormFiles[struct {
		File huma.FormFile `form:"file" required:"true"`
	}]
}

func (s *Server) imageChanges() {
	changeable(s, &imageChanges)
	e := post(images.path+"{id}/replace/", "replace-image", "Put another file in an image's place", igny8.Write)
	e.body = maxImage + 64<<10
	route(s, e, s.replaceImage)
	route(s, post(images.path+"{id}/regenerate/", "regenerate-image", "Have an image made anew", igny8.Write).with(http.MethodPost, http.StatusAccepted), s.regenerate)
}

// replaceImage keeps a file that a person sent, after a look at whether it is
// the picture it says it is. SVG is not among those that are taken.
func (s *Server) replaceImage(ctx context.Context, in *imageUpload) (Image, error) {
	file := in.RawBody.Data().File
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, maxImage+1))
	if err != nil {
		return Image{}, err
	}
	if len(b) > maxImage {
		return Image{}, igny8.Errorf(igny8.TooLarge, "An image has at most %d MB.", maxImage>>20)
	}
	config, kind, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil || http.DetectContentType(b) != "image/"+kind {
		return Image{}, igny8.FieldErrorf("file", "This is no picture that is taken here: PNG, JPEG, WebP or GIF.")
	}
	if config.Width < 1 || config.Height < 1 || config.Width*config.Height > maxPixels {
		return Image{}, igny8.FieldErrorf("file", "This picture is too large: at most %d million pixels.", maxPixels>>20)
	}
	id, err := igny8.Parse[igny8.ImageID](in.ID)
	if err != nil {
		return Image{}, err
	}
	if _, err := one(ctx, s, &images, in.ID); err != nil {
		return Image{}, err
	}
	sum := sha256.Sum256(b)
	name, mime := hex.EncodeToString(sum[:]), "image/"+kind
	if err := s.Blobs.WriteAll(ctx, name, b, nil); err != nil {
		return Image{}, igny8.Wrap(igny8.Unavailable, err, "The storage of files can't be reached.")
	}
	width, height, size := int32(config.Width), int32(config.Height), int32(len(b))
	return as(ctx, s, func(q *store.Queries) (Image, error) {
		if _, err := q.ReplaceImage(ctx, store.ReplaceImageParams{ID: id, Sha256: &name, Mime: &mime, Width: &width, Height: &height, Bytes: &size, ImageURL: root + "system/files/" + name + "/"}); err != nil {
			return Image{}, err
		}
		if err := note(ctx, q, "image.replace", "image/"+in.ID, map[string]any{"sha256": name, "bytes": size}); err != nil {
			return Image{}, err
		}
		return store.Row[Image](ctx, q, &images.list, in.ID)
	})
}
