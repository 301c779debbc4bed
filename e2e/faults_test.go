package e2e

import (
	"cmp"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/sandbox"
)

// The calls that faults are aimed at.
var (
	anyText     = sandbox.Match{Protocol: sandbox.OpenAI, Path: "/responses"}
	anyArticle  = sandbox.Match{Protocol: sandbox.OpenAI, Purpose: "article"}
	anyOrder    = sandbox.Match{Protocol: sandbox.Runware, Purpose: "imageInference"}
	anyLook     = sandbox.Match{Protocol: sandbox.Runware, Purpose: "getResponse"}
	anyDownload = sandbox.Match{Purpose: "image.download"}
	anyUpload   = sandbox.Match{Purpose: "media.create"}
	anyPost     = sandbox.Match{Purpose: "post.create"}
	anyRelease  = sandbox.Match{Purpose: "post.update"}
	anySite     = sandbox.Match{Protocol: sandbox.WordPress}
)

// A trouble is one way for a provider to fail, and what must come of it.
type trouble struct {
	name   string
	faults []sandbox.Fault
	// paused is the code with which the run stands still until a person has seen
	// to it and resumed it; says is a part of the sentence that the person reads.
	paused igny8.Code
	says   string
	failed int        // articles that fail, of two; where none does there is one
	code   igny8.Code // ... with this code
	spared int        // pictures that an article goes without
}

func once1(k sandbox.Kind, m sandbox.Match) sandbox.Fault { return sandbox.Fault{Kind: k, Match: m} }

// always strikes every matching call until it is mended.
func always(k sandbox.Kind, m sandbox.Match) sandbox.Fault {
	return sandbox.Fault{Kind: k, Match: m, Times: -1}
}

// strikes makes a trouble that passes: the fault comes once.
func strikes(k sandbox.Kind, on map[string]sandbox.Match) (list []trouble) {
	for where, m := range on {
		f := once1(k, m)
		if k == sandbox.Slow || k == sandbox.SlowAfter {
			f.Delay = 20 * time.Second // longer than an attempt lasts here
		}
		list = append(list, trouble{name: string(k) + " at " + where, faults: []sandbox.Fault{f}})
	}
	return list
}

