package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/cluster"
	"github.com/igny8/igny8/keywordcsv"
)

func clusterCommand() *cobra.Command {
	c := &cobra.Command{Use: "cluster FILE", Short: "Group the keywords of a file by topic; needs no server, database or key", Args: cobra.ExactArgs(1), Long: `Group the keywords of a plain list, a table or a keyword export by topic, on this
machine and offline. FILE may be - for the standard input.`}
	preset := c.Flags().String("preset", "topic", "broad, topic or tight")
	about := c.Flags().Int("clusters", 0, "about so many clusters, instead of what the preset finds")
	column := c.Flags().Int("column", 1, "the column of the keywords, where no header tells; 0 refuses such a file")
	format := c.Flags().String("format", "text", "text, json or csv")
	serp := c.Flags().String("serp", "", "a file of keyword, rank and url: keywords that share three of the first ten results belong together")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		write, known := groupFormats[*format]
		switch {
		case !known:
			return fmt.Errorf("format is text, json or csv, not %q", *format)
		case *about < 0:
			return errors.New("the number of clusters is at least 1")
		}
		in, err := source(args[0], cmd.InOrStdin())
		if err != nil {
			return err
		}
		defer in.Close()
		file, err := io.ReadAll(io.LimitReader(in, keywordcsv.MaxFile+1))
		if err != nil {
			return err
		}
		keywords, err := keywordsOf(cmd.Context(), file, nil)
		if igny8.CodeOf(err) == igny8.Invalid && *column > 0 {
			keywords, err = keywordsOf(cmd.Context(), file, keywordcsv.Mapping{*column - 1: keywordcsv.Keyword})
		}
		if err != nil {
			return err
		}
		if *serp != "" {
			if err := withResults(cmd.Context(), keywords, *serp); err != nil {
				return err
			}
		}
		found, err := cluster.Run(cmd.Context(), keywords, cluster.Options{Preset: cluster.Preset(*preset), About: *about})
		if err != nil {
			return err
		}
		out := bufio.NewWriter(cmd.OutOrStdout())
		if err := write(out, grouped(keywords, found)); err != nil {
			return err
		}
		return out.Flush()
	}
	return c
}

func source(name string, standard io.Reader) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(standard), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("the keywords can't be read: %w", err)
	}
	return f, nil
}

// keywordsOf reads every keyword of a file, once each.
func keywordsOf(ctx context.Context, file []byte, m keywordcsv.Mapping) (all []cluster.Keyword, err error) {
	_, err = keywordcsv.Read(ctx, bytes.NewReader(file), m, func(r keywordcsv.Row) error {
		if r.DuplicateOf == 0 {
			all = append(all, cluster.Keyword{Text: r.Keyword, Volume: r.Volume})
		}
		return nil
	})
	return all, err
}

// withResults gives keywords the search results that a file has for them.
func withResults(ctx context.Context, keywords []cluster.Keyword, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("the search results can't be read: %w", err)
	}
	defer f.Close()
	all, _, err := keywordcsv.ReadResults(ctx, f)
	if err != nil {
		return err
	}
	urls := make(map[string][]string, len(all))
	for _, r := range all {
		urls[r.Normal] = r.URLs
	}
	for i, k := range keywords {
		keywords[i].Results = urls[keywordcsv.Normal(k.Text)]
	}
	return nil
}

// groups are what was found, in the words of the file.
type groups struct {
	Clusters    []group `json:"clusters"`
	Unclustered []loner `json:"unclustered"`
}

type group struct {
	Name     string     `json:"name"`
	Keywords []string   `json:"keywords"`
	Pages    [][]string `json:"pages"`
}

type loner struct {
	Keyword string `json:"keyword"`
	Nearest string `json:"nearest"` // the name of a cluster, or nothing
}

func grouped(keywords []cluster.Keyword, found cluster.Result) groups {
	texts := func(indexes []int) []string {
		out := make([]string, len(indexes))
		for i, k := range indexes {
			out[i] = keywords[k].Text
		}
		return out
	}
	g := groups{Clusters: []group{}, Unclustered: []loner{}}
	for _, t := range found.Topics {
		one := group{Name: t.Name, Keywords: texts(t.Members)}
		for _, page := range t.Pages {
			one.Pages = append(one.Pages, texts(page))
		}
		g.Clusters = append(g.Clusters, one)
	}
	for _, l := range found.Unclustered {
		one := loner{Keyword: keywords[l.Index].Text}
		if l.Nearest >= 0 {
			one.Nearest = found.Topics[l.Nearest].Name
		}
		g.Unclustered = append(g.Unclustered, one)
	}
	return g
}

var groupFormats = map[string]func(io.Writer, groups) error{"text": writeText, "json": writeJSON, "csv": writeCSV}

func writeJSON(out io.Writer, g groups) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(g)
}

func writeText(out io.Writer, g groups) error {
	for _, c := range g.Clusters {
		fmt.Fprintf(out, "%s (%d)\n", c.Name, len(c.Keywords))
		for n, page := range c.Pages {
			for i, k := range page {
				mark := "   "
				if i == 0 {
					mark = strconv.Itoa(n+1) + "."
				}
				fmt.Fprintf(out, "  %-4s%s\n", mark, k)
			}
		}
		fmt.Fprintln(out)
	}
	if len(g.Unclustered) > 0 {
		fmt.Fprintf(out, "In no cluster (%d)\n", len(g.Unclustered))
	}
	for _, l := range g.Unclustered {
		near := ""
		if l.Nearest != "" {
			near = "   nearest: " + l.Nearest
		}
		fmt.Fprintf(out, "      %s%s\n", l.Keyword, near)
	}
	return nil
}

func writeCSV(out io.Writer, g groups) error {
	w, err := keywordcsv.NewWriter(out, false, "Keyword", "Cluster", "Page", "Nearest")
	if err != nil {
		return err
	}
	for _, c := range g.Clusters {
		for n, page := range c.Pages {
			for _, k := range page {
				if err := w.Write(k, c.Name, strconv.Itoa(n+1), ""); err != nil {
					return err
				}
			}
		}
	}
	for _, l := range g.Unclustered {
		if err := w.Write(l.Keyword, "", "", l.Nearest); err != nil {
			return err
		}
	}
	return w.Flush()
}
