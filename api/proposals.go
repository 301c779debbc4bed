package api

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// Proposal is a row of planner/proposals/: other clusters for a sector, or some
// clusters that may be one. Nothing changes before it is accepted.
type Proposal struct {
	ID           igny8.ProposalID `json:"id"`
	SiteID       igny8.SiteID     `json:"site_id"`
	SectorID     igny8.SectorID   `json:"sector_id"`
	Kind         string           `json:"kind" enum:"recluster,merge"`
	Status       string           `json:"status" enum:"pending,accepted,rejected,stale" doc:"Stale when what it was made from has changed: it can't be accepted any more"`
	Reason       string           `json:"reason" doc:"Of a merge, in the words of the model"`
	ClusterIDs   []uuid.UUID      `json:"cluster_ids" doc:"Of a merge, the one that stays first"`
	ClusterNames []string         `json:"cluster_names" sql:"array(select c.name from unnest(r.cluster_ids) with ordinality u(id, n) join igny8_clusters c on c.account_id = r.account_id and c.id = u.id order by u.n)"`
	Kept         int32            `json:"kept" doc:"Keywords that stay in their cluster"`
	Moved        int32            `json:"moved" doc:"Keywords that come to another cluster"`
	Added        int32            `json:"added" doc:"Keywords that are in no cluster and come to one"`
	Removed      int32            `json:"removed" doc:"Keywords that leave their cluster for none"`
	NewClusters  int32            `json:"new_clusters"`
	GoneClusters int32            `json:"gone_clusters"`
	RunID        *igny8.RunID     `json:"run_id"`
	DecidedAt    *time.Time       `json:"decided_at"`
	Version      int64            `json:"version"`
	CreatedAt    time.Time        `json:"created_at"`
	UpdatedAt    time.Time        `json:"updated_at"`
}

var proposals = resource[Proposal, Proposal]{path: "planner/proposals/", id: "proposals", one: "proposal", list: store.List{
	From:    "igny8_proposals r",
	Default: "-created_at",
	Filters: map[string]store.Filter{
		"site_id": bySite, "sector_id": bySector,
		"kind":   {SQL: "r.kind", Type: "text", Values: []string{"recluster", "merge"}},
		"status": {SQL: "r.status", Type: "text", Values: []string{"pending", "accepted", "rejected", "stale"}},
		"run_id": {SQL: "r.run_id", Type: "uuid", Doc: "Made by this run"},
	},
	Orders: map[string]store.Order{"created_at": byTime},
}}

// ProposedCluster is a cluster that a proposal changes, makes or empties.
type ProposedCluster struct {
	ProposalID  igny8.ProposalID `json:"proposal_id"`
	ClusterID   igny8.ClusterID  `json:"cluster_id" doc:"There already, or to be made"`
	Change      string           `json:"change" enum:"kept,new,gone"`
	Name        string           `json:"name"`
	Description string           `json:"description"`
	Keywords    int32            `json:"keywords" doc:"As proposed"`
	Before      int32            `json:"before" doc:"As it is"`
	Joining     int32            `json:"joining"`
	Leaving     int32            `json:"leaving"`
}

var proposedClusters = resource[ProposedCluster, ProposedCluster]{path: "planner/proposal_clusters/", id: "proposed-clusters", one: "proposed-cluster", list: store.List{
	From: "igny8_proposal_clusters r", ID: "r.cluster_id", IDType: "uuid",
	Search:  []string{"r.name"},
	Default: "name",
	Filters: map[string]store.Filter{
		"proposal_id": {SQL: "r.proposal_id", Type: "uuid", Doc: "Of this proposal"},
		"change":      {SQL: "r.change", Type: "text", Values: []string{"kept", "new", "gone"}},
	},
	Orders: map[string]store.Order{"name": {SQL: "r.name", Type: "text"}, "keywords": {SQL: "r.keywords", Type: "int"}},
}}

