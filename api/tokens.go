package api

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/igny8/igny8"
)

const (
	issuer        = "igny8"
	audience      = "igny8-api"
	accessTTL     = 15 * time.Minute
	refreshIdle   = 14 * 24 * time.Hour // a session that nobody uses ends
	sessionLength = 60 * 24 * time.Hour // and every session ends after this
	leeway        = 30 * time.Second    // of clocks that differ
	refreshGrace  = 10 * time.Second    // in which a replaced token still brings its successor
)

// Tokens signs and reads access tokens. The first key signs, each reads what it
// signed: during a rotation there are two.
type Tokens struct {
	kid      string
	signer   ed25519.PrivateKey
	readers  map[string]ed25519.PublicKey
	parser   *jwt.Parser
	sequence []byte // derives a refresh token from the one before it
	known    known
}

// NewTokens makes a key of each seed of 32 random bytes. Whoever has a seed can
// sign in as anyone: keep them as secret as the database.
func NewTokens(seeds ...[]byte) (*Tokens, error) {
	t := &Tokens{readers: map[string]ed25519.PublicKey{}}
	for i, seed := range seeds {
		if len(seed) != ed25519.SeedSize {
			return nil, igny8.Errorf(igny8.NotConfigured, "A key that signs tokens is %d random bytes, not %d.", ed25519.SeedSize, len(seed))
		}
		key := ed25519.NewKeyFromSeed(seed)
		public := key.Public().(ed25519.PublicKey)
		sum := sha256.Sum256(public)
		kid := hex.EncodeToString(sum[:8])
		t.readers[kid] = public
		if i > 0 {
			continue
		}
		var err error
		t.kid, t.signer = kid, key
		if t.sequence, err = hkdf.Key(sha256.New, seed, nil, "igny8 refresh tokens", 32); err != nil {
			return nil, err
		}
	}
	if t.signer == nil {
		return nil, igny8.Errorf(igny8.NotConfigured, "There is no key to sign tokens with.")
	}
	t.parser = jwt.NewParser(jwt.WithValidMethods([]string{"EdDSA"}), jwt.WithIssuer(issuer), jwt.WithAudience(audience),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(leeway), jwt.WithStrictDecoding())
	return t, nil
}

// claims are what an access token says. What its subject may do is not among
// them: that is read from the database at each request.
type claims struct {
	jwt.RegisteredClaims
	Account igny8.AccountID `json:"acct"`
	Session uuid.UUID       `json:"sid"`
	Version int32           `json:"ver"`
	// Of a developer who works in another account: which, and who acts.
	In   igny8.AccountID `json:"in,omitzero"`
	Act  *actor          `json:"act,omitempty"`
	Turn int32           `json:"turn,omitempty"` // which time in this session
}

// actor is RFC 8693's act claim.
type actor struct {
	Subject string `json:"sub"`
}

// impersonation signs a token with which a developer works in an account.
func (t *Tokens) impersonation(c *caller, in igny8.AccountID, now time.Time) (string, time.Time, error) {
	return t.sign(claims{Account: c.Account, Session: c.Session, Version: c.version, In: in, Act: &actor{c.User.String()}, Turn: c.turn}, c.User, now)
}

// access signs a token and says when it expires.
func (t *Tokens) access(user igny8.UserID, account igny8.AccountID, session uuid.UUID, version int32, now time.Time) (string, time.Time, error) {
	return t.sign(claims{Account: account, Session: session, Version: version}, user, now)
}

func (t *Tokens) sign(c claims, user igny8.UserID, now time.Time) (string, time.Time, error) {
	expires := now.Add(accessTTL)
	c.RegisteredClaims = jwt.RegisteredClaims{
		Issuer: issuer, Audience: jwt.ClaimStrings{audience}, Subject: user.String(),
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(expires),
	}
	token := jwt.NewWithClaims(jwt.SigningMethodEdDSA, c)
	token.Header["kid"], token.Header["typ"] = t.kid, "at+jwt"
	signed, err := token.SignedString(t.signer)
	return signed, expires, err
}

// read returns what a token says, if one of our keys has signed it and it has
// not expired.
func (t *Tokens) read(token string) (c claims, user igny8.UserID, err error) {
	hash := sha256.Sum256([]byte(token))
	if r, ok := t.known.get(hash, time.Now()); ok {
		return r.claims, r.user, nil
	}
	_, err = t.parser.ParseWithClaims(token, &c, func(token *jwt.Token) (any, error) {
		kid, _ := token.Header["kid"].(string)
		key, ok := t.readers[kid]
		if !ok || token.Header["typ"] != "at+jwt" {
			return nil, jwt.ErrTokenUnverifiable
		}
		return key, nil
	})
	if err == nil {
		user, err = igny8.Parse[igny8.UserID](c.Subject)
	}
	if err != nil {
		return c, user, igny8.Wrap(igny8.Unauthenticated, err, "The access token is not valid, or has expired. Sign in again.")
	}
	t.known.put(hash, verified{c, user})
	return c, user, nil
}

// known are tokens whose signatures were good, by their hashes: checking one
// costs more than anything else that is done to recognise somebody. Whether the
// session still stands is asked of the database all the same.
type known struct {
	sync.RWMutex
	tokens map[[sha256.Size]byte]verified
}

type verified struct {
	claims claims
	user   igny8.UserID
}

// mostKnown is how many tokens are remembered, in some ten megabytes.
const mostKnown = 10_000

// get returns what a token says, until it expires.
func (k *known) get(hash [sha256.Size]byte, now time.Time) (verified, bool) {
	k.RLock()
	defer k.RUnlock()
	v, ok := k.tokens[hash]
	return v, ok && now.Before(v.claims.ExpiresAt.Add(leeway))
}

func (k *known) put(hash [sha256.Size]byte, v verified) {
	k.Lock()
	defer k.Unlock()
	if k.tokens == nil || len(k.tokens) >= mostKnown {
		k.tokens = map[[sha256.Size]byte]verified{}
	}
	k.tokens[hash] = v
}

// successor is the refresh token that follows another. It is derived, so that
// two requests which use the same one at the same moment are given the same.
func (t *Tokens) successor(token string) string {
	mac := hmac.New(sha256.New, t.sequence)
	mac.Write([]byte(token))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// hashed is how tokens and keys are kept.
func hashed(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
