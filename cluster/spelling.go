package cluster

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A speller writes normalised words for people: abbreviations in capitals, and
// what the list itself writes with capitals the way it does.
type speller struct {
	forms   map[string]string // of lower-case words, as the list writes them
	english bool              // most of the list's words are English
}

func newSpeller(l *list) *speller {
	return &speller{forms: formsOf(l.keywords), english: isEnglish(l.texts)}
}

// formsOf finds how keywords write the words that have capitals in them. Lines
// in capitals say nothing of a word. Of a capital at the beginning of a word
// the first one of a line says nothing, nor do lines where all words have one.
func formsOf(keywords []Keyword) map[string]string {
	seen := map[string]map[string]int{}
	for _, k := range keywords {
		if strings.IndexFunc(k.Text, unicode.IsUpper) < 0 || strings.IndexFunc(k.Text, unicode.IsLower) < 0 {
			continue
		}
		words := strings.Fields(norm.NFKC.String(strings.ToValidUTF8(k.Text, " ")))
		plain := slices.ContainsFunc(words, func(w string) bool {
			return !smallWords[w] && strings.IndexFunc(w, unicode.IsLower) == 0
		})
		for i, w := range words {
			_, w, _ = bare(w)
			if !hasInnerCapital(w) && (i == 0 || !plain) {
				continue
			}
			lower := strings.ToLower(w)
			if seen[lower] == nil {
				seen[lower] = map[string]int{}
			}
			seen[lower][w]++
		}
	}
	forms := map[string]string{}
	for lower, counts := range seen {
		if form := commonest(counts); form != lower {
			forms[lower] = form
		}
	}
	return forms
}

// bare splits a word into what is before its first letter or digit, the word
// itself and what is after its last.
func bare(w string) (before, word, after string) {
	edge := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }
	rest := strings.TrimLeftFunc(w, edge)
	word = strings.TrimRightFunc(rest, edge)
	return w[:len(w)-len(rest)], word, rest[len(word):]
}

func hasInnerCapital(w string) bool {
	for i, r := range w {
		if i > 0 && unicode.IsUpper(r) {
			return true
		}
	}
	return false
}

// isEnglish reports whether most of the longer words of some texts, taken
// evenly from all, have a vector: in other languages few have one.
func isEnglish(texts []string) bool {
	const sample, most, long = 1000, .7, 4
	known, all := 0, 0
	for i := 0; i < len(texts); i += len(texts)/sample + 1 {
		for w := range tokens(texts[i]) {
			if len(w) >= long {
				all++
				if loadWords().Has(w) {
					known++
				}
			}
		}
	}
	return float64(known) >= most*float64(all)
}

// word writes one word of a title.
func (s *speller) word(w string) string {
	before, w, after := bare(w)
	if written := s.inside(w); written != w {
		return before + written + after
	}
	if strings.Trim(before, "([{\"'“‘«") != "" || w == "" {
		return before + w + after
	}
	first := []rune(w)
	first[0] = unicode.ToTitle(first[0])
	return before + string(first) + after
}

// inside writes one word inside a sentence.
func (s *speller) inside(w string) string {
	if form, ok := s.forms[w]; ok {
		return form
	}
	if s.english && isAbbreviation(w) {
		return strings.ToUpper(w)
	}
	return w
}

// isAbbreviation reports whether a word, in an English text, is written in
// capitals: one of two or three letters that is no word, one of four without a
// vowel, or one of four or five that nobody knows and no tongue can begin.
func isAbbreviation(w string) bool {
	if shortWords[w] || strings.IndexFunc(w, func(r rune) bool { return r < 'a' || r > 'z' }) >= 0 {
		return false
	}
	switch len(w) {
	case 2, 3:
		return true
	case 4:
		if !strings.ContainsAny(w, vowels) {
			return true
		}
		fallthrough
	case 5:
		return !onsets[w[:2]] && !strings.ContainsAny(w[:2], vowels) && !loadWords().Has(w)
	}
	return false
}

const vowels = "aeiouy"

// title puts a keyword into title case, without the quotation marks around it,
// of which searches often hold only one, and the punctuation at its end, as a
// name for people.
func (s *speller) title(text string) string {
	const quotes = "\"'“”„‘’«»`"
	if short := strings.TrimRight(strings.TrimLeft(text, " "+quotes), " .,;:?!"+quotes); short != "" {
		text = short
	}
	words := strings.Fields(text)
	for i, w := range words {
		if i == 0 || !smallWords[w] {
			words[i] = s.word(w)
		}
	}
	return strings.Join(words, " ")
}

// smallWords stay in lower case inside a title.
var smallWords = setOf(`a an and as at by for from in of on or the to vs with`)

