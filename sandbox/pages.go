package sandbox

import (
	"cmp"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// pages serves the site as a visitor reads it: the list of posts, one post by
// ?p=ID or by its slug, and the uploads. A post that isn't published is 404.
func (s *Sandbox) pages() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /wp/{$}", s.front)
	mux.HandleFunc("GET /wp/{slug}/{$}", func(w http.ResponseWriter, r *http.Request) {
		slug := r.PathValue("slug")
		s.showPost(w, r, func(p *post) bool { return p.Slug == slug })
	})
	mux.HandleFunc("GET /wp/{slug}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Path+"/", http.StatusMovedPermanently)
	})
	mux.HandleFunc("GET /wp/category/{slug}/{$}", s.front)
	mux.HandleFunc("GET /wp/tag/{slug}/{$}", s.front)
	mux.HandleFunc("GET /wp/wp-cron.php", func(http.ResponseWriter, *http.Request) { s.publishDue() })
	mux.HandleFunc("GET /wp/wp-content/uploads/{year}/{month}/{name}", s.showUpload)
	return mux
}

// publishDue publishes what was scheduled for a time that has passed, as
// WordPress does when somebody visits the site.
func (s *Sandbox) publishDue() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.world.posts {
		if p.Status == "future" && !p.Date.After(time.Now()) {
			due := *p
			due.Status = "publish"
			s.record(event{Post: &due})
		}
	}
}

// An article is a post as a page shows it. Its HTML was cleaned by who sent it,
// as on a real site, and the page's policy lets no script run.
type article struct {
	Title, Date, Address, Image, Alt, Excerpt, Author string
	Topics                                            []string
	Body                                              template.HTML
	Words                                             int
}

func (s *Sandbox) view(p *post) article {
	a := article{
		Title: p.Title, Date: p.Date.Format("2 January 2006"), Address: SitePath + "/" + p.Slug + "/", Excerpt: plainText(p.renderExcerpt()),
		Body: template.HTML(renderContent(p.Content)), Words: count(plainText(p.Content)),
	}
	if m := s.world.media[p.Featured]; m != nil {
		a.Image, a.Alt = SitePath+"/wp-content/uploads/"+m.File, m.Alt
	}
	if p.Author >= 1 && p.Author <= len(s.people) {
		a.Author = s.people[p.Author-1].name
	}
	for _, id := range p.Categories {
		if t := s.world.terms[id]; t != nil {
			a.Topics = append(a.Topics, t.Name)
		}
	}
	return a
}

// plainText is HTML without its tags, with the entities that texturize makes.
func plainText(s string) string {
	s = htmlTag.ReplaceAllString(s, " ")
	return strings.TrimSpace(strings.NewReplacer("&#038;", "&", "&amp;", "&", "&#8217;", "’", "&#8220;", "“", "&#8221;", "”", "&#8230;", "…", "&hellip;", "…", "&#8211;", "–", "&#8212;", "—").Replace(s))
}

type pageData struct {
	Site, Title string
	Articles    []article
	One         *article
	Effects     Effects
}

func (s *Sandbox) front(w http.ResponseWriter, r *http.Request) {
	if id, err := strconv.Atoi(r.URL.Query().Get("p")); err == nil {
		s.showPost(w, r, func(p *post) bool { return p.ID == id })
		return
	}
	s.publishDue()
	slug := r.PathValue("slug")
	s.mu.Lock()
	var posts []*post
	for _, p := range s.world.posts {
		if p.Status == "publish" && (slug == "" || s.hasTerm(p, slug)) {
			posts = append(posts, p)
		}
	}
	slices.SortFunc(posts, func(a, b *post) int { return cmp.Or(b.Date.Compare(a.Date), b.ID-a.ID) })
	data := pageData{Site: s.options.SiteName, Title: s.options.SiteName}
	for _, p := range posts {
		data.Articles = append(data.Articles, s.view(p))
	}
	s.mu.Unlock()
	render(w, 200, "front", data)
}

func (s *Sandbox) hasTerm(p *post, slug string) bool {
	return slices.ContainsFunc(append(slices.Clone(p.Categories), p.Tags...), func(id int) bool { return s.world.terms[id].slug() == slug })
}

func (s *Sandbox) showPost(w http.ResponseWriter, r *http.Request, is func(*post) bool) {
	s.publishDue()
	s.mu.Lock()
	var found *article
	for _, p := range s.world.posts {
		if p.Status == "publish" && is(p) {
			a := s.view(p)
			found = &a
		}
	}
	data := pageData{Site: s.options.SiteName, Title: "Page not found", One: found}
	s.mu.Unlock()
	if found == nil {
		render(w, 404, "missing", data)
		return
	}
	if r.URL.Query().Has("p") {
		http.Redirect(w, r, found.Address, http.StatusMovedPermanently)
		return
	}
	data.Title = found.Title
	render(w, 200, "post", data)
}

func (s *Sandbox) showUpload(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("year") + "/" + r.PathValue("month") + "/" + r.PathValue("name")
	s.mu.Lock()
	var found *media
	for _, m := range s.world.media {
		if m.File == name {
			found = m
		}
	}
	s.mu.Unlock()
	if found == nil {
		render(w, 404, "missing", pageData{Site: s.options.SiteName, Title: "Page not found"})
		return
	}
	data, err := s.uploaded(found.Hash)
	if err != nil {
		http.Error(w, "the file is gone", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", found.Type)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "max-age=3600")
	w.Write(data)
}

// home tells who comes to the sandbox itself what there is.
func (s *Sandbox) home(w http.ResponseWriter, _ *http.Request) {
	render(w, 200, "home", pageData{Site: s.options.SiteName, Title: "Sandbox", Effects: s.Effects()})
}

func render(w http.ResponseWriter, status int, name string, data pageData) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=UTF-8")
	h.Set("Content-Security-Policy", "default-src 'none'; img-src http: https: data:; style-src 'unsafe-inline'")
	w.WriteHeader(status)
	pageTemplates.ExecuteTemplate(w, name, data) //nolint:errcheck // the reader has gone
}
