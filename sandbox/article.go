package sandbox

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// A text is an article before it is put into a reply.
type text struct {
	outline  []string
	sections []subject // heading and text, for schemas that want them apart
	markdown string
	words    int
}

// The length of an article where the prompt orders none, in words, and the most
// that is written at all.
const (
	leastWords = 850
	mostWords  = 1450
	wordLimit  = 4000
)

// article writes about the brief's keywords: sections under ## headings, lists,
// one table, and a last sentence that says where the text is from. Every
// paragraph names a keyword, so that articles share none.
func (b *brief) article() text {
	r := b.rand("article")
	target := leastWords + r.IntN(mostWords-leastWords)
	if b.words > 0 {
		target = min(b.words-b.words*r.IntN(4)/100, wordLimit)
	}
	closing := fmt.Sprintf("*This article about %s is sandbox text: it was composed by the IGNY8 sandbox from the keywords, and no model was asked.*", b.title)
	w := &writer{r: r, keywords: b.keywords, used: map[string]bool{}}
	sections := max(4, min(9, target/170))
	outline := b.headings(r, sections)
	bodies := w.plan(outline, min(3, target/250))
	for room := target - count(closing); w.words < room; {
		w.grow(bodies, room)
	}
	t := text{outline: outline}
	var md strings.Builder
	md.WriteString(bodies[0].intro + "\n\n")
	for i, s := range bodies {
		body := strings.Join(s.blocks, "\n\n")
		if i == len(bodies)-1 {
			body += "\n\n" + closing
		}
		fmt.Fprintf(&md, "## %s\n\n%s\n\n", outline[i], body)
		t.sections = append(t.sections, subject{"heading": outline[i], "title": outline[i], "text": body, "body": body, "markdown": body, "content": body, "paragraphs": s.blocks})
	}
	t.markdown = strings.TrimSpace(md.String()) + "\n"
	t.words = count(t.markdown)
	return t
}

// headings returns the section headings: those of the prompt, if it has an
// outline, or else one for each of n themes.
func (b *brief) headings(r *rand.Rand, n int) []string {
	if given := b.data.find("outline", "headings", "sections").strings(); len(given) >= 3 {
		return given
	}
	list := make([]string, 0, n)
	for i := range n {
		theme := themes[themeAt(i, n)]
		h := fill(oneOf(r, theme.headings), b.keywords[i%len(b.keywords)], r)
		if slices.Contains(list, h) {
			h = fmt.Sprintf("%s, part %d", h, i+1)
		}
		list = append(list, h)
	}
	return list
}

// themeAt chooses the theme of section i of n: the first opens, the last
// closes, and those between take turns.
func themeAt(i, n int) int {
	switch i {
	case 0:
		return 0
	case n - 1:
		return len(themes) - 1
	}
	return 1 + (i-1)%(len(themes)-2)
}

// A section is being written.
type section struct {
	theme  theme
	intro  string // of the article, in the first
	blocks []string
}

// A writer keeps count, and what it has said.
type writer struct {
	r        *rand.Rand
	keywords []string
	used     map[string]bool // sentences, so that none comes twice
	turn     int
	words    int
}

func count(s string) int { return len(strings.Fields(s)) }

// next returns the keyword whose turn it is.
func (w *writer) next() string {
	w.turn++
	return w.keywords[w.turn%len(w.keywords)]
}

// sentence fills a pattern that has not been said yet, as far as there is one.
func (w *writer) sentence(patterns []string, keyword string) string {
	var s string
	for range 12 {
		s = capital(fill(oneOf(w.r, patterns), keyword, w.r))
		if !w.used[s] {
			break
		}
	}
	w.used[s] = true
	return s
}

func (w *writer) paragraph(t theme, sentences int) string {
	parts := []string{w.sentence(t.sentences, w.next())}
	for range sentences - 1 {
		from := t.sentences
		if w.r.IntN(3) == 0 {
			from = asides
		}
		parts = append(parts, w.sentence(from, w.next()))
	}
	return strings.Join(parts, " ")
}

