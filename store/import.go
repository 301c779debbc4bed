package store

import (
	"context"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"

	"github.com/igny8/igny8"
)

// An ImportedKeyword is one line of a file that is imported. What is nil or
// empty is not known.
type ImportedKeyword struct {
	Line            int
	Keyword, Normal string
	Volume          *int
	VolumeEstimated bool
	Difficulty      *int
	CPCMicros       *int64
	Currency        string
	Intents         []string // the main one first
	Country         string
	Parent          string
	Impressions     *int
}

// Imported is what became of the keywords of a file.
type Imported struct {
	ID        igny8.ImportID `json:"id"`
	Added     int            `json:"added"`
	Updated   int            `json:"updated"`   // were there, and are better known now
	Unchanged int            `json:"unchanged"` // were there, and the file tells nothing new
}

// staged is where the lines of a file stand until all of them are there: COPY
// can't write into a table under row-level security.
const staged = `create temp table staged_keywords (line int not null, keyword text not null, normal text not null, volume int, volume_estimated boolean not null,
	difficulty int, cpc_micros bigint, currency text, intents text[], country text, parent text, impressions bigint) on commit drop`

var stagedColumns = []string{"line", "keyword", "normal", "volume", "volume_estimated", "difficulty", "cpc_micros", "currency", "intents", "country", "parent", "impressions"}

// merge makes one line of those that have the same keyword: the first, with
// each fact from the first line that knows it. An exact volume is better than
// an estimated one.
const merge = `with again as (select normal from staged_keywords group by normal having count(*) > 1),
	m as (
		select s.normal, min(s.line) line,
			(array_agg(volume order by volume_estimated, s.line) filter (where volume is not null))[1] volume,
			coalesce((array_agg(volume_estimated order by volume_estimated, s.line) filter (where volume is not null))[1], false) volume_estimated,
			(array_agg(difficulty order by s.line) filter (where difficulty is not null))[1] difficulty,
			(array_agg(cpc_micros order by s.line) filter (where cpc_micros is not null))[1] cpc_micros,
			(array_agg(currency order by s.line) filter (where cpc_micros is not null))[1] currency,
			(array_agg(country order by s.line) filter (where country is not null))[1] country,
			(array_agg(parent order by s.line) filter (where parent is not null))[1] parent,
			(array_agg(impressions order by s.line) filter (where impressions is not null))[1] impressions,
			(select i.intents from staged_keywords i where i.normal = s.normal and i.intents is not null order by i.line limit 1) intents
		from staged_keywords s join again using (normal) group by s.normal
	),
	gone as (delete from staged_keywords s using m where s.normal = m.normal and s.line > m.line)
	update staged_keywords s set volume = m.volume, volume_estimated = m.volume_estimated, difficulty = m.difficulty, cpc_micros = m.cpc_micros,
		currency = m.currency, intents = m.intents, country = m.country, parent = m.parent, impressions = m.impressions
	from m where s.normal = m.normal and s.line = m.line`

