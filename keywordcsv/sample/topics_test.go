package sample

// A topic is a group of keywords that one or two articles would answer.
type topic struct {
	parent   string
	keywords []string
}

// topics hold 230 keywords, to which misfits add ten.
var topics = []topic{
	{"espresso machine cleaning", []string{
		"espresso machine cleaning", "how to clean an espresso machine", "espresso machine cleaning tablets",
		"espresso machine cleaning brush", "best espresso machine cleaner", "espresso machine cleaning kit",
		"espresso machine cleaning powder", "how often to clean espresso machine", "daily espresso machine cleaning routine",
		"clean espresso machine group head", "espresso machine group head gasket", "replace espresso machine group head gasket",
		"espresso machine backflush", "how to backflush an espresso machine", "espresso machine backflush disc",
		"espresso machine maintenance", "espresso machine maintenance schedule", "espresso machine leaking from group head",
		"clean espresso machine without tablets",
	}},
	{"descaling", []string{
		"descaling solution", "how to descale a coffee maker", "descale coffee maker with vinegar",
		"descaling solution for coffee maker", "citric acid descaling", "descale kettle with citric acid",
		"descaling powder", "descaling tablets for coffee maker", "how often to descale coffee maker",
		"descale vs clean coffee maker", "natural descaling solution", "homemade descaling solution recipe",
		"descale single serve coffee maker", "descaling light stays on", "limescale in coffee maker",
		"remove limescale from kettle", "is descaling solution safe", "vinegar vs descaling solution",
		"descale gooseneck kettle",
	}},
	{"burr grinder", []string{
		"burr grinder", "best burr grinder", "burr coffee grinder", "conical burr grinder", "flat burr grinder",
		"conical vs flat burr grinder", "manual burr grinder", "best manual burr coffee grinder",
		"burr grinder for espresso", "burr grinder under 100", "burr vs blade grinder", "how to clean a burr grinder",
		"quiet burr coffee grinder", "burr grinder settings chart", "burr grinder calibration",
		"ceramic vs steel burr grinder", "when to replace grinder burrs", "small burr coffee grinder",
		"single dose burr grinder",
	}},
	{"pour over coffee", []string{
		"pour over coffee", "pour over coffee ratio", "how to make pour over coffee", "pour over coffee maker",
		"best pour over coffee maker", "pour over coffee filters", "pour over dripper", "ceramic pour over dripper",
		"glass pour over coffee maker", "pour over kettle", "gooseneck kettle for pour over", "pour over grind size",
		"pour over water temperature", "pour over bloom time", "pour over coffee recipe", "pour over coffee set",
		"pour over vs drip coffee", "pour over tastes bitter", "single cup pour over coffee", "pour over café style at home",
	}},
	{"cold brew", []string{
		"cold brew coffee", "cold brew ratio", "how to make cold brew at home", "cold brew coffee maker",
		"best cold brew coffee maker", "cold brew concentrate", "cold brew concentrate ratio", "cold brew grind size",
		"cold brew steep time", "cold brew in mason jar", "cold brew filter bags", "cold brew pitcher",
		"best beans for cold brew", "cold brew vs iced coffee", "how long does cold brew last", "cold brew caffeine content",
		"nitro cold brew at home", "cold brew tastes weak", "overnight cold brew recipe",
	}},
	{"milk frother", []string{
		"milk frother", "best milk frother", "handheld milk frother", "electric milk frother", "milk frothing pitcher",
		"how to froth milk", "how to froth milk without a frother", "froth oat milk", "best milk for frothing",
		"frothing milk temperature", "milk frothing thermometer", "steam wand milk frothing", "milk frother and warmer",
		"milk frother for cappuccino", "cold foam milk frother", "how to clean a milk frother", "milk frother not frothing",
		"almond milk frothing tips", "latte art frothed milk",
	}},
	{"coffee bean storage", []string{
		"coffee bean storage", "how to store coffee beans", "best coffee bean storage container", "coffee bean canister",
		"airtight coffee bean container", "vacuum coffee bean canister", "store coffee beans in freezer",
		"can you freeze coffee beans", "how long do coffee beans last", "do coffee beans expire",
		"keep coffee beans fresh", "coffee bean storage jar", "store ground coffee or beans",
		"coffee bean bag with valve", "stale coffee beans taste", "ceramic coffee bean canister",
		"coffee bean storage tubes", "single dose coffee bean storage", "store coffee beans in fridge",
	}},
	{"french press", []string{
		"french press", "french press coffee ratio", "how to use a french press", "best french press",
		"french press grind size", "stainless steel french press", "glass french press", "french press brew time",
		"insulated french press", "french press filter replacement", "how to clean a french press", "small french press",
		"travel french press", "french press sediment", "french press water temperature", "french press recipe",
		"french press coffee beans", "8 cup french press", "french press cafetière",
	}},
	{"moka pot", []string{
		"moka pot", "how to use a moka pot", "best moka pot", "moka pot coffee ratio", "moka pot grind size",
		"stainless steel moka pot", "aluminum moka pot", "moka pot for induction", "electric moka pot", "3 cup moka pot",
		"6 cup moka pot", "moka pot gasket replacement", "how to clean a moka pot", "moka pot sputtering",
		"moka pot tastes burnt", "moka pot paper filter", "moka pot latte", "moka pot crème",
		"moka pot heat setting",
	}},
	{"espresso tamper", []string{
		"espresso tamper", "best espresso tamper", "calibrated espresso tamper", "58mm espresso tamper", "54mm espresso tamper",
		"51mm espresso tamper", "how to tamp espresso", "espresso tamping pressure", "espresso tamping mat",
		"espresso tamping station", "espresso tamper and distributor", "bottomless portafilter", "portafilter basket sizes",
		"54mm bottomless portafilter", "58mm bottomless portafilter", "bottomless portafilter channeling",
		"portafilter dosing funnel", "espresso puck screen", "tamper size for portafilter",
	}},
	{"home coffee roasting", []string{
		"home coffee roasting", "how to roast coffee beans at home", "home coffee roaster", "best home coffee roaster",
		"green coffee beans for roasting", "roast coffee in a popcorn popper", "roasting coffee in oven",
		"roasting coffee without a roaster", "coffee roasting stages", "coffee roasting first crack", "coffee roasting temperature chart",
		"coffee roasting cooling tray", "small batch coffee roaster", "drum coffee roaster for home",
		"air roaster vs drum roaster", "coffee roasting weight loss", "rest coffee after roasting",
		"home coffee roasting smoke", "roasting coffee in a sauté pan",
	}},
	{"coffee scale", []string{
		"coffee scale", "coffee scale with timer", "best coffee scale", "espresso scale", "small espresso scale for drip tray",
		"rechargeable coffee scale", "waterproof coffee scale", "coffee scale vs kitchen scale", "do you need a coffee scale",
		"how to weigh coffee without a scale", "how to use a coffee scale", "coffee scale 0.1 gram", "coffee scale calibration weight",
		"bluetooth coffee scale", "budget coffee scale with timer", "coffee scale flow rate", "=scoops to grams coffee scale",
		"how many grams of coffee per scoop", "coffee scale not accurate", "coffee scale mat",
	}},
}

// misfits are what such exports hold besides.
var misfits = []string{
	"reusable straws", "kitchen towel hooks", "gift ideas for dad", "tea infuser", "açaí bowl recipe",
	"under cabinet lighting", "desk plant low light", "birthday card wording", "paint for tiles", "parking near farmers market",
}

// variants are keywords of above, written as people write them. The last two
// have figures where the keyword itself has none.
var variants = []string{
	"Burr Grinder", "pour  over coffee", "Cold Brew Coffee", "MOKA POT",
	"Coffee Scale Mat", "french press  recipe",
}

// webAddress is what exports of broad matches hold, and no keyword.
const webAddress = "www.bean-and-burr.example/grinders"
