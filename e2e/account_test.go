package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/igny8/igny8"
	"github.com/igny8/igny8/keywordcsv/sample"
	"github.com/igny8/igny8/sandbox"
)

const password = "correct horse battery staple"

// An account is a customer of a server, signed in as its owner.
type account struct {
	*server
	Name   string // its slug too
	ID     igny8.AccountID
	Site   igny8.SiteID
	Sector igny8.SectorID

	address string // that the user comes from
	token   string
	secrets []string // no answer may have one of these in it
}

var accounts atomic.Int64

// customer makes an account as an operator does at the terminal, with credits
// if there are any, and gives it a site at the sandbox as its owner does.
func (s *server) customer(t *testing.T, credits int) *account {
	t.Helper()
	a := s.household(t, credits)
	a.setSite(t, map[string]any{"wp_url": s.Sandbox + sandbox.SitePath, "wp_username": "editor", "wp_app_password": sandbox.DefaultPassword})
	return a
}

// household is a customer whose site has neither address nor password.
func (s *server) household(t *testing.T, credits int) *account {
	t.Helper()
	n := accounts.Add(1)
	a := &account{server: s, Name: "customer-" + strconv.FormatInt(n, 10), address: fmt.Sprintf("10.1.%d.%d", n/250, n%250+1), secrets: []string{password}}
	email := a.Name + "@example.com"
	s.command(t, []string{"IGNY8_PASSWORD=" + password}, "user", "create", email, "--account", a.Name)
	if credits > 0 {
		a.grant(t, credits)
	}
	a.signIn(t, email, password)
	a.secrets = append(a.secrets, sandbox.DefaultPassword)
	// Sites are made on pages that come later.
	a.Site, a.Sector = igny8.New[igny8.SiteID](), igny8.New[igny8.SectorID]()
	s.exec(t, "insert into igny8_sites (account_id, id, name, slug) values ($1, $2, $3, $3)", a.ID, a.Site, "site-of-"+a.Name)
	s.exec(t, "insert into igny8_sectors (account_id, site_id, id, name, slug) values ($1, $2, $3, 'General', 'general')", a.ID, a.Site, a.Sector)
	return a
}

// signIn signs in as a user of the account.
func (a *account) signIn(t *testing.T, email, password string) {
	t.Helper()
	var session struct {
		Token string `json:"access_token"`
		User  struct {
			Account igny8.AccountID `json:"account"`
		} `json:"user"`
	}
	a.post(t, "auth/login/", map[string]any{"email": email, "password": password, "client": "native"}, &session)
	a.token, a.ID = session.Token, session.User.Account
}

// grant adds credits at the terminal.
func (a *account) grant(t *testing.T, credits int) {
	t.Helper()
	a.command(t, nil, "credits", "grant", a.Name, strconv.Itoa(credits), "--reason", "a test")
}

// setSite changes the account's site.
func (a *account) setSite(t *testing.T, fields map[string]any) {
	t.Helper()
	var site struct {
		Version int64 `json:"version"`
	}
	a.get(t, "auth/sites/"+a.Site.String()+"/", &site)
	fields["version"] = site.Version
	a.call(t, http.MethodPatch, "auth/sites/"+a.Site.String()+"/", fields).ok(t, nil)
}

// command runs a command of the program beside the server, on its data.
func (s *server) command(t *testing.T, env []string, args ...string) string {
	t.Helper()
	r := command(t, s.dir, slices.Concat(s.env, env), "", args...)
	require.Zero(t, r.code, "igny8 %s: %s%s", strings.Join(args, " "), r.out, r.err)
	return r.out
}

func (s *server) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	_, err := s.sql.Exec(t.Context(), sql, args...)
	require.NoError(t, err)
}

// value is the one value that a query returns.
func value[T any](t *testing.T, s *server, sql string, args ...any) (v T) {
	t.Helper()
	require.NoError(t, s.sql.QueryRow(t.Context(), sql, args...).Scan(&v))
	return v
}

// An answer is what the API said.
type answer struct {
	request string
	status  int
	header  http.Header
	body    []byte
}

// A failure is how the API says no.
type failure struct {
	Success   bool                `json:"success"`
	Message   string              `json:"message"`
	Code      igny8.Code          `json:"code"`
	Errors    map[string][]string `json:"errors"`
	RequestID string              `json:"request_id"`
	TaskID    string              `json:"task_id"`
}

