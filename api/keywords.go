package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/keywordcsv"
	"github.com/igny8/igny8/store"
)

// KeywordFields are what a person may say of a keyword.
type KeywordFields struct {
	Keyword    string   `json:"keyword" minLength:"1" maxLength:"200"`
	Volume     *int32   `json:"volume,omitempty" minimum:"0" nullable:"true"`
	Difficulty *int32   `json:"difficulty,omitempty" minimum:"0" maximum:"100" nullable:"true"`
	CPCMicros  *int64   `json:"cpc_micros,omitempty" minimum:"0" nullable:"true"`
	Currency   *string  `json:"currency,omitempty" pattern:"^[A-Z]{3}$" nullable:"true"`
	Intents    []string `json:"intents,omitempty" enum:"informational,commercial,transactional,navigational" maxItems:"4"`
	Country    *string  `json:"country,omitempty" pattern:"^[a-z]{2}$" nullable:"true"`
}

type newKeyword struct {
	Body struct {
		SectorID igny8.SectorID `json:"sector_id" format:"uuid"`
		KeywordFields
	}
}

type changedKeyword struct {
	ByID
	Body struct {
		Version int64 `json:"version" doc:"Of the keyword as it was read; another one since is 409"`
		KeywordFields
	}
}

// chosen is the input of an action on some things.
type chosenIDs struct {
	Body struct {
		IDs []uuid.UUID `json:"ids" minItems:"1" maxItems:"1000"`
	}
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

func (s *Server) keywordChanges() {
	route(s, post(keywords.path, "create-keyword", "Add a keyword", igny8.Write).with(http.MethodPost, http.StatusCreated), s.createKeyword)
	route(s, post(keywords.path+"{id}/", "update-keyword", "Change a keyword", igny8.Write).with(http.MethodPut, http.StatusOK), s.changeKeyword)
	route(s, post(keywords.path+"{id}/", "delete-keyword", "Delete a keyword", igny8.Write).with(http.MethodDelete, http.StatusOK), func(ctx context.Context, in *ByID) (Bulk, error) {
		id, err := igny8.Parse[igny8.KeywordID](in.ID)
		if err != nil {
			return Bulk{}, err
		}
		return s.dropKeywords(ctx, []uuid.UUID{id.UUID}, true)
	})
	route(s, post(keywords.path+"bulk_delete/", "delete-keywords", "Delete keywords", igny8.Write), func(ctx context.Context, in *chosenIDs) (Bulk, error) {
		return s.dropKeywords(ctx, in.Body.IDs, false)
	})
}

// Resolve is called by huma when the body has been read.
func (in *newKeyword) Resolve(huma.Context) []error { return in.Body.check() }

// Resolve is called by huma when the body has been read.
func (in *changedKeyword) Resolve(huma.Context) []error { return in.Body.check() }

func (k *KeywordFields) check() []error {
	if k.Keyword == "" {
		return nil // the schema says so
	}
	if k.Keyword = strings.TrimSpace(k.Keyword); keywordcsv.Normal(k.Keyword) == "" {
		return []error{igny8.FieldErrorf("keyword", "A keyword has at least one letter or digit.")}
	}
	if strings.ContainsRune(k.Keyword, 0) {
		return []error{igny8.FieldErrorf("keyword", "A keyword is text.")}
	}
	return nil
}

func (k *KeywordFields) intent() (main *string, all []string) {
	if len(k.Intents) == 0 {
		return nil, []string{}
	}
	return &k.Intents[0], k.Intents
}

func (s *Server) createKeyword(ctx context.Context, in *newKeyword) (Keyword, error) {
	b := &in.Body
	intent, all := b.intent()
	return as(ctx, s, func(q *store.Queries) (k Keyword, err error) {
		id, err := q.CreateKeyword(ctx, store.CreateKeywordParams{SectorID: b.SectorID, Keyword: b.Keyword, Normal: keywordcsv.Normal(b.Keyword), Volume: b.Volume, Difficulty: b.Difficulty,
			CpcMicros: b.CPCMicros, Currency: b.Currency, Intent: intent, Intents: all, Country: b.Country})
		if err != nil {
			return k, err
		}
		if err := q.WithinPlan(ctx); err != nil {
			return k, err
		}
		return store.Row[Keyword](ctx, q, &keywords.list, id.String())
	})
}

func (s *Server) changeKeyword(ctx context.Context, in *changedKeyword) (Keyword, error) {
	id, err := igny8.Parse[igny8.KeywordID](in.ID)
	if err != nil {
		return Keyword{}, err
	}
	b := &in.Body
	intent, all := b.intent()
	return as(ctx, s, func(q *store.Queries) (k Keyword, err error) {
		_, err = q.ChangeKeyword(ctx, store.ChangeKeywordParams{ID: id, Version: b.Version, Keyword: b.Keyword, Normal: keywordcsv.Normal(b.Keyword), Volume: b.Volume, Difficulty: b.Difficulty,
			CpcMicros: b.CPCMicros, Currency: b.Currency, Intent: intent, Intents: all, Country: b.Country})
		if err = changed(err, func() error { _, err := q.Keyword(ctx, id); return err }); err != nil {
			return k, err
		}
		return store.Row[Keyword](ctx, q, &keywords.list, id.String())
	})
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

func (s *Server) dropKeywords(ctx context.Context, ids []uuid.UUID, one bool) (Bulk, error) {
	return as(ctx, s, func(q *store.Queries) (Bulk, error) {
		gone, err := q.DropKeywords(ctx, ids)
		if err != nil {
			return Bulk{}, err
		}
		if one && len(gone) == 0 {
			return Bulk{}, igny8.Errorf(igny8.NotFound, "There is no such keyword, or it is not yours to see.")
		}
		done := make([]uuid.UUID, len(gone))
		for i, id := range gone {
			done[i] = id.UUID
		}
		return results(ids, done, igny8.NotFound), nil
	})
}
