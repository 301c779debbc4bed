package wordpress

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/activities/outbound"
)

// A fault is an error as WordPress writes it. Its text for the log is the status
// and the code, not the message, which may quote what was sent.
type fault struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Data    struct {
		TermID  int64 `json:"term_id"`
		Details map[string]struct {
			Code string `json:"code"`
			Data struct {
				Status int `json:"status"`
			} `json:"data"`
		} `json:"details"`
	} `json:"data"`
	status int
}

func (f fault) Error() string { return fmt.Sprintf("status %d, %s", f.status, f.name()) }

var code = regexp.MustCompile(`^[a-z0-9_-]{1,64}$`)

// name is the code, if it looks like one.
func (f fault) name() string {
	if code.MatchString(f.Code) {
		return f.Code
	}
	return "no code"
}

// early are the codes that WordPress's create routes answer with before they
// insert anything: from the checks of rights and parameters, and from the upload
// of the file. Any other 4xx may come after the insert, from the terms, the meta
// or a plugin's own fields.
var early = map[string]bool{
	"rest_not_logged_in": true, "rest_cannot_create": true, "rest_cannot_publish": true, "rest_cannot_edit": true,
	"rest_cannot_edit_others": true, "rest_cannot_assign_sticky": true, "rest_cannot_assign_term": true,
	"rest_forbidden": true, "rest_forbidden_context": true, "rest_invalid_param": true, "rest_missing_callback_param": true,
	"rest_invalid_json": true, "rest_post_exists": true, "rest_no_route": true, "rest_invalid_author": true,
	"empty_content": true, "incorrect_password": true, "invalid_username": true, "invalid_email": true,
	"application_passwords_disabled": true, "application_passwords_disabled_for_user": true, "rest_cookie_invalid_nonce": true,
	"rest_upload_no_data": true, "rest_upload_no_content_type": true, "rest_upload_no_content_disposition": true,
	"rest_upload_invalid_disposition": true, "rest_upload_file_too_big": true, "rest_upload_limited_space": true,
	"rest_upload_user_quota_exceeded": true, "rest_upload_hash_mismatch": true, "rest_upload_image_type_not_supported": true,
}

// classify turns a reply that isn't a success into an error.
func (c *Client) classify(r outbound.Reply, k call, now time.Time) error {
	var f fault
	_ = outbound.Decode(r.Body, &f) // as far as it can be read; HTML leaves it empty
	f.status = r.Status
	isJSON := f.Code != ""
	after := outbound.After(r.Header, "", now)
	if err := c.upload(f); err != nil {
		return err
	}
	switch {
	case r.Status == 429, r.Status == 503 && (f.Code == "wp_die" || r.Header.Get("Retry-After") != ""):
		return &igny8.Error{Code: igny8.Busy, After: after, Err: f, Message: c.base.Host + " is under maintenance or asks us to slow down"}
	case r.Status >= 500 && k.writes():
		return igny8.Wrap(igny8.Unknown, f, "%s failed at our request; perhaps it did what we asked", c.base.Host)
	case r.Status >= 500, r.Status == 408:
		return &igny8.Error{Code: igny8.Unavailable, After: after, Err: f, Message: c.base.Host + " has a problem of its own"}
	case k.index && r.Status != 401 && r.Status != 403:
		return c.noAPI(f)
	case k.creates && isJSON && !early[f.Code] && r.Status >= 400:
		return igny8.Wrap(igny8.Unknown, f, "%s refused a part of what we sent (%s); perhaps it made the rest", c.base.Host, f.name())
	}
	return c.refusal(f, k, isJSON)
}

