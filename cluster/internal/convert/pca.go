package main

import (
	"cmp"
	"math"
	"slices"
)

// mean returns the mean of rows of a width.
func mean(rows []float32, width int) []float64 {
	m := make([]float64, width)
	for i, v := range rows {
		m[i%width] += float64(v)
	}
	for k := range m {
		m[k] /= float64(len(rows) / width)
	}
	return m
}

// principal returns the count directions in which rows of a width vary most,
// the strongest first, each of length 1 with its largest element positive.
func principal(rows []float32, width, count int) [][]float64 {
	center := mean(rows, width)
	cov := make([][]float64, width)
	for i := range cov {
		cov[i] = make([]float64, width)
	}
	x := make([]float64, width)
	for r := 0; r < len(rows); r += width {
		for k := range x {
			x[k] = float64(rows[r+k]) - center[k]
		}
		for i, a := range x {
			row := cov[i]
			for j := range i + 1 {
				row[j] += float64(a * x[j])
			}
		}
	}
	for i := range cov {
		for j := range i {
			cov[j][i] = cov[i][j]
		}
	}
	values, vectors := jacobi(cov)
	order := make([]int, width)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[b], values[a]) })
	out := make([][]float64, count)
	for i := range out {
		out[i] = upright(vectors[order[i]])
	}
	return out
}

func upright(v []float64) []float64 {
	most := 0.0
	for _, x := range v {
		if math.Abs(x) > math.Abs(most) {
			most = x
		}
	}
	if most < 0 {
		for i := range v {
			v[i] = -v[i]
		}
	}
	return v
}

// jacobi returns the eigenvalues and eigenvectors of a symmetric matrix, which
// it destroys, by turning its largest elements off the diagonal away.
func jacobi(a [][]float64) ([]float64, [][]float64) {
	n := len(a)
	vectors := make([][]float64, n) // a row is an eigenvector
	for i := range vectors {
		vectors[i] = make([]float64, n)
		vectors[i][i] = 1
	}
	for range 30 {
		var off, on float64
		for i := range a {
			for j := range i {
				off += a[i][j] * a[i][j]
			}
			on += a[i][i] * a[i][i]
		}
		if off <= 1e-20*on {
			break
		}
		for p := range n {
			for q := p + 1; q < n; q++ {
				turn(a, vectors, p, q)
			}
		}
	}
	values := make([]float64, n)
	for i := range values {
		values[i] = a[i][i]
	}
	return values, vectors
}

// turn rotates in the plane of p and q until a[p][q] is zero.
func turn(a, vectors [][]float64, p, q int) {
	if math.Abs(a[p][q]) < 1e-300 {
		return
	}
	theta := (a[q][q] - a[p][p]) / (2 * a[p][q])
	t := math.Copysign(1, theta) / (math.Abs(theta) + math.Sqrt(float64(theta*theta)+1))
	c := 1 / math.Sqrt(float64(t*t)+1)
	s := t * c
	ap, aq := a[p], a[q]
	for k := range ap { // rows
		x, y := ap[k], aq[k]
		ap[k], aq[k] = float64(c*x)-float64(s*y), float64(s*x)+float64(c*y)
	}
	for _, row := range a { // columns
		x, y := row[p], row[q]
		row[p], row[q] = float64(c*x)-float64(s*y), float64(s*x)+float64(c*y)
	}
	vp, vq := vectors[p], vectors[q]
	for k := range vp {
		x, y := vp[k], vq[k]
		vp[k], vq[k] = float64(c*x)-float64(s*y), float64(s*x)+float64(c*y)
	}
}
