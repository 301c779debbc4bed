package sandbox

import (
	"maps"
	"strings"
)

// metaKeys are the meta keys registered for posts.
func (s *Sandbox) metaKeys() []string {
	keys := []string{"footnotes"}
	if s.options.SEO == Yoast {
		keys = append(keys, "_yoast_wpseo_title", "_yoast_wpseo_metadesc", "_yoast_wpseo_focuskw")
	}
	return keys
}

// rankMath stores the meta of the Rank Math plug-in.
func (s *Sandbox) rankMath(c *siteCall) reply {
	old := s.world.posts[c.number("objectID", 0)]
	if old == nil || c.str("objectType") != "post" {
		return siteError(400, "param_empty", "Sorry, field is empty which is not allowed.")
	}
	if !s.mayEdit(c.who, old) {
		return c.denied("rest_forbidden", "Sorry, you are not allowed to do that.")
	}
	p := *old
	p.Meta = maps.Clone(p.Meta)
	meta, _ := c.params["meta"].(map[string]any)
	for k, v := range meta {
		if strings.HasPrefix(k, "rank_math_") && !c.is(DroppedMeta) {
			p.Meta[k] = textOf(v)
		}
	}
	s.record(event{Post: &p})
	return jsonReply(200, map[string]any{"slug": true})
}
