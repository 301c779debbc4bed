package api

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"

	"github.com/google/uuid"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
)

// Settings are how much a run is to make; what is not given has its default.
type Settings struct {
	Articles        int    `json:"articles,omitempty" minimum:"1" maximum:"1000" doc:"12 if not given"`
	Images          *int   `json:"images,omitempty" minimum:"0" maximum:"10" doc:"Per article; 2 if not given"`
	Words           int    `json:"words,omitempty" minimum:"300" maximum:"5000" doc:"Per article; 1,500 if not given"`
	IdeasPerCluster int    `json:"ideas_per_cluster,omitempty" minimum:"1" maximum:"10" doc:"3 if not given"`
	Width           int    `json:"width,omitempty" minimum:"1" maximum:"64" doc:"Articles under way at once; 8 if not given"`
	Preset          string `json:"preset,omitempty" enum:"broad,topic,tight" doc:"Of clusters; topic if not given"`
	Names           string `json:"names,omitempty" enum:"offline,model" doc:"Who names new clusters; a model also proposes which may be one. offline if not given"`
	Vectors         string `json:"vectors,omitempty" enum:"offline,openai" doc:"What keywords are compared by: our own models, or OpenAI's embeddings. offline if not given"`
}

func (s Settings) run() igny8.RunSettings {
	return igny8.RunSettings{Articles: s.Articles, Images: s.Images, Words: s.Words, IdeasPerCluster: s.IdeasPerCluster, Width: s.Width, Preset: s.Preset, Names: s.Names, Vectors: s.Vectors}
}

// Order is what all starts have.
type Order struct {
	Mode       igny8.Mode    `json:"mode,omitempty" enum:"auto,review,moderate,both" doc:"Where a person decides; review if not given"`
	MaxCredits igny8.Credits `json:"max_credits,omitempty" minimum:"1" doc:"The run pauses before it would cost more; the estimate if not given"`
	Settings
}

// Keyed is what a start that may be repeated is known again by.
type Keyed struct {
	Key string `header:"Idempotency-Key" maxLength:"255" doc:"The same request with the same key is the same start, for 30 days"`
}

type startPipeline struct {
	Keyed
	Body struct {
		Sector igny8.SectorID `json:"sector" format:"uuid"`
		Order
	}
}

type startClusters struct {
	Keyed
	Body struct {
		Sector igny8.SectorID `json:"sector,omitempty" format:"uuid" doc:"Where nothing is chosen: all its keywords that are in no cluster"`
		IDs    []uuid.UUID    `json:"ids,omitempty" maxItems:"1000" doc:"Keywords"`
		Order
	}
}

type startChosen struct {
	Keyed
	Body struct {
		IDs []uuid.UUID `json:"ids" minItems:"1" maxItems:"1000"`
		Order
	}
}

type startOne struct {
	Keyed
	ByID
}

// Accepted is a run that will be started.
type Accepted struct {
	TaskID  igny8.RunID `json:"task_id" doc:"Of the run; see task_progress"`
	Refused []Result    `json:"refused,omitempty" doc:"What was chosen and another run is working on"`
}

func (s *Server) functions() {
	accepts := func(path, id, summary string) endpoint {
		return post(path, id, summary, igny8.Write).with(http.MethodPost, http.StatusAccepted)
	}
	route(s, accepts("automation/pipelines/", "start-pipeline", "Make articles of a sector's keywords"), func(ctx context.Context, in *startPipeline) (Accepted, error) {
		return s.accept(ctx, "automation/pipelines/", in.Key, in.Body, in.Body.Order.start(igny8.KindPipeline, in.Body.Sector, nil))
	})
	route(s, accepts("planner/keywords/auto_cluster/", "cluster-keywords", "Group keywords into clusters"), func(ctx context.Context, in *startClusters) (Accepted, error) {
		return s.accept(ctx, "planner/keywords/auto_cluster/", in.Key, in.Body, in.Body.Order.start(igny8.KindClusters, in.Body.Sector, in.Body.IDs))
	})
	for _, f := range []struct {
		path, id, summary string
		kind              igny8.RunKind
	}{
		{"planner/clusters/auto_generate_ideas/", "generate-ideas", "Have ideas about clusters", igny8.KindIdeas},
		{"writer/tasks/auto_generate_content/", "generate-content", "Write the texts of tasks", igny8.KindContent},
		{"writer/tasks/auto_generate_images/", "generate-images", "Make the images of tasks", igny8.KindImages},
		{"writer/images/extract_prompts/", "extract-image-prompts", "Find what the images of tasks should show", igny8.KindPrompts},
	} {
		route(s, accepts(f.path, f.id, f.summary), func(ctx context.Context, in *startChosen) (Accepted, error) {
			return s.accept(ctx, f.path, in.Key, in.Body, in.Body.Order.start(f.kind, igny8.SectorID{}, in.Body.IDs))
		})
	}
	route(s, accepts("writer/content/{id}/publish/", "publish-content", "Publish a content"), s.publishContent)
}

func (s *Server) publishContent(ctx context.Context, in *startOne) (Accepted, error) {
	id, err := igny8.Parse[igny8.ContentID](in.ID)
	if err != nil {
		return Accepted{}, err
	}
	c, err := as(ctx, s, func(q *store.Queries) (store.Content, error) { return q.Content(ctx, id) })
	if err != nil {
		return Accepted{}, err
	}
	start := store.Start{Kind: igny8.KindPublish, Mode: igny8.Auto, Sector: c.SectorID, Items: []uuid.UUID{c.TaskID.UUID}}
	return s.accept(ctx, "writer/content/publish/", in.Key, in.ID, start)
}

func (o Order) start(kind igny8.RunKind, sector igny8.SectorID, items []uuid.UUID) store.Start {
	return store.Start{Kind: kind, Mode: o.Mode, MaxCredits: o.MaxCredits, Settings: o.Settings.run(), Sector: sector, Items: items}
}

// accept writes down a run and tells the dispatcher. Every start comes by here.
func (s *Server) accept(ctx context.Context, route, key string, request any, start store.Start) (Accepted, error) {
	start.Asker, start.Images = asker(ctx), s.Images
	if key != "" {
		body, err := json.Marshal(request)
		if err != nil {
			return Accepted{}, err
		}
		sum := sha256.Sum256(body)
		start.Once = &store.Once{Route: route, Key: key, Hash: sum[:]}
	}
	begun, err := s.beginOnce(ctx, start)
	if err != nil {
		return Accepted{}, err
	}
	s.poke()
	recordOf(ctx).workflow = begun.Run.WorkflowID
	out := Accepted{TaskID: begun.Run.ID}
	for _, id := range begun.Refused {
		out.Refused = append(out.Refused, Result{ID: id, Code: igny8.RunLive})
	}
	return out, nil
}

// beginOnce tries once more when another request was faster by a moment: the
// second time it finds what that one has made.
func (s *Server) beginOnce(ctx context.Context, start store.Start) (begun store.Started, err error) {
	for range 2 {
		begun, err = as(ctx, s, func(q *store.Queries) (store.Started, error) { return q.Begin(ctx, start) })
		_, known := store.LiveRun(err)
		switch code := igny8.CodeOf(err); {
		case code == igny8.RunLive && (start.Once != nil || !known):
		case code == igny8.Conflict && start.Once != nil:
		default:
			return begun, err
		}
	}
	return begun, err
}

// poke tells the dispatcher that there is something to start.
func (s *Server) poke() {
	select {
	case s.pokes <- struct{}{}:
	default: // it has been told
	}
}
