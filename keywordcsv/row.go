package keywordcsv

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Row is one keyword and what a line of the file says about it. A nil or
// empty field is not known; it is never 0.
type Row struct {
	Line    int    `json:"line"`    // where it stands in the file, from 1
	Keyword string `json:"keyword"` // as in the file, trimmed; 1–200 characters
	Normal  string `json:"normal"`  // see Normal
	// DuplicateOf is the line that has the keyword first, if this is not it.
	// The row then holds nothing but what is better known than before, so that
	// whoever keeps rows may let each known field replace the earlier one (and
	// VolumeEstimated go with Volume). An exact volume is better known than an
	// estimate; else the first line counts. Impressions are never a volume.
	DuplicateOf int `json:"duplicate_of,omitempty"`

	Country         string     `json:"country,omitempty"` // ISO 3166-1 alpha-2, lower case; with Normal the key of a duplicate
	Volume          *int       `json:"volume"`            // searches a month
	VolumeEstimated bool       `json:"volume_estimated"`  // it is the middle of a range, or a bucket
	Difficulty      *int       `json:"difficulty"`        // 0–100
	CPCMicros       *int64     `json:"cpc_micros"`        // millionths of Currency
	Currency        string     `json:"currency,omitempty"`
	Intents         []string   `json:"intents,omitempty"` // of IntentNames, the main one first
	Parent          string     `json:"parent,omitempty"`
	SERPFeatures    []string   `json:"serp_features,omitempty"`
	Competition     *int       `json:"competition"`     // 0–100, among advertisers
	Trend           []int      `json:"trend,omitempty"` // a month each, oldest first, in percent of the best
	Position        *float64   `json:"position"`        // from 1
	URL             string     `json:"url,omitempty"`
	Clicks          *int       `json:"clicks"`
	Impressions     *int       `json:"impressions"`
	LastUpdate      *time.Time `json:"last_update"` // UTC
}

// IntentNames are the four intents of a search that exports tell.
var IntentNames = []string{"informational", "navigational", "commercial", "transactional"}

// intentOf knows intents by name, letter and the code of Semrush's API.
var intentOf = map[string]string{
	"informational": "informational", "i": "informational", "1": "informational",
	"navigational": "navigational", "n": "navigational", "2": "navigational",
	"commercial": "commercial", "c": "commercial", "0": "commercial", "commercial investigation": "commercial",
	"transactional": "transactional", "t": "transactional", "3": "transactional",
}

// otherIntents stand in Ahrefs' intent cells and are no intents of a search.
var otherIntents = []string{"branded", "non-branded", "local", "non-local"}

// take reads one cell into the row. It returns why it couldn't, or "".
func (row *Row) take(field Field, cell string) string {
	if strings.IndexByte(cell, 0) >= 0 {
		return "the cell holds a zero byte" // which the database can't keep
	}
	switch field {
	case Volume:
		return row.takeVolume(cell)
	case VolumeEstimated:
		row.VolumeEstimated = row.VolumeEstimated || isTrue(cell)
	case Difficulty:
		return row.takeDifficulty(cell)
	case CPC:
		return row.takeCPC(cell)
	case Currency:
		if row.Currency = currencyOf(cell); row.Currency == "" && !isUnknown(cell) {
			return "this is not the three-letter code of a currency"
		}
	case Intents:
		return row.takeIntents(cell)
	case Navigational, Informational, Commercial, Transactional:
		if isTrue(cell) {
			row.addIntent(strings.TrimPrefix(string(field), "intent_"))
		}
	case Country:
		return row.takeCountry(cell)
	case Parent:
		row.Parent = trim(cell)
	case SERPFeatures:
		row.SERPFeatures = list(cell)
	case Competition:
		return row.takeCompetition(cell, 1)
	case Density:
		return row.takeCompetition(cell, 100)
	case Trend:
		return row.takeTrend(cell)
	case Position:
		return row.takePosition(cell)
	case URL:
		row.URL = trim(cell)
	case Clicks:
		return takeCount(&row.Clicks, cell)
	case Impressions:
		return takeCount(&row.Impressions, cell)
	case LastUpdate:
		return row.takeDate(cell)
	}
	return ""
}

