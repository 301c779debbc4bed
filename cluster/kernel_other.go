//go:build !amd64

package cluster

const fast = false

func tile(k int, a, b, c []float32, ldc int) { tileGo(k, a, b, c, ldc) }
