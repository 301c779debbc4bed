package cluster

import "golang.org/x/sys/cpu"

// fast reports whether the processor has what tileAVX2 needs. Plain Go can be
// forced with GODEBUG=cpu.avx2=off.
var fast = cpu.X86.HasAVX2 && cpu.X86.HasFMA

// tileAVX2 is tileGo with 256-bit fused multiply-adds: eight sums of eight
// cells hide the latency of the two units.
//
//go:noescape
func tileAVX2(k int, a, b, c *float32, ldc int)

func tile(k int, a, b, c []float32, ldc int) {
	if fast {
		tileAVX2(k, &a[0], &b[0], &c[0], ldc)
		return
	}
	tileGo(k, a, b, c, ldc)
}
