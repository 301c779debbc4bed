package main

import (
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestGarbageStaysTheSameHoweverMuchIsInUse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		inUse := rapid.Uint64Range(0, 1<<40).Draw(t, "in use")
		percent := percentFor(inUse)
		garbage := inUse * uint64(percent) / 100
		require.LessOrEqual(t, garbage, max(garbageBytes, inUse*garbageLeast/100))
		require.GreaterOrEqual(t, percent, garbageLeast)
		require.LessOrEqual(t, percent, garbagePercent)
		if percent > garbageLeast && percent < garbagePercent {
			require.Greater(t, garbage, uint64(garbageBytes)-inUse/100-1)
		}
	})
}

// The percentage is the whole process's, so the parts take turns.
func TestGarbageIsBounded(t *testing.T) {
	before := debug.SetGCPercent(garbagePercent)
	defer debug.SetGCPercent(before)
	ballast := make([]byte, 64<<20)
	runtime.GC()
	lower := adjust(garbagePercent)
	require.Less(t, lower, garbagePercent, "64 MiB more are in use")
	require.Equal(t, lower, debug.SetGCPercent(garbagePercent))

	debug.SetGCPercent(40)
	require.Equal(t, garbagePercent, adjust(garbagePercent))
	require.Equal(t, 40, debug.SetGCPercent(garbagePercent), "what somebody else has set stays")

	t.Setenv("GOGC", "")
	boundGarbage()
	for now := garbagePercent; now == garbagePercent; now, _ = garbage() {
		runtime.GC()
	}
	runtime.KeepAlive(ballast)
}
