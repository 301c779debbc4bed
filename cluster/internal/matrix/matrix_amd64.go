package matrix

import "golang.org/x/sys/cpu"

// fast reports whether the processor has what the kernels need. Plain Go can
// be forced with GODEBUG=cpu.avx2=off.
var fast = cpu.X86.HasAVX2 && cpu.X86.HasFMA

// Kernel names the kernel in use.
func Kernel() string {
	if fast {
		return "AVX2"
	}
	return "plain Go"
}

// UsePlainGo gives up AVX2 for the rest of the process, for results that are
// the same to the bit on every processor. It must come before any product.
func UsePlainGo() { fast = false }

// tileAVX2 is tileGo with 256-bit fused multiply-adds: eight sums of eight
// cells hide the latency of the two units.
//
//go:noescape
func tileAVX2(k int, a, b, c *float32, ldc int)

// dotAVX2 is the product of two vectors of n elements, n a multiple of 16.
//
//go:noescape
func dotAVX2(n int, a, b *float32) float32

// addAVX2 adds scale·b to a, of n elements, n a multiple of 16.
//
//go:noescape
func addAVX2(n int, a *float32, scale float32, b *float32)

func tile(k int, a, b, c []float32, ldc int) {
	if fast {
		tileAVX2(k, &a[0], &b[0], &c[0], ldc)
		return
	}
	tileGo(k, a, b, c, ldc)
}

func dot16(a, b []float32) float32 {
	if fast && len(a) > 0 {
		return dotAVX2(len(a), &a[0], &b[0])
	}
	return dotGo(a, b)
}

func add16(a []float32, scale float32, b []float32) {
	if fast && len(a) > 0 {
		addAVX2(len(a), &a[0], scale, &b[0])
		return
	}
	addGo(a, scale, b)
}
