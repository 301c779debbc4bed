package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

func TestSignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.post(t, "", "auth/login/", map[string]string{"email": " Owner@mine.test", "password": password})
	require.Equal(t, http.StatusOK, a.status, a.body)
	var s Session
	a.data(&s)
	require.Empty(t, s.RefreshToken, "a browser's refresh token is in its cookie alone")
	require.Equal(t, w.mine.account, s.User.Account)
	cookie := cookieOf(t, a)
	require.True(t, cookie.HttpOnly)
	require.Equal(t, http.SameSiteStrictMode, cookie.SameSite)

	var me Me
	w.get(t, s.AccessToken, "auth/me/").data(&me)
	require.Equal(t, "owner@mine.test", me.Email)
	require.Contains(t, me.Powers, igny8.Bill)
	require.Equal(t, "auth.login", value[string](t, w, "select action from igny8_audit_log where account_id = $1", w.mine.account))

	for _, wrong := range []map[string]string{
		{"email": "owner@mine.test", "password": "not the password"},
		{"email": "nobody@mine.test", "password": password},
		{"email": "bot@igny8.invalid", "password": password},
	} {
		w.post(t, "", "auth/login/", wrong).refused(http.StatusUnauthorized, igny8.Unauthenticated)
	}
}

func cookieOf(t *testing.T, a answer) *http.Cookie {
	t.Helper()
	cookies := (&http.Response{Header: a.header}).Cookies()
	require.Len(t, cookies, 1, a.body)
	return cookies[0]
}

// A token that was replaced and comes again has been copied: whoever has it,
// and whoever has its successor, must sign in anew.
func TestRefreshTokensAreUsedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	refresh := func(token string) answer {
		return w.post(t, "", "auth/refresh/", map[string]string{"refresh_token": token})
	}
	a := w.post(t, "", "auth/login/", map[string]string{"email": "owner@mine.test", "password": password, "client": "native"})
	var first, second, same, third Session
	a.data(&first)
	require.Empty(t, a.header.Values("Set-Cookie"))
	refresh(first.RefreshToken).data(&second)
	require.NotEqual(t, first.RefreshToken, second.RefreshToken)

	refresh(first.RefreshToken).data(&same) // two tabs, at the same moment
	require.Equal(t, second.RefreshToken, same.RefreshToken)
	refresh(second.RefreshToken).data(&third)
	require.Equal(t, http.StatusOK, w.get(t, third.AccessToken, "auth/me/").status)

	w.sql(t, "update igny8_refresh_tokens set replaced_at = replaced_at - interval '11 s' where replaced_at is not null")
	refresh(first.RefreshToken).refused(http.StatusUnauthorized, igny8.Unauthenticated)
	refresh(third.RefreshToken).refused(http.StatusUnauthorized, igny8.Unauthenticated)
	w.get(t, third.AccessToken, "auth/me/").refused(http.StatusUnauthorized, igny8.Unauthenticated)
	require.Equal(t, int64(1), value[int64](t, w, "select count(*) from igny8_audit_log where action = 'auth.refresh_reused'"))
}

func TestCookieRefreshAndSignOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := w.post(t, "", "auth/login/", map[string]string{"email": "owner@mine.test", "password": password})
	a := w.post(t, "", "auth/refresh/", nil, "Cookie", cookieOf(t, in).String())
	require.Equal(t, http.StatusOK, a.status, a.body)
	var s Session
	a.data(&s)
	out := w.post(t, "", "auth/logout/", nil, "Cookie", cookieOf(t, a).String())
	require.Equal(t, http.StatusOK, out.status, out.body)
	require.Negative(t, cookieOf(t, out).MaxAge)
	w.get(t, s.AccessToken, "auth/me/").refused(http.StatusUnauthorized, igny8.Unauthenticated)
}

