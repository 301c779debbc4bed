package encoder

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A vocabulary is the pieces that a text is made of (SentencePiece, unigram
// model). The first few are control pieces that no text contains.
type vocabulary struct {
	pieces  []string
	scores  []float32 // logarithms of probabilities
	ids     map[string]int32
	longest int // bytes
}

const (
	unknown      = 0        // the piece for characters that no piece has
	unknownScore = -20      // worse than any piece's
	control      = 6        // pieces that stand for no text
	blank        = "\u2581" // stands for a space
)

func (v *vocabulary) add(id int32, piece string) {
	v.pieces = append(v.pieces, piece)
	if id >= control {
		v.ids[piece] = id
		v.longest = max(v.longest, len(piece))
	}
}

// split returns the likeliest pieces of a text (Viterbi), a run of unknown
// characters being one piece.
func (v *vocabulary) split(s string) (ids []int32) {
	s = norm.NFKC.String(s)
	if s == "" {
		return nil
	}
	s = blank + strings.ReplaceAll(s, " ", blank)
	type step struct {
		score float32
		from  int
		id    int32
		set   bool
	}
	path := make([]step, len(s)+1)
	path[0].set = true
	reach := func(from, to int, id int32, score float32) {
		if score += path[from].score; !path[to].set || score > path[to].score {
			path[to] = step{score, from, id, true}
		}
	}
	for i := 0; i < len(s); {
		_, size := utf8.DecodeRuneInString(s[i:])
		for j := i + size; path[i].set && j <= min(len(s), i+v.longest); {
			if id, ok := v.ids[s[i:j]]; ok {
				reach(i, j, id, v.scores[id])
			}
			_, next := utf8.DecodeRuneInString(s[j:])
			j += max(next, 1)
		}
		if !path[i+size].set {
			reach(i, i+size, unknown, unknownScore)
		}
		i += size
	}
	for i := len(s); i > 0; i = path[i].from {
		if id := path[i].id; id != unknown || len(ids) == 0 || ids[len(ids)-1] != unknown {
			ids = append(ids, id)
		}
	}
	slices.Reverse(ids)
	return ids[:min(len(ids), MaxPieces)]
}

// foreign reports whether most of a text is in a script other than Latin, or
// in characters of which the vocabulary knows nothing. It has single letters
// of other scripts, but what the model says of those is noise.
func (v *vocabulary) foreign(s string) bool {
	strange, all := 0, 0
	for _, r := range norm.NFKC.String(s) {
		if unicode.IsSpace(r) {
			continue
		}
		all++
		if _, known := v.ids[string(r)]; !known || unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) {
			strange++
		}
	}
	return 2*strange > all
}
