package igny8

import "github.com/google/uuid"

// An ID names one row of one kind. The kind is a phantom: it costs nothing at
// run time and stops a ClusterID from being passed where a KeywordID belongs.
type ID[Kind any] struct{ uuid.UUID }

type (
	AccountID     = ID[account]
	UserID        = ID[user]
	PlanID        = ID[plan]
	SiteID        = ID[site]
	SectorID      = ID[sector]
	IndustryID    = ID[industry]
	KeywordID     = ID[keyword]
	ClusterID     = ID[cluster]
	PageID        = ID[page]
	IdeaID        = ID[idea]
	TaskID        = ID[task]
	ContentID     = ID[content]
	ImageID       = ID[image]
	RunID         = ID[run]
	ScheduleID    = ID[schedule]
	ImportID      = ID[importing]
	PublicationID = ID[publication]
	RequestID     = ID[request]
	ProposalID    = ID[proposal]
)

type (
	account     struct{}
	user        struct{}
	plan        struct{}
	site        struct{}
	sector      struct{}
	industry    struct{}
	keyword     struct{}
	cluster     struct{}
	page        struct{}
	idea        struct{}
	task        struct{}
	content     struct{}
	image       struct{}
	run         struct{}
	schedule    struct{}
	importing   struct{}
	publication struct{}
	request     struct{}
	proposal    struct{}
)

// New returns a fresh ID in the order of time: igny8.New[igny8.SiteID]().
// It is random, so a workflow never calls it.
func New[I interface{ ID[K] }, K any]() I { return I(ID[K]{uuid.Must(uuid.NewV7())}) }

// Parse reads an ID from its usual form. The error is NotFound, since a
// malformed ID names nothing.
func Parse[I interface{ ID[K] }, K any](s string) (I, error) {
	u, err := uuid.Parse(s)
	if err != nil {
		return I{}, Errorf(NotFound, "there is nothing with the ID %q", s)
	}
	return I(ID[K]{u}), nil
}

// IsZero reports whether the ID names nothing. It is also what makes
// `json:",omitzero"` leave an unset ID out.
func (id ID[K]) IsZero() bool { return id.UUID == uuid.Nil }

// A Scope says whose data an operation may touch. Every step carries one.
// Sector is zero where an operation concerns the whole site.
type Scope struct {
	Account AccountID `json:"account"`
	Site    SiteID    `json:"site,omitzero"`
	Sector  SectorID  `json:"sector,omitzero"`
}
