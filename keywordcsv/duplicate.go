package keywordcsv

import "crypto/sha256"

// first is what is remembered of a keyword: the line that has it first, and
// what the lines that have it have told.
type first struct {
	line  int32
	known knowledge
}

// knowledge is a set of facts, a bit each.
type knowledge uint16

// facts are what a row can tell. In each the first line wins, but an exact
// volume is worth more than an estimate: it counts as both.
var facts = []struct {
	known  func(*Row) bool
	forget func(*Row)
	also   knowledge
}{
	{known: func(r *Row) bool { return r.Volume != nil && r.VolumeEstimated }, forget: func(r *Row) { r.Volume, r.VolumeEstimated = nil, false }},
	{known: func(r *Row) bool { return r.Volume != nil && !r.VolumeEstimated }, forget: func(r *Row) { r.Volume = nil }, also: 1},
	{known: func(r *Row) bool { return r.Difficulty != nil }, forget: func(r *Row) { r.Difficulty = nil }},
	{known: func(r *Row) bool { return r.CPCMicros != nil }, forget: func(r *Row) { r.CPCMicros, r.Currency = nil, "" }},
	{known: func(r *Row) bool { return len(r.Intents) > 0 }, forget: func(r *Row) { r.Intents = nil }},
	{known: func(r *Row) bool { return r.Parent != "" }, forget: func(r *Row) { r.Parent = "" }},
	{known: func(r *Row) bool { return len(r.SERPFeatures) > 0 }, forget: func(r *Row) { r.SERPFeatures = nil }},
	{known: func(r *Row) bool { return r.Competition != nil }, forget: func(r *Row) { r.Competition = nil }},
	{known: func(r *Row) bool { return len(r.Trend) > 0 }, forget: func(r *Row) { r.Trend = nil }},
	{known: func(r *Row) bool { return r.Position != nil || r.URL != "" }, forget: func(r *Row) { r.Position, r.URL = nil, "" }},
	{known: func(r *Row) bool { return r.Clicks != nil }, forget: func(r *Row) { r.Clicks = nil }},
	{known: func(r *Row) bool { return r.Impressions != nil }, forget: func(r *Row) { r.Impressions = nil }},
}

// known is what the row tells. The date of its figures is no fact by itself.
func (row *Row) known() knowledge {
	var all knowledge
	for i, fact := range facts {
		if fact.known(row) {
			all |= 1<<i | fact.also
		}
	}
	return all
}

// forget clears what is known already.
func (row *Row) forget(have knowledge) {
	for i, fact := range facts {
		if have&(1<<i) != 0 && fact.known(row) {
			fact.forget(row)
		}
	}
	if row.known() == 0 {
		row.LastUpdate = nil
	}
}

// key identifies a keyword in its market. A hash keeps the memory of a file of
// MaxRows rows at some 40 MB, whatever the length of its keywords.
func (row *Row) key() [16]byte {
	sum := sha256.Sum256([]byte(row.Country + "\x00" + row.Normal))
	return [16]byte(sum[:16])
}
