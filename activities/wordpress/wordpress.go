// Package wordpress speaks to one site's REST API. A method is one HTTP request:
// bounded, never repeated here, and with every way of failing told apart by its
// igny8.Code. Wire facts are of WordPress 6.8, as recorded in testdata.
package wordpress

import (
	"context"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/outbound"
)

// A Site is where to publish and as whom. Password is an application password,
// with or without its spaces.
type Site struct {
	URL      string // of the site's home; https://, also with a path
	Username string
	Password igny8.Secret
	Plain    bool // the site has no pretty permalinks: ask ?rest_route=/ for /wp-json/
}

// A Client publishes to a site. The codes of its errors:
//
//   - Busy (with After): rate limits and maintenance; nothing happened;
//   - Unavailable: the site can't be reached, or a read failed there;
//   - Unknown: a write was sent and perhaps it happened. Look it up;
//   - Credentials: the user name or password was refused; Forbidden: the role or
//     a firewall doesn't allow it. Both say what to do;
//   - Invalid, TooLarge, NotFound, NotConfigured, Canceled.
//
// No error holds the password or what was published.
type Client struct {
	site Site
	http *http.Client
	base *url.URL
	bad  error // what is wrong with the site's address
}

// New returns a client of a site. h is a client of the package outbound, whose
// guard decides about plain HTTP and private addresses; a strict one if nil.
func New(site Site, h *http.Client) *Client {
	if h == nil {
		h = strict
	}
	c := &Client{site: site, http: h}
	u, err := url.Parse(strings.TrimSpace(site.URL))
	if err == nil {
		err = outbound.CheckURL(u)
	}
	if err != nil {
		c.base, c.bad = &url.URL{}, igny8.FieldErrorf("url", "the site's address must begin with https:// and name a host")
		return c
	}
	c.base = &url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimRight(u.Path, "/")}
	return c
}

var strict = outbound.Client(outbound.Options{})

// PlainRoutes returns the same client for a site without pretty permalinks. Its
// Index tells whether that is what the site needs.
func (c *Client) PlainRoutes() *Client {
	plain := *c
	plain.site.Plain = true
	return &plain
}

// address is the URL of a REST route such as "/wp/v2/posts".
func (c *Client) address(route string, query url.Values) string {
	u := *c.base
	if c.site.Plain {
		u.Path += "/"
		u.RawQuery = "rest_route=" + route
		if len(query) > 0 {
			u.RawQuery += "&" + query.Encode()
		}
		return u.String()
	}
	u.Path += "/wp-json" + route
	u.RawQuery = query.Encode()
	return u.String()
}

// An Index is what a site says of itself to anybody.
type Index struct {
	Name       string
	URL        string   // where WordPress is
	Home       string   // where visitors come in
	Namespaces []string // "wp/v2" is there if its REST API is
	// ApplicationPasswords reports whether the site accepts any. A production
	// site over plain HTTP doesn't, and some plugins turn them off.
	ApplicationPasswords bool
}

// Index asks the site for its name and abilities, without credentials. Invalid
// means that there is no REST API at this address.
func (c *Client) Index(ctx context.Context) (Index, error) {
	var r struct {
		Name       string          `json:"name"`
		URL        string          `json:"url"`
		Home       string          `json:"home"`
		Namespaces []string        `json:"namespaces"`
		Auth       json.RawMessage `json:"authentication"` // [] or {"application-passwords":…}
	}
	q := url.Values{"_fields": {"name,url,home,namespaces,authentication"}}
	err := c.do(ctx, call{route: "/", query: q, index: true}, &r)
	if err != nil {
		return Index{}, err
	}
	if r.Namespaces == nil {
		return Index{}, c.noAPI(nil)
	}
	var ways map[string]json.RawMessage
	_ = json.Unmarshal(r.Auth, &ways) // an empty list is no way at all
	_, accepts := ways["application-passwords"]
	return Index{Name: html.UnescapeString(r.Name), URL: r.URL, Home: r.Home, Namespaces: r.Namespaces, ApplicationPasswords: accepts}, nil
}

// A User is the one we are to a site.
type User struct {
	ID           int64           `json:"id"`
	Username     string          `json:"username"`
	Roles        []string        `json:"roles"`
	Capabilities map[string]bool `json:"capabilities"`
}

// May reports whether the user has a WordPress capability, such as
// "publish_posts", "upload_files", "manage_categories".
func (u User) May(capability string) bool { return u.Capabilities[capability] }

// Me asks who we are, which is the test of the credentials.
func (c *Client) Me(ctx context.Context) (User, error) {
	var r struct {
		User
		Capabilities map[string]any `json:"capabilities"` // true, or now and then "1"
	}
	q := url.Values{"context": {"edit"}, "_fields": {"id,username,roles,capabilities"}}
	if err := c.do(ctx, call{route: "/wp/v2/users/me", query: q, auth: true}, &r); err != nil {
		return User{}, err
	}
	if r.ID == 0 {
		return User{}, c.garbled(nil)
	}
	u := r.User
	u.Capabilities = make(map[string]bool, len(r.Capabilities))
	for name, v := range r.Capabilities {
		u.Capabilities[name] = v == true || v == "1" || v == float64(1)
	}
	return u, nil
}

// Reachable gets a public address as a visitor would, without credentials, and
// returns the status: 200 is a page that is there. An address that redirects to
// another host has the status of the redirect.
func (c *Client) Reachable(ctx context.Context, address string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, igny8.Errorf(igny8.Invalid, "the address of the page can't be used")
	}
	req.Header.Set("Accept", "text/html,*/*")
	reply, err := outbound.Do(c.http, req, outbound.MaxBody, req.URL.Hostname())
	if igny8.CodeOf(err) == igny8.TooLarge {
		return reply.Status, nil // it is there, whatever its size
	}
	return reply.Status, err
}

// generator is how a page names its maker, where nothing hides it.
var generator = regexp.MustCompile(`<meta name=["']generator["'] content=["']WordPress ([0-9][0-9a-zA-Z.-]{0,20})`)

// Version returns the version of WordPress that the home page tells to visitors,
// or nothing if it doesn't tell. It is an error only if the context has ended.
func (c *Client) Version(ctx context.Context) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base.String()+"/", nil)
	if err != nil {
		return "", igny8.Errorf(igny8.Invalid, "the address of %s can't be used", c.base.Host)
	}
	reply, err := outbound.Do(c.http, req, outbound.MaxBody, c.base.Host)
	if igny8.CodeOf(err) == igny8.Canceled {
		return "", err
	}
	if found := generator.FindSubmatch(reply.Body); found != nil {
		return string(found[1]), nil
	}
	return "", nil
}

// stamp is how WordPress writes times: in GMT where the name says so.
const stamp = "2006-01-02T15:04:05"

func parseTime(s *string) time.Time {
	if s == nil {
		return time.Time{}
	}
	t, err := time.Parse(stamp, *s)
	if err != nil {
		return time.Time{}
	}
	return t
}