// troubles are all of them, each alone.
func troubles() (list []trouble) {
	text, order, look, upload, post, release := map[string]sandbox.Match{"text": anyText}, map[string]sandbox.Match{"order": anyOrder}, map[string]sandbox.Match{"look": anyLook},
		map[string]sandbox.Match{"upload": anyUpload}, map[string]sandbox.Match{"post": anyPost}, map[string]sandbox.Match{"release": anyRelease}
	for _, on := range []map[string]sandbox.Match{text, order, post} {
		for _, k := range []sandbox.Kind{sandbox.Error500, sandbox.ResetBefore, sandbox.ResetAfter, sandbox.CutClose, sandbox.CutLength} {
			list = append(list, strikes(k, on)...)
		}
	}
	for k, on := range map[sandbox.Kind][]map[string]sandbox.Match{
		sandbox.Error502: {text, release}, sandbox.Error503: {order, upload}, sandbox.Fatal: {text, post}, sandbox.Maintenance: {post}, sandbox.Slow: {text, post}, sandbox.SlowAfter: {text, order, upload, post},
		sandbox.InvalidJSON: {text, look, post}, sandbox.WrongType: {text, post}, sandbox.Drip: {text, post}, sandbox.Huge: {text, look, post}, sandbox.ErrorAfter: {order, upload, post, release},
		sandbox.HTMLBeforeJSON: {post, upload, release}, sandbox.Truncated: {text}, sandbox.EmptyOutput: {text, order}, sandbox.BrokenOutput: {text}, sandbox.FencedOutput: {text}, sandbox.WrongSchema: {text},
		sandbox.Partial: {order}, sandbox.FailedTask: {order}, sandbox.ConflictUUID: {order}, sandbox.AfterInsert: {post, upload}, sandbox.DroppedMeta: {post}, sandbox.SlugTaken: {post},
		sandbox.NotImage: {{"download": anyDownload}},
	} {
		for _, m := range on {
			list = append(list, strikes(k, m)...)
		}
	}
	for _, after := range []string{"1", "30ms", "0", "-1", "1000000000", "Fri, 31 Dec 1999 23:59:59 GMT"} {
		f := once1(sandbox.RateLimited, anyText)
		f.RetryAfter = after
		list = append(list, trouble{name: "rate_limited, come back after " + after, faults: []sandbox.Fault{f}})
	}
	for where, m := range map[string]sandbox.Match{"order": anyOrder, "post": anyPost} {
		list = append(list, trouble{name: "rate_limited at " + where, faults: []sandbox.Fault{once1(sandbox.RateLimited, m)}})
	}
	slices.SortFunc(list, func(a, b trouble) int { return cmp.Compare(a.name, b.name) })
	return append(ofEachKind(list),
		trouble{name: "no money at the model provider", faults: []sandbox.Fault{always(sandbox.NoQuota, anyText)}, paused: igny8.NoQuota, says: "no money left"},
		trouble{name: "no money at the image provider", faults: []sandbox.Fault{always(sandbox.NoQuota, anyOrder)}, paused: igny8.NoQuota, says: "no money left"},
		trouble{name: "the model provider's key is refused", faults: []sandbox.Fault{always(sandbox.Unauthorized, anyArticle)}, paused: igny8.Credentials, says: "refused the key"},
		trouble{name: "the image provider's key is refused", faults: []sandbox.Fault{always(sandbox.Unauthorized, anyOrder)}, paused: igny8.Credentials, says: "key"},
		trouble{name: "the site's password is refused", faults: []sandbox.Fault{always(sandbox.Unauthorized, anySite)}, paused: igny8.Credentials, says: "application password"},
		trouble{name: "a proxy takes the password away", faults: []sandbox.Fault{always(sandbox.StrippedAuth, anySite)}, paused: igny8.Credentials, says: "Authorization header"},
		trouble{name: "a firewall before the site", faults: []sandbox.Fault{always(sandbox.Forbidden, anySite)}, failed: 2, code: igny8.Forbidden},
		trouble{name: "the model refuses one article", faults: []sandbox.Fault{once1(sandbox.Refusal, anyArticle)}, failed: 1, code: igny8.Refused},
		trouble{name: "moderation refuses one article", faults: []sandbox.Fault{once1(sandbox.Moderated, anyArticle)}, failed: 1, code: igny8.Refused},
		trouble{name: "moderation refuses one picture", faults: []sandbox.Fault{once1(sandbox.Moderated, anyOrder)}, spared: 1},
		trouble{name: "answers that are never what was asked", faults: []sandbox.Fault{always(sandbox.WrongSchema, anyArticle)}, failed: 2, code: igny8.Unusable},
	)
}

// ofEachKind keeps one place for each kind of fault, always the same, unless all are
// asked for.
func ofEachKind(list []trouble) (kept []trouble) {
	if os.Getenv("IGNY8_FAULTS") == "all" {
		return list
	}
	chance := rand.New(rand.NewPCG(3, 5))
	for len(list) > 0 {
		kind, n := list[0].faults[0].Kind, 0
		for n < len(list) && list[n].faults[0].Kind == kind {
			n++
		}
		kept, list = append(kept, list[chance.IntN(n)]), list[n:]
	}
	return kept
}

// Each way for a provider to fail, alone, and what comes of it. Whatever it is,
// nothing is lost and nothing is there twice.
func TestEachFaultAlone(t *testing.T) {
	t.Parallel()
	l := newLab(t, sandbox.Options{})
	for _, c := range troubles() {
		t.Run(c.name, func(t *testing.T) {
			const granted = 100
			l.renew(t)
			a := l.customer(t, granted)
			for _, f := range c.faults {
				require.NoError(t, l.peers.Break(f))
			}
			articles := 1
			if c.failed > 0 {
				articles = 2
			}
			r := a.makes(t, articles, 1, 8)
			if c.paused != "" {
				c.seeTo(t, l, r)
			}
			d := r.finishes(t)
			require.NotZero(t, struck(l.peers), "the fault never struck")
			require.Equal(t, articles-c.failed, d.Made.Posts, "%s: %+v", d.Message, d.Tasks)
			require.Equal(t, d.Made.Articles-c.spared, d.Made.Images)
			for _, task := range d.Tasks {
				if task.Status == igny8.ItemFailed {
					require.Equal(t, c.code, task.Code)
				}
			}
			l.keepsItsPromise(t, r, granted)
		})
	}
	l.nobodyPanicked(t)
}

