package workflows

import (
	"time"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/temporal"
)

// The functions of a model, and what they turn into what.
var (
	Embed      = function[igny8.RunID, int](igny8.Embedding, temporal.Model)
	Ideas      = function[igny8.ClusterID, igny8.IdeaID](igny8.Ideation, temporal.Model)
	Names      = function[igny8.RunID, igny8.ClusterID](igny8.Naming, temporal.Model)
	Write      = function[igny8.TaskID, igny8.ContentID](igny8.Writing, temporal.Model)
	Rewrite    = function[igny8.TaskID, igny8.ContentID](igny8.Rewriting, temporal.Model)
	Prompts    = function[igny8.ContentID, igny8.ImageID](igny8.Prompting, temporal.Model)
	Illustrate = function[igny8.ImageID, igny8.ImageID](igny8.Illustration, temporal.Image)
)

// Everything else that the workflows ask of the outside world. Histories keep
// the names: changing one is a migration, and a test says so.
var (
	BeginRun   = temporal.Step[RunInput, Begun]{Name: "run.begin", Policy: temporal.Local}
	SetStage   = temporal.Step[StageChange, Mark]{Name: "run.stage", Policy: temporal.Local}
	PauseRun   = temporal.Step[Halt, Mark]{Name: "run.pause", Policy: temporal.Local}
	ResumeRun  = temporal.Step[ResumeOf, Mark]{Name: "run.resume", Policy: temporal.Local}
	EndRun     = temporal.Step[Ending, Ended]{Name: "run.end", Policy: temporal.Compensation}
	BeginItems = temporal.Step[Range, []Item]{Name: "run.items", Policy: temporal.Local}

	Cluster   = temporal.Step[Grouping, Clustered]{Name: "clusters.compute", Policy: temporal.Compute}
	Propose   = temporal.Step[Grouping, Proposed]{Name: "clusters.propose", Policy: temporal.Compute}
	Choose    = temporal.Step[RunInput, Chosen]{Name: "clusters.choose", Policy: temporal.Local}
	PlanTasks = temporal.Step[RunInput, Planned]{Name: "tasks.plan", Policy: temporal.Local}

	BeginArticle = temporal.Step[ArticleInput, Standing]{Name: "article.begin", Policy: temporal.Local}
	EndArticle   = temporal.Step[ArticleEnding, Mark]{Name: "article.end", Policy: temporal.Compensation}
	Park         = temporal.Step[Parking, Mark]{Name: "article.wait", Policy: temporal.Local}
	AskReview    = temporal.Step[Reviewing, Mark]{Name: "review.ask", Policy: temporal.Local}
	Remind       = temporal.Step[Reviewing, Mark]{Name: "review.remind", Policy: temporal.Local}
	Decide       = temporal.Step[Deciding, Decided]{Name: "review.decide", Policy: temporal.Local}
	Publish      = temporal.Step[Publishing, Post]{Name: "publish", Policy: temporal.SiteWrite}

	Reserve = temporal.Step[Charge, igny8.Credits]{Name: "credits.reserve", Policy: temporal.Local}
	Release = temporal.Step[Refund, Mark]{Name: "credits.release", Policy: temporal.Compensation}

	BeginTick = temporal.Step[TickInput, Ticked]{Name: "schedule.begin", Policy: temporal.Local}
)

// A Mark is where the run's row stood when a step had written to it.
type Mark struct {
	Version    int64           `json:"version,omitempty"`
	Percentage int             `json:"percentage,omitempty"`
	Status     igny8.RunStatus `json:"status,omitempty"`
}

// Begun is what a run begins with: how many things it was given.
type Begun struct {
	Mark
	Clusters int `json:"clusters,omitempty"`
	Tasks    int `json:"tasks,omitempty"`
}

// StageChange says what a run turns to. Planned ends its exclusive part.
type StageChange struct {
	Of      RunInput `json:"of"`
	Stage   string   `json:"stage"`
	Message string   `json:"message"`
	Planned bool     `json:"planned,omitempty"`
}

// A Halt is why a run stands still. Without a code, somebody asked for it.
type Halt struct {
	Of      RunInput   `json:"of"`
	Code    igny8.Code `json:"code,omitempty"`
	Message string     `json:"message,omitempty"`
}

// ResumeOf lets a run go on.
type ResumeOf struct {
	Of RunInput `json:"of"`
	Resume
}

// An Ending says how a run came to its end. Without a code it came to it by
// itself, and its items tell the rest.
type Ending struct {
	Of      RunInput   `json:"of"`
	Code    igny8.Code `json:"code,omitempty"`
	Message string     `json:"message,omitempty"`
}

// Ended is what a run ended as.
type Ended struct {
	Status igny8.RunStatus `json:"status"`
}

