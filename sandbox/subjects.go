package sandbox

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// The product's tasks, as purposes of a call. They are recognised by the
// properties of the schema.
const (
	purposeArticle = "article"
	purposeIdeas   = "ideas"
	purposePrompts = "image_prompts"
	purposeNames   = "cluster_names"
	purposeText    = "text" // any other
)

var bodyNames = []string{"markdown", "body_markdown", "content_markdown", "article_markdown", "body", "content", "text", "article"}

// purposeOf says which task a schema is for.
func purposeOf(schema *node) string {
	properties := schema.get("properties")
	if properties == nil {
		return purposeText
	}
	if properties.get("outline") != nil && slices.ContainsFunc(bodyNames, func(n string) bool { return properties.get(n) != nil }) {
		return purposeArticle
	}
	for _, name := range properties.keys {
		items := properties.fields[name].get("items")
		if ref := items.get("$ref"); ref != nil {
			items = resolve(schema, ref.str())
		}
		if p := listPurpose(name, items); p == purposePrompts || p == purposeIdeas || p == purposeNames {
			return p
		}
	}
	return purposeText
}

// listPurpose says what the members of a list are.
func listPurpose(name string, items *node) string {
	has := func(names ...string) bool {
		for _, n := range names {
			if items.get("properties").get(n) != nil {
				return true
			}
		}
		return false
	}
	switch {
	case items.get("properties") == nil:
		return purposeText
	case has("prompt", "positive_prompt"):
		return purposePrompts
	case has("question"):
		return "faq"
	case has("heading") && has("text", "body", "markdown", "content", "paragraphs"):
		return "sections"
	case name == "ideas", has("title") && has("description", "keywords", "target_keywords", "primary_keyword"):
		return purposeIdeas
	case has("name", "title", "label") && has("i", "id", "index", "n", "number", "group", "cluster", "cluster_id"):
		return purposeNames
	}
	return purposeText
}

// subject is what the root of a reply is about.
func (b *brief) subject(schema *node) subject {
	r := b.rand("subject")
	s := b.common()
	properties := schema.get("properties")
	if properties == nil || (properties.get("outline") == nil && purposeOf(schema) != purposeText) {
		return s
	}
	for _, name := range bodyNames {
		if properties.get(name) == nil {
			continue
		}
		a := b.article()
		s["outline"] = a.outline
		s["word_count"], s["words"] = a.words, a.words
		for _, body := range bodyNames {
			s[body] = a.markdown
		}
		break
	}
	if s["outline"] == nil {
		s["outline"] = b.headings(r, 6)
	}
	return s
}

// common is what can be said of a subject in a line.
func (b *brief) common() subject {
	r := b.rand("common")
	first := b.keywords[0]
	line := cut(capital(first)+": "+oneOf(r, promises), 155)
	alt := fmt.Sprintf("%s, %s", capital(first), oneOf(r, views))
	s := subject{
		"slug": slugify(b.title), "keywords": b.keywords, "tags": b.tags(), "target_keywords": b.keywords,
		"search_intent": "informational", "intent": "informational", "language": "en", "caption": alt, "file_name": slugify(first),
		"confidence": 1, "angle": oneOf(r, angles), "category": b.category,
	}
	for _, name := range []string{"title", "headline", "h1", "name", "label"} {
		s[name] = b.title
	}
	for _, name := range []string{"description", "summary", "excerpt", "meta_description", "seo_description", "rationale"} {
		s[name] = line
	}
	for _, name := range []string{"meta_title", "seo_title"} {
		s[name] = cut(b.title, 60)
	}
	for _, name := range []string{"primary_keyword", "focus_keyword", "main_keyword", "keyword"} {
		s[name] = first
	}
	for _, name := range []string{"prompt", "positive_prompt", "image_prompt", "featured_prompt"} {
		s[name] = b.picturePrompt(r, first)
	}
	for _, name := range []string{"alt", "alt_text", "image_alt"} {
		s[name] = alt
	}
	return s
}

func (b *brief) tags() []string {
	var tags []string
	for _, k := range b.keywords {
		if t := cut(k, 40); !slices.Contains(tags, t) {
			tags = append(tags, t)
		}
	}
	return tags[:min(len(tags), 5)]
}

// list is what the members of a list of objects are about, or nil.
func (b *brief) list(name string, items *node) []subject {
	switch listPurpose(name, items) {
	case purposePrompts:
		return b.prompts()
	case purposeIdeas:
		return b.ideas()
	case purposeNames:
		return b.names()
	case "faq":
		return b.faq()
	case "sections":
		return b.article().sections
	}
	return nil
}

// wanted is how many members the prompt asks for: exactly, where it says count.
func (b *brief) wanted(names []string, otherwise int) (n int, exact bool) {
	for _, name := range names {
		if v := b.data.find(name); v != nil && v.kind == 0 {
			if n := int(v.number(0)); n > 0 {
				return min(n, 200), name == "count" || name == "n"
			}
		}
	}
	return otherwise, false
}

