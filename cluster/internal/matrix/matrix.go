// Package matrix multiplies dense float32 matrices on one core: with AVX2 where
// the processor has it, else in plain Go. Both agree to 1e-4 of the length of
// the factors, not to the bit, because they add in another order.
package matrix

// Every product ends in one tile: 4 rows of A times 16 columns of B, added to
// 4×16 cells of C.
const (
	tileRows = 4
	tileCols = 16
)

// Rows rounds a number of rows up to what Multiply touches.
func Rows(n int) int { return (n + tileRows - 1) / tileRows * tileRows }

// Panels is a matrix of K rows, cut into panels of 16 columns: element (r, c)
// is at [c/16][r][c%16]. Columns missing in the last panel are zero.
type Panels struct {
	K, Cols int
	Data    []float32
}

// New returns a matrix of zeros.
func New(k, cols int) *Panels {
	return &Panels{K: k, Cols: cols, Data: make([]float32, (cols+tileCols-1)/tileCols*tileCols*k)}
}

// Width is the number of columns with the padding of the last panel.
func (p *Panels) Width() int { return len(p.Data) / p.K }

// SetColumn copies v, of length K, into column c.
func (p *Panels) SetColumn(c int, v []float32) {
	at := c/tileCols*tileCols*p.K + c%tileCols
	for _, x := range v {
		p.Data[at] = x
		at += tileCols
	}
}

// Column copies column c into v, of length K.
func (p *Panels) Column(c int, v []float32) {
	at := c/tileCols*tileCols*p.K + c%tileCols
	for r := range v {
		v[r] = p.Data[at]
		at += tileCols
	}
}

// Multiply adds A·B to C: A has the given rows of length B.K, C as many of
// length B.Width(). Both must hold Rows(rows) rows; the rows beyond are read
// and overwritten.
func (p *Panels) Multiply(rows int, a, c []float32) {
	k, width := p.K, p.Width()
	rows = Rows(rows)
	a, c = a[:rows*k], c[:rows*width]
	const block = 64 // rows that stay in the cache while the panels pass by
	for top := 0; top < rows; top += block {
		for col := 0; col < width; col += tileCols {
			b := p.Data[col*k : (col+tileCols)*k]
			for r := top; r < min(top+block, rows); r += tileRows {
				tile(k, a[r*k:(r+tileRows)*k], b, c[r*width+col:(r+3)*width+col+tileCols], width)
			}
		}
	}
}

// tileGo goes two columns at a time so that all sums stay in registers. The
// conversions forbid the compiler to fuse a product with its sum, which it
// does on some processors only.
func tileGo(k int, a, b, c []float32, ldc int) {
	a0, a1, a2, a3 := a[:k], a[k:2*k], a[2*k:3*k], a[3*k:4*k]
	for col := 0; col < tileCols; col += 2 {
		var s00, s01, s10, s11, s20, s21, s30, s31 float32
		at := col
		for r := range k {
			x, y := b[at], b[at+1]
			at += tileCols
			s00 += float32(a0[r] * x)
			s01 += float32(a0[r] * y)
			s10 += float32(a1[r] * x)
			s11 += float32(a1[r] * y)
			s20 += float32(a2[r] * x)
			s21 += float32(a2[r] * y)
			s30 += float32(a3[r] * x)
			s31 += float32(a3[r] * y)
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

// Dot is the product of two vectors of equal length.
func Dot(a, b []float32) float32 {
	b = b[:len(a)]
	whole := len(a) &^ 15
	s := dot16(a[:whole], b[:whole])
	for i := whole; i < len(a); i++ {
		s += float32(a[i] * b[i])
	}
	return s
}

func dotGo(a, b []float32) float32 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float32
	for i := 0; i+4 <= len(a); i += 4 {
		s0 += float32(a[i] * b[i])
		s1 += float32(a[i+1] * b[i+1])
		s2 += float32(a[i+2] * b[i+2])
		s3 += float32(a[i+3] * b[i+3])
	}
	return (s0 + s1) + (s2 + s3)
}

// Add adds scale·b to a, of equal length.
func Add(a []float32, scale float32, b []float32) {
	b = b[:len(a)]
	whole := len(a) &^ 15
	add16(a[:whole], scale, b[:whole])
	for i := whole; i < len(a); i++ {
		a[i] += float32(scale * b[i])
	}
}

func addGo(a []float32, scale float32, b []float32) {
	b = b[:len(a)]
	for i := range a {
		a[i] += float32(scale * b[i])
	}
}
