package activities

import (
	"context"

	"github.com/igny8/igny8"
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
	for _, i := range images {
		if i.Sha256 == nil {
			continue
		}
		m, err := q.SiteMedia(ctx, store.SiteMediaParams{SiteID: c.SiteID, Sha256: *i.Sha256})
		if err == nil {
			k.media[*i.Sha256] = m
		} else if igny8.CodeOf(err) != igny8.NotFound {
			return k, err
		}
	}
	wanted := []term{{wordpress.Categories, c.Category}}
	for _, tag := range c.Tags {
		wanted = append(wanted, term{wordpress.Tags, tag})
	}
	for _, t := range wanted {
		id, err := q.SiteTerm(ctx, store.SiteTermParams{SiteID: c.SiteID, Taxonomy: string(t.taxonomy), Name: t.name})
		if err == nil {
			k.terms[t] = id
		} else if igny8.CodeOf(err) != igny8.NotFound {
			return k, err
		}
	}
	return k, nil
}
