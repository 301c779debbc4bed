package keywordcsv

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Results are the addresses that a search for a keyword finds.
type Results struct {
	Keyword string   // as it is first in the file
	Normal  string   // see Normal
	URLs    []string // the best first, at most MaxResults, each once
}

// MaxResults is how many results of a search are kept.
const MaxResults = 10

// ResultsReport says what became of a file's lines.
type ResultsReport struct {
	Rows    int `json:"rows" doc:"Results that were read"`
	Beyond  int `json:"beyond" doc:"Results after the tenth, which tell nothing"`
	Skipped int `json:"skipped" doc:"Lines without a keyword, a rank from 1 or an address"`
	First   int `json:"first_skipped,omitempty" doc:"The first of those lines"`
}

// ReadResults reads a table of keyword, rank and address, in this order, with or
// without a header. Addresses are without scheme, fragment and closing slash, so
// that those of one page are equal. The error is Invalid for a file that holds
// no such line.
func ReadResults(ctx context.Context, r io.Reader) ([]Results, ResultsReport, error) {
	var report ResultsReport
	src, err := open(r)
	if err != nil {
		return nil, report, err
	}
	rows, byKeyword := newScanner(src, separator(src.head)), map[string]*ranking{}
	for n := 0; ; n++ {
		if n%1000 == 0 && ctx.Err() != nil {
			return nil, report, ctx.Err()
		}
		rec, err := rows.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, report, err
		}
		if blank(rec.cells) {
			continue
		}
		keyword, rank, address := trim(unguard(rec.at(0))), trim(rec.at(1)), resultAddress(rec.at(2))
		place, err := strconv.Atoi(rank)
		switch {
		case n == 0 && err != nil && address == "": // the header
		case err != nil || place < 1 || address == "" || refusal(keyword) != "":
			report.Skipped++
			report.First = cmp.Or(report.First, rec.line)
		case place > MaxResults:
			report.Beyond++
		default:
			report.Rows++
			key := Normal(keyword)
			if byKeyword[key] == nil {
				byKeyword[key] = &ranking{Results: Results{Keyword: strings.Clone(keyword), Normal: key}, line: rec.line}
			}
			byKeyword[key].add(place, strings.Clone(address))
		}
	}
	if len(byKeyword) == 0 {
		return nil, report, invalid("The file has no line of a keyword, a rank from 1, and an address.")
	}
	return ranked(byKeyword), report, nil
}

// separator is what stands between the cells of the first line: what makes its
// second cell a rank or, in a header, what is there twice.
func separator(head []byte) byte {
	first, _, _ := bytes.Cut(head, []byte("\n"))
	line := string(first)
	for _, c := range "\t,;" {
		if cells := strings.SplitN(line, string(c), 3); len(cells) == 3 {
			if _, err := strconv.Atoi(trim(cells[1])); err == nil {
				return byte(c)
			}
		}
	}
	for _, c := range "\t;" {
		if strings.Count(line, string(c)) > 1 {
			return byte(c)
		}
	}
	return ','
}

// resultAddress is an address in the form in which those of one page are equal,
// or "" if it is none.
func resultAddress(cell string) string {
	u, err := url.Parse(trim(cell))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || len(cell) > 2000 {
		return ""
	}
	address := strings.TrimPrefix(strings.ToLower(u.Host), "www.") + strings.TrimRight(u.EscapedPath(), "/")
	if u.RawQuery != "" {
		address += "?" + u.RawQuery
	}
	return address
}

// A ranking is Results while they are read.
type ranking struct {
	Results
	line   int
	places []int
}

func (r *ranking) add(place int, address string) {
	if at := slices.Index(r.URLs, address); at >= 0 {
		r.places[at] = min(r.places[at], place)
		return
	}
	r.URLs, r.places = append(r.URLs, address), append(r.places, place)
}

// ranked returns the results in the order of the file, the addresses of each by
// their place.
func ranked(all map[string]*ranking) []Results {
	list := make([]*ranking, 0, len(all))
	for _, r := range all {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b *ranking) int { return cmp.Compare(a.line, b.line) })
	out := make([]Results, len(list))
	for i, r := range list {
		order := make([]int, len(r.URLs))
		for k := range order {
			order[k] = k
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(r.places[a], r.places[b]) })
		out[i] = Results{Keyword: r.Keyword, Normal: r.Normal}
		for _, k := range order[:min(len(order), MaxResults)] {
			out[i].URLs = append(out[i].URLs, r.URLs[k])
		}
	}
	return out
}