// ok reads what stands in the envelope of an answer that says yes.
func (a answer) ok(t *testing.T, into any) {
	t.Helper()
	require.Less(t, a.status, 300, "%s: %s", a.request, a.body)
	var envelope struct {
		Success bool            `json:"success"`
		Data    json.RawMessage `json:"data"`
	}
	require.NoError(t, json.Unmarshal(a.body, &envelope), "%s", a.body)
	require.True(t, envelope.Success, "%s", a.body)
	if into != nil {
		require.NoError(t, json.Unmarshal(envelope.Data, into), "%s", a.body)
	}
}

// bare reads an answer that has no envelope.
func (a answer) bare(t *testing.T, into any) {
	t.Helper()
	require.Equal(t, http.StatusOK, a.status, "%s: %s", a.request, a.body)
	require.NoError(t, json.Unmarshal(a.body, into), "%s", a.body)
}

// refused reads an answer that says no, and checks how.
func (a answer) refused(t *testing.T, status int, code igny8.Code) (f failure) {
	t.Helper()
	require.Equal(t, status, a.status, "%s: %s", a.request, a.body)
	require.NoError(t, json.Unmarshal(a.body, &f), "%s", a.body)
	require.Equal(t, code, f.Code, "%s", a.body)
	require.False(t, f.Success)
	require.NotEmpty(t, f.Message)
	require.NotEmpty(t, f.RequestID)
	return f
}

func (a *account) get(t *testing.T, path string, into any) {
	t.Helper()
	a.call(t, http.MethodGet, path, nil).ok(t, into)
}

func (a *account) post(t *testing.T, path string, body, into any) {
	t.Helper()
	a.call(t, http.MethodPost, path, body).ok(t, into)
}

// call asks the API, with pairs of a header's name and value.
func (a *account) call(t *testing.T, method, path string, body any, header ...string) answer {
	t.Helper()
	var r io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		require.NoError(t, err)
		r = bytes.NewReader(b)
		header = append(header, "Content-Type", "application/json")
	}
	return a.send(t, method, path, r, header...)
}

func (a *account) send(t *testing.T, method, path string, body io.Reader, header ...string) answer {
	t.Helper()
	res := a.open(t, method, path, body, header...)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	for _, secret := range a.secrets {
		require.NotContains(t, string(b), secret, "an answer of %s", path)
	}
	return answer{method + " " + path, res.StatusCode, res.Header, b}
}

// open asks the API and leaves the answer to be read.
func (a *account) open(t *testing.T, method, path string, body io.Reader, header ...string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, a.API+"/api/v1/"+path, body)
	require.NoError(t, err)
	req.Header.Set("X-Forwarded-For", a.address)
	if a.token != "" {
		req.Header.Set("Authorization", "Bearer "+a.token)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	return res
}

// upload sends a file as a form does.
func (a *account) upload(t *testing.T, path, name string, file []byte) answer {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	require.NoError(t, form.WriteField("sector", a.Sector.String()))
	part, err := form.CreateFormFile("file", name)
	require.NoError(t, err)
	_, err = part.Write(file)
	require.NoError(t, err)
	require.NoError(t, form.Close())
	return a.send(t, http.MethodPost, path, &b, "Content-Type", form.FormDataContentType())
}

// keywords imports the sample: 240 keywords of twelve topics.
func (a *account) keywords(t *testing.T) {
	t.Helper()
	a.upload(t, "planner/keywords/import_csv/", "coffee.csv", sample.CSV).ok(t, nil)
}

// rows are a page of a list.
type rows[T any] struct {
	Count   int     `json:"count"`
	Next    *string `json:"next"`
	Results []T     `json:"results"`
}

// list reads the first page of a list.
func list[T any](t *testing.T, a *account, path string) (r rows[T]) {
	t.Helper()
	a.call(t, http.MethodGet, path, nil).bare(t, &r)
	return r
}

// balance is what the account has: what the ledger says, and what is set aside.
func (a *account) balance(t *testing.T) (b struct{ Posted, Held, Available int }) {
	t.Helper()
	a.get(t, "billing/credits/", &b)
	require.Equal(t, b.Available, b.Posted-b.Held)
	return b
}
