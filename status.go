package igny8

import "fmt"

// The states that things can be in. The words live here once; the database
// checks them, and a test holds both lists against each other.
type (
	KeywordStatus     string
	IdeaStatus        string
	TaskStatus        string
	ContentStatus     string
	ImageStatus       string
	RunStatus         string
	ItemStatus        string
	PublicationStatus string
	HoldStatus        string
	RequestStatus     string
)

const (
	KeywordNew       KeywordStatus = "new"
	KeywordClustered KeywordStatus = "clustered" // has a primary cluster
	KeywordInUse     KeywordStatus = "in_use"    // target of an idea that has a task
	KeywordOrphaned  KeywordStatus = "orphaned"  // left out, or its cluster is gone
	KeywordArchived  KeywordStatus = "archived"

	IdeaNew        IdeaStatus = "new"
	IdeaPlanned    IdeaStatus = "planned"
	IdeaInProgress IdeaStatus = "in_progress"
	IdeaPublished  IdeaStatus = "published"
	IdeaRejected   IdeaStatus = "rejected"

	TaskPending      TaskStatus = "pending"
	TaskWriting      TaskStatus = "writing"
	TaskReview       TaskStatus = "review"
	TaskIllustrating TaskStatus = "illustrating"
	TaskReady        TaskStatus = "ready"
	TaskPublishing   TaskStatus = "publishing"
	TaskPublished    TaskStatus = "published"
	TaskFailed       TaskStatus = "failed"
	TaskCancelled    TaskStatus = "cancelled"

	ContentDraft            ContentStatus = "draft"
	ContentReview           ContentStatus = "review"
	ContentChangesRequested ContentStatus = "changes_requested"
	ContentApproved         ContentStatus = "approved"
	ContentRejected         ContentStatus = "rejected"
	ContentPublished        ContentStatus = "published"

	ImagePending   ImageStatus = "pending"
	ImageGenerated ImageStatus = "generated"
	ImageFailed    ImageStatus = "failed"

	RunPending       RunStatus = "pending" // accepted, not started yet
	RunRunning       RunStatus = "running"
	RunWaitingReview RunStatus = "waiting_review"
	RunPaused        RunStatus = "paused"
	RunSucceeded     RunStatus = "succeeded"
	RunPartlyFailed  RunStatus = "partly_failed"
	RunFailed        RunStatus = "failed"
	RunCancelled     RunStatus = "cancelled"

	ItemPending ItemStatus = "pending"
	ItemRunning ItemStatus = "running"
	ItemWaiting ItemStatus = "waiting" // for a person, for its time, for credits
	ItemDone    ItemStatus = "done"
	ItemFailed  ItemStatus = "failed"
	ItemSkipped ItemStatus = "skipped"

	PublicationNone      PublicationStatus = "none"
	PublicationCreating  PublicationStatus = "creating"
	PublicationCreated   PublicationStatus = "created"
	PublicationScheduled PublicationStatus = "scheduled"
	PublicationPublished PublicationStatus = "published"
	PublicationUnknown   PublicationStatus = "unknown"
	PublicationFailed    PublicationStatus = "failed"

	HoldHeld     HoldStatus = "held"
	HoldSettled  HoldStatus = "settled"
	HoldReleased HoldStatus = "released"

	RequestSent     RequestStatus = "sent"     // the outcome is not known yet
	RequestAnswered RequestStatus = "answered" // a reply is stored
	RequestFailed   RequestStatus = "failed"   // the provider refused, nothing was bought
	RequestLost     RequestStatus = "lost"     // perhaps bought, but no reply ever reached us
)

