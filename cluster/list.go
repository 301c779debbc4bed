package cluster

import (
	"cmp"
	"slices"
)

// A list is the input in an order of its own: texts are the different
// normalised keywords, ascending, so that nothing later depends on the order
// of the input.
type list struct {
	keywords []Keyword
	texts    []string
	lines    [][]int   // the indexes of the keywords with each text
	volume   []int     // the highest of each text
	vectors  []*Vector // of each text, nil if not given
	bag      []int32   // texts of one stem bag have one number: they are one node
	bags     int
	seekers  int // texts that look for a topic; they come first
}

// A line is a keyword in the order of a list.
type line struct {
	text    string // normalised
	settled int    // 1 if the text has a topic
	index   int
}

func sorted(keywords []Keyword, settled func(text string) bool) []line {
	lines := make([]line, len(keywords))
	for i, k := range keywords {
		lines[i] = line{text: normalise(k.Text), index: i}
		if settled(lines[i].text) {
			lines[i].settled = 1
		}
	}
	slices.SortFunc(lines, func(a, b line) int {
		return cmp.Or(cmp.Compare(a.settled, b.settled), cmp.Compare(a.text, b.text),
			cmp.Compare(keywords[a.index].Text, keywords[b.index].Text), cmp.Compare(a.index, b.index))
	})
	return lines
}

// newList makes the list of keywords; settled tells which texts have a topic.
func newList(keywords []Keyword, settled func(text string) bool) *list {
	l := &list{keywords: keywords}
	for i, x := range sorted(keywords, settled) {
		if i == 0 || x.text != l.texts[len(l.texts)-1] {
			l.texts = append(l.texts, x.text)
			l.lines = append(l.lines, nil)
			l.volume = append(l.volume, 0)
			l.vectors = append(l.vectors, nil)
		}
		at := len(l.texts) - 1
		l.lines[at] = append(l.lines[at], x.index)
		k := &keywords[x.index]
		if k.Volume != nil {
			l.volume[at] = max(l.volume[at], *k.Volume)
		}
		if l.vectors[at] == nil {
			l.vectors[at] = k.Vector
		}
	}
	number := map[string]int32{}
	for i, t := range l.texts {
		if !settled(t) {
			l.seekers = i + 1
		}
		bag := stemBag(t)
		b, ok := number[bag]
		if !ok {
			b = int32(len(number))
			number[bag] = b
		}
		l.bag = append(l.bag, b)
	}
	l.bags = len(number)
	return l
}
