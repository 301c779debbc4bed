package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// Transaction is a line of the ledger.
type Transaction struct {
	Seq          int64         `json:"seq"`
	Type         string        `json:"transaction_type" enum:"grant,purchase,usage,refund,adjustment"`
	Amount       igny8.Credits `json:"amount"`
	BalanceAfter igny8.Credits `json:"balance_after"`
	Reason       string        `json:"reason"`
	RunID        *igny8.RunID  `json:"run_id"`
	CreatedAt    time.Time     `json:"created_at"`
}

var transactions = resource[Transaction, Transaction]{path: "billing/transactions/", id: "transactions", one: "transaction", list: store.List{
	From: "igny8_credit_transactions r", ID: "r.seq", IDType: "bigint",
	Default: "-created_at",
	Filters: map[string]store.Filter{
		"transaction_type": {SQL: "r.transaction_type", Type: "text", Values: []string{"grant", "purchase", "usage", "refund", "adjustment"}},
		"run_id":           {SQL: "r.run_id", Type: "uuid", Doc: "Of this run"},
		"since":            {SQL: "r.created_at >= %s", Type: "timestamptz", Doc: "At this time or later"},
		"until":            {SQL: "r.created_at < %s", Type: "timestamptz", Doc: "Before this time"},
	},
	// Both are the order in which they were booked.
	Orders: map[string]store.Order{"seq": byTime, "created_at": byTime},
}}

// Usage is what one operation took.
type Usage struct {
	ID        uuid.UUID     `json:"id"`
	SiteID    *igny8.SiteID `json:"site_id"`
	Operation string        `json:"operation_type"`
	Credits   igny8.Credits `json:"credits_used"`
	CostUSD   float64       `json:"cost_usd" sql:"(r.cost_micros / 1000000.0)::float8"`
	Tokens    int64         `json:"tokens"`
	Units     int32         `json:"units"`
	Model     string        `json:"model"`
	RunID     *igny8.RunID  `json:"run_id"`
	ItemID    *uuid.UUID    `json:"item_id" nullable:"true"`
	CreatedAt time.Time     `json:"created_at"`
}

var usage = resource[Usage, Usage]{path: "billing/usage/", id: "usage", one: "one-usage", list: store.List{
	From:    "igny8_credit_usage_logs r",
	Default: "-created_at",
	Filters: map[string]store.Filter{
		"operation_type": {SQL: "r.operation_type", Type: "text", Values: words(igny8.Functions)},
		"site_id":        bySite,
		"run_id":         {SQL: "r.run_id", Type: "uuid", Doc: "Of this run"},
		"since":          {SQL: "r.created_at >= %s", Type: "timestamptz", Doc: "At this time or later"},
		"until":          {SQL: "r.created_at < %s", Type: "timestamptz", Doc: "Before this time"},
	},
	Orders: map[string]store.Order{"created_at": byTime},
}}

// Balance is what an account has.
type Balance struct {
	Posted    igny8.Credits `json:"posted" doc:"The sum of the ledger"`
	Held      igny8.Credits `json:"held" doc:"Set aside for work under way"`
	Available igny8.Credits `json:"available"`
}

// estimateInput is what a run would be asked for with.
type estimateInput struct {
	Body struct {
		Kind   igny8.RunKind  `json:"kind,omitempty" enum:"pipeline,clusters,recluster,ideas,content,image_prompts,images,publish,article" doc:"pipeline if not given"`
		Items  int            `json:"items,omitempty" minimum:"0" maximum:"1000" doc:"How many things are chosen; a pipeline's number is articles"`
		Sector igny8.SectorID `json:"sector,omitzero" format:"uuid" required:"false" doc:"Whose keywords would be grouped; without it their names and embeddings are not in the estimate"`
		Settings
	}
}

// Quote is an estimate beside what there is.
type Quote struct {
	igny8.Estimate
	Available igny8.Credits `json:"available"`
	Remaining igny8.Credits `json:"remaining" doc:"Of what there is, at least this is left; less than 0 if there is not enough"`
	Enough    bool          `json:"enough"`
}

func (s *Server) billing() {
	lists(s, &transactions)
	listed(s, &usage)
	route(s, get("billing/credits/", "get-credits", "What the account has", igny8.Read), func(ctx context.Context, _ *none) (Balance, error) {
		return as(ctx, s, func(q *store.Queries) (Balance, error) {
			w, err := q.Wallet(ctx)
			return Balance{Posted: w.Posted, Held: w.Held, Available: w.Posted - w.Held}, err
		})
	})
	route(s, post("billing/estimate/", "estimate", "What a run can cost at most", igny8.Read), s.estimate)
}

func (s *Server) estimate(ctx context.Context, in *estimateInput) (Quote, error) {
	kind := in.Body.Kind
	if kind == "" {
		kind = igny8.KindPipeline
	}
	settings := in.Body.Settings.run()
	if err := settings.Validate(); err != nil {
		return Quote{}, err
	}
	return as(ctx, s, func(q *store.Queries) (Quote, error) {
		e, err := q.EstimateIn(ctx, in.Body.Sector, kind, settings, in.Body.Items, s.Images)
		if err != nil {
			return Quote{}, err
		}
		w, err := q.Wallet(ctx)
		if e.Lines == nil {
			e.Lines = []igny8.EstimateLine{}
		}
		left := w.Posted - w.Held - e.Total
		return Quote{Estimate: e, Available: w.Posted - w.Held, Remaining: left, Enough: left >= 0}, err
	})
}
