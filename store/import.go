package store

import (
	"context"
	"iter"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/igny8/igny8"
)

// An ImportedKeyword is one line of a file that is imported. What is nil or
// empty is not known.
type ImportedKeyword struct {
	Line            int
	Again           bool // an earlier line has the keyword; this one knows more of it
	Keyword, Normal string
	Volume          *int
	VolumeEstimated bool
	Difficulty      *int
	CPCMicros       *int64
	Currency        string
	Intents         []string // the main one first
	Country         string
	Parent          string
	SERPFeatures    []string
	Competition     *int  // 0 to 100, among advertisers
	Trend           []int // months, the oldest first, in percent of the best
	Position        *float64
	URL             string
	Clicks          *int
	Impressions     *int
	LastUpdate      *time.Time
}

// Imported is what became of the keywords of a file. Their sum is the number of
// keywords that the file has.
type Imported struct {
	ID        igny8.ImportID `json:"id"`
	Added     int            `json:"added"`
	Updated   int            `json:"updated"`   // were there, and are better known now
	Unchanged int            `json:"unchanged"` // were there, and the file tells nothing new
}

// ImportKeywords adds the keywords of a file to a sector, in the transaction of
// q, and in memory that does not grow with the file. It stops at the first
// error of keywords and returns it. Other errors: NotFound for a sector that is
// not the asker's to see, PlanLimit if the plan allows fewer keywords.
//
// The import's row is made here; its report is written with ImportEnded.
func (q *Queries) ImportKeywords(ctx context.Context, sector SectorRow, filename string, by igny8.UserID, keywords iter.Seq2[ImportedKeyword, error]) (Imported, error) {
	out := Imported{ID: igny8.New[igny8.ImportID]()}
	if _, err := q.NewImport(ctx, NewImportParams{SiteID: sector.SiteID, SectorID: sector.ID, ID: out.ID, Filename: filename, CreatedBy: optional(by)}); err != nil {
		return out, err
	}
	if _, err := q.db.Exec(ctx, patient); err != nil {
		return out, err
	}
	if _, err := q.db.Exec(ctx, staged); err != nil {
		return out, err
	}
	source, err := q.copyKeywords(ctx, keywords)
	if err != nil {
		return out, err
	}
	if err := q.HoldLimit(ctx, "keywords"); err != nil {
		return out, err
	}
	placed, err := q.placeKeywords(ctx, sector, source)
	if err != nil {
		return out, err
	}
	if err := q.db.QueryRow(ctx, keep, sector.SiteID, sector.ID, out.ID, placed).Scan(&out.Added, &out.Updated); err != nil {
		return out, err
	}
	out.Unchanged = source.keywords - out.Added - out.Updated
	if out.Added > 0 {
		return out, q.WithinPlan(ctx)
	}
	return out, nil
}

// placeKeywords finds out which markets the staged lines are about where that is
// not said, and leaves one line for each keyword and market. It returns the
// keywords whose market was unknown until now.
func (q *Queries) placeKeywords(ctx context.Context, sector SectorRow, source *keywordSource) (placed []uuid.UUID, err error) {
	again := source.again
	adopt := func(sql string, args ...any) {
		if err != nil {
			return
		}
		var tag pgconn.CommandTag
		tag, err = q.db.Exec(ctx, sql, args...)
		again = again || tag.RowsAffected() > 0
	}
	if source.placed && source.unplaced {
		adopt(asInTheFile)
	}
	if source.unplaced {
		adopt(asInTheSector, sector.SiteID, sector.ID)
	}
	if again && err == nil {
		_, err = q.db.Exec(ctx, merge)
	}
	if !source.placed || err != nil {
		return nil, err
	}
	rows, err := q.db.Query(ctx, placeInSector, sector.SiteID, sector.ID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// copyKeywords sends the keywords to the staging table as they come.
func (q *Queries) copyKeywords(ctx context.Context, keywords iter.Seq2[ImportedKeyword, error]) (*keywordSource, error) {
	copier, ok := q.db.(interface {
		CopyFrom(context.Context, pgx.Identifier, []string, pgx.CopyFromSource) (int64, error)
	})
	if !ok {
		return nil, igny8.Errorf(igny8.Internal, "Keywords are imported in a transaction only.")
	}
	source := &keywordSource{}
	source.next, source.stop = iter.Pull2(keywords)
	defer source.stop()
	_, err := copier.CopyFrom(ctx, pgx.Identifier{"staged_keywords"}, stagedColumns, source)
	if source.err != nil {
		return nil, source.err
	}
	return source, coded(err)
}

// keywordSource is a sequence as COPY wants it, and what there is to say of all
// of it.
type keywordSource struct {
	next func() (ImportedKeyword, error, bool)
	stop func()
	row  ImportedKeyword
	err  error

	keywords         int  // without those that are there again
	again            bool // some are
	placed, unplaced bool // some have a country, some have none
}

func (s *keywordSource) Next() bool {
	row, err, ok := s.next()
	s.row, s.err = row, err
	if !ok || err != nil {
		return false
	}
	if row.Again {
		s.again = true
	} else {
		s.keywords++
	}
	if row.Country == "" {
		s.unplaced = true
	} else {
		s.placed = true
	}
	return true
}

func (s *keywordSource) Err() error { return s.err }

func (s *keywordSource) Values() ([]any, error) {
	r := &s.row
	return []any{int32(r.Line), r.Keyword, r.Normal, r.Country, r.Volume, r.VolumeEstimated, r.Difficulty, r.CPCMicros, known(r.Currency), some(r.Intents), known(r.Parent),
		some(r.SERPFeatures), r.Competition, some(r.Trend), r.Position, known(r.URL), r.Clicks, r.Impressions, r.LastUpdate}, nil
}

// some is nil, and not an empty list, for what is not there.
func some[T any](list []T) any {
	if len(list) == 0 {
		return nil
	}
	return list
}

// known is nil for text that is not there.
func known(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// WithinPlan refuses more keywords than the account's plan allows, in a
// transaction that has held that limit. An account without a plan has none: the
// service's own.
func (q *Queries) WithinPlan(ctx context.Context) error {
	plan, err := q.PlanFeatures(ctx)
	if err != nil {
		return unplanned(err)
	}
	most, limited := limitOf(plan.Limits, "keywords")
	if !limited {
		return nil
	}
	n, err := q.CountKeywords(ctx)
	if err == nil && n > most {
		err = igny8.Errorf(igny8.PlanLimit, "The plan %s allows %d keywords; this would make %d. Delete some, or choose a larger plan. Nothing was added.", plan.Name, most, n)
	}
	return err
}
