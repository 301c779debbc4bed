package api

import (
	"context"
	_ "embed" // of the list below
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"github.com/igny8/igny8"
)

// argon is the cost of a password: OWASP's smallest, which two cores can bear.
var argon = &argon2id.Params{Memory: 19456, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// hashing bounds how many passwords are hashed at once: each takes 19 MiB and a
// core.
var hashing = make(chan struct{}, 2)

// nobody is the hash that the password of an unknown user is compared with, so
// that the answer takes as long.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$aWdueThpZ255OGlnbnk4aQ$Zm9yIG5vYm9keSwgdGhpcyBtYXRjaGVzIG5vdGhpbmc"

// guessed are passwords that anybody who guesses tries first: common ones of eight
// characters and more, in small letters.
//
//go:embed passwords.txt
var guessed string

var triedFirst = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for _, p := range strings.Fields(guessed) {
		all[strings.ToLower(p)] = true
	}
	return all
})

// HashPassword returns what is kept of a password. It waits for its turn. The
// error is Invalid for a password that is not taken: it has 8 to 128 characters,
// and is none of those that are tried first.
func HashPassword(ctx context.Context, password igny8.Secret) (string, error) {
	if n := utf8.RuneCountInString(password.Reveal()); n < 8 || n > 128 {
		return "", igny8.FieldErrorf("password", "A password has 8 to 128 characters.")
	}
	if triedFirst()[strings.ToLower(strings.TrimSpace(password.Reveal()))] {
		return "", igny8.FieldErrorf("password", "This password is among the first that anybody tries. Choose another, such as a few words of your own.")
	}
	if err := turn(ctx); err != nil {
		return "", err
	}
	defer func() { <-hashing }()
	return argon2id.CreateHash(password.Reveal(), argon)
}

// matches compares a password with a hash, and says whether the hash was made
// at another cost than today's.
func matches(ctx context.Context, password igny8.Secret, hash *string) (ok, old bool, err error) {
	if utf8.RuneCountInString(password.Reveal()) > 128 {
		return false, false, nil
	}
	if err := turn(ctx); err != nil {
		return false, false, err
	}
	defer func() { <-hashing }()
	against := nobody
	if hash != nil {
		against = *hash
	}
	ok, made, err := argon2id.CheckHash(password.Reveal(), against)
	if err != nil {
		return false, false, err
	}
	return ok && hash != nil, made.Memory != argon.Memory || made.Iterations != argon.Iterations || made.Parallelism != argon.Parallelism, nil
}

func turn(ctx context.Context) error {
	select {
	case hashing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return igny8.Errorf(igny8.Busy, "Too many people are signing in at this moment. Try again.")
	}
}
