package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/igny8/igny8/temporal"
)

// ReconcileSchedule is the schedule that begins a Reconcile every minute, and
// the beginning of the names of its executions.
const ReconcileSchedule = "igny8-reconcile"

// Sweep mends what was left behind.
var Sweep = temporal.Step[Sweeping, Reconciled]{Name: "reconcile.sweep", Policy: temporal.Sweep}

// Reconcile mends what no workflow will come back to: runs whose workflow was
// terminated, credits they held, posts of which nobody knows whether they exist.
// It does not fail: what this one could not do, the next one finds again, and a
// failure would pause its schedule.
func Reconcile(ctx workflow.Context) (Reconciled, error) {
	found, err := Sweep.Run(ctx, Sweeping{})
	if err != nil && ctx.Err() == nil {
		workflow.GetLogger(ctx).Error("nothing was reconciled this time", "error", err)
		err = nil
	}
	return found, err
}

// Sweeping says what to look over. Full includes what is looked over once an
// hour otherwise: the ledger and the files.
type Sweeping struct {
	Full bool `json:"full,omitempty"`
}

// Reconciled is what a sweep found and mended, and what it could not mend.
type Reconciled struct {
	Runs            int           `json:"runs"`                       // ended in their row, since their workflow has ended
	Items           int           `json:"items"`                      // closed, since their run has ended
	HoldsReleased   int           `json:"holds_released"`             // given back: what they were for was not delivered
	HoldsSettled    int           `json:"holds_settled"`              // charged: it was
	Replies         int           `json:"replies"`                    // marked as lost: nobody waits for them any more
	Tasks           int           `json:"tasks"`                      // that looked as if somebody worked on them
	Adopted         int           `json:"posts_adopted"`              // found on their site
	SetBack         int           `json:"posts_set_back"`             // not there: they may be made again
	BlobsRemoved    int           `json:"blobs_removed"`              // files that nothing refers to
	PicturesMissing int           `json:"pictures_missing"`           // pictures without their file; they can't be mended, only made again
	PostsUnclear    int           `json:"posts_unclear"`              // whose site did not answer; they are asked for again
	KeysForgotten   int           `json:"keys_forgotten"`             // of requests that were made a month ago
	AccountsFolded  int           `json:"accounts_folded"`            // whose counts were folded
	MissingPictures []string      `json:"missing_pictures,omitempty"` // some of them
	Ledger          *Ledger       `json:"ledger,omitempty"`           // of a full sweep
	Errors          []string      `json:"errors,omitempty"`           // what could not be looked over
	Took            time.Duration `json:"took"`
}

// A Ledger is what ledger_check() read, and what it found wrong.
type Ledger struct {
	Wallets    int64    `json:"wallets"`
	Holds      int64    `json:"holds"`
	Entries    int64    `json:"entries"`
	Violations []string `json:"violations"`
}

// Mended counts what the sweep put right. Housekeeping is not among it.
func (r Reconciled) Mended() int {
	return r.Runs + r.Items + r.HoldsReleased + r.HoldsSettled + r.Replies + r.Tasks + r.Adopted + r.SetBack + r.BlobsRemoved
}
