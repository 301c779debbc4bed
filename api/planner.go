package api

import (
	"time"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// Keyword is a row of planner/keywords/.
type Keyword struct {
	ID              igny8.KeywordID     `json:"id"`
	SiteID          igny8.SiteID        `json:"site_id"`
	SectorID        igny8.SectorID      `json:"sector_id"`
	Keyword         string              `json:"keyword"`
	Status          igny8.KeywordStatus `json:"status"`
	Volume          *int32              `json:"volume" doc:"Searches a month; null is unknown"`
	VolumeEstimated bool                `json:"volume_estimated"`
	Difficulty      *int32              `json:"difficulty" doc:"0 to 100; null is unknown"`
	CPCMicros       *int64              `json:"cpc_micros" doc:"Millionths of currency"`
	Currency        *string             `json:"currency"`
	Intent          *string             `json:"intent"`
	Intents         []string            `json:"intents"`
	Country         *string             `json:"country"`
	Parent          *string             `json:"parent"`
	SERPFeatures    []string            `json:"serp_features,omitempty" doc:"What the results page shows beside the results"`
	Competition     *int32              `json:"competition,omitempty" doc:"Among advertisers, 0 to 100"`
	Trend           []int               `json:"trend,omitempty" doc:"Months, the oldest first, in percent of the best"`
	Position        *float64            `json:"position,omitempty" doc:"Where the site ranks"`
	URL             *string             `json:"url,omitempty" doc:"The page that ranks"`
	Clicks          *int64              `json:"clicks,omitempty" doc:"Of the site, as Search Console counts them"`
	Impressions     *int64              `json:"impressions"`
	LastUpdate      *time.Time          `json:"last_update,omitempty" doc:"When the tool took its figures"`
	ClusterID       *igny8.ClusterID    `json:"cluster_id"`
	ClusterName     *string             `json:"cluster_name" sql:"(select c.name from igny8_clusters c where c.account_id = r.account_id and c.id = r.cluster_id)"`
	PageID          *igny8.PageID       `json:"page_id"`
	Fit             *float32            `json:"fit" doc:"How near it is to its cluster, 0 to 1"`
	NearestID       *igny8.ClusterID    `json:"nearest_id" doc:"Of an orphan, the cluster it is nearest to"`
	Pinned          bool                `json:"pinned"`
	ImportID        *igny8.ImportID     `json:"import_id"`
	ImportLine      *int32              `json:"import_line"`
	Version         int64               `json:"version"`
	CreatedAt       time.Time           `json:"created_at"`
	UpdatedAt       time.Time           `json:"updated_at"`
}

var intents = []string{"informational", "commercial", "transactional", "navigational"}

var keywords = resource[Keyword, Keyword]{path: "planner/keywords/", id: "keywords", one: "keyword", list: store.List{
	From:     "igny8_keywords r",
	Counted:  "keywords",
	BySector: true,
	Searched: "igny8_searched_keywords r",
	Search:   []string{"r.keyword"},
	Default:  "-created_at",
	Filters: map[string]store.Filter{
		"site_id": bySite, "sector_id": bySector, "status": byStatus(igny8.KeywordStatuses),
		"cluster_id": {SQL: "r.cluster_id", Type: "uuid", Doc: "In this cluster"},
		"import_id":  {SQL: "r.import_id", Type: "uuid", Doc: "First seen in this import"},
		"intent":     {SQL: "r.intent", Type: "text", Values: intents},
		"country":    {SQL: "r.country", Type: "text", Doc: "Two letters, lower case"},
		// Told by the columns that are sorted by, which have the indexes: unknown is 1 there, and 101.
		"volume_min":     {SQL: "r.volume_sort <= -(%s::bigint)", Type: "int", Doc: "So many searches a month or more"},
		"volume_max":     {SQL: "(r.volume_sort <= 0 and r.volume_sort >= -(%s::bigint))", Type: "int", Doc: "So many searches a month or fewer, where that is known"},
		"difficulty_min": {SQL: "(r.difficulty_sort <= 100 and r.difficulty_sort >= %s)", Type: "int", Doc: "As difficult or more, where that is known"},
		"difficulty_max": {SQL: "(r.difficulty_sort <= 100 and r.difficulty_sort <= %s)", Type: "int", Doc: "As difficult or less, where that is known"},
	},
	Orders: map[string]store.Order{
		"created_at": byTime, "keyword": {SQL: "r.normal", Type: "text"},
		"volume":     {SQL: "r.volume_sort", Type: "int", Flip: true},
		"difficulty": {SQL: "r.difficulty_sort", Type: "int"},
	},
}}

// Cluster is a row of planner/clusters/.
type Cluster struct {
	ID            igny8.ClusterID `json:"id"`
	SiteID        igny8.SiteID    `json:"site_id"`
	SectorID      igny8.SectorID  `json:"sector_id"`
	Name          string          `json:"name"`
	Description   string          `json:"description"`
	Status        string          `json:"status" enum:"active,archived"`
	Locked        bool            `json:"locked"`
	NamedBy       string          `json:"named_by" enum:"offline,model,user"`
	KeywordsCount int32           `json:"keywords_count"`
	Volume        *int64          `json:"volume" doc:"The sum of what is known"`
	Difficulty    *int32          `json:"difficulty" doc:"Weighted by volume"`
	Intent        *string         `json:"intent"`
	IdeasCount    int64           `json:"ideas_count" sql:"(select count(*) from igny8_content_ideas i where i.account_id = r.account_id and i.cluster_id = r.id)"`
	PagesCount    int64           `json:"pages_count" sql:"(select count(*) from igny8_cluster_pages p where p.account_id = r.account_id and p.cluster_id = r.id)"`
	RunID         *igny8.RunID    `json:"run_id"`
	Version       int64           `json:"version"`
	CreatedAt     time.Time       `json:"created_at"`
	UpdatedAt     time.Time       `json:"updated_at"`
}

var clusters = resource[Cluster, Cluster]{path: "planner/clusters/", id: "clusters", one: "cluster", list: store.List{
	From:     "igny8_clusters r",
	Counted:  "clusters",
	BySector: true,
	Search:   []string{"r.name"},
	Default:  "-created_at",
	Filters: map[string]store.Filter{
		"site_id": bySite, "sector_id": bySector,
		"status": {SQL: "r.status", Type: "text", Values: []string{"active", "archived"}},
		"intent": {SQL: "r.intent", Type: "text", Values: intents},
		"run_id": {SQL: "r.run_id", Type: "uuid", Doc: "Made by this run"},
		"locked": {SQL: "r.locked", Type: "bool", Doc: "Kept as it is, or not"},
	},
	Orders: map[string]store.Order{
		"created_at": byTime, "name": {SQL: "r.name", Type: "text"},
		"volume":         {SQL: "r.volume_sort", Type: "bigint", Flip: true},
		"keywords_count": {SQL: "r.keywords_count", Type: "int"},
	},
}}

// Idea is a row of planner/ideas/.
type Idea struct {
	ID          igny8.IdeaID     `json:"id"`
	SiteID      igny8.SiteID     `json:"site_id"`
	SectorID    igny8.SectorID   `json:"sector_id"`
	ClusterID   *igny8.ClusterID `json:"cluster_id"`
	ClusterName *string          `json:"cluster_name" sql:"(select c.name from igny8_clusters c where c.account_id = r.account_id and c.id = r.cluster_id)"`
	PageID      *igny8.PageID    `json:"page_id"`
	Title       string           `json:"idea_title"`
	Description string           `json:"description"`
	Angle       string           `json:"angle"`
	Intent      *string          `json:"intent"`
	Status      igny8.IdeaStatus `json:"status"`
	Keywords    []string         `json:"keywords" sql:"array(select k.keyword from igny8_idea_keywords ik join igny8_keywords k on k.account_id = ik.account_id and k.id = ik.keyword_id where ik.account_id = r.account_id and ik.idea_id = r.id order by ik.n)" doc:"The main one first"`
	TaskID      *igny8.TaskID    `json:"task_id" sql:"(select t.id from igny8_tasks t where t.account_id = r.account_id and t.idea_id = r.id order by t.created_at limit 1)"`
	RunID       *igny8.RunID     `json:"run_id"`
	Version     int64            `json:"version"`
	CreatedAt   time.Time        `json:"created_at"`
	UpdatedAt   time.Time        `json:"updated_at"`
}

var ideas = resource[Idea, Idea]{path: "planner/ideas/", id: "ideas", one: "idea", list: store.List{
	From:     "igny8_content_ideas r",
	Counted:  "content_ideas",
	BySector: true,
	Search:   []string{"r.idea_title"},
	Default:  "-created_at",
	Filters: map[string]store.Filter{
		"site_id": bySite, "sector_id": bySector, "status": byStatus(igny8.IdeaStatuses),
		"cluster_id": {SQL: "r.cluster_id", Type: "uuid", Doc: "About this cluster"},
		"run_id":     {SQL: "r.run_id", Type: "uuid", Doc: "Made by this run"},
	},
	Orders: map[string]store.Order{"created_at": byTime, "idea_title": {SQL: "r.idea_title", Type: "text"}},
}}

func (s *Server) planner() {
	listed(s, &keywords)
	listed(s, &clusters)
	listed(s, &ideas)
	changeable(s, &keywordChanges)
	changeable(s, &clusterChanges)
	changeable(s, &ideaChanges)
	s.clusterEditing()
	s.proposals()
	s.searchResults()
	route(s, post(ideas.path+"bulk_queue_to_writer/", "queue-ideas", "Make tasks of ideas", igny8.Write), s.queueIdeas)
}
