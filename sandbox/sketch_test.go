package sandbox

import (
	"bytes"
	"image"
	"testing"

	"github.com/stretchr/testify/require"
)

// A sketch is a picture of the size and format that were ordered, the same each
// time, and like no other.
func TestSketches(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"png", "jpeg"} {
		one := picture{Name: "a", Prompt: "coffee", Width: 640, Height: 512, Format: format, Sketch: true}
		other := one
		other.Prompt = "tea"
		config, found, err := image.DecodeConfig(bytes.NewReader(one.draw(0)))
		require.NoError(t, err)
		require.Equal(t, format, found)
		require.Equal(t, []int{640, 512}, []int{config.Width, config.Height})
		_, _, err = image.Decode(bytes.NewReader(one.draw(0)))
		require.NoError(t, err)
		again := one
		require.Equal(t, one.draw(0), again.draw(0))
		require.NotEqual(t, one.draw(0), one.draw(1))
		require.NotEqual(t, one.draw(0), other.draw(0))
	}
}
