package cluster

// The matrix products of the encoder and of the neighbour search all end in
// one tile: 4 rows of A times 16 columns of B, added to 4×16 cells of C.
const (
	tileRows = 4
	tileCols = 16
)

// panels is a matrix of k rows, cut into panels of 16 columns: element (r, c)
// is at [c/16][r][c%16]. Columns missing in the last panel are zero.
type panels struct {
	k, cols int
	data    []float32
}

func newPanels(k, cols int) *panels {
	return &panels{k: k, cols: cols, data: make([]float32, (cols+tileCols-1)/tileCols*tileCols*k)}
}

// width is the number of columns with the padding of the last panel.
func (p *panels) width() int { return len(p.data) / p.k }

// setColumn copies v, of length k, into column c.
func (p *panels) setColumn(c int, v []float32) {
	at := c/tileCols*tileCols*p.k + c%tileCols
	for _, x := range v {
		p.data[at] = x
		at += tileCols
	}
}

// multiply adds A·B to C: A has the given rows of length B.k, C as many of
// length B.width(). The capacity of both holds a multiple of 4 rows: the rows
// beyond are read and overwritten. 64 rows stay in the cache while the panels
// pass by.
func (p *panels) multiply(rows int, a, c []float32) {
	k, width := p.k, p.width()
	rows = (rows + tileRows - 1) / tileRows * tileRows
	a, c = a[:rows*k], c[:rows*width]
	const block = 64
	for top := 0; top < rows; top += block {
		for col := 0; col < width; col += tileCols {
			b := p.data[col*k : (col+tileCols)*k]
			for r := top; r < min(top+block, rows); r += tileRows {
				tile(k, a[r*k:(r+tileRows)*k], b, c[r*width+col:(r+3)*width+col+tileCols], width)
			}
		}
	}
}

// tileGo is the tile in plain Go, two columns at a time so that all sums stay
// in registers.
func tileGo(k int, a, b, c []float32, ldc int) {
	a0, a1, a2, a3 := a[:k], a[k:2*k], a[2*k:3*k], a[3*k:4*k]
	for col := 0; col < tileCols; col += 2 {
		var s00, s01, s10, s11, s20, s21, s30, s31 float32
		at := col
		for r := range k {
			x, y := b[at], b[at+1]
			at += tileCols
			s00 += a0[r] * x
			s01 += a0[r] * y
			s10 += a1[r] * x
			s11 += a1[r] * y
			s20 += a2[r] * x
			s21 += a2[r] * y
			s30 += a3[r] * x
			s31 += a3[r] * y
		}
		c[col] += s00
		c[col+1] += s01
		c[ldc+col] += s10
		c[ldc+col+1] += s11
		c[2*ldc+col] += s20
		c[2*ldc+col+1] += s21
		c[3*ldc+col] += s30
		c[3*ldc+col+1] += s31
	}
}

// dot is the product of two vectors of equal length, in the order of the
// elements by four partial sums.
func dot(a, b []float32) float32 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float32
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return (s0 + s1) + (s2 + s3)
}
