package api

import (
	"context"
	"mime/multipart"

	"github.com/danielgtaylor/huma/v2"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/keywordcsv"
	"github.com/igny8/igny8/store"
)

type resultsUpload struct {
	RawBody huma.MultipartFormFiles[struct {
		File   huma.FormFile `form:"file" contentType:"application/octet-stream" required:"true" doc:"Lines of keyword, rank from 1, and address; with or without a header"`
		Sector string        `form:"sector" required:"true" doc:"ID of the sector that the keywords are of"`
	}]
}

// ResultsImport is the report of an import of search results.
type ResultsImport struct {
	keywordcsv.ResultsReport
	Known   int      `json:"known" doc:"Keywords of the sector whose results are kept now"`
	Unknown int      `json:"unknown" doc:"Keywords that the sector does not have"`
	Missing []string `json:"missing" doc:"Some of those"`
}

// missingShown is how many unknown keywords a report names.
const missingShown = 20

func (s *Server) searchResults() {
	e := post("planner/keywords/import_serp/", "import-results", "Import which addresses searches find: keywords that share three of the first ten belong together", igny8.Write)
	e.body = maxFile
	route(s, e, s.importResults)
}

func (s *Server) importResults(ctx context.Context, in *resultsUpload) (out ResultsImport, err error) {
	form := in.RawBody.Data()
	defer func(f multipart.File) {
		_ = f.Close()                   // it was only read
		_ = in.RawBody.Form.RemoveAll() // in the system's temporary directory, which is cleared too
	}(form.File)
	sector, err := igny8.Parse[igny8.SectorID](form.Sector)
	if err != nil {
		return out, err
	}
	found, report, err := keywordcsv.ReadResults(ctx, form.File)
	if err != nil {
		return out, err
	}
	return as(ctx, s, func(q *store.Queries) (ResultsImport, error) {
		out := ResultsImport{ResultsReport: report, Missing: []string{}}
		if _, err := q.Sector(ctx, sector); err != nil {
			return out, err
		}
		rows := make([]store.Found, len(found))
		for i, r := range found {
			rows[i] = store.Found{Normal: r.Normal, URLs: r.URLs}
		}
		known, err := q.ImportResults(ctx, sector, rows)
		if err != nil {
			return out, err
		}
		for _, r := range found {
			switch {
			case known[r.Normal]:
				out.Known++
			default:
				out.Unknown++
				if len(out.Missing) < missingShown {
					out.Missing = append(out.Missing, r.Keyword)
				}
			}
		}
		return out, note(ctx, q, "results.import", "sector/"+sector.String(), map[string]any{"keywords": out.Known})
	})
}
