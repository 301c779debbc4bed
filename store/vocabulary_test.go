package store

import (
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
)

// words are a list of the vocabulary, as text.
func words[S ~string](list []S) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	slices.Sort(out)
	return out
}

// vocabulary is which column has which of the vocabulary's lists.
func vocabulary() map[string][]string {
	planning := slices.DeleteFunc(slices.Clone(igny8.RunKinds), func(k igny8.RunKind) bool { return !k.Plans() })
	keys := slices.DeleteFunc(slices.Clone(igny8.Roles), func(r igny8.Role) bool { return r == igny8.Developer || r == igny8.SystemBot })
	return map[string][]string{
		"igny8_users.role":           words(igny8.Roles),
		"igny8_api_keys.role":        words(keys), // a key crosses no accounts
		"igny8_invitations.role":     words(keys),
		"igny8_keywords.status":      words(igny8.KeywordStatuses),
		"igny8_content_ideas.status": words(igny8.IdeaStatuses),
		"igny8_tasks.status":         words(igny8.TaskStatuses),
		"igny8_content.status":       words(igny8.ContentStatuses),
		"igny8_images.status":        words(igny8.ImageStatuses),
		"igny8_publications.status":  words(igny8.PublicationStatuses),
		"igny8_runs.status":          words(igny8.RunStatuses),
		"igny8_runs.kind":            words(igny8.RunKinds),
		"igny8_runs.mode":            words(igny8.Modes),
		"igny8_runs.phase":           words(igny8.Phases),
		"igny8_run_items.status":     words(igny8.ItemStatuses),
		"igny8_schedules.kind":       words(planning),
		"igny8_schedules.mode":       words(igny8.Modes),
		"igny8_credit_holds.status":  words(igny8.HoldStatuses),
		"igny8_ai_requests.status":   words(igny8.RequestStatuses),
		// What a model is asked for that a prompt of one's own can be about.
		"igny8_ai_prompts.prompt_type": words([]igny8.Function{igny8.Naming, igny8.Ideation, igny8.Writing, igny8.Rewriting, igny8.Prompting}),
	}
}

// local are columns whose words only the store's readers and writers know.
var local = []string{
	"igny8_accounts.status", "igny8_subscriptions.status", "igny8_sites.status", "igny8_sectors.status", "igny8_clusters.status", "igny8_clusters.named_by",
	"igny8_keywords.intent", "igny8_run_items.stage", "igny8_run_items.step", "igny8_run_items.waiting_for", "igny8_content.text_status", "igny8_content.provenance",
	"igny8_images.image_type", "igny8_images.provenance", "igny8_site_terms.taxonomy", "igny8_credit_transactions.transaction_type",
	"igny8_integration_settings.integration_type", "igny8_integration_settings.status", "igny8_proposals.kind", "igny8_proposals.status", "igny8_proposal_clusters.change",
}

var (
	oneOf = regexp.MustCompile(`^CHECK \(\((\w+) = ANY \(ARRAY\[(.*)\]\)\)\)$`)
	quote = regexp.MustCompile(`'([^']*)'::text`)
)

// The words that a column may have are the vocabulary's, and a column with words
// that is new is placed on purpose.
func TestWordsAreTheVocabularys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := vocabulary()
	type check struct{ Table, Text string }
	for _, c := range read[check](t, w, "select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint where contype = 'c' and connamespace = 'public'::regnamespace") {
		m := oneOf.FindStringSubmatch(c.Text)
		if m == nil {
			continue
		}
		column := c.Table + "." + m[1]
		var got []string
		for _, q := range quote.FindAllStringSubmatch(m[2], -1) {
			got = append(got, q[1])
		}
		slices.Sort(got)
		if list, there := want[column]; there {
			require.Equal(t, list, got, column)
			delete(want, column)
			continue
		}
		require.Contains(t, local, column, "%v is in no vocabulary", got)
	}
	require.Empty(t, want, "columns without a check")
}

// The newest price list is the one that the vocabulary calls current.
func TestPricesAreTheVocabularys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	type price struct {
		Version  int32
		Function igny8.Function
		Price    igny8.Credits
	}
	got := igny8.Prices{}
	for _, p := range read[price](t, w, "select version, function, price from igny8_credit_prices where version = (select max(version) from igny8_credit_prices)") {
		require.EqualValues(t, igny8.PriceVersion, p.Version)
		got[p.Function] = p.Price
	}
	require.Equal(t, igny8.DefaultPrices(), got)
	require.Len(t, got, len(igny8.Functions))
}
