package keywordcsv

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"
)

// readAll reads a file and checks that the counts of its report add up.
func readAll(t *testing.T, file []byte, m Mapping) ([]Row, Report) {
	t.Helper()
	var rows []Row
	report, err := Read(t.Context(), bytes.NewReader(file), m, func(r Row) error {
		rows = append(rows, r)
		return nil
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	addsUp(t, report, len(rows))
	return rows, report
}

type failer interface {
	Helper()
	Fatalf(string, ...any)
}

func addsUp(t failer, r Report, handed int) {
	t.Helper()
	if sum := r.Head + r.Rows + r.Duplicates + r.Skipped + r.Trailers + r.Blank + r.Continued; sum != r.Lines {
		t.Fatalf("the counts add up to %d, not to the %d lines: %+v", sum, r.Lines, r)
	}
	if handed != r.Rows+r.Merged || r.Merged > r.Duplicates {
		t.Fatalf("%d rows were handed over: %+v", handed, r)
	}
}

func some[T any](v T) *T { return &v }

func utf16le(text string) []byte {
	b, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(text))
	if err != nil {
		panic(err)
	}
	return b
}

// quote quotes every cell of a tab-separated text.
func quote(tabbed string) string {
	lines := strings.Split(strings.TrimSuffix(tabbed, "\n"), "\n")
	for i, l := range lines {
		lines[i] = `"` + strings.ReplaceAll(strings.ReplaceAll(l, `"`, `""`), "\t", "\"\t\"") + `"`
	}
	return strings.Join(lines, "\n") + "\n"
}

func tabs(cells ...string) string { return strings.Join(cells, "\t") + "\n" }

const monthColumns = "Searches: Jan 2020\tSearches: Feb 2020\tSearches: Mar 2020\tSearches: Apr 2020\tSearches: May 2020\tSearches: Jun 2020\tSearches: Jul 2020\tSearches: Aug 2020\tSearches: Sep 2020\tSearches: Oct 2020\tSearches: Nov 2020\tSearches: Dec 2020"

// A layoutCase is a made-up file with the bytes that a tool would write.
type layoutCase struct {
	name   string
	file   []byte
	want   Report // without Told
	header int
	rows   []Row
	told   []Line
}

var ahrefsKeywords = layoutCase{
	name: "Ahrefs Keywords Explorer",
	file: utf16le(quote(
		tabs("#", "Keyword", "Country", "Difficulty", "Volume", "CPC", "CPS", "Parent Keyword", "Last Update", "SERP Features", "Global volume", "Traffic potential", "Global traffic potential", "First seen", "Intents", "Languages") +
			tabs("1", "oak desk", "us", "12", "1300", "0.85", "", "oak desk", "2026-01-05 10:11:12", "Sitelinks,Image pack", "4000", "700", "900", "2015-09-01 00:00:00", "Informational,Non-branded,Non-local", "en") +
			tabs("2", `desk 60" wide`, "us", "", "", "", "", "", "", "", "40", "", "", "", "", ""))),
	want:   Report{Layout: "Ahrefs Keywords Explorer", Encoding: UTF16LE, Delimiter: "\t", Lines: 3, Head: 1, Rows: 2},
	header: 1,
	rows: []Row{
		{Line: 2, Keyword: "oak desk", Country: "us", Volume: some(1300), Difficulty: some(12), CPCMicros: some(int64(850_000)),
			Intents: []string{"informational"}, Parent: "oak desk", SERPFeatures: []string{"Sitelinks", "Image pack"},
			LastUpdate: some(time.Date(2026, 1, 5, 10, 11, 12, 0, time.UTC))},
		{Line: 3, Keyword: `desk 60" wide`, Country: "us"}, // the global volume is not the volume
	},
}

var ahrefsComma = layoutCase{
	name: "Ahrefs as UTF-8 with a newer and an older column",
	file: []byte("Keyword,Country,Difficulty,Volume,CPC,Clicks,CPS,Return Rate,Parent Keyword,SV trend (01-2025 - 12-2025)\n" +
		"oak desk,gb,12,1300,,900,0.7,1.2,desk,\"[1,2]\"\n"),
	want:   Report{Layout: "Ahrefs Keywords Explorer", Encoding: UTF8, Delimiter: ",", Lines: 2, Head: 1, Rows: 1},
	header: 1,
	rows:   []Row{{Line: 2, Keyword: "oak desk", Country: "gb", Volume: some(1300), Difficulty: some(12), Parent: "desk"}}, // Clicks are the market's
}

var ahrefsSite = layoutCase{
	name: "Ahrefs Site Explorer",
	file: utf16le(quote(
		tabs("Keyword", "Country code", "Location", "Language", "Entities", "SERP features", "Volume", "KD", "CPC", "Organic traffic", "Paid traffic", "Current position", "Current URL", "Current URL inside", "Updated", "Navigational", "Informational", "Commercial", "Transactional", "Branded", "Local") +
			tabs("oak desk", "US", "United States", "English", "", "Sitelinks", "90", "3", "", "12", "0", "4", "https://a.example/x", "", "2026-01-05", "false", "true", "true", "false", "false", "false") +
			tabs("oak desk", "US", "United States", "English", "", "", "90", "3", "", "1", "0", "9", "https://a.example/y", "", "2026-01-05", "false", "true", "true", "false", "false", "false"))),
	want:   Report{Layout: "Ahrefs Site Explorer", Encoding: UTF16LE, Delimiter: "\t", Lines: 3, Head: 1, Rows: 1, Duplicates: 1},
	header: 1,
	rows: []Row{{Line: 2, Keyword: "oak desk", Country: "us", Volume: some(90), Difficulty: some(3), SERPFeatures: []string{"Sitelinks"},
		Intents: []string{"informational", "commercial"}, Position: some(4.0), URL: "https://a.example/x",
		LastUpdate: some(time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC))}},
	told: []Line{{Number: 3, Kind: DuplicateLine, Column: "Keyword", Reason: "the same keyword as in line 2", Value: "oak desk"}},
}

