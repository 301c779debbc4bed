package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/temporal"
)

// PlanInput starts the planning of a run.
type PlanInput struct {
	Of    RunInput `json:"of"`
	Order Order    `json:"order"` // as it stands
	Form  Form     `json:"form,omitempty"`
}

// Plan groups the keywords of a sector, or proposes how to, has ideas about the clusters, and makes
// tasks of the ideas: as much of that as the kind of run wants. It returns how
// many articles are to be made. One plan at a time works on a sector.
func Plan(ctx workflow.Context, with PlanInput) (tasks int, err error) {
	in := with.Of
	p := planner{in: in, form: with.Form, orders: follow(ctx, nil)}
	p.orders.Order = with.Order
	if in.Kind.Clusters() {
		if err := p.cluster(ctx); err != nil {
			return 0, err
		}
	}
	if in.Kind == igny8.KindPipeline || in.Kind == igny8.KindIdeas {
		if err := p.ideas(ctx); err != nil {
			return 0, err
		}
	}
	if in.Kind != igny8.KindPipeline {
		return 0, nil
	}
	planned, err := PlanTasks.RunLocal(ctx, in)
	if err != nil {
		return 0, err
	}
	return planned.Tasks, p.stage(ctx, "articles", fmt.Sprintf("Making %d articles", planned.Tasks), true)
}

type planner struct {
	in     RunInput
	form   Form
	orders *orders
}

func (p planner) cluster(ctx workflow.Context) error {
	if err := p.orders.ready(ctx); err != nil {
		return err
	}
	if err := p.stage(ctx, "clusters", "Grouping keywords by topic", false); err != nil {
		return err
	}
	group := p.propose
	if p.in.Kind != igny8.KindRecluster {
		group = p.group
	}
	missing, err := group(ctx, false)
	if err != nil || missing == 0 {
		return err
	}
	if err := p.embed(ctx, missing); err != nil {
		return err
	}
	_, err = group(ctx, true)
	return err
}

// group puts keywords into clusters and has new ones named. It returns how many
// keywords are to be embedded first.
func (p planner) group(ctx workflow.Context, anyway bool) (missing int, err error) {
	found, err := Cluster.Run(ctx, Grouping{p.in, anyway})
	if err != nil || found.Naming == 0 {
		return found.Missing, err
	}
	return 0, p.names(ctx, found.Naming)
}

// propose is group for a proposal.
func (p planner) propose(ctx workflow.Context, anyway bool) (missing int, err error) {
	found, err := Propose.Run(ctx, Grouping{p.in, anyway})
	return found.Missing, err
}

// embed has keywords embedded, as many at once as a request takes. If it fails,
// all keywords are compared offline.
func (p planner) embed(ctx workflow.Context, missing int) error {
	if err := p.stage(ctx, "clusters", fmt.Sprintf("Having %d keywords embedded", missing), false); err != nil {
		return err
	}
	for n := 1; missing > 0; n++ {
		err := p.orders.patiently(ctx, nobodyToTell, func(again int) error {
			_, err := Embed.Run(ctx, Whole, Embed.call(p.in, p.in.Run.UUID, p.in.Run, n, 1, again, 1))
			return willingly(err)
		})
		if err != nil {
			workflow.GetLogger(ctx).Warn("keywords are compared offline", "question", n, "code", temporal.CodeOf(err))
			return ctx.Err()
		}
		missing -= igny8.EmbeddingBatch
	}
	return nil
}

// willingly makes of a missing model an error that nobody has to wait for.
func willingly(err error) error {
	if temporal.CodeOf(err) == igny8.NotConfigured {
		return temporal.Failure(igny8.Wrap(igny8.Invalid, err, "%s", temporal.ErrorOf(err).Message))
	}
	return err
}

// names has a model name the clusters that were made. Where it can't, they keep
// the names they have.
func (p planner) names(ctx workflow.Context, clusters int) error {
	if err := p.stage(ctx, "clusters", fmt.Sprintf("Naming %d topics", clusters), false); err != nil {
		return err
	}
	var questions []int
	for n := 1; (n-1)*NamesAtOnce < clusters; n++ {
		questions = append(questions, n)
	}
	each(ctx, questions, func(ctx workflow.Context, n int) {
		err := p.orders.patiently(ctx, nobodyToTell, func(again int) error {
			_, err := Names.Run(ctx, Whole, Names.call(p.in, p.in.Run.UUID, p.in.Run, n, 1, again, 0))
			return willingly(err)
		})
		if err != nil {
			workflow.GetLogger(ctx).Warn("clusters keep their names", "question", n, "code", temporal.CodeOf(err))
		}
	})
	return ctx.Err()
}

// nobodyToTell is for waits that show in the run alone.
func nobodyToTell(workflow.Context, *igny8.Error) func() { return func() {} }

// ideas asks about clusters until there are enough for the run. A cluster that
// fails is one less: the next in line takes its place.
func (p planner) ideas(ctx workflow.Context) error {
	if err := p.stage(ctx, "ideas", "Having ideas about the topics", false); err != nil {
		return err
	}
	for asked := 0; ; {
		chosen, err := Choose.RunLocal(ctx, p.in)
		if err != nil {
			return err
		}
		if chosen.Enough || chosen.Upto == asked {
			return ctx.Err()
		}
		for ; asked < chosen.Upto; asked = min(asked+batchSize, chosen.Upto) {
			items, err := BeginItems.RunLocal(ctx, Range{Of: p.in, Stage: "cluster", From: asked + 1, To: min(asked+batchSize, chosen.Upto)})
			if err != nil {
				return err
			}
			each(ctx, items, p.ideasOf)
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
}

// ideasOf asks about one cluster. What became of it is in the run's item.
func (p planner) ideasOf(ctx workflow.Context, item Item) {
	err := p.orders.patiently(ctx, nobodyToTell, func(again int) error {
		_, err := Ideas.Run(ctx, p.form, Ideas.call(p.in, item.Cluster.UUID, item.Cluster, item.Revision, item.Try, again, 0))
		return err
	})
	if err != nil {
		workflow.GetLogger(ctx).Warn("no ideas about a cluster", "cluster", item.Cluster, "code", temporal.CodeOf(err))
	}
}

func (p planner) stage(ctx workflow.Context, stage, message string, planned bool) error {
	temporal.ShowStage(ctx, stage)
	_, err := SetStage.RunLocal(ctx, StageChange{Of: p.in, Stage: stage, Message: message, Planned: planned})
	return err
}
