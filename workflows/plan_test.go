package workflows_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	. "github.com/igny8/igny8/workflows"
)

// New clusters are named by a model if the run wants that, so many at a time.
func TestClustersAreNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.in.Kind, w.naming = igny8.KindClusters, 2*NamesAtOnce+1
	_, err := w.run()
	require.NoError(t, err)
	require.Equal(t, 3, w.taken(Names.Ask.Name))
	require.Equal(t, igny8.HoldSettled, w.holds[w.in.Run.String()+":cluster_names:3:1"])
}

// A model that names nothing, or is not there, leaves the names as they are: the
// run goes on and succeeds.
func TestClustersKeepTheirNames(t *testing.T) {
	t.Parallel()
	for _, code := range []igny8.Code{igny8.NotConfigured, igny8.Unusable, igny8.Exhausted} {
		t.Run(string(code), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.naming = 3
			w.hooks[Names.Ask.Name] = func(int) error { return igny8.Errorf(code, "no") }
			tally, err := w.run()
			require.NoError(t, err)
			require.Equal(t, w.articles, tally.Done)
			require.Empty(t, w.halts)
		})
	}
}

// Keywords are embedded before they are grouped, a request after another; if one
// fails they are grouped all the same.
func TestKeywordsAreEmbedded(t *testing.T) {
	t.Parallel()
	for _, kind := range []igny8.RunKind{igny8.KindClusters, igny8.KindRecluster} {
		for name, failure := range map[string]error{"as wanted": nil, "or not": igny8.Errorf(igny8.NotConfigured, "no key")} {
			t.Run(string(kind)+" "+name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.in.Kind, w.embedding = kind, 2*igny8.EmbeddingBatch+1
				w.hooks[Embed.Ask.Name] = func(n int) error {
					if n == 2 {
						return failure
					}
					return nil
				}
				_, err := w.run()
				require.NoError(t, err)
				require.Empty(t, w.halts)
				step, asked := Cluster.Name, 3
				if kind == igny8.KindRecluster {
					step = Propose.Name
				}
				if failure != nil {
					asked = 2
				}
				require.Equal(t, 2, w.taken(step))
				require.Equal(t, asked, w.taken(Embed.Ask.Name))
				require.Less(t, slices.Index(w.steps, Embed.Ask.Name), len(w.steps)-1-slices.Index(reversed(w.steps), step), "the last grouping comes after it")
			})
		}
	}
}

func reversed(list []string) []string {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}

// No credits for names: the run waits, and goes on with them.
func TestNamesWaitForCredits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.in.Kind, w.naming = igny8.KindClusters, 1
	w.hooks[Reserve.Name] = func(n int) error {
		if n == 1 {
			return igny8.Errorf(igny8.NoCredits, "none left")
		}
		return nil
	}
	w.later(time.Hour, func() { w.update(ResumeUpdate, Resume{}) })
	_, err := w.run()
	require.NoError(t, err)
	require.Len(t, w.halts, 1)
	require.Equal(t, 1, w.taken(Names.Save.Name))
}
