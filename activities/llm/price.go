package llm

import (
	"regexp"
)

// A price is in US dollars per million tokens, which is also millionths of a
// dollar per token.
type price struct{ input, cached, output float64 }

// prices are those OpenAI lists for its standard tier. They are for our books,
// not for the customer's bill.
var prices = map[string]price{
	"gpt-5":                  {1.25, 0.125, 10},
	"gpt-5-mini":             {0.25, 0.025, 2},
	"gpt-5-nano":             {0.05, 0.005, 0.4},
	"gpt-4.1":                {2, 0.5, 8},
	"gpt-4.1-mini":           {0.4, 0.1, 1.6},
	"gpt-4.1-nano":           {0.1, 0.025, 0.4},
	"gpt-4o":                 {2.5, 1.25, 10},
	"gpt-4o-mini":            {0.15, 0.075, 0.6},
	"o3":                     {2, 0.5, 8},
	"o4-mini":                {1.1, 0.275, 4.4},
	"text-embedding-3-small": {0.02, 0.02, 0},
	"text-embedding-3-large": {0.13, 0.13, 0},
}

// dated matches the end of a snapshot's name: gpt-4.1-mini-2025-04-14.
var dated = regexp.MustCompile(`-\d{4}-\d{2}-\d{2}$`)

// cost is what a reply took, in millionths of a US dollar.
func cost(r Reply) int64 {
	p, ok := prices[dated.ReplaceAllString(r.Model, "")]
	if !ok {
		return 0
	}
	cached := min(max(r.CachedTokens, 0), max(r.InputTokens, 0))
	fresh := max(r.InputTokens, 0) - cached
	micros := float64(fresh)*p.input + float64(cached)*p.cached + float64(max(r.OutputTokens, 0))*p.output
	return int64(min(micros+0.5, 1e15)) // a provider can write any number
}
