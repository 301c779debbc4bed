package store

import (
	"fmt"
	"strings"
)

// patient is said before anything else: half a million rows take more than a
// statement's usual time.
const patient = "set local statement_timeout = '15min'"

// staged is where the lines of a file stand until all of them are there: COPY
// can't write into a table under row-level security. An unknown country is ”.
const staged = `create temp table staged_keywords (line int not null, keyword text not null, normal text not null, country text not null,
	volume int, volume_estimated boolean not null, difficulty int, cpc_micros bigint, currency text, intents text[], parent text,
	serp_features text[], competition int, trend int[], position float8, url text, clicks bigint, impressions bigint, last_update timestamptz) on commit drop`

var stagedColumns = []string{"line", "keyword", "normal", "country", "volume", "volume_estimated", "difficulty", "cpc_micros", "currency", "intents", "parent",
	"serp_features", "competition", "trend", "position", "url", "clicks", "impressions", "last_update"}

// A keyword belongs to a market. One whose market isn't said is taken for the one
// that is there already: of this file, or of the sector. The other way round a
// keyword of the sector learns its market from the file.
const (
	asInTheFile = `update staged_keywords s set country = o.country
		from (select distinct on (normal) normal, country from staged_keywords where country <> '' order by normal, line) o
		where s.country = '' and s.normal = o.normal`

	asInTheSector = `update staged_keywords s set country = k.country
		from (select distinct on (normal) normal, country from igny8_keywords
			where account_id = current_account() and site_id = $1 and sector_id = $2 order by normal, country nulls first) k
		where s.country = '' and s.normal = k.normal and k.country is not null`

	placeInSector = `update igny8_keywords k set country = s.country
		from (select distinct on (normal) normal, country from staged_keywords where country <> '' order by normal, line) s
		where k.account_id = current_account() and k.site_id = $1 and k.sector_id = $2 and k.country is null and k.normal = s.normal
			and not exists (select from igny8_keywords o where o.account_id = current_account() and o.site_id = $1 and o.sector_id = $2 and o.normal = s.normal and o.country = s.country)
		returning k.id`
)

// A fact is some columns that are known, and replaced, together.
type fact struct {
	columns []string
	known   string // of a row %[1]s
	better  string // why the one of a file is worth more whenever it was found out; empty if it is not
	worse   string // why it is worth less in any case; likewise
}

var facts = []fact{
	{
		columns: []string{"volume", "volume_estimated"}, known: "%[1]s.volume is not null",
		better: "k.volume_estimated and not excluded.volume_estimated", worse: "excluded.volume_estimated and not k.volume_estimated",
	},
	{columns: []string{"difficulty"}, known: "%[1]s.difficulty is not null"},
	{columns: []string{"cpc_micros", "currency"}, known: "%[1]s.cpc_micros is not null"},
	{columns: []string{"intents"}, known: "%[1]s.intents <> '{}'"},
	{columns: []string{"parent"}, known: "%[1]s.parent is not null"},
	{columns: []string{"serp_features"}, known: "%[1]s.serp_features is not null"},
	{columns: []string{"competition"}, known: "%[1]s.competition is not null"},
	{columns: []string{"trend"}, known: "%[1]s.trend is not null"},
	{columns: []string{"position", "url"}, known: "(%[1]s.position is not null or %[1]s.url is not null)"},
	{columns: []string{"clicks"}, known: "%[1]s.clicks is not null"},
	{columns: []string{"impressions"}, known: "%[1]s.impressions is not null"},
	{columns: []string{"last_update"}, known: "%[1]s.last_update is not null"},
}

// merge makes one line of those that have the same keyword: the first, with
// each fact from the first line that knows it. An exact volume is better than
// an estimated one.
var merge = func() string {
	var set []string
	for _, f := range facts {
		order := "i.line"
		if f.columns[0] == "volume" {
			order = "i.volume_estimated, i.line"
		}
		columns := strings.Join(f.columns, ", ")
		known := fmt.Sprintf(f.known, "i")
		value := fmt.Sprintf("select %s from staged_keywords i where i.normal = s.normal and i.country = s.country and %s order by %s limit 1", columns, known, order)
		if f.columns[0] == "volume" { // whether it is an estimate is never null
			value = "select v.volume, coalesce(v.volume_estimated, false) from (select) none left join (" + value + ") v on true"
		}
		set = append(set, fmt.Sprintf("(%s) = (%s)", columns, value))
	}
	const first = "(select normal, country, min(line) line from staged_keywords group by normal, country having count(*) > 1) m"
	const same = "s.normal = m.normal and s.country = m.country"
	return `create index on staged_keywords (normal, country);
		update staged_keywords s set ` + strings.Join(set, ", ") + ` from ` + first + ` where ` + same + ` and s.line = m.line;
		delete from staged_keywords s using ` + first + ` where ` + same + ` and s.line > m.line`
}()

// fresh tells that a file's figures are not known to be older than ours.
const fresh = "coalesce(excluded.last_update >= k.last_update, true)"

// replaces tells when a fact of a file takes the place of what is there: it is
// the first to tell, or not older.
func (f fact) replaces() string {
	when := fresh
	if f.worse != "" {
		when += " and not (" + f.worse + ")"
	}
	if f.better != "" {
		when += " or " + f.better
	}
	return fmt.Sprintf("(%s and (not %s or %s))", fmt.Sprintf(f.known, "excluded"), fmt.Sprintf(f.known, "k"), when)
}

// keep writes the staged lines: new keywords are added, and of those that are
// there already, each fact that the file knows better is replaced. It counts the
// added and the changed ones, among them those whose market was just found.
var keep = func() string {
	var set, changed []string
	for _, f := range facts {
		replaces := f.replaces()
		for _, c := range f.columns {
			set = append(set, fmt.Sprintf("%[1]s = case when %[2]s then excluded.%[1]s else k.%[1]s end", c, replaces))
		}
		if f.columns[0] == "intents" {
			set = append(set, fmt.Sprintf("intent = case when %s then excluded.intent else k.intent end", replaces))
		}
		row := func(of string) string { return "(" + of + "." + strings.Join(f.columns, ", "+of+".") + ")" }
		changed = append(changed, fmt.Sprintf("%s and %s is distinct from %s", replaces, row("excluded"), row("k")))
	}
	return `with kept as (
		insert into igny8_keywords as k (account_id, site_id, sector_id, keyword, normal, country, volume, volume_estimated, difficulty, cpc_micros, currency, intent, intents, parent,
			serp_features, competition, trend, position, url, clicks, impressions, last_update, import_id, import_line)
		select current_account(), $1, $2, keyword, normal, nullif(country, ''), volume, volume_estimated, difficulty, cpc_micros, currency, intents[1], coalesce(intents, '{}'), parent,
			serp_features, competition, trend, position, url, clicks, impressions, last_update, $3, line
		from staged_keywords order by line
		on conflict on constraint keyword_exists do update set ` + strings.Join(set, ", ") + `
		where ` + strings.Join(changed, " or ") + `
		returning k.id, k.xmax = 0 as added
	)
	select count(*) filter (where added), (select count(*) from (select id from kept where not added union select unnest($4::uuid[])) u) from kept`
}()
