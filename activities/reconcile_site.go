package activities

import (
	"context"
	"errors"
	"io"
	"regexp"
	"time"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/wordpress"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/store/system"
	"github.com/igny8/igny8/workflows"
)

// publications asks the sites about posts of which nobody knows whether they
// exist. What a site does not tell is asked for again later: the asking counts
// as a change of the publication, so that it waits its turn.
func (s sweeping) publications(ctx context.Context) error {
	rows, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) ([]system.UnsurePublicationsRow, error) {
		return q.UnsurePublications(ctx, system.UnsurePublicationsParams{QuietSeconds: s.quiet(), Many: 20})
	})
	for _, p := range rows {
		found, one := s.lookUp(ctx, p)
		switch {
		case one != nil:
			s.found.PostsUnclear++
		case found:
			s.found.Adopted++
		default:
			s.found.SetBack++
		}
	}
	return err
}

// lookUp finds the post on its site and records what it is there, a draft or
// published, or sets the publication back if the site has none.
func (s sweeping) lookUp(ctx context.Context, p system.UnsurePublicationsRow) (found bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	scope := igny8.Scope{Account: p.AccountID, Site: p.SiteID, Sector: p.SectorID}
	d := &delivery{a: s.Activities, of: workflows.Publishing{Of: workflows.ArticleInput{Of: workflows.RunInput{Scope: scope}}, Content: p.ContentID}}
	if err := d.note(ctx, func(q *store.Queries) error {
		if err := d.load(ctx, q); err != nil {
			return err
		}
		return d.take(ctx, q)
	}); err != nil {
		return false, err
	}
	defer d.free(ctx)
	if err := d.access(s.Activities); err != nil {
		return false, err
	}
	posts, err := d.posts(ctx)
	if err != nil {
		return false, err
	}
	if len(posts) == 0 {
		return false, d.step(ctx, store.PublicationStepParams{Status: igny8.PublicationNone, ErrorMessage: "An earlier attempt did not reach the site. It can be published again."})
	}
	if posts[0].Status != wordpress.Publish {
		return true, d.step(ctx, store.PublicationStepParams{Status: igny8.PublicationCreated, WpPostID: &posts[0].ID, URL: posts[0].Link, Slug: posts[0].Slug, ModifiedGmt: stamp(posts[0])})
	}
	d.notes = append(d.notes, "It was found to be published after its run had ended. What the site shows was not compared with what was asked.")
	return true, d.note(ctx, func(q *store.Queries) error { return d.reached(ctx, q, posts[0], true, 0) })
}

// posts are what the site has of the article: the post whose number is known, or
// what is found otherwise. What lies in the trash counts as not there.
func (d *delivery) posts(ctx context.Context) ([]wordpress.Post, error) {
	if d.post.WpPostID != nil {
		there, ours, err := d.there(ctx)
		if err != nil || ours && there.Status != wordpress.Trash {
			return []wordpress.Post{there}, err
		}
	}
	return d.find(ctx)
}

// hash is how the name of a file that we keep looks.
var hash = regexp.MustCompile(`^[0-9a-f]{64}$`)

// oldBlob is how old a file must be before nothing refers to it for good: what
// is being made refers to its file within minutes.
const oldBlob = 24 * time.Hour

// blobs removes files that nothing refers to, and counts pictures whose file is
// gone.
func (s sweeping) blobs(ctx context.Context) error {
	pictures, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) ([]string, error) { return q.PictureHashes(ctx) })
	if err != nil {
		return err
	}
	missing := make(map[string]bool, len(pictures))
	for _, sha := range pictures {
		missing[sha] = true
	}
	var old []string
	for list := s.Blobs.List(nil); ; {
		file, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		delete(missing, file.Key)
		if hash.MatchString(file.Key) && time.Since(file.ModTime) > oldBlob {
			old = append(old, file.Key)
		}
	}
	if err := s.removeUnused(ctx, old); err != nil {
		return err
	}
	return s.missing(ctx, missing)
}

// removeUnused removes those files that no row refers to, and that nobody has
// stored again since they were listed.
func (s sweeping) removeUnused(ctx context.Context, files []string) error {
	for len(files) > 0 {
		some := files[:min(1000, len(files))]
		files = files[len(some):]
		used, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) ([]string, error) { return q.UsedBlobs(ctx, some) })
		if err != nil {
			return err
		}
		keep := make(map[string]bool, len(used))
		for _, sha := range used {
			keep[sha] = true
		}
		for _, sha := range some {
			if keep[sha] {
				continue
			}
			file, err := s.Blobs.Attributes(ctx, sha)
			if err != nil {
				return err
			}
			if time.Since(file.ModTime) <= oldBlob {
				continue
			}
			if err := s.Blobs.Delete(ctx, sha); err != nil {
				return err
			}
			s.found.BlobsRemoved++
		}
	}
	return nil
}

// missing reports the pictures whose file is not there.
func (s sweeping) missing(ctx context.Context, hashes map[string]bool) error {
	var list []string
	for sha := range hashes {
		if there, err := s.Blobs.Exists(ctx, sha); err != nil {
			return err
		} else if !there { // it may have come since the list was read
			list = append(list, sha)
		}
	}
	s.found.PicturesMissing = len(list)
	if len(list) == 0 {
		return nil
	}
	rows, err := store.AsSystem(ctx, s.Store, func(q *system.Queries) ([]system.PicturesOfRow, error) {
		return q.PicturesOf(ctx, system.PicturesOfParams{Hashes: list, Many: 20})
	})
	for _, r := range rows {
		s.found.MissingPictures = append(s.found.MissingPictures, r.AccountID.String()+"/"+r.ID.String())
	}
	return err
}
