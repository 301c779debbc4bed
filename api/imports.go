package api

import (
	"context"
	"encoding/json"
	"io"
	"iter"
	"math"
	"mime/multipart"
	"path"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/keywordcsv"
	"github.com/igny8/igny8/store"
)

// Import is the report of an import: what became of the file's lines, and of
// the keywords in them.
type Import struct {
	store.Imported
	Filename string            `json:"filename"`
	File     keywordcsv.Report `json:"file"`
}

// upload is a form with a file, and what its columns hold if that is not what
// was found out.
type upload struct {
	RawBody huma.MultipartFormFiles[uploadForm]
}

type uploadForm struct {
	File    huma.FormFile `form:"file" contentType:"application/octet-stream" required:"true" doc:"A keyword export: text, not a spreadsheet"`
	Mapping string        `form:"mapping" required:"false" doc:"JSON: columns, from 0, to fields, such as {\"0\": \"keyword\", \"2\": \"volume\"}"`
	Sector  string        `form:"sector" required:"false" doc:"ID of the sector that the keywords are for"`
}

func (s *Server) imports() {
	e := post("planner/keywords/import_csv/", "import-keywords", "Import a keyword export", igny8.Write)
	e.body = maxFile
	route(s, e, s.importCSV)
	e = post("planner/keywords/import_preview/", "preview-import", "See what an import would do", igny8.Read)
	e.body = maxFile
	route(s, e, func(_ context.Context, in *upload) (keywordcsv.Preview, error) {
		file, mapping, err := in.open()
		if err != nil {
			return keywordcsv.Preview{}, err
		}
		defer in.remove()
		return keywordcsv.Inspect(file, mapping)
	})
}

func (in *upload) open() (multipart.File, keywordcsv.Mapping, error) {
	form := in.RawBody.Data()
	if form.Mapping == "" {
		return form.File.File, nil, nil
	}
	var m keywordcsv.Mapping
	if err := json.Unmarshal([]byte(form.Mapping), &m); err != nil {
		in.remove()
		return nil, nil, igny8.FieldErrorf("mapping", "The mapping is JSON that gives columns, counted from 0, their fields.")
	}
	return form.File.File, m, nil
}

// remove removes what the form left on the disk.
func (in *upload) remove() {
	_ = in.RawBody.Data().File.Close() // it was only read
	_ = in.RawBody.Form.RemoveAll()    // in the system's temporary directory, which is cleared too
}

func (s *Server) importCSV(ctx context.Context, in *upload) (Import, error) {
	file, mapping, err := in.open()
	if err != nil {
		return Import{}, err
	}
	defer in.remove()
	form := in.RawBody.Data()
	if form.Sector == "" {
		return Import{}, igny8.FieldErrorf("sector", "Say which sector the keywords are for.")
	}
	sector, err := igny8.Parse[igny8.SectorID](form.Sector)
	if err != nil {
		return Import{}, err
	}
	return ImportKeywords(ctx, s.Store, asker(ctx), sector, form.File.Filename, file, mapping)
}

// ImportKeywords imports a file into a sector as the principal of ctx: all of it
// or, after an error, nothing. It is what import_csv does, and the command line.
func ImportKeywords(ctx context.Context, db *store.Store, by store.Asker, sector igny8.SectorID, filename string, file io.Reader, m keywordcsv.Mapping) (Import, error) {
	filename = clip(path.Base(strings.ReplaceAll(strings.ToValidUTF8(filename, ""), "\\", "/")), 200)
	return store.As(ctx, db, igny8.PrincipalOf(ctx), func(q *store.Queries) (out Import, err error) {
		at, err := q.Sector(ctx, sector)
		if err != nil {
			return out, err
		}
		if at.Status != "active" || at.SiteStatus != "active" {
			return out, igny8.FieldErrorf("sector", "The sector %q is not active. Activate it and its site first.", at.Name)
		}
		out.Filename = filename
		out.Imported, err = q.ImportKeywords(ctx, at, filename, by.User, rowsOf(ctx, file, m, &out.File))
		if err != nil {
			return out, err
		}
		report, err := json.Marshal(out.File)
		if err != nil {
			return out, err
		}
		if err := q.ImportEnded(ctx, store.ImportEndedParams{ID: out.ID, Layout: out.File.Layout, Report: report,
			Added: int32(out.Added), Updated: int32(out.Updated), Skipped: int32(out.File.Skipped)}); err != nil {
			return out, err
		}
		detail, err := json.Marshal(map[string]any{"sector": sector, "added": out.Added, "updated": out.Updated})
		if err != nil {
			return out, err
		}
		return out, q.Audit(ctx, store.AuditParams{ActorRole: string(by.Role), ActorID: pointer(by.User), Action: "keywords.import", Target: out.ID.String(), Outcome: "done", Detail: detail, RequestID: by.Request, IP: by.IP})
	})
}

func pointer[I interface{ IsZero() bool }](id I) *I {
	if id.IsZero() {
		return nil
	}
	return &id
}

// rowsOf reads a file as the store takes keywords: one at a time, as it is
// ready for them. The report is complete when the sequence ends.
func rowsOf(ctx context.Context, file io.Reader, m keywordcsv.Mapping, report *keywordcsv.Report) iter.Seq2[store.ImportedKeyword, error] {
	return func(yield func(store.ImportedKeyword, error) bool) {
		stopped := false
		r, err := keywordcsv.Read(ctx, file, m, func(row keywordcsv.Row) error {
			if !yield(imported(row), nil) {
				stopped = true
				return context.Canceled
			}
			return nil
		})
		*report = r
		if err != nil && !stopped {
			yield(store.ImportedKeyword{}, err)
		}
	}
}

func imported(r keywordcsv.Row) store.ImportedKeyword {
	return store.ImportedKeyword{
		Line: r.Line, Again: r.DuplicateOf > 0, Keyword: r.Keyword, Normal: r.Normal, Volume: atMost(r.Volume), VolumeEstimated: r.VolumeEstimated, Difficulty: r.Difficulty,
		CPCMicros: r.CPCMicros, Currency: r.Currency, Intents: r.Intents, Country: r.Country, Parent: r.Parent, SERPFeatures: r.SERPFeatures, Competition: r.Competition, Trend: r.Trend,
		Position: r.Position, URL: r.URL, Clicks: r.Clicks, Impressions: r.Impressions, LastUpdate: r.LastUpdate,
	}
}

// atMost keeps a number of searches in what the column holds. More than two
// milliards a month are nowhere searched for.
func atMost(n *int) *int {
	if n == nil || *n <= math.MaxInt32 {
		return n
	}
	most := math.MaxInt32
	return &most
}
