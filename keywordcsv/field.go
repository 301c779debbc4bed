package keywordcsv

import (
	"regexp"
	"slices"
	"strings"

	"github.com/igny8/igny8"
)

// A Field says what a column holds. The empty Field is a column that is read
// past.
type Field string

const (
	Keyword         Field = "keyword"
	Volume          Field = "volume"           // searches a month; a range counts as an estimate
	VolumeMin       Field = "volume_min"       // with VolumeMax, an estimate where Volume is empty
	VolumeMax       Field = "volume_max"       //
	VolumeEstimated Field = "volume_estimated" // true or false: written by us
	Difficulty      Field = "difficulty"       // 0–100, of ranking unpaid; never the competition of advertisers
	CPC             Field = "cpc"              // cost per click, in Currency
	Currency        Field = "currency"         //
	Intents         Field = "intents"          // names, letters or Semrush's codes
	Navigational    Field = "intent_navigational"
	Informational   Field = "intent_informational"
	Commercial      Field = "intent_commercial"
	Transactional   Field = "intent_transactional"
	Country         Field = "country"
	Parent          Field = "parent"
	SERPFeatures    Field = "serp_features"
	Competition     Field = "competition"         // 0–100, among advertisers
	Density         Field = "competitive_density" // the same from 0 to 1, as Semrush has it
	Trend           Field = "trend"               // months, oldest first, in percent of the best
	Month           Field = "month"               // searches in one month, oldest first: the columns make a trend
	Position        Field = "position"
	URL             Field = "url"
	Clicks          Field = "clicks"      // of the own site, as Search Console counts them
	Impressions     Field = "impressions" // likewise; never a volume
	LastUpdate      Field = "last_update"
)

// Fields lists what a column may be mapped to, in the order in which a form
// offers them.
var Fields = []Field{
	Keyword, Volume, VolumeMin, VolumeMax, VolumeEstimated, Difficulty, CPC, Currency, Intents,
	Navigational, Informational, Commercial, Transactional, Country, Parent, SERPFeatures,
	Competition, Density, Trend, Month, Position, URL, Clicks, Impressions, LastUpdate,
}

// A Mapping gives columns, counted from 0, their fields. A column that it does
// not name is read past.
type Mapping map[int]Field

// check refuses a mapping that names an unknown field, a field twice (but for
// months), a column that can't be there, or no keyword column.
func (m Mapping) check() error {
	used := map[Field]bool{}
	for column, field := range m {
		switch {
		case field == "":
			continue
		case column < 0 || column >= MaxColumns:
			return igny8.FieldErrorf("mapping", "There is no column %d.", column)
		case !slices.Contains(Fields, field):
			return igny8.FieldErrorf("mapping", "A column can't be mapped to %q: choose one of the fields of the list.", clip(string(field)))
		case used[field] && field != Month:
			return igny8.FieldErrorf("mapping", "Two columns are mapped to %q: leave one of them out.", field)
		}
		used[field] = true
	}
	if !used[Keyword] {
		return igny8.FieldErrorf("mapping", "No column is mapped to the keyword: say which one holds the keywords.")
	}
	return nil
}

// Header is the name under which Write puts a field at the head of its column,
// and by which Read knows it again.
func (f Field) Header() string {
	switch f {
	case CPC:
		return "CPC"
	case URL:
		return "URL"
	case SERPFeatures:
		return "SERP Features"
	case Parent:
		return "Parent Keyword"
	case Competition:
		return "Competition Index"
	case "":
		return ""
	}
	words := strings.Split(string(f), "_")
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}

