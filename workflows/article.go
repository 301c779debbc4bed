package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/temporal"
)

// ArticleEnd is what became of an article: well without a code.
type ArticleEnd struct {
	Code    igny8.Code `json:"code,omitempty"`
	Message string     `json:"message,omitempty"`
	Skipped bool       `json:"skipped,omitempty"` // a person decided against it, or nobody decided
	URL     string     `json:"url,omitempty"`
}

// Article writes an article, has it reviewed where the run's mode says so,
// illustrates and publishes it; a run of another kind does one of these. It
// begins where the article stands, so it can be started again after anything.
// A failure is a result; only cancellation is an error.
func Article(ctx workflow.Context, in ArticleInput) (end ArticleEnd, err error) {
	a, err := attend(ctx, in)
	if err != nil {
		return end, err
	}
	defer func() { end, err = a.end(ctx, err) }()

	if a.Standing, err = BeginArticle.RunLocal(ctx, in); err != nil {
		return end, err
	}
	legs := legsOf(in.Of)
	if legs.write {
		if err = a.text(ctx, legs.review); err != nil {
			return end, err
		}
	}
	if legs.prompts {
		if err = a.prompts(ctx); err != nil {
			return end, err
		}
	}
	if legs.images {
		if err = a.images(ctx); err != nil {
			return end, err
		}
	}
	if legs.moderate && !a.Moderated {
		if err = a.moderate(ctx); err != nil {
			return end, err
		}
	}
	if legs.publish {
		err = a.publish(ctx)
	}
	return end, err
}

// legs are the parts of the way that a run goes with its articles.
type legs struct{ write, review, prompts, images, moderate, publish bool }

func legsOf(in RunInput) legs {
	switch in.Kind {
	case igny8.KindContent:
		return legs{write: true}
	case igny8.KindPrompts:
		return legs{prompts: true}
	case igny8.KindImages:
		return legs{prompts: true, images: true}
	case igny8.KindPublish:
		return legs{publish: true}
	}
	return legs{
		write: true, review: in.Mode.BeforeImages(), prompts: true, images: true,
		moderate: in.Mode.BeforePublishing(), publish: true,
	}
}

// article is an article under way.
type article struct {
	Standing
	in     ArticleInput
	orders *orders
	desk   desk
	url    string

	moved     *Reschedule // of PublishAt, if somebody has moved it
	redrawing int         // pictures that are being made for a reviewer
}

// attend makes an article follow its run's orders and take decisions.
func attend(ctx workflow.Context, in ArticleInput) (*article, error) {
	a := &article{in: in, orders: follow(ctx, nil)}
	a.orders.Order = in.Order
	if err := a.takeDecisions(ctx); err != nil {
		return a, err
	}
	return a, a.takeRequests(ctx)
}

// text writes the article, and again if a reviewer wants changes, until it may
// be illustrated.
func (a *article) text(ctx workflow.Context, review bool) error {
	for {
		if !a.Written {
			if err := a.write(ctx); err != nil {
				return err
			}
		}
		if !review || a.Approved {
			return nil
		}
		again, err := a.review(ctx, "images")
		if err != nil || !again {
			return err
		}
	}
}

func (a *article) write(ctx workflow.Context) error {
	f, units := Write, igny8.WritingUnits(a.Words)
	if !a.Content.IsZero() {
		f, units = Rewrite, 1
	}
	written, err := call(ctx, a, f, a.in.Item.Task, units)
	if err != nil {
		return err
	}
	a.Content, a.Written, a.Approved, a.Moderated = written[0], true, false, false
	return nil
}

func (a *article) prompts(ctx workflow.Context) (err error) {
	if a.Prompted || a.Wanted == 0 {
		return nil
	}
	if a.Content.IsZero() {
		return igny8.Errorf(igny8.Invalid, "The article has no text yet. Have it written first.")
	}
	a.Images, err = call(ctx, a, Prompts, a.Content, 1)
	return err
}