// upload knows the errors of uploads, whose statuses mislead.
func (c *Client) upload(f fault) error {
	switch f.Code {
	case "rest_upload_sideload_error": // 500, and permanent all the same
		return igny8.Wrap(igny8.Invalid, f, "%s does not take this kind of file", c.base.Host)
	case "rest_upload_file_too_big", "rest_upload_unknown_error": // the second is PHP's own limit, as a 500
		return igny8.Wrap(igny8.TooLarge, f, "%s does not take a file of this size", c.base.Host)
	case "rest_upload_limited_space", "rest_upload_user_quota_exceeded":
		return igny8.Wrap(igny8.TooLarge, f, "%s has no space left for uploads", c.base.Host)
	case "rest_upload_hash_mismatch":
		return igny8.Wrap(igny8.Unavailable, f, "the file was damaged on its way to %s", c.base.Host)
	}
	return nil
}

// refusal is about requests that WordPress, or what stands before it, did not
// let through.
func (c *Client) refusal(f fault, k call, isJSON bool) error {
	host := c.base.Host
	status := f.status
	if d := f.Data.Details["status"]; d.Code == "rest_forbidden_status" { // a 400 about rights
		status = d.Data.Status
	}
	switch {
	case !k.auth && isJSON && (status == 401 || status == 403):
		return igny8.Wrap(igny8.Forbidden, f, "%s closes its REST API to visitors; allow requests to /wp-json/ in the plugin that does", host)
	case strings.HasPrefix(f.Code, "application_passwords_disabled"):
		return igny8.Wrap(igny8.Credentials, f, "%s has application passwords turned off; turn them on, or allow them for this user", host)
	case status == 401 && isJSON:
		return igny8.Wrap(igny8.Credentials, f, "%s does not accept the user name and application password; make a new application password in the user's profile. If they are right, the site's server drops the Authorization header, or the site is not on https", host)
	case status == 401:
		return igny8.Wrap(igny8.Credentials, f, "%s is behind a password of its web server; take that away from /wp-json/", host)
	case status == 403 && !isJSON:
		return igny8.Wrap(igny8.Forbidden, f, "a firewall before %s refuses us; allow requests to /wp-json/ there", host)
	case f.status == 403 && !ofRole(f.Code):
		return igny8.Wrap(igny8.Forbidden, f, "%s refuses us: a plugin there closes its REST API (%s); allow requests to /wp-json/ in it", host, f.name())
	case status == 403, strings.HasPrefix(f.Code, "rest_cannot"), strings.HasPrefix(f.Code, "rest_forbidden"):
		return igny8.Wrap(igny8.Forbidden, f, "the role of the user at %s is too small for this: publishing and uploading take an author, categories an editor", host)
	case status == 413:
		return igny8.Wrap(igny8.TooLarge, f, "%s does not take a request of this size", host)
	case f.Code == "rest_post_invalid_id", status == 410:
		return igny8.Wrap(igny8.NotFound, f, "%s does not have it any more", host)
	case f.Code == "rest_no_route", status == 404 && !isJSON:
		return c.noAPI(f)
	case status < 400:
		return igny8.Wrap(igny8.Invalid, f, "%s redirects elsewhere; enter the site's final address", host)
	}
	return igny8.Wrap(igny8.Invalid, f, "%s can't do this request (status %d)", host, status)
}

// ofRole reports whether a code is what WordPress itself refuses a role with.
// Plugins that close the API have codes of their own, of which this one begins
// like WordPress's.
func ofRole(code string) bool {
	return code != "rest_cannot_access" && (strings.HasPrefix(code, "rest_cannot") || strings.HasPrefix(code, "rest_forbidden") || strings.HasPrefix(code, "rest_user_cannot"))
}

func (c *Client) noAPI(cause error) error {
	return igny8.Wrap(igny8.Invalid, cause, "there is no WordPress REST API at %s; check the site's address and that no plugin turns the API off", c.base.Host)
}

// garbled is a read that can be repeated.
func (c *Client) garbled(cause error) error {
	return igny8.Wrap(igny8.Unavailable, cause, "%s answered with something else than its REST API does, perhaps a warning that a plugin prints", c.base.Host)
}

// shapeless is a success without the thing in it.
func (c *Client) shapeless(k call) error {
	if k.writes() {
		return igny8.Errorf(igny8.Unknown, "%s answered without saying what it made; perhaps it did what we asked", c.base.Host)
	}
	return c.garbled(nil)
}
