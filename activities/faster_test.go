package activities

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/sandbox"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/workflows"
)

// An attempt that was given up while its provider was still at work saves what it
// is answered; the one that took its place returns that instead of failing.
func TestAnAttemptThatWasGivenUpMaySaveFirst(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task := h.task("burr grinder")
	text := replies(t, "content", "good")["good-article"]
	asked, goOn, saved := make(chan struct{}), make(chan struct{}), make(chan struct{})
	calls := make(chan int, 2)
	calls <- 1
	calls <- 2
	at := h.serve(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if <-calls == 1 {
			close(asked)
			<-goOn
		} else {
			close(goOn)
			<-saved
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"id":"resp_1","object":"response","status":"completed","model":"m","output":[{"type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","text":%s,"annotations":[]}]}],"usage":{"input_tokens":100,"output_tokens":200,"total_tokens":300}}`, quoted(t, text))
	}))
	h.Providers = Providers{OpenAI: Provider{BaseURL: at + "/v1", Key: "operator-key"}}
	c := call(h, igny8.Writing, task.UUID, task, 2)
	var first []igny8.ContentID
	var failed error
	go func() {
		defer close(saved)
		first, failed = try(h, workflows.Write.Make, c)
	}()
	<-asked

	made, err := try(h, workflows.Write.Make, c)

	require.NoError(t, failed)
	require.NoError(t, err)
	require.Equal(t, first, made)
	require.Equal(t, books{credits - 10, 0, 10}, h.books())
	require.Equal(t, int64(1), one[int64](h, "select count(*) from igny8_content_revisions"))
}

func quoted(t *testing.T, s string) []byte {
	t.Helper()
	b, err := json.Marshal(s)
	require.NoError(t, err)
	return b
}

// Of two articles that are saved at the same moment under the same name, the one
// that comes second gets another, and does not fail.
func TestTwoArticlesOfOneNameAtTheSameMoment(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task := h.task("burr grinder")
	h.sql(`create sequence once`)
	h.sql(`grant usage on sequence once to igny8_app`)
	h.sql(`create function taken() returns trigger language plpgsql as $$ begin
		if nextval('once') = 1 then
			raise exception using errcode = 'unique_violation', message = 'another has it since a moment', constraint = 'igny8_content_account_id_site_id_slug_key';
		end if;
		return new;
	end $$`)
	h.sql(`create trigger taken before insert on igny8_content for each row execute function taken()`)

	made, err := use(h, workflows.Write, call(h, igny8.Writing, task.UUID, task, 2))

	require.NoError(t, err)
	require.Len(t, made, 1)
	require.Equal(t, 1, h.sandbox.Effects().TextCalls)
	require.Equal(t, books{credits - 10, 0, 10}, h.books())
}

// A reply that is kept, and whose credits are held still, is saved as it was
// bought, whichever keys there are by then.
func TestAKeptReplyNeedsNoKey(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*house){
		"the key is gone": func(h *house) { h.Providers = Providers{} },
		"another key": func(h *house) {
			sealed, err := h.Vault.Seal("sk-own", store.ProviderSecret(h.account, "openai"))
			require.NoError(h.t, err)
			h.sql("insert into igny8_integration_settings (account_id, integration_type, config, secret) values ($1, 'openai', $2, $3)", h.account, `{"base_url": "`+h.peers+sandbox.OpenAIPath+`"}`, sealed)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			task := h.task("burr grinder")
			c := call(h, igny8.Writing, task.UUID, task, 2)
			perform(h, workflows.Reserve, c.Charge)
			perform(h, workflows.Write.Ask, c)
			change(h)

			require.Len(t, perform(h, workflows.Write.Make, c), 1)

			require.Equal(t, 1, h.sandbox.Effects().TextCalls)
			require.Equal(t, books{credits - 10, 0, 10}, h.books())
		})
	}
}

// What somebody has deleted is made of the reply that there is; it was paid for,
// and is not charged again.
func TestAReplyIsChargedForOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task, content := h.written("burr grinder")
	images, err := use(h, workflows.Prompts, call(h, igny8.Prompting, task.UUID, content, 1))
	require.NoError(t, err)
	before := h.books()

	h.sql("delete from igny8_images")
	c := call(h, igny8.Prompting, task.UUID, content, 1)
	c.Try = "2"
	again, err := use(h, workflows.Prompts, c)
	require.NoError(t, err)
	require.Len(t, again, len(images))
	require.Equal(t, before, h.books())

	h.sql("delete from igny8_content")
	w := call(h, igny8.Writing, task.UUID, task, 2)
	w.Try = "2"
	made, err := use(h, workflows.Write, w)
	require.NoError(t, err)
	require.Len(t, made, 1)
	require.Equal(t, before, h.books())
	require.Equal(t, 2, h.sandbox.Effects().TextCalls)
}

// What a person has written into an article stays among its revisions when a
// model writes it anew.
func TestAnEditOutlivesTheNextText(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task, content := h.written("burr grinder")
	h.sql("update igny8_content set html_content = '<p>By hand.</p>', status = 'changes_requested', reason = 'shorter' where id = $1", content)
	h.sql("update igny8_tasks set revision = 2 where id = $1", task)
	c := call(h, igny8.Rewriting, task.UUID, task, 1)
	c.Reply = fmt.Sprintf("%v:%s:2", task, igny8.Rewriting)

	_, err := use(h, workflows.Rewrite, c)

	require.NoError(t, err)
	require.NotContains(t, one[string](h, "select html_content from igny8_content"), "By hand.")
	require.Equal(t, []string{"1 written", "1 edited", "2 written"}, one[[]string](h, "select array_agg(concat_ws(' ', revision, reason) order by n) from igny8_content_revisions"))
	require.Equal(t, "<p>By hand.</p>", one[string](h, "select html_content from igny8_content_revisions where n = 2"))

	h.sql("update igny8_content set status = 'changes_requested', reason = 'shorter'")
	h.sql("update igny8_tasks set revision = 3 where id = $1", task)
	c.Reply = fmt.Sprintf("%v:%s:3", task, igny8.Rewriting)
	_, err = use(h, workflows.Rewrite, c)
	require.NoError(t, err)
	require.Equal(t, int64(4), one[int64](h, "select count(*) from igny8_content_revisions"), "what was not edited is there already")
}

// A decision whose answer was lost is the same decision when it is made again.
func TestADecisionIsMadeOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, verb := range []workflows.Verb{workflows.Approve, workflows.Reject, workflows.RequestChanges} {
		task, content := h.written("burr " + string(verb))
		d := workflows.Deciding{
			Reviewing: workflows.Reviewing{Of: h.article(task), Content: content, Before: "images"},
			Decision:  workflows.Decision{Content: content, Revision: 1, Verb: verb, Reason: "shorter"},
		}
		first := perform(h, workflows.Decide, d)
		again, err := try(h, workflows.Decide, d)
		require.NoError(t, err, verb)
		require.Equal(t, first.Revision, again.Revision)
		require.Equal(t, int32(first.Revision), one[int32](h, "select revision from igny8_tasks where id = $1", task))
	}
}

// A picture that a person puts in the place of one that is being made stays, and
// what was made in vain is not charged.
func TestAPersonsPictureStays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task, content := h.written("burr grinder")
	images, err := use(h, workflows.Prompts, call(h, igny8.Prompting, task.UUID, content, 1))
	require.NoError(t, err)
	before := h.books()
	c := call(h, igny8.Illustration, task.UUID, images[0], 1)
	perform(h, workflows.Reserve, c.Charge)
	perform(h, workflows.Illustrate.Ask, c)
	h.sql("update igny8_images set status = 'generated', sha256 = 'mine', provider = 'upload', provenance = 'user' where id = $1", images[0])

	made, err := use(h, workflows.Illustrate, c)

	require.NoError(t, err)
	require.Equal(t, images[:1], made)
	require.Equal(t, "mine", one[string](h, "select sha256 from igny8_images where id = $1", images[0]))
	require.Equal(t, before, h.books())
}
