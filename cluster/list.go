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
}

func newList(keywords []Keyword) *list {
	l := &list{keywords: keywords}
	type line struct {
		text  string
		index int
	}
	lines := make([]line, len(keywords))
	for i, k := range keywords {
		lines[i] = line{normalise(k.Text), i}
	}
	slices.SortFunc(lines, func(a, b line) int {
		return cmp.Or(cmp.Compare(a.text, b.text), cmp.Compare(keywords[a.index].Text, keywords[b.index].Text),
			cmp.Compare(a.index, b.index))
	})
	for i, x := range lines {
		if i == 0 || x.text != lines[i-1].text {
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
	for _, t := range l.texts {
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
