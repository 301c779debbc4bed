package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// How much garbage may gather before it is collected, unless GOGC says otherwise.
// While little is in use, that is a multiple of it: with Go's 100 a tenth of our
// processors' time would be spent on collecting. As more comes into use it stays
// the same number of bytes, so that a long run needs little more memory than a
// short one.
const (
	garbageBytes   = 160 << 20
	garbagePercent = 300 // of what is in use, at most
	garbageLeast   = 25  // percent of what is in use, lest collecting never ends
)

// boundGarbage sets that, and again after each collection.
func boundGarbage() {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(garbagePercent)
	afterCollection(garbagePercent)
}

// afterCollection adjusts the percentage once the next collection is over, and so on.
func afterCollection(set int) {
	type collected struct{ _ *byte } // the pointer gives it a piece of memory of its own
	runtime.AddCleanup(new(collected), func(set int) { afterCollection(adjust(set)) }, set)
}

// adjust sets the percentage that what is in use asks for, and returns it. If the
// one there is isn't what was set last, somebody else has seen to it, as a large
// clustering does for as long as it lasts: it stays.
func adjust(last int) int {
	now, wanted := garbage()
	if now != last || now == wanted {
		return last
	}
	debug.SetGCPercent(wanted)
	return wanted
}

// garbage returns the percentage there is, and the one that what is in use asks for.
func garbage() (now, wanted int) {
	read := []metrics.Sample{{Name: "/gc/gogc:percent"}, {Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/stack:bytes"}, {Name: "/gc/scan/globals:bytes"}}
	metrics.Read(read)
	inUse := read[1].Value.Uint64() + read[2].Value.Uint64() + read[3].Value.Uint64() // the percentage is of all three
	return int(read[0].Value.Uint64()), percentFor(inUse)
}

// percentFor is the percentage for so many bytes in use.
func percentFor(inUse uint64) int {
	return int(max(garbageLeast, min(garbagePercent, garbageBytes*100/max(inUse, 1))))
}