var semrushNine = layoutCase{
	name: "Semrush Keyword Magic, 9 columns, cut short",
	file: []byte("Keyword,Intent,Volume,Trend,Keyword Difficulty,CPC (AUD),Competitive Density,SERP Features,Number of Results\n" +
		"oak desk,\"Informational, Commercial\",\"1,300\",\"0.36,0.44,1.00\",41,0.85,0.99,\"Sitelinks, Reviews\",1200000\n" +
		"büro schreibtisch,,0,,,0.00,0,,\n" +
		"https://a.example/desk,,10,,,,,,\n" +
		"Oak  Desk,,,,,,,,\n" +
		"\n" +
		"\"You can export only first 30000 rows, by your plan.\"\n" +
		"Upgrade your plan\n" +
		"and export everything\n"),
	want:   Report{Layout: "Semrush Keyword Magic", Encoding: UTF8, Delimiter: ",", Lines: 9, Head: 1, Rows: 2, Duplicates: 1, Skipped: 1, Blank: 1, Trailers: 3},
	header: 1,
	rows: []Row{
		{Line: 2, Keyword: "oak desk", Volume: some(1300), Difficulty: some(41), CPCMicros: some(int64(850_000)), Currency: "AUD",
			Intents: []string{"informational", "commercial"}, SERPFeatures: []string{"Sitelinks", "Reviews"}, Competition: some(99), Trend: []int{36, 44, 100}},
		{Line: 3, Keyword: "büro schreibtisch", Volume: some(0), CPCMicros: some(int64(0)), Currency: "AUD", Competition: some(0)},
	},
	told: []Line{
		{Number: 4, Kind: SkippedLine, Column: "Keyword", Reason: "this is a web address, not a keyword", Value: "https://a.example/desk"},
		{Number: 5, Kind: DuplicateLine, Column: "Keyword", Reason: "the same keyword as in line 2", Value: "Oak  Desk"},
		{Number: 7, Kind: TrailerLine, Reason: "a remark of the tool that made the file", Value: "You can export only first 30000 rows, by your plan."},
		{Number: 8, Kind: TrailerLine, Reason: "a remark of the tool that made the file", Value: "Upgrade your plan"},
		{Number: 9, Kind: TrailerLine, Reason: "a remark of the tool that made the file", Value: "and export everything"},
	},
}