// onsets are the pairs of consonants with which words begin that English
// speakers can say, with those of common names.
var onsets = setOf(`bl br ch cl cr cz dh dj dr dw fj fl fr gh gl gn gr gw hr jh kh kl kn kr kw lh ll ml mr ng ph pl pr ps pt qu
	rh sc sh sk sl sm sn sp sq sr st sv sw th tr ts tw tz vl vr wh wr xh zh zl zw`)

// shortWords are the words of two and three letters of everyday English, with
// first names and parts of names, and what is shortened but not written in
// capitals. What is short and none of these is an abbreviation.
var shortWords = setOf(`
	ad ah al am an as at ax be bo by co da de di do dr du ed eh el em en ex fa ft go ha he hi ho hu if im in is it jo la le li
	lo lu me mr mt mu my no of oh oi on or ow ox oz pi qi re so st ta ti to ty uh um up us vs we wu xi xu ya ye yo yu
	ace act add ado ads age ago aha aid ail aim air ale all and ant any ape app apt arc are ark arm art ash ask asp ass ate
	awe axe aye baa bad bag bah ban bap bar bat bay bed bee beg bet bib bid big bin bio bit biz boa bob bog boo bop bot bow
	box boy bra bro bub bud bug bum bun bus but buy bye cab cad cam can cap car cat caw cay chi cob cod cog con coo cop cot
	cow coy cry cub cud cue cup cur cut dab dad dam day deb den dew did die dig dim din dip doc doe dog don dot dry dub dud
	due dug duh duo dye ear eat ebb eco eek eel egg ego eke elf elk ell elm emo emu end eon era ere erg err eta eve ewe eye
	fab fad fan far fat fax fay fed fee fen few fey fez fib fig fin fir fit fix flu fly fob foe fog for fox fro fry fun
	fur gab gag gal gap gas gay gee gel gem get gig gin git gnu gob god goo got gum gun gut guy gym had hag haj ham has hat
	haw hay hem hen her hes hew hex hey hid him hip his hit hmm hob hod hoe hog hop hot how hub hue hug huh hum hun hut ice
	icy ill imp ink inn ins ion ire irk ism its ive ivy jab jam jar jaw jay jet jew jib jig job jog jot joy jug jut keg ken key
	kid kin kip kit lab lad lag lam lap law lax lay lea led lee leg lei let lid lie lip lit lob log loo lot low lox lug lux
	lye mac mad man map mar mat maw max may meh men met mew mid mil mix mob mod mom moo mop mow mud mug mum nab nag nah nap nay
	net new nib nil nip nit nod non nor not now nub nun nut oaf oak oar oat odd ode off oft ohm oil old one ooh opt orb ore
	our out ova owe owl own pad pal pan pap par pat paw pax pay pea pee peg pen pep per pet pew pho pie pig pin pit pix pod
	poi pop pot pow pox pro pry pub pud pug pun pup put qua rad rag ram ran rap rat raw ray red ref rep rev rho rib rid rig
	rim rip rob rod roe rot row rub rue rug rum run rut rye sac sad sag sap sat saw sax say sea sec see set sew sex she shh
	shy sic sim sin sip sir sis sit six ska ski sky sly sob sod sol son sop sot sow soy spa spy sty sub sue sum sun sup tab
	tad tag tan tap tar tat tau tax tea tee ten the thy tic tie til tin tip tis toe tog tom ton too top tor tot tow toy try
	tub tug tun tux two ugh uke ump uni ups urn use vac van vat veg vet vex via vid vie vim vow wad wag wan war was wax way
	web wed wee wet who why wig win wit wiz woe wok won woo wow wry yak yam yap yaw yay yea yen yep yes yet yew yin yip yon
	you yum yuk yup zag zap zed zee zen zig zip zit zoo
	abe abi abu ali ami amy ana ann asa ava ben bea bev bin cal che cho dan dax dee del der des dia dom dot eli ella eva fei
	fra gia gil goa gus guy hai hal han hoi hua ian ibn ina isa ivo jan jed jen jim jin joe jon jun kai kay kim kir koh kos
	lao las leo les lev lia lin liu liv liz lou los luc luz lyn mae mai mao max meg mei mel mia min moe nan nat ned nic nik
	noa pam pau pei peg pia rae raj ram ray rex rio rob rod roe ron roy sal sam san sid sri stu sue sun tai tam tan ted tel
	tex tia tim tod una val van viv von wes xia yan yao zac zak zeb zoe zoo
	jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun
	etc hrs hwy inc jnr jr kg km cm mm ml lb lbs ltd min mrs oz pvt rd sqm sqft sr tsp tbsp blvd kgs xmas`)

// setOf is the set of the words of a text.
func setOf(text string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(text) {
		set[w] = true
	}
	return set
}
