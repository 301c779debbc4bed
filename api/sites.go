package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// Site is a row of auth/sites/.
type Site struct {
	ID           igny8.SiteID      `json:"id"`
	Name         string            `json:"name"`
	Slug         string            `json:"slug"`
	IndustryID   *igny8.IndustryID `json:"industry_id"`
	Status       string            `json:"status" enum:"active,inactive"`
	WPURL        *string           `json:"wp_url"`
	WPUsername   *string           `json:"wp_username"`
	PasswordHint *string           `json:"wp_app_password_hint" sql:"r.wp_password_hint" doc:"The last characters of the application password, which is never shown"`
	HasPassword  bool              `json:"has_wp_app_password" sql:"r.wp_app_password is not null"`
	Settings     json.RawMessage   `json:"settings" doc:"An object: delivery, categories, author, language"`
	Sectors      int64             `json:"active_sectors" sql:"(select count(*) from igny8_sectors s where s.account_id = r.account_id and s.site_id = r.id and s.status = 'active')"`
	Version      int64             `json:"version"`
	CreatedAt    time.Time         `json:"created_at"`
	UpdatedAt    time.Time         `json:"updated_at"`
}

var active = []string{"active", "inactive"}

var sites = resource[Site, Site]{path: "auth/sites/", id: "sites", one: "site", list: store.List{
	From:    "igny8_sites r",
	Search:  []string{"r.name", "r.wp_url"},
	Default: "-created_at",
	Filters: map[string]store.Filter{"status": {SQL: "r.status", Type: "text", Values: active}},
	Orders:  map[string]store.Order{"created_at": byTime, "name": {SQL: "r.name", Type: "text"}},
}}

// Sector is a row of auth/sectors/.
type Sector struct {
	ID          igny8.SectorID `json:"id"`
	SiteID      igny8.SiteID   `json:"site_id"`
	Name        string         `json:"name"`
	Slug        string         `json:"slug"`
	Description string         `json:"description"`
	Status      string         `json:"status" enum:"active,inactive"`
	Planning    *igny8.RunID   `json:"planning_run_id" sql:"(select u.id from igny8_runs u where u.account_id = r.account_id and u.sector_id = r.id and u.planning)" doc:"The run that is planning it"`
	Version     int64          `json:"version"`
	CreatedAt   time.Time      `json:"created_at"`
	UpdatedAt   time.Time      `json:"updated_at"`
}

var sectors = resource[Sector, Sector]{path: "auth/sectors/", id: "sectors", one: "sector", list: store.List{
	From:    "igny8_sectors r",
	Search:  []string{"r.name"},
	Default: "created_at",
	Filters: map[string]store.Filter{"site_id": bySite, "status": {SQL: "r.status", Type: "text", Values: active}},
	Orders:  map[string]store.Order{"created_at": byTime, "name": {SQL: "r.name", Type: "text"}},
}}

type siteChange struct {
	ByID
	Body struct {
		Version    int64            `json:"version" doc:"Of the site as it was read; another one since is 409"`
		Name       *string          `json:"name,omitempty" minLength:"1" maxLength:"200"`
		WPURL      *string          `json:"wp_url,omitempty" maxLength:"500" doc:"Empty takes it away"`
		WPUsername *string          `json:"wp_username,omitempty" maxLength:"200"`
		Password   *igny8.Secret    `json:"wp_app_password,omitempty" maxLength:"200" writeOnly:"true" doc:"An application password; empty takes it away, the hint sent back changes nothing"`
		Settings   *json.RawMessage `json:"settings,omitempty" doc:"An object: delivery, categories, author, language"`
	}
}

func (s *Server) sites() {
	listed(s, &sites)
	listed(s, &sectors)
	route(s, post("auth/sites/{id}/", "update-site", "Change a site and how to reach it", igny8.Manage).with(http.MethodPatch, http.StatusOK), s.changeSite)
}

func (s *Server) changeSite(ctx context.Context, in *siteChange) (Site, error) {
	id, err := igny8.Parse[igny8.SiteID](in.ID)
	if err != nil {
		return Site{}, err
	}
	b := &in.Body
	if b.WPURL != nil && *b.WPURL != "" {
		if err := checkURL(*b.WPURL); err != nil {
			return Site{}, err
		}
	}
	by := asker(ctx)
	account := igny8.PrincipalOf(ctx).Account
	return as(ctx, s, func(q *store.Queries) (out Site, err error) {
		site, err := q.Site(ctx, id)
		if err != nil {
			return out, err
		}
		p := store.ChangeSiteParams{ID: id, Version: b.Version, Name: site.Name, WpURL: site.WpURL, WpUsername: site.WpUsername,
			WpAppPassword: site.WpAppPassword, WpPasswordHint: site.WpPasswordHint, Settings: site.Settings}
		if b.Name != nil {
			p.Name = *b.Name
		}
		if b.WPURL != nil {
			p.WpURL = filled(strings.TrimRight(*b.WPURL, "/"))
		}
		if b.WPUsername != nil {
			p.WpUsername = filled(*b.WPUsername)
		}
		if b.Settings != nil {
			if err := checkSettings(*b.Settings); err != nil {
				return out, err
			}
			p.Settings = *b.Settings
		}
		if err := s.newPassword(&p, b.Password, store.SiteSecret(account, id)); err != nil {
			return out, err
		}
		_, err = q.ChangeSite(ctx, p)
		if err = changed(err, func() error { return nil }); err != nil {
			return out, err
		}
		if err := q.Audit(ctx, store.AuditParams{ActorID: pointer(by.User), ActorRole: string(by.Role), Action: "site.update", Target: id.String(), Outcome: "done", Detail: json.RawMessage(`{}`), RequestID: by.Request, IP: by.IP}); err != nil {
			return out, err
		}
		return store.Row[Site](ctx, q, &sites.list, in.ID)
	})
}

// newPassword seals a password that was sent, unless it is the hint of the one
// that is there.
func (s *Server) newPassword(p *store.ChangeSiteParams, sent *igny8.Secret, where string) (err error) {
	switch {
	case sent == nil || p.WpPasswordHint != nil && *p.WpPasswordHint != "" && sent.Reveal() == *p.WpPasswordHint:
		return nil
	case sent.Reveal() == "":
		p.WpAppPassword, p.WpPasswordHint = nil, nil
		return nil
	}
	if p.WpAppPassword, err = s.Vault.Seal(*sent, where); err != nil {
		return err
	}
	p.WpPasswordHint = text(sent.Hint())
	return nil
}

// checkURL takes addresses of sites. Whether the host may be reached is judged
// when it is dialled.
func checkURL(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return igny8.FieldErrorf("wp_url", "This is not the address of a site, such as https://example.com.")
	}
	return nil
}

// maxSettings is how many bytes the settings of an account or a site may have.
const maxSettings = 64 << 10

// checkSettings takes an object of reasonable size.
func checkSettings(raw json.RawMessage) error {
	var m map[string]any
	if len(raw) > maxSettings || json.Unmarshal(raw, &m) != nil || m == nil {
		return igny8.FieldErrorf("settings", "settings is an object of at most %d KB.", maxSettings>>10)
	}
	return nil
}

// filled is nil for empty text.
func filled(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
