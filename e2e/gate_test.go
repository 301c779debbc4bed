package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8/sandbox"
)

// A gate holds a run at one point of its way for as long as a test wants.
type gate struct {
	reached func() bool // whether the run stands there
	open    func()      // lets it go on; harmless to repeat
}

// await returns when the run stands at the gate.
func (g gate) await(t *testing.T, where string) {
	t.Helper()
	eventually(t, "the run is held at "+where, g.reached)
}

// free is no gate at all.
var free = gate{reached: func() bool { return true }, open: func() {}}

// holdCall is a gate at a call to a provider.
func holdCall(t *testing.T, snare *trap, at point) gate {
	t.Helper()
	there, goOn := make(chan struct{}), make(chan struct{})
	snare.at(at, func() {
		close(there)
		<-goOn
	})
	g := gate{reached: func() bool { return closed(there) }, open: func() {
		if !closed(goOn) {
			close(goOn)
		}
	}}
	t.Cleanup(g.open)
	return g
}

func closed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// holdRows is a gate at whatever has to change certain rows: they stay locked in
// a transaction of the test, by the statement, until the gate is opened.
func holdRows(t *testing.T, s *server, lock string, args ...any) gate {
	t.Helper()
	tx, err := s.sql.Begin(t.Context())
	require.NoError(t, err)
	tag, err := tx.Exec(t.Context(), lock, args...)
	require.NoError(t, err)
	require.True(t, tag.RowsAffected() > 0 || tag.String() == "LOCK TABLE", "nothing is locked by: %s", lock)
	holder := tx.Conn().PgConn().PID()
	g := gate{
		reached: func() bool {
			return value[bool](t, s, "select exists (select from pg_stat_activity where $1 = any(pg_blocking_pids(pid)))", int32(holder))
		},
		open: func() { _ = tx.Rollback(t.Context()) }, // it may be over
	}
	t.Cleanup(g.open)
	return g
}

// A stage is a part of a run's way at which it can be held.
type stage struct {
	name string
	mode string
	hold func(*testing.T, *lab, *trap) gate // nil: it is not held, and does what it does meanwhile
}

func calling(name, purpose string, moment sandbox.Moment) stage {
	return stage{name, "auto", func(t *testing.T, _ *lab, snare *trap) gate { return holdCall(t, snare, point{purpose, 1, moment}) }}
}

// stages are where a run can be when somebody has enough of it.
var stages = []stage{
	{"accepted", "auto", nil},
	{"clustering", "auto", func(t *testing.T, l *lab, _ *trap) gate {
		return holdRows(t, l.server, "lock table igny8_clusters in share mode")
	}},
	calling("ideas", "ideas", sandbox.Before),
	calling("writing", "article", sandbox.After),
	calling("describing pictures", "image_prompts", sandbox.Before),
	calling("picture ordered", "imageInference", sandbox.After),
	{"in review", "review", nil},
	calling("file uploaded", "media.create", sandbox.After),
	calling("post made", "post.create", sandbox.After),
	calling("post published", "post.update", sandbox.After),
}