// ProposedMove is a keyword that a proposal moves.
type ProposedMove struct {
	ProposalID igny8.ProposalID `json:"proposal_id"`
	KeywordID  igny8.KeywordID  `json:"keyword_id"`
	Keyword    string           `json:"keyword" sql:"(select k.keyword from igny8_keywords k where k.account_id = r.account_id and k.id = r.keyword_id)"`
	Volume     *int32           `json:"volume" sql:"(select k.volume from igny8_keywords k where k.account_id = r.account_id and k.id = r.keyword_id)"`
	Change     string           `json:"change" enum:"moved,added,removed"`
	FromID     *igny8.ClusterID `json:"from_id" doc:"The cluster it is in"`
	FromName   *string          `json:"from_name" sql:"(select c.name from igny8_clusters c where c.account_id = r.account_id and c.id = r.from_id)"`
	ToID       *igny8.ClusterID `json:"to_id" doc:"The cluster it would be in"`
	ToName     *string          `json:"to_name" sql:"(select c.name from igny8_proposal_clusters c where c.account_id = r.account_id and c.proposal_id = r.proposal_id and c.cluster_id = r.to_id)"`
	Fit        *float32         `json:"fit"`
}

var proposedMoves = resource[ProposedMove, ProposedMove]{path: "planner/proposal_keywords/", id: "proposed-keywords", one: "proposed-keyword", list: store.List{
	From: "igny8_proposal_keywords r", ID: "r.keyword_id", IDType: "uuid",
	Default: "change",
	Filters: map[string]store.Filter{
		"proposal_id": {SQL: "r.proposal_id", Type: "uuid", Doc: "Of this proposal"},
		"change":      {SQL: "r.change", Type: "text", Values: []string{"moved", "added", "removed"}},
		"from_id":     {SQL: "r.from_id", Type: "uuid", Doc: "Out of this cluster"},
		"to_id":       {SQL: "r.to_id", Type: "uuid", Doc: "Into this cluster"},
	},
	Orders: map[string]store.Order{"change": {SQL: "r.change", Type: "text"}},
}}

type startRecluster struct {
	Keyed
	Body struct {
		Sector igny8.SectorID `json:"sector" format:"uuid" doc:"All its keywords, but for those that somebody has placed and those of locked clusters"`
		Order
	}
}

func (s *Server) proposals() {
	listed(s, &proposals)
	lists(s, &proposedClusters)
	lists(s, &proposedMoves)
	e := post(clusters.path+"recluster/", "recluster", "Propose other clusters for a sector; nothing changes before the proposal is accepted", igny8.Write)
	route(s, e.with(http.MethodPost, http.StatusAccepted), func(ctx context.Context, in *startRecluster) (Accepted, error) {
		return s.accept(ctx, "planner/clusters/recluster/", in.Key, in.Body, in.Body.Order.start(igny8.KindRecluster, in.Body.Sector, nil))
	})
	route(s, post(proposals.path+"{id}/accept/", "accept-proposal", "Make the change that is proposed", igny8.Write), func(ctx context.Context, in *ByID) (Proposal, error) {
		return s.decideProposal(ctx, in.ID, "accepted")
	})
	route(s, post(proposals.path+"{id}/reject/", "reject-proposal", "Leave everything as it is", igny8.Write), func(ctx context.Context, in *ByID) (Proposal, error) {
		return s.decideProposal(ctx, in.ID, "rejected")
	})
}

// decideProposal accepts or rejects a proposal. A decision that is repeated
// changes nothing; another one than before is a conflict.
func (s *Server) decideProposal(ctx context.Context, id, verdict string) (Proposal, error) {
	return as(ctx, s, func(q *store.Queries) (out Proposal, err error) {
		proposal, err := igny8.Parse[igny8.ProposalID](id)
		if err != nil {
			return out, err
		}
		p, err := q.LockProposal(ctx, proposal)
		if err != nil {
			return out, err
		}
		if p.Status == verdict {
			return store.Row[Proposal](ctx, q, &proposals.list, id)
		}
		if err := q.Decide(ctx, p, verdict, asker(ctx).User); err != nil {
			return out, err
		}
		if err := note(ctx, q, "proposal."+verdict, "proposal/"+id, map[string]any{"kind": p.Kind, "sector": p.SectorID}); err != nil {
			return out, err
		}
		return store.Row[Proposal](ctx, q, &proposals.list, id)
	})
}
