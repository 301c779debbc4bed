package sandbox

// A world is what the providers remember. It changes by events alone, so that a
// journal of them is enough to have it back.
type world struct {
	effects  Effects
	posts    map[int]*post
	media    map[int]*media
	terms    map[int]*term
	pictures map[string]*picture // Runware's by taskUUID, OpenAI's by name
	files    map[string][]byte   // uploads by hash, where there is no directory
	lastPost int                 // posts and media share their numbers, as in WordPress
	lastTerm int
}

// An event is one thing that happened; one of its fields is set.
type event struct {
	Text    *sale    `json:"text,omitempty"`
	Picture *picture `json:"picture,omitempty"`
	Post    *post    `json:"post,omitempty"` // as it is from now on
	Media   *media   `json:"media,omitempty"`
	Term    *term    `json:"term,omitempty"`
	Gone    int      `json:"gone,omitempty"`      // a post or medium that was deleted for good
	Lost    int      `json:"gone_term,omitempty"` // a term that was
	Fault   Kind     `json:"fault,omitempty"`
}

// A sale is a reply of a model that was paid for.
type sale struct {
	Purpose string `json:"purpose"`
	Key     string `json:"key"`
	Input   int    `json:"input"`
	Output  int    `json:"output"`
	Vectors int    `json:"vectors,omitempty"` // embeddings, instead of a text
}

func newWorld() world {
	w := world{
		effects: newEffects(), posts: map[int]*post{}, media: map[int]*media{}, terms: map[int]*term{},
		pictures: map[string]*picture{}, files: map[string][]byte{},
	}
	uncategorized := &term{ID: 1, Taxonomy: "category", Name: "Uncategorized", Slug: "uncategorized"}
	w.terms[1], w.lastTerm = uncategorized, 1
	return w
}

func (w *world) apply(e event) {
	switch x := &w.effects; {
	case e.Text != nil:
		x.TextCalls++
		x.InputTokens += e.Text.Input
		x.OutputTokens += e.Text.Output
		x.Purposes[e.Text.Purpose]++
		x.Texts[e.Text.Key]++
		x.Embeddings += e.Text.Vectors
	case e.Picture != nil:
		w.pictures[e.Picture.Name] = e.Picture
		x.Images += e.Picture.Count
		x.ImagesByKey[e.Picture.Key] += e.Picture.Count
		x.ImageDollars += e.Picture.Cost
	case e.Post != nil:
		if _, old := w.posts[e.Post.ID]; old {
			x.PostUpdates++
		} else {
			x.Posts++
			x.PostsBySlug[e.Post.Asked]++
		}
		w.posts[e.Post.ID] = e.Post
		w.lastPost = max(w.lastPost, e.Post.ID)
	case e.Media != nil:
		if _, old := w.media[e.Media.ID]; !old {
			x.Media++
			x.MediaByHash[e.Media.Hash]++
		}
		w.media[e.Media.ID] = e.Media
		w.lastPost = max(w.lastPost, e.Media.ID)
	case e.Term != nil:
		if _, old := w.terms[e.Term.ID]; !old {
			x.Terms++
			x.TermsBySlug[e.Term.Taxonomy+"/"+e.Term.Slug]++
		}
		w.terms[e.Term.ID] = e.Term
		w.lastTerm = max(w.lastTerm, e.Term.ID)
	case e.Gone != 0:
		delete(w.posts, e.Gone)
		delete(w.media, e.Gone)
	case e.Lost != 0:
		delete(w.terms, e.Lost)
	case e.Fault != "":
		x.Faults[e.Fault]++
	}
}
