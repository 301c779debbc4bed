package image

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

// whole reports whether a picture of a format goes on to its end, by how the
// format is built: what was cut or is no longer what was sent is found without
// decoding a million pixels of it.
func whole(b []byte, format string) bool {
	switch format {
	case "jpeg":
		return wholeJPEG(b)
	case "png":
		return wholePNG(b)
	case "webp":
		return len(b) >= 12 && uint64(len(b)) >= 8+uint64(binary.LittleEndian.Uint32(b[4:])) // RFC 9649, 2.4
	}
	return false
}

// wholeJPEG walks from marker to marker until that of the end. A segment says how
// long it is; in the pixels behind one that starts a scan 0xFF is a marker, but
// for a stuffed byte and the restarts (ITU T.81, B.1.1).
func wholeJPEG(b []byte) bool {
	const restart, end, scan = 0xd0, 0xd9, 0xda
	for at := 2; at+1 < len(b) && b[at] == 0xff; {
		marker := b[at+1]
		if marker == 0xff { // fills up
			at++
			continue
		}
		if marker == end {
			return true
		}
		if at+4 > len(b) {
			return false
		}
		at += 2 + int(binary.BigEndian.Uint16(b[at+2:]))
		for marker == scan {
			n := bytes.IndexByte(b[min(at, len(b)):], 0xff)
			if at += n; n < 0 || at+1 >= len(b) {
				return false
			}
			if m := b[at+1]; m != 0 && m&^7 != restart {
				break
			}
			at += 2
		}
	}
	return false
}

// wholePNG walks over the chunks and holds each against its checksum (PNG, 5.3).
func wholePNG(b []byte) bool {
	const signature, frame = 8, 12 // length, type and checksum
	for b = b[min(signature, len(b)):]; len(b) >= frame; {
		n := uint64(binary.BigEndian.Uint32(b))
		if n > uint64(len(b)-frame) || crc32.ChecksumIEEE(b[4:8+n]) != binary.BigEndian.Uint32(b[8+n:]) {
			return false
		}
		if string(b[4:8]) == "IEND" {
			return true
		}
		b = b[frame+n:]
	}
	return false
}