// keep writes the staged lines: new keywords are added, and of those that are
// there already, each fact that the file knows better is replaced.
const keep = `with kept as (
	insert into igny8_keywords as k (account_id, site_id, sector_id, keyword, normal, volume, volume_estimated, difficulty, cpc_micros, currency, intent, intents, country, parent, impressions, import_id, import_line)
	select current_account(), $1, $2, keyword, normal, volume, volume_estimated, difficulty, cpc_micros, currency, intents[1], coalesce(intents, '{}'), country, parent, impressions, $3, line
	from staged_keywords order by line
	on conflict on constraint keyword_exists do update set
		volume = case when %[1]s then excluded.volume else k.volume end,
		volume_estimated = case when %[1]s then excluded.volume_estimated else k.volume_estimated end,
		difficulty = coalesce(excluded.difficulty, k.difficulty),
		cpc_micros = coalesce(excluded.cpc_micros, k.cpc_micros),
		currency = case when excluded.cpc_micros is null then k.currency else excluded.currency end,
		intent = coalesce(excluded.intent, k.intent),
		intents = case when excluded.intents = '{}' then k.intents else excluded.intents end,
		country = coalesce(excluded.country, k.country),
		parent = coalesce(excluded.parent, k.parent),
		impressions = coalesce(excluded.impressions, k.impressions)
	where %[1]s and (excluded.volume, excluded.volume_estimated) is distinct from (k.volume, k.volume_estimated)
		or excluded.difficulty is not null and excluded.difficulty is distinct from k.difficulty
		or excluded.cpc_micros is not null and (excluded.cpc_micros, excluded.currency) is distinct from (k.cpc_micros, k.currency)
		or excluded.intents <> '{}' and excluded.intents <> k.intents
		or excluded.country is not null and excluded.country is distinct from k.country
		or excluded.parent is not null and excluded.parent is distinct from k.parent
		or excluded.impressions is not null and excluded.impressions is distinct from k.impressions
	returning k.xmax = 0 as added
)
select count(*) filter (where added), count(*) filter (where not added), (select count(*) from staged_keywords) from kept`

// better is when the volume of a file is worth more than the one that is there.
const better = `(excluded.volume is not null and (k.volume is null or k.volume_estimated or not excluded.volume_estimated))`

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
	if _, err := q.db.Exec(ctx, staged); err != nil {
		return out, err
	}
	if err := q.copyKeywords(ctx, keywords); err != nil {
		return out, err
	}
	if _, err := q.db.Exec(ctx, merge); err != nil {
		return out, err
	}
	var all int
	if err := q.db.QueryRow(ctx, fmt.Sprintf(keep, better), sector.SiteID, sector.ID, out.ID).Scan(&out.Added, &out.Updated, &all); err != nil {
		return out, err
	}
	out.Unchanged = all - out.Added - out.Updated
	if out.Added > 0 {
		return out, q.WithinPlan(ctx)
	}
	return out, nil
}

// copyKeywords sends the keywords to the staging table as they come.
func (q *Queries) copyKeywords(ctx context.Context, keywords iter.Seq2[ImportedKeyword, error]) error {
	copier, ok := q.db.(interface {
		CopyFrom(context.Context, pgx.Identifier, []string, pgx.CopyFromSource) (int64, error)
	})
	if !ok {
		return igny8.Errorf(igny8.Internal, "Keywords are imported in a transaction only.")
	}
	source := &keywordSource{}
	source.next, source.stop = iter.Pull2(keywords)
	defer source.stop()
	_, err := copier.CopyFrom(ctx, pgx.Identifier{"staged_keywords"}, stagedColumns, source)
	if source.err != nil {
		return source.err
	}
	return coded(err)
}

// keywordSource is a sequence as COPY wants it.
type keywordSource struct {
	next func() (ImportedKeyword, error, bool)
	stop func()
	row  ImportedKeyword
	err  error
}

func (s *keywordSource) Next() bool {
	row, err, ok := s.next()
	s.row, s.err = row, err
	return ok && err == nil
}

func (s *keywordSource) Err() error { return s.err }

func (s *keywordSource) Values() ([]any, error) {
	r := s.row
	var intents []string
	if len(r.Intents) > 0 {
		intents = r.Intents
	}
	return []any{int32(r.Line), r.Keyword, r.Normal, r.Volume, r.VolumeEstimated, r.Difficulty, r.CPCMicros, known(r.Currency), intents, known(r.Country), known(r.Parent), r.Impressions}, nil
}

// known is nil for text that is not there.
func known(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// WithinPlan refuses more keywords than the account's plan allows. An account
// without a plan has no limit: the service's own.
func (q *Queries) WithinPlan(ctx context.Context) error {
	plan, err := q.PlanFeatures(ctx)
	if igny8.CodeOf(err) == igny8.NotFound {
		return nil
	}
	if err != nil {
		return err
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
