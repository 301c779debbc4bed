// Package sample holds a made-up keyword export of a shop for home coffee gear,
// in two layouts: what the demo imports, and what a new user may try.
//
// Both hold 240 keywords, of which twelve topics have about 19 each and ten fit
// nowhere; six of them a second time, written differently; and a web address.
// A fifth has no figures, five have letters beyond ASCII, and one begins with
// "=", as a formula does. The shop, its figures and its market are invented.
package sample

import _ "embed"

//go:generate go test -run TestFilesAreUpToDate -update

// CSV is laid out as by Semrush's Keyword Magic: UTF-8, commas, nine columns,
// and below the rows three lines about the plan's limit.
//
//go:embed coffee-gear_broad-match_us.csv
var CSV []byte

// Ahrefs has the same keywords laid out as by Ahrefs' Keywords Explorer:
// UTF-16LE with a byte order mark, tabs, every cell quoted, sixteen columns.
//
//go:embed google_us_coffee-gear_matching-terms.csv
var Ahrefs []byte
