package temporal

import "go.temporal.io/sdk/temporal"

// The search attributes of our workflows, by which operators find them. They are
// not encrypted: IDs and words of ours only, nothing a customer wrote.
var (
	AccountAttribute = temporal.NewSearchAttributeKeyKeyword("AccountId")
	SiteAttribute    = temporal.NewSearchAttributeKeyKeyword("SiteId")
	SectorAttribute  = temporal.NewSearchAttributeKeyKeyword("SectorId")
	KindAttribute    = temporal.NewSearchAttributeKeyKeyword("RunKind")
	StageAttribute   = temporal.NewSearchAttributeKeyKeyword("Stage")
	OutcomeAttribute = temporal.NewSearchAttributeKeyKeyword("Outcome")
)

// Attributes lists the names that a namespace must know before a workflow may
// use them. All are of type Keyword, of which a namespace on SQL has ten.
func Attributes() []string {
	var names []string
	for _, key := range []temporal.SearchAttributeKeyKeyword{
		AccountAttribute, SiteAttribute, SectorAttribute, KindAttribute, StageAttribute, OutcomeAttribute,
	} {
		names = append(names, key.GetName())
	}
	return names
}
