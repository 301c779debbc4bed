package activities

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/workflows"
)

// ideation proposes articles about a cluster.
func ideation() skill[igny8.ClusterID, igny8.IdeaID] {
	return skill[igny8.ClusterID, igny8.IdeaID]{prepare: prepareIdeas, save: saveIdeas}
}

// ideasDraft is what a model answers.
type ideasDraft struct {
	Ideas []ideaDraft `json:"ideas"`
}

type ideaDraft struct {
	Title       string   `json:"title" jsonschema:"description=What the reader gets. At most 70 characters."`
	Description string   `json:"description" jsonschema:"description=Two or three sentences for the writer."`
	Angle       string   `json:"angle" jsonschema:"description=The kind of piece in a few words."`
	Intent      string   `json:"intent" jsonschema:"enum=informational,enum=commercial,enum=transactional,enum=navigational"`
	Page        int      `json:"page" jsonschema:"description=The number of the page that it serves."`
	Keywords    []string `json:"keywords" jsonschema:"description=Queries from the list. The main one first."`
}

func (d ideasDraft) Validate() error {
	if len(d.Ideas) == 0 {
		return malformed("It has no ideas.")
	}
	for i, idea := range d.Ideas {
		if line(idea.Title, 200) == "" {
			return malformed("Idea %d has no title.", i+1)
		}
	}
	return nil
}

// topic is what is known about a cluster, as the model gets it.
type topic struct {
	Site     string       `json:"site"`
	Sector   string       `json:"sector"`
	Language string       `json:"language"`
	Cluster  string       `json:"cluster"`
	Count    int          `json:"count"`
	Keywords []topicQuery `json:"keywords"`
	Existing []string     `json:"existing_titles"`
}

type topicQuery struct {
	Keyword string `json:"keyword"`
	Volume  *int32 `json:"monthly_searches,omitempty"`
	Page    int32  `json:"page"`
}

// most is the longest list of queries that a model gets: a topic's most searched.
const most = 150

func prepareIdeas(ctx context.Context, a *Activities, q *store.Queries, c workflows.Call[igny8.ClusterID]) (order, error) {
	cluster, err := q.Cluster(ctx, c.From)
	if err != nil {
		return order{}, err
	}
	keywords, err := q.ClusterKeywords(ctx, &c.From)
	if err != nil {
		return order{}, err
	}
	if len(keywords) == 0 {
		return order{}, igny8.Errorf(igny8.Invalid, "The cluster has no keywords any more.")
	}
	sector, err := q.Sector(ctx, cluster.SectorID)
	if err != nil {
		return order{}, err
	}
	titles, err := q.IdeaTitlesOfSector(ctx, cluster.SectorID)
	if err != nil {
		return order{}, err
	}
	r, err := q.Run(ctx, c.Of.Run)
	if err != nil {
		return order{}, err
	}
	s, err := settings(r)
	if err != nil {
		return order{}, err
	}
	data := topic{Site: sector.SiteName, Sector: sector.Name, Language: "en", Cluster: cluster.Name, Count: s.IdeasPerCluster, Existing: titles}
	for _, k := range keywords[:min(len(keywords), most)] {
		data.Keywords = append(data.Keywords, topicQuery{k.Keyword, k.Volume, k.Page})
	}
	return question[ideasDraft](ctx, a, q, igny8.Ideation, data)
}

// saveIdeas keeps as many ideas as were ordered. A query that the model made up
// is dropped; an idea without any gets the most searched of its page.
func saveIdeas(ctx context.Context, _ *Activities, q *store.Queries, c workflows.Call[igny8.ClusterID], answer store.AIRequest) (out saved[igny8.IdeaID], err error) {
	draft, err := read[ideasDraft](*answer.Reply)
	if err != nil {
		return out, err
	}
	cluster, err := q.Cluster(ctx, c.From)
	if err != nil {
		return out, err
	}
	keywords, err := q.ClusterKeywords(ctx, &c.From)
	if err != nil {
		return out, err
	}
	hold, err := q.Hold(ctx, c.Hold())
	if err != nil {
		return out, err
	}
	for i, idea := range draft.Ideas[:min(len(draft.Ideas), int(hold.Units))] {
		targets, page := targetsOf(idea, keywords, i)
		id, err := q.SaveIdea(ctx, store.SaveIdeaParams{
			SiteID: cluster.SiteID, SectorID: cluster.SectorID, ClusterID: &c.From, PageID: page, IdeaTitle: line(idea.Title, 200), Description: line(idea.Description, 2000),
			Angle: line(idea.Angle, 100), Intent: optional(idea.Intent), Source: optional(fmt.Sprintf("%s:%d", c.Reply, i+1)), RunID: &c.Of.Run,
		})
		if err != nil {
			return out, err
		}
		if err := q.SaveIdeaKeywords(ctx, store.SaveIdeaKeywordsParams{SiteID: cluster.SiteID, SectorID: cluster.SectorID, IdeaID: id, Keywords: targets}); err != nil {
			return out, err
		}
		out.ids = append(out.ids, id)
	}
	out.units, out.step, out.status = len(out.ids), "done", igny8.ItemDone
	var revision int32
	if _, err := fmt.Sscanf(c.Reply[strings.LastIndexByte(c.Reply, ':')+1:], "%d", &revision); err != nil {
		return out, err
	}
	if err := q.IdeasSaved(ctx, store.IdeasSavedParams{ID: c.From, Revision: revision}); err != nil {
		return out, err
	}
	return out, q.RunStage(ctx, store.RunStageParams{ID: c.Of.Run, Stage: "ideas", Message: "Had ideas about " + cluster.Name, Planning: true, NewIdeas: int32(len(out.ids))})
}

// targetsOf returns the keywords that the idea names, at most eight, and the
// page of the first.
func targetsOf(idea ideaDraft, keywords []store.ClusterKeywordsRow, nth int) (ids []uuid.UUID, page *igny8.PageID) {
	for _, name := range idea.Keywords {
		i := slices.IndexFunc(keywords, func(k store.ClusterKeywordsRow) bool { return strings.EqualFold(k.Keyword, strings.TrimSpace(name)) })
		if i < 0 || slices.Contains(ids, keywords[i].ID.UUID) || len(ids) == 8 {
			continue
		}
		if len(ids) == 0 {
			page = keywords[i].PageID
		}
		ids = append(ids, keywords[i].ID.UUID)
	}
	if len(ids) > 0 {
		return ids, page
	}
	for _, k := range keywords {
		if int(k.Page) == idea.Page {
			return []uuid.UUID{k.ID.UUID}, k.PageID
		}
	}
	k := keywords[nth%len(keywords)]
	return []uuid.UUID{k.ID.UUID}, k.PageID
}
