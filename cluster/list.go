package cluster

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// A list is the input in an order of its own: texts are the different
// normalised keywords, ascending, so that nothing later depends on the order
// of the input.
type list struct {
	keywords []Keyword
	texts    []string
	lines    [][]int     // the indexes of the keywords with each text
	volume   []int       // the highest of each text
	vectors  []*Vector   // of each text, nil if not given
	given    [][]float32 // the embedding of each text; nil if there are none
	results  [][]string  // of a search for each text: if several are known, the first in the alphabet
	bag      []int32     // texts of one stem bag have one number: they are one node
	bags     int
	seekers  int // texts that look for a topic; they come first
}

// A line is a keyword in the order of a list.
type line struct {
	text    string // normalised
	settled int    // 1 if the text has a topic
	index   int
}

// newList makes the list of keywords; settled tells which texts have a topic.
func newList(ctx context.Context, keywords []Keyword, settled func(text string) bool) (*list, error) {
	lines, err := sorted(ctx, keywords, settled)
	if err != nil {
		return nil, err
	}
	l := &list{keywords: keywords}
	for i, x := range lines {
		if i == 0 || x.text != lines[i-1].text {
			l.texts = append(l.texts, x.text)
			l.lines = append(l.lines, nil)
			l.volume = append(l.volume, 0)
			l.vectors = append(l.vectors, nil)
			l.results = append(l.results, nil)
			if x.settled == 0 {
				l.seekers++
			}
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
		if len(k.Results) > 0 && x.text != "" && (l.results[at] == nil || slices.Compare(k.Results, l.results[at]) < 0) {
			l.results[at] = k.Results
		}
	}
	if err := l.embed(); err != nil {
		return nil, err
	}
	return l, l.bagUp(ctx)
}

// embed takes the embeddings over, if the keywords have some.
func (l *list) embed() error {
	given, size := 0, 0
	for _, k := range l.keywords {
		if k.Embedding != nil {
			given, size = given+1, len(k.Embedding)
		}
	}
	if given == 0 {
		return nil
	}
	for _, k := range l.keywords {
		if len(k.Embedding) != size || size == 0 {
			return fmt.Errorf("%d of %d keywords have an embedding, or they differ in length: all have one, of the same model, or none has", given, len(l.keywords))
		}
	}
	l.given = make([][]float32, len(l.texts))
	for t, lines := range l.lines {
		l.given[t] = l.keywords[lines[0]].Embedding
	}
	return nil
}

// sorted returns the keywords in the order of a list.
func sorted(ctx context.Context, keywords []Keyword, settled func(text string) bool) ([]line, error) {
	lines := make([]line, len(keywords))
	err := chunks(ctx, len(lines), func(low, high int) {
		for i := low; i < high; i++ {
			lines[i] = line{text: normalise(keywords[i].Text), index: i}
			if settled(lines[i].text) {
				lines[i].settled = 1
			}
		}
	})
	slices.SortFunc(lines, func(a, b line) int {
		return cmp.Or(cmp.Compare(a.settled, b.settled), cmp.Compare(a.text, b.text),
			cmp.Compare(keywords[a.index].Text, keywords[b.index].Text), cmp.Compare(a.index, b.index))
	})
	return lines, err
}

// bagUp numbers the stem bags.
func (l *list) bagUp(ctx context.Context) error {
	bags := make([]string, len(l.texts))
	err := chunks(ctx, len(bags), func(low, high int) {
		for i := low; i < high; i++ {
			bags[i] = stemBag(l.texts[i])
		}
	})
	number := make(map[string]int32, len(bags))
	l.bag = make([]int32, len(bags))
	for i, bag := range bags {
		n, ok := number[bag]
		if !ok {
			n = int32(len(number))
			number[bag] = n
		}
		l.bag[i] = n
	}
	l.bags = len(number)
	return err
}
