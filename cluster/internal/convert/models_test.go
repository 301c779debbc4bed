//go:build models

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8/cluster/internal/matrix"
)

// TestFilesAreWhatConvertMakes takes minutes and needs the packages: `make models`
// fetches them and runs it.
func TestFilesAreWhatConvertMakes(t *testing.T) {
	matrix.UsePlainGo()
	files, err := convert("node_modules")
	require.NoError(t, err)
	require.Len(t, files, 3)
	total := 0
	for name, content := range files {
		have, err := os.ReadFile(filepath.Join("../../model", name))
		require.NoError(t, err)
		require.True(t, bytes.Equal(have, content), "%s differs", name)
		total += len(content)
	}
	require.LessOrEqual(t, total, 12_000_000)
}
