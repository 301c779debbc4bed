package keywordcsv

import "unicode/utf8"

// A Kind says what became of a line that is told of.
type Kind string

const (
	SkippedLine   Kind = "skipped"   // not a keyword: the line was left out
	DuplicateLine Kind = "duplicate" // the keyword stands in an earlier line, too
	TrailerLine   Kind = "trailer"   // a remark of the tool that made the file
	HeadLine      Kind = "head"      // above the header row
	BadCell       Kind = "cell"      // the keyword was taken, but not this cell
)

// MaxTold is how many lines of each Kind a report tells one by one. The counts
// are of all.
const MaxTold = 250

// A Line tells what is to be said of one line of the file.
type Line struct {
	Number int    `json:"line"` // from 1
	Kind   Kind   `json:"kind"`
	Column string `json:"column,omitempty"` // its header, or its number where there is none
	Reason string `json:"reason"`
	Value  string `json:"value,omitempty"` // the first 80 characters of what stood there
}

// A Report says what became of every line of a file:
//
//	Lines = Head + Rows + Duplicates + Skipped + Trailers + Blank + Continued
type Report struct {
	Layout    string `json:"layout"`
	Encoding  string `json:"encoding"`
	Delimiter string `json:"delimiter"`

	Lines      int `json:"lines"`
	Head       int `json:"head"`       // the header row and what stands above it
	Rows       int `json:"rows"`       // keywords, each counted once
	Duplicates int `json:"duplicates"` // lines whose keyword stands in an earlier one
	Skipped    int `json:"skipped"`    // lines that hold no keyword we take
	Trailers   int `json:"trailers"`   // remarks of the tool that made the file
	Blank      int `json:"blank"`
	Continued  int `json:"continued"` // further lines of rows whose cells hold line breaks

	Merged   int `json:"merged"`    // of the duplicates, how many knew something better
	BadCells int `json:"bad_cells"` // cells that could not be read, in rows that were taken

	Told     []Line   `json:"told"` // at most MaxTold of each Kind, by line
	Warnings []string `json:"warnings"`
}

// clip cuts text to the 80 characters that a message can bear.
func clip(text string) string {
	if utf8.RuneCountInString(text) <= 80 {
		return text
	}
	return string([]rune(text)[:79]) + "…"
}
