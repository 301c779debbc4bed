package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/keywordcsv"
	"github.com/igny8/igny8/store"
)

// exported is how the cells of an export are read from a keyword's row: as
// keywordcsv.Row.Cell writes them.
var exported = map[keywordcsv.Field]string{
	keywordcsv.Keyword:         "r.keyword",
	keywordcsv.Country:         "r.country",
	keywordcsv.Volume:          "r.volume",
	keywordcsv.VolumeEstimated: "r.volume_estimated::text",
	keywordcsv.Difficulty:      "r.difficulty",
	keywordcsv.CPC:             "trim_scale(r.cpc_micros / 1e6)",
	keywordcsv.Currency:        "r.currency",
	keywordcsv.Intents:         "nullif(array_to_string(r.intents, ', '), '')",
	keywordcsv.Parent:          "r.parent",
	keywordcsv.SERPFeatures:    "nullif(array_to_string(r.serp_features, ', '), '')",
	keywordcsv.Competition:     "r.competition",
	keywordcsv.Trend:           "nullif(translate(r.trend::text, '{}', '[]'), '[]')",
	keywordcsv.Position:        "r.position::text::numeric", // without an exponent
	keywordcsv.URL:             "r.url",
	keywordcsv.Clicks:          "r.clicks",
	keywordcsv.Impressions:     "r.impressions",
	keywordcsv.LastUpdate:      "to_char(r.last_update at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')",
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
	columns := make([]string, len(keywordcsv.Exported))
	for i, field := range keywordcsv.Exported {
		columns[i] = exported[field]
	}
	file, err := keywordcsv.NewCopier(w, true, keywordcsv.Exported)
	if err == nil {
		_, err = as(ctx, s, func(q *store.Queries) (none, error) {
			return none{}, store.Copy(ctx, q, &keywords.list, ask, columns, file)
		})
	}
	if err == nil {
		err = file.Flush()
	}
	if err != nil {
		recordOf(ctx).cause = err
		panic(http.ErrAbortHandler) // half a file must not look like a whole one
	}
}
