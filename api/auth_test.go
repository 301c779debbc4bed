package api

import (
	"bytes"
	"context"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

// While keys are rotated there are two: the new one signs, and what the old one
// signed holds as long as it does. Without the old one it holds no more.
func TestTokenKeysAreRotated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	seeds := [][]byte{bytes.Repeat([]byte{7}, 32), bytes.Repeat([]byte{8}, 32)}
	a := w.post(t, "", "auth/login/", map[string]string{"email": "owner@mine.test", "password": password, "client": "native"})
	var before, after Session
	a.data(&before)
	both, err := NewTokens(seeds[1], seeds[0])
	require.NoError(t, err)
	w.Tokens = both
	w.get(t, before.AccessToken, "auth/me/").data(&Me{})
	w.post(t, "", "auth/refresh/", map[string]any{"refresh_token": before.RefreshToken}).data(&after)
	kid := func(token string) any {
		parsed, _, err := jwt.NewParser().ParseUnverified(token, jwt.MapClaims{})
		require.NoError(t, err)
		return parsed.Header["kid"]
	}
	require.NotEqual(t, kid(before.AccessToken), kid(after.AccessToken))
	require.Equal(t, both.kid, kid(after.AccessToken))
	w.Tokens, err = NewTokens(seeds[1])
	require.NoError(t, err)
	w.get(t, after.AccessToken, "auth/me/").data(&Me{})
	w.get(t, before.AccessToken, "auth/me/").refused(http.StatusUnauthorized, igny8.Unauthenticated)
}

// Whatever a token says, it is signed by EdDSA with a key of ours, for us, of the
// kind that opens the API, and for a time.
func TestTokensOfAnotherKind(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	said, _, err := w.Tokens.read(w.signIn(t, "owner@mine.test"))
	require.NoError(t, err)
	forge := func(method jwt.SigningMethod, key any, change func(*jwt.Token, *claims)) string {
		c := said
		token := jwt.NewWithClaims(method, &c)
		token.Header["kid"], token.Header["typ"] = w.Tokens.kid, "at+jwt"
		change(token, &c)
		signed, err := token.SignedString(key)
		require.NoError(t, err)
		return signed
	}
	nothing := func(*jwt.Token, *claims) {}
	w.get(t, forge(jwt.SigningMethodEdDSA, w.Tokens.signer, nothing), "auth/me/").data(&Me{})
	for what, token := range map[string]string{
		"HMAC with the public key": forge(jwt.SigningMethodHS256, []byte(w.Tokens.readers[w.Tokens.kid]), nothing),
		"no signature":             forge(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nothing),
		"another kind of token":    forge(jwt.SigningMethodEdDSA, w.Tokens.signer, func(t *jwt.Token, _ *claims) { t.Header["typ"] = "JWT" }),
		"no key":                   forge(jwt.SigningMethodEdDSA, w.Tokens.signer, func(t *jwt.Token, _ *claims) { delete(t.Header, "kid") }),
		"a key of its own":         forge(jwt.SigningMethodEdDSA, w.Tokens.signer, func(t *jwt.Token, _ *claims) { t.Header["kid"] = "../key"; t.Header["jku"] = "https://evil.test" }),
		"for somebody else":        forge(jwt.SigningMethodEdDSA, w.Tokens.signer, func(_ *jwt.Token, c *claims) { c.Audience = jwt.ClaimStrings{"another"} }),
		"by somebody else":         forge(jwt.SigningMethodEdDSA, w.Tokens.signer, func(_ *jwt.Token, c *claims) { c.Issuer = "another" }),
		"for ever":                 forge(jwt.SigningMethodEdDSA, w.Tokens.signer, func(_ *jwt.Token, c *claims) { c.ExpiresAt = nil }),
		"of an older version":      forge(jwt.SigningMethodEdDSA, w.Tokens.signer, func(_ *jwt.Token, c *claims) { c.Version-- }),
		"of another account":       forge(jwt.SigningMethodEdDSA, w.Tokens.signer, func(_ *jwt.Token, c *claims) { c.Account = w.theirs.account }),
	} {
		require.Equal(t, http.StatusUnauthorized, w.get(t, token, "auth/me/").status, what)
	}
}