// headers lists, for each field, the headers by which exports call it, in the
// form that plain gives them.
var headers = map[Field][]string{
	Keyword: {
		"keyword", "keywords", "query", "queries", "top queries", "search query", "search queries",
		"search term", "search terms", "key phrase", "keyphrase", "phrase",
		"suchbegriff", "suchbegriffe", "suchanfrage", "suchanfragen", "häufigste suchanfragen", "schlüsselwort", "stichwort",
		"mot clé", "mot-clé", "mots clés", "mots-clés", "requête", "requêtes", "requêtes les plus fréquentes", "principales requêtes",
		"palabra clave", "palabras clave", "consulta", "consultas", "consultas principales", "principales consultas",
		"parola chiave", "parole chiave", "query principali", "palavra-chave", "palavras-chave", "zoekwoord", "zoekwoorden",
		"zoekopdrachten", "słowo kluczowe", "ключевое слово", "キーワード", "关键字", "关键词",
	},
	Volume: {
		"volume", "search volume", "avg. monthly searches", "avg monthly searches", "average monthly searches",
		"monthly searches", "monthly volume", "monthly search volume", "avg. search volume", "avg search volume",
		"volume range", "searches", "sv", "suchvolumen", "monatliches suchvolumen", "durchschnittl. suchanfragen pro monat",
		"volumen", "volumen de búsqueda", "promedio de búsquedas mensuales", "volume de recherche", "volume di ricerca",
		"volume de buscas", "média de pesquisas mensais", "nbre moy. de recherches mensuelles", "zoekvolume",
	},
	VolumeMin:       {"min volume", "min search volume", "minimum volume"},
	VolumeMax:       {"max volume", "max search volume", "maximum volume"},
	VolumeEstimated: {"volume estimated"},
	Difficulty: {
		"difficulty", "keyword difficulty", "keyword difficulty index", "kd", "kd %", "kd%", "seo difficulty",
		"keyword-schwierigkeit", "difficulté", "difficulté du mot clé", "dificultad", "difficoltà", "dificuldade",
	},
	CPC:           {"cpc", "cost per click", "avg. cpc", "average cpc", "klickpreis", "coste por clic", "coût par clic"},
	Currency:      {"currency", "currency code", "währung", "devise", "moneda", "valuta", "moeda"},
	Intents:       {"intent", "intents", "search intent", "keyword intent", "keyword intents", "suchintention", "intention", "intención"},
	Navigational:  {"navigational", "intent navigational"},
	Informational: {"informational", "intent informational"},
	Commercial:    {"commercial", "intent commercial"},
	Transactional: {"transactional", "intent transactional"},
	Country:       {"country", "country code", "locale", "database", "market", "land", "pays", "país", "paese"},
	Parent:        {"parent keyword", "parent topic", "parent"},
	SERPFeatures:  {"serp features", "serp features by keyword", "serp-funktionen"},
	Competition:   {"competition index", "competition indexed value", "paid difficulty", "ppc", "wettbewerb indexierter wert"},
	Density:       {"competitive density", "competition"},
	Trend:         {"trend", "trends"},
	Position:      {"position", "current position", "average position", "avg. position", "posición", "posizione", "posição", "positie"},
	URL:           {"url", "current url", "landing page"},
	Clicks:        {"clicks", "klicks", "clics", "clic", "cliques", "klikken"},
	Impressions:   {"impressions", "impressionen", "impresiones", "impressioni", "impressões", "vertoningen"},
	LastUpdate:    {"last update", "last updated", "updated", "timestamp", "date analyzed"},
}

var fieldOf = func() map[string]Field {
	all := map[string]Field{}
	for field, names := range headers {
		for _, name := range names {
			all[name] = field
		}
	}
	return all
}()

// month is the head of a column with the searches of one month: "Searches: Jan
// 2026" in the Keyword Planner, in the user's language, and "Search Volume
// 1/2026" in KWFinder.
var month = regexp.MustCompile(`^(?:[\p{L} ]+: \p{L}+\.? \d{4}|search volume \d{1,2}/\d{4})$`)

// fieldFor is the field that a column with this header holds, or "".
func fieldFor(header string) Field {
	name, note := plain(header)
	if field := fieldOf[name+" "+strings.ToLower(note)]; note != "" && field != "" {
		return field
	}
	if field := fieldOf[name]; field != "" || !month.MatchString(name) {
		return field
	}
	return Month
}

// plain brings a header into the form in which it is looked up: lower case,
// single spaces, and without what stands in parentheses, which is returned
// apart (the currency in "CPC (USD)").
func plain(header string) (name, note string) {
	name = strings.ToLower(strings.ReplaceAll(trim(unguard(header)), "_", " "))
	if open := strings.IndexByte(name, '('); open > 0 {
		note, _, _ = strings.Cut(name[open+1:], ")")
		name = name[:open]
	}
	return strings.Join(strings.Fields(name), " "), strings.ToUpper(strings.TrimSpace(note))
}