// images has the pictures made. One that can't be made leaves the article
// without it: its failure stays on the image, and can be tried again there.
func (a *article) images(ctx workflow.Context) error {
	each(ctx, a.Images, func(ctx workflow.Context, image igny8.ImageID) {
		if _, err := call(ctx, a, Illustrate, image, 1); err != nil {
			workflow.GetLogger(ctx).Warn("an image could not be made", "image", image, "code", temporal.CodeOf(err))
		}
	})
	return ctx.Err()
}

// moderate has the whole article reviewed, and rewritten if need be; its
// pictures stay.
func (a *article) moderate(ctx workflow.Context) error {
	for {
		again, err := a.review(ctx, "publishing")
		if err != nil || !again {
			return err
		}
		if err := a.write(ctx); err != nil {
			return err
		}
	}
}

// publish sends the article to its site when its time has come.
func (a *article) publish(ctx workflow.Context) error {
	if a.Content.IsZero() {
		return igny8.Errorf(igny8.Invalid, "The article has no text yet. Have it written first.")
	}
	if err := workflow.Await(ctx, func() bool { return a.redrawing == 0 }); err != nil {
		return err
	}
	if err := a.untilTime(ctx); err != nil {
		return err
	}
	return a.orders.patiently(ctx, a.halt, func(int) error {
		post, err := Publish.Run(ctx, Publishing{Of: a.in, Content: a.Content})
		a.url = post.URL
		return err
	})
}

// call uses a function for the article, and waits for a person where it must.
func call[From, To any](ctx workflow.Context, a *article, f Function[From, To], from From, units int) (to []To, err error) {
	err = a.orders.patiently(ctx, a.halt, func(again int) error {
		to, err = f.Run(ctx, a.in.Form, f.call(a.in.Of, a.in.Item.Task.UUID, from, a.in.Item.Revision, a.in.Item.Try, again, units))
		return err
	})
	return to, err
}

// park says that the article waits, and for what. Its place goes to another
// until the returned function is called.
func (a *article) park(ctx workflow.Context, waitingFor string) (goOn func()) {
	a.show(ctx, waitingFor)
	tell(ctx, News{Kind: "parked", Task: a.in.Item.Task})
	return func() {
		tell(ctx, News{Kind: "unparked", Task: a.in.Item.Task})
		a.show(ctx, "")
	}
}

// halt parks an article that a person has to see to something for.
func (a *article) halt(ctx workflow.Context, why *igny8.Error) func() {
	waitingFor := "credentials"
	if why.Code == igny8.NoCredits || why.Code == igny8.RunCap || why.Code == igny8.NoQuota {
		waitingFor = "credits"
	}
	return a.park(ctx, waitingFor)
}

func (a *article) show(ctx workflow.Context, waitingFor string) {
	if _, err := Park.RunLocal(ctx, Parking{Of: a.in, For: waitingFor}); err != nil {
		workflow.GetLogger(ctx).Warn("what the article waits for is not shown", "error", err)
	}
}

// end writes how the article ended. Publishing has written so itself.
func (a *article) end(ctx workflow.Context, err error) (ArticleEnd, error) {
	kept, cancel := workflow.NewDisconnectedContext(ctx)
	defer cancel()
	_ = workflow.Await(kept, func() bool { return workflow.AllHandlersFinished(kept) }) // who decides gets an answer
	if err == nil && legsOf(a.in.Of).publish {
		return ArticleEnd{URL: a.url}, nil
	}
	ending := ArticleEnding{Of: a.in}
	if err != nil {
		e := temporal.ErrorOf(err)
		ending.Code, ending.Message = e.Code, e.Message
	}
	if _, lost := EndArticle.Run(kept, ending); lost != nil {
		workflow.GetLogger(ctx).Error("the end of the article is left to the reconciler", "error", lost)
	}
	if ending.Code == igny8.Canceled {
		return ArticleEnd{}, err
	}
	return ArticleEnd{
		Code: ending.Code, Message: ending.Message,
		Skipped: ending.Code == igny8.Rejected || ending.Code == igny8.Expired,
	}, nil
}