var semrushPositions = layoutCase{
	name: "Semrush Organic Positions",
	file: []byte("Keyword,Position,Previous position,Search Volume,Keyword Difficulty,CPC,URL,Traffic,Traffic (%),Traffic Cost,Competition,Number of Results,Trends,Timestamp,SERP Features by Keyword,Keyword Intents,Position Type\n" +
		"oak desk,3,4,210,18,0.40,https://a.example/x,20,0.5,8,0.91,1000,\"[23,36,100]\",2026-04-02,\"Reviews, Video\",\"commercial, transactional\",Organic\n"),
	want:   Report{Layout: "Semrush Organic Positions", Encoding: UTF8, Delimiter: ",", Lines: 2, Head: 1, Rows: 1},
	header: 1,
	rows: []Row{{Line: 2, Keyword: "oak desk", Volume: some(210), Difficulty: some(18), CPCMicros: some(int64(400_000)), Position: some(3.0),
		URL: "https://a.example/x", Competition: some(91), Trend: []int{23, 36, 100}, SERPFeatures: []string{"Reviews", "Video"},
		Intents: []string{"commercial", "transactional"}, LastUpdate: some(time.Date(2026, 4, 2, 0, 0, 0, 0, time.UTC))}},
}

var semrushStrategy = layoutCase{
	name: "Semrush Keyword Strategy Builder, line breaks in cells",
	file: []byte("Database,Keyword,Seed keyword,Page,Topic,Page type,Tags,Volume,Keyword Difficulty\n" +
		"uk,oak desk,desk,\"Oak desks\nfor small rooms\",Desks,Sub,\"a\r\nb\",210,18\n" +
		"uk,pine desk,desk,,,,,30,\n"),
	want:   Report{Layout: "Semrush Keyword Strategy Builder", Encoding: UTF8, Delimiter: ",", Lines: 5, Head: 1, Rows: 2, Continued: 2},
	header: 1,
	rows: []Row{
		{Line: 2, Keyword: "oak desk", Country: "gb", Volume: some(210), Difficulty: some(18)},
		{Line: 5, Keyword: "pine desk", Country: "gb", Volume: some(30)},
	},
}

var semrushAPI = layoutCase{
	name:   "Semrush API",
	file:   []byte("Keyword;Search Volume;CPC;Competition;Number of Results;Trends;Intents\r\noak desk;210;0.40;0.9;1000;0.5,1;1,0\r\npine desk;30;;0.1;;;3\r\n"),
	want:   Report{Layout: "Semrush API", Encoding: UTF8, Delimiter: ";", Lines: 3, Head: 1, Rows: 2},
	header: 1,
	rows: []Row{
		{Line: 2, Keyword: "oak desk", Volume: some(210), CPCMicros: some(int64(400_000)), Intents: []string{"informational", "commercial"}, Competition: some(90), Trend: []int{50, 100}},
		{Line: 3, Keyword: "pine desk", Volume: some(30), Intents: []string{"transactional"}, Competition: some(10)},
	},
}

