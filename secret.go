package igny8

import "log/slog"

// A Secret is a key or a password. However it is printed, logged or encoded,
// it reads [redacted]; only Reveal gives it away.
type Secret string

const redacted = "[redacted]"

func (Secret) String() string               { return redacted }
func (Secret) GoString() string             { return redacted }
func (Secret) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Reveal returns the secret itself, for the one who sends it.
func (s Secret) Reveal() string { return string(s) }

// Hint returns the last four characters of a secret long enough that they give
// nothing away.
func (s Secret) Hint() string {
	if len(s) < 12 {
		return ""
	}
	return string(s[len(s)-4:])
}