// part is what the n-th idea or name is about: its group, if the prompt has
// groups, and every plain field of it under its own name.
func (b *brief) part(n int) (*brief, subject) {
	echo := subject{"i": n, "index": n, "n": n, "number": n, "group": n, "page": n}
	if len(b.groups) == 0 {
		k := b.keywords[n%len(b.keywords)]
		return b.about(capital(k), append([]string{k}, b.keywords...), n), echo
	}
	group := b.groups[n%len(b.groups)]
	keywords := keywordsOf(group)
	if len(keywords) == 0 {
		keywords = group.find("examples").strings()
	}
	for _, k := range group.keys {
		if v := group.fields[k]; v.kind == 0 {
			echo[k] = v.plain()
			if k == "i" || k == "id" {
				echo["cluster"], echo["cluster_id"], echo["page"], echo["page_id"], echo["index"] = v.plain(), v.plain(), v.plain(), v.plain(), v.plain()
			}
		}
	}
	for _, k := range group.keys { // its own words before those derived from its ID
		if v := group.fields[k]; v.kind == 0 {
			echo[k] = v.plain()
		}
	}
	return b.about(group.find("title", "name").str(), keywords, n), echo
}

func (b *brief) ideas() []subject {
	n, exact := b.wanted(countNames, max(len(b.groups), 3))
	if !exact && len(b.groups) > 0 {
		n = min(n, len(b.groups))
	}
	r := b.rand("ideas")
	patterns := shuffled(r, ideaTitles)
	list := make([]subject, n)
	for i := range list {
		part, echo := b.part(i)
		part.title = b.ideaTitle(patterns, i, part.keywords[0], r)
		if i >= len(patterns)*max(1, len(part.keywords)) {
			part.title += fmt.Sprintf(" (part %d)", i/len(patterns)+1)
		}
		s := part.common()
		s["outline"] = part.headings(r, 6)
		for k, v := range echo {
			if k != "title" && k != "name" && k != "description" {
				s[k] = v
			}
		}
		s["keywords"] = part.keywords[:min(len(part.keywords), 8)]
		s["target_keywords"] = s["keywords"]
		list[i] = s
	}
	return list
}

// ideaTitle is the i-th title, of at most 70 characters where the keyword allows
// it, and none of those that there are already.
func (b *brief) ideaTitle(patterns []string, i int, keyword string, r *rand.Rand) string {
	existing := b.data.find("existing_titles", "existing").strings()
	title := ""
	for try := range patterns {
		title = fill(patterns[(i+try)%len(patterns)], keyword, r)
		if len([]rune(title)) <= 70 && !slices.Contains(existing, title) {
			return title
		}
	}
	return cut(title, 70)
}

// names names each group after the words its keywords share.
func (b *brief) names() []subject {
	n := len(b.groups)
	if n == 0 {
		n = 1
	}
	list := make([]subject, n)
	given := map[string]bool{}
	for i := range list {
		part, echo := b.part(i)
		name := capital(commonWords(part.keywords))
		for _, k := range part.keywords { // no two groups have one name
			if !given[name] {
				break
			}
			name = capital(k)
		}
		given[name] = true
		s := part.common()
		for k, v := range echo {
			s[k] = v
		}
		s["name"], s["title"], s["label"] = name, name, name
		s["description"] = fmt.Sprintf("Searches about %s: %s.", strings.ToLower(name), strings.Join(part.keywords[:min(3, len(part.keywords))], ", "))
		list[i] = s
	}
	return list
}

// commonWords returns the words that most of the keywords share, in the order of
// the first keyword that has them, or the shortest keyword.
func commonWords(keywords []string) string {
	count := map[string]int{}
	for _, k := range keywords {
		for w := range strings.FieldsSeq(strings.ToLower(k)) {
			count[w]++
		}
	}
	var shared []string
	for w := range strings.FieldsSeq(strings.ToLower(keywords[0])) {
		if count[w]*2 > len(keywords) && !slices.Contains(shared, w) {
			shared = append(shared, w)
		}
	}
	if len(shared) > 0 && len(strings.Join(shared, "")) > 3 {
		return strings.Join(shared, " ")
	}
	return slices.MinFunc(keywords, func(a, b string) int { return len(a) - len(b) })
}

// prompts are one for the featured picture and as many as are asked for inside
// the article.
func (b *brief) prompts() []subject {
	n, _ := b.wanted(imageNames, 2)
	r := b.rand("prompts")
	headings := b.data.find("outline", "headings", "sections").strings()
	list := make([]subject, n)
	for i := range list {
		k := b.keywords[i%len(b.keywords)]
		purpose, heading := "featured", ""
		if i > 0 {
			purpose = "in_article"
			heading = b.title
			if len(headings) > 0 {
				heading = headings[i%len(headings)]
			}
		}
		alt := fmt.Sprintf("%s, %s", capital(k), oneOf(r, views))
		s := subject{
			"prompt": b.picturePrompt(r, k), "positive_prompt": b.picturePrompt(r, k), "alt": alt, "alt_text": alt, "caption": alt, "title": capital(k),
			"heading": heading, "section": heading, "after_heading": heading, "slug": slugify(k), "i": i, "index": i, "n": i, "position": i,
			"negative_prompt": "text, watermark, logo",
		}
		for _, name := range []string{"purpose", "kind", "type", "role", "placement"} {
			s[name] = purpose
		}
		list[i] = s
	}
	return list
}

func (b *brief) faq() []subject {
	r := b.rand("faq")
	list := make([]subject, min(4, 2+len(b.keywords)))
	questions := shuffled(r, faqQuestions)
	for i := range list {
		k := b.keywords[i%len(b.keywords)]
		answer := fill(oneOf(r, themes[1+i%(len(themes)-1)].sentences), k, r) + " " + fill(oneOf(r, asides), k, r)
		list[i] = subject{"question": fill(questions[i], k, r), "answer": answer}
	}
	return list
}

func (b *brief) picturePrompt(r interface{ IntN(int) int }, keyword string) string {
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	return fmt.Sprintf("%s, %s, %s, %s, no text", capital(keyword), pick(views), pick(lights), pick(styles))
}