const notNumber = "this is not a number"

func takeCount(to **int, cell string) string {
	f, ok := count(cell)
	if !ok {
		return notNumber
	}
	if f.known {
		*to = rounded(f.value)
	}
	return ""
}

func rounded(v float64) *int {
	n := int(math.Round(v))
	return &n
}

func (row *Row) takeVolume(cell string) string {
	f, ok := count(cell)
	if !ok {
		return notNumber
	}
	if f.known {
		row.Volume = rounded(f.value)
		row.VolumeEstimated = row.VolumeEstimated || f.estimate
	}
	return ""
}

func (row *Row) takeDifficulty(cell string) string {
	f, ok := amount(cell)
	switch {
	case !ok:
		return notNumber
	case f.known && f.value > 100:
		return "a difficulty is a number from 0 to 100"
	case f.known:
		row.Difficulty = rounded(f.value)
	}
	return ""
}

// takeCompetition reads how many of its scale make a percent.
func (row *Row) takeCompetition(cell string, scale float64) string {
	switch strings.ToLower(trim(cell)) {
	case "low", "medium", "high", "unspecified": // what the Keyword Planner also says in a number
		return ""
	}
	f, ok := amount(cell)
	switch {
	case !ok:
		return notNumber
	case f.known && f.value*scale > 100:
		return fmt.Sprintf("a competition is a number from 0 to %v", 100/scale)
	case f.known && row.Competition == nil:
		row.Competition = rounded(f.value * scale)
	}
	return ""
}

func (row *Row) takeCPC(cell string) string {
	n, currency, ok := micros(cell)
	if !ok {
		return "this is not an amount of money"
	}
	row.CPCMicros = n
	if currency != "" && row.Currency == "" {
		row.Currency = currency
	}
	return ""
}

func (row *Row) takePosition(cell string) string {
	f, ok := amount(cell)
	switch {
	case !ok:
		return notNumber
	case f.known && f.value > 0: // 0 is how some say: not ranked
		row.Position = &f.value
	}
	return ""
}

func isTrue(cell string) bool {
	switch strings.ToLower(trim(cell)) {
	case "true", "yes", "1", "x":
		return true
	}
	return false
}

func (row *Row) addIntent(name string) {
	if !slices.Contains(row.Intents, name) {
		row.Intents = append(row.Intents, name)
	}
}

func (row *Row) takeIntents(cell string) (reason string) {
	if isUnknown(cell) {
		return ""
	}
	for _, word := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(",;|/\n", r) }) {
		word = strings.ToLower(trim(word))
		if name := intentOf[word]; name != "" {
			row.addIntent(name)
		} else if word != "" && !slices.Contains(otherIntents, word) {
			reason = "there is an intent that we don't know"
		}
	}
	return reason
}

// market is a country code, with what tools put before or behind it: Semrush's
// databases "mobile-us" and "us-ext", Moz's locale "en-US".
var market = regexp.MustCompile(`^(?:mobile-|[a-z]{2,3}[-_])?([a-z]{2})(?:-ext)?$`)

func (row *Row) takeCountry(cell string) string {
	code := strings.ToLower(trim(cell))
	if isUnknown(cell) && code != "na" { // Namibia
		return ""
	}
	m := market.FindStringSubmatch(code)
	if m == nil {
		return "this is not the two-letter code of a country"
	}
	if row.Country = m[1]; row.Country == "uk" {
		row.Country = "gb"
	}
	return ""
}

