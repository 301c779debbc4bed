package main

import (
	"strings"

	"github.com/igny8/igny8/cluster/internal/glove"
)

// forms are shapes of web searches; a, b and c are related words.
var forms = []string{
	"a b", "a b c", "best a b", "how to a b", "what is a b", "a for b", "cheap a", "a vs b", "a near me", "b a online",
	"where can i find a b", "how much does a b cost", "why is my a b c", "a and b", "is a better than b", "a b reviews",
	"can i a the b", "when to a b c", "buy a b", "who is a b", "a b in c", "free a b", "i need help with my a",
	"how do i change the a of my b", "what are the types of a", "a b ideas", "tell me about a b", "a c guide",
}

// queries makes count searches, each of a frequent word and two of its nearest
// words, so that they are about something. They stand for searches in general:
// the statistics of the encoder are taken on them, not on anybody's data.
func queries(words *glove.Words, count int) []string {
	var themes []int
	for i := 100; len(themes) < count; i += 3 { // the first hundred are mostly grammar
		themes = append(themes, i)
	}
	out := make([]string, count)
	for i, theme := range themes {
		near := relatives(words, theme, 8000, 8)
		b, c := near[i%4], near[4+i%4]
		fill := strings.NewReplacer(" a ", " "+words.Word(theme)+" ", " b ", " "+words.Word(b)+" ", " c ", " "+words.Word(c)+" ")
		form := " " + strings.ReplaceAll(forms[i%len(forms)], " ", "  ") + " "
		out[i] = strings.Join(strings.Fields(fill.Replace(form)), " ")
	}
	return out
}

// relatives returns the words nearest to one, of the most frequent among.
func relatives(words *glove.Words, word, among, count int) []int {
	best := make([]int, 0, count+1)
	score := make([]int, 0, count+1)
	v := words.Vector(word)
	for i := 100; i < among; i++ {
		s := 0
		for k, x := range words.Vector(i) {
			s += int(x) * int(v[k])
		}
		if i == word || len(best) == count && s <= score[count-1] {
			continue
		}
		at := len(best)
		for at > 0 && score[at-1] < s {
			at--
		}
		best = append(best[:at], append([]int{i}, best[at:]...)...)
		score = append(score[:at], append([]int{s}, score[at:]...)...)
		best, score = best[:min(len(best), count)], score[:min(len(score), count)]
	}
	return best
}
