package sandbox

import (
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A brief is what a prompt asks for, as far as the sandbox understands it: it
// looks for a JSON object in what the user said and takes title, keywords and
// counts from it by their names.
type brief struct {
	seed     uint64
	data     *node // the object in the prompt, or nil
	prompt   string
	title    string
	keywords []string
	groups   []*node // the objects with keywords of their own: clusters, pages
	category string
	words    int // ordered; 0 if nobody said
}

// The names under which prompts carry what the sandbox looks for.
var (
	titleNames   = []string{"title", "topic", "headline", "name", "cluster", "cluster_name", "subject"}
	keywordNames = []string{"target_keywords", "keywords", "primary_keyword", "main_keyword", "focus_keyword", "keyword", "terms", "queries"}
	wordNames    = []string{"word_count", "target_word_count", "words", "target_words", "word_target", "min_words"}
	countNames   = []string{"count", "n", "max_ideas", "number_of_ideas", "ideas_count", "ideas_per_cluster", "max", "limit"}
	imageNames   = []string{"images", "image_count", "in_article_images", "in_article", "max_images", "count", "n"}
)

func newBrief(prompt string) *brief {
	b := &brief{seed: hashOf(prompt), prompt: prompt, data: firstObject(prompt)}
	if b.data != nil {
		if n := b.data.find(titleNames...); n != nil {
			b.title = n.str()
		}
		b.keywords = keywordsOf(b.data)
		if b.groups = groupsOf(b.data); b.groups == nil {
			b.groups = pagesOf(b.data.find("keywords"))
		}
		b.words = int(b.data.find(wordNames...).number(0))
	}
	if len(b.keywords) == 0 {
		b.keywords = salient(prompt)
	}
	if b.title == "" {
		b.title = capital(b.keywords[0])
	}
	b.category = cut(capital(b.keywords[0]), 40)
	if n := b.data.find("category", "cluster", "sector"); n.str() != "" {
		b.category = n.str()
	}
	return b
}

// rand is a source of its own for each use, the same for the same prompt.
func (b *brief) rand(use string) *rand.Rand {
	return rand.New(rand.NewPCG(b.seed, hashOf(use)))
}

// firstObject returns the largest JSON object in a text, so that an example in
// an instruction doesn't pass for the data.
func firstObject(text string) *node {
	var best *node
	for size, at := 0, 0; at < len(text); at++ {
		if text[at] != '{' {
			continue
		}
		d := json.NewDecoder(strings.NewReader(text[at:]))
		d.UseNumber()
		n, err := readNode(d, 0)
		if err != nil || n.kind != '{' {
			continue
		}
		if length := int(d.InputOffset()); length > size {
			best, size = n, length
		}
		at += int(d.InputOffset()) - 1
	}
	return best
}

// keywordsOf returns the keywords an object names, given as strings, as objects
// with a name, or as one string with commas.
func keywordsOf(n *node) []string {
	var list []string
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	for _, name := range keywordNames {
		found := n.find(name)
		if found == nil {
			continue
		}
		if found.kind == 0 {
			for part := range strings.SplitSeq(found.str(), ",") {
				add(part)
			}
		}
		for _, item := range found.items {
			add(item.str())
			add(item.find("keyword", "text", "term", "name", "query").str())
		}
	}
	return list
}

// groupsOf returns the objects of the first list whose members have keywords.
func groupsOf(n *node) []*node {
	for level := []*node{n}; len(level) > 0; {
		var below []*node
		for _, x := range level {
			if x == nil {
				continue
			}
			if len(x.items) > 0 && x.items[0].kind == '{' {
				for _, name := range []string{"keywords", "target_keywords", "terms", "queries", "examples"} {
					if x.items[0].get(name) != nil {
						return x.items
					}
				}
			}
			for _, k := range x.keys {
				below = append(below, x.fields[k])
			}
			below = append(below, x.items...)
		}
		level = below
	}
	return nil
}

// pagesOf sorts keywords that name their page into one group a page, in the
// order in which the pages come.
func pagesOf(keywords *node) (groups []*node) {
	if keywords == nil {
		return nil
	}
	pages := map[any]*node{}
	for _, k := range keywords.items {
		page := k.get("page")
		if page == nil {
			return nil
		}
		g := pages[page.value]
		if g == nil {
			g = &node{kind: '{', keys: []string{"page", "keywords"}, fields: map[string]*node{"page": page, "keywords": {kind: '['}}}
			pages[page.value] = g
			groups = append(groups, g)
		}
		g.fields["keywords"].items = append(g.fields["keywords"].items, k)
	}
	return groups
}

var wordForm = regexp.MustCompile(`\p{L}[\p{L}\p{N}'-]{3,}`)

// salient returns the longer words of a text that a subject can be made of.
func salient(text string) []string {
	var list []string
	for _, w := range wordForm.FindAllString(text, 400) {
		if w = strings.ToLower(w); !slices.Contains(stopWords, w) && !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	if len(list) == 0 {
		return []string{"the subject"}
	}
	return list[:min(len(list), 6)]
}

var stopWords = strings.Fields("this that with from have will your write about into each when they them than then what which their there must should would could json object answer reply only please using also more some such very schema string text return user system article")

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}

// about returns a brief for one part of this one: a cluster, a page.
func (b *brief) about(title string, keywords []string, n int) *brief {
	part := *b
	part.seed = b.seed + uint64(n+1)*0x9e3779b97f4a7c15
	part.groups, part.data = nil, nil
	if len(keywords) > 0 {
		part.keywords = keywords
	}
	if part.title = title; title == "" {
		part.title = capital(part.keywords[0])
	}
	return &part
}
