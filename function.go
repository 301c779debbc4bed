package igny8

// Credits are the unit in which accounts pay. They are whole numbers.
type Credits int64

// A Function names something an account can have done and be charged for.
type Function string

const (
	Clustering    Function = "clustering"
	Naming        Function = "cluster_names"
	Embedding     Function = "embeddings" // of keywords, for clustering
	Ideation      Function = "ideas"
	Writing       Function = "content"
	Rewriting     Function = "rewrite"
	Prompting     Function = "image_prompts"
	Illustration  Function = "images"
	IllustrationX Function = "images_premium" // images of a dearer provider
	Publishing    Function = "publish"
	TestImage     Function = "test_image"
)

// Functions lists every function.
var Functions = []Function{Clustering, Naming, Embedding, Ideation, Writing, Rewriting, Prompting, Illustration, IllustrationX, Publishing, TestImage}

// PriceVersion numbers the list below. igny8_credit_prices keeps every version
// that was ever charged by; a hold names the one it was made under.
const PriceVersion = 1

// DefaultPrice is what one unit of the function costs in the current version.
// The unit is 50 keywords begun for Naming, 2,000 for Embedding, one idea, one
// article tier for Writing (see WritingUnits), one article for Rewriting and Prompting, and one
// image for the rest.
func (f Function) DefaultPrice() Credits {
	switch f {
	case Naming, Embedding, Ideation, Prompting:
		return 1
	case Writing, Rewriting, IllustrationX:
		return 5
	case Illustration, TestImage:
		return 3
	}
	return 0
}

// WritingUnits is how many units of Writing an article of so many ordered words
// takes: two up to 1,500 words and one for each further 500 begun. At the
// default price that is 10 credits, and 5 for each step more.
func WritingUnits(words int) int {
	if words <= 1500 {
		return 2
	}
	return 2 + (words-1500+499)/500
}

// WrittenUnits is what an article of so many words is charged as when ordered
// words were asked for: what was ordered if at least 80 % of it is there, else
// the tier that was reached. Words in excess are free.
func WrittenUnits(ordered, written int) int {
	if written*5 >= ordered*4 {
		return WritingUnits(ordered)
	}
	return min(WritingUnits(ordered), WritingUnits(written))
}

// NamingUnits is how many units of Naming so many keywords take.
func NamingUnits(keywords int) int { return (keywords + 49) / 50 }

// EmbeddingBatch is how many keywords one unit of Embedding is for, and one
// request has.
const EmbeddingBatch = 2000

// EmbeddingUnits is how many units of Embedding so many keywords take.
func EmbeddingUnits(keywords int) int { return (keywords + EmbeddingBatch - 1) / EmbeddingBatch }

// OwnKeyPrice is the price of work done with the account's own provider key:
// 20 %, rounded up.
func OwnKeyPrice(n Credits) Credits { return (n + 4) / 5 }