func (w *writer) add(s *section, block string) {
	s.blocks = append(s.blocks, block)
	w.words += count(block)
}

// plan gives every section a paragraph of so many sentences, the second and
// fourth a list, and the third the table.
func (w *writer) plan(outline []string, sentences int) []*section {
	sections := make([]*section, len(outline))
	for i, h := range outline {
		s := &section{theme: themes[themeAt(i, len(outline))]}
		sections[i] = s
		w.words += count(h) + 1
		if i == 0 {
			s.intro = w.paragraph(opening, max(1, sentences))
			w.words += count(s.intro)
		}
		w.add(s, w.paragraph(s.theme, max(1, sentences)))
		switch i {
		case 1:
			w.add(s, w.list("- ", 4))
		case 2:
			w.add(s, w.table())
		case 3:
			w.add(s, w.list("1. ", 4))
		}
	}
	return sections
}

// grow adds one paragraph where there is least, no longer than there is room.
func (w *writer) grow(sections []*section, room int) {
	s := slices.MinFunc(sections, func(a, b *section) int {
		return count(strings.Join(a.blocks, " ")) - count(strings.Join(b.blocks, " "))
	})
	w.add(s, w.paragraph(s.theme, max(1, min(4, (room-w.words)/18))))
}

func (w *writer) list(mark string, n int) string {
	lines := make([]string, n)
	for i, lead := range shuffled(w.r, listLeads)[:n] {
		if mark == "1. " {
			mark = fmt.Sprintf("%d. ", i+1)
		}
		lines[i] = fmt.Sprintf("%s**%s:** %s %s", mark, lead, w.sentence(listItems, w.next()), w.sentence(asides, w.next()))
		if mark != "- " {
			mark = "1. "
		}
	}
	return strings.Join(lines, "\n")
}

func (w *writer) table() string {
	lines := []string{fmt.Sprintf("| %s | Effort | Typical time | Worth it for |", capital(w.next())), "| --- | --- | --- | --- |"}
	for _, option := range shuffled(w.r, tableRows)[:4] {
		lines = append(lines, fmt.Sprintf("| %s | %d of 10 | %d %s | %s |", option, 2+w.r.IntN(8), 2+w.r.IntN(28), oneOf(w.r, units), fill(oneOf(w.r, tableUses), w.next(), w.r)))
	}
	return strings.Join(lines, "\n")
}

// sentence is one about the brief's keywords.
func (b *brief) sentence(r *rand.Rand) string {
	return fill(oneOf(r, asides), b.keywords[r.IntN(len(b.keywords))], r)
}

// fill replaces the slots of a pattern: {k} the keyword, {K} the same at the
// beginning of a sentence, {n} a number, {p} a percentage, and a list's name for
// one of its words, none of them twice.
func fill(pattern, keyword string, r *rand.Rand) string {
	var out strings.Builder
	var said []string
	for {
		before, rest, ok := strings.Cut(pattern, "{")
		out.WriteString(before)
		if !ok {
			return out.String()
		}
		slot, after, _ := strings.Cut(rest, "}")
		switch slot {
		case "k":
			out.WriteString(keyword)
		case "K":
			out.WriteString(capital(keyword))
		case "n":
			fmt.Fprint(&out, 2+r.IntN(18))
		case "p":
			fmt.Fprint(&out, 10+r.IntN(80))
		default:
			word := oneOf(r, words[slot])
			for slices.Contains(said, word) {
				word = oneOf(r, words[slot])
			}
			said = append(said, word)
			if takesAn(word) && (strings.HasSuffix(out.String(), " a ") || out.String() == "A ") {
				article := strings.TrimSuffix(out.String(), " ")
				out.Reset()
				out.WriteString(article + "n ")
			}
			out.WriteString(word)
		}
		pattern = after
	}
}

// takesAn reports whether "a" before the word is "an".
func takesAn(word string) bool {
	return strings.ContainsRune("aeio", rune(word[0])) || strings.HasPrefix(word, "ho") && word[2] == 'n'
}
