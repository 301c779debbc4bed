package sandbox

// A theme is what one section of an article can be about.
type theme struct {
	headings  []string
	sentences []string
}

// words fill the slots of the patterns below.
var words = map[string][]string{
	"people":   {"buyers", "beginners", "small teams", "families", "careful readers", "first-time users", "professionals", "hobbyists", "people in a hurry", "those who compare"},
	"adj":      {"simple", "reliable", "honest", "practical", "durable", "affordable", "quiet", "proven", "flexible", "sensible", "modest", "thorough"},
	"thing":    {"checklist", "plan", "budget", "test", "comparison", "routine", "measurement", "second opinion", "trial", "short list", "written note"},
	"verb":     {"saves time", "avoids regret", "pays off", "makes the choice easier", "keeps costs down", "prevents surprises", "gives a clear answer", "narrows the field"},
	"when":     {"in the first week", "before buying", "after a month", "once a season", "from the start", "at the end of the day", "in everyday use", "under pressure", "on a quiet afternoon"},
	"unit":     {"days", "weeks", "hours", "attempts", "sessions", "months"},
	"quality":  {"quality", "price", "size", "weight", "warranty", "ease of use", "noise", "finish", "support", "range", "speed", "upkeep"},
	"source":   {"reviews", "manuals", "forums", "shop pages", "test reports", "conversations with owners", "older guides"},
	"often":    {"often", "usually", "in most cases", "more often than not", "as a rule", "surprisingly often"},
	"contrast": {"on paper", "in the shop", "in photographs", "in advertising", "at first sight", "in a data sheet"},
}

var opening = theme{sentences: []string{
	"Whoever looks for {k} finds {n} answers in a minute and still has to decide which of them fits.",
	"There is no single right way to approach {k}, but there are {n} or so questions that sort the good advice from the rest.",
	"{K} sounds like a small matter until it has to prove itself {when}.",
	"This guide collects what {people} should know about {k}, without jargon and in the order in which the questions come up.",
	"About {p} percent of the questions about {k} are the same few, asked in different words.",
	"A {adj} look at {k} takes about {n} minutes and {verb}.",
}}

// themes are in the order of an article; the last one closes it.
var themes = []theme{
	{
		headings: []string{"What {k} means", "{K} in short", "Understanding {k}", "{K}: the basics"},
		sentences: []string{
			"In plain words, {k} is a question of {quality} and {quality}, and {people} weigh the two differently.",
			"The term {k} covers {n} related things, which is why {source} {often} disagree about it.",
			"What {people} mean by {k} differs from what they need {when}.",
			"It helps to separate {k} itself from the {quality} that is promised along with it.",
			"Seen {contrast}, {k} looks like one decision; {when} it turns out to be {n} small ones.",
			"A {adj} definition of {k} leaves out the marketing and keeps the {quality}.",
			"Roughly {p} percent of what is written about {k} repeats the same {n} points.",
			"Those who already know {k} can skip ahead, but the difference between {quality} and {quality} trips up even {people}.",
		},
	},
	{
		headings: []string{"How to choose {k}", "Choosing {k} step by step", "What to look for in {k}", "Finding the right {k}"},
		sentences: []string{
			"Begin with the {quality}, because it limits every later choice of {k}.",
			"Among {n} options for {k}, {often} one or two survive a {adj} {thing}.",
			"For {people}, the {quality} of {k} matters more than its {quality}.",
			"Write down what {k} has to do {when}, and then compare.",
			"A {thing} made {when} {verb} when it comes to {k}.",
			"Two offers for {k} that look alike {contrast} can differ by {p} percent in {quality}.",
			"Ask what happens to {k} after {n} {unit}: the answer tells more than {source} do.",
			"If the {quality} of {k} can't be checked, treat it as unknown rather than as good.",
		},
	},
	{
		headings: []string{"What {k} costs", "{K} and the budget", "Options for {k} compared", "Is {k} worth the money?"},
		sentences: []string{
			"The price of {k} is only part of the bill; {quality} and upkeep add about {p} percent over {n} {unit}.",
			"A {adj} budget for {k} leaves a tenth for what nobody thought of.",
			"Cheap {k} is not bad by itself, as long as the {quality} is right for {people}.",
			"Between the lowest and the highest price for {k} lie {n} steps, and {often} the third is enough.",
			"Whoever pays more for {k} should be able to name the {quality} it is paid for.",
			"Prices for {k} move {when}, so a {thing} from last year says little.",
			"Over {n} {unit}, the difference in {quality} outweighs the difference in price for {k}.",
			"The table below sets common ways to {k} against effort and time, as a {thing} and not as a verdict.",
		},
	},
	{
		headings: []string{"Getting started with {k}", "{K}: a practical routine", "{K} in {n} steps", "Putting {k} to work"},
		sentences: []string{
			"The first {n} {unit} with {k} decide whether it becomes a habit.",
			"Start small: one {thing}, one measure of {quality}, and {k} as the only thing that changes.",
			"A {adj} routine for {k} fits on one page and {verb}.",
			"Keep notes on {k} {when}; memory is kind to whatever was expensive.",
			"After {n} {unit}, hold {k} against the {thing} made at the beginning.",
			"If {k} does not work {when}, change the {quality} first and the method second.",
			"{people} who plan {k} for {n} {unit} {often} need half of that.",
			"What works for {people} with {k} may need a {adj} change elsewhere.",
		},
	},
	{
		headings: []string{"Common mistakes with {k}", "What goes wrong with {k}", "{K}: mistakes to avoid", "Myths about {k}"},
		sentences: []string{
			"The most frequent mistake with {k} is to settle the {quality} last.",
			"Out of {n} complaints about {k}, {often} the larger part concerns {quality} rather than {quality}.",
			"{K} rarely fails at once; it gets {p} percent worse over {n} {unit}, and nobody notices.",
			"Trusting {source} alone is a mistake with {k}, since they describe other people's needs.",
			"A {thing} skipped {when} costs more later, and {k} is no exception.",
			"Many {people} buy the idea of {k} and forget the {quality}.",
			"It is a myth that {k} is all about {quality}; a {adj} {thing} shows that {quality} counts as much.",
			"If advice on {k} names no limits, it is advertising.",
		},
	},
	{
		headings: []string{"Looking after {k}", "{K} over time", "Keeping {k} in good shape", "{K} after the first year"},
		sentences: []string{
			"With a {adj} routine, {k} keeps about {p} percent of its {quality} for years.",
			"Set aside {n} minutes {when} to look after {k}, and most trouble never comes up.",
			"{K} shows its {quality} slowly, so look at it with fresh eyes every {n} {unit}.",
			"Repair, replace or leave alone: for {k} the answer depends on {quality}.",
			"The {quality} of {k} suffers first, and a {thing} shows it early.",
			"What {people} call bad luck with {k} is {often} a missed {thing}.",
			"Spare parts and {adj} support matter more for {k} than any single {quality}.",
			"When {k} has served for {n} {unit}, compare again instead of buying the same.",
		},
	},
	{
		headings: []string{"The bottom line on {k}", "{K}: what to remember", "Where to go from here with {k}", "A last word on {k}"},
		sentences: []string{
			"In the end, {k} comes down to {quality}, {quality} and a {adj} {thing}.",
			"Whoever remembers one thing about {k} should remember to check the {quality} {when}.",
			"A decision about {k} that was written down is easier to revise after {n} {unit}.",
			"The next {adj} step with {k} is a {thing}, and it takes about {n} minutes.",
			"{K} rewards {people} who compare before they commit.",
			"If {p} percent of the questions about {k} are settled, the rest can wait for {n} {unit}.",
		},
	},
}