var planner2020 = layoutCase{
	name: "Google Keyword Planner 2020",
	file: utf16le("Keyword Stats 2020-10-12 at 09_08_07\n\"October 1, 2019 - September 30, 2020\"\n" +
		"Keyword\tCurrency\tAvg. monthly searches\tMin search volume\tMax search volume\tCompetition\tCompetition (indexed value)\tTop of page bid (low range)\tTop of page bid (high range)\tAd impression share\tOrganic impression share\tOrganic average position\tIn account?\tIn plan?\t" + monthColumns + "\tConcept: Size\tConcept: Size\n" +
		"oak desk\tEUR\tN/A\t\"10,000\"\t\"100,000\"\tHigh\t98\t0.41\t1.20\t\t\t\tN\tN\n" +
		"pine desk\tEUR\t90\t10\t100\tLow\t12\t\t\t\t\t\tN\tN\n"),
	want:   Report{Layout: keywordPlanner, Encoding: UTF16LE, Delimiter: "\t", Lines: 5, Head: 3, Rows: 2},
	header: 3,
	rows: []Row{ // the competition among advertisers is no difficulty
		{Line: 4, Keyword: "oak desk", Volume: some(55_000), VolumeEstimated: true, Competition: some(98)},
		{Line: 5, Keyword: "pine desk", Volume: some(90), Competition: some(12)},
	},
	told: []Line{
		{Number: 1, Kind: HeadLine, Reason: "this stands above the header row", Value: "Keyword Stats 2020-10-12 at 09_08_07"},
		{Number: 2, Kind: HeadLine, Reason: "this stands above the header row", Value: "October 1, 2019 - September 30, 2020"},
	},
}

var planner2026 = layoutCase{
	name: "Google Keyword Planner 2026 of an account that spends little",
	file: utf16le("Keyword Stats 2026-01-12 at 09_08_07\n\"1. Januar 2025 - 31. Dezember 2025\"\n" +
		"Keyword\tCurrency\tSegmentation\tAvg. monthly searches\tThree month change\tYoY change\tCompetition\tCompetition (indexed value)\tTop of page bid (low range)\tTop of page bid (high range)\t" + monthColumns + "\n" +
		"\tEUR\tAll\t555050\t\t\t\t\t\t\n" +
		"oak desk\tEUR\tAll\t5000\t0%\t-90%\tHoch\t98\t0,41\t1,20\t\t\t500\t5000\t5000\t5000\t5000\t5000\t5000\t5000\t5000\t50000\n" +
		"pine desk\tEUR\tAll\t50\t0%\t0%\tGering\t12\t\t\t50\t\t50\n" +
		"elm desk\tEUR\tAll\t\t\t\t\t\n"),
	want:   Report{Layout: keywordPlanner, Encoding: UTF16LE, Delimiter: "\t", Lines: 7, Head: 3, Rows: 3, Skipped: 1},
	header: 3,
	rows: []Row{
		{Line: 5, Keyword: "oak desk", Volume: some(5000), VolumeEstimated: true, Competition: some(98), Trend: []int{1, 10, 10, 10, 10, 10, 10, 10, 10, 100}}, // the first two months are not known
		{Line: 6, Keyword: "pine desk", Volume: some(50), VolumeEstimated: true, Competition: some(12)},                                                        // a month between is missing
		{Line: 7, Keyword: "elm desk"},
	},
	told: []Line{
		{Number: 1, Kind: HeadLine, Reason: "this stands above the header row", Value: "Keyword Stats 2026-01-12 at 09_08_07"},
		{Number: 2, Kind: HeadLine, Reason: "this stands above the header row", Value: "1. Januar 2025 - 31. Dezember 2025"},
		{Number: 4, Kind: SkippedLine, Column: "Keyword", Reason: "there is no keyword in this line", Value: "EUR"},
	},
}

var console = layoutCase{
	name:   "Google Search Console",
	file:   []byte("Top queries,Clicks,Impressions,CTR,Position\noak desk,12,36,33.33%,3.4\npine desk,0,5,0%,81\n"),
	want:   Report{Layout: searchConsole, Encoding: UTF8, Delimiter: ",", Lines: 3, Head: 1, Rows: 2},
	header: 1,
	rows: []Row{
		{Line: 2, Keyword: "oak desk", Clicks: some(12), Impressions: some(36), Position: some(3.4)},
		{Line: 3, Keyword: "pine desk", Clicks: some(0), Impressions: some(5), Position: some(81.0)},
	},
}