// Signing out everywhere else ends the user's other sessions at once, and nobody
// else's.
func TestSignOutEverywhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, second, other := w.signIn(t, "admin@mine.test"), w.signIn(t, "admin@mine.test"), w.signIn(t, "owner@mine.test")
	var n Counted
	w.post(t, second, "auth/sessions/revoke_others/", nil).data(&n)
	require.EqualValues(t, 1, n.Done)
	w.get(t, first, "auth/me/").refused(http.StatusUnauthorized, igny8.Unauthenticated)
	w.get(t, second, "auth/me/").data(&Me{})
	w.get(t, other, "auth/me/").data(&Me{})
	var places Page[SessionRow]
	w.get(t, second, "auth/sessions/").into(&places)
	require.Len(t, places.Results, 2, "where one was signed in, and where one is")
	for _, p := range places.Results {
		require.Equal(t, p.RevokedAt == nil, p.Current)
	}
	w.post(t, second, "auth/me/password/", map[string]any{"old_password": password, "new_password": "another password"}).row()
	w.get(t, second, "auth/me/").refused(http.StatusUnauthorized, igny8.Unauthenticated)
	w.get(t, other, "auth/me/").data(&Me{})
}

// Who is throttled is so from where they try; the user comes in from elsewhere.
func TestNobodyIsLockedOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Proxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	try := func(from, with string) answer {
		return w.post(t, "", "auth/login/", map[string]string{"email": "admin@mine.test", "password": with}, "X-Forwarded-For", from)
	}
	for range 5 {
		try("203.0.113.9", "a guess").refused(http.StatusUnauthorized, igny8.Unauthenticated)
	}
	try("203.0.113.9", password).refused(http.StatusTooManyRequests, igny8.Busy)
	try("203.0.113.10", password).data(&Session{})
	require.True(t, value[bool](t, w, "select active from igny8_users where id = $1", w.mine.users[igny8.Admin]))
}

// An unknown user's password is hashed as a known one's, at the same cost and
// under the same limit.
func TestUnknownUsersCostAsMuch(t *testing.T) {
	t.Parallel()
	params, _, _, err := argon2id.DecodeHash(nobody)
	require.NoError(t, err)
	require.Equal(t, argon.Memory, params.Memory)
	require.Equal(t, argon.Iterations, params.Iterations)
	require.Equal(t, argon.Parallelism, params.Parallelism)
	ok, old, err := matches(t.Context(), password, nil)
	require.NoError(t, err)
	require.False(t, ok)
	require.False(t, old)
	over, end := context.WithCancel(t.Context())
	end()
	for range cap(hashing) {
		hashing <- struct{}{}
	}
	_, _, err = matches(over, password, nil)
	for range cap(hashing) {
		<-hashing
	}
	require.Equal(t, igny8.Busy, igny8.CodeOf(err), "it waits for its turn")
}

func TestPasswordsThatAreNotTaken(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "1234567", strings.Repeat("x", 129), "password123", "PassWord1", " iloveyou ", "Correcthorsebatterystaple"} {
		_, err := HashPassword(t.Context(), igny8.Secret(bad))
		require.Equal(t, igny8.Invalid, igny8.CodeOf(err), bad)
	}
	for _, good := range []string{"eight ch", "ein Paßwort 密码", strings.Repeat("ü", 128)} {
		hash, err := HashPassword(t.Context(), igny8.Secret(good))
		require.NoError(t, err, good)
		ok, old, err := matches(t.Context(), igny8.Secret(good), &hash)
		require.NoError(t, err)
		require.True(t, ok && !old)
	}
	require.Greater(t, len(triedFirst()), 200)
}

// A session that nobody uses ends after fourteen days, and every one after sixty.
func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	begin := func() (s Session) {
		w.post(t, "", "auth/login/", map[string]string{"email": "owner@mine.test", "password": password, "client": "native"}).data(&s)
		return s
	}
	again := func(s Session) answer {
		return w.post(t, "", "auth/refresh/", map[string]any{"refresh_token": s.RefreshToken})
	}
	idle := begin()
	w.sql(t, "update igny8_sessions set used_at = now() - $1::interval", refreshIdle+time.Minute)
	again(idle).refused(http.StatusUnauthorized, igny8.Unauthenticated)
	long := begin()
	require.Equal(t, 60, value[int](t, w, "select round(extract(epoch from max(expires_at) - now()) / 86400)::int from igny8_sessions"))
	w.sql(t, "update igny8_sessions set expires_at = now() - interval '1 second'")
	again(long).refused(http.StatusUnauthorized, igny8.Unauthenticated)
	w.get(t, long.AccessToken, "auth/me/").refused(http.StatusUnauthorized, igny8.Unauthenticated)
}
