package api

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// Task is a row of writer/tasks/.
type Task struct {
	ID           igny8.TaskID     `json:"id"`
	SiteID       igny8.SiteID     `json:"site_id"`
	SectorID     igny8.SectorID   `json:"sector_id"`
	IdeaID       *igny8.IdeaID    `json:"idea_id"`
	ClusterID    *igny8.ClusterID `json:"cluster_id"`
	ClusterName  *string          `json:"cluster_name" sql:"(select c.name from igny8_clusters c where c.account_id = r.account_id and c.id = r.cluster_id)"`
	Title        string           `json:"title"`
	Description  string           `json:"description"`
	Status       igny8.TaskStatus `json:"status"`
	WordCount    int32            `json:"word_count" doc:"Ordered"`
	Images       int32            `json:"images" doc:"Ordered"`
	ContentID    *igny8.ContentID `json:"content_id" sql:"(select c.id from igny8_content c where c.account_id = r.account_id and c.task_id = r.id)"`
	URL          *string          `json:"url" sql:"(select nullif(p.url, '') from igny8_publications p join igny8_content c on c.account_id = p.account_id and c.id = p.content_id where c.account_id = r.account_id and c.task_id = r.id limit 1)" doc:"Where it was published"`
	PublishAt    *time.Time       `json:"publish_at"`
	Author       *uuid.UUID       `json:"author_profile_id" nullable:"true"`
	Revision     int32            `json:"revision"`
	RunID        *igny8.RunID     `json:"run_id"`
	ErrorCode    string           `json:"error_code"`
	ErrorMessage string           `json:"error_message"`
	Version      int64            `json:"version"`
	CreatedAt    time.Time        `json:"created_at"`
	UpdatedAt    time.Time        `json:"updated_at"`
}

var tasks = resource[Task, Task]{path: "writer/tasks/", id: "tasks", one: "task", list: store.List{
	From:     "igny8_tasks r",
	Counted:  "tasks",
	BySector: true,
	Search:   []string{"r.title"},
	Default:  "-created_at",
	Filters: map[string]store.Filter{
		"site_id": bySite, "sector_id": bySector, "status": byStatus(igny8.TaskStatuses),
		"cluster_id": {SQL: "r.cluster_id", Type: "uuid", Doc: "About this cluster"},
		"idea_id":    {SQL: "r.idea_id", Type: "uuid", Doc: "Made of this idea"},
		"run_id":     {SQL: "r.run_id", Type: "uuid", Doc: "Made by this run"},
	},
	Orders: map[string]store.Order{"created_at": byTime, "title": {SQL: "r.title", Type: "text"}},
}}

// ContentRow is a row of writer/content/: everything but the text.
type ContentRow struct {
	ID              igny8.ContentID     `json:"id"`
	SiteID          igny8.SiteID        `json:"site_id"`
	SectorID        igny8.SectorID      `json:"sector_id"`
	TaskID          igny8.TaskID        `json:"task_id"`
	TaskStatus      igny8.TaskStatus    `json:"task_status" sql:"(select t.status from igny8_tasks t where t.account_id = r.account_id and t.id = r.task_id)"`
	Status          igny8.ContentStatus `json:"status"`
	TextStatus      string              `json:"text_status" enum:"draft,approved" doc:"Of the review before images"`
	Title           string              `json:"title"`
	Slug            string              `json:"slug"`
	Excerpt         string              `json:"excerpt"`
	MetaTitle       string              `json:"meta_title"`
	MetaDescription string              `json:"meta_description"`
	FocusKeyword    string              `json:"focus_keyword"`
	Category        string              `json:"category"`
	Tags            []string            `json:"tags"`
	WordCount       int32               `json:"word_count"`
	Revision        int32               `json:"revision"`
	Reason          string              `json:"reason" doc:"Of a rejection, or what is to be changed"`
	Provenance      string              `json:"provenance"`
	Model           string              `json:"model"`
	ImagesCount     int64               `json:"images_count" sql:"(select count(*) from igny8_images i where i.account_id = r.account_id and i.content_id = r.id and i.status = 'generated')"`
	URL             *string             `json:"url" sql:"(select nullif(p.url, '') from igny8_publications p where p.account_id = r.account_id and p.content_id = r.id limit 1)"`
	Publication     *string             `json:"publication" sql:"(select p.status from igny8_publications p where p.account_id = r.account_id and p.content_id = r.id limit 1)"`
	PublishedAt     *time.Time          `json:"published_at" sql:"(select p.published_at from igny8_publications p where p.account_id = r.account_id and p.content_id = r.id limit 1)"`
	Version         int64               `json:"version"`
	CreatedAt       time.Time           `json:"created_at"`
	UpdatedAt       time.Time           `json:"updated_at"`
}

