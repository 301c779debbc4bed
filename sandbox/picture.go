package sandbox

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

// A picture is what was ordered; it is drawn when somebody looks.
type picture struct {
	Name   string  `json:"name"` // Runware's taskUUID, or of our own making
	Key    string  `json:"key"`
	Prompt string  `json:"prompt"`
	Width  int     `json:"width"`
	Height int     `json:"height"`
	Format string  `json:"format"` // png or jpeg
	Seed   uint64  `json:"seed"`
	Count  int     `json:"count"`
	Cost   float64 `json:"cost"`            // in dollars, for all
	Ready  int64   `json:"ready"`           // Unix milliseconds
	Failed bool    `json:"failed"`          // charged nothing, made nothing
	Output string  `json:"output"`          // Runware: URL, base64Data or dataURI
	Fault  Kind    `json:"fault,omitempty"` // what is wrong with the answers about it
	Sketch bool    `json:"sketch,omitempty"`
}

// draw makes the n-th picture of the order: bands of colour, shapes and the
// first words of the prompt, the same each time. It takes some 20 ms for a
// million pixels.
func (p *picture) draw(n int) []byte {
	if p.Sketch {
		return p.sketch(n)
	}
	r := rand.New(rand.NewPCG(p.Seed+uint64(n), hashOf(p.Prompt)))
	img := image.NewPaletted(image.Rect(0, 0, p.Width, p.Height), paletteOf(r))
	sky(img, r)
	for range 5 + r.IntN(4) {
		disc(img, r)
	}
	hills(img, r)
	caption(img, p.Prompt)
	var out bytes.Buffer
	var err error
	if p.Format == "jpeg" {
		err = jpeg.Encode(&out, flat(img), &jpeg.Options{Quality: 82})
	} else {
		err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, img)
	}
	if err != nil {
		panic(err) // into memory, at a size that was checked
	}
	return out.Bytes()
}

// mime is the media type of the picture.
func (p *picture) mime() string { return "image/" + p.Format }

// The parts of the palette: shades of the sky, colours of the shapes, and black
// and white for the caption.
const (
	skyShades  = 48
	hillShades = 8
	discShades = 8
	ink        = skyShades + hillShades + discShades
	paper      = ink + 1
)

func paletteOf(r *rand.Rand) color.Palette {
	base := r.Float64()
	p := make(color.Palette, 0, paper+1)
	for i := range skyShades {
		t := float64(i) / (skyShades - 1)
		p = append(p, hsl(base+0.12*t, 0.55, 0.30+0.5*t))
	}
	for i := range hillShades {
		t := float64(i) / hillShades
		p = append(p, hsl(base+0.45+0.1*t, 0.40, 0.55-0.35*t))
	}
	for i := range discShades {
		p = append(p, hsl(base+0.55+0.06*float64(i), 0.70, 0.62))
	}
	return append(p, color.RGBA{20, 24, 32, 255}, color.RGBA{250, 250, 246, 255})
}

func hsl(h, s, l float64) color.Color {
	h = h - math.Floor(h)
	c := (1 - math.Abs(2*l-1)) * s
	channel := func(shift float64) uint8 {
		k := math.Mod(shift+h*12, 12)
		return uint8(255 * (l - c/2*max(-1, min(k-3, min(9-k, 1)))))
	}
	return color.RGBA{channel(0), channel(8), channel(4), 255}
}

// sky fills the picture with a gradient at an angle.
func sky(img *image.Paletted, r *rand.Rand) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	slant := (r.Float64() - 0.5) * 0.8
	for y := range h {
		row := img.Pix[y*img.Stride : y*img.Stride+w]
		for x := range row {
			t := float64(y)/float64(h) + slant*(float64(x)/float64(w)-0.5)
			row[x] = uint8(min(max(t, 0), 0.999) * skyShades)
		}
	}
}

func disc(img *image.Paletted, r *rand.Rand) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	radius := (0.04 + 0.12*r.Float64()) * float64(min(w, h))
	cx, cy := r.Float64()*float64(w), r.Float64()*float64(h)*0.7
	shade := uint8(skyShades + hillShades + r.IntN(discShades))
	for y := max(0, int(cy-radius)); y < min(h, int(cy+radius)); y++ {
		dy := float64(y) - cy
		half := math.Sqrt(max(0, radius*radius-dy*dy))
		for x := max(0, int(cx-half)); x < min(w, int(cx+half)); x++ {
			img.Pix[y*img.Stride+x] = shade
		}
	}
}

// hills draws three waves in front.
func hills(img *image.Paletted, r *rand.Rand) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	for layer := range 3 {
		shade := uint8(skyShades + 2*layer + r.IntN(3))
		phase, length, height := r.Float64()*7, 0.6+r.Float64(), 0.04+0.06*r.Float64()
		for x := range w {
			t := float64(x) / float64(w)
			top := 0.62 + 0.11*float64(layer) + height*math.Sin(phase+t*7*length) + height/3*math.Sin(2*phase+t*19)
			for y := int(top * float64(h)); y < h; y++ {
				img.Pix[y*img.Stride+x] = shade
			}
		}
	}
}

// caption writes the beginning of the prompt at the foot, large.
func caption(img *image.Paletted, prompt string) {
	text := printable(prompt)
	face := basicfont.Face7x13
	mask := image.NewAlpha(image.Rect(0, 0, len(text)*face.Advance+1, face.Height))
	d := font.Drawer{Dst: mask, Src: image.Opaque, Face: face, Dot: fixed.P(0, face.Ascent)}
	d.DrawString(text)
	w, h := img.Rect.Dx(), img.Rect.Dy()
	scale := max(1, min(w*8/10/max(1, mask.Rect.Dx()), h/14/face.Height+1))
	left, top := w/16, h-h/12-scale*face.Height
	for y := range mask.Rect.Dy() * scale {
		for x := range mask.Rect.Dx() * scale {
			if mask.AlphaAt(x/scale, y/scale).A > 127 && image.Pt(left+x, top+y).In(img.Rect) {
				if at := image.Pt(left+x+scale, top+y+scale); at.In(img.Rect) {
					img.Pix[at.Y*img.Stride+at.X] = ink
				}
				img.Pix[(top+y)*img.Stride+left+x] = paper
			}
		}
	}
}

// printable is the first words of a prompt in letters that the font has.
func printable(prompt string) string {
	text := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, prompt)
	before, _, _ := strings.Cut(text, ",")
	return cut(before, 32)
}

// flat is the picture in full colour, which the JPEG encoder is quick with.
func flat(img *image.Paletted) *image.RGBA {
	var table [paper + 1]color.RGBA
	for i, c := range img.Palette {
		table[i] = c.(color.RGBA)
	}
	out := image.NewRGBA(img.Rect)
	for i, shade := range img.Pix {
		c := table[shade]
		out.Pix[4*i], out.Pix[4*i+1], out.Pix[4*i+2], out.Pix[4*i+3] = c.R, c.G, c.B, 255
	}
	return out
}

// noImage is what stands in for a picture where one is to be none.
var noImage = []byte("<html><body>This is not the picture you are looking for.</body></html>")
