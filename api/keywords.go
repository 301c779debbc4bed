package api

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/keywordcsv"
	"github.com/igny8/igny8/store"
)

// KeywordFields are what a person may say of a keyword.
type KeywordFields struct {
	SectorID   igny8.SectorID `json:"sector_id" format:"uuid" change:"parent"`
	Keyword    string         `json:"keyword" minLength:"1" maxLength:"200"`
	Volume     *int32         `json:"volume,omitempty" minimum:"0" nullable:"true"`
	Difficulty *int32         `json:"difficulty,omitempty" minimum:"0" maximum:"100" nullable:"true"`
	CPCMicros  *int64         `json:"cpc_micros,omitempty" minimum:"0" nullable:"true"`
	Currency   *string        `json:"currency,omitempty" pattern:"^[A-Z]{3}$" nullable:"true"`
	Intents    []string       `json:"intents,omitempty" enum:"informational,commercial,transactional,navigational" maxItems:"4"`
	Country    *string        `json:"country,omitempty" pattern:"^[a-z]{2}$" nullable:"true"`
	Archived   *bool          `json:"archived,omitempty" column:"-" doc:"True takes it out of its cluster and of every run; false makes it a new one"`
}

// Bulk is what became of an action on some things.
type Bulk struct {
	Done    int      `json:"done"`
	Results []Result `json:"results"`
}

// Result is what became of one of them.
type Result struct {
	ID   uuid.UUID  `json:"id"`
	OK   bool       `json:"ok"`
	Code igny8.Code `json:"code,omitempty"`
}

// results says which of the chosen are among those that were done.
func results(chosen, done []uuid.UUID, code igny8.Code) Bulk {
	in := make(map[uuid.UUID]bool, len(done))
	for _, id := range done {
		in[id] = true
	}
	out := Bulk{Results: []Result{}}
	for _, id := range chosen {
		r := Result{ID: id, OK: in[id]}
		if r.OK {
			out.Done++
			delete(in, id) // named twice, it is done once
		} else {
			r.Code = code
		}
		out.Results = append(out.Results, r)
	}
	return out
}

var keywordChanges = changes[Keyword, Keyword, KeywordFields]{
	of: &keywords, table: store.Table{Name: "igny8_keywords", Belongs: store.OfSector, Version: true}, power: igny8.Write,
	complete: completeKeyword,
	made: `not exists (select from igny8_keywords k where k.account_id = p.account_id and k.sector_id = p.id and k.normal = $normal
			and (k.country is null or $country::text is null or k.country = $country::text))
		and has_room('keywords')`,
	prepare: prepareKeyword,
	after: func(ctx context.Context, _ *Server, q *store.Queries, c *change[KeywordFields]) error {
		if c.Given("sector_id") {
			return q.WithinPlan(ctx)
		}
		return nil
	},
}

// completeKeyword adds what follows from what was said.
func completeKeyword(c *change[KeywordFields]) error {
	k := c.Fields
	if c.Given("keyword") {
		k.Keyword = strings.TrimSpace(k.Keyword)
		normal := keywordcsv.Normal(k.Keyword)
		switch {
		case len(c.IDs) > 1:
			return igny8.FieldErrorf("keyword", "Several keywords can't be made the same one.")
		case normal == "":
			return igny8.FieldErrorf("keyword", "A keyword has at least one letter or digit.")
		case strings.ContainsRune(k.Keyword, 0):
			return igny8.FieldErrorf("keyword", "A keyword is text.")
		}
		c.Put("keyword", k.Keyword)
		c.Put("normal", normal)
	}
	if all, ok := c.Get("intents"); ok {
		c.Put("intents", all)
		c.Put("intent", nil)
		if len(k.Intents) > 0 {
			c.Put("intent", k.Intents[0])
		}
	}
	if _, ok := c.Get("volume"); ok && !c.New() {
		c.Put("volume_estimated", false)
	}
	if k.Archived != nil && c.New() {
		return igny8.FieldErrorf("archived", "A new keyword is not archived.")
	}
	return nil
}

// prepareKeyword refuses a new keyword that is there, and takes old ones to the
// archive and back.
func prepareKeyword(ctx context.Context, _ *Server, q *store.Queries, c *change[KeywordFields]) error {
	k := c.Fields
	if c.New() {
		if err := q.HoldLimit(ctx, "keywords"); err != nil {
			return err
		}
		normal, _ := c.Get("normal")
		there, err := q.KeywordThere(ctx, store.KeywordThereParams{SectorID: k.SectorID, Normal: normal.(string), Country: k.Country})
		if err == nil && there {
			err = &igny8.Error{Code: igny8.Conflict, Field: "keyword", Message: "This sector has the keyword already."}
		}
		return err
	}
	if k.Archived == nil {
		return nil
	}
	status := igny8.KeywordArchived
	if !*k.Archived {
		archived, err := q.ArchivedKeywords(ctx, c.IDs)
		if err != nil {
			return err
		}
		if len(archived) == 0 && len(c.IDs) == 1 {
			return nil // it is as it is to be
		}
		c.IDs, status = uuids(archived), igny8.KeywordNew
	}
	c.Put("status", status)
	c.Put("cluster_id", nil)
	c.Put("page_id", nil)
	return nil
}

// changed tells a row that has another version from one that isn't there.
func changed(err error, there func() error) error {
	if igny8.CodeOf(err) != igny8.NotFound {
		return err
	}
	if err := there(); err != nil {
		return err
	}
	return igny8.Errorf(igny8.Conflict, "Somebody has changed this since you read it. Read it again, then change it.")
}
