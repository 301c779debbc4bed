package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"gocloud.dev/blob/memblob"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/store"
	"github.com/igny8/igny8/store/storetest"
	"github.com/igny8/igny8/store/system"
)

func TestMain(m *testing.M) {
	storetest.Main(m, func(ctx context.Context, url string) error {
		_, err := store.Migrate(ctx, url)
		return err
	}, everyRouteAnswered)
}

// world is a server on a database of its own, with two accounts in it.
type world struct {
	*Server
	url          string
	handler      http.Handler
	mine, theirs household
}

// household is an account with a user for each role and two sites.
type household struct {
	account igny8.AccountID
	users   map[igny8.Role]igny8.UserID
	site    igny8.SiteID // granted to the editor and the viewer
	closed  igny8.SiteID // granted to nobody
	sector  igny8.SectorID
	hidden  igny8.SectorID // of the site that is granted to nobody
}

const password = "correct horse battery"

// passwordHash is made once: it is meant to take its time.
var passwordHash = sync.OnceValue(func() string {
	hash, err := HashPassword(context.Background(), password)
	if err != nil {
		panic(err)
	}
	return hash
})

func newWorld(t *testing.T) *world {
	t.Helper()
	url := storetest.Database(t)
	db, err := store.Open(t.Context(), url, store.Options{MaxConns: 6})
	require.NoError(t, err)
	t.Cleanup(db.Close)
	tokens, err := NewTokens(bytes.Repeat([]byte{7}, 32))
	require.NoError(t, err)
	keys, err := store.NewKeyset()
	require.NoError(t, err)
	vault, err := store.NewVault(keys)
	require.NoError(t, err)
	files := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = files.Close() })
	w := &world{url: url, Server: &Server{
		Store: db, Tokens: tokens, Vault: vault, Blobs: files, Temporal: nobodyThere{},
		Sanitize: func(s string) string { return strings.ReplaceAll(s, "<script>", "") },
		Log:      slog.New(slog.NewTextHandler(t.Output(), nil)),
	}}
	w.handler = w.Handler()
	w.mine, w.theirs = w.settle(t, "mine"), w.settle(t, "theirs")
	return w
}

// nobodyThere is an engine that can't be reached.
type nobodyThere struct{ client.Client }

func (nobodyThere) ExecuteWorkflow(context.Context, client.StartWorkflowOptions, any, ...any) (client.WorkflowRun, error) {
	return nil, context.DeadlineExceeded
}

func (nobodyThere) UpdateWorkflow(context.Context, client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	return nil, context.DeadlineExceeded
}

func (nobodyThere) SignalWorkflow(context.Context, string, string, string, any) error {
	return context.DeadlineExceeded
}

func (nobodyThere) CancelWorkflow(context.Context, string, string) error {
	return context.DeadlineExceeded
}

func (nobodyThere) QueryWorkflowWithOptions(context.Context, *client.QueryWorkflowWithOptionsRequest) (*client.QueryWorkflowWithOptionsResponse, error) {
	return nil, context.DeadlineExceeded
}

func (w *world) settle(t *testing.T, name string) (h household) {
	t.Helper()
	hash := passwordHash()
	h.users = map[igny8.Role]igny8.UserID{}
	_, err := store.AsSystem(t.Context(), w.Store, func(q *system.Queries) (none, error) {
		account, err := q.NewAccount(t.Context(), system.NewAccountParams{Name: name, Slug: name})
		if err != nil {
			return none{}, err
		}
		h.account = account.ID
		require.NoError(t, q.NewWallet(t.Context(), h.account))
		require.NoError(t, q.Subscribe(t.Context(), system.SubscribeParams{AccountID: h.account, Plan: "Growth"}))
		for _, role := range []igny8.Role{igny8.Owner, igny8.Admin, igny8.Editor, igny8.Viewer} {
			u, err := q.NewUser(t.Context(), system.NewUserParams{AccountID: h.account, Email: string(role) + "@" + name + ".test", PasswordHash: &hash, Role: role})
			if err != nil {
				return none{}, err
			}
			h.users[role] = u.ID
		}
		for i, site := range []*igny8.SiteID{&h.site, &h.closed} {
			*site = igny8.New[igny8.SiteID]()
			_, err := q.NewSite(t.Context(), system.NewSiteParams{AccountID: h.account, ID: *site, Name: name, Slug: name + itoa(i), Settings: json.RawMessage("{}")})
			if err != nil {
				return none{}, err
			}
			sector, err := q.NewSector(t.Context(), system.NewSectorParams{AccountID: h.account, SiteID: *site, Name: "Coffee", Slug: "coffee"})
			if err != nil {
				return none{}, err
			}
			*[]*igny8.SectorID{&h.sector, &h.hidden}[i] = sector.ID
		}
		_, err = q.Credit(t.Context(), system.CreditParams{AccountID: h.account, OpKey: "grant:1", Amount: 1000, TransactionType: "grant", Reason: "to begin with"})
		return none{}, err
	})
	require.NoError(t, err)
	for _, role := range []igny8.Role{igny8.Editor, igny8.Viewer} {
		w.sql(t, "insert into igny8_site_grants (account_id, site_id, user_id) values ($1, $2, $3)", h.account, h.site, h.users[role])
	}
	return h
}