// What a user may do is what the database says at each request.
func TestChangesOfAUserHoldFromTheNextRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	editor := w.signIn(t, "editor@mine.test")
	body := map[string]any{"sector_id": w.mine.sector, "keyword": "one"}
	w.post(t, editor, "planner/keywords/", body).data(&Keyword{})

	w.sql(t, "update igny8_users set role = 'viewer' where id = $1", w.mine.users[igny8.Editor])
	body["keyword"] = "two"
	w.post(t, editor, "planner/keywords/", body).refused(http.StatusForbidden, igny8.Forbidden)

	w.sql(t, "update igny8_users set role = 'editor' where id = $1", w.mine.users[igny8.Editor])
	w.sql(t, "delete from igny8_site_grants where user_id = $1", w.mine.users[igny8.Editor])
	w.post(t, editor, "planner/keywords/", body).refused(http.StatusNotFound, igny8.NotFound)

	w.sql(t, "update igny8_accounts set status = 'suspended' where id = $1", w.mine.account)
	w.post(t, editor, "planner/keywords/", body).refused(http.StatusForbidden, igny8.Suspended)
	require.Equal(t, http.StatusOK, w.get(t, editor, "planner/keywords/").status)

	w.sql(t, "update igny8_users set active = false where id = $1", w.mine.users[igny8.Editor])
	w.get(t, editor, "planner/keywords/").refused(http.StatusUnauthorized, igny8.Unauthenticated)
}

func TestAPIKeysAreNeverMoreThanTheirMaker(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := keyPrefix + "0123456789abcdef0123456789abcdef0123456789a"
	w.sql(t, "insert into igny8_api_keys (account_id, name, hash, hint, role, created_by) values ($1, 'test', $2, 'abcd', 'admin', $3)",
		w.mine.account, hashed(key), w.mine.users[igny8.Viewer])
	var list Page[Site]
	a := w.get(t, key, "auth/sites/")
	require.Equal(t, http.StatusOK, a.status, a.body)
	a.into(&list)
	require.Len(t, list.Results, 1, "the viewer's one site")
	w.post(t, key, "planner/keywords/", map[string]any{"sector_id": w.mine.sector, "keyword": "one"}).refused(http.StatusForbidden, igny8.Forbidden)

	// One of a lesser role works on the sites of who made it.
	w.sql(t, "update igny8_api_keys set role = 'editor', created_by = $1", w.mine.users[igny8.Owner])
	w.get(t, key, "auth/sites/").into(&list)
	require.Len(t, list.Results, 2)
	w.post(t, key, "planner/keywords/", map[string]any{"sector_id": w.mine.hidden, "keyword": "two"}).row()
	w.get(t, key, "auth/users/").refused(http.StatusForbidden, igny8.Forbidden)
	w.sql(t, "update igny8_api_keys set revoked_at = now()")
	w.get(t, key, "auth/sites/").refused(http.StatusUnauthorized, igny8.Unauthenticated)
}

func TestSignInIsThrottledByUserAndAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := map[string]string{"email": "admin@mine.test", "password": "not the password"}
	for range 5 {
		w.post(t, "", "auth/login/", body).refused(http.StatusUnauthorized, igny8.Unauthenticated)
	}
	a := w.post(t, "", "auth/login/", body)
	a.refused(http.StatusTooManyRequests, igny8.Busy)
	require.NotEmpty(t, a.header.Get("Retry-After"))
	w.signIn(t, "owner@mine.test") // others are not shut out
}

// Tokens that we have not signed, or not so, are not ours.
func TestForgedTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.signIn(t, "owner@mine.test")
	other, err := NewTokens(make([]byte, 32))
	require.NoError(t, err)
	said, user, err := w.Tokens.read(token)
	require.NoError(t, err)
	stranger, _, err := other.access(user, said.Account, said.Session, said.Version, said.IssuedAt.Time)
	require.NoError(t, err)
	late, _, err := w.Tokens.access(user, said.Account, said.Session, said.Version, said.IssuedAt.Add(-accessTTL*2))
	require.NoError(t, err)
	unsigned := "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0." + split(token)[1] + "."
	for _, forged := range []string{stranger, late, unsigned, token + "A", "", "x", split(token)[0] + "." + split(token)[1] + "."} {
		w.get(t, forged, "auth/me/").refused(http.StatusUnauthorized, igny8.Unauthenticated)
	}
}

func split(token string) []string { return strings.Split(token, ".") }
