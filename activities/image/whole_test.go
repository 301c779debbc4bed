package image

import (
	"bytes"
	"encoding/base64"
	"image"
	"slices"
	"testing"

	"github.com/igny8/igny8"
)

// However a picture was cut it is found, and so is a chunk of a PNG that changed
// on the way.
func TestCutAnywhere(t *testing.T) {
	t.Parallel()
	w, err := base64.StdEncoding.DecodeString(webp)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"png": drawn(40, 30, "png"), "jpeg": drawn(40, 30, "jpeg"), "scans": scans(drawn(40, 30, "jpeg")), "webp": w} {
		if _, err := Decode(append(slices.Clone(b), "what is behind the end does no harm"...)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for n := range b {
			if _, err := Decode(b[:n]); igny8.CodeOf(err) != igny8.Malformed {
				t.Fatalf("%s: %d of %d bytes: %v", name, n, len(b), err)
			}
		}
	}
	changed := drawn(40, 30, "png")
	changed[len(changed)/2] ^= 1
	if _, err := Decode(changed); igny8.CodeOf(err) != igny8.Malformed {
		t.Errorf("a chunk that is not what its checksum says: %v", err)
	}
}

// scans is a JPEG with what an encoder may put into it: filled markers, restarts,
// and a segment with the end of a smaller picture in it.
func scans(jpeg []byte) []byte {
	at := bytes.Index(jpeg, []byte{0xff, 0xda})
	head, pixels := jpeg[:at], jpeg[at:]
	return slices.Concat(head[:2], []byte{0xff, 0xe1, 0, 6, 0xff, 0xd8, 0xff, 0xd9}, head[2:], []byte{0xff, 0xff, 0xfe, 0, 3, '!'}, pixels[:len(pixels)-2], []byte{0xff, 0xd0, 1, 0xff, 0xd7}, pixels[len(pixels)-2:])
}

// What decodes is whole, and nothing that is sent brings the walk down.
func FuzzWhole(f *testing.F) {
	for _, format := range []string{"png", "jpeg"} {
		f.Add(drawn(8, 8, format))
		f.Add(drawn(8, 8, format)[:60])
	}
	f.Add(scans(drawn(8, 8, "jpeg")))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, format := range []string{"png", "jpeg", "webp"} {
			whole(b, format)
		}
		if p, err := Measure(b); err == nil && p.MIME == "image/png" && p.Width*p.Height < 1<<16 {
			if _, _, err := image.Decode(bytes.NewReader(b)); err == nil && !whole(b, "png") {
				t.Error("a picture that decodes is called cut")
			}
		}
	})
}