// Every state of each kind, in the order in which things usually pass through.
var (
	KeywordStatuses     = []KeywordStatus{KeywordNew, KeywordClustered, KeywordInUse, KeywordOrphaned, KeywordArchived}
	IdeaStatuses        = []IdeaStatus{IdeaNew, IdeaPlanned, IdeaInProgress, IdeaPublished, IdeaRejected}
	TaskStatuses        = []TaskStatus{TaskPending, TaskWriting, TaskReview, TaskIllustrating, TaskReady, TaskPublishing, TaskPublished, TaskFailed, TaskCancelled}
	ContentStatuses     = []ContentStatus{ContentDraft, ContentReview, ContentChangesRequested, ContentApproved, ContentRejected, ContentPublished}
	ImageStatuses       = []ImageStatus{ImagePending, ImageGenerated, ImageFailed}
	RunStatuses         = []RunStatus{RunPending, RunRunning, RunWaitingReview, RunPaused, RunSucceeded, RunPartlyFailed, RunFailed, RunCancelled}
	ItemStatuses        = []ItemStatus{ItemPending, ItemRunning, ItemWaiting, ItemDone, ItemFailed, ItemSkipped}
	PublicationStatuses = []PublicationStatus{PublicationNone, PublicationCreating, PublicationCreated, PublicationScheduled, PublicationPublished, PublicationUnknown, PublicationFailed}
	HoldStatuses        = []HoldStatus{HoldHeld, HoldSettled, HoldReleased}
	RequestStatuses     = []RequestStatus{RequestSent, RequestAnswered, RequestFailed, RequestLost}
)

// Live reports whether the run has yet to end.
func (s RunStatus) Live() bool {
	return s == RunPending || s == RunRunning || s == RunWaitingReview || s == RunPaused
}

// A Mode says where a person decides before the work goes on.
type Mode string

const (
	Auto     Mode = "auto"     // nowhere
	Review   Mode = "review"   // before images are bought
	Moderate Mode = "moderate" // before publishing
	Both     Mode = "both"
)

// Modes lists every mode.
var Modes = []Mode{Auto, Review, Moderate, Both}

// BeforeImages reports whether the text is reviewed before images are bought.
func (m Mode) BeforeImages() bool { return m == Review || m == Both }

// BeforePublishing reports whether the article is reviewed before it is sent to
// the site.
func (m Mode) BeforePublishing() bool { return m == Moderate || m == Both }

// A RunKind says what a run does. Every kind but Pipeline is one function alone.
type RunKind string

const (
	KindPipeline  RunKind = "pipeline"
	KindClusters  RunKind = "clusters"
	KindRecluster RunKind = "recluster" // proposes other clusters for a whole sector
	KindIdeas     RunKind = "ideas"
	KindContent   RunKind = "content"
	KindPrompts   RunKind = "image_prompts"
	KindImages    RunKind = "images"
	KindPublish   RunKind = "publish"
	KindArticle   RunKind = "article" // goes on with articles where they stand
)

// RunKinds lists every kind.
var RunKinds = []RunKind{KindPipeline, KindClusters, KindRecluster, KindIdeas, KindContent, KindPrompts, KindImages, KindPublish, KindArticle}

// Plans reports whether a run of the kind begins with the exclusive part of a
// sector: clusters and ideas, one run at a time.
func (k RunKind) Plans() bool { return k.Clusters() || k == KindIdeas }

// Clusters reports whether a run of the kind groups keywords by topic.
func (k RunKind) Clusters() bool {
	return k == KindPipeline || k == KindClusters || k == KindRecluster
}

// WorkflowID names the execution that a run is. It begins with the account, so
// one tenant can't so much as name another's work.
func (k RunKind) WorkflowID(account AccountID, run RunID) string {
	return fmt.Sprintf("%s/%s/%s", account, k, run)
}

// A Phase is the part of a run that a progress bar names, with the band of
// percentages that belongs to it.
type Phase string

const (
	PhaseInit  Phase = "INIT"    // 0–10
	PhasePrep  Phase = "PREP"    // 10–25
	PhaseCall  Phase = "AI_CALL" // 25–60
	PhaseParse Phase = "PARSE"   // 60–80
	PhaseSave  Phase = "SAVE"    // 80–95
	PhaseDone  Phase = "DONE"    // 95–100
)

// Phases lists the phases in order.
var Phases = []Phase{PhaseInit, PhasePrep, PhaseCall, PhaseParse, PhaseSave, PhaseDone}

// Band returns the percentages at which the phase begins and ends.
func (p Phase) Band() (from, to int) {
	switch p {
	case PhaseInit:
		return 0, 10
	case PhasePrep:
		return 10, 25
	case PhaseCall:
		return 25, 60
	case PhaseParse:
		return 60, 80
	case PhaseSave:
		return 80, 95
	}
	return 95, 100
}