// Content is one content, with its text.
type Content struct {
	ID              igny8.ContentID     `json:"id"`
	SiteID          igny8.SiteID        `json:"site_id"`
	SectorID        igny8.SectorID      `json:"sector_id"`
	TaskID          igny8.TaskID        `json:"task_id"`
	TaskStatus      igny8.TaskStatus    `json:"task_status" sql:"(select t.status from igny8_tasks t where t.account_id = r.account_id and t.id = r.task_id)"`
	Status          igny8.ContentStatus `json:"status"`
	TextStatus      string              `json:"text_status" enum:"draft,approved"`
	Title           string              `json:"title"`
	Slug            string              `json:"slug"`
	Excerpt         string              `json:"excerpt"`
	MetaTitle       string              `json:"meta_title"`
	MetaDescription string              `json:"meta_description"`
	FocusKeyword    string              `json:"focus_keyword"`
	Category        string              `json:"category"`
	Tags            []string            `json:"tags"`
	Outline         json.RawMessage     `json:"outline" doc:"The headings, as they were planned"`
	HTML            string              `json:"html_content"`
	WordCount       int32               `json:"word_count"`
	Revision        int32               `json:"revision"`
	Reason          string              `json:"reason"`
	Provenance      string              `json:"provenance"`
	Model           string              `json:"model"`
	PromptVersion   *int32              `json:"prompt_version"`
	Differences     json.RawMessage     `json:"differences" doc:"What the site shows otherwise than was asked"`
	URL             *string             `json:"url" sql:"(select nullif(p.url, '') from igny8_publications p where p.account_id = r.account_id and p.content_id = r.id limit 1)"`
	Publication     *string             `json:"publication" sql:"(select p.status from igny8_publications p where p.account_id = r.account_id and p.content_id = r.id limit 1)"`
	PublishedAt     *time.Time          `json:"published_at" sql:"(select p.published_at from igny8_publications p where p.account_id = r.account_id and p.content_id = r.id limit 1)"`
	Version         int64               `json:"version"`
	CreatedAt       time.Time           `json:"created_at"`
	UpdatedAt       time.Time           `json:"updated_at"`
}

var contents = resource[ContentRow, Content]{path: "writer/content/", id: "content", one: "one-content", list: store.List{
	From:     "igny8_content r",
	Counted:  "content",
	BySector: true,
	Search:   []string{"r.title", "r.focus_keyword"},
	Default:  "-created_at",
	Filters: map[string]store.Filter{
		"site_id": bySite, "sector_id": bySector, "status": byStatus(igny8.ContentStatuses),
		"task_id": {SQL: "r.task_id", Type: "uuid", Doc: "Of this task"},
		"run_id":  {SQL: "exists (select from igny8_tasks t where t.account_id = r.account_id and t.id = r.task_id and t.run_id = %s)", Type: "uuid", Doc: "Made by this run"},
	},
	Orders: map[string]store.Order{"created_at": byTime, "title": {SQL: "r.title", Type: "text"}, "word_count": {SQL: "r.word_count", Type: "int"}},
}}

// Image is a row of writer/images/.
type Image struct {
	ID           igny8.ImageID     `json:"id"`
	SiteID       igny8.SiteID      `json:"site_id"`
	SectorID     igny8.SectorID    `json:"sector_id"`
	TaskID       igny8.TaskID      `json:"task_id"`
	ContentID    igny8.ContentID   `json:"content_id"`
	Type         string            `json:"image_type" enum:"featured,in_article"`
	N            int32             `json:"n" doc:"0 is the featured one"`
	Status       igny8.ImageStatus `json:"status"`
	Prompt       string            `json:"prompt"`
	AltText      string            `json:"alt_text"`
	Caption      string            `json:"caption"`
	Heading      string            `json:"heading" doc:"The section it stands under"`
	URL          string            `json:"image_url"`
	SHA256       *string           `json:"sha256"`
	MIME         *string           `json:"mime"`
	Width        *int32            `json:"width"`
	Height       *int32            `json:"height"`
	Bytes        *int32            `json:"bytes"`
	Provider     string            `json:"provider"`
	Model        string            `json:"model"`
	Provenance   string            `json:"provenance"`
	ErrorCode    string            `json:"error_code"`
	ErrorMessage string            `json:"error_message"`
	Version      int64             `json:"version"`
	CreatedAt    time.Time         `json:"created_at"`
	UpdatedAt    time.Time         `json:"updated_at"`
}

var images = resource[Image, Image]{path: "writer/images/", id: "images", one: "image", list: store.List{
	From:     "igny8_images r",
	Counted:  "images",
	BySector: true,
	Search:   []string{"r.prompt", "r.alt_text"},
	Default:  "-created_at",
	Filters: map[string]store.Filter{
		"site_id": bySite, "sector_id": bySector, "status": byStatus(igny8.ImageStatuses),
		"task_id":    {SQL: "r.task_id", Type: "uuid", Doc: "Of this task"},
		"content_id": {SQL: "r.content_id", Type: "uuid", Doc: "Of this content"},
		"image_type": {SQL: "r.image_type", Type: "text", Values: []string{"featured", "in_article"}},
	},
	Orders: map[string]store.Order{"created_at": byTime},
}}

func (s *Server) writer() {
	listed(s, &tasks)
	listed(s, &contents)
	listed(s, &images)
	s.taskChanges()
	s.imageChanges()
	s.revisions()
	changeable(s, &contentChanges)
}