var asides = []string{
	"With {k}, a {adj} {thing} {often} {verb}.",
	"That is where {k} and {quality} meet.",
	"For {people}, this alone answers {p} percent of what there is to ask about {k}.",
	"As {source} show, {k} is judged differently {when}.",
	"None of this makes {k} complicated; it only makes the {quality} visible.",
	"Count {n} {unit} before judging {k}.",
	"The same holds for {k} {when}, only with more weight on {quality}.",
	"{K} is {often} the {adj} choice here.",
}

var (
	listLeads = []string{"Purpose", "Limits", "Budget", "Timing", "First check", "Second check", "Comparison", "Upkeep", "Warranty", "Records", "Help"}
	listItems = []string{
		"note what {k} has to do {when}, and for how many {unit}.",
		"set a limit of {n} {unit} for {k} and keep to it.",
		"compare the {quality} of {k} in at least {n} places.",
		"let {people} try {k} before deciding.",
		"write down the {quality} of {k} as it is today.",
		"look at {k} again after {n} {unit}, with a {adj} {thing}.",
		"ask who takes {k} back if the {quality} disappoints.",
		"keep {p} percent of the budget for {k} in reserve.",
	}
	tableRows = []string{"Doing it alone", "With a friend", "With a professional", "Renting first", "Buying used", "Buying new", "Waiting a season", "A small trial"}
	tableUses = []string{"{people} new to {k}", "{k} {when}", "a {adj} start with {k}", "{people} who know {k}", "{k} on a budget"}
	units     = []string{"minutes", "hours", "days", "weeks"}

	ideaTitles = []string{
		"{K}: what to know before you decide", "{K} explained in plain words", "{K} compared: {n} options and who they suit", "{K} on a budget",
		"{K}: {n} mistakes and how to avoid them", "{K} for beginners: a practical guide", "{K}: costs, effort and results", "{K} step by step",
		"{K}: questions and honest answers", "{K} in everyday use", "{K}: a checklist that fits on one page", "{K} after the first year",
	}
	faqQuestions = []string{"How long does {k} take?", "What does {k} cost?", "Is {k} right for {people}?", "What should I check first with {k}?", "How often should I review {k}?"}
	promises     = []string{
		"what matters, what it costs and how to choose, with a checklist and a comparison.", "a practical guide with a comparison table and the mistakes to avoid.",
		"clear answers, a simple routine and the questions to ask before you decide.", "how to start, what to compare and what to leave alone.",
	}
	angles = []string{"a guide", "a comparison", "a checklist", "an explanation", "questions and answers"}
	views  = []string{"seen from above", "close-up on a wooden table", "in use at home", "on a plain background", "in a bright workshop", "next to a window", "in a tidy room", "in the open air"}
	lights = []string{"soft morning light", "warm evening light", "even studio light", "light through a window", "bright daylight"}
	styles = []string{"editorial photograph", "natural colours", "shallow depth of field", "clean composition", "muted palette"}
)
