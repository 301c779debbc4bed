//go:build !amd64

package matrix

// Kernel names the kernel in use.
func Kernel() string { return "plain Go" }

// UsePlainGo changes nothing here.
func UsePlainGo() {}

func tile(k int, a, b, c []float32, ldc int) { tileGo(k, a, b, c, ldc) }

func dot16(a, b []float32) float32 { return dotGo(a, b) }

func add16(a []float32, scale float32, b []float32) { addGo(a, scale, b) }
