package api

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

// A token that was read before says the same again, and no longer than it holds.
func TestKnownTokensExpire(t *testing.T) {
	t.Parallel()
	tokens, err := NewTokens(bytes.Repeat([]byte{7}, 32))
	require.NoError(t, err)
	user, account := igny8.UserID{UUID: uuid.New()}, igny8.AccountID{UUID: uuid.New()}
	now := time.Now()
	token, expires, err := tokens.access(user, account, uuid.New(), 3, now)
	require.NoError(t, err)
	for range 2 {
		said, who, err := tokens.read(token)
		require.NoError(t, err)
		require.Equal(t, user, who)
		require.Equal(t, account, said.Account)
		require.EqualValues(t, 3, said.Version)
	}
	for hash := range tokens.known.tokens {
		_, ok := tokens.known.get(hash, expires.Add(leeway-time.Second))
		require.True(t, ok)
		_, ok = tokens.known.get(hash, expires.Add(leeway))
		require.False(t, ok)
	}
	require.Len(t, tokens.known.tokens, 1)
	other, _, err := tokens.access(user, account, uuid.New(), 3, now)
	require.NoError(t, err)
	_, _, err = tokens.read(token[:strings.LastIndexByte(token, '.')] + other[strings.LastIndexByte(other, '.'):])
	require.Equal(t, igny8.Unauthenticated, igny8.CodeOf(err))
	require.Len(t, tokens.known.tokens, 1)
}

func TestKnownTokensAreBounded(t *testing.T) {
	t.Parallel()
	var k known
	for i := range uint32(mostKnown + 1) {
		var hash [32]byte
		binary.BigEndian.PutUint32(hash[:], i)
		k.put(hash, verified{})
		require.LessOrEqual(t, len(k.tokens), mostKnown)
	}
}
