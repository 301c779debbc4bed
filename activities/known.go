package activities

import (
	"context"

	"github.com/igny8/igny8/activities/wordpress"
	"github.com/igny8/igny8/store"
)

// known is what our records say that a site has of an article's pictures and
// terms. What they don't say is asked of the site.
type known struct {
	media map[string]store.SiteMedia // by the hash of the bytes
	terms map[term]int64
}

// A term is a category or a tag by its name.
type term struct {
	taxonomy wordpress.Taxonomy
	name     string
}

// knownOf looks up an article's pictures and terms.
func knownOf(ctx context.Context, q *store.Queries, c store.Content, images []store.Image) (k known, err error) {
	k = known{media: map[string]store.SiteMedia{}, terms: map[term]int64{}}
	var hashes []string
	for _, i := range images {
		if i.Sha256 != nil {
			hashes = append(hashes, *i.Sha256)
		}
	}
	media, err := q.SiteMedia(ctx, store.SiteMediaParams{SiteID: c.SiteID, Hashes: hashes})
	if err != nil {
		return k, err
	}
	for _, m := range media {
		k.media[m.Sha256] = m
	}
	terms, err := q.SiteTerms(ctx, store.SiteTermsParams{
		SiteID: c.SiteID, Taxonomies: []string{string(wordpress.Categories), string(wordpress.Tags)}, Names: append([]string{c.Category}, c.Tags...),
	})
	for _, t := range terms {
		k.terms[term{wordpress.Taxonomy(t.Taxonomy), t.Name}] = t.TermID
	}
	return k, err
}