// A Range is some of the items of a run's stage, numbered from 1.
type Range struct {
	Of    RunInput `json:"of"`
	Stage string   `json:"stage"` // cluster or task
	From  int      `json:"from"`
	To    int      `json:"to"` // at most 100 in all
}

// An Item is one thing to work on, and which attempt at which revision it is.
type Item struct {
	Task     igny8.TaskID    `json:"task,omitzero"`
	Cluster  igny8.ClusterID `json:"cluster,omitzero"`
	Revision int             `json:"revision"`
	Try      int             `json:"try"`
}

// A Grouping asks for the clusters of a run.
type Grouping struct {
	RunInput
	// Anyway says to compare keywords offline where embeddings were wanted and
	// some could not be had.
	Anyway bool `json:"anyway,omitempty"`
}

// Clustered is what clustering found.
type Clustered struct {
	Mark
	Clusters int `json:"clusters"`          // new ones
	Joined   int `json:"joined,omitempty"`  // keywords that joined clusters there were
	Left     int `json:"left"`              // keywords in no cluster
	Encoded  int `json:"encoded,omitempty"` // keywords of which nothing was kept: they cost the time
	Naming   int `json:"naming,omitempty"`  // clusters that a model is to name
	Missing  int `json:"missing,omitempty"` // keywords to be embedded first: nothing was done
}

// NameStage is the stage of the items that a model is to name, NamesAtOnce how
// many it is asked about in one question.
const (
	NameStage   = "name"
	NamesAtOnce = 20
)

// Proposed is what a proposal for a whole sector would change.
type Proposed struct {
	Mark
	Proposal igny8.ProposalID `json:"proposal,omitzero"` // none if there is nothing to change
	Kept     int              `json:"kept"`
	Moved    int              `json:"moved"`
	Added    int              `json:"added"`
	Removed  int              `json:"removed"`
	Encoded  int              `json:"encoded,omitempty"`
	Missing  int              `json:"missing,omitempty"` // keywords to be embedded first: nothing was done
}

// Chosen says how far the clusters to have ideas about reach, and whether there
// are ideas enough.
type Chosen struct {
	Upto   int  `json:"upto"`
	Enough bool `json:"enough"`
}

// Planned is how many articles a run is to make.
type Planned struct {
	Mark
	Tasks int `json:"tasks"`
}

// ArticleInput starts the work on one article.
type ArticleInput struct {
	Of    RunInput `json:"of"`
	Item  Item     `json:"item"`
	Order Order    `json:"order,omitzero"` // as it stands
	Form  Form     `json:"form,omitempty"`
}

// Standing is how far an article has come already.
type Standing struct {
	Content   igny8.ContentID `json:"content,omitzero"`
	Written   bool            `json:"written,omitempty"`   // at the revision that is wanted
	Approved  bool            `json:"approved,omitempty"`  // the text, before images
	Moderated bool            `json:"moderated,omitempty"` // the whole, before publishing
	Images    []igny8.ImageID `json:"images,omitempty"`    // that are yet to be made
	Prompted  bool            `json:"prompted,omitempty"`
	Words     int             `json:"words"`
	Wanted    int             `json:"wanted"` // images
	PublishAt time.Time       `json:"publish_at,omitzero"`
}

// An ArticleEnding says how the work on an article ended: well without a code.
type ArticleEnding struct {
	Of      ArticleInput `json:"of"`
	Code    igny8.Code   `json:"code,omitempty"`
	Message string       `json:"message,omitempty"`
}

// Parking says what an article waits for: nothing, when it goes on.
type Parking struct {
	Of  ArticleInput `json:"of"`
	For string       `json:"for"` // time, credits, credentials, pause, or ""
}

// Reviewing asks a person to look at an article.
type Reviewing struct {
	Of      ArticleInput    `json:"of"`
	Content igny8.ContentID `json:"content"`
	Before  string          `json:"before"` // images or publishing
}

// Deciding carries a decision to the article's row.
type Deciding struct {
	Reviewing
	Decision Decision `json:"decision"`
}

// Decided is the revision that is wanted after a decision.
type Decided struct {
	Mark
	Revision int `json:"revision"`
}

// Publishing sends an article to its site.
type Publishing struct {
	Of      ArticleInput    `json:"of"`
	Content igny8.ContentID `json:"content"`
}

// A Post is where published content can be read.
type Post struct {
	Mark
	ID     int64  `json:"id"`
	URL    string `json:"url"`
	Status string `json:"status"`
}

// TickInput is what a schedule starts with.
type TickInput struct {
	Scope    igny8.Scope      `json:"scope"`
	Schedule igny8.ScheduleID `json:"schedule"`
}

// Ticked is the run that a schedule's tick began, or why it began none.
type Ticked struct {
	Run     RunInput   `json:"run,omitzero"`
	Skipped igny8.Code `json:"skipped,omitempty"`
}
