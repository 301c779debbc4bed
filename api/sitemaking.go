package api

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// SiteFields are what a new site is made of. It is changed by its own route.
type SiteFields struct {
	Name       string            `json:"name" minLength:"1" maxLength:"200"`
	Slug       string            `json:"slug,omitempty" pattern:"^[a-z0-9][a-z0-9-]{0,98}$" doc:"Made of the name if not given"`
	IndustryID *igny8.IndustryID `json:"industry_id,omitempty" format:"uuid" nullable:"true" doc:"It gives the sectors, unless they are given"`
	Sectors    []string          `json:"sectors,omitempty" column:"-" minItems:"1" maxItems:"5" doc:"Names of the first sectors"`
	Status     string            `json:"status,omitempty" enum:"active,inactive"`
	WPURL      *string           `json:"wp_url,omitempty" maxLength:"500" nullable:"true"`
	WPUsername *string           `json:"wp_username,omitempty" maxLength:"200" nullable:"true"`
	Password   *igny8.Secret     `json:"wp_app_password,omitempty" column:"-" maxLength:"200" writeOnly:"true"`
	Settings   json.RawMessage   `json:"settings,omitempty" doc:"An object: delivery, categories, author, language"`
}

var siteChanges = changes[Site, Site, SiteFields]{
	of: &sites, table: store.Table{Name: "igny8_sites", Version: true}, power: igny8.Manage, noUpdate: true,
	prepare: func(_ context.Context, _ *Server, _ *store.Queries, c *change[SiteFields]) error {
		f := c.Fields
		if f.WPURL != nil && *f.WPURL != "" {
			if err := checkURL(*f.WPURL); err != nil {
				return err
			}
			c.Put("wp_url", strings.TrimRight(*f.WPURL, "/"))
		} else {
			c.Drop("wp_url")
		}
		if c.Given("settings") {
			if err := checkSettings(f.Settings); err != nil {
				return err
			}
		}
		if f.Slug == "" {
			c.Put("slug", slugOf(f.Name))
		}
		return nil
	},
	after: func(ctx context.Context, s *Server, q *store.Queries, c *change[SiteFields]) error {
		return s.furnish(ctx, q, c)
	},
	guard: func(ctx context.Context, q *store.Queries, ids []uuid.UUID) (map[uuid.UUID]igny8.Code, error) {
		live, err := q.LiveRunOfSites(ctx, ids)
		kept := map[uuid.UUID]igny8.Code{}
		for _, id := range live {
			kept[id.UUID] = igny8.RunLive
		}
		return kept, err
	},
}

// furnish gives a new site its sectors and password, and looks at the plan.
func (s *Server) furnish(ctx context.Context, q *store.Queries, c *change[SiteFields]) error {
	f, id := c.Fields, igny8.SiteID{UUID: c.IDs[0]}
	p := store.NewSectorsParams{SiteID: id}
	for _, name := range f.Sectors {
		p.Names, p.Slugs, p.Descriptions = append(p.Names, name), append(p.Slugs, slugOf(name)), append(p.Descriptions, "")
	}
	if len(f.Sectors) == 0 && f.IndustryID != nil {
		rows, err := q.IndustrySectors(ctx, *f.IndustryID)
		if err != nil {
			return err
		}
		for _, r := range rows {
			p.Names, p.Slugs, p.Descriptions = append(p.Names, r.Name), append(p.Slugs, r.Slug), append(p.Descriptions, r.Description)
		}
	}
	if len(p.Names) == 0 {
		p.Names, p.Slugs, p.Descriptions = []string{"General"}, []string{"general"}, []string{""}
	}
	if err := q.NewSectors(ctx, p); err != nil {
		return err
	}
	if f.Password != nil && *f.Password != "" {
		sealed, err := s.Vault.Seal(*f.Password, store.SiteSecret(igny8.PrincipalOf(ctx).Account, id))
		if err != nil {
			return err
		}
		if err := q.SealSite(ctx, store.SealSiteParams{ID: id, WpAppPassword: sealed, WpPasswordHint: text(f.Password.Hint())}); err != nil {
			return err
		}
	}
	return q.AtMost(ctx, "sites", "sites", "select count(*) from igny8_sites where account_id = current_account()")
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// slugOf makes a short name of a name; one that has no letters of ours gets
// some at random.
func slugOf(name string) string {
	slug := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(name), "-"), "-")
	if slug == "" {
		slug = "x" + strings.ReplaceAll(uuid.NewString(), "-", "")[:8]
	}
	return strings.TrimRight(slug[:min(len(slug), 60)], "-")
}

// SectorFields are what a person says of a sector.
type SectorFields struct {
	SiteID      igny8.SiteID `json:"site_id" format:"uuid" change:"parent"`
	Name        string       `json:"name" minLength:"1" maxLength:"200"`
	Slug        string       `json:"slug,omitempty" pattern:"^[a-z0-9][a-z0-9-]{0,98}$" change:"create" doc:"Made of the name if not given"`
	Description string       `json:"description,omitempty" maxLength:"5000"`
	Status      string       `json:"status,omitempty" enum:"active,inactive" change:"keep" doc:"A site has one to five active ones"`
}

var sectorChanges = changes[Sector, Sector, SectorFields]{
	of: &sectors, table: store.Table{Name: "igny8_sectors", Belongs: store.OfSite, Version: true}, power: igny8.Manage,
	prepare: func(_ context.Context, _ *Server, _ *store.Queries, c *change[SectorFields]) error {
		if c.New() && c.Fields.Slug == "" {
			c.Put("slug", slugOf(c.Fields.Name))
		}
		return nil
	},
	guard: func(ctx context.Context, q *store.Queries, ids []uuid.UUID) (map[uuid.UUID]igny8.Code, error) {
		live, err := q.LiveRunOfSectors(ctx, ids)
		kept := map[uuid.UUID]igny8.Code{}
		for _, id := range live {
			kept[id.UUID] = igny8.RunLive
		}
		return kept, err
	},
}

func (s *Server) siteChanges() {
	changeable(s, &siteChanges)
	changeable(s, &sectorChanges)
	route(s, post(sites.path+"{id}/test_wordpress/", "test-wordpress", "Ask a site's WordPress who we are there", igny8.Manage), func(ctx context.Context, in *ByID) (Checked, error) {
		site, err := one(ctx, s, &sites, in.ID)
		if err != nil {
			return Checked{}, err
		}
		if s.Connections.Site == nil {
			return Checked{}, notHere
		}
		found, err := s.Connections.Site(ctx, igny8.PrincipalOf(ctx), site.ID)
		if err == nil {
			_, err = as(ctx, s, func(q *store.Queries) (none, error) {
				return none{}, note(ctx, q, "site.test", "site/"+in.ID, map[string]any{"ok": found.OK, "code": found.Code})
			})
		}
		return found, err
	})
}
