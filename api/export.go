package api

import (
	"context"
	"iter"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/keywordcsv"
	"github.com/igny8/igny8/store"
)

// exported is what an export tells of a keyword.
type exported struct {
	Keyword         string     `json:"keyword"`
	Country         *string    `json:"country"`
	Volume          *int32     `json:"volume"`
	VolumeEstimated bool       `json:"volume_estimated"`
	Difficulty      *int32     `json:"difficulty"`
	CPCMicros       *int64     `json:"cpc_micros"`
	Currency        *string    `json:"currency"`
	Intents         []string   `json:"intents"`
	Parent          *string    `json:"parent"`
	SERPFeatures    []string   `json:"serp_features"`
	Competition     *int32     `json:"competition"`
	Trend           []int      `json:"trend"`
	Position        *float64   `json:"position"`
	URL             *string    `json:"url"`
	Clicks          *int64     `json:"clicks"`
	Impressions     *int64     `json:"impressions"`
	LastUpdate      *time.Time `json:"last_update"`
}

func (s *Server) exports() {
	e := get("planner/keywords/export_csv/", "export-keywords", "Export keywords as CSV", igny8.Read)
	for _, p := range parameters(&keywords.list) {
		if p.Name != "page" && p.Name != "page_size" && p.Name != "cursor" {
			e.parameters = append(e.parameters, p)
		}
	}
	e.responses = map[string]*huma.Response{"200": {
		Description: "UTF-8 with a byte order mark. A cell that a spreadsheet would run begins with an apostrophe, which an import takes away.",
		Content:     map[string]*huma.MediaType{"text/csv": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
	raw(s, e, func(ctx context.Context, in *listInput) (*huma.StreamResponse, error) {
		ask, err := in.ask()
		if err != nil {
			return nil, err
		}
		// What is wrong with the question is told before the answer begins.
		ask.Size, ask.Page, ask.Cursor = 1, 0, ""
		if _, err := as(ctx, s, func(q *store.Queries) (store.Page[Keyword], error) {
			return store.Rows[Keyword](ctx, q, &keywords.list, ask)
		}); err != nil {
			return nil, err
		}
		return &huma.StreamResponse{Body: func(hc huma.Context) {
			_, w := humachi.Unwrap(hc)
			s.export(ctx, w, ask)
		}}, nil
	})
}

func (s *Server) export(ctx context.Context, w http.ResponseWriter, ask store.Ask) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(fileTime)) // a recorder in a test has none
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="keywords.csv"`)
	_, err := as(ctx, s, func(q *store.Queries) (none, error) {
		rows, err := store.Each[exported](ctx, q, &keywords.list, ask)
		if err != nil {
			return none{}, err
		}
		return none{}, keywordcsv.Write(w, true, keywordcsv.Exported, cells(rows))
	})
	if err != nil {
		recordOf(ctx).cause = err
		panic(http.ErrAbortHandler) // half a file must not look like a whole one
	}
}

// cells are keywords as the writer of CSV takes them.
func cells(rows iter.Seq2[exported, error]) iter.Seq2[keywordcsv.Row, error] {
	return func(yield func(keywordcsv.Row, error) bool) {
		for k, err := range rows {
			row := keywordcsv.Row{
				Keyword: k.Keyword, Volume: wide(k.Volume), VolumeEstimated: k.VolumeEstimated, Difficulty: wide(k.Difficulty), CPCMicros: k.CPCMicros,
				Intents: k.Intents, SERPFeatures: k.SERPFeatures, Competition: wide(k.Competition), Trend: k.Trend, Position: k.Position, Clicks: wide(k.Clicks), Impressions: wide(k.Impressions), LastUpdate: k.LastUpdate,
			}
			for _, f := range []struct{ to, from *string }{{&row.Currency, k.Currency}, {&row.Country, k.Country}, {&row.Parent, k.Parent}, {&row.URL, k.URL}} {
				if f.from != nil {
					*f.to = *f.from
				}
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

func wide[N int32 | int64](n *N) *int {
	if n == nil {
		return nil
	}
	w := int(*n)
	return &w
}
