package main

import "math/rand/v2"

// kMeans is the baseline that is told the number of clusters: Lloyd's
// algorithm from k-means++ seeds, the best of five.
func kMeans(rows [][]float32, k int) []int {
	var best []int
	least := 0.0
	for seed := range uint64(5) {
		part, inertia := lloyd(rows, min(k, len(rows)), rand.New(rand.NewPCG(seed, 1)))
		if best == nil || inertia < least {
			best, least = part, inertia
		}
	}
	return best
}

func lloyd(rows [][]float32, k int, random *rand.Rand) ([]int, float64) {
	centers := seeds(rows, k, random)
	part := make([]int, len(rows))
	inertia := 0.0
	for round := range 50 {
		changed := false
		inertia = 0
		for i, row := range rows {
			at, d := nearest(row, centers)
			changed = changed || part[i] != at
			part[i] = at
			inertia += d
		}
		if !changed && round > 0 {
			break
		}
		count := make([]float32, k)
		for _, c := range centers {
			clear(c)
		}
		for i, row := range rows {
			count[part[i]]++
			for j, x := range row {
				centers[part[i]][j] += x
			}
		}
		for c, n := range count {
			for j := range centers[c] {
				centers[c][j] /= max(n, 1)
			}
		}
	}
	return part, inertia
}

// seeds draws each next center with a chance that grows with the square of its
// distance from those before (k-means++).
func seeds(rows [][]float32, k int, random *rand.Rand) [][]float32 {
	centers := [][]float32{append([]float32(nil), rows[random.IntN(len(rows))]...)}
	for len(centers) < k {
		chance := make([]float64, len(rows))
		var sum float64
		for i, row := range rows {
			_, chance[i] = nearest(row, centers)
			sum += chance[i]
		}
		at, left := 0, random.Float64()*sum
		for at < len(rows)-1 && left >= chance[at] {
			left -= chance[at]
			at++
		}
		centers = append(centers, append([]float32(nil), rows[at]...))
	}
	return centers
}

func nearest(row []float32, centers [][]float32) (at int, distance float64) {
	for c, center := range centers {
		var d float32
		for j, x := range center {
			d += (row[j] - x) * (row[j] - x)
		}
		if c == 0 || float64(d) < distance {
			at, distance = c, float64(d)
		}
	}
	return at, distance
}
