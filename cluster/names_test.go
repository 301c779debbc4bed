package cluster

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNamesAreWithoutQuotationMarks(t *testing.T) {
	t.Parallel()
	for keyword, name := range map[string]string{
		`"ndis aged care`:              "Ndis Aged Care",
		"“burr grinder” vs blade?":     "Burr Grinder” vs Blade",
		"how to clean a burr grinder?": "How to Clean a Burr Grinder",
		`"`:                            `"`,
		"'80s music":                   "80s Music",
	} {
		require.Equal(t, name, title(keyword))
	}
}
