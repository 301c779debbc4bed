package sandbox

import "maps"

// Effects count what the sandbox was made to do, ever: with Options.Dir, also
// before a restart. A test holds them against what should have happened once.
type Effects struct {
	TextCalls    int            `json:"text_calls"`    // replies of a model that were paid for
	InputTokens  int            `json:"input_tokens"`  // ... and what they took
	OutputTokens int            `json:"output_tokens"` // ... and gave
	Purposes     map[string]int `json:"purposes"`      // paid replies by purpose
	Texts        map[string]int `json:"texts"`         // paid replies by the hash of their request

	Embeddings int `json:"embeddings"` // texts whose embedding was paid for

	Images       int            `json:"images"`        // pictures made and paid for
	ImagesByKey  map[string]int `json:"images_by_key"` // by Runware's taskUUID, or the hash of the request
	ImageDollars float64        `json:"image_dollars"` // what Runware charged for its part
	Media        int            `json:"media"`         // uploads the site keeps or kept
	MediaByHash  map[string]int `json:"media_by_hash"` // by SHA-256 of the bytes, in hex
	Posts        int            `json:"posts"`         // posts created on the site
	PostsBySlug  map[string]int `json:"posts_by_slug"` // by the slug that was asked for; "" if none was
	PostUpdates  int            `json:"post_updates"`  // changes to posts that exist
	Terms        int            `json:"terms"`         // categories and tags created
	TermsBySlug  map[string]int `json:"terms_by_slug"` // by taxonomy and slug: "category/news"
	Published    int            `json:"published"`     // posts a visitor can read now
	Faults       map[Kind]int   `json:"faults"`        // faults that struck, by kind
}

func newEffects() Effects {
	return Effects{
		Purposes: map[string]int{}, Texts: map[string]int{}, ImagesByKey: map[string]int{}, MediaByHash: map[string]int{},
		PostsBySlug: map[string]int{}, TermsBySlug: map[string]int{}, Faults: map[Kind]int{},
	}
}

// Effects returns the counters as they are now.
func (s *Sandbox) Effects() Effects {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.world.effects
	e.Purposes = maps.Clone(e.Purposes)
	e.Texts = maps.Clone(e.Texts)
	e.ImagesByKey = maps.Clone(e.ImagesByKey)
	e.MediaByHash = maps.Clone(e.MediaByHash)
	e.PostsBySlug = maps.Clone(e.PostsBySlug)
	e.TermsBySlug = maps.Clone(e.TermsBySlug)
	e.Faults = maps.Clone(e.Faults)
	for _, p := range s.world.posts {
		if p.Status == "publish" {
			e.Published++
		}
	}
	return e
}