var consoleGerman = layoutCase{
	name:   "Google Search Console in German, with a BOM",
	file:   []byte("\ufeffHäufigste Suchanfragen,Klicks,Impressionen,CTR,Position\noak desk,12,36,\"33,33 %\",\"3,4\"\n"),
	want:   Report{Layout: searchConsole, Encoding: UTF8BOM, Delimiter: ",", Lines: 2, Head: 1, Rows: 1},
	header: 1,
	rows:   []Row{{Line: 2, Keyword: "oak desk", Clicks: some(12), Impressions: some(36), Position: some(3.4)}},
}

var moz = layoutCase{
	name: "Moz",
	file: []byte("# ----\n# Keyword Explorer\nKeyword,Locale,Min Volume,Max Volume,Difficulty,Organic CTR,Importance,Priority,Date Analyzed\n" +
		"oak desk,en-US,11,50,33,0.7,3,60,2026-01-02\n\n\n"),
	want:   Report{Layout: "Moz", Encoding: UTF8, Delimiter: ",", Lines: 6, Head: 3, Rows: 1, Blank: 2},
	header: 3,
	rows: []Row{{Line: 4, Keyword: "oak desk", Country: "us", Volume: some(31), VolumeEstimated: true, Difficulty: some(33),
		LastUpdate: some(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC))}},
	told: []Line{
		{Number: 1, Kind: HeadLine, Reason: "this stands above the header row", Value: "# ----"},
		{Number: 2, Kind: HeadLine, Reason: "this stands above the header row", Value: "# Keyword Explorer"},
	},
}

var mozRange = layoutCase{
	name:   "Moz with ranges",
	file:   []byte("Keyword,Volume Range,Difficulty\noak desk,118001..300000,33\n"),
	want:   Report{Layout: "Moz", Encoding: UTF8, Delimiter: ",", Lines: 2, Head: 1, Rows: 1},
	header: 1,
	rows:   []Row{{Line: 2, Keyword: "oak desk", Volume: some(209_001), VolumeEstimated: true, Difficulty: some(33)}},
}

var ubersuggest = layoutCase{
	name:   "Ubersuggest",
	file:   []byte("No,Keyword,Search Volume,CPC,Paid Difficulty,SEO Difficulty\n1,oak desk,\"1,300\",$0.85,91,12\n"),
	want:   Report{Layout: "Ubersuggest", Encoding: UTF8, Delimiter: ",", Lines: 2, Head: 1, Rows: 1},
	header: 1,
	rows:   []Row{{Line: 2, Keyword: "oak desk", Volume: some(1300), CPCMicros: some(int64(850_000)), Currency: "USD", Difficulty: some(12), Competition: some(91)}},
}

var ubersuggestDomain = layoutCase{
	name:   "Ubersuggest domain report",
	file:   []byte("Keyword,Volume,Position,Est. Visits,CPC,Paid Difficulty,SEO Difficulty,URL\noak desk,1300,7,20,0.85,91,12,https://a.example/\n"),
	want:   Report{Layout: "Ubersuggest", Encoding: UTF8, Delimiter: ",", Lines: 2, Head: 1, Rows: 1},
	header: 1,
	rows: []Row{{Line: 2, Keyword: "oak desk", Volume: some(1300), CPCMicros: some(int64(850_000)), Difficulty: some(12), Competition: some(91),
		Position: some(7.0), URL: "https://a.example/"}},
}

var kwfinder = layoutCase{
	name: "KWFinder",
	file: []byte("Keyword,Avg. Search Volume (Last Known Values),Keyword Difficulty,Search Intent,CPC,PPC,Search Volume 1/2026,Search Volume 2/2026\n" +
		"oak desk,1300,N/A,T,0.85,40,1200,1400\n"),
	want:   Report{Layout: "KWFinder", Encoding: UTF8, Delimiter: ",", Lines: 2, Head: 1, Rows: 1},
	header: 1,
	rows:   []Row{{Line: 2, Keyword: "oak desk", Volume: some(1300), CPCMicros: some(int64(850_000)), Intents: []string{"transactional"}, Competition: some(40), Trend: []int{86, 100}}},
}

