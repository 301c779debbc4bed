// Package activities does what the workflows plan. In a worker it is the only
// package that touches the database, the models and the customers' sites.
package activities

import (
	"embed"
	"net/http"
	"time"

	"gocloud.dev/blob"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/temporal"
	"github.com/igny8/igny8/workflows"
)

//go:embed prompts/*.md
var prompts embed.FS

// Activities holds what the activities share. Its fields are its dependencies;
// there is no other way to reach them.
type Activities struct {
	Store     *store.Store
	Vault     *store.Vault // opens keys and passwords
	Blobs     *blob.Bucket // pictures, by the hash of their bytes
	Providers Providers
	HTTP      *http.Client  // from the package outbound
	Engine    Engine        // for the reconciler
	Quiet     time.Duration // after which the reconciler looks at what has not changed; 0 is five minutes
}

// Providers are the operator's: an account may have keys of its own.
type Providers struct {
	OpenAI     Provider
	Compatible bool // the model server speaks Chat Completions only
	Runware    Provider
	Images     string // openai or runware: who makes pictures unless the account says otherwise

	// Sandbox is the address of the stand-in providers, if they are switched
	// on. It answers instead of the operator's, and what it makes is sent to
	// its own site only.
	Sandbox string
}

// A Provider is where a model answers, and with which key.
type Provider struct {
	BaseURL string
	Key     igny8.Secret
	Model   string
}

// Register binds every step that the workflows declare.
func (a *Activities) Register(r temporal.Registry) {
	bind(r, a, workflows.Embed, embedding())
	bind(r, a, workflows.Names, naming())
	bind(r, a, workflows.Ideas, ideation())
	bind(r, a, workflows.Write, writing())
	bind(r, a, workflows.Rewrite, rewriting())
	bind(r, a, workflows.Prompts, prompting())
	bind(r, a, workflows.Illustrate, illustration())

	workflows.BeginRun.Bind(r, a.beginRun)
	workflows.SetStage.Bind(r, a.setStage)
	workflows.PauseRun.Bind(r, a.pauseRun)
	workflows.ResumeRun.Bind(r, a.resumeRun)
	workflows.EndRun.Bind(r, a.endRun)
	workflows.BeginItems.Bind(r, a.beginItems)

	workflows.Cluster.Bind(r, a.cluster)
	workflows.Propose.Bind(r, a.propose)
	workflows.Choose.Bind(r, a.choose)
	workflows.PlanTasks.Bind(r, a.planTasks)

	workflows.BeginArticle.Bind(r, a.beginArticle)
	workflows.EndArticle.Bind(r, a.endArticle)
	workflows.Park.Bind(r, a.park)
	workflows.AskReview.Bind(r, a.askReview)
	workflows.Remind.Bind(r, a.remind)
	workflows.Decide.Bind(r, a.decide)
	workflows.Publish.Bind(r, a.publish)

	workflows.Reserve.Bind(r, a.setAside)
	workflows.Release.Bind(r, a.release)
	workflows.BeginTick.Bind(r, a.beginTick)
	workflows.Sweep.Bind(r, a.sweep)
}

// bot is who the activities of a run are done as.
func bot(of workflows.RunInput) igny8.Principal { return igny8.Bot(of.Scope) }

func ptr[T any](v T) *T { return &v }
