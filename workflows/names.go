// Package workflows holds the plans: what happens, in which order, and what is
// done when it fails. It performs no I/O and knows nobody who does.
//
//	Pipeline ── Plan                    clusters → ideas → tasks
//	         └─ Batch (≤ 100 articles)
//	              └─ Article            content → review → images → review → publish
//	Tick ── Pipeline                    what a schedule starts
package workflows

import (
	"fmt"
	"strings"

	"github.com/igny8/igny8"
)

// Names of updates, queries and signals. Histories and callers know them, so
// they don't change.
const (
	PauseUpdate   = "pause"    // of a run: ()
	ResumeUpdate  = "resume"   // of a run: (Resume)
	SkipUpdate    = "skip"     // of a run: (Skip)
	DecideUpdate  = "decide"   // of an article: (Decision)
	ProgressQuery = "progress" // of a run: Progress

	orderSignal = "order" // down: Order
	newsSignal  = "news"  // up: News
)

// RunInput starts a run.
type RunInput struct {
	Scope igny8.Scope   `json:"scope"`
	Run   igny8.RunID   `json:"run"`
	Kind  igny8.RunKind `json:"kind"`
	Mode  igny8.Mode    `json:"mode"`
	Width int           `json:"width"` // articles under way at once
}

// ArticleWorkflowID names the execution that works on an article. Another
// revision or another try is another execution.
func ArticleWorkflowID(s igny8.Scope, task igny8.TaskID, revision, try int) string {
	return fmt.Sprintf("%s/article/%s/%d.%d", s.Account, task, revision, try)
}

func planID(in RunInput) string { return fmt.Sprintf("%s/plan/%s", in.Scope.Account, in.Run) }

func batchID(in RunInput, from int) string {
	return fmt.Sprintf("%s/batch/%s/%d", in.Scope.Account, in.Run, from)
}

// A Verb is what a person may decide about an article under review.
type Verb string

const (
	Approve        Verb = "approve"
	Reject         Verb = "reject"
	RequestChanges Verb = "request_changes"
)

// A Decision ends a review. It names the text it is about, so that it can't be
// taken for one about another.
type Decision struct {
	Content  igny8.ContentID `json:"content"`
	Revision int             `json:"revision"`
	Verb     Verb            `json:"verb"`
	Reason   string          `json:"reason,omitempty"` // of a rejection, or what is to be changed
	Actor    igny8.UserID    `json:"actor,omitzero"`
	Role     igny8.Role      `json:"role,omitempty"`
}

func (d Decision) validate() error {
	switch {
	case d.Verb != Approve && d.Verb != Reject && d.Verb != RequestChanges:
		return igny8.FieldErrorf("verb", "One can approve, reject or request_changes, not %q.", d.Verb)
	case d.Verb == RequestChanges && strings.TrimSpace(d.Reason) == "":
		return igny8.FieldErrorf("instruction", "Say what is to be changed.")
	}
	return nil
}

// Resume lets a paused run go on, with another cap if one is given.
type Resume struct {
	MaxCredits *igny8.Credits `json:"max_credits,omitempty"`
}

// Skip leaves an article out of a run.
type Skip struct {
	Task igny8.TaskID `json:"task"`
}

// Progress is what a run says of itself. The row of the run tells the same in
// more words; the one with the greater version is the later.
type Progress struct {
	Version    int64           `json:"version"`
	Status     igny8.RunStatus `json:"status"`
	Stage      string          `json:"stage"`
	Percentage int             `json:"percentage"`
	Paused     bool            `json:"paused"`
	Code       igny8.Code      `json:"code,omitempty"` // why it is paused
	Reason     string          `json:"reason,omitempty"`
	Tally      Tally           `json:"tally"`
}

// Tally counts what became of articles.
type Tally struct {
	Done    int `json:"done"`
	Failed  int `json:"failed"`
	Skipped int `json:"skipped"`
}

func (t *Tally) add(o Tally) {
	t.Done += o.Done
	t.Failed += o.Failed
	t.Skipped += o.Skipped
}