// answer is a response, read.
type answer struct {
	status int
	header http.Header
	body   string
	t      *testing.T
}

// into reads the body's data, or the body.
func (a answer) data(into any) {
	a.t.Helper()
	var ok struct {
		Success bool
		Data    json.RawMessage
	}
	require.NoError(a.t, json.Unmarshal([]byte(a.body), &ok), a.body)
	require.True(a.t, ok.Success, a.body)
	require.NoError(a.t, json.Unmarshal(ok.Data, into), a.body)
}

func (a answer) into(into any) {
	a.t.Helper()
	require.NoError(a.t, json.Unmarshal([]byte(a.body), into), a.body)
}

// refused reads the failure that the answer must be, in the shape that every
// failure has.
func (a answer) refused(status int, code igny8.Code) (f Failure) {
	a.t.Helper()
	require.Equal(a.t, status, a.status, a.body)
	require.Contains(a.t, a.header.Get("Content-Type"), "application/json")
	var shape map[string]json.RawMessage
	a.into(&shape)
	for _, field := range []string{"success", "message", "errors", "code", "request_id"} {
		require.Contains(a.t, shape, field)
	}
	require.Equal(a.t, "false", string(shape["success"]))
	require.True(a.t, strings.HasPrefix(string(shape["errors"]), "{"), a.body)
	a.into(&f)
	require.Equal(a.t, code, f.Code, a.body)
	require.NotEmpty(a.t, f.Message)
	require.Equal(a.t, a.header.Get("X-Request-Id"), f.RequestID)
	return f
}

func (w *world) send(t *testing.T, r *http.Request) answer {
	t.Helper()
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	body, err := io.ReadAll(rec.Body)
	require.NoError(t, err)
	a := answer{rec.Code, rec.Header(), string(body), t}
	holds(t, r, a)
	return a
}

// call sends a request with a JSON body; token is "" for nobody.
func (w *world) call(t *testing.T, token, method, path string, body any, headers ...string) answer {
	t.Helper()
	var in io.Reader
	if text, ok := body.(string); ok {
		in = strings.NewReader(text)
	} else if body != nil {
		b, err := json.Marshal(body)
		require.NoError(t, err)
		in = bytes.NewReader(b)
	}
	if !strings.HasPrefix(path, "/") {
		path = root + path
	}
	r := httptest.NewRequestWithContext(t.Context(), method, path, in)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return w.send(t, r)
}

func (w *world) get(t *testing.T, token, path string) answer {
	t.Helper()
	return w.call(t, token, http.MethodGet, path, nil)
}

func (w *world) post(t *testing.T, token, path string, body any, headers ...string) answer {
	t.Helper()
	return w.call(t, token, http.MethodPost, path, body, headers...)
}

// signIn returns an access token.
func (w *world) signIn(t *testing.T, email string) string {
	t.Helper()
	a := w.post(t, "", "auth/login/", map[string]string{"email": email, "password": password})
	require.Equal(t, http.StatusOK, a.status, a.body)
	var s Session
	a.data(&s)
	return s.AccessToken
}

// upload sends a file as a form does.
func (w *world) upload(t *testing.T, token, path, name string, file []byte, fields map[string]string) answer {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for field, value := range fields {
		require.NoError(t, form.WriteField(field, value))
	}
	part, err := form.CreateFormFile("file", name)
	require.NoError(t, err)
	_, err = part.Write(file)
	require.NoError(t, err)
	require.NoError(t, form.Close())
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, root+path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+token)
	return w.send(t, r)
}
