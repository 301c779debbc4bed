package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/igny8/igny8/cluster"
	"github.com/igny8/igny8/cluster/score"
)

// A named list and its keywords, with their vectors once they are known.
type list struct {
	score.List
	name     string
	keywords []cluster.Keyword
}

// goals are BCubed F1, ARI and NMI to reach; 0 has no goal.
var goals = map[string]score.Score{
	"uqv_dev":                     {F1: .975},
	"banking77_test":              {F1: .56, NMI: .80},
	"clinc150_dev":                {F1: .735},
	"clincdev_travel":             {F1: .93},
	"clincdev_credit_cards":       {F1: .80},
	"clincdev_kitchen_and_dining": {F1: .77},
	"serp_asphalt":                {F1: .87, ARI: .78},
}

// readLists reads the labelled lists of a directory and encodes them.
func readLists(dir string) ([]*list, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.tsv"))
	if err != nil {
		return nil, err
	}
	var lists []*list
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".tsv")
		if strings.HasSuffix(name, "_unlabelled") {
			continue
		}
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		labelled, err := score.Read(f)
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		l, err := newList(name, labelled)
		if err != nil {
			return nil, err
		}
		lists = append(lists, l)
	}
	return lists, nil
}

func newList(name string, labelled score.List) (*list, error) {
	vectors, err := cluster.Encode(context.Background(), labelled.Texts)
	if err != nil {
		return nil, err
	}
	l := &list{List: labelled, name: name, keywords: make([]cluster.Keyword, len(vectors))}
	for i := range vectors {
		l.keywords[i] = cluster.Keyword{Text: labelled.Texts[i], Vector: &vectors[i]}
	}
	return l, nil
}

func (l *list) labels() int {
	set := map[string]bool{}
	for _, x := range l.Labels {
		set[x] = true
	}
	return len(set)
}

// rate clusters the list and scores its topics, or pages if it is about those.
func (l *list) rate(o cluster.Options) (score.Score, int, error) {
	r, err := cluster.Run(context.Background(), l.keywords, o)
	if err != nil {
		return score.Score{}, 0, err
	}
	if strings.HasPrefix(l.name, "serp") {
		pages := 0
		for _, t := range r.Topics {
			pages += len(t.Pages)
		}
		return score.Rate(l.Labels, r.PageParts(len(l.Labels))), pages, nil
	}
	return score.Rate(l.Labels, r.Parts(len(l.Labels))), len(r.Topics), nil
}

func newTable(w io.Writer, heading, columns string) *tabwriter.Writer {
	fmt.Fprintf(w, "\n%s\n\n", heading)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, columns)
	return t
}

// against writes a figure with its goal.
func against(got, goal float64) string {
	switch {
	case goal == 0:
		return fmt.Sprintf("%.3f", got)
	case got >= goal:
		return fmt.Sprintf("%.3f ≥ %.3f", got, goal)
	}
	return fmt.Sprintf("%.3f < %.3f", got, goal)
}

func triple(s score.Score) string { return fmt.Sprintf("%.3f %.3f %.3f", s.F1, s.ARI, s.NMI) }

// quality scores each list; nobody tells the number of topics but to k-means.
func quality(w io.Writer, lists []*list) error {
	t := newTable(w, "Quality, the number of topics not given (F1 is BCubed; baselines are F1 ARI NMI)",
		"list\tkeywords\tlabels\tfound\tF1\tARI\tNMI\tk-means, true k\twords only\tabout the true k")
	for _, l := range lists {
		got, found, err := l.rate(cluster.Options{})
		if err != nil {
			return err
		}
		words, _, err := l.rate(cluster.Options{Lexical: true})
		if err != nil {
			return err
		}
		about, _, err := l.rate(cluster.Options{About: l.labels()})
		if err != nil {
			return err
		}
		rows, err := cluster.Features(context.Background(), l.keywords)
		if err != nil {
			return err
		}
		means := score.Rate(l.Labels, kMeans(rows, l.labels()))
		goal := goals[l.name]
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%s\t%s\t%s\t%s\t%s\t%s\n", l.name, len(l.Labels), l.labels(), found,
			against(got.F1, goal.F1), against(got.ARI, goal.ARI), against(got.NMI, goal.NMI), triple(means), triple(words), triple(about))
	}
	return t.Flush()
}

// tiny scores lists as short as a first import: 40 draws of 4 labels and 5
// keywords each.
func tiny(w io.Writer, lists []*list) error {
	t := newTable(w, "Tiny lists, mean of 40 draws of 4 topics with 5 keywords", "list\tF1\tk-means, true k\twords only")
	for _, l := range lists {
		goal, ok := map[string]float64{"uqv_dev": .985, "clincdev_travel": .925}[l.name]
		if !ok {
			continue
		}
		const draws = 40
		var got, words, means float64
		for seed := range uint64(draws) {
			small, err := newList(l.name, l.Draw(4, 5, seed))
			if err != nil {
				return err
			}
			s, _, err := small.rate(cluster.Options{})
			if err != nil {
				return err
			}
			p, _, err := small.rate(cluster.Options{Lexical: true})
			if err != nil {
				return err
			}
			rows, err := cluster.Features(context.Background(), small.keywords)
			if err != nil {
				return err
			}
			got, words = got+s.F1/draws, words+p.F1/draws
			means += score.Rate(small.Labels, kMeans(rows, 4)).F1 / draws
		}
		fmt.Fprintf(t, "%s\t%s\t%.3f\t%.3f\n", l.name, against(got, goal), means, words)
	}
	return t.Flush()
}