func list(cell string) []string {
	if isUnknown(cell) {
		return nil
	}
	var all []string
	for part := range strings.SplitSeq(cell, ",") {
		if part = trim(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}

// maxMonths is how long a trend may be.
const maxMonths = 60

// takeTrend reads up to twelve numbers: from 0 to 1 in Keyword Magic, and from
// 0 to 100, in brackets, in Organic Positions and in what we write.
func (row *Row) takeTrend(cell string) string {
	inner, bracketed := strings.CutPrefix(trim(cell), "[")
	parts := list(strings.TrimSuffix(inner, "]"))
	if len(parts) > maxMonths {
		return "there are too many months"
	}
	var months []float64
	for _, part := range parts {
		v, err := strconv.ParseFloat(part, 64)
		if err != nil || !(v >= 0 && v <= 100) {
			return "this is not a list of numbers from 0 to 100"
		}
		months = append(months, v)
	}
	scale := 1.0
	if !bracketed && len(months) > 0 && slices.Max(months) <= 1 {
		scale = 100
	}
	row.Trend = nil
	for _, v := range months {
		row.Trend = append(row.Trend, int(math.Round(v*scale)))
	}
	return ""
}

// takeMonths makes a trend of the searches in each month. Months that are not
// known at the beginning are left out; one that is missing between others leaves
// the trend unknown.
func (row *Row) takeMonths(cells []string) {
	var months []float64
	for _, cell := range cells {
		f, ok := count(cell)
		switch {
		case ok && f.known:
			months = append(months, f.value)
		case len(months) > 0:
			return
		}
	}
	if len(months) == 0 || len(months) > maxMonths {
		return
	}
	best := max(slices.Max(months), 1)
	for _, v := range months {
		row.Trend = append(row.Trend, int(math.Round(v*100/best)))
	}
}

const dateTime = "2006-01-02 15:04:05"

func (row *Row) takeDate(cell string) string {
	s := trim(cell)
	if isUnknown(s) {
		return ""
	}
	for _, form := range []string{dateTime, time.DateOnly, time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04", "2006/01/02", "2 Jan 2006", "Jan 2, 2006"} {
		if t, err := time.Parse(form, s); err == nil && t.Year() > 1990 && t.Year() < 2200 {
			t = t.UTC()
			row.LastUpdate = &t
			return ""
		}
	}
	return "this is not a date that we can read"
}

// Cell is what Write puts into the column of a field. Read takes it back.
func (row Row) Cell(field Field) string {
	switch field {
	case Keyword:
		return row.Keyword
	case Volume:
		return integer(row.Volume)
	case VolumeEstimated:
		return strconv.FormatBool(row.VolumeEstimated)
	case Difficulty:
		return integer(row.Difficulty)
	case CPC:
		if row.CPCMicros != nil {
			return money(*row.CPCMicros)
		}
	case Currency:
		return row.Currency
	case Intents:
		return strings.Join(row.Intents, ", ")
	case Navigational, Informational, Commercial, Transactional:
		return strconv.FormatBool(slices.Contains(row.Intents, strings.TrimPrefix(string(field), "intent_")))
	case Country:
		return row.Country
	case Parent:
		return row.Parent
	case SERPFeatures:
		return strings.Join(row.SERPFeatures, ", ")
	case Competition:
		return integer(row.Competition)
	case Density:
		if row.Competition != nil {
			return strconv.FormatFloat(float64(*row.Competition)/100, 'f', -1, 64)
		}
	case Trend:
		if len(row.Trend) > 0 {
			return "[" + strings.Trim(strings.Join(strings.Fields(fmt.Sprint(row.Trend)), ","), "[]") + "]"
		}
	case Position:
		if row.Position != nil {
			return strconv.FormatFloat(*row.Position, 'f', -1, 64)
		}
	case URL:
		return row.URL
	case Clicks:
		return integer(row.Clicks)
	case Impressions:
		return integer(row.Impressions)
	case LastUpdate:
		if row.LastUpdate != nil {
			return row.LastUpdate.UTC().Format(dateTime)
		}
	}
	return ""
}

func integer(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}