var plainList = layoutCase{
	name:   "a list of keywords, in it the word keyword",
	file:   []byte("oak desk\r\npine desk, cheap\r\nkeyword\r\n\r\n  elm\u00a0desk \r\n\"a quoted desk\" and more"),
	want:   Report{Layout: PlainList, Encoding: UTF8, Lines: 6, Rows: 5, Blank: 1},
	rows:   []Row{{Line: 1, Keyword: "oak desk"}, {Line: 2, Keyword: "pine desk, cheap"}, {Line: 3, Keyword: "keyword"}, {Line: 5, Keyword: "elm\u00a0desk"}, {Line: 6, Keyword: `"a quoted desk" and more`}},
	told:   nil,
	header: 0,
}

func semrushWith(columns, cells string, trend []int) layoutCase {
	c := layoutCase{
		name: "Semrush Keyword Magic: " + columns,
		file: []byte(columns + "\n" + cells + "\n"),
		want: Report{Layout: "Semrush Keyword Magic", Encoding: UTF8, Delimiter: ",", Lines: 2, Head: 1, Rows: 1}, header: 1,
		rows: []Row{{Line: 2, Keyword: "oak desk", Volume: some(20), Difficulty: some(41), CPCMicros: some(int64(500_000)), Currency: "USD", Intents: []string{"navigational"}, Trend: trend}},
	}
	if strings.Contains(columns, "Density") {
		c.rows[0].Competition = some(100)
	}
	if strings.Contains(columns, "SERP") {
		c.rows[0].SERPFeatures = []string{"Video"}
	}
	return c
}

var layoutCases = []layoutCase{
	ahrefsKeywords, ahrefsComma, ahrefsSite, semrushNine,
	semrushWith("Keyword,Intent,Volume,Trend,Keyword Difficulty,CPC (USD),Competitive Density,Number of Results", `oak desk,Navigational,20,"1,0.5",41,0.5,1,9`, []int{100, 50}),
	semrushWith("Keyword,Intent,Volume,Trend,Keyword Difficulty,CPC (USD),SERP Features", `oak desk,N,20,"0.00,0.50",41,0.5,Video`, []int{0, 50}),
	semrushWith("Keyword,Intent,Volume,Keyword Difficulty,CPC (USD),SERP Features", `oak desk,Navigational,20,41,0.5,Video`, nil),
	semrushPositions, semrushStrategy, semrushAPI, planner2020, planner2026, console, consoleGerman,
	moz, mozRange, ubersuggest, ubersuggestDomain, kwfinder, plainList,
}

func TestLayouts(t *testing.T) {
	t.Parallel()
	for _, c := range layoutCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rows, report := readAll(t, c.file, nil)
			want := slices.Clone(c.rows)
			for i := range want {
				want[i].Normal = Normal(want[i].Keyword)
			}
			if diff := cmp.Diff(want, rows); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.told, report.Told[:len(report.Told):len(report.Told)], emptyIsNil); diff != "" {
				t.Error(diff)
			}
			report.Told, report.Warnings = nil, nil
			if diff := cmp.Diff(c.want, report); diff != "" {
				t.Error(diff)
			}
			again(t, c, rows)
		})
	}
}

var emptyIsNil = cmp.Transformer("emptyIsNil", func(l []Line) []Line {
	if len(l) == 0 {
		return nil
	}
	return l
})

// again checks that the preview shows what reading gives, and that its mapping,
// handed back unchanged, changes nothing.
func again(t *testing.T, c layoutCase, rows []Row) {
	t.Helper()
	p, err := Inspect(bytes.NewReader(c.file), nil)
	if err != nil {
		t.Fatal(err)
	}
	if p.Layout != c.want.Layout || p.Encoding != c.want.Encoding || p.Delimiter != c.want.Delimiter || p.HeaderLine != c.header || !p.Complete {
		t.Errorf("preview: %+v", p)
	}
	if diff := cmp.Diff(rows, p.Rows); diff != "" {
		t.Error(diff)
	}
	mapped, _ := readAll(t, c.file, p.Mapping())
	if diff := cmp.Diff(rows, mapped); diff != "" {
		t.Error(diff)
	}
}
