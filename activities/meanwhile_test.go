package activities

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/workflows"
)

// meanwhile has something happen after a clustering has read the sector and
// before it writes: when it keeps what new keywords look like.
func (h *house) meanwhile(statement string) {
	h.t.Helper()
	h.sql(`create function meanwhile() returns trigger language plpgsql security definer as $$ begin ` + statement + `; return null; end $$`)
	h.sql(`create trigger meanwhile after insert on igny8_keyword_features for each statement execute function meanwhile()`)
}

// Whatever a person does while keywords are grouped, the run comes to its end,
// and what was done stays.
func TestWhatHappensWhileKeywordsAreGrouped(t *testing.T) {
	t.Parallel()
	const home = "(select cluster_id from igny8_keywords where keyword = 'burr grinder')"
	for name, c := range map[string]struct {
		change string
		check  func(t *testing.T, h *house)
	}{
		"keywords are archived": {
			"update igny8_keywords set status = 'archived', cluster_id = null, page_id = null where keyword in ('burr grinder reviews', 'zebra')",
			func(t *testing.T, h *house) {
				require.Equal(t, int64(2), one[int64](h, "select count(*) from igny8_keywords where status = 'archived' and cluster_id is null and nearest_id is null"))
			},
		},
		"keywords are deleted": {
			"delete from igny8_keywords where keyword in ('burr grinder reviews', 'zebra', 'milk frother')",
			func(t *testing.T, h *house) {
				require.NotEmpty(t, h.clusterOf("best milk frother"))
			},
		},
		"a topic's keywords are deleted": {
			"delete from igny8_keywords where keyword like '%milk frother'",
			func(t *testing.T, h *house) {
				require.Equal(t, int64(3), one[int64](h, "select count(*) from igny8_clusters"), "a cluster of nothing is none")
			},
		},
		"keywords are placed": {
			"update igny8_keywords set status = 'clustered', cluster_id = (select cluster_id from igny8_keywords where keyword = 'espresso tamper'), pinned = true where keyword in ('burr grinder reviews', 'zebra')",
			func(t *testing.T, h *house) {
				require.Equal(t, h.clusterOf("espresso tamper"), h.clusterOf("burr grinder reviews"))
				require.Equal(t, h.clusterOf("espresso tamper"), h.clusterOf("zebra"))
			},
		},
		"a cluster is deleted": {
			"delete from igny8_clusters where id = " + home,
			func(t *testing.T, h *house) {
				require.Empty(t, h.clusterOf("burr grinder reviews"))
				require.Equal(t, int64(6), one[int64](h, "select count(*) from igny8_keywords where keyword like '%burr grinder%' and cluster_id is null and nearest_id is null"))
			},
		},
		"a cluster is locked": {
			"update igny8_clusters set locked = true where id = " + home,
			func(t *testing.T, h *house) {
				require.Empty(t, h.clusterOf("burr grinder reviews"))
				require.Equal(t, h.clusterOf("burr grinder"), one[string](h, "select nearest_id::text from igny8_keywords where keyword = 'burr grinder reviews'"))
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := clustered(t)
			h.plant("burr grinder reviews", "milk frother", "best milk frother", "electric milk frother", "espresso tamper weight", "zebra")
			h.begin(igny8.KindClusters)
			h.meanwhile(c.change)

			perform(h, workflows.Cluster, workflows.Grouping{RunInput: h.run})

			require.Equal(t, h.clusterOf("espresso tamper"), h.clusterOf("espresso tamper weight"))
			c.check(t, h)
			h.figured()
		})
	}
}
