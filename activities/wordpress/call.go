package wordpress

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/outbound"
)

// A call is one request to the REST API.
type call struct {
	method  string // GET if empty
	route   string
	query   url.Values
	json    any    // the body, or
	raw     []byte // the body as it is
	header  map[string]string
	auth    bool // with the credentials
	creates bool // a repetition makes a second one
	index   bool // asks whether there is an API at all
}

func (k call) writes() bool { return k.method != "" }

// do sends a call and reads the reply to it into v.
func (c *Client) do(ctx context.Context, k call, v any) error {
	req, err := c.request(ctx, k)
	if err != nil {
		return err
	}
	reply, err := outbound.Do(c.http, req, outbound.MaxBody, c.base.Host)
	if igny8.CodeOf(err) == igny8.TooLarge && k.writes() {
		return igny8.Wrap(igny8.Unknown, err, "%s sent a longer reply than we accept; perhaps it did what we asked", c.base.Host)
	}
	if err != nil {
		return err
	}
	return c.read(reply, k, v, time.Now())
}

func (c *Client) request(ctx context.Context, k call) (*http.Request, error) {
	if c.bad != nil {
		return nil, c.bad
	}
	if k.auth && (c.site.Username == "" || c.site.Password == "") {
		return nil, igny8.Errorf(igny8.NotConfigured, "%s has no user name and application password; enter them in the site's settings", c.base.Host)
	}
	body, kind := k.raw, ""
	if k.json != nil {
		var err error
		if body, err = json.Marshal(k.json); err != nil {
			return nil, igny8.Errorf(igny8.Invalid, "the request to %s can't be written", c.base.Host)
		}
		kind = "application/json"
	}
	req, err := http.NewRequestWithContext(ctx, cmp.Or(k.method, http.MethodGet), c.address(k.route, k.query), bytes.NewReader(body))
	if err != nil {
		return nil, igny8.Errorf(igny8.Invalid, "the address of %s can't be used", c.base.Host)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "igny8")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for name, value := range k.header {
		req.Header.Set(name, value)
	}
	if k.auth {
		req.SetBasicAuth(c.site.Username, c.site.Password.Reveal())
	}
	return req, nil
}

// read judges a reply. It is apart from do so that any bytes can be tried on it.
func (c *Client) read(reply outbound.Reply, k call, v any, now time.Time) error {
	if reply.Status < 200 || reply.Status > 299 {
		return c.classify(reply, k, now)
	}
	err := outbound.Decode(reply.Body, v)
	switch {
	case err == nil:
		return nil
	case k.index && !bytes.Contains(reply.Body, []byte(`"namespaces"`)): // with them it is an index, and something else besides
		return c.noAPI(err)
	case k.writes():
		return igny8.Wrap(igny8.Unknown, err, "%s answered with something else than JSON, perhaps a warning that a plugin prints; perhaps it did what we asked", c.base.Host)
	}
	return c.garbled(err)
}
