package api

import (
	"time"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// AIRequest is a row of system/ai-requests/: one call of a provider.
type AIRequest struct {
	ID            igny8.RequestID     `json:"id"`
	Purpose       string              `json:"purpose"`
	Provider      string              `json:"provider"`
	Model         string              `json:"model"`
	Status        igny8.RequestStatus `json:"status"`
	Attempt       int32               `json:"attempt"`
	Repair        bool                `json:"repair" doc:"It asked for a reply in the right form"`
	Repeated      bool                `json:"repeated" doc:"It was asked again because a reply was lost; at our cost"`
	PromptVersion *int32              `json:"prompt_version" doc:"Null is the default prompt"`
	InputTokens   int32               `json:"input_tokens"`
	OutputTokens  int32               `json:"output_tokens"`
	CostUSD       float64             `json:"cost_usd" sql:"(r.cost_micros / 1000000.0)::float8"`
	LatencyMS     *int32              `json:"latency_ms"`
	ErrorCode     string              `json:"error_code"`
	ErrorMessage  string              `json:"error_message"`
	SiteID        *igny8.SiteID       `json:"site_id"`
	RunID         *igny8.RunID        `json:"run_id"`
	ItemID        *uuid.UUID          `json:"item_id" nullable:"true"`
	CreatedAt     time.Time           `json:"created_at"`
	AnsweredAt    *time.Time          `json:"answered_at"`
}

var aiRequests = resource[AIRequest, AIRequest]{path: "system/ai-requests/", id: "ai-requests", one: "ai-request", list: store.List{
	From:    "igny8_ai_requests r",
	Default: "-created_at",
	Filters: map[string]store.Filter{
		"status":   byStatus(igny8.RequestStatuses),
		"purpose":  {SQL: "r.purpose", Type: "text", Doc: "The function that asked, such as content"},
		"provider": {SQL: "r.provider", Type: "text", Doc: "Who was asked: openai or runware"},
		"site_id":  bySite,
		"run_id":   {SQL: "r.run_id", Type: "uuid", Doc: "Of this run"},
		"item_id":  {SQL: "r.item_id", Type: "uuid", Doc: "For this cluster, task or content"},
	},
	Orders: map[string]store.Order{"created_at": byTime},
}}

// Notification is a row of system/notifications/.
type Notification struct {
	ID        uuid.UUID     `json:"id"`
	SiteID    *igny8.SiteID `json:"site_id"`
	Kind      string        `json:"kind"`
	Title     string        `json:"title"`
	Body      string        `json:"body"`
	Link      string        `json:"link"`
	ReadAt    *time.Time    `json:"read_at"`
	CreatedAt time.Time     `json:"created_at"`
}

var notifications = resource[Notification, Notification]{path: "system/notifications/", id: "notifications", one: "notification", list: store.List{
	From:    "igny8_notifications r",
	Default: "-created_at",
	Filters: map[string]store.Filter{
		"site_id": bySite,
		"kind":    {SQL: "r.kind", Type: "text", Doc: "What it is about, such as run_done"},
		"unread":  {SQL: "(r.read_at is null) = %s", Type: "bool", Doc: "Not read yet, or read"},
	},
	Orders: map[string]store.Order{"created_at": byTime},
}}

func (s *Server) system() {
	listed(s, &aiRequests)
	listed(s, &notifications)
}
