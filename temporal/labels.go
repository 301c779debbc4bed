package temporal

import (
	"go.temporal.io/sdk/temporal"

	"github.com/igny8/igny8"
)

// Labels are the search attributes that a run begins with: whose it is, and of
// what kind.
func Labels(s igny8.Scope, kind igny8.RunKind) temporal.SearchAttributes {
	all := []temporal.SearchAttributeUpdate{AccountAttribute.ValueSet(s.Account.String()), KindAttribute.ValueSet(string(kind))}
	if !s.Site.IsZero() {
		all = append(all, SiteAttribute.ValueSet(s.Site.String()))
	}
	if !s.Sector.IsZero() {
		all = append(all, SectorAttribute.ValueSet(s.Sector.String()))
	}
	return temporal.NewSearchAttributes(all...)
}
