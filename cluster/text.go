package cluster

import (
	"iter"
	"slices"
	"strings"
	"unicode"

	"github.com/kljensen/snowball/english"
	"golang.org/x/text/unicode/norm"
)

// stopWords say how something is asked, not what about.
var stopWords = setOf(`a an and are as at be by for from has have i in is it its of on or that the
		this to was were will with my me you your do does did can could would should am we us our if so be been
		being than then there here into about please`)

// normalise maps the ways of typing one keyword to one string: compatibility
// forms (NFKC), case, and runs of white space.
func normalise(s string) string {
	s = norm.NFKC.String(strings.ToValidUTF8(s, " "))
	return strings.Join(strings.Fields(strings.ToLower(s)), " ")
}

// tokens splits a normalised text into words and numbers. Symbols such as
// emoji count as words, ASCII punctuation does not.
func tokens(s string) iter.Seq[string] {
	return strings.FieldsFuncSeq(s, func(r rune) bool {
		if r < 128 {
			return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9')
		}
		return unicode.IsPunct(r) || unicode.IsSpace(r)
	})
}

// contentWords are the tokens without stop words, or all of them if nothing
// else is left, or the whole text if it has no token at all.
func contentWords(s string) []string {
	all := slices.Collect(tokens(s))
	words := make([]string, 0, len(all))
	for _, w := range all {
		if !stopWords[w] {
			words = append(words, w)
		}
	}
	switch {
	case len(words) > 0:
		return words
	case len(all) > 0:
		return all
	case s != "":
		return []string{s}
	}
	return nil
}

// stems are the stemmed content words of a normalised text, in its order.
func stems(s string) []string {
	words := contentWords(s)
	for i, w := range words {
		words[i] = stem(w)
	}
	return words
}

// stem reduces an English word to its Snowball stem; others pass unchanged.
func stem(w string) string {
	for i := range len(w) {
		if w[i] > 127 {
			return w
		}
	}
	return english.Stem(w, false)
}

// stemBag identifies texts that differ only in the order, the endings and the
// stop words: they always belong on one page.
func stemBag(s string) string {
	bag := stems(s)
	slices.Sort(bag)
	return strings.Join(bag, " ")
}