// seeTo does what a person does about a run that stands still: read why, mend
// it, and have the run go on.
func (c trouble) seeTo(t *testing.T, l *lab, r *run) {
	t.Helper()
	p := r.until(t, "stands still and says why", func(p progress) bool { return p.Meta.Code != "" })
	require.Equal(t, c.paused, p.Meta.Code, "%+v", p)
	d := r.detail(t)
	require.Equal(t, igny8.RunPaused, d.Status)
	require.Contains(t, d.Why, c.says)
	l.peers.Mend()
	require.Equal(t, http.StatusOK, r.tell(t, "resume", nil).status)
}

func struck(s *sandbox.Sandbox) (n int) {
	for _, times := range s.Effects().Faults {
		n += times
	}
	return n
}

// Credits that run out in mid-run stop it, and it goes on at exactly that point
// when there are some again.
func TestCreditsRunOutAndComeBack(t *testing.T) {
	t.Parallel()
	l := newLab(t, sandbox.Options{})
	a := l.customer(t, 20)
	r := a.makes(t, 3, 1, 1)
	p := r.until(t, "stands still for want of credits", func(p progress) bool { return p.Meta.Code == igny8.NoCredits })
	require.Contains(t, p.Meta.Message, "credits")
	a.grant(t, 80)
	require.Equal(t, http.StatusOK, r.tell(t, "resume", nil).status)
	d := r.finishes(t)
	require.Equal(t, igny8.RunSucceeded, d.Status, d.Message)
	require.Equal(t, 3, d.Made.Posts)
	l.keepsItsPromise(t, r, 100)
	l.nobodyPanicked(t)
}

// Faults of the classes "try again" and "perhaps it happened" at a part of all
// calls, at random.
func TestFaultsEverywhere(t *testing.T) {
	t.Parallel()
	articles := 10
	if os.Getenv("IGNY8_FAULTS") == "all" {
		articles = 100
	}
	for _, rate := range []float64{0.1, 0.3} {
		t.Run(percent(rate), func(t *testing.T) {
			l := newLab(t, sandbox.Options{Seed: 7, Script: everywhere(rate)})
			granted := 30 * articles
			a := l.customer(t, granted)
			r := a.makes(t, articles, 2, 16)
			d := r.finishes(t)
			t.Logf("%d of %d articles, %d faults: %v", d.Made.Posts, articles, struck(l.peers), l.peers.Effects().Faults)
			require.Greater(t, struck(l.peers), articles, "too few faults struck to say anything")
			l.peers.Mend()
			for _, task := range d.Tasks { // three paid attempts without a reply are the end of an article, and it says so
				if task.Status == igny8.ItemFailed {
					require.Equal(t, igny8.Exhausted, task.Code)
				} else {
					require.Equal(t, igny8.ItemDone, task.Status)
				}
			}
			require.GreaterOrEqual(t, d.Made.Posts, articles*9/10)
			l.keepsItsPromise(t, r, granted)
			l.nobodyPanicked(t, articles)
		})
	}
}

func percent(rate float64) string {
	return map[float64]string{0.1: "10 %", 0.3: "30 %"}[rate]
}

// everywhere spreads the rate over the kinds that pass by themselves. A fault is
// only thrown for a call that those before it let pass, so each has its share of
// what is left.
func everywhere(rate float64) (script []sandbox.Fault) {
	kinds := []sandbox.Fault{
		{Kind: sandbox.RateLimited, RetryAfter: "20ms"}, {Kind: sandbox.Error500}, {Kind: sandbox.Error502}, {Kind: sandbox.Error503}, {Kind: sandbox.ResetBefore},
		{Kind: sandbox.ResetAfter}, {Kind: sandbox.CutLength}, {Kind: sandbox.CutClose},
		{Kind: sandbox.ErrorAfter, Match: anySite}, {Kind: sandbox.HTMLBeforeJSON, Match: anySite}, {Kind: sandbox.AfterInsert, Match: anyPost},
	}
	left := 1.0
	for _, f := range kinds {
		share := rate / float64(len(kinds))
		f.Rate = share / left
		left -= share
		script = append(script, f)
	}
	return script
}
